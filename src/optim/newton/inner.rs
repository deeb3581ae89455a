//! The inner solve of a Newton step, and the direction that comes of it.
//!
//! The solver may end with a good solution, a rough one, a direction of negative curvature, or
//! nothing at all. Whatever it is, the outer step needs a direction that leads downhill.

use super::super::objective::Objective;
use super::operator::DampedCurvature;
use super::stopping::{Enough, Watch};
use crate::krylov::{Options, Outcome, Solver, solve};

/// How to solve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub solver: Solver,
    /// Whether the curvature is the Hessian.
    pub hessian: bool,
    pub tolerance: f64,
    pub progress: f64,
    pub iterations: usize,
    pub restart: usize,
    pub preconditioned: bool,
}

/// Where a direction came from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Origin {
    /// It solves the system, more or less.
    Solution,
    /// It solves the system but led uphill, so it was turned around.
    Turned,
    /// The very first search direction met this negative curvature pᵀ(B + λI)p/pᵀp.
    NegativeCurvature,
    /// The solver found nothing of use; it is −g.
    Gradient,
}

/// What came of the solve.
#[derive(Debug)]
pub(super) struct Inner {
    /// d.
    pub direction: Vec<f64>,
    pub origin: Origin,
    /// gᵀd, negative.
    pub slope: f64,
    /// dᵀBd without damping, where it is known.
    pub curvature: Option<f64>,
    /// The solver's own solution, for the next warm start.
    pub solution: Vec<f64>,
    /// |r₀|/|b|, |r₁|/|b|, …
    pub relative: Vec<f64>,
    pub products: usize,
    /// Whether the solver showed that B + λI is not positive definite.
    pub indefinite: bool,
    /// The negative curvature that CG met, if it did.
    pub negative: Option<f64>,
    /// What ended the solver, in words.
    pub ended: String,
}

impl Inner {
    /// The change of the loss that the bowl expects of α·d.
    pub fn predicted(&self, length: f64) -> f64 {
        length * self.slope + 0.5 * length * length * self.curvature.unwrap_or(0.0)
    }

    /// Whether the bowl says how far to go.
    pub fn knows_length(&self) -> bool {
        matches!(self.origin, Origin::Solution | Origin::Turned)
    }
}

/// The point at which the system stands.
pub(super) struct Place<'a> {
    /// θ.
    pub point: &'a [f32],
    /// g.
    pub gradient: &'a [f32],
    /// λ.
    pub damping: f64,
    /// Where the solver begins; empty: at zero.
    pub warm_start: &'a [f32],
    pub scratch: &'a mut [Vec<f32>; 2],
}

/// Solves (B + λI)·d = −g and makes a direction of the result.
pub(super) fn run(objective: &mut dyn Objective, plan: &Plan, place: Place<'_>) -> Inner {
    let b: Vec<f64> = place.gradient.iter().map(|&g| -f64::from(g)).collect();
    let size = b.iter().map(|b| b * b).sum::<f64>().sqrt();
    let damping = place.damping;
    let diagonal: Option<Vec<f64>> =
        plan.preconditioned.then(|| b.iter().map(|g| (g * g + damping).powf(0.75)).collect());
    let start: Option<Vec<f64>> = (place.warm_start.len() == b.len())
        .then(|| place.warm_start.iter().map(|&x| 0.95 * f64::from(x)).collect());
    let mut operator = DampedCurvature {
        objective,
        point: place.point,
        hessian: plan.hessian,
        damping,
        scratch: place.scratch,
    };
    let mut watch = Watch::new(plan.tolerance, plan.progress);
    let options = Options {
        // The watch looks at the residual itself, which saves the solver's product for a check.
        tolerance: 0.0,
        max_iterations: plan.iterations,
        restart: plan.restart,
        preconditioner: diagonal.as_deref(),
    };
    let solution = solve(plan.solver, &mut operator, &b, start.as_deref(), &options, &mut |k| {
        watch.look(k, &b, size)
    });
    let negative = match &solution.outcome {
        Outcome::NegativeCurvature { curvature, .. } => Some(*curvature),
        _ => None,
    };
    let ended = match watch.enough {
        Some(Enough::Residual) => "The residual is within the tolerance.".to_owned(),
        Some(Enough::Progress) => {
            "Martens' test: the last iterations hardly lowered the bowl any more.".to_owned()
        }
        None => solution.outcome.to_string(),
    };
    let mut inner = Inner {
        direction: watch.lowest,
        origin: Origin::Solution,
        slope: 0.0,
        curvature: None,
        relative: solution.residuals.iter().map(|residual| residual / size).collect(),
        products: solution.products,
        indefinite: watch.indefinite || negative.is_some(),
        negative,
        ended,
        solution: solution.x,
    };
    if !inner.direction.is_empty() && lies_downhill(&mut inner, &b, size) {
        let squared: f64 = inner.direction.iter().map(|d| d * d).sum();
        inner.curvature = Some(watch.quadratic_form - damping * squared);
    } else if let Outcome::NegativeCurvature { direction, curvature } = solution.outcome {
        follow(&mut inner, direction, curvature, damping, size);
        settle_slope(&mut inner, &b);
    } else {
        descend(&mut inner, &b, size);
    }
    inner
}

/// Whether the solution leads downhill, if need be after turning it around.
fn lies_downhill(inner: &mut Inner, b: &[f64], size: f64) -> bool {
    let length = inner.direction.iter().map(|d| d * d).sum::<f64>().sqrt();
    settle_slope(inner, b);
    if !inner.slope.is_finite() || inner.slope.abs() <= 1e-10 * size * length {
        return false;
    }
    if inner.slope > 0.0 {
        inner.direction.iter_mut().for_each(|d| *d = -*d);
        inner.slope = -inner.slope;
        inner.origin = Origin::Turned;
    }
    // The parameters are f32: a step beyond their range is no step.
    length < f64::from(f32::MAX)
}

fn settle_slope(inner: &mut Inner, b: &[f64]) {
    inner.slope = -inner.direction.iter().zip(b).map(|(d, b)| d * b).sum::<f64>();
}

/// Takes the direction p along which the loss curves downwards. The bowl has no bottom that way, so
/// the length is that of a bowl which curves as much upwards (as Y. Dauphin et al., 2014, do in all
/// such directions), at most 1 or |g|.
fn follow(inner: &mut Inner, p: Vec<f64>, curvature: f64, damping: f64, size: f64) {
    let length = p.iter().map(|p| p * p).sum::<f64>().sqrt();
    let wanted = (size / curvature.abs()).min(size.max(1.0));
    let scale = wanted / length;
    inner.direction = p;
    inner.direction.iter_mut().for_each(|d| *d *= scale);
    inner.curvature = Some((curvature - damping) * wanted * wanted);
    inner.origin = Origin::NegativeCurvature;
}

/// Takes −g, no longer than 1.
fn descend(inner: &mut Inner, b: &[f64], size: f64) {
    let scale = (1.0 / size).min(1.0);
    inner.direction = b.iter().map(|b| scale * b).collect();
    inner.slope = -scale * size * size;
    inner.curvature = None;
    inner.origin = Origin::Gradient;
}
