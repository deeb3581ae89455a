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
use crate::threads::Threads;

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
    /// The gradient of the current step; kept only so that a step allocates nothing.
    gradient: Vec<f32>,
    /// The parameters before the current step, when the step is observed.
    before: Vec<f32>,
    /// The vector instructions of this machine.
    arch: pulp::Arch,
}

impl<R: Rule<N>, const N: usize> Optimizer for FirstOrder<R, N> {
    fn step(
        &mut self,
        objective: &mut dyn Objective,
        parameters: &mut [f32],
        context: &mut StepContext<'_>,
    ) -> StepReport {
        let loss = objective.loss_and_gradient(parameters, &mut self.gradient);
        if context.observe {
            self.before.clear();
            self.before.extend_from_slice(parameters);
        }
        self.step += 1;
        self.rule.prepare(self.step, context.learning_rate);
        let memory = self.memory.each_mut().map(Vec::as_mut_slice);
        let (rule, gradient) = (self.rule, self.gradient.as_slice());
        update_all(self.arch, rule, Part { gradient, memory, parameters });
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

/// Applies the rule to every parameter; the [gathered](Threads::gathered) threads share many of
/// them. No parameter's update depends on another's, so nor does it on who computes it.
fn update_all<R: Rule<N>, const N: usize>(arch: pulp::Arch, rule: R, all: Part<'_, N>) {
    let update = |part| {
        arch.dispatch(
            #[inline(always)]
            || update_part(rule, part),
        );
    };
    if all.parameters.len() < 2 * PART {
        update(all);
    } else {
        Threads::gathered().for_each(Parts { rest: all }, update);
    }
}

/// Parameters that a thread updates at once: all their vectors together fit the cache next to a
/// core, and take long compared with handing over a part.
const PART: usize = 1 << 13;

/// The same part of all vectors.
struct Part<'a, const N: usize> {
    gradient: &'a [f32],
    memory: [&'a mut [f32]; N],
    parameters: &'a mut [f32],
}

/// All vectors, handed out part by part from both ends.
struct Parts<'a, const N: usize> {
    rest: Part<'a, N>,
}

impl<'a, const N: usize> Parts<'a, N> {
    /// Takes the elements before `end` out of every vector.
    fn take_front(&mut self, end: usize) -> Option<Part<'a, N>> {
        let Part { gradient, memory, parameters } = &mut self.rest;
        Some(Part {
            gradient: gradient.split_off(..end)?,
            memory: memory.each_mut().map(|m| m.split_off_mut(..end).unwrap_or_default()),
            parameters: parameters.split_off_mut(..end)?,
        })
    }

    /// Takes the elements from `begin` on out of every vector.
    fn take_back(&mut self, begin: usize) -> Option<Part<'a, N>> {
        let Part { gradient, memory, parameters } = &mut self.rest;
        Some(Part {
            gradient: gradient.split_off(begin..)?,
            memory: memory.each_mut().map(|m| m.split_off_mut(begin..).unwrap_or_default()),
            parameters: parameters.split_off_mut(begin..)?,
        })
    }
}

impl<'a, const N: usize> Iterator for Parts<'a, N> {
    type Item = Part<'a, N>;

    fn next(&mut self) -> Option<Part<'a, N>> {
        let left = self.rest.parameters.len();
        if left == 0 { None } else { self.take_front(left.min(PART)) }
    }
}

impl<const N: usize> DoubleEndedIterator for Parts<'_, N> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let left = self.rest.parameters.len();
        if left == 0 { None } else { self.take_back(left.saturating_sub(PART)) }
    }
}

/// Applies the rule to a part of the parameters.
///
/// The rule is passed by value: were it behind a reference, the compiler would have to assume that
/// writing a parameter might change it, and could not use vector instructions for every rule.
#[expect(
    clippy::inline_always,
    reason = "only code inlined into `dispatch` is compiled for this machine's instructions"
)]
#[inline(always)]
fn update_part<R: Rule<N>, const N: usize>(rule: R, part: Part<'_, N>) {
    let Part { gradient, memory, parameters } = part;
    // Slices of one known length let the compiler drop every bounds check in the loop.
    let n = parameters.len().min(gradient.len());
    let gradient = &gradient[..n];
    let mut memory = memory.map(|vector| &mut vector[..n]);
    for i in 0..n {
        let remembered = memory.each_ref().map(|vector| vector[i]);
        let (remembered, value) = rule.update(gradient[i], remembered, parameters[i]);
        parameters[i] = value;
        for (vector, value) in memory.iter_mut().zip(remembered) {
            vector[i] = value;
        }
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
    use super::*;

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
