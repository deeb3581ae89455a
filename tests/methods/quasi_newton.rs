//! L-BFGS, nonlinear conjugate gradient and Levenberg–Marquardt on published test functions: they
//! reach the minima within stated numbers of evaluations, halt in words where there is nothing to
//! find, and go on from a saved memory bit for bit.

use crate::support::*;
use netsmith::optim::{HaltKind, Picture};

const METHODS: [&str; 3] = ["lbfgs", "nonlinear_cg", "levenberg_marquardt"];

/// Runs until the value is below `target` and checks the work, in gradients (a curvature product
/// counts two).
#[track_caller]
fn reaches<F: Function>(id: &str, function: F, start: &[f32], target: f64, work: f64) -> Run {
    let run = run_until(id, &[], function, start, target);
    assert!(run.value <= target, "{id}: {:e} after {:?}, {:?}", run.value, run.count, run.halt);
    let used = run.count.gradient_equivalents();
    assert!(used <= work, "{id}: {used} gradient equivalents");
    run
}

#[test]
fn published_minima_are_reached_within_the_work_stated() {
    // Rosenbrock from its usual start. MINPACK's table for it: tens of evaluations.
    let start = [-1.2, 1.0];
    for (id, work) in [("lbfgs", 55.0), ("nonlinear_cg", 105.0), ("levenberg_marquardt", 100.0)] {
        let run = reaches(id, Rosenbrock, &start, 1e-9, work);
        assert!(distance(&run.parameters, &[1.0, 1.0]) < 1e-4, "{id}");
    }
    for (id, work) in [("lbfgs", 100.0), ("nonlinear_cg", 300.0), ("levenberg_marquardt", 450.0)] {
        reaches(id, Rosenbrock, &[-1.2; 10], 1e-8, work);
    }
    for (id, work) in [("lbfgs", 18.0), ("nonlinear_cg", 45.0), ("levenberg_marquardt", 45.0)] {
        let run = reaches(id, Himmelblau, &[0.0, 0.0], 1e-10, work);
        let nearest = HIMMELBLAU_MINIMA.iter().map(|at| distance(&run.parameters, at));
        assert!(nearest.fold(f64::INFINITY, f64::min) < 1e-4, "{id}");
    }
    // The ratio of the longest to the shortest curvature is 10⁴.
    for (id, work) in [("lbfgs", 320.0), ("nonlinear_cg", 850.0), ("levenberg_marquardt", 170.0)] {
        reaches(id, Quadratic::with_condition(20, 1e4), &[-3.0; 20], 1e-3, work);
    }
    for id in METHODS {
        reaches(id, Quadratic::with_condition(50, 1.0), &[-3.0; 50], 1e-10, 410.0);
    }
}

#[test]
fn gradient_descent_does_not() {
    // What the numbers above are worth: the best fixed rate for this condition is 2/(1 + 10⁴).
    let run = run_with_rate("gd", Quadratic::with_condition(20, 1e4), &[-3.0; 20], 2e-4, 1700);
    assert!(run.value > 1.0, "{}", run.value);
}

#[test]
fn conjugate_gradients_end_after_as_many_steps_as_there_are_curvatures() {
    for variant in [0.0, 1.0] {
        // Thirty parameters, three different curvatures: three steps, but for rounding.
        let curvatures = (0..30).map(|i| [1.0, 3.0, 10.0][i % 3]).collect();
        let quadratic = Quadratic(curvatures);
        let start: Vec<f32> = (0..30).map(|i| 1.0 + (1.0 + i as f32).sin()).collect();
        let before = quadratic.value(&start.iter().map(|&x| f64::from(x)).collect::<Vec<_>>());
        let run = run_with("nonlinear_cg", &[("variant", variant)], quadratic, &start, 6);
        assert!(run.value < 1e-4 * before, "variant {variant}: {} of {before}", run.value);
    }
}

#[test]
fn losses_never_rise() {
    for id in METHODS {
        for seed in 0..10 {
            let start: Vec<f32> =
                (0..6).map(|i| ((seed * 7 + i) as f32 * 1.3).sin() * 2.0).collect();
            let run = run(id, Rosenbrock, &start, 60);
            for pair in run.losses.windows(2) {
                let rounding = 5e-7 * pair[0].max(pair[0].sqrt());
                assert!(pair[1] <= pair[0] + rounding, "{id} {seed}: {pair:?}");
            }
            assert!(run.losses.len() > 3, "{id}");
        }
    }
}

#[test]
fn an_end_has_a_reason_in_words() {
    for id in METHODS {
        check_ends(id);
    }
}

#[test]
fn too_many_parameters_are_refused_with_advice() {
    let run = run("levenberg_marquardt", Quadratic(vec![1.0; 1501]), &vec![0.0; 1501], 3);
    let halt = run.halt.unwrap();
    assert_eq!(halt.kind, HaltKind::TooLarge);
    assert!(halt.why.contains("1501") && halt.why.contains("Newton–CG"), "{}", halt.why);
    assert_eq!(run.count.curvature_products, 0);
}

#[test]
fn a_matrix_that_is_negative_is_singular() {
    let halt = run("levenberg_marquardt", Negative, &[0.3, 0.4], 3).halt.unwrap();
    assert_eq!(halt.kind, HaltKind::Singular, "{}", halt.why);
}

#[test]
fn a_saved_memory_goes_on_bit_for_bit() {
    for id in METHODS {
        check_memory(id, &[]);
    }
    check_memory("nonlinear_cg", &[("variant", 1.0)]);
    check_memory("lbfgs", &[("history", 2.0)]);
}

#[test]
fn what_is_remembered_of_a_point_changes_nothing_but_the_work() {
    for id in ["lbfgs", "nonlinear_cg"] {
        let [mut one, mut other] =
            [true, false].map(|_| Bench::new(id, &[], Rosenbrock, &[-1.2, 1.0, 0.7]));
        other.same_objective = false;
        for _ in 0..30 {
            assert_eq!(one.step(), other.step(), "{id}");
            assert_eq!(one.parameters, other.parameters, "{id}");
        }
        assert!(one.objective.count.gradients + 25 <= other.objective.count.gradients, "{id}");
        // A weight set by hand, and a search that is restored somewhere else.
        one.parameters[1] += 0.5;
        let moved = one.value() as f32;
        assert_eq!(one.step().loss, moved, "{id}");
        let before = one.optimizer.state();
        one.optimizer.restore(&before).unwrap();
        let count = one.objective.count.gradients;
        let Picture::Line { trials, .. } = one.step().detail.unwrap().picture else {
            panic!("a line");
        };
        assert_eq!((one.objective.count.gradients - count) as usize, 1 + trials.len(), "{id}");
    }
}

#[test]
fn settings_change_in_the_middle_of_a_run() {
    // Fewer remembered steps: the oldest are dropped, the others stay.
    let sizes = saved_after_reconfiguring("lbfgs", &[("history", 20.0)], &[("history", 3.0)], 8);
    assert_eq!(sizes, [("displacements", 8 * 4, 3 * 4), ("gradient_changes", 8 * 4, 3 * 4)]);
}

#[test]
fn a_step_tells_what_went_on() {
    let run = run("lbfgs", Rosenbrock, &[-1.2, 1.0], 5);
    let report = run.last.unwrap();
    let (detail, observed) = (report.detail.unwrap(), report.observed.unwrap());
    assert!(detail.story.contains("last 4 steps"), "{}", detail.story);
    let Picture::Line { trials, start, slope, taken } = detail.picture else {
        panic!("{:?}", detail.picture);
    };
    assert!(trials.iter().any(|&(length, _)| Some(length) == taken));
    assert!((start - f64::from(report.loss)).abs() < 1e-6 && slope < 0.0);
    assert!(observed.predicted_change.unwrap() < 0.0);
    assert!(observed.actual_change.unwrap() < 0.0);
    let tried = detail.quantities.iter().find(|q| q.name == "Lengths tried").unwrap();
    assert_eq!(tried.value, trials.len() as f64);
    for quantity in &detail.quantities {
        assert!(quantity.value.is_finite() && quantity.help.ends_with('.'), "{quantity:?}");
    }
}

#[test]
fn each_method_counts_what_it_does() {
    let run = run("lbfgs", Rosenbrock, &[-1.2, 1.0], 1);
    let Picture::Line { trials, .. } = run.last.unwrap().detail.unwrap().picture else {
        panic!("a line");
    };
    assert_eq!(run.count.gradients as usize, 1 + trials.len());
    assert_eq!((run.count.losses, run.count.curvature_products), (0, 0));
    // Later steps begin with the gradient at which the one before ended, if nothing has changed.
    for (id, same, first) in [("lbfgs", true, 0), ("lbfgs", false, 1), ("nonlinear_cg", true, 0)] {
        let mut bench = Bench::new(id, &[], Rosenbrock, &[-1.2, 1.0]);
        bench.same_objective = same;
        bench.step();
        for _ in 0..20 {
            let before = bench.objective.count.gradients;
            let Picture::Line { trials, .. } = bench.step().detail.unwrap().picture else {
                panic!("a line");
            };
            let taken = bench.objective.count.gradients - before;
            assert_eq!(taken as usize, first + trials.len(), "{id}, the same objective: {same}");
        }
    }
    let run = crate::support::run("levenberg_marquardt", Rosenbrock, &[-1.2; 7], 2);
    assert_eq!(run.count.curvature_products, 2 * 7, "the matrix, once a step");
    assert_eq!(run.count.gradients, 2);
}
