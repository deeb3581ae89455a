//! Whole trainings: documents, worker threads, determinism, and that methods learn.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking, and what is the same must be exactly the same"
)]

mod determinism;
mod document;
mod learning;
mod learning_curvature;
mod learning_first_order;
mod learning_random_search;
mod support;
mod threads;
mod worker;
