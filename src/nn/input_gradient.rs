//! How a unit's sum changes with the network's *inputs*: the backward pass, begun at a unit instead
//! of at the loss, and taken one step further than training needs, through the first layer.
//!
//! With δ = ∂z/∂(sums of a layer), beginning with 1 at the unit and 0 at its neighbours, the rules
//! are those of the backward pass; below the first layer stands ∂z/∂x = Wᵀ·δ. Going uphill along
//! it finds the input that excites the unit most (Erhan, Bengio, Courville & Vincent 2009).

use super::backward::times_transpose;
use super::kernels::{Kernels, Pass, Start, multiply, times_slope};
use super::network::{Dense, DenseActivation, Layer, Network};
use super::real::Real;
use super::workspace::Workspace;

impl Network {
    /// Writes ∂z/∂x of the first loaded sample into `gradient` (one number for each input), where
    /// z is the sum of `unit` in layer number `layer`, counted as in
    /// [`layers`](Network::layers). Returns z; `None` if that is not a unit of a dense layer.
    ///
    /// Needs the last [`forward`](Network::forward) pass to be with the same parameters and batch;
    /// overwrites the deltas of [`backward`](Network::backward).
    ///
    /// # Panics
    /// If no sample is loaded, or `parameters` or `gradient` is too short.
    pub fn input_gradient<T: Real>(
        &self,
        parameters: &[T],
        (layer, unit): (usize, usize),
        workspace: &mut Workspace<T>,
        gradient: &mut [T],
    ) -> Option<T> {
        let dense = self.layers().get(layer)?.as_dense().filter(|dense| unit < dense.units)?;
        let width = workspace.layout.width;
        let values = &mut workspace.layers[layer];
        values.delta[..dense.units * width].fill(T::zero());
        values.delta[unit * width] = T::one();
        let sum = values.z[unit * width];
        let inputs = vec![T::zero(); self.inputs() * width];
        T::run(
            workspace.threads,
            Climb { network: self, parameters, layer, workspace, inputs, gradient },
        );
        Some(sum)
    }
}

impl Network {
    /// The sum z of a unit for the first loaded sample, after a forward pass.
    pub fn unit_sum<T: Real>(
        &self,
        (layer, unit): (usize, usize),
        workspace: &Workspace<T>,
    ) -> Option<T> {
        self.layers().get(layer)?.as_dense().filter(|dense| unit < dense.units)?;
        workspace.layers.get(layer)?.z.get(unit * workspace.layout.width).copied()
    }
}

struct Climb<'a, T: Real> {
    network: &'a Network,
    parameters: &'a [T],
    layer: usize,
    workspace: &'a mut Workspace<T>,
    /// ∂z/∂x, feature-major.
    inputs: Vec<T>,
    gradient: &'a mut [T],
}

impl<T: Real> Pass<T> for Climb<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<K: Kernels<T>>(mut self, kernels: K) {
        let (network, width) = (self.network, self.workspace.layout.width);
        let inputs = Some(self.inputs.as_mut_slice());
        send_back(kernels, network, self.parameters, self.layer, self.workspace, inputs);
        for (slope, row) in self.gradient.iter_mut().zip(self.inputs.chunks_exact(width.max(1))) {
            *slope = row.first().copied().unwrap_or(T::zero());
        }
    }
}

/// From the δ of layer number `from` to the δ of all layers before it and, if `inputs` has room for
/// them, to the derivatives by the inputs.
#[inline(always)]
pub(super) fn send_back<T: Real, K: Kernels<T>>(
    kernels: K,
    network: &Network,
    parameters: &[T],
    from: usize,
    workspace: &mut Workspace<T>,
    mut inputs: Option<&mut [T]>,
) {
    let (layout, dropout) = (workspace.layout, workspace.dropout);
    let width = layout.width;
    let layers = network.layers();
    for index in (0..=from).rev() {
        let (before, after) = workspace.layers.split_at_mut(index);
        let values = &after[0];
        let back: &mut [T] = match (before.last_mut(), inputs.as_deref_mut()) {
            (Some(previous), _) => &mut previous.delta,
            (None, Some(inputs)) => inputs,
            (None, None) => return,
        };
        match &layers[index] {
            Layer::Dense(dense) => {
                let delta = &values.delta[..dense.units * width];
                let back = &mut back[..dense.inputs * width];
                times_transpose(kernels, dense, parameters, delta, layout, Start::Zero, back);
            }
            Layer::Dropout { units, .. } => {
                let size = units * width;
                let delta = &values.delta[..size];
                if dropout {
                    multiply(kernels, delta, &values.mask[..size], &mut back[..size]);
                } else {
                    back[..size].copy_from_slice(delta);
                }
            }
        }
        if let Some(previous) = index.checked_sub(1)
            && let Layer::Dense(Dense { units, activation: DenseActivation::Hidden(f), .. }) =
                &layers[previous]
        {
            let (size, values) = (units * width, &mut workspace.layers[previous]);
            let (z, a) = (&values.z[..size], &values.a[..size]);
            times_slope(kernels, *f, z, a, &mut values.delta[..size]);
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    use super::*;
    use crate::nn::{Activation, Initialization, LayerShape, NetworkShape, OutputActivation};

    #[test]
    fn it_agrees_with_differences() {
        for &activation in Activation::ALL {
            let network = Network::new(NetworkShape {
                inputs: 3,
                hidden: vec![
                    LayerShape::Dense { units: 5, activation },
                    LayerShape::Dropout { rate: 0.4 },
                    LayerShape::Dense { units: 4, activation },
                ],
                outputs: 3,
                output_activation: OutputActivation::Softmax,
            })
            .unwrap();
            let mut parameters = vec![0.0_f64; network.parameter_count()];
            let mut rng = ChaCha8Rng::seed_from_u64(3);
            network.initialize(Initialization::XavierNormal, &mut parameters, &mut rng);
            let mut workspace = Workspace::new(&network, 1);
            let mut sum = |x: &[f64], at: (usize, usize), gradient: &mut [f64]| {
                network.load_inputs(&mut workspace, x, 0..1);
                network.clear_dropout(&mut workspace);
                network.forward(&parameters, &mut workspace);
                network.input_gradient(&parameters, at, &mut workspace, gradient)
            };
            let x = [0.3, -0.7, 1.1];
            let mut ignored = [0.0; 3];
            assert_eq!(sum(&x, (1, 0), &mut ignored), None, "dropout has no sums");
            assert_eq!(sum(&x, (0, 5), &mut ignored), None, "no such unit");
            for at in [(0, 2), (2, 3), (3, 1)] {
                let mut gradient = [0.0; 3];
                sum(&x, at, &mut gradient).unwrap();
                for input in 0..3 {
                    let h = 1e-6;
                    let mut moved = x;
                    moved[input] += h;
                    let above = sum(&moved, at, &mut ignored).unwrap();
                    moved[input] -= 2.0 * h;
                    let below = sum(&moved, at, &mut ignored).unwrap();
                    let slope = (above - below) / (2.0 * h);
                    assert!(
                        (gradient[input] - slope).abs() < 1e-6 * slope.abs().max(1.0),
                        "{activation:?} {at:?} input {input}: {} and {slope}",
                        gradient[input]
                    );
                }
            }
        }
    }
}
