//! What the methods that know or learn the curvature achieve on the five problems every method is
//! measured with: XOR, circle, spiral, iris, a sine. Full batch, the settings of their pages,
//! without threads and in seconds.

use crate::support::{named, prepare};
use netsmith::experiment::{DataSource, ExperimentSpec, NetworkSpec};
use netsmith::nn::Activation;
use netsmith::optim::method;
use netsmith::train::Trainer;
use netsmith::train::metrics::PartMetrics;

/// A problem without noise, with this method on the full batch.
fn problem(set: &str, widths: &[usize], activation: Activation, id: &str) -> ExperimentSpec {
    let mut spec = named(set);
    if let DataSource::Synthetic(points) = &mut spec.data.source {
        points.noise = 0.0;
        points.formula = "sin(x)".to_owned();
    }
    spec.name = format!("{set} with {id}");
    spec.network = NetworkSpec::dense(widths, activation);
    spec.training.optimizer = id.to_owned();
    spec.training.learning_rate = method(id).unwrap().default_learning_rate;
    spec.training.batch_size = 10_000;
    spec.training.stop.epochs = Some(100_000);
    spec
}

/// Trains until the work is done, in gradients over all rows; or to a halt.
fn train(spec: &ExperimentSpec, seed: u64, work: f64) -> Trainer {
    let mut spec = spec.clone();
    spec.seed = seed;
    let mut trainer = Trainer::new(prepare(spec)).unwrap();
    while trainer.work() < work && trainer.run_epoch().is_none() {}
    trainer
}

/// Checks that rows held back are answered well after so much work, for two seeds.
#[track_caller]
fn solves(spec: &ExperimentSpec, work: f64, at_least: f64) {
    for seed in 1..=2 {
        let trainer = train(spec, seed, work);
        let metrics = trainer.metrics();
        let score = |part: PartMetrics| part.accuracy.or(part.r2).unwrap();
        let validation = score(metrics.validation.unwrap());
        assert!(
            validation >= at_least,
            "{}, seed {seed}: {validation} after {} ({:?}, {:?})",
            spec.name,
            trainer.work(),
            metrics.train,
            trainer.stopped()
        );
    }
}

/// The work each method is allowed on XOR and circle (8 tanh neurons), iris (16), a sine (16) and
/// the spiral (32 and 32).
const ALLOWED: [(&str, [f64; 5]); 8] = [
    ("lbfgs", [60.0, 30.0, 30.0, 200.0, 150.0]),
    ("nonlinear_cg", [100.0, 80.0, 50.0, 800.0, 350.0]),
    ("levenberg_marquardt", [200.0, 150.0, 400.0, 1200.0, 600.0]),
    ("newton_cg", [300.0, 200.0, 250.0, 1500.0, 1200.0]),
    ("newton_minres", [500.0, 400.0, 500.0, 1500.0, 1200.0]),
    ("newton_gmres", [300.0, 200.0, 250.0, 1500.0, 1200.0]),
    ("newton_bicg", [600.0, 400.0, 500.0, 3000.0, 2400.0]),
    ("newton_bicgstab", [500.0, 300.0, 400.0, 3000.0, 1200.0]),
];

#[test]
fn small_problems_are_solved_within_the_work_stated() {
    for (id, [xor, circle, iris, sine, _]) in ALLOWED {
        solves(&problem("xor", &[8], Activation::Tanh, id), xor, 0.95);
        solves(&problem("circle", &[8], Activation::Tanh, id), circle, 0.96);
        solves(&problem("iris", &[16], Activation::Tanh, id), iris, 0.9);
        solves(&problem("curve", &[16], Activation::Tanh, id), sine, 0.97);
    }
}

#[test]
fn the_spiral_is_solved_within_the_work_stated() {
    for (id, [.., spiral]) in ALLOWED {
        // Two hundred fifty rows leave room between the arms: what is learnt by heart is not
        // always right there.
        solves(&problem("spiral", &[32, 32], Activation::Tanh, id), spiral, 0.83);
    }
}

#[test]
fn kinks_of_relu_are_no_hindrance_to_lbfgs_and_too_much_for_newton() {
    let spec = problem("spiral", &[32, 32], Activation::Relu, "lbfgs");
    solves(&spec, 600.0, 0.83);
    // Three times the work; the page says that it fails here.
    let spec = problem("spiral", &[32, 32], Activation::Relu, "newton_cg");
    let accuracy = train(&spec, 1, 1800.0).metrics().train.accuracy.unwrap();
    assert!(accuracy < 0.97, "{accuracy}: the page can be kinder");
}

/// The work at which the training loss is first at most `target`.
fn work_until(spec: &ExperimentSpec, seed: u64, target: f64, limit: f64) -> f64 {
    let mut spec = spec.clone();
    spec.seed = seed;
    spec.training.stop.target_loss = Some(target);
    train(&spec, seed, limit).work()
}

#[test]
fn newton_cg_needs_less_work_than_adam_and_gradient_descent_on_iris() {
    // Best of several learning rates for each rival, on the same rows in one batch.
    let target = 1e-3;
    for seed in 1..=3 {
        let newton = problem("iris", &[16], Activation::Tanh, "newton_cg");
        let newton = work_until(&newton, seed, target, 1000.0);
        for (id, rates) in [("adam", [0.01, 0.03, 0.1]), ("gd", [0.3, 1.0, 3.0])] {
            for rate in rates {
                let mut rival = problem("iris", &[16], Activation::Tanh, id);
                rival.training.learning_rate = rate;
                let rival = work_until(&rival, seed, target, 1000.0);
                assert!(1.3 * newton < rival, "seed {seed}: {newton}, {id} at {rate}: {rival}");
            }
        }
    }
}
