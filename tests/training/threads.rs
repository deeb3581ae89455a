//! Sharing a pass or an update between threads does not change a bit of what it computes.

use netsmith::nn::{
    Activation, Initialization, LayerShape, Loss, Network, NetworkShape, OutputActivation, Real,
    Threads, Workspace,
};
use netsmith::optim::{BatchUse, METHODS};
use netsmith::train::bench_task::BenchTask;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A network and batches for it.
#[derive(Clone)]
struct Plan {
    inputs: usize,
    hidden: Vec<LayerShape>,
    outputs: usize,
    output: OutputActivation,
    loss: Loss,
    batch: usize,
}

impl Plan {
    /// Hidden layers of the given sizes.
    fn new(sizes: &[usize], activation: Activation, batch: usize) -> Self {
        let (&inputs, rest) = sizes.split_first().unwrap();
        let (&outputs, hidden) = rest.split_last().unwrap();
        let dense = |&units: &usize| LayerShape::Dense { units, activation };
        Self {
            inputs,
            hidden: hidden.iter().map(dense).collect(),
            outputs,
            output: OutputActivation::Softmax,
            loss: Loss::SoftmaxCrossEntropy,
            batch,
        }
    }

    fn for_regression(mut self, loss: Loss) -> Self {
        self.output = OutputActivation::Identity;
        self.loss = loss;
        self
    }

    fn with_dropout(mut self) -> Self {
        let dense = std::mem::take(&mut self.hidden).into_iter();
        let dropped = dense.flat_map(|layer| [layer, LayerShape::Dropout { rate: 0.3 }]);
        self.hidden = dropped.collect();
        self
    }

    /// Everything that passes over three batches compute, to the bit.
    fn results<T: Real>(&self, threads: usize) -> Vec<u64> {
        let network = Network::new(NetworkShape {
            inputs: self.inputs,
            hidden: self.hidden.clone(),
            outputs: self.outputs,
            output_activation: self.output,
        })
        .unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut parameters = vec![T::zero(); network.parameter_count()];
        network.initialize(Initialization::HeUniform, &mut parameters, &mut rng);
        let samples = 2 * self.batch;
        let mut numbers = |count: usize| -> Vec<T> {
            let unit = |rng: &mut ChaCha8Rng| f64::from(rng.next_u32()) / f64::from(u32::MAX);
            (0..count).map(|_| T::of(unit(&mut rng))).collect()
        };
        let inputs = numbers(samples * self.inputs);
        let targets = numbers(samples * self.outputs);
        let vector = numbers(parameters.len());

        // Starts too small: the number of threads survives growing.
        let mut workspace = Workspace::new(&network, 1);
        workspace.set_threads(threads);
        let mut gradient = vec![T::zero(); parameters.len()];
        let mut results = Vec::new();
        let mut note = |values: &[T]| results.extend(values.iter().map(|v| v.wide().to_bits()));
        // A whole batch, the shorter one at the end of an epoch, and a whole one again.
        for count in [self.batch, self.batch - self.batch / 3, self.batch] {
            let rows: Vec<u32> = (0..count as u32).rev().map(|row| 2 * row).collect();
            network.load(&mut workspace, &inputs, &targets, &rows);
            network.draw_dropout(&mut workspace, &mut rng);
            let loss =
                network.loss_and_gradient(&parameters, self.loss, &mut workspace, &mut gradient);
            note(&[loss]);
            note(&gradient);
            if let Some(loss) = network.loss_and_errors(&parameters, self.loss, &mut workspace) {
                network.gradient_part(&workspace, 0, &mut gradient);
                note(&[loss]);
                note(&gradient);
                network.forward(&parameters, &mut workspace);
            }
            for unit in 0..self.outputs {
                note(workspace.output(unit));
            }
            for (parameter, slope) in parameters.iter_mut().zip(&gradient) {
                *parameter = *parameter - T::of(0.1) * *slope;
            }
        }
        network.forward(&parameters, &mut workspace);
        let at = &mut workspace;
        network.hessian_vector(&parameters, &vector, self.loss, at, &mut gradient);
        note(&gradient);
        network.gauss_newton_vector(&parameters, &vector, self.loss, at, &mut gradient);
        note(&gradient);
        results
    }

    fn check<T: Real>(&self) {
        let expected = self.results::<T>(1);
        assert!(
            expected.iter().all(|&bits| f64::from_bits(bits).is_finite()),
            "results are numbers"
        );
        for threads in [2, 3] {
            let found = Threads::new(threads).together(|| self.results::<T>(threads));
            let first = expected.iter().zip(&found).position(|(a, b)| a != b);
            assert!(
                first.is_none() && found.len() == expected.len(),
                "{threads} threads: {} inputs, {:?}, {} outputs, batch {}: result {first:?}",
                self.inputs,
                self.hidden,
                self.outputs,
                self.batch
            );
        }
    }
}

#[test]
fn small_networks() {
    Plan::new(&[2, 4, 2, 1], Activation::Tanh, 10).for_regression(Loss::Mse).check::<f32>();
    Plan::new(&[64, 32, 10], Activation::Relu, 32).check::<f32>();
}

#[test]
fn mnist() {
    Plan::new(&[784, 128, 10], Activation::Relu, 64).check::<f32>();
}

#[test]
fn wide() {
    Plan::new(&[784, 1024, 1024, 10], Activation::Relu, 256).check::<f32>();
}

#[test]
fn a_few_samples() {
    for batch in [1, 3, 8] {
        Plan::new(&[784, 900, 333, 10], Activation::Relu, batch).check::<f32>();
    }
    Plan::new(&[1001, 1500, 9], Activation::Tanh, 4).with_dropout().check::<f32>();
}

#[test]
fn odd_sizes() {
    Plan::new(&[301, 517, 203, 3], Activation::Tanh, 131).check::<f32>();
    Plan::new(&[1000, 33, 1], Activation::Gelu, 333).for_regression(Loss::Huber).check::<f32>();
    Plan::new(&[7, 1500, 9], Activation::Sigmoid, 99).check::<f32>();
    Plan::new(&[50, 66, 66, 2], Activation::Elu, 1023).check::<f32>();
}

#[test]
fn dropout() {
    Plan::new(&[90, 400, 300, 4], Activation::Relu, 500).with_dropout().check::<f32>();
    Plan::new(&[90, 400, 1], Activation::Tanh, 300)
        .with_dropout()
        .for_regression(Loss::Mse)
        .check::<f32>();
}

#[test]
fn double_precision() {
    Plan::new(&[120, 200, 5], Activation::Tanh, 130).check::<f64>();
}

/// Every method that works on mini-batches, on a network whose parameters are shared out.
#[test]
fn updates() {
    let mut task = BenchTask::fixed().into_iter().find(|task| task.name == "mnist").unwrap();
    task.samples = 300;
    for method in METHODS.iter().filter(|method| method.batch == BatchUse::Mini) {
        method.id.clone_into(&mut task.optimizer);
        let run = |threads| {
            let mut trainer = task.trainer(threads).unwrap();
            trainer.run_epoch();
            trainer.parameters().iter().map(|p| p.to_bits()).collect::<Vec<_>>()
        };
        assert!(run(1) == run(2), "{}", method.id);
    }
}
