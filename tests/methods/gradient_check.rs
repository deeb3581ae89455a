//! Are the derivatives derivatives? Everything `nn` differentiates is compared with finite
//! differences in double precision, and the fast kernels with the double-precision reference.

use netsmith::nn::{
    Activation, Initialization, LayerShape, Loss, Network, NetworkShape, OutputActivation, Real,
    Workspace,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A uniform number in [-1, 1).
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    f64::from(rng.next_u32()) / f64::from(u32::MAX) * 2.0 - 1.0
}

fn vector(length: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..length).map(|_| uniform(rng)).collect()
}

/// A network with a loaded batch, and a point in its parameter space.
struct Case<T: Real> {
    network: Network,
    loss: Loss,
    workspace: Workspace<T>,
    parameters: Vec<T>,
}

/// What a case is made of.
#[derive(Clone, Debug)]
struct Plan {
    inputs: usize,
    hidden: Vec<LayerShape>,
    outputs: usize,
    output: OutputActivation,
    loss: Loss,
    samples: usize,
    seed: u64,
}

impl Plan {
    fn build<T: Real>(&self) -> Case<T> {
        let network = Network::new(NetworkShape {
            inputs: self.inputs,
            hidden: self.hidden.clone(),
            outputs: self.outputs,
            output_activation: self.output,
        })
        .unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let narrow = |values: Vec<f64>| values.into_iter().map(T::of).collect::<Vec<T>>();
        // Every other sample, in reverse, so that gathering is tested too.
        let stored = 2 * self.samples;
        let rows: Vec<u32> = (0..self.samples as u32).rev().map(|row| 2 * row).collect();
        let inputs = narrow(vector(stored * self.inputs, &mut rng));
        let targets = narrow(self.targets(stored, &mut rng));
        let mut parameters = vec![T::zero(); network.parameter_count()];
        network.initialize(Initialization::LecunUniform, &mut parameters, &mut rng);
        let mut workspace = Workspace::new(&network, self.samples);
        network.load(&mut workspace, &inputs, &targets, &rows);
        network.draw_dropout(&mut workspace, &mut rng);
        Case { network, loss: self.loss, workspace, parameters }
    }

    /// Answers that the loss can be asked about.
    fn targets(&self, samples: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let k = self.outputs;
        match self.loss {
            Loss::BinaryCrossEntropy => {
                (0..samples * k).map(|_| f64::from(rng.next_u32() % 2)).collect()
            }
            Loss::SoftmaxCrossEntropy => (0..samples)
                .flat_map(|_| {
                    let class = rng.next_u32() as usize % k;
                    (0..k).map(move |each| f64::from(u8::from(each == class)))
                })
                .collect(),
            // Errors on both sides of Huber's 1, and none near 0 or 1, where it or |o − t| bends.
            _ => (0..samples * k)
                .map(|_| {
                    let side = if rng.next_u32().is_multiple_of(2) { 1.0 } else { -1.0 };
                    side * if rng.next_u32().is_multiple_of(2) { 3.0 } else { 0.5 }
                })
                .collect(),
        }
    }
}

impl<T: Real> Case<T> {
    fn loss_at(&mut self, parameters: &[T]) -> T {
        self.network.forward(parameters, &mut self.workspace);
        self.network.loss(self.loss, &self.workspace)
    }

    fn gradient_at(&mut self, parameters: &[T]) -> Vec<T> {
        let mut gradient = vec![T::of(9.0); parameters.len()];
        self.network.loss_and_gradient(parameters, self.loss, &mut self.workspace, &mut gradient);
        gradient
    }

    /// The loss, and the gradient asked for in parts of so many numbers, the last part first.
    fn in_parts(&mut self, parameters: &[T], size: usize) -> Option<(T, Vec<T>)> {
        let (network, workspace) = (&self.network, &mut self.workspace);
        let loss = network.loss_and_errors(parameters, self.loss, workspace)?;
        let mut gradient = vec![T::of(9.0); parameters.len()];
        for (part, numbers) in gradient.chunks_mut(size).enumerate().rev() {
            network.gradient_part(workspace, part * size, numbers);
        }
        Some((loss, gradient))
    }

    fn curvature(&mut self, v: &[T], full: bool) -> Vec<T> {
        let mut product = vec![T::of(9.0); v.len()];
        let parameters = self.parameters.clone();
        self.network.forward(&parameters, &mut self.workspace);
        let (network, workspace) = (&self.network, &mut self.workspace);
        if full {
            network.hessian_vector(&parameters, v, self.loss, workspace, &mut product);
        } else {
            network.gauss_newton_vector(&parameters, v, self.loss, workspace, &mut product);
        }
        product
    }
}

/// The distance between two vectors in units of the larger one's length.
fn relative_error<T: Real>(found: &[T], expected: &[T]) -> f64 {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    let wide = |values: &[T]| values.iter().map(|x| x.wide()).collect::<Vec<_>>();
    let (found, expected) = (wide(found), wide(expected));
    let difference = norm(&mut found.iter().zip(&expected).map(|(a, b)| a - b));
    let size = norm(&mut found.iter().copied()).max(norm(&mut expected.iter().copied()));
    if difference == 0.0 { 0.0 } else { difference / size }
}

/// Every (loss, output activation) that fits.
fn heads() -> impl Iterator<Item = (Loss, OutputActivation)> {
    Loss::ALL.iter().flat_map(|&loss| {
        OutputActivation::ALL
            .iter()
            .filter(move |&&output| loss.fits(output))
            .map(move |&output| (loss, output))
    })
}

/// Every activation, head and depth 0 to 3; with depth, dropout in between.
fn plans() -> Vec<Plan> {
    let mut plans = Vec::new();
    for (loss, output) in heads() {
        for &activation in Activation::ALL {
            for depth in 0..=3_usize {
                let mut hidden = Vec::new();
                for layer in 0..depth {
                    let units = 5 - layer;
                    hidden.push(LayerShape::Dense { units, activation });
                    if layer == 1 {
                        hidden.push(LayerShape::Dropout { rate: 0.3 });
                    }
                }
                plans.push(Plan {
                    inputs: 3,
                    hidden,
                    outputs: if loss == Loss::BinaryCrossEntropy { 1 } else { 3 },
                    output,
                    loss,
                    samples: 7,
                    seed: plans.len() as u64,
                });
            }
        }
    }
    // Dropout on the inputs, and nothing but dropout.
    for hidden in [
        vec![
            LayerShape::Dropout { rate: 0.5 },
            LayerShape::Dense { units: 4, activation: Activation::Tanh },
        ],
        vec![LayerShape::Dropout { rate: 0.2 }],
    ] {
        plans.push(Plan {
            inputs: 6,
            hidden,
            outputs: 2,
            output: OutputActivation::Identity,
            loss: Loss::Mse,
            samples: 5,
            seed: 99,
        });
    }
    plans
}

/// Batches of so few samples that they have a pass of their own, in networks that are not small:
/// layers with fewer inputs than a vector has places and with more, with dropout and without.
fn of_a_few_samples() -> Vec<Plan> {
    let mut plans = Vec::new();
    for (loss, output) in heads() {
        for &activation in Activation::ALL {
            let number = plans.len();
            let dense = |units| LayerShape::Dense { units, activation };
            let hidden = match number % 3 {
                0 => vec![dense(90), LayerShape::Dropout { rate: 0.3 }, dense(18), dense(5)],
                1 => vec![LayerShape::Dropout { rate: 0.5 }, dense(163)],
                _ => vec![dense(33), dense(2), dense(70), LayerShape::Dropout { rate: 0.1 }],
            };
            // Of layers with long sums, more samples are few.
            let inputs = [1, 3, 5, 16, 17, 31, 33, 500][number % 8];
            let samples = if inputs == 500 { 5 + number / 8 % 4 } else { 1 + number / 8 % 3 };
            plans.push(Plan {
                inputs,
                hidden,
                outputs: if loss == Loss::BinaryCrossEntropy { 1 } else { 2 + number % 4 },
                output,
                loss,
                samples,
                seed: number as u64,
            });
        }
    }
    plans
}

#[test]
fn gradients_are_those_of_the_loss() {
    for plan in plans() {
        let mut case = plan.build::<f64>();
        let at = case.parameters.clone();
        let gradient = case.gradient_at(&at);
        let h = 1e-5;
        let differences: Vec<f64> = (0..at.len())
            .map(|place| {
                let mut moved = at.clone();
                moved[place] = at[place] + h;
                let above = case.loss_at(&moved);
                moved[place] = at[place] - h;
                (above - case.loss_at(&moved)) / (2.0 * h)
            })
            .collect();
        let error = relative_error(&gradient, &differences);
        assert!(error < 1e-6, "{plan:?}: {error}");
    }
}

#[test]
fn hessian_products_are_those_of_the_gradient() {
    for plan in plans() {
        let mut case = plan.build::<f64>();
        let v = vector(case.parameters.len(), &mut ChaCha8Rng::seed_from_u64(5));
        let product = case.curvature(&v, true);
        let h = 1e-5;
        let moved = |sign: f64| -> Vec<f64> {
            let at = case.parameters.iter().zip(&v);
            at.map(|(p, v)| p + sign * h * v).collect()
        };
        let (above, below) = (moved(1.0), moved(-1.0));
        let (above, below) = (case.gradient_at(&above), case.gradient_at(&below));
        let differences: Vec<f64> =
            above.iter().zip(&below).map(|(above, below)| (above - below) / (2.0 * h)).collect();
        let error = relative_error(&product, &differences);
        let size = differences.iter().map(|x| x * x).sum::<f64>().sqrt();
        // A piecewise linear network under an absolute error has no curvature at all.
        assert!(error < 1e-6 || size < 1e-9, "{plan:?}: {error} at {size}");
    }
}

/// The curvature C of one sample's loss with its logits, written down from the formulas.
fn loss_curvature(plan: &Plan, o: &[f64], t: &[f64]) -> Vec<Vec<f64>> {
    let k = o.len();
    let unit = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
    // do/dz.
    let jacobian = |i: usize, j: usize| match plan.output {
        OutputActivation::Identity => unit(i, j),
        OutputActivation::Sigmoid => unit(i, j) * o[i] * (1.0 - o[i]),
        OutputActivation::Softmax => o[i] * (unit(i, j) - o[j]),
    };
    let bend = |i: usize| match plan.loss {
        Loss::Mse => 2.0 / k as f64,
        Loss::Huber if (o[i] - t[i]).abs() <= 1.0 => 1.0 / k as f64,
        _ => 0.0,
    };
    let entry = |i: usize, j: usize| match plan.loss {
        Loss::BinaryCrossEntropy | Loss::SoftmaxCrossEntropy => jacobian(i, j),
        _ => (0..k).map(|l| jacobian(l, i) * bend(l) * jacobian(l, j)).sum(),
    };
    (0..k).map(|i| (0..k).map(|j| entry(i, j)).collect()).collect()
}

/// G = Jᵀ·C·J from a Jacobian of finite differences, times v.
fn explicit_gauss_newton(plan: &Plan, case: &mut Case<f64>, v: &[f64]) -> Vec<f64> {
    let (network, n, k) = (case.network.clone(), case.workspace.batch(), plan.outputs);
    let at = case.parameters.clone();
    let logits = |case: &mut Case<f64>, parameters: &[f64]| -> Vec<f64> {
        network.forward(parameters, &mut case.workspace);
        (0..k).flat_map(|unit| case.workspace.logits(unit).to_vec()).collect()
    };
    let h = 1e-5;
    let jacobian: Vec<Vec<f64>> = (0..at.len())
        .map(|place| {
            let mut moved = at.clone();
            moved[place] = at[place] + h;
            let above = logits(case, &moved);
            moved[place] = at[place] - h;
            let below = logits(case, &moved);
            above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * h)).collect()
        })
        .collect();
    network.forward(&at, &mut case.workspace);
    let mut product = vec![0.0; at.len()];
    let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
    vector(2 * n * plan.inputs, &mut rng);
    let targets = plan.targets(2 * n, &mut rng);
    for sample in 0..n {
        let row = 2 * (n - 1 - sample);
        let o: Vec<f64> = (0..k).map(|unit| case.workspace.output(unit)[sample]).collect();
        let curvature = loss_curvature(plan, &o, &targets[row * k..(row + 1) * k]);
        let rate: Vec<f64> = (0..k)
            .map(|j| jacobian.iter().zip(v).map(|(row, v)| row[j * n + sample] * v).sum())
            .collect();
        for (entry, row) in product.iter_mut().zip(&jacobian) {
            for i in 0..k {
                for j in 0..k {
                    *entry += row[i * n + sample] * curvature[i][j] * rate[j] / n as f64;
                }
            }
        }
    }
    product
}

#[test]
fn gauss_newton_products_are_those_of_the_explicit_matrix() {
    for plan in plans() {
        let mut case = plan.build::<f64>();
        let v = vector(case.parameters.len(), &mut ChaCha8Rng::seed_from_u64(6));
        let product = case.curvature(&v, false);
        let expected = explicit_gauss_newton(&plan, &mut case, &v);
        let error = relative_error(&product, &expected);
        assert!(error < 1e-6, "{plan:?}: {error}");
        let along: f64 = product.iter().zip(&v).map(|(g, v)| g * v).sum();
        assert!(along >= -1e-12, "{plan:?}: the matrix has a negative direction, {along}");
    }
}

/// The same network in both precisions: outputs, loss, gradient and both curvature products.
fn compare_precisions(plan: &Plan) {
    let mut fast = plan.build::<f32>();
    let mut slow = plan.build::<f64>();
    let at = slow.parameters.clone();
    let at_narrow: Vec<f32> = at.iter().map(|&p| p as f32).collect();
    let widened: Vec<f64> = at_narrow.iter().map(|&p| f64::from(p)).collect();
    slow.parameters.clone_from(&widened);
    let (loss, expected) = (fast.loss_at(&at_narrow), slow.loss_at(&widened));
    assert!(
        (f64::from(loss) - expected).abs() < 1e-5 * expected.abs(),
        "{plan:?}: loss {loss} for {expected}"
    );
    let check = |what: &str, found: &[f32], expected: &[f64]| {
        let found: Vec<f64> = found.iter().map(|&x| f64::from(x)).collect();
        let error = relative_error(&found, expected);
        assert!(error < 1e-5, "{plan:?}: {what} differs by {error}");
    };
    for unit in 0..plan.outputs {
        check("output", fast.workspace.output(unit), slow.workspace.output(unit));
    }
    check("gradient", &fast.gradient_at(&at_narrow), &slow.gradient_at(&widened));
    let v = vector(at.len(), &mut ChaCha8Rng::seed_from_u64(8));
    let v_narrow: Vec<f32> = v.iter().map(|&v| v as f32).collect();
    let v: Vec<f64> = v_narrow.iter().map(|&v| f64::from(v)).collect();
    for full in [false, true] {
        check("curvature", &fast.curvature(&v_narrow, full), &slow.curvature(&v, full));
    }
}

#[test]
fn fast_kernels_agree_with_the_reference_for_every_function() {
    for plan in plans() {
        compare_precisions(&plan);
    }
}

#[test]
fn the_gradient_of_a_few_samples_can_be_asked_for_in_parts() {
    for plan in of_a_few_samples() {
        let mut slow = plan.build::<f64>();
        let at: Vec<f64> = slow.parameters.iter().map(|&p| f64::from(p as f32)).collect();
        let (expected, gradient) = (slow.loss_at(&at), slow.gradient_at(&at));
        let (loss, parts) = slow.in_parts(&at, 50).unwrap();
        assert!((loss - expected).abs() < 1e-12 * expected.abs(), "{plan:?}: {loss}, {expected}");
        let error = relative_error(&parts, &gradient);
        assert!(error < 1e-12, "{plan:?}: differs by {error}");

        let mut fast = plan.build::<f32>();
        let narrow: Vec<f32> = at.iter().map(|&p| p as f32).collect();
        let (loss, whole) = fast.in_parts(&narrow, narrow.len()).unwrap();
        let wide: Vec<f64> = whole.iter().map(|&g| f64::from(g)).collect();
        assert!((f64::from(loss) - expected).abs() < 1e-5 * expected.abs(), "{plan:?}: {loss}");
        let error = relative_error(&wide, &gradient);
        assert!(error < 1e-5, "{plan:?}: with vectors it differs by {error}");
        for size in [1, 7, 40, 1000] {
            let (again, parts) = fast.in_parts(&narrow, size).unwrap();
            let same = parts.iter().zip(&whole).all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same && again.to_bits() == loss.to_bits(), "{plan:?}: in parts of {size}");
        }
        // What the pass leaves behind disturbs no other, nor the other way round.
        let (usual, gradient) = (fast.loss_at(&narrow), fast.gradient_at(&narrow));
        let mut fresh = plan.build::<f32>();
        assert_eq!(usual.to_bits(), fresh.loss_at(&narrow).to_bits(), "{plan:?}");
        assert_eq!(gradient, fresh.gradient_at(&narrow), "{plan:?}");
        assert_eq!(fast.in_parts(&narrow, 64), Some((loss, whole)), "{plan:?}");
    }
}

#[test]
fn more_samples_and_small_networks_have_no_parts() {
    let plan = of_a_few_samples().swap_remove(0);
    let mut many = Plan { samples: 9, ..plan.clone() }.build::<f32>();
    let parameters = many.parameters.clone();
    assert!(many.in_parts(&parameters, 10).is_none());
    let dense = LayerShape::Dense { units: 8, activation: Activation::Tanh };
    let mut small = Plan { inputs: 2, hidden: vec![dense], samples: 1, ..plan }.build::<f32>();
    let parameters = small.parameters.clone();
    assert!(small.in_parts(&parameters, 10).is_none());
}

#[test]
fn fast_kernels_agree_with_the_reference_for_odd_sizes() {
    let mut seed = 1000;
    for samples in [1, 3, 7, 10, 16, 17, 33] {
        for inputs in [1, 2, 3, 33, 64, 784] {
            for units in [1, 2, 3, 33, 64] {
                seed += 1;
                compare_precisions(&Plan {
                    inputs,
                    hidden: vec![
                        LayerShape::Dense { units, activation: Activation::Tanh },
                        LayerShape::Dense {
                            units: units.div_ceil(2),
                            activation: Activation::Silu,
                        },
                    ],
                    outputs: 3,
                    output: OutputActivation::Softmax,
                    loss: Loss::SoftmaxCrossEntropy,
                    samples,
                    seed,
                });
            }
        }
    }
}
