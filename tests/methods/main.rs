//! The numbers of training: derivatives, optimizers and linear solvers against references.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::float_cmp,
    clippy::expect_used,
    reason = "a test fails by panicking, and what is the same must be exactly the same"
)]

mod golden;
mod gradient_check;
mod krylov_failures;
mod krylov_golden;
mod krylov_properties;
mod newton_krylov;
mod properties;
mod quasi_newton;
mod random_search;
mod search_rules;
mod search_support;
mod support;
