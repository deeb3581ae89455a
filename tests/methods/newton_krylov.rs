//! The Newton–Krylov methods on published test functions: they reach the minima within stated
//! numbers of evaluations, meet negative curvature without losing their way, halt in words, and go
//! on from a saved memory bit for bit.

use crate::support::*;
use netsmith::optim::{HaltKind, Picture, Quantity, StepDetail, method};

const METHODS: [&str; 5] =
    ["newton_cg", "newton_minres", "newton_gmres", "newton_bicg", "newton_bicgstab"];

#[track_caller]
fn reaches<F: Function>(id: &str, function: F, start: &[f32], target: f64, work: f64) {
    let run = run_until(id, &[], function, start, target);
    assert!(run.value <= target, "{id}: {:e} after {:?}, {:?}", run.value, run.count, run.halt);
    let used = run.count.gradient_equivalents();
    assert!(used <= work, "{id}: {used} gradient equivalents");
}

#[test]
fn published_minima_are_reached_within_the_work_stated() {
    // BiCG and BiCGSTAB pay two products an iteration.
    for (id, price) in METHODS.into_iter().zip([1.0, 1.0, 1.2, 1.6, 1.6]) {
        reaches(id, Rosenbrock, &[-1.2, 1.0], 1e-9, 270.0 * price);
        reaches(id, Rosenbrock, &[-1.2; 10], 1e-8, 800.0 * price);
        reaches(id, Himmelblau, &[0.0, 0.0], 1e-10, 55.0 * price);
        reaches(id, Quadratic::with_condition(20, 1e4), &[-3.0; 20], 1e-6, 1200.0 * price);
        reaches(id, Quadratic::with_condition(50, 1.0), &[-3.0; 50], 1e-10, 35.0 * price);
    }
}

#[test]
fn one_exact_step_solves_a_quadratic() {
    let exact = [("tolerance", 1e-9), ("damping", 1e-8), ("progress", 0.0)];
    for id in METHODS {
        let quadratic = Quadratic::with_condition(8, 30.0);
        let run = run_with(id, &exact, quadratic, &[-3.0; 8], 1);
        assert!(run.value < 1e-8, "{id}: {:e}", run.value);
        // Eight curvatures: eight iterations, but for rounding.
        let detail = run.last.unwrap().detail.unwrap();
        let iterations = quantity(&detail, "Inner iterations").value;
        assert!(iterations <= 12.0, "{id}: {iterations}");
        let ratio = quantity(&detail, "Kept promise ρ").value;
        assert!((ratio - 1.0).abs() < 1e-3, "{id}: a quadratic is its own bowl, but ρ = {ratio}");
    }
}

fn quantity(detail: &StepDetail, name: &str) -> Quantity {
    *detail.quantities.iter().find(|quantity| quantity.name == name).unwrap()
}

#[test]
fn losses_never_rise() {
    for id in METHODS {
        for curvature in [0.0, 1.0] {
            for seed in 0..10 {
                let wave = |i: i32| ((seed * 7 + i) as f32 * 1.3).sin() * 2.0;
                let start: Vec<f32> = (0..6).map(wave).collect();
                let run = run_with(id, &[("curvature", curvature)], Rosenbrock, &start, 60);
                for pair in run.losses.windows(2) {
                    let rounding = 5e-7 * pair[0].max(pair[0].sqrt());
                    assert!(pair[1] <= pair[0] + rounding, "{id} {seed}: {pair:?}");
                }
                assert!(run.losses.len() > 3, "{id}");
            }
        }
    }
}

#[test]
fn a_saddle_is_left_along_the_direction_that_curves_downwards() {
    // On the ridge the gradient points to the saddle; only the curvature knows the way out.
    for id in ["newton_cg", "newton_minres", "newton_gmres"] {
        let run = run_with(id, &[("curvature", 1.0)], Saddle, &[0.5, 0.01], 100);
        assert!((run.value + 1.0).abs() < 1e-5, "{id}: {} {:?}", run.value, run.halt);
    }
    let run = run_with("newton_cg", &[("curvature", 1.0)], Saddle, &[0.0, 0.1], 1);
    let detail = run.last.unwrap().detail.unwrap();
    assert!(detail.story.contains("curves downwards"), "{}", detail.story);
    assert!(quantity(&detail, "Negative curvature").value < 0.0);
}

#[test]
fn bicg_takes_the_steps_of_cg_for_twice_the_products() {
    // In exact arithmetic they are the same on a symmetric matrix.
    let settings = [("warm_start", 0.0)];
    let runs = ["newton_cg", "newton_bicg"]
        .map(|id| run_with(id, &settings, Quadratic::with_condition(9, 50.0), &[-2.0; 9], 3));
    let [cg, bicg] = runs;
    for (a, b) in cg.parameters.iter().zip(&bicg.parameters) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
    let products = [&cg, &bicg].map(|run| run.count.curvature_products);
    assert_eq!(products[1], 2 * products[0], "{products:?}");
}

#[test]
fn an_end_has_a_reason_in_words() {
    for id in METHODS {
        check_ends(id);
    }
}

#[test]
fn settings_that_help_or_hurt_still_lead_to_the_minimum() {
    for id in METHODS {
        for (setting, value) in [
            ("preconditioner", 1.0),
            ("warm_start", 0.0),
            ("curvature", 0.0),
            ("curvature", 1.0),
            ("damping", 1e4),
            ("inner_iterations", 2.0),
            ("tolerance", 1e-6),
            ("progress", 0.0),
        ] {
            // From four dimensions on there is a second minimum, of value 3.7.
            let start = [-1.2, 1.0, 0.5];
            let run = run_until(id, &[(setting, value)], Rosenbrock, &start, 1e-4);
            assert!(run.value <= 1e-4, "{id} {setting} {value}: {} {:?}", run.value, run.halt);
        }
    }
}

#[test]
fn a_saved_memory_goes_on_bit_for_bit() {
    for id in METHODS {
        check_memory(id, &[]);
        check_memory(id, &[("warm_start", 0.0), ("preconditioner", 1.0)]);
    }
}

#[test]
fn a_new_first_damping_counts_at_once() {
    for id in ["newton_cg", "levenberg_marquardt"] {
        let mut bench = Bench::new(id, &[], Rosenbrock, &[-1.2, 1.0, 0.3]);
        (0..5).for_each(|_| drop(bench.step()));
        let damping = |bench: &Bench<_>| bench.optimizer.state().vectors["damping"][0];
        let before = damping(&bench);
        bench.optimizer.configure(&netsmith::optim::Settings::new());
        assert_eq!(damping(&bench), before, "{id}: nothing has changed");
        bench.optimizer.configure(&[("damping", 1e4)].into_iter().collect());
        let report = bench.step();
        assert!(report.observed.unwrap().step_norm < 0.1, "{id}: a short step");
    }
}

#[test]
fn too_much_memory_is_refused_with_advice() {
    let mut bench = Bench::new("newton_gmres", &[("restart", 200.0)], Constant(1.0), &[]);
    let size = (1 << 26) / 200 + 1;
    bench.optimizer =
        (method("newton_gmres").unwrap().build)(&[("restart", 200.0)].into_iter().collect(), size);
    bench.parameters = vec![0.0; size];
    bench.objective = Counted::new(Constant(1.0), size);
    // A flat loss would be the end before the memory is looked at.
    let mut sloping = Counted::new(Slope, size);
    let mut rng = rand_chacha::rand_core::SeedableRng::seed_from_u64(0);
    let mut context = netsmith::optim::StepContext {
        learning_rate: 1.0,
        rng: &mut rng,
        same_objective: false,
        observe: false,
        watch: [0, 1],
    };
    let report = bench.optimizer.step(&mut sloping, &mut bench.parameters, &mut context);
    let halt = report.halt.unwrap();
    assert_eq!(halt.kind, HaltKind::TooLarge);
    assert!(halt.why.contains("Restart") && halt.why.contains("Newton–CG"), "{}", halt.why);
}

#[test]
fn a_step_tells_what_went_on() {
    for id in METHODS {
        let mut bench = Bench::new(id, &[], Rosenbrock, &[-1.2, 1.0, 0.3]);
        for _ in 0..4 {
            let before = bench.objective.count;
            let report = bench.step();
            let detail = report.detail.unwrap();
            let Picture::Residuals { solver, relative, outcome } = &detail.picture else {
                panic!("{:?}", detail.picture);
            };
            assert!(method(id).unwrap().name.ends_with(solver), "{solver}");
            assert!(!outcome.is_empty() && relative.iter().all(|r| r.is_finite()));
            let told = quantity(&detail, "Curvature products").value;
            let done = bench.objective.count.curvature_products - before.curvature_products;
            assert_eq!(told, done as f64, "{id}");
            assert!(detail.story.contains("λ"), "{}", detail.story);
            for quantity in &detail.quantities {
                assert!(quantity.value.is_finite() && quantity.help.ends_with('.'), "{quantity:?}");
            }
            let observed = report.observed.unwrap();
            assert!(observed.gradient_norm.unwrap() > 0.0);
            if observed.step_norm > 0.0 {
                assert!(observed.actual_change.unwrap() <= 0.0, "{id}: {observed:?}");
            }
        }
    }
}
