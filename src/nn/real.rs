//! The two precisions a network computes in.
//!
//! `f32` is what trains: it runs on the fast kernels. `f64` is the reference: the same algorithm on
//! plain loops, precise enough that derivatives can be checked against finite differences.

use std::fmt::Debug;
use std::iter::Sum;

use num_traits::Float;

use super::kernels::{Pass, Plain, run_vectorised};
use crate::threads::Threads;

/// A precision that networks compute in: `f32` (fast) or `f64` (reference).
///
/// The trait is sealed: its `run` method names types that only this crate can name.
pub trait Real: Float + Debug + Default + Send + Sync + Sum + 'static {
    /// The nearest number of this precision to `value`.
    fn of(value: f64) -> Self;

    /// This number in double precision (exact).
    fn wide(self) -> f64;

    /// Runs a pass over a network with the best kernels this machine has for this precision. Those
    /// of `f32` share large work between the `threads`.
    #[doc(hidden)]
    fn run<P: Pass<Self>>(threads: Threads, pass: P) -> P::Output;
}

impl Real for f32 {
    #[inline]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline]
    fn wide(self) -> f64 {
        f64::from(self)
    }

    #[inline]
    fn run<P: Pass<Self>>(threads: Threads, pass: P) -> P::Output {
        run_vectorised(threads, pass)
    }
}

impl Real for f64 {
    #[inline]
    fn of(value: f64) -> Self {
        value
    }

    #[inline]
    fn wide(self) -> f64 {
        self
    }

    #[inline]
    fn run<P: Pass<Self>>(_: Threads, pass: P) -> P::Output {
        pass.run(Plain)
    }
}
