//! What random search can learn, within a stated number of steps, and what it cannot.
//!
//! The bounds lie a little below what several seeds reach. Every step looks at the whole training
//! set 15 to 41 times, so a hundred steps are worth some 1000 to 2000 gradients.

use crate::support::{named, prepare, train};
use netsmith::experiment::{DataSource, ExperimentSpec, NetworkSpec};
use netsmith::nn::Activation;
use netsmith::train::metrics::PartMetrics;

fn spec(id: &str, widths: &[usize], activation: Activation) -> ExperimentSpec {
    let mut spec = named(id);
    spec.network = NetworkSpec::dense(widths, activation);
    spec
}

fn xor() -> ExperimentSpec {
    spec("xor", &[8], Activation::Tanh)
}

fn circle() -> ExperimentSpec {
    spec("circle", &[8], Activation::Tanh)
}

fn iris() -> ExperimentSpec {
    spec("iris", &[8], Activation::Tanh)
}

fn sine() -> ExperimentSpec {
    spec("curve", &[8], Activation::Tanh)
}

fn spiral() -> ExperimentSpec {
    let mut spec = spec("spiral", &[32, 32], Activation::Relu);
    if let DataSource::Synthetic(set) = &mut spec.data.source {
        (set.samples, set.noise) = (500, 0.0);
    }
    spec
}

/// Trains from the defaults of the method and measures on the rows held back, for three seeds.
fn trained(mut spec: ExperimentSpec, method: &str, steps: u64) -> [PartMetrics; 3] {
    spec.training.optimizer = method.to_owned();
    spec.training.learning_rate = netsmith::optim::method(method).unwrap().default_learning_rate;
    spec.training.stop.epochs = Some(steps);
    [1, 2, 3].map(|seed| {
        spec.seed = seed;
        let (trainer, _) = train(&prepare(spec.clone()));
        trainer.metrics().validation.expect("a validation part")
    })
}

#[track_caller]
fn learns(spec: ExperimentSpec, method: &str, steps: u64, at_least: f64) {
    let scores = trained(spec, method, steps).map(|part| part.accuracy.unwrap());
    assert!(scores.iter().all(|&score| score >= at_least), "{method}: {scores:?}");
}

#[track_caller]
fn stays_below(spec: ExperimentSpec, method: &str, steps: u64, bound: f64) {
    let scores = trained(spec, method, steps).map(|part| part.accuracy.unwrap());
    assert!(scores.iter().all(|&score| score < bound), "{method}: {scores:?}");
}

#[track_caller]
fn fits(method: &str, steps: u64, at_least: f64) {
    let scores = trained(sine(), method, steps).map(|part| part.r2.unwrap());
    assert!(scores.iter().all(|&score| score >= at_least), "{method}: {scores:?}");
}

#[test]
fn searches_that_learn_solve_xor_and_the_circle() {
    for method in ["solis_wets", "annealing", "cma_es", "evolution"] {
        learns(xor(), method, 300, 0.94);
        learns(circle(), method, 300, 0.96);
    }
}

#[test]
fn searches_that_learn_tell_the_irises_apart() {
    for method in ["solis_wets", "annealing", "cma_es", "evolution"] {
        learns(iris(), method, 300, 0.9);
    }
}

#[test]
fn searches_that_learn_fit_a_sine() {
    fits("solis_wets", 1000, 0.9);
    fits("annealing", 1000, 0.9);
    fits("cma_es", 1000, 0.95);
    fits("evolution", 1000, 0.9);
}

#[test]
fn evolution_solves_the_spiral_with_a_thousand_weights() {
    learns(spiral(), "evolution", 600, 0.95);
}

#[test]
fn cma_es_solves_the_spiral_with_a_diagonal_covariance() {
    learns(spiral(), "cma_es", 2000, 0.93);
}

#[test]
fn searches_with_a_single_walker_do_not_solve_the_spiral() {
    stays_below(spiral(), "solis_wets", 1000, 0.8);
    stays_below(spiral(), "annealing", 1000, 0.85);
}

#[test]
fn pure_random_search_finds_what_is_easy_and_nothing_else() {
    learns(spec("gauss", &[4, 2], Activation::Tanh), "random_search", 500, 0.98);
    stays_below(xor(), "random_search", 1000, 0.94);
    stays_below(circle(), "random_search", 1000, 0.94);
    stays_below(spiral(), "random_search", 300, 0.75);
}
