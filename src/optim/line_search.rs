//! How far to go along a direction: a line search for the strong Wolfe conditions.
//!
//! With φ(α) = L(θ + α·d), a length α is taken when
//!
//! φ(α) ≤ φ(0) + c₁·α·φ′(0) (the loss falls by a fair share of what the slope promised) and
//! |φ′(α)| ≤ c₂·|φ′(0)| (the line has become nearly level, so going on would gain little).
//!
//! Lengths are tried by widening steps until a good one must lie between two of them; then that
//! interval is narrowed with the cubic that fits losses and slopes at both its ends. Source:
//! J. Nocedal and S. J. Wright, *Numerical Optimization*, 2006, algorithms 3.5 and 3.6.
//!
//! Close to a minimum, losses differ by less than their rounding error while slopes are still
//! good. There the first condition is asked for only up to that error, as W. W. Hager and H. Zhang
//! propose (*A new conjugate gradient method with guaranteed descent*, 2005).
//!
//! Owns the search and the best point it met. Knows no method: who chose the direction does not
//! matter.

use super::ending::rounding;
use super::objective::Objective;
use super::vector::{dot, is_finite};

/// c₁: the share of the promised decrease that must arrive.
pub(super) const SUFFICIENT: f64 = 1e-4;

/// Where a search starts and which way it goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start<'a> {
    /// The parameters θ.
    pub point: &'a [f32],
    /// The direction d, which leads downhill.
    pub direction: &'a [f32],
    /// φ(0).
    pub loss: f64,
    /// φ′(0) = gᵀd, negative.
    pub slope: f64,
}

/// What a search may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The length to try first.
    pub first: f64,
    /// c₂: the share of the slope that may be left.
    pub curvature: f64,
    /// How many points may be evaluated (each with its gradient).
    pub evaluations: usize,
}

/// A point on the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Trial {
    /// α.
    pub length: f64,
    /// φ(α); infinite where the loss or a slope is not a number.
    pub loss: f64,
    /// φ′(α).
    pub slope: f64,
}

/// What a search found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// Where.
    pub trial: Trial,
    /// Whether both conditions hold there; otherwise it is the lowest point met before the
    /// evaluations ran out.
    pub wolfe: bool,
}

/// The working memory of searches over a fixed number of parameters.
#[derive(Debug)]
pub(super) struct LineSearch {
    /// The parameters where the search ended.
    pub point: Vec<f32>,
    /// The gradient there.
    pub gradient: Vec<f32>,
    /// Lengths and losses in the order they were tried.
    pub trials: Vec<(f64, f64)>,
    trial_point: Vec<f32>,
    trial_gradient: Vec<f32>,
}

impl LineSearch {
    /// For so many parameters.
    pub fn new(dimension: usize) -> Self {
        let zeros = || vec![0.0; dimension];
        Self {
            point: zeros(),
            gradient: zeros(),
            trials: Vec::new(),
            trial_point: zeros(),
            trial_gradient: zeros(),
        }
    }

    /// Searches along a line. `None`: no point tried was lower than the start.
    ///
    /// What was found is left in `point` and `gradient`.
    pub fn run(
        &mut self,
        objective: &mut dyn Objective,
        start: &Start<'_>,
        limits: &Limits,
    ) -> Option<Found> {
        self.trials.clear();
        // A good length lies between `low`, the lowest point so far that kept its promise, and
        // `high`, once there is one.
        let mut low = Trial { length: 0.0, loss: start.loss, slope: start.slope };
        let mut high: Option<Trial> = None;
        let mut best = low;
        let mut length = limits.first;
        for _ in 0..limits.evaluations {
            let trial = self.try_length(objective, start, length);
            let lower = trial.loss < best.loss;
            let wolfe = keeps_promise(&trial, start)
                && trial.slope.abs() <= limits.curvature * start.slope.abs();
            if lower || wolfe {
                best = trial;
                std::mem::swap(&mut self.point, &mut self.trial_point);
                std::mem::swap(&mut self.gradient, &mut self.trial_gradient);
            }
            if wolfe {
                return Some(Found { trial, wolfe });
            }
            length = if !keeps_promise(&trial, start) || trial.loss > low.loss + rounding(low.loss)
            {
                high = Some(trial);
                between(&low, &trial)
            } else {
                let before = low;
                let way = high.map_or(f64::INFINITY, |high| high.length - trial.length);
                // Uphill from here towards `high` means that the valley lies the other way.
                high = if trial.slope * way >= 0.0 { Some(low) } else { high };
                low = trial;
                high.map_or_else(|| beyond(&before, &low), |high| between(&low, &high))
            };
            let width = high.map_or(f64::INFINITY, |high| (high.length - low.length).abs());
            // Points are f32: lengths that differ by less lead to the same one.
            if !length.is_finite() || width <= 1e-6 * length {
                break;
            }
        }
        (best.loss < start.loss).then_some(Found { trial: best, wolfe: false })
    }

    /// Evaluates the loss and the slope at θ + α·d.
    fn try_length(
        &mut self,
        objective: &mut dyn Objective,
        start: &Start<'_>,
        length: f64,
    ) -> Trial {
        let line = start.point.iter().zip(start.direction);
        for (trial, (&p, &d)) in self.trial_point.iter_mut().zip(line) {
            *trial = (f64::from(p) + length * f64::from(d)) as f32;
        }
        let mut trial = Trial { length, loss: f64::INFINITY, slope: f64::NAN };
        if is_finite(&self.trial_point) {
            let loss = objective.loss_and_gradient(&self.trial_point, &mut self.trial_gradient);
            let slope = dot(&self.trial_gradient, start.direction);
            if loss.is_finite() && slope.is_finite() {
                trial = Trial { length, loss: f64::from(loss), slope };
            }
        }
        self.trials.push((length, trial.loss));
        trial
    }
}

/// The first condition, in its own form or, where losses differ by no more than rounding, as a
/// condition on the slope that is the same on a parabola.
fn keeps_promise(trial: &Trial, start: &Start<'_>) -> bool {
    let decreases = trial.loss <= start.loss + SUFFICIENT * trial.length * start.slope;
    let equal = (trial.loss - start.loss).abs() <= rounding(start.loss);
    decreases || equal && trial.slope <= (1.0 - 2.0 * SUFFICIENT) * start.slope.abs()
}

/// A length between two: the lowest point of the cubic through both, kept away from the ends so
/// that the interval shrinks.
fn between(low: &Trial, high: &Trial) -> f64 {
    let width = high.length - low.length;
    if !high.loss.is_finite() {
        // Nothing is known but that the loss breaks down there, at first perhaps by far.
        return low.length + width * if low.length == 0.0 { 0.1 } else { 0.5 };
    }
    let share = (cubic_minimum(low, high) - low.length) / width;
    let share = if share.is_finite() { share } else { 0.5 };
    low.length + share.clamp(0.1, 0.9) * width
}

/// A length beyond the last one, where the loss was still falling.
fn beyond(before: &Trial, last: &Trial) -> f64 {
    let guess = cubic_minimum(before, last);
    let guess = if guess > last.length { guess } else { f64::INFINITY };
    guess.clamp(2.0 * last.length, 10.0 * last.length)
}

/// The lowest point of the cubic with the losses and slopes of two trials. Nocedal & Wright,
/// equation 3.59. Not a number when the cubic has none.
fn cubic_minimum(a: &Trial, b: &Trial) -> f64 {
    let width = b.length - a.length;
    let d1 = a.slope + b.slope - 3.0 * (a.loss - b.loss) / (a.length - b.length);
    let d2 = (d1 * d1 - a.slope * b.slope).sqrt().copysign(width);
    b.length - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2)
}

#[cfg(test)]
mod tests {
    use super::super::objective::Evaluations;
    use super::*;

    /// A function of one number with its slope.
    struct Line {
        function: fn(f64) -> (f64, f64),
        evaluations: usize,
    }

    impl Objective for Line {
        fn dimension(&self) -> usize {
            1
        }

        fn loss(&mut self, p: &[f32]) -> f32 {
            (self.function)(f64::from(p[0])).0 as f32
        }

        fn loss_and_gradient(&mut self, p: &[f32], g: &mut [f32]) -> f32 {
            self.evaluations += 1;
            let (value, slope) = (self.function)(f64::from(p[0]));
            g[0] = slope as f32;
            value as f32
        }

        fn hessian_vector(&mut self, _p: &[f32], _v: &[f32], _out: &mut [f32]) {}

        fn gauss_newton_vector(&mut self, _p: &[f32], _v: &[f32], _out: &mut [f32]) {}

        fn evaluations(&self) -> Evaluations {
            Evaluations::default()
        }
    }

    /// Searches from 0 along +1.
    fn search(
        function: fn(f64) -> (f64, f64),
        first: f64,
        curvature: f64,
    ) -> (Line, LineSearch, Option<Found>) {
        let mut line = Line { function, evaluations: 0 };
        let mut search = LineSearch::new(1);
        let (loss, slope) = function(0.0);
        let start = Start { point: &[0.0], direction: &[1.0], loss, slope };
        let limits = Limits { first, curvature, evaluations: 20 };
        let found = search.run(&mut line, &start, &limits);
        (line, search, found)
    }

    /// The first three test functions of J. J. Moré and D. J. Thuente, *Line search algorithms with
    /// guaranteed sufficient decrease*, 1994: one with a long descent, one with a narrow valley, one
    /// with many small ones (their β = 0.01, l = 39). The second begins at 0.2 instead of their 0.004,
    /// where its slope is too small for points in f32.
    const MORE_THUENTE: [fn(f64) -> (f64, f64); 3] = [
        |a| (-a / (a * a + 2.0), (a * a - 2.0) / (a * a + 2.0).powi(2)),
        |a| {
            let b = a + 0.2;
            (b.powi(5) - 2.0 * b.powi(4), 5.0 * b.powi(4) - 8.0 * b.powi(3))
        },
        |a| {
            let (beta, l) = (0.01_f64, 39.0);
            let angle = l * std::f64::consts::PI / 2.0;
            let (base, slope) = if a <= 1.0 - beta {
                (1.0 - a, -1.0)
            } else if a >= 1.0 + beta {
                (a - 1.0, 1.0)
            } else {
                ((a - 1.0).powi(2) / (2.0 * beta) + beta / 2.0, (a - 1.0) / beta)
            };
            let wave = 2.0 * (1.0 - beta) / (l * std::f64::consts::PI);
            (base + wave * (angle * a).sin(), slope + (1.0 - beta) * (angle * a).cos())
        },
    ];

    #[test]
    fn both_conditions_hold_wherever_the_search_begins() {
        for (number, function) in MORE_THUENTE.into_iter().enumerate() {
            for first in [1e-3, 1e-1, 1.0, 1e1, 1e3] {
                for curvature in [0.1, 0.9] {
                    let (line, search, found) = search(function, first, curvature);
                    let name = format!("function {number}, first {first}, c₂ {curvature}");
                    let found = found.expect(&name);
                    assert!(found.wolfe, "{name}: {:?}", search.trials);
                    let a = f64::from(search.point[0]);
                    let ((start, slope), (end, end_slope)) = (function(0.0), function(a));
                    assert!(end <= start + SUFFICIENT * a * slope + 1e-6, "{name}: {end}");
                    assert!(end_slope.abs() <= curvature * slope.abs() + 1e-5, "{name}");
                    assert_eq!(line.evaluations, search.trials.len());
                    assert!(line.evaluations <= 15, "{name}: {}", line.evaluations);
                }
            }
        }
    }

    #[test]
    fn walls_and_abysses_end_the_search() {
        let wall = |a: f64| if a < 1e-4 { (-a, -1.0) } else { (f64::NAN, f64::NAN) };
        let (_, done, found) = search(wall, 1.0, 0.9);
        let found = found.expect("there is a lower point before the wall");
        assert!(!found.wolfe && found.trial.loss < 0.0);
        assert!(f64::from(done.point[0]) < 1e-4 && done.trials.len() <= 20);

        let abyss = |a: f64| (-a * a - a, -2.0 * a - 1.0);
        let (_, done, found) = search(abyss, 1.0, 0.9);
        assert!(found.is_some_and(|found| found.trial.loss.is_finite()));
        assert!(done.trials.len() <= 20);

        let bottomless = |a: f64| if a > 0.5 { (f64::NEG_INFINITY, -1.0) } else { (-a, -1.0) };
        let (_, done, found) = search(bottomless, 1.0, 0.9);
        assert!(found.is_some() && done.point[0] <= 0.5);

        let island = |a: f64| if a == 0.0 { (1.0, -1.0) } else { (f64::NAN, 0.0) };
        assert_eq!(search(island, 1.0, 0.9).2, None);
        let uphill = |a: f64| (a, if a == 0.0 { -1.0 } else { 1.0 });
        assert_eq!(search(uphill, 1.0, 0.9).2, None, "a gradient that lies");
    }
}
