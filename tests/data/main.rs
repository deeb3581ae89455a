//! Tables and synthetic sets: from the file to the encoded matrix.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::float_cmp,
    reason = "a test fails by panicking, and what is the same must be exactly the same"
)]

mod csv;
mod encoder;
mod prepare;
mod support;
mod synthetic;
