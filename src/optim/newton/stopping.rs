//! When the solver inside a step has done enough.
//!
//! A Newton step needs no exact solution: far from the minimum the bowl is wrong anyway. So the
//! solver is watched and stopped by whichever comes first:
//!
//! - the residual |r| is at most `tolerance`·|g|;
//! - Martens' test: φ(x) = ½xᵀAx − bᵀx has hardly fallen any more over the last k iterations,
//!   i > k, φ(xᵢ) < 0 and (φ(xᵢ) − φ(xᵢ₋ₖ))/φ(xᵢ) < k·ε with k = max(10, i/10).
//!   J. Martens, *Deep learning via Hessian-free optimization*, 2010, section 4.4.

use crate::krylov::{Iteration, Next};

/// What stopped the solver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enough {
    /// The residual is small enough.
    Residual,
    /// Martens' test.
    Progress,
}

/// Watches a solve.
#[derive(Debug)]
pub(super) struct Watch {
    /// Relative residual that is small enough.
    tolerance: f64,
    /// ε; 0: no test.
    progress: f64,
    /// φ after each iteration.
    values: Vec<f64>,
    /// The iterate with the lowest φ, once there is one below 0.
    pub lowest: Vec<f64>,
    /// φ there.
    pub value: f64,
    /// xᵀAx there.
    pub quadratic_form: f64,
    /// Whether an iterate showed that A is not positive definite: xᵀAx ≤ 0, or φ rose although the
    /// residual did not.
    pub indefinite: bool,
    /// What stopped it, if this watch did.
    pub enough: Option<Enough>,
}

impl Watch {
    /// Stops at this relative residual, or by Martens' test with ε = `progress`.
    pub const fn new(tolerance: f64, progress: f64) -> Self {
        Self {
            tolerance,
            progress,
            values: Vec::new(),
            lowest: Vec::new(),
            value: 0.0,
            quadratic_form: 0.0,
            indefinite: false,
            enough: None,
        }
    }

    /// Looks at an iteration of the solve of A·x = b.
    pub fn look(&mut self, iteration: &Iteration<'_>, b: &[f64], size_of_b: f64) -> Next {
        // A·x = b − r.
        let terms = iteration.x.iter().zip(b.iter().zip(iteration.r));
        let quadratic_form = terms.map(|(x, (b, r))| x * (b - r)).sum();
        let value = iteration.quadratic(b);
        let rose = self.values.last().is_some_and(|&before| value > before + 1e-9 * before.abs());
        self.indefinite |= quadratic_form <= 0.0 || rose;
        if value < self.value {
            (self.value, self.quadratic_form) = (value, quadratic_form);
            self.lowest.clear();
            self.lowest.extend_from_slice(iteration.x);
        }
        self.values.push(value);
        self.enough = if iteration.residual <= self.tolerance * size_of_b {
            Some(Enough::Residual)
        } else if self.is_slow() {
            Some(Enough::Progress)
        } else {
            None
        };
        if self.enough.is_some() { Next::Stop } else { Next::Continue }
    }

    /// Martens' test on the values so far.
    fn is_slow(&self) -> bool {
        let i = self.values.len();
        let k = (i / 10).max(10);
        let (Some(&now), Some(&before)) = (self.values.last(), self.values.iter().rev().nth(k))
        else {
            return false;
        };
        now < 0.0 && (now - before) / now < k as f64 * self.progress
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slow(values: &[f64], progress: f64) -> bool {
        Watch { values: values.to_vec(), ..Watch::new(0.0, progress) }.is_slow()
    }

    #[test]
    fn martens_test_looks_ten_iterations_back() {
        let falling: Vec<f64> = (0..11).map(|i| -1.0 - 0.001 * f64::from(i)).collect();
        // Over ten iterations φ fell from −1 to −1.01: a share of 0.0099.
        assert!(slow(&falling, 1e-3));
        assert!(!slow(&falling, 9e-4));
        assert!(!slow(&falling[..10], 1e-3), "too early");
        let positive: Vec<f64> = falling.iter().map(|value| value + 2.0).collect();
        assert!(!slow(&positive, 1e-3), "not yet below the start");
        assert!(!slow(&[-1.0; 30], 0.0), "switched off");
    }
}
