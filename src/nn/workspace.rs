//! The memory of a pass: the batch, every layer's values, and every layer's deltas.
//!
//! A [`Workspace`] is made once for a network and a batch size and used again for every batch, so
//! that training allocates nothing. Everything in it is *feature-major*: one row for each feature
//! (input, unit, output), one column for each sample. A row therefore holds the same feature of
//! many samples, and the vector instructions work on many samples at once, however small the
//! layers are. Rows are padded to whole vectors; the samples in the padding count with weight 0.

use rand::{Rng, RngExt};

use super::few_samples::{FewValues, most_that_are_few};
use super::kernels::{Aligned, LANES, LARGE, is_narrow, padded, sample_stride};
use super::layout::Layout;
use super::network::{Layer, Network};
use super::real::Real;
use crate::threads::Threads;

/// So many numbers the cache next to a core does not hold. Fewer, one thread finds there again where
/// it left them, and two would have to fetch them from each other. Measured with a cache of 1 MB.
const CACHED: usize = 1 << 18;

/// The values of one layer for the loaded batch, one row for each unit.
#[derive(Clone, Debug)]
pub(super) struct LayerValues<T: Real> {
    /// The sums z = W·x + b (dense layers).
    pub(super) z: Aligned<T>,
    /// The outputs of the layer, a = f(z).
    pub(super) a: Aligned<T>,
    /// δ = ∂L/∂z after the backward pass (dense layers); ∂L/∂a for a dropout layer.
    pub(super) delta: Aligned<T>,
    /// What dropout multiplies by: 0 or 1/(1 − rate) (dropout layers).
    pub(super) mask: Aligned<T>,
}

/// The rates of change of one layer's values along a direction, for curvature products.
#[derive(Clone, Debug)]
pub(super) struct LayerRates<T: Real> {
    pub(super) z: Aligned<T>,
    pub(super) a: Aligned<T>,
    pub(super) delta: Aligned<T>,
}

/// What the gradient of a layer's weights is made of besides its δ.
pub(super) struct LayerInputs<'a, T> {
    /// What the layer was given, one row for each feature.
    pub(super) features: &'a [T],
    /// The same, one row for each sample, if it is there.
    pub(super) samples: Option<&'a [T]>,
    /// Memory to turn the features into samples.
    pub(super) buffer: &'a mut [T],
    pub(super) batch: usize,
    pub(super) width: usize,
}

/// Buffers for passes over batches of up to a certain size.
#[derive(Clone, Debug)]
pub struct Workspace<T: Real> {
    capacity: usize,
    outputs: usize,
    /// Multiplications in the largest product of a pass.
    largest_product: usize,
    pub(super) batch: usize,
    pub(super) layout: Layout,
    /// The inputs, feature-major, if they were [turned](super::load::turn_inputs).
    pub(super) inputs: Aligned<T>,
    pub(super) turned: bool,
    /// The inputs once more, one row for each sample: what the first layer's gradient reads if
    /// there are more than a few.
    pub(super) input_samples: Aligned<T>,
    pub(super) targets: Aligned<T>,
    /// How much each sample counts in the mean: 1/n, and 0 for the padding.
    pub(super) weights: Aligned<T>,
    /// ln Σₖ e^zₖ of each sample, with a softmax output.
    pub(super) log_sums: Aligned<T>,
    pub(super) layers: Vec<LayerValues<T>>,
    /// The same for a few samples, and the most that are few.
    pub(super) few: Vec<FewValues<T>>,
    most_few: usize,
    /// One layer's activations, one row for each sample.
    pub(super) samples: Aligned<T>,
    /// The vectors of which a small layer's gradient is the sums.
    pub(super) products: Aligned<T>,
    pub(super) dropout: bool,
    pub(super) threads: Threads,
    pub(super) rates: Vec<LayerRates<T>>,
}

impl<T: Real> Workspace<T> {
    /// Buffers for batches of up to `capacity` samples. A larger batch makes them grow.
    pub fn new(network: &Network, capacity: usize) -> Self {
        let capacity = capacity.max(1);
        let width = Layout::of(capacity).width;
        let rows = |count: usize| Aligned::zeros(count * width);
        let widest = network.dense_layers().skip(1).map(|dense| dense.inputs).max().unwrap_or(0);
        let first = network.dense_layers().next().map_or(0, |dense| dense.inputs);
        let matrices = network.dense_layers().map(|dense| dense.units * dense.inputs);
        let largest_matrix = matrices.max().unwrap_or(0);
        let products = network.dense_layers().filter(|_| network.is_small());
        let products = products.map(|dense| padded(dense.biases.end - dense.weights.start));
        let products = products.max().unwrap_or(0);
        let layers = network.layers().iter().map(|layer| match layer {
            Layer::Dense(dense) => LayerValues {
                z: rows(dense.units),
                a: rows(dense.units),
                delta: rows(dense.units),
                mask: rows(0),
            },
            Layer::Dropout { units, .. } => {
                LayerValues { z: rows(0), a: rows(*units), delta: rows(*units), mask: rows(*units) }
            }
        });
        let most_few = most_that_are_few(network);
        let few = network.layers().iter().filter(|_| most_few > 0);
        let few = few.map(|layer| FewValues::new(layer.units())).collect();
        let by_samples = if is_narrow(network.inputs()) { 0 } else { capacity };
        Self {
            capacity,
            outputs: network.outputs(),
            largest_product: width * largest_matrix,
            batch: 0,
            layout: Layout::of(0),
            inputs: rows(network.inputs()),
            turned: true,
            input_samples: Aligned::zeros(by_samples * sample_stride(network.inputs())),
            targets: rows(network.outputs()),
            weights: rows(1),
            log_sums: rows(1),
            layers: layers.collect(),
            few,
            most_few,
            samples: Aligned::zeros(capacity * sample_stride(widest.max(first))),
            products: Aligned::zeros(products * LANES),
            dropout: false,
            threads: Threads::ONE,
            rates: Vec::new(),
        }
    }

    /// The number of samples that are loaded.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Whether so few samples are loaded that they have a pass of their own.
    pub(super) fn has_few_samples(&self) -> bool {
        (1..=self.most_few).contains(&self.batch)
    }

    /// The largest batch the buffers hold before they grow.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Sets how many threads large products and layers are shared between, the calling one
    /// included; at first it is one. The results are the same bits for any number. Passes share
    /// their work only while the threads are [gathered](Threads::together).
    pub fn set_threads(&mut self, count: usize) {
        self.threads = Threads::new(count);
    }

    /// The threads that updates with so many samples should be [gathered](Threads::together) for, if
    /// an update goes through so many numbers: only the calling one if the network is so small that
    /// one is faster alone. Of a few samples nothing is computed that takes long; there it is the
    /// memory that counts. In `f64` nothing is shared.
    pub fn crew(&self, samples: usize, numbers: usize) -> Threads {
        let large = if samples <= self.most_few {
            numbers >= CACHED
        } else {
            self.largest_product >= LARGE
        };
        if large { self.threads } else { Threads::ONE }
    }

    /// The number of outputs of the network.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// One target of each loaded sample.
    ///
    /// # Panics
    /// If the network has no output `unit`.
    pub fn target(&self, unit: usize) -> &[T] {
        &self.targets[unit * self.layout.width..][..self.batch]
    }

    /// One output of each loaded sample, after the output activation, from the last forward pass.
    ///
    /// # Panics
    /// If the network has no output `unit`.
    pub fn output(&self, unit: usize) -> &[T] {
        self.activation(self.layers.len() - 1, unit)
    }

    /// One output of each loaded sample before the output activation.
    ///
    /// # Panics
    /// If the network has no output `unit`.
    pub fn logits(&self, unit: usize) -> &[T] {
        self.pre_activation(self.layers.len() - 1, unit)
    }

    /// The activation of one unit for each loaded sample; `layer` is the place in
    /// [`Network::layers`].
    ///
    /// # Panics
    /// If the network has no such layer or unit.
    pub fn activation(&self, layer: usize, unit: usize) -> &[T] {
        &self.layers[layer].a[unit * self.layout.width..][..self.batch]
    }

    /// The sum z of one unit of a dense layer, before its activation, for each loaded sample.
    ///
    /// # Panics
    /// If the network has no such layer or unit, or the layer is dropout.
    pub fn pre_activation(&self, layer: usize, unit: usize) -> &[T] {
        &self.layers[layer].z[unit * self.layout.width..][..self.batch]
    }

    /// What the layer at `index` was given, `count` features, in the last forward pass; and the
    /// values of all layers and their rates.
    #[inline(always)]
    pub(super) fn inputs_of(
        &mut self,
        index: usize,
        count: usize,
    ) -> (LayerInputs<'_, T>, &[LayerValues<T>], &[LayerRates<T>]) {
        let (features, samples) = match index.checked_sub(1) {
            None => (&*self.inputs, (!is_narrow(count)).then_some(&*self.input_samples)),
            Some(previous) => (&*self.layers[previous].a, None),
        };
        let (buffer, batch, width) = (&mut *self.samples, self.batch, self.layout.width);
        let inputs = LayerInputs { features, samples, buffer, batch, width };
        (inputs, &self.layers, &self.rates)
    }

    /// Makes the buffers of the curvature products, if they are not there yet.
    pub(super) fn make_rates(&mut self, network: &Network) {
        if self.rates.is_empty() {
            let width = Layout::of(self.capacity).width;
            let rates = network.layers().iter().map(|layer| {
                let rows = || Aligned::zeros(layer.units() * width);
                LayerRates { z: rows(), a: rows(), delta: rows() }
            });
            self.rates = rates.collect();
        }
    }

    /// Makes room for and sets the size of the next batch.
    pub(super) fn resize(&mut self, network: &Network, batch: usize) {
        if batch > self.capacity {
            let threads = self.threads;
            *self = Self::new(network, batch);
            self.threads = threads;
        }
        let layout = Layout::of(batch);
        let Layout { columns, width } = layout;
        if width != self.layout.width {
            // The masks were drawn for rows of another length.
            self.dropout = false;
        }
        if batch != self.batch {
            self.batch = batch;
            self.layout = layout;
            // Padding must hold numbers: it is computed with, and then counts nothing.
            self.inputs[..network.inputs() * width].fill(T::zero());
            self.targets[..network.outputs() * width].fill(T::zero());
            self.weights[..width].fill(T::zero());
            self.weights[..batch].fill(T::one() / T::of(batch as f64));
            if columns < width {
                self.clear_gaps();
            }
        }
    }

    /// Sets what no product writes, the end of each row, to 0: other functions go over whole rows,
    /// and sums of δ count on it.
    fn clear_gaps(&mut self) {
        let Layout { columns, width } = self.layout;
        let values = self.layers.iter_mut().flat_map(|layer| {
            let LayerValues { z, a, delta, mask: _ } = layer;
            [z, a, delta]
        });
        let rates = self.rates.iter_mut().flat_map(|LayerRates { z, a, delta }| [z, a, delta]);
        for row in values.chain(rates).flat_map(|rows| rows.chunks_exact_mut(width)) {
            row[columns..].fill(T::zero());
        }
    }
}

impl Network {
    /// Draws which values the dropout layers drop, and turns dropout on for the passes over the
    /// loaded batch. The choice stays until the next draw, so that a line search compares like
    /// with like. Draw after loading: a batch of another size turns dropout off.
    pub fn draw_dropout<T: Real, R: Rng>(&self, workspace: &mut Workspace<T>, rng: &mut R) {
        let width = workspace.layout.width;
        for (layer, values) in self.layers().iter().zip(&mut workspace.layers) {
            if let Layer::Dropout { rate, units } = layer {
                // Scaling up what stays keeps the expected sum, so nothing changes without dropout.
                let kept = T::of(1.0 / (1.0 - f64::from(*rate)));
                for mask in &mut values.mask[..units * width] {
                    *mask = if rng.random::<f32>() < *rate { T::zero() } else { kept };
                }
                workspace.dropout = true;
            }
        }
    }

    /// Turns dropout off, as for validation and prediction.
    pub fn clear_dropout<T: Real>(&self, workspace: &mut Workspace<T>) {
        workspace.dropout = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Activation, Initialization, LayerShape, Loss, NetworkShape, OutputActivation};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn network(rate: f32) -> Network {
        Network::new(NetworkShape {
            inputs: 3,
            hidden: vec![
                LayerShape::Dense { units: 20, activation: Activation::Sigmoid },
                LayerShape::Dropout { rate },
            ],
            outputs: 2,
            output_activation: OutputActivation::Identity,
        })
        .unwrap()
    }

    fn parameters(network: &Network) -> Vec<f32> {
        let mut parameters = vec![0.0; network.parameter_count()];
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        network.initialize(Initialization::LecunUniform, &mut parameters, &mut rng);
        parameters
    }

    #[test]
    fn a_used_workspace_computes_what_a_new_one_does() {
        let network = network(0.5);
        let parameters = parameters(&network);
        let inputs: Vec<f32> = (0..1_200).map(|i| (i as f32 * 0.7).sin()).collect();
        let targets: Vec<f32> = (0..800).map(|i| (i as f32 * 0.3).cos()).collect();
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        let run = |workspace: &mut Workspace<f32>, parameters: &[f32], rows: &[u32]| {
            let mut gradient = vec![0.0; parameters.len()];
            network.load(workspace, &inputs, &targets, rows);
            let loss = network.loss_and_gradient(parameters, Loss::Mse, workspace, &mut gradient);
            let mut bend = vec![0.0; parameters.len()];
            network.hessian_vector(parameters, &gradient, Loss::Mse, workspace, &mut bend);
            (loss.to_bits(), bits(&gradient), bits(&bend))
        };
        let mut used = Workspace::new(&network, 16);
        // Smaller, larger within a vector, larger than the capacity, one sample, none twice; then
        // so many that rows lie apart, some of them with the same distance.
        for count in [10, 7, 15, 16, 33, 1, 50, 3, 400, 272, 250, 256, 260, 5, 320] {
            let rows: Vec<u32> = (0..count).rev().collect();
            let fresh = run(&mut Workspace::new(&network, rows.len()), &parameters, &rows);
            assert!(run(&mut used, &parameters, &rows) == fresh, "{count} samples");
            assert_eq!(used.batch(), rows.len());
            // What has gone wrong leaves nothing behind.
            run(&mut used, &vec![f32::NAN; parameters.len()], &rows);
        }
    }

    #[test]
    fn no_samples_are_no_trouble() {
        let network = network(0.5);
        let parameters = parameters(&network);
        let mut workspace = Workspace::new(&network, 10);
        network.load(&mut workspace, &[], &[], &[]);
        network.forward(&parameters, &mut workspace);
        assert_eq!(network.loss(Loss::Mse, &workspace), 0.0);
        let mut gradient = vec![1.0; parameters.len()];
        network.backward(&parameters, Loss::Mse, &mut workspace, &mut gradient);
        assert_eq!(gradient, vec![0.0; parameters.len()]);
        network.load_inputs(&mut workspace, &[], 0..0);
        network.forward(&parameters, &mut workspace);
        assert!(workspace.output(0).is_empty());
    }

    #[test]
    fn prediction_needs_no_answers() {
        let network = network(0.5);
        let parameters = parameters(&network);
        let inputs: Vec<f32> = (0..30).map(|i| i as f32 * 0.1).collect();
        let mut workspace = Workspace::new(&network, 10);
        network.load(&mut workspace, &inputs, &[0.0; 20], &[4, 5, 6]);
        network.forward(&parameters, &mut workspace);
        let expected = workspace.output(1).to_vec();
        network.load_inputs(&mut workspace, &inputs, 4..7);
        network.forward(&parameters, &mut workspace);
        assert_eq!(workspace.output(1), expected);
    }

    #[test]
    fn dropout_drops_its_share_and_keeps_the_mean() {
        let network = network(0.25);
        let parameters = parameters(&network);
        let inputs = vec![0.5_f32; 3000];
        let mut workspace = Workspace::new(&network, 1000);
        network.load_inputs(&mut workspace, &inputs, 0..1000);
        let total = |workspace: &mut Workspace<f32>| {
            network.forward(&parameters, workspace);
            let after = (0..20).flat_map(|unit| workspace.activation(1, unit));
            let dropped = after.clone().filter(|&&a| a == 0.0).count();
            (after.sum::<f32>(), dropped)
        };
        let (without, none) = total(&mut workspace);
        assert_eq!(none, 0);
        network.draw_dropout(&mut workspace, &mut ChaCha8Rng::seed_from_u64(1));
        let (with, dropped) = total(&mut workspace);
        assert!((with / without - 1.0).abs() < 0.02, "{with} for {without}");
        assert!((4_600..5_400).contains(&dropped), "{dropped} of 20000");
        // The same masks until the next draw; none after clearing.
        assert_eq!(total(&mut workspace), (with, dropped));
        network.clear_dropout(&mut workspace);
        assert_eq!(total(&mut workspace), (without, 0));
    }
}
