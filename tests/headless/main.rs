//! The commands that need no window: options, output, exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking, and what is the same must be exactly the same"
)]

mod curse;
mod files;
mod race;
mod solve;
mod support;
mod train_and_predict;
