//! What a training method minimises: the loss of the current batch, as a function of the flat
//! parameter vector.

use std::ops::Range;

use crate::experiment::TrainingSpec;
use crate::nn::{Loss, Network, Workspace};
use crate::optim::{Evaluations, GradientParts, Objective, Rows};

/// What is added to the plain loss and done to its gradient.
///
/// With weights `w` (biases are not penalised) the objective is
/// `f = ±(L + l1·Σ|w| + ½·l2·Σw²)`, minus for ascent. At w = 0 the slope of |w| is taken as 0, so
/// a weight that L1 has brought to zero can leave it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Shaping {
    l1: f32,
    l2: f32,
    clip_norm: Option<f32>,
    ascent: bool,
    /// Parameters that must not move, as ranges in order.
    frozen: Vec<Range<usize>>,
    /// The weights of all dense layers, without the biases.
    weights: Vec<Range<usize>>,
}

impl Shaping {
    /// As the document says.
    pub fn new(training: &TrainingSpec, network: &Network, frozen: Vec<Range<usize>>) -> Self {
        Self {
            l1: training.l1 as f32,
            l2: training.l2 as f32,
            clip_norm: training.clip_norm.map(|norm| norm as f32),
            ascent: training.ascent,
            frozen,
            weights: network.dense_layers().map(|dense| dense.weights.clone()).collect(),
        }
    }

    /// The values of the parameters that must not move, one after the other.
    pub fn frozen_values(&self, parameters: &[f32]) -> Vec<f32> {
        let parts = self.frozen.iter().filter_map(|range| parameters.get(range.clone()));
        parts.flatten().copied().collect()
    }

    /// Undoes what a method did to frozen parameters all the same (weight decay, momentum).
    pub fn put_back(&self, values: &[f32], parameters: &mut [f32]) {
        let mut values = values.iter();
        for range in &self.frozen {
            if let Some(part) = parameters.get_mut(range.clone()) {
                part.iter_mut().zip(values.by_ref()).for_each(|(place, &value)| *place = value);
            }
        }
    }

    fn penalty(&self, parameters: &[f32]) -> f32 {
        if self.l1 == 0.0 && self.l2 == 0.0 {
            return 0.0;
        }
        let (l1, l2) = (f64::from(self.l1), f64::from(self.l2));
        let weights = self.weights.iter().filter_map(|range| parameters.get(range.clone()));
        weights.map(|w| sum_of(w, |w| l1 * w.abs() + 0.5 * l2 * w * w)).sum::<f64>() as f32
    }

    /// Adds the penalty's gradient, turns the sign for ascent, stops what is frozen, clips.
    fn shape_gradient(&self, parameters: &[f32], gradient: &mut [f32]) {
        self.shape_part(0, parameters, gradient);
        if let Some(longest) = self.clip_norm {
            clip(gradient, longest);
        }
    }

    /// The same but for the clipping, for which one must see the whole gradient, for a part of it:
    /// the parameters from number `first` on.
    fn shape_part(&self, first: usize, parameters: &[f32], gradient: &mut [f32]) {
        if self.l1 != 0.0 || self.l2 != 0.0 {
            for range in within(&self.weights, first, gradient.len()) {
                let (Some(weights), Some(slopes)) =
                    (parameters.get(range.clone()), gradient.get_mut(range))
                else {
                    continue;
                };
                for (slope, &w) in slopes.iter_mut().zip(weights) {
                    let size = if w == 0.0 { 0.0 } else { self.l1 };
                    *slope += size.copysign(w) + self.l2 * w;
                }
            }
        }
        if self.ascent {
            negate(gradient);
        }
        for range in within(&self.frozen, first, gradient.len()) {
            if let Some(part) = gradient.get_mut(range) {
                part.fill(0.0);
            }
        }
    }

    /// Whether the gradient is not simply that of the loss.
    fn changes_gradients(&self) -> bool {
        let penalised = self.l1 != 0.0 || self.l2 != 0.0;
        penalised || self.ascent || !self.frozen.is_empty() || self.clip_norm.is_some()
    }

    /// The same for a whole matrix of curvature: the penalty's, the sign, the frozen parameters.
    fn shape_matrix(&self, size: usize, matrix: &mut [f32]) {
        for index in self.weights.iter().cloned().flatten() {
            if let Some(diagonal) = matrix.get_mut(index * size + index) {
                *diagonal += self.l2;
            }
        }
        if self.ascent {
            negate(matrix);
        }
        for index in self.frozen.iter().cloned().flatten() {
            for other in 0..size {
                for place in [index * size + other, other * size + index] {
                    if let Some(number) = matrix.get_mut(place) {
                        *number = 0.0;
                    }
                }
            }
        }
    }

    fn stop_frozen(&self, vector: &mut [f32]) {
        for range in &self.frozen {
            if let Some(part) = vector.get_mut(range.clone()) {
                part.fill(0.0);
            }
        }
    }
}

/// What of the `ranges` lies among `count` numbers from `first` on, counted from there.
fn within(
    ranges: &[Range<usize>],
    first: usize,
    count: usize,
) -> impl Iterator<Item = Range<usize>> {
    let cut = move |place: usize| place.saturating_sub(first).min(count);
    ranges.iter().map(move |range| cut(range.start)..cut(range.end))
}

fn negate(vector: &mut [f32]) {
    for value in vector {
        *value = -*value;
    }
}

/// Σ f(x) over a vector. The terms are added up in several sums side by side, because one sum
/// would wait for each addition in turn, and in f64, so that large ones do not overflow.
fn sum_of(vector: &[f32], f: impl Fn(f64) -> f64) -> f64 {
    let (blocks, rest) = vector.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for block in blocks {
        for (sum, &x) in sums.iter_mut().zip(block) {
            *sum += f(f64::from(x));
        }
    }
    sums.iter().sum::<f64>() + rest.iter().map(|&x| f(f64::from(x))).sum::<f64>()
}

/// Scales a vector down to the given Euclidean norm, if it is longer (Pascanu et al. 2013).
fn clip(vector: &mut [f32], longest: f32) {
    let norm = sum_of(vector, |v| v * v).sqrt() as f32;
    if norm > longest {
        let factor = longest / norm;
        for v in vector {
            *v *= factor;
        }
    }
}

/// The objective on the batch that is loaded in the workspace.
#[derive(Debug)]
pub struct BatchObjective<'a> {
    /// The network.
    pub network: &'a Network,
    /// Holds the batch and its dropout masks, which stay the same for all evaluations of a step.
    pub workspace: &'a mut Workspace<f32>,
    /// The loss.
    pub loss: Loss,
    /// Penalties, clipping, freezing, direction.
    pub shaping: &'a Shaping,
    /// What the frozen parameters are, as [`Shaping::frozen_values`].
    pub frozen_values: &'a [f32],
    /// Counts what was computed.
    pub evaluations: &'a mut Evaluations,
    /// Vectors it needs now and then; they keep their memory from step to step.
    pub scratch: &'a mut Scratch,
}

/// Vectors that a [`BatchObjective`] needs only for some methods.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The parameters of the last forward pass that a curvature product can build on; empty when
    /// another pass came in between.
    point: Vec<f32>,
    /// Parameters with the frozen ones put back.
    whole: Vec<f32>,
}

impl Scratch {
    /// Forgets what belongs to the last batch.
    pub fn clear(&mut self) {
        self.point.clear();
    }
}

impl BatchObjective<'_> {
    /// The loss of the batch at `parameters`, not counted as the method's work.
    pub fn look(&mut self, parameters: &[f32]) -> f32 {
        self.scratch.point.clear();
        self.network.forward(parameters, self.workspace);
        let loss = self.network.loss(self.loss, self.workspace);
        self.with_sign(loss, parameters)
    }

    /// Sees to it that the last forward pass was with `parameters`, as curvature products need.
    fn stand_at(&mut self, parameters: &[f32]) {
        if self.scratch.point != parameters {
            self.network.forward(parameters, self.workspace);
            self.scratch.point.clear();
            self.scratch.point.extend_from_slice(parameters);
        }
    }

    fn with_sign(&self, loss: f32, parameters: &[f32]) -> f32 {
        let value = loss + self.shaping.penalty(parameters);
        if self.shaping.ascent { -value } else { value }
    }

    /// Finishes a curvature product: the penalty's curvature, the sign, the frozen parameters.
    fn shape_product(&self, vector: &[f32], product: &mut [f32]) {
        for range in &self.shaping.weights {
            if let (Some(v), Some(out)) =
                (vector.get(range.clone()), product.get_mut(range.clone()))
            {
                out.iter_mut().zip(v).for_each(|(out, &v)| *out += self.shaping.l2 * v);
            }
        }
        if self.shaping.ascent {
            negate(product);
        }
        self.shaping.stop_frozen(product);
    }
}

impl Objective for BatchObjective<'_> {
    fn dimension(&self) -> usize {
        self.network.parameter_count()
    }

    fn loss(&mut self, parameters: &[f32]) -> f32 {
        self.evaluations.losses += 1;
        if self.shaping.frozen.is_empty() {
            return self.look(parameters);
        }
        // A method that tries points at random must not find a frozen weight elsewhere.
        let mut whole = std::mem::take(&mut self.scratch.whole);
        whole.clear();
        whole.extend_from_slice(parameters);
        self.shaping.put_back(self.frozen_values, &mut whole);
        let loss = self.look(&whole);
        self.scratch.whole = whole;
        loss
    }

    fn loss_and_gradient(&mut self, parameters: &[f32], gradient: &mut [f32]) -> f32 {
        self.evaluations.gradients += 1;
        self.scratch.point.clear();
        let loss = self.network.loss_and_gradient(parameters, self.loss, self.workspace, gradient);
        self.shaping.shape_gradient(parameters, gradient);
        self.with_sign(loss, parameters)
    }

    fn loss_and_gradient_in_parts(
        &mut self,
        parameters: &[f32],
    ) -> Option<(f32, &dyn GradientParts)> {
        if self.shaping.clip_norm.is_some() {
            return None;
        }
        let loss = self.network.loss_and_errors(parameters, self.loss, self.workspace)?;
        self.evaluations.gradients += 1;
        self.scratch.point.clear();
        Some((self.with_sign(loss, parameters), self))
    }

    fn hessian_vector(&mut self, parameters: &[f32], vector: &[f32], product: &mut [f32]) {
        self.evaluations.curvature_products += 1;
        self.stand_at(parameters);
        self.network.hessian_vector(parameters, vector, self.loss, self.workspace, product);
        self.shape_product(vector, product);
    }

    fn gauss_newton_vector(&mut self, parameters: &[f32], vector: &[f32], product: &mut [f32]) {
        self.evaluations.curvature_products += 1;
        self.stand_at(parameters);
        self.network.gauss_newton_vector(parameters, vector, self.loss, self.workspace, product);
        self.shape_product(vector, product);
    }

    fn gauss_newton_matrix(&mut self, parameters: &[f32], matrix: &mut [f32]) {
        self.evaluations.curvature_products += self.network.outputs() as u64;
        self.stand_at(parameters);
        self.network.gauss_newton_matrix(parameters, self.loss, self.workspace, matrix);
        self.shaping.shape_matrix(self.network.parameter_count(), matrix);
    }

    fn evaluations(&self) -> Evaluations {
        *self.evaluations
    }
}

impl GradientParts for BatchObjective<'_> {
    fn write(&self, first: usize, parameters: &[f32], gradient: &mut [f32]) {
        self.network.gradient_part(self.workspace, first, gradient);
        self.shaping.shape_part(first, parameters, gradient);
    }

    fn rows(&self, first: usize) -> Option<Rows<'_>> {
        if self.shaping.changes_gradients() {
            return None;
        }
        let rows = self.network.gradient_rows(self.workspace, first)?;
        Some(Rows { factors: rows.factors, vector: rows.vector, skipped: rows.skipped })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gradient_is_shaped_in_parts_as_it_is_as_a_whole() {
        let shaping = Shaping {
            l1: 0.1,
            l2: 0.3,
            clip_norm: None,
            ascent: true,
            frozen: vec![3..9, 40..41],
            weights: vec![0..20, 25..50],
        };
        let parameters: Vec<f32> = (0..60).map(|i| (i % 7) as f32 - 3.0).collect();
        let plain: Vec<f32> = (0..60).map(|i| (i % 11) as f32 - 5.0).collect();
        let mut whole = plain.clone();
        shaping.shape_gradient(&parameters, &mut whole);
        // Frozen; a weight of −2, 0 and 3; a bias.
        assert_eq!(whole[3..9], [0.0; 6]);
        assert_eq!(whole[1], -(-4.0 - 0.1 - 0.3 * 2.0));
        assert_eq!([whole[10], whole[13]], [-5.0, -(-3.0 + 0.1 + 0.3 * 3.0)]);
        assert_eq!(whole[22], 5.0);
        for size in [1, 6, 13, 60] {
            let mut parts = plain.clone();
            let parameters = parameters.chunks(size);
            for (part, (gradient, p)) in parts.chunks_mut(size).zip(parameters).enumerate() {
                shaping.shape_part(part * size, p, gradient);
            }
            assert_eq!(parts, whole, "in parts of {size}");
        }
    }

    #[test]
    fn clipping_keeps_the_direction() {
        let mut vector = [3.0, 4.0];
        clip(&mut vector, 1.0);
        approx::assert_relative_eq!(vector[0], 0.6);
        approx::assert_relative_eq!(vector[1], 0.8);
        clip(&mut vector, 10.0);
        approx::assert_relative_eq!(vector[1], 0.8);
    }
}
