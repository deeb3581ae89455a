//! Nonlinear conjugate gradient: each direction is the new downhill direction plus a share of the
//! last one.
//!
//! d ← −g + β·d. With an exact line search on a quadratic loss of n parameters this is the method
//! of conjugate gradients and ends after n steps. Fletcher and Reeves (1964) take
//! β = |g⁺|²/|g|²; Polak and Ribière (1969) take β = g⁺ᵀ(g⁺ − g)/|g|², and here, as is usual,
//! nothing below 0. Nocedal & Wright, *Numerical Optimization*, 2006, section 5.2.

use super::detail::Quantity;
use super::direction::{Direction, Step};
use super::line_method::{EVALUATIONS, LineMethod};
use super::memory;
use super::method::{BatchUse, Choice, Family, Method, Setting, Settings};
use super::optimizer::{OptimizerError, OptimizerState};
use super::vector::{dot, is_finite};
use super::words::short;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "nonlinear_cg",
    name: "Nonlinear CG",
    family: Family::QuasiNewton,
    batch: BatchUse::Large,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Conjugate gradient for losses that are not quadratic: each direction keeps a share \
              of the last one, just enough not to undo what that one achieved. A line search \
              decides how far to go.",
    formula: "d ← −g + β·d\n\
              Polak–Ribière+: β = max(0, gᵀ(g − g₋)/|g₋|²)   Fletcher–Reeves: β = |g|²/|g₋|²\n\
              θ ← θ + α·d, α by line search (strong Wolfe)",
    good_for: "Full batches when memory is short: it remembers a single vector. Long narrow \
               valleys, in which gradient descent zigzags.",
    weak_at: "Mini-batches, and badly scaled problems: it needs a more exact line search than \
              L-BFGS, which is usually ahead.",
    source: "R. Fletcher and C. M. Reeves, Function minimization by conjugate gradients, 1964; E. \
             Polak and G. Ribière, Note sur la convergence de méthodes de directions conjuguées, \
             1969",
    settings: &[VARIANT, EVALUATIONS],
    build: |settings, dimension| {
        Box::new(LineMethod::new(NonlinearCg::new(dimension), settings, dimension))
    },
};

const VARIANT: Setting = Setting {
    id: "variant",
    name: "Rule for β",
    default: 0.0,
    min: 0.0,
    max: 1.0,
    logarithmic: false,
    choices: &[
        Choice { id: "polak_ribiere", name: "Polak–Ribière+" },
        Choice { id: "fletcher_reeves", name: "Fletcher–Reeves" },
    ],
    help: "How much of the last direction is kept. After a bad step Polak–Ribière+ forgets it by \
           itself and starts afresh; Fletcher–Reeves may then crawl for many steps.",
};

/// On a quadratic loss successive gradients are perpendicular. When their overlap |g⁺ᵀg| is this
/// share of |g⁺|² or more, the directions are no longer conjugate (M. J. D. Powell, *Restart
/// procedures for the conjugate gradient method*, 1977). Powell takes 0.2; on the loss of a network
/// that begins afresh so often that little is left of the method, and 1 needs a third less work.
const LOST: f64 = 1.0;

/// The last direction and what to do with it.
struct NonlinearCg {
    fletcher_reeves: bool,
    /// d of the last step.
    last: Vec<f32>,
    /// β for the next direction; 0: begin afresh.
    beta: f32,
    /// α·gᵀd of the last step, the decrease it promised; 0: there was none.
    promise: f32,
    /// Steps since the last fresh beginning.
    since_restart: f32,
}

impl NonlinearCg {
    fn new(dimension: usize) -> Self {
        Self {
            fletcher_reeves: false,
            last: vec![0.0; dimension],
            beta: 0.0,
            promise: 0.0,
            since_restart: 0.0,
        }
    }
}

impl Direction for NonlinearCg {
    const MEMORY: &'static [&'static str] =
        &["direction", "beta", "promise", "steps_since_restart"];
    /// Fletcher–Reeves directions lead downhill for sure only when c₂ is below ½.
    const CURVATURE: f64 = 0.1;

    fn configure(&mut self, settings: &Settings) {
        self.fletcher_reeves = settings.is_on(&VARIANT);
    }

    fn direction(&mut self, gradient: &[f32], direction: &mut [f32]) {
        for (d, (&g, &last)) in direction.iter_mut().zip(gradient.iter().zip(&self.last)) {
            *d = self.beta * last - g;
        }
    }

    /// The length that would promise the same decrease as the last step. Nocedal & Wright, section
    /// 3.5.
    fn first_length(&self, gradient_norm: f64, slope: f64) -> f64 {
        let length = f64::from(self.promise) / slope;
        if length.is_finite() && length > 0.0 { length } else { (1.0 / gradient_norm).min(1.0) }
    }

    fn learn(&mut self, step: &Step<'_>) {
        let (old, new) = (step.gradient_from, step.gradient_to);
        let new_squared = dot(new, new);
        let overlap = dot(new, old);
        let gained = if self.fletcher_reeves { new_squared } else { new_squared - overlap };
        let beta = (gained / dot(old, old)).max(0.0) as f32;
        let full_round = self.since_restart + 1.0 >= self.last.len() as f32;
        let lost = overlap.abs() >= LOST * new_squared;
        let usable = beta.is_finite() && is_finite(step.direction);
        self.beta = if full_round || lost || !usable { 0.0 } else { beta };
        self.since_restart = if self.beta == 0.0 { 0.0 } else { self.since_restart + 1.0 };
        let promise = (step.length * step.slope) as f32;
        self.promise = if promise.is_finite() { promise } else { 0.0 };
        if usable {
            self.last.copy_from_slice(step.direction);
        }
    }

    fn forget(&mut self) {
        self.beta = 0.0;
        self.promise = 0.0;
        self.since_restart = 0.0;
    }

    fn is_empty(&self) -> bool {
        self.beta == 0.0 && self.promise == 0.0
    }

    fn story(&self) -> String {
        if self.beta == 0.0 {
            "A fresh beginning: the step went along −g.".to_owned()
        } else {
            format!(
                "The direction is −g plus {} of the last one, its number {} since a fresh \
                 beginning.",
                short(f64::from(self.beta)),
                short(f64::from(self.since_restart + 1.0))
            )
        }
    }

    fn quantities(&self) -> Vec<Quantity> {
        vec![
            Quantity {
                name: "Share of the last direction β",
                value: f64::from(self.beta),
                help: "0 is a fresh beginning along the gradient: after as many steps as there are \
                       parameters, or when the directions are no longer conjugate.",
            },
            Quantity {
                name: "Steps since a fresh beginning",
                value: f64::from(self.since_restart),
                help: "On a quadratic loss of n parameters, n such steps reach the minimum.",
            },
        ]
    }

    fn vectors(&self) -> Vec<Vec<f32>> {
        let numbers = [self.beta, self.promise, self.since_restart].map(|number| vec![number]);
        std::iter::once(self.last.clone()).chain(numbers).collect()
    }

    fn restore(&mut self, state: &OptimizerState, dimension: usize) -> Result<(), OptimizerError> {
        let last = memory::find(state, "direction", dimension)?;
        let beta = memory::number(state, "beta")?;
        let promise = memory::number(state, "promise")?;
        let since_restart = memory::number(state, "steps_since_restart")?;
        self.last.copy_from_slice(last);
        (self.beta, self.promise, self.since_restart) = (beta, promise, since_restart);
        Ok(())
    }
}
