//! Both passes over a small network in one.
//!
//! A network that a beginner draws has layers of a few units, and a batch of ten samples is a row of
//! one or two vectors. There is so little arithmetic that everything around it counts: calls, checks,
//! the choice between ways to multiply. So here the way is chosen once for the whole network, a row
//! is an array of a length that the compiler knows, and each layer is gone through once in each
//! direction. The formulas are those of `forward.rs` and `backward.rs`:
//!
//! ```text
//!     zᵤ = bᵤ + Σᵢ wᵤᵢ·xᵢ        aᵤ = f(zᵤ)              row by row, from the first layer on
//!     ∂L/∂wᵤᵢ = Σₛ δᵤ[s]·xᵢ[s]   ∂L/∂bᵤ = Σₛ δᵤ[s]       vectors of products first, then all sums
//!     δᵢ = (Σᵤ wᵤᵢ·δᵤ) ∘ f′(zᵢ)                          row by row, of the layer before
//! ```
//!
//! Sums over units or inputs are made in the order of their terms, as everywhere, so the loss is the
//! same to the last bit; those over samples are made in another order than in `backward.rs`.

use super::activation::{Activation, Function, Visitor};
use super::head;
use super::kernels::{Kernels, Pass};
use super::loss::Loss;
use super::network::{Dense, DenseActivation, Layer, Network};
use super::number::Number;
use super::real::Real;
use super::workspace::Workspace;

/// The most weights that a layer of a small network has. A larger one is faster in tiles, which read
/// a row once for several units. Measured.
const SMALL: usize = 160;

/// Whether the layers make a small network: all dense, of a few units.
pub(super) fn are_small(layers: &[Layer]) -> bool {
    let is_small = |layer: &Layer| layer.as_dense().is_some_and(|d| d.weights.len() <= SMALL);
    layers.iter().all(is_small)
}

/// The loss of a small network, and its gradient; `None` if the batch is too large for this way or
/// the kernels know no vectors.
pub(super) struct SmallPass<'a, T: Real> {
    pub(super) network: &'a Network,
    pub(super) parameters: &'a [T],
    pub(super) loss: Loss,
    pub(super) workspace: &'a mut Workspace<T>,
    pub(super) gradient: &'a mut [T],
}

impl<T: Real> Pass<T> for SmallPass<'_, T> {
    type Output = Option<T>;

    #[inline(always)]
    fn run<K: Kernels<T>>(self, kernels: K) -> Option<T> {
        if K::LANES == 1 {
            return None;
        }
        match self.workspace.layout.width / K::LANES {
            1 => Some(self.in_rows::<1, K>(kernels)),
            2 => Some(self.in_rows::<2, K>(kernels)),
            4 => Some(self.in_rows::<4, K>(kernels)),
            _ => None,
        }
    }
}

impl<T: Real> SmallPass<'_, T> {
    /// The pass over rows of `C` vectors.
    #[inline(always)]
    fn in_rows<const C: usize, K: Kernels<T>>(self, kernels: K) -> T {
        let Self { network, parameters, loss, workspace, gradient } = self;
        forward::<C, T, K>(kernels, network, parameters, workspace);
        let value = head::loss(kernels, network, loss, workspace);
        head::delta(kernels, network, loss, workspace);
        backward::<C, T, K>(kernels, network, parameters, workspace, gradient);
        value
    }
}

/// From the inputs to the outputs.
#[inline(always)]
fn forward<const C: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    parameters: &[T],
    workspace: &mut Workspace<T>,
) {
    let Workspace { inputs, layers, .. } = &mut *workspace;
    let mut x = rows::<C, T, K>(inputs);
    for (layer, values) in network.layers().iter().zip(layers) {
        if let Layer::Dense(dense) = layer {
            let a = rows_mut::<C, T, K>(&mut values.a);
            activation_of(layer).visit(LayerForward {
                kernels,
                w: &parameters[dense.weights.clone()],
                b: &parameters[dense.biases.clone()],
                x: &x[..dense.inputs],
                z: rows_mut::<C, T, K>(&mut values.z),
                a: &mut *a,
            });
            x = a;
        }
    }
    head::output(kernels, network, workspace);
}

/// From the last layer's δ, which is there, to the first layer's gradient.
#[inline(always)]
fn backward<const C: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    parameters: &[T],
    workspace: &mut Workspace<T>,
    gradient: &mut [T],
) {
    let Workspace { inputs, layers, products, .. } = workspace;
    let inputs = rows::<C, T, K>(inputs);
    let products = K::vectors_mut(products);
    let Some((last, mut values)) = layers.split_last_mut() else {
        return;
    };
    let mut delta = rows::<C, T, K>(&last.delta);
    let mut layers = network.layers();
    while let Some((Layer::Dense(dense), before)) = layers.split_last() {
        layers = before;
        let own = &delta[..dense.units];
        let (Some((previous, earlier)), Some(layer)) = (values.split_last_mut(), before.last())
        else {
            return layer_gradient(kernels, dense, own, inputs, products, gradient);
        };
        let x = rows::<C, T, K>(&previous.a);
        layer_gradient(kernels, dense, own, x, products, gradient);
        let back = &mut rows_mut::<C, T, K>(&mut previous.delta)[..dense.inputs];
        activation_of(layer).visit(LayerBack {
            kernels,
            w: &parameters[dense.weights.clone()],
            delta: own,
            z: rows::<C, T, K>(&previous.z),
            a: x,
            back: &mut *back,
        });
        (delta, values) = (back, earlier);
    }
}

/// The gradient of one layer's weights and biases, which lie one after the other.
#[inline(always)]
fn layer_gradient<const C: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    dense: &Dense,
    delta: &[[K::Vector; C]],
    x: &[[K::Vector; C]],
    products: &mut [K::Vector],
    gradient: &mut [T],
) {
    products_of(kernels, delta, &x[..dense.inputs], products);
    kernels.sums(products, &mut gradient[dense.weights.start..dense.biases.end]);
}

/// `values` as rows of `C` vectors.
#[inline(always)]
fn rows<const C: usize, T: Real, K: Kernels<T>>(values: &[T]) -> &[[K::Vector; C]] {
    K::vectors(values).as_chunks().0
}

/// The same to write to.
#[inline(always)]
fn rows_mut<const C: usize, T: Real, K: Kernels<T>>(values: &mut [T]) -> &mut [[K::Vector; C]] {
    K::vectors_mut(values).as_chunks_mut().0
}

/// sums ← sums + factor · row.
#[inline(always)]
fn add_multiple<const C: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    sums: &mut [K::Lane; C],
    factor: T,
    row: &[K::Vector; C],
) {
    let factor = kernels.splat(factor);
    for (sum, &vector) in sums.iter_mut().zip(row) {
        *sum = factor.multiply_add(kernels.lane(vector), *sum);
    }
}

/// The activation of a hidden layer; none for the output layer, whose own is the matter of `head.rs`.
#[inline(always)]
fn activation_of(layer: &Layer) -> Activation {
    match layer {
        Layer::Dense(Dense { activation: DenseActivation::Hidden(f), .. }) => *f,
        _ => Activation::Identity,
    }
}

/// z = W·x + b and a = f(z).
struct LayerForward<'a, const C: usize, T: Real, K: Kernels<T>> {
    kernels: K,
    w: &'a [T],
    b: &'a [T],
    x: &'a [[K::Vector; C]],
    z: &'a mut [[K::Vector; C]],
    a: &'a mut [[K::Vector; C]],
}

impl<const C: usize, T: Real, K: Kernels<T>> Visitor for LayerForward<'_, C, T, K> {
    type Output = ();

    #[inline(always)]
    fn visit<F: Function>(self) {
        let Self { kernels, w, b, x, z, a } = self;
        let mut rest = w;
        for ((z, a), &b) in z.iter_mut().zip(a).zip(b) {
            let (w, after) = rest.split_at(x.len());
            rest = after;
            let mut sums = [kernels.splat(T::zero()); C];
            for (&w, x) in w.iter().zip(x) {
                add_multiple::<C, T, K>(kernels, &mut sums, w, x);
            }
            let b = kernels.splat(b);
            for ((z, a), sum) in z.iter_mut().zip(a).zip(sums) {
                let sum = b + sum;
                *z = K::vector(sum);
                *a = K::vector(F::value(sum));
            }
        }
    }
}

/// δ = (Wᵀ·δ of the layer after) ∘ f′(z).
struct LayerBack<'a, const C: usize, T: Real, K: Kernels<T>> {
    kernels: K,
    /// The weights of the layer after.
    w: &'a [T],
    /// Its δ.
    delta: &'a [[K::Vector; C]],
    z: &'a [[K::Vector; C]],
    a: &'a [[K::Vector; C]],
    back: &'a mut [[K::Vector; C]],
}

impl<const C: usize, T: Real, K: Kernels<T>> Visitor for LayerBack<'_, C, T, K> {
    type Output = ();

    #[inline(always)]
    fn visit<F: Function>(self) {
        let Self { kernels, w, delta, z, a, back } = self;
        let units = back.len();
        for (unit, ((back, z), a)) in back.iter_mut().zip(z).zip(a).enumerate() {
            let mut sums = [kernels.splat(T::zero()); C];
            let mut place = unit;
            for delta in delta {
                add_multiple::<C, T, K>(kernels, &mut sums, w[place], delta);
                place += units;
            }
            for (((back, &z), &a), sum) in back.iter_mut().zip(z).zip(a).zip(sums) {
                *back = K::vector(sum * F::slope(kernels.lane(z), kernels.lane(a)));
            }
        }
    }
}

/// The vectors of which the gradient's numbers are the sums: those of the weights, unit by unit, and
/// those of the biases.
#[inline(always)]
fn products_of<const C: usize, T: Real, K: Kernels<T>>(
    kernels: K,
    delta: &[[K::Vector; C]],
    x: &[[K::Vector; C]],
    products: &mut [K::Vector],
) {
    let mut rest = products;
    for delta in delta {
        let (products, after) = rest.split_at_mut(x.len());
        rest = after;
        for (product, x) in products.iter_mut().zip(x) {
            let mut sum = kernels.splat(T::zero());
            for (&delta, &x) in delta.iter().zip(x) {
                sum = kernels.lane(delta).multiply_add(kernels.lane(x), sum);
            }
            *product = K::vector(sum);
        }
    }
    for (delta, product) in delta.iter().zip(rest) {
        let mut sum = kernels.splat(T::zero());
        for &delta in delta {
            sum = sum + kernels.lane(delta);
        }
        *product = K::vector(sum);
    }
}

#[cfg(test)]
mod tests {
    use super::super::kernels::run_in_every_width;
    use super::*;
    use crate::nn::{Initialization, LayerShape, NetworkShape, OutputActivation};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// A small network with a batch.
    struct Case {
        network: Network,
        loss: Loss,
        parameters: Vec<f32>,
        inputs: Vec<f32>,
        targets: Vec<f32>,
        rows: Vec<u32>,
    }

    impl Case {
        fn new(
            [inputs, first, second, outputs]: [usize; 4],
            activation: Activation,
            output_activation: OutputActivation,
            loss: Loss,
            batch: usize,
        ) -> Self {
            let dense = |units| LayerShape::Dense { units, activation };
            let hidden = vec![dense(first), dense(second)];
            let shape = NetworkShape { inputs, hidden, outputs, output_activation };
            let network = Network::new(shape).unwrap();
            assert!(network.is_small());
            let mut rng = ChaCha8Rng::seed_from_u64(5);
            let mut parameters = vec![0.0; network.parameter_count()];
            network.initialize(Initialization::LecunUniform, &mut parameters, &mut rng);
            // Biases begin at 0, where a mistake would not show.
            for parameter in &mut parameters {
                *parameter += rng.random_range(-0.3..0.3);
            }
            let samples = 2 * batch;
            let inputs = (0..samples * inputs).map(|_| rng.random_range(-2.0..2.0)).collect();
            // One class or number of each sample is 1, in most of them.
            let answer = |place: usize| f32::from(u8::from(place % 7 % outputs == place % outputs));
            let targets = (0..samples * outputs).map(answer).collect();
            let rows = (0..batch as u32).rev().map(|row| 2 * row).collect();
            Self { network, loss, parameters, inputs, targets, rows }
        }

        /// The loss and the gradient, with plain loops in double precision.
        fn expected(&self) -> (f64, Vec<f64>) {
            let wide =
                |values: &[f32]| -> Vec<f64> { values.iter().copied().map(f64::from).collect() };
            let mut workspace = Workspace::new(&self.network, self.rows.len());
            let mut gradient = vec![0.0; self.parameters.len()];
            let (inputs, targets) = (wide(&self.inputs), wide(&self.targets));
            self.network.load(&mut workspace, &inputs, &targets, &self.rows);
            let parameters = wide(&self.parameters);
            let (loss, workspace) = (self.loss, &mut workspace);
            let value = self.network.loss_and_gradient(&parameters, loss, workspace, &mut gradient);
            (value, gradient)
        }

        /// The loss of the passes for any network.
        fn loss_of_any(&self) -> f32 {
            let mut workspace = self.loaded();
            self.network.forward(&self.parameters, &mut workspace);
            self.network.loss(self.loss, &workspace)
        }

        fn loaded(&self) -> Workspace<f32> {
            let mut workspace = Workspace::new(&self.network, self.rows.len());
            self.network.load(&mut workspace, &self.inputs, &self.targets, &self.rows);
            workspace
        }
    }

    impl Pass<f32> for &Case {
        /// The gradient too.
        type Output = Option<(f32, Vec<f32>)>;

        #[inline(always)]
        fn run<K: Kernels<f32>>(self, kernels: K) -> Self::Output {
            let Case { network, loss, parameters, .. } = self;
            let (workspace, loss) = (&mut self.loaded(), *loss);
            // What is not written is found.
            let mut gradient = vec![f32::NAN; parameters.len()];
            let pass = SmallPass { network, parameters, loss, workspace, gradient: &mut gradient };
            pass.run(kernels).map(|loss| (loss, gradient))
        }
    }

    /// Compares with plain loops, in vectors of every width; how many there was a way for.
    fn compare(case: &Case) -> usize {
        let (loss, gradient) = case.expected();
        let length = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        let found: Vec<_> = run_in_every_width(case).into_iter().flatten().collect();
        for (found_loss, found) in &found {
            let error = (f64::from(*found_loss) - loss).abs();
            assert!(error <= 1e-5 * loss.abs().max(1.0), "{found_loss}, expected {loss}");
            let errors = found.iter().zip(&gradient).map(|(&f, &g)| (f64::from(f) - g).powi(2));
            let error = errors.sum::<f64>().sqrt();
            assert!(error <= 1e-5 * length, "{error:e} of {length:e}");
        }
        found.len()
    }

    #[test]
    fn every_activation_agrees_with_plain_loops() {
        for &activation in Activation::ALL {
            let output = OutputActivation::Identity;
            let case = Case::new([2, 5, 3, 2], activation, output, Loss::Mse, 13);
            assert!(compare(&case) >= 3, "{activation:?}");
        }
    }

    #[test]
    fn every_loss_and_output_agrees_with_plain_loops() {
        for &output in OutputActivation::ALL {
            for &loss in Loss::ALL.iter().filter(|loss| loss.fits(output)) {
                for outputs in [1, 4] {
                    let case = Case::new([3, 8, 4, outputs], Activation::Tanh, output, loss, 10);
                    assert!(compare(&case) >= 3, "{output:?} {loss:?}");
                }
            }
        }
    }

    #[test]
    fn every_size_of_batch_and_layer_agrees_with_plain_loops() {
        let mut ways = 0;
        for batch in [1, 2, 7, 10, 16, 17, 31, 32, 40, 64, 65] {
            for shape in [[1, 1, 1, 1], [2, 8, 8, 1], [7, 18, 3, 5], [33, 3, 42, 1]] {
                let (activation, output) = (Activation::Sigmoid, OutputActivation::Identity);
                ways += compare(&Case::new(shape, activation, output, Loss::Mse, batch));
            }
        }
        assert!(ways > 100, "{ways}");
    }

    #[test]
    fn the_loss_is_the_same_bits_as_that_of_any_network() {
        for (inputs, batch) in [(2, 1), (2, 10), (2, 32), (2, 100), (20, 1), (20, 2), (20, 10)] {
            let (activation, output) = (Activation::Tanh, OutputActivation::Sigmoid);
            let loss = Loss::BinaryCrossEntropy;
            let case = Case::new([inputs, 8, 8, 1], activation, output, loss, batch);
            let mut gradient = vec![0.0; case.parameters.len()];
            let mut workspace = case.loaded();
            let found = case.network.loss_and_gradient(
                &case.parameters,
                loss,
                &mut workspace,
                &mut gradient,
            );
            assert_eq!(found.to_bits(), case.loss_of_any().to_bits(), "{inputs} inputs, {batch}");
        }
    }

    #[test]
    fn dropout_and_wide_layers_are_not_small() {
        let dense = |units| LayerShape::Dense { units, activation: Activation::Relu };
        let is_small = |hidden| {
            let output_activation = OutputActivation::Identity;
            Network::new(NetworkShape { inputs: 2, hidden, outputs: 1, output_activation })
                .unwrap()
                .is_small()
        };
        assert!(is_small(vec![]));
        assert!(is_small(vec![dense(8), dense(8)]));
        assert!(!is_small(vec![dense(8), LayerShape::Dropout { rate: 0.1 }]));
        assert!(!is_small(vec![dense(32), dense(32)]));
    }
}
