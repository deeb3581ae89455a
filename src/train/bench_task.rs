//! Tasks for measuring how fast training is: random rows, a fixed network, the ordinary
//! [`Trainer`].

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::trainer::{Measuring, Trainer};
use crate::data::{
    Column, DataError, Samples, Split, Table, TableChoice, TaskKind, Values, prepare_table,
};
use crate::experiment::data_spec::TableSpec;
use crate::experiment::{DataSource, ExperimentSpec, NetworkSpec, PrepareError, Prepared};
use crate::nn::{Activation, Loss};

/// A network, a method and a number of random rows.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchTask {
    /// Its name.
    pub name: String,
    /// Inputs, hidden widths, outputs.
    pub layers: Vec<usize>,
    /// Rows in a mini-batch.
    pub batch_size: usize,
    /// Rows in an epoch.
    pub samples: usize,
    /// Activation of the hidden layers.
    pub activation: Activation,
    /// Identifier of the training method.
    pub optimizer: String,
    /// Loss; `None` takes binary cross-entropy for one output and softmax cross-entropy for more.
    pub loss: Option<Loss>,
    /// L2 penalty.
    pub l2: f64,
    /// Longest gradient.
    pub clip_norm: Option<f64>,
    /// Dropout after each hidden layer.
    pub dropout: f32,
}

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BenchResult {
    /// Rows trained on in a second.
    pub samples_per_second: f64,
    /// Floating-point operations a second, in billions, counting only the products of the layers.
    pub gflops: f64,
    /// The processor threads that took part.
    pub threads: usize,
}

impl BenchTask {
    /// The six fixed tasks, from a network that a beginner draws to one that fills the machine.
    pub fn fixed() -> Vec<Self> {
        let task =
            |name: &str, layers: &[usize], batch_size, samples, activation, optimizer: &str| Self {
                name: name.to_owned(),
                layers: layers.to_vec(),
                batch_size,
                samples,
                activation,
                optimizer: optimizer.to_owned(),
                loss: None,
                l2: 0.0,
                clip_norm: None,
                dropout: 0.0,
            };
        use Activation::{Relu, Tanh};
        vec![
            task("tiny", &[2, 4, 2, 1], 10, 250, Tanh, "sgd"),
            task("spiral", &[2, 8, 8, 8, 1], 10, 250, Tanh, "sgd"),
            task("spiral_adam", &[2, 32, 32, 1], 32, 1000, Relu, "adam"),
            task("digits", &[64, 32, 10], 32, 1500, Relu, "adam"),
            task("mnist", &[784, 128, 10], 64, 10_000, Relu, "adam"),
            task("wide", &[784, 1024, 1024, 10], 256, 10_000, Relu, "adam"),
        ]
    }

    /// Multiplications and additions for one row, forward and backward: 2·m·n forward, 2·m·n for
    /// the gradient of the weights, and 2·m·n for the gradient of the inputs, which the first layer
    /// does not need.
    pub fn flops_per_sample(&self) -> f64 {
        let products: Vec<f64> = self
            .layers
            .iter()
            .zip(self.layers.iter().skip(1))
            .map(|(&inputs, &units)| (inputs * units) as f64)
            .collect();
        let all: f64 = products.iter().sum();
        6.0 * all - 2.0 * products.first().copied().unwrap_or(0.0)
    }

    /// The run, ready to be measured.
    ///
    /// # Errors
    /// When the layers make no network.
    pub fn trainer(&self, threads: usize) -> Result<Trainer, PrepareError> {
        let hidden = self.layers.get(1..self.layers.len().saturating_sub(1)).unwrap_or(&[]);
        let mut spec = ExperimentSpec::on(DataSource::Table(TableSpec::file("random.csv".into())));
        spec.network = NetworkSpec::dense(hidden, self.activation);
        spec.network.add_dropout(self.dropout);
        spec.training.optimizer.clone_from(&self.optimizer);
        spec.training.learning_rate = 1e-3;
        spec.training.batch_size = self.batch_size;
        spec.training.loss = self.loss;
        spec.training.l2 = self.l2;
        spec.training.clip_norm = self.clip_norm;
        spec.training.stop.epochs = None;
        let prepared = Prepared::new(Arc::new(spec), Arc::new(self.rows()?))?;
        let mut trainer = Trainer::new(prepared)?;
        trainer.set_measuring(Measuring::ShareOfTime(0.0));
        trainer.set_threads(threads);
        Ok(trainer)
    }

    /// Trains for the time given, after a warm-up, and says how fast it was.
    ///
    /// # Errors
    /// When the layers make no network.
    pub fn run(
        &self,
        time: Duration,
        threads: usize,
        progress: &dyn Fn() -> ControlFlow<()>,
    ) -> Result<BenchResult, PrepareError> {
        let mut trainer = self.trainer(threads)?;
        let warm_up = Instant::now();
        while warm_up.elapsed() < time / 10 {
            trainer.run_updates(64);
        }
        let (rows, begin) = (trainer.samples_seen(), Instant::now());
        while begin.elapsed() < time && progress().is_continue() {
            // Long enough not to look at the clock all the time, short enough for large networks.
            for _ in 0..8 {
                trainer.run_updates(64);
                if begin.elapsed() >= time {
                    break;
                }
            }
        }
        let seconds = begin.elapsed().as_secs_f64();
        let samples_per_second = (trainer.samples_seen() - rows) as f64 / seconds;
        Ok(BenchResult {
            samples_per_second,
            gflops: samples_per_second * self.flops_per_sample() / 1e9,
            threads: trainer.threads_at_work(),
        })
    }

    /// Random inputs, random targets: how fast training is does not depend on what is learned.
    fn rows(&self) -> Result<Samples, DataError> {
        // One row is held back, because a division always holds back at least one.
        let count = self.samples + 1;
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let inputs = self.layers.first().copied().unwrap_or(0);
        let outputs = self.layers.last().copied().unwrap_or(0);
        let number = |rng: &mut ChaCha8Rng| -> Vec<f64> {
            (0..count).map(|_| rng.random_range(-1.7..1.7)).collect()
        };
        let mut columns: Vec<Column> = (0..inputs)
            .map(|index| Column::new(format!("x{index}"), Values::Number(number(&mut rng))))
            .collect();
        let classes = self.loss.is_none_or(|loss| {
            matches!(loss, Loss::BinaryCrossEntropy | Loss::SoftmaxCrossEntropy)
        });
        let target = if classes {
            let levels: Vec<String> = (0..outputs.max(2)).map(|class| class.to_string()).collect();
            let most = levels.len() as u32;
            let mut codes: Vec<u32> = (0..count).map(|_| rng.next_u32() % most).collect();
            // Every class occurs, so that the network has all of its outputs.
            codes.iter_mut().zip(0..most).for_each(|(code, class)| *code = class);
            Values::Category { levels, codes }
        } else {
            Values::Number(number(&mut rng))
        };
        columns.push(Column::new("target", target));
        let table = Table::new("random rows", columns)?;
        let choice = TableChoice {
            target: Some("target".to_owned()),
            inputs: None,
            task: Some(if classes { TaskKind::Classification } else { TaskKind::Regression }),
        };
        let train_share = self.samples as f64 / count as f64;
        prepare_table(table, &choice, &Split { train_share, seed: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_tasks_train_their_networks_on_their_rows() {
        for task in BenchTask::fixed().iter().take(4) {
            let mut trainer = task.trainer(1).unwrap();
            assert_eq!(trainer.rows_per_epoch(), task.samples, "{}", task.name);
            assert_eq!(trainer.prepared().network.outputs(), *task.layers.last().unwrap());
            trainer.run_epoch();
            assert_eq!(trainer.samples_seen(), task.samples as u64);
        }
    }

    #[test]
    fn the_threads_reported_are_those_at_work() {
        let tasks = BenchTask::fixed();
        let threads = |task: &BenchTask, count| task.trainer(count).unwrap().threads_at_work();
        assert_eq!(threads(&tasks[0], 2), 1, "tiny");
        assert_eq!(threads(&tasks[4], 2), 2, "mnist");
        assert_eq!(threads(&tasks[4], 1), 1, "mnist");
    }

    #[test]
    fn operations_are_counted_as_the_peers_count_them() {
        let tasks = BenchTask::fixed();
        // Forward 2·(8+8+2), weights the same, inputs 2·(8+2).
        assert!((tasks[0].flops_per_sample() - 92.0).abs() < 1e-9);
    }
}
