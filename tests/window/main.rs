//! The window without a display: flows through its controls, and pictures of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking, and what is the same must be exactly the same"
)]

mod building;
mod canvas;
mod files;
mod inspector;
mod krylov;
mod look;
mod map;
mod pages;
mod race;
mod range_test;
mod support;
mod text;
mod training;
mod why;
