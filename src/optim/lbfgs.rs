//! L-BFGS: the curvature is learnt from the last few steps.
//!
//! On a quadratic loss with Hessian H, a step s changes the gradient by y = H·s. L-BFGS keeps the
//! last m pairs (s, y) and aims where the gradient would vanish, d = −B⁻¹·g, with the simplest B
//! that explains all of them. B is never written down: two loops over the pairs are enough.
//! J. Nocedal, *Updating Quasi-Newton Matrices with Limited Storage*, 1980; Nocedal & Wright,
//! *Numerical Optimization*, 2006, algorithms 7.4 and 7.5.

use std::collections::VecDeque;

use super::detail::Quantity;
use super::direction::{Direction, Step};
use super::line_method::{EVALUATIONS, LineMethod};
use super::memory;
use super::method::{BatchUse, Family, Method, Setting, Settings};
use super::optimizer::{OptimizerError, OptimizerState};
use super::vector::{dot, norm};
use super::words::count;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "lbfgs",
    name: "L-BFGS",
    family: Family::QuasiNewton,
    batch: BatchUse::Large,
    default_learning_rate: 1.0,
    uses_learning_rate: false,
    summary: "Watches how the gradient changed over the last few steps, concludes how the loss \
              curves, and aims at the lowest point. A line search decides how far to go, so there \
              is no learning rate.",
    formula: "d = −B⁻¹·g,  B from the last m pairs s = Δθ, y = Δg with B·s = y\n\
              θ ← θ + α·d\n\
              α by line search: L falls enough and the slope is used up (strong Wolfe)",
    good_for: "Small and middling networks on the whole training set: usually the fewest \
               gradients of all methods here, with nothing to tune.",
    weak_at: "Small mini-batches, whose noise it takes for curvature, and kinks: with ReLU the \
              curvature it has learnt is soon out of date.",
    source: "J. Nocedal, Updating Quasi-Newton Matrices with Limited Storage, 1980; J. Nocedal \
             and S. J. Wright, Numerical Optimization, 2006, chapters 3 and 7",
    settings: &[HISTORY, EVALUATIONS],
    build: |settings, dimension| Box::new(LineMethod::new(Lbfgs::default(), settings, dimension)),
};

const HISTORY: Setting = Setting {
    id: "history",
    name: "Steps remembered m",
    default: 10.0,
    min: 1.0,
    max: 100.0,
    logarithmic: true,
    choices: &[],
    help: "How many of the last steps the curvature is learnt from. Each needs memory for two \
           vectors as long as the network. 3 to 20 is usual; more helps narrow valleys.",
};

/// One remembered step.
struct Pair {
    /// s: how the parameters changed.
    s: Vec<f32>,
    /// y: how the gradient changed.
    y: Vec<f32>,
    /// 1/(yᵀs).
    rho: f64,
}

impl Pair {
    /// `None` when the loss did not curve upwards along the step: such a pair says nothing about
    /// a lowest point.
    fn new(s: Vec<f32>, y: Vec<f32>) -> Result<Self, [Vec<f32>; 2]> {
        let curvature = dot(&s, &y);
        if curvature > 1e-10 * norm(&s) * norm(&y) && (1.0 / curvature).is_finite() {
            Ok(Self { s, y, rho: 1.0 / curvature })
        } else {
            Err([s, y])
        }
    }
}

/// The pairs, the oldest first.
#[derive(Default)]
struct Lbfgs {
    history: usize,
    pairs: VecDeque<Pair>,
    /// The direction while it is being made.
    work: Vec<f64>,
    /// The share of each pair in the direction.
    alpha: Vec<f64>,
    /// Vectors of a pair that was dropped, to be written over.
    spare: Option<[Vec<f32>; 2]>,
}

impl Lbfgs {
    /// γ = sᵀy/yᵀy of the newest pair, the size of 1/curvature that the two loops start from.
    fn scale(&self) -> f64 {
        self.pairs.back().map_or(1.0, |pair| 1.0 / (pair.rho * dot(&pair.y, &pair.y)))
    }
}

impl Direction for Lbfgs {
    const MEMORY: &'static [&'static str] = &["displacements", "gradient_changes"];
    const CURVATURE: f64 = 0.9;

    fn configure(&mut self, settings: &Settings) {
        self.history = settings.get(&HISTORY).round().max(1.0) as usize;
        while self.pairs.len() > self.history {
            self.pairs.pop_front();
        }
    }

    /// The two loops: q ← g; for the newest to the oldest pair αᵢ = ρᵢ·sᵢᵀq, q ← q − αᵢ·yᵢ;
    /// q ← γ·q; for the oldest to the newest q ← q + (αᵢ − ρᵢ·yᵢᵀq)·sᵢ. d = −q.
    fn direction(&mut self, gradient: &[f32], direction: &mut [f32]) {
        self.work.clear();
        self.work.extend(gradient.iter().map(|&g| f64::from(g)));
        self.alpha.clear();
        for pair in self.pairs.iter().rev() {
            let alpha = pair.rho * along(&pair.s, &self.work);
            add(&mut self.work, -alpha, &pair.y);
            self.alpha.push(alpha);
        }
        let scale = self.scale();
        self.work.iter_mut().for_each(|q| *q *= scale);
        for (pair, alpha) in self.pairs.iter().zip(self.alpha.iter().rev()) {
            let beta = pair.rho * along(&pair.y, &self.work);
            add(&mut self.work, alpha - beta, &pair.s);
        }
        for (d, &q) in direction.iter_mut().zip(&self.work) {
            *d = -q as f32;
        }
    }

    fn first_length(&self, gradient_norm: f64, _slope: f64) -> f64 {
        // Without curvature the length of the gradient says nothing about the length of the step.
        if self.pairs.is_empty() { (1.0 / gradient_norm).min(1.0) } else { 1.0 }
    }

    /// The model is αgᵀd + ½α²dᵀBd, and B·d = −g.
    fn predicted(&self, length: f64, slope: f64) -> f64 {
        let curved = if self.pairs.is_empty() { 0.0 } else { 0.5 * length };
        length * slope * (1.0 - curved)
    }

    fn learn(&mut self, step: &Step<'_>) {
        if self.pairs.len() >= self.history {
            self.spare = self.pairs.pop_front().map(|pair| [pair.s, pair.y]);
        }
        let [mut s, mut y] = self.spare.take().unwrap_or_default();
        let difference = |out: &mut Vec<f32>, to: &[f32], from: &[f32]| {
            out.clear();
            out.extend(to.iter().zip(from).map(|(to, from)| to - from));
        };
        difference(&mut s, step.to, step.from);
        difference(&mut y, step.gradient_to, step.gradient_from);
        match Pair::new(s, y) {
            Ok(pair) => self.pairs.push_back(pair),
            Err(vectors) => self.spare = Some(vectors),
        }
    }

    fn forget(&mut self) {
        self.pairs.clear();
    }

    fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn story(&self) -> String {
        if self.pairs.is_empty() {
            "Nothing is known of the curvature yet, so the step went along −g.".to_owned()
        } else {
            format!(
                "The curvature seen in the last {} turned the gradient into a direction.",
                count(self.pairs.len(), "step")
            )
        }
    }

    fn quantities(&self) -> Vec<Quantity> {
        vec![
            Quantity {
                name: "Steps remembered",
                value: self.pairs.len() as f64,
                help: "How many pairs of step and gradient change the direction was made from.",
            },
            Quantity {
                name: "Scale γ",
                value: self.scale(),
                help: "One over the curvature along the last step: the learning rate that plain \
                       gradient descent would need here.",
            },
        ]
    }

    fn vectors(&self) -> Vec<Vec<f32>> {
        let flat = |part: fn(&Pair) -> &Vec<f32>| -> Vec<f32> {
            self.pairs.iter().flat_map(part).copied().collect()
        };
        vec![flat(|pair| &pair.s), flat(|pair| &pair.y)]
    }

    fn restore(&mut self, state: &OptimizerState, dimension: usize) -> Result<(), OptimizerError> {
        let displacements = memory::any(state, "displacements")?;
        let whole = displacements.len() / dimension.max(1) * dimension;
        memory::find(state, "displacements", whole)?;
        let changes = memory::find(state, "gradient_changes", whole)?;
        let size = dimension.max(1);
        let pairs = displacements.chunks(size).zip(changes.chunks(size));
        self.pairs = pairs.filter_map(|(s, y)| Pair::new(s.to_vec(), y.to_vec()).ok()).collect();
        Ok(())
    }
}

/// xᵀq.
fn along(x: &[f32], q: &[f64]) -> f64 {
    x.iter().zip(q).map(|(&x, &q)| f64::from(x) * q).sum()
}

/// q ← q + factor·x.
fn add(q: &mut [f64], factor: f64, x: &[f32]) {
    for (q, &x) in q.iter_mut().zip(x) {
        *q += factor * f64::from(x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B⁻¹ written down: BFGS in its inverse form, Nocedal & Wright, equation 6.17, from γI.
    fn dense(pairs: &[(Vec<f64>, Vec<f64>)], gamma: f64) -> Vec<Vec<f64>> {
        let n = pairs[0].0.len();
        let identity = |i: usize, j: usize| f64::from(u8::from(i == j));
        let mut h: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| gamma * identity(i, j)).collect()).collect();
        for (s, y) in pairs {
            let rho = 1.0 / s.iter().zip(y).map(|(s, y)| s * y).sum::<f64>();
            let v = |i: usize, j: usize| identity(i, j) - rho * y[i] * s[j];
            let old = h.clone();
            for (i, row) in h.iter_mut().enumerate() {
                for (j, value) in row.iter_mut().enumerate() {
                    *value = rho * s[i] * s[j];
                    for (k, l) in (0..n * n).map(|kl| (kl / n, kl % n)) {
                        *value += v(k, i) * old[k][l] * v(l, j);
                    }
                }
            }
        }
        h
    }

    #[test]
    fn two_loops_are_the_dense_formula() {
        let n = 6;
        let wave = |a: f64| (0..n).map(|i| (a + i as f64 * 1.7).sin()).collect::<Vec<f64>>();
        let mut lbfgs = Lbfgs { history: 4, ..Lbfgs::default() };
        let mut kept = Vec::new();
        for k in 0..7 {
            let from = wave(f64::from(k));
            let to = wave(f64::from(k) + 0.3);
            // A gradient of the loss Σ (i+1)·θᵢ²/2.
            let slope = |p: &[f64]| p.iter().zip(1..).map(|(p, i)| p * f64::from(i)).collect();
            let (before, after): (Vec<f64>, Vec<f64>) = (slope(&from), slope(&to));
            let narrow = |x: &[f64]| x.iter().map(|&x| x as f32).collect::<Vec<f32>>();
            let step = [narrow(&from), narrow(&to), narrow(&before), narrow(&after)];
            lbfgs.learn(&Step {
                from: &step[0],
                to: &step[1],
                direction: &[],
                gradient_from: &step[2],
                gradient_to: &step[3],
                length: 1.0,
                slope: -1.0,
            });
            let difference = |a: &[f32], b: &[f32]| {
                a.iter().zip(b).map(|(a, b)| f64::from(a - b)).collect::<Vec<f64>>()
            };
            kept.push((difference(&step[1], &step[0]), difference(&step[3], &step[2])));
        }
        let kept = &kept[3..];
        assert_eq!(lbfgs.pairs.len(), 4, "the oldest are forgotten");
        let h = dense(kept, lbfgs.scale());
        let gradient: Vec<f32> = wave(9.0).iter().map(|&g| g as f32).collect();
        let mut direction = vec![0.0; n];
        lbfgs.direction(&gradient, &mut direction);
        for (d, row) in direction.iter().zip(&h) {
            let expected: f64 = row.iter().zip(&gradient).map(|(h, &g)| -h * f64::from(g)).sum();
            assert!(
                (f64::from(*d) - expected).abs() < 1e-5 * expected.abs().max(0.1),
                "{d} {expected}"
            );
        }
        // B explains the newest pair exactly: B⁻¹·y = s.
        let (s, y) = &kept[3];
        let y: Vec<f32> = y.iter().map(|&y| y as f32).collect();
        lbfgs.direction(&y, &mut direction);
        for (d, s) in direction.iter().zip(s) {
            assert!((f64::from(*d) + s).abs() < 1e-5);
        }
    }
}
