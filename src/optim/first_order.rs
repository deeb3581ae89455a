//! What all methods that need one gradient per step have in common.
//!
//! Such a method is a [`Rule`]: the names of the vectors it remembers, and the update of a single
//! parameter. [`FirstOrder`] does the rest: it asks the objective for the gradient, applies the
//! update to all parameters in one fast pass, counts steps, reports norms, saves and restores.
//! Knows no rule in particular.

use super::memory;
use super::method::Settings;
use super::objective::Objective;
use super::optimizer::{
    Observed, Optimizer, OptimizerError, OptimizerState, StepContext, StepReport,
};
use super::update::{Gradient, Part, update_all, write_all};

/// The part that differs between first-order methods. `N` is the number of vectors it remembers,
/// each with one element per parameter, all zero at the start.
pub(super) trait Rule<const N: usize>: Copy + Default + Send + Sync + 'static {
    /// What the remembered vectors are called in a saved state.
    const MEMORY: [&'static str; N];

    /// The name of the single number that the rule remembers besides its vectors, if there is one.
    const SCALAR: Option<&'static str> = None;

    /// Takes over the settings.
    fn configure(&mut self, settings: &Settings);

    /// Computes what is the same for all parameters in step number `step` (the first is 1).
    fn prepare(&mut self, step: u64, learning_rate: f32);

    /// The update of one parameter: from its gradient `g`, what is remembered about it, and its
    /// value `p` to the new memory and the new value.
    fn update(&self, g: f32, memory: [f32; N], p: f32) -> ([f32; N], f32);

    /// That number.
    fn scalar(&self) -> f32 {
        0.0
    }

    /// Replaces that number by a saved one.
    fn set_scalar(&mut self, _value: f32) {}
}

/// Builds the optimizer of a rule; stands in [`Method::build`](super::method::Method::build).
pub(super) fn build<R: Rule<N>, const N: usize>(
    settings: &Settings,
    dimension: usize,
) -> Box<dyn Optimizer> {
    let mut rule = R::default();
    rule.configure(settings);
    Box::new(FirstOrder {
        rule,
        step: 0,
        memory: std::array::from_fn(|_| vec![0.0; dimension]),
        gradient: vec![0.0; dimension],
        before: Vec::new(),
        arch: pulp::Arch::new(),
    })
}

/// A rule at work on parameters of a fixed number.
struct FirstOrder<R, const N: usize> {
    rule: R,
    /// Steps taken so far.
    step: u64,
    memory: [Vec<f32>; N],
    /// The gradient of the current step, if it is written down; kept only so that a step allocates
    /// nothing.
    gradient: Vec<f32>,
    /// The parameters before the current step, when the step is observed.
    before: Vec<f32>,
    /// The vector instructions of this machine.
    arch: pulp::Arch,
}

impl<R: Rule<N>, const N: usize> FirstOrder<R, N> {
    /// Whether a gradient in parts is used part by part. For rules that remember much, what is
    /// remembered comes from far away, and memory delivers it faster if nothing else happens in
    /// between: then the gradient is written down first. Measured.
    const ADDS_AT_ONCE: bool = N <= 1;
}

impl<R: Rule<N>, const N: usize> Optimizer for FirstOrder<R, N> {
    fn step(
        &mut self,
        objective: &mut dyn Objective,
        parameters: &mut [f32],
        context: &mut StepContext<'_>,
    ) -> StepReport {
        self.step += 1;
        self.rule.prepare(self.step, context.learning_rate);
        let (rule, arch) = (self.rule, self.arch);
        let memory = self.memory.each_mut().map(Vec::as_mut_slice);
        let loss = if let Some((loss, parts)) = objective.loss_and_gradient_in_parts(parameters) {
            if Self::ADDS_AT_ONCE && !context.observe {
                let gradient = Gradient::Parts { parts, first: 0 };
                update_all(arch, rule, Part { gradient, memory, parameters });
                return StepReport::plain(loss);
            }
            write_all(parts, parameters, &mut self.gradient);
            loss
        } else {
            objective.loss_and_gradient(parameters, &mut self.gradient)
        };
        if context.observe {
            self.before.clear();
            self.before.extend_from_slice(parameters);
        }
        let gradient = Gradient::Written(&self.gradient);
        update_all(arch, rule, Part { gradient, memory, parameters });
        let observed = context.observe.then(|| {
            let step = || parameters.iter().zip(&self.before).map(|(p, b)| p - b);
            let along = self.gradient.iter().zip(step());
            Observed {
                gradient_norm: Some(length(self.gradient.iter().copied())),
                step_norm: length(step()),
                predicted_change: Some(
                    along.map(|(&g, d)| f64::from(g) * f64::from(d)).sum::<f64>() as f32,
                ),
                actual_change: None,
            }
        });
        StepReport { observed, ..StepReport::plain(loss) }
    }

    fn numbers(&self) -> usize {
        if Self::ADDS_AT_ONCE { N } else { N + 1 }
    }

    fn configure(&mut self, settings: &Settings) {
        self.rule.configure(settings);
    }

    fn state(&self) -> OptimizerState {
        let vectors = R::MEMORY.into_iter().zip(self.memory.iter().cloned());
        let scalar = R::SCALAR.map(|name| (name, vec![self.rule.scalar()]));
        memory::save(self.step, vectors.chain(scalar))
    }

    fn restore(&mut self, state: &OptimizerState) -> Result<(), OptimizerError> {
        // Everything is checked before anything changes: a failed restore leaves the memory whole.
        let names: Vec<_> = R::MEMORY.into_iter().chain(R::SCALAR).collect();
        memory::only(state, &names)?;
        for name in R::MEMORY {
            memory::find(state, name, self.gradient.len())?;
        }
        if let Some(value) = R::SCALAR.map(|name| memory::number(state, name)).transpose()? {
            self.rule.set_scalar(value);
        }
        for (name, vector) in R::MEMORY.iter().zip(&mut self.memory) {
            vector.copy_from_slice(memory::find(state, name, self.gradient.len())?);
        }
        self.step = state.step;
        Ok(())
    }
}

/// The Euclidean length of a vector, summed in f64 so that a large one does not overflow.
fn length(vector: impl Iterator<Item = f32>) -> f32 {
    vector.map(|x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt() as f32
}

/// The factor 1 − βᵗ by which an average that started from zero is too small after t = `step`
/// steps. Kingma & Ba (2015), section 3.
pub(super) fn bias_correction(beta: f64, step: u64) -> f64 {
    // Squaring and multiplying by hand gives the same bits on every platform, which `powi` does
    // not promise, and may stop early: what is below 1e-12 no longer changes an f32.
    let (mut power, mut base, mut exponent) = (1.0, beta, step);
    while exponent > 0 {
        if base < 1e-12 {
            return 1.0;
        }
        // The bits of a step number are nothing that the processor could guess.
        power *= std::hint::select_unpredictable(exponent & 1 == 1, base, 1.0);
        base *= base;
        exponent >>= 1;
    }
    1.0 - power
}

/// The sign of a number: 1, −1, or the number itself when it is zero or not a number.
///
/// Unlike `f32::signum`, a zero gradient moves nothing, and a NaN stays visible.
#[inline]
pub(super) fn sign(x: f32) -> f32 {
    if x.abs() > 0.0 { 1.0_f32.copysign(x) } else { x }
}

#[cfg(test)]
mod tests {
    use super::super::METHODS;
    use super::super::objective::{Evaluations, GradientParts, Rows};
    use super::super::update::{PART, WRITTEN};
    use super::*;
    use crate::threads::Threads;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// A bowl, whose gradient is to be had in parts or written down; beside it, parameters whose
    /// gradient is rows.
    struct Bowl {
        dimension: usize,
        in_parts: bool,
        factors: Vec<f32>,
        vector: Vec<f32>,
    }

    /// The first parameter of the rows.
    const ROWS: usize = 100;

    impl Bowl {
        fn new(dimension: usize, in_parts: bool) -> Self {
            let numbers = |count: usize| (0..count).map(|i| (i as f32 * 0.7).sin()).collect();
            Self { dimension, in_parts, factors: numbers(400), vector: numbers(48) }
        }
    }

    impl GradientParts for Bowl {
        fn write(&self, first: usize, p: &[f32], g: &mut [f32]) {
            for (place, (g, p)) in (first..).zip(g.iter_mut().zip(p)) {
                *g = match self.rows(place) {
                    Some(rows) => rows.factors[0] * rows.vector[rows.skipped],
                    None => p - (place % 13) as f32,
                };
            }
        }

        fn rows(&self, first: usize) -> Option<Rows<'_>> {
            let place = first.checked_sub(ROWS)?;
            let factors = self.factors.get(place / self.vector.len()..)?;
            let skipped = place % self.vector.len();
            (!factors.is_empty()).then_some(Rows { factors, vector: &self.vector, skipped })
        }
    }

    impl Objective for Bowl {
        fn dimension(&self) -> usize {
            self.dimension
        }

        fn loss(&mut self, _p: &[f32]) -> f32 {
            1.0
        }

        fn loss_and_gradient(&mut self, p: &[f32], g: &mut [f32]) -> f32 {
            assert!(!self.in_parts, "written down without need");
            self.write(0, p, g);
            1.0
        }

        fn loss_and_gradient_in_parts(&mut self, _p: &[f32]) -> Option<(f32, &dyn GradientParts)> {
            self.in_parts.then_some((1.0, self))
        }

        fn hessian_vector(&mut self, _p: &[f32], v: &[f32], out: &mut [f32]) {
            out.copy_from_slice(v);
        }

        fn gauss_newton_vector(&mut self, _p: &[f32], v: &[f32], out: &mut [f32]) {
            out.copy_from_slice(v);
        }

        fn evaluations(&self) -> Evaluations {
            Evaluations::default()
        }
    }

    #[test]
    fn a_gradient_in_parts_makes_the_same_steps() {
        for dimension in [1, ROWS + 7, WRITTEN - 1, WRITTEN + 1, 3 * PART + 5] {
            for method in METHODS.iter().filter(|method| method.family.is_first_order()) {
                let run = |in_parts: bool, observe: bool, threads: usize| {
                    let mut objective = Bowl::new(dimension, in_parts);
                    let mut optimizer = (method.build)(&Settings::new(), dimension);
                    let mut parameters = vec![0.5; dimension];
                    let mut context = StepContext {
                        learning_rate: 0.01,
                        rng: &mut ChaCha8Rng::seed_from_u64(1),
                        same_objective: false,
                        observe,
                        watch: [0, 0],
                    };
                    Threads::new(threads).together(|| {
                        for _ in 0..3 {
                            let report =
                                optimizer.step(&mut objective, &mut parameters, &mut context);
                            assert_eq!(report.loss, 1.0);
                            assert_eq!(report.observed.is_some(), observe);
                        }
                    });
                    let bits: Vec<u32> = parameters.iter().map(|p| p.to_bits()).collect();
                    (bits, optimizer.state())
                };
                let written = run(false, false, 1);
                for (observe, threads) in [(false, 1), (true, 1), (false, 3)] {
                    let found = run(true, observe, threads);
                    assert!(found == written, "{}, {dimension}, {threads} threads", method.id);
                }
            }
        }
    }

    #[test]
    fn bias_corrections_are_those_of_the_formula() {
        for beta in [0.0_f64, 0.5, 0.9, 0.99, 0.999, 0.9999] {
            for step in [1_u64, 2, 3, 10, 100, 1_000, 12_345, 1_000_000, u64::MAX] {
                let expected = 1.0 - beta.powf(step as f64);
                let found = bias_correction(beta, step);
                assert!(
                    (found - expected).abs() <= 1e-11 * expected,
                    "1 − {beta}^{step}: {found}, expected {expected}"
                );
            }
        }
    }

    #[test]
    fn signs_keep_zero_and_nan() {
        assert_eq!(sign(1e-45).to_bits(), 1.0_f32.to_bits());
        assert_eq!(sign(f32::NEG_INFINITY).to_bits(), (-1.0_f32).to_bits());
        assert_eq!(sign(0.0).to_bits(), 0.0_f32.to_bits());
        assert!(sign(f32::NAN).is_nan());
    }
}
