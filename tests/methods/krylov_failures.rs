//! The linear solvers where they fail or have nothing to do: each wrong matrix ends with the reason
//! that belongs to it.

use netsmith::krylov::{
    Breakdown, Example, ExampleKind, FromProduct, Iteration, Matrix, Next, Options, Outcome,
    Solution, Solver, System, solve,
};

fn matrix(rows: &[&[f64]]) -> Matrix {
    Matrix::from_rows(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).unwrap()
}

fn run(solver: Solver, rows: &[&[f64]], b: &[f64]) -> Solution {
    solve(solver, &mut matrix(rows), b, None, &Options::default(), &mut |_| Next::Continue)
}

fn built(kind: ExampleKind, size: usize, condition: f64, seed: u64) -> System {
    Example { kind, size, condition, seed }.build().unwrap()
}

fn run_system(solver: Solver, system: &System, options: &Options<'_>) -> Solution {
    solve(solver, &mut &system.a, &system.b, None, options, &mut |_| Next::Continue)
}

/// The matrix that moves each unknown to the next place: A·eᵢ = eᵢ₊₁.
fn shift(n: usize) -> Matrix {
    let row = |i: usize| (0..n).map(|j| f64::from(u8::from(i == (j + 1) % n))).collect();
    Matrix::from_rows(&(0..n).map(row).collect::<Vec<_>>()).unwrap()
}

fn first_unit(n: usize) -> Vec<f64> {
    (0..n).map(|i| f64::from(u8::from(i == 0))).collect()
}

#[test]
fn cg_meets_negative_curvature_on_an_indefinite_matrix() {
    let solution = run(Solver::Cg, &[&[2.0, 0.0], &[0.0, -3.0]], &[1.0, 1.0]);
    let Outcome::NegativeCurvature { direction, curvature } = solution.outcome.clone() else {
        panic!("{}", solution.outcome)
    };
    // pᵀAp / pᵀp = (2 − 3) / 2.
    assert_eq!((direction, curvature), (vec![1.0, 1.0], -0.5));
    assert_eq!(solution.x, [0.0, 0.0], "the last iterate before");
    assert_eq!((solution.products, solution.iterations()), (1, 0));
}

#[test]
fn the_direction_of_negative_curvature_goes_down() {
    for seed in 0..20 {
        let system = built(ExampleKind::Indefinite, 12, 30.0, seed);
        let solution = run_system(Solver::Cg, &system, &Options::default());
        let Outcome::NegativeCurvature { direction, curvature } = solution.outcome.clone() else {
            panic!("seed {seed}: {}", solution.outcome)
        };
        let mut product = vec![0.0; 12];
        system.a.multiply(&solution.x, &mut product);
        let down: f64 =
            direction.iter().zip(&system.b).zip(&product).map(|((p, b), ax)| p * (b - ax)).sum();
        assert!(down > 0.0 && curvature <= 0.0);
        let lowest = system.a.eigen().unwrap().values[0];
        assert!(curvature >= lowest - 1e-12, "no curvature is below the lowest eigenvalue");
    }
}

#[test]
fn cg_sees_a_flat_direction_of_a_singular_matrix() {
    let solution = run(Solver::Cg, &[&[1.0, 0.0], &[0.0, 0.0]], &[1.0, 1.0]);
    assert!(
        matches!(solution.outcome, Outcome::NegativeCurvature { curvature: 0.0, .. }),
        "{}",
        solution.outcome
    );
    // With a b within its reach a singular matrix does no harm.
    let solution = run(Solver::Cg, &[&[1.0, 0.0], &[0.0, 0.0]], &[3.0, 0.0]);
    assert_eq!((solution.x, solution.outcome), (vec![3.0, 0.0], Outcome::Converged));
}

#[test]
fn every_indefinite_system_is_solved_by_the_solvers_made_for_it() {
    for seed in 0..10 {
        let system = built(ExampleKind::Indefinite, 20, 50.0, seed);
        for solver in [Solver::Minres, Solver::Gmres, Solver::Bicg] {
            let solution = run_system(solver, &system, &Options::default());
            assert!(solution.converged(), "{solver:?}, seed {seed}: {}", solution.outcome);
        }
    }
}

#[test]
fn every_nonsymmetric_system_is_solved_by_the_solvers_made_for_it() {
    for seed in 0..10 {
        let system = built(ExampleKind::Nonsymmetric, 20, 50.0, seed);
        for solver in [Solver::Gmres, Solver::Bicg, Solver::Bicgstab] {
            let options = Options { tolerance: 1e-7, ..Options::default() };
            let solution = run_system(solver, &system, &options);
            assert!(solution.converged(), "{solver:?}, seed {seed}: {}", solution.outcome);
        }
    }
}

#[test]
fn methods_for_symmetric_matrices_fail_on_others() {
    for seed in 0..10 {
        let system = built(ExampleKind::Nonsymmetric, 20, 50.0, seed);
        for solver in [Solver::Cg, Solver::Minres] {
            let solution = run_system(solver, &system, &Options::default());
            assert!(!solution.converged(), "{solver:?}, seed {seed}");
            assert!(
                solution.outcome.advice(solver).unwrap().contains("GMRES"),
                "{}",
                solution.outcome
            );
        }
    }
}

#[test]
fn minres_solves_singular_systems_or_comes_as_near_as_possible() {
    let rows: [&[f64]; 3] = [&[2.0, 1.0, 3.0], &[1.0, 2.0, 3.0], &[3.0, 3.0, 6.0]];
    let solution = run(Solver::Minres, &rows, &[5.0, 4.0, 9.0]);
    assert_eq!(solution.outcome, Outcome::Converged, "b = A·(2, 1, 0) is within reach");

    let solution = run(Solver::Minres, &rows, &[1.0, 0.0, 0.0]);
    assert_eq!(solution.outcome, Outcome::LeastSquares);
    // The residual left is the part of b along the null vector (1, 1, −1)/√3.
    for (i, expected) in [1.0 / 3.0, 1.0 / 3.0, -1.0 / 3.0].into_iter().enumerate() {
        let left =
            [1.0, 0.0, 0.0][i] - rows[i].iter().zip(&solution.x).map(|(a, x)| a * x).sum::<f64>();
        assert!((left - expected).abs() < 1e-10, "{left} and {expected}");
    }
}

#[test]
fn a_short_restart_can_stand_still_for_ever() {
    let b = first_unit(6);
    let run = |restart| {
        let options = Options { restart, ..Options::default() };
        solve(Solver::Gmres, &mut shift(6), &b, None, &options, &mut |_| Next::Continue)
    };
    let short = run(5);
    assert_eq!(short.outcome, Outcome::Stagnated);
    assert_eq!(short.residuals, [1.0; 6], "nothing gained in a whole cycle");
    let full = run(6);
    assert_eq!(full.outcome, Outcome::Converged);
    assert_eq!(full.residuals, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
}

#[test]
fn gmres_sees_that_the_space_stops_growing() {
    let solution = run(Solver::Gmres, &[&[0.0, 1.0], &[0.0, 0.0]], &[0.0, 1.0]);
    assert_eq!(solution.outcome, Outcome::Breakdown(Breakdown::SpaceExhausted));
    let solution = run(Solver::Gmres, &[&[0.0, 0.0], &[0.0, 0.0]], &[1.0, 2.0]);
    assert_eq!(solution.outcome, Outcome::Breakdown(Breakdown::SpaceExhausted));
}

#[test]
fn bicg_and_bicgstab_break_down_where_something_vanishes() {
    // Turned by a right angle: rᵀAr = 0.
    let skew: [&[f64]; 2] = [&[0.0, 1.0], &[-1.0, 0.0]];
    for solver in [Solver::Bicg, Solver::Bicgstab] {
        let solution = run(solver, &skew, &[1.0, 2.0]);
        assert_eq!(solution.outcome, Outcome::Breakdown(Breakdown::Curvature), "{solver:?}");
    }
    assert!(run(Solver::Gmres, &skew, &[1.0, 2.0]).converged());
    // After one step r = (−1, −1, 0) and r̃ = (−1, 1, 0).
    let rows: [&[f64]; 3] = [&[0.0, 0.0, 1.0], &[0.0, 1.0, 1.0], &[1.0, -1.0, 1.0]];
    let solution = run(Solver::Bicg, &rows, &[0.0, 0.0, 1.0]);
    assert_eq!(solution.outcome, Outcome::Breakdown(Breakdown::Rho));
    assert_eq!(solution.iterations(), 1);
    assert!(run(Solver::Gmres, &rows, &[0.0, 0.0, 1.0]).converged());
    // After the first half step s = (−2, 4)/3, and sᵀAs = 0.
    let solution = run(Solver::Bicgstab, &[&[4.0, 0.0], &[0.0, -1.0]], &[2.0, 1.0]);
    assert_eq!(solution.outcome, Outcome::Breakdown(Breakdown::Omega));
}

#[test]
fn steepest_descent_can_run_away() {
    let solution = run(Solver::SteepestDescent, &[&[1.0, -10.0], &[10.0, 1.0]], &[1.0, 1.0]);
    let Outcome::Diverged { growth } = solution.outcome else { panic!("{}", solution.outcome) };
    assert!(growth > 1e12);
    assert!(solution.x.iter().all(|x| x.is_finite()));
}

#[test]
fn digits_lost_are_admitted() {
    // To reach b, x must grow to 10¹⁵ along the direction that A presses flat; with sixteen digits
    // nothing is left of the residual.
    let mut system = built(ExampleKind::NearSingular, 30, 1e15, 2);
    system.b = (0..30).map(f64::from).collect();
    let options = Options { tolerance: 1e-12, max_iterations: 500, ..Options::default() };
    let run = |solver| run_system(solver, &system, &options);

    let cg = run(Solver::Cg);
    let mut product = vec![0.0; 30];
    system.a.multiply(&cg.x, &mut product);
    let squares: f64 = system.b.iter().zip(&product).map(|(b, p)| (b - p).powi(2)).sum();
    let Outcome::AccuracyLost { residual } = cg.outcome else { panic!("{}", cg.outcome) };
    assert!((residual - squares.sqrt()).abs() < 1e-9 * residual);
    assert!(residual > 1e6 * cg.residual(), "{residual} and {}", cg.residual());

    // MINRES ends where x would begin to grow.
    let minres = run(Solver::Minres);
    assert_eq!(minres.outcome, Outcome::LeastSquares);
    assert!(minres.x.iter().all(|x| x.abs() < 1e3));
    for solver in [Solver::Gmres, Solver::Bicg, Solver::Bicgstab] {
        assert!(!run(solver).converged(), "{solver:?}");
    }
}

#[test]
fn a_small_residual_is_not_a_small_error() {
    let system = built(ExampleKind::NearSingular, 10, 1e12, 1);
    let options = Options { tolerance: 1e-10, ..Options::default() };
    let solution = run_system(Solver::Cg, &system, &options);
    assert!(solution.converged());
    let known = system.known_solution.as_ref().unwrap();
    let off = solution.x.iter().zip(known).map(|(x, known)| (x - known).abs()).fold(0.0, f64::max);
    assert!(off > 0.01, "{off}");
}

#[test]
fn nothing_to_do_is_done_at_once() {
    for &solver in Solver::ALL {
        let mut calls = 0;
        let mut watch = |_: &Iteration<'_>| {
            calls += 1;
            Next::Continue
        };
        let mut a = matrix(&[&[2.0, 0.0], &[0.0, 4.0]]);
        let options = Options::default();
        let zero = solve(solver, &mut a, &[0.0, 0.0], Some(&[5.0, 6.0]), &options, &mut watch);
        assert_eq!((zero.x.as_slice(), zero.products), (&[0.0, 0.0][..], 0));
        assert_eq!((zero.converged(), zero.residuals), (true, vec![0.0]));

        let begun = solve(solver, &mut a, &[2.0, 4.0], Some(&[1.0, 1.0]), &options, &mut watch);
        assert_eq!((begun.converged(), begun.iterations(), begun.products), (true, 0, 1));

        let mut nothing = FromProduct::new(0, |_: &[f64], _: &mut [f64]| {});
        let nothing = solve(solver, &mut nothing, &[], None, &options, &mut watch);
        assert_eq!((nothing.converged(), nothing.x), (true, vec![]));
        assert_eq!(calls, 0);
    }
}

#[test]
fn wrong_input_is_named() {
    for &solver in Solver::ALL {
        let mut a = matrix(&[&[2.0, 1.0], &[1.0, 3.0]]);
        let mut outcome = |b: &[f64], x0: Option<&[f64]>, m: Option<&[f64]>| {
            let options = Options { preconditioner: m, ..Options::default() };
            let solution = solve(solver, &mut a, b, x0, &options, &mut |_| Next::Continue);
            assert_eq!(solution.x, [0.0, 0.0]);
            assert_eq!(solution.products, 0);
            solution.outcome
        };
        let text = |outcome: Outcome| outcome.to_string();
        assert!(text(outcome(&[1.0], None, None)).contains("right side b should have 2"));
        assert!(text(outcome(&[1.0, 2.0], Some(&[1.0]), None)).contains("start x₀"));
        assert!(text(outcome(&[1.0, 2.0], None, Some(&[1.0; 3]))).contains("has 3"));
        assert!(text(outcome(&[1.0, 2.0], None, Some(&[1.0, 0.0]))).contains("element 2 is 0"));
        assert_eq!(outcome(&[1.0, f64::NAN], None, None).id(), "not_finite");
        assert_eq!(outcome(&[1.0, 2.0], Some(&[1.0, f64::INFINITY]), None).id(), "not_finite");
        assert_eq!(outcome(&[1e-200, 0.0], None, None).id(), "not_finite");
    }
    let negative = Options { preconditioner: Some(&[1.0, -1.0]), ..Options::default() };
    let mut a = matrix(&[&[2.0, 1.0], &[1.0, 3.0]]);
    let mut outcome = |solver| {
        solve(solver, &mut a, &[1.0, 2.0], None, &negative, &mut |_| Next::Continue).outcome.id()
    };
    assert_eq!(outcome(Solver::Cg), "preconditioner");
    assert_eq!(outcome(Solver::Gmres), "converged");
}

#[test]
fn a_product_that_is_no_number_ends_with_the_iterate_before() {
    for &solver in Solver::ALL {
        let mut products = 0;
        let mut a = FromProduct::new(3, |v: &[f64], out: &mut [f64]| {
            products += 1;
            for ((out, v), d) in out.iter_mut().zip(v).zip([1.0, 2.0, 5.0]) {
                *out = if products > 3 { f64::NAN } else { d * v };
            }
        });
        let b = [1.0, 1.0, 1.0];
        let solution =
            solve(solver, &mut a, &b, None, &Options::default(), &mut |_| Next::Continue);
        assert_eq!(solution.outcome.id(), "not_finite", "{solver:?}");
        assert!(solution.x.iter().all(|x| x.is_finite()));
    }
}

#[test]
fn the_watcher_can_stop_and_sees_every_product() {
    let system = built(ExampleKind::Spd, 30, 100.0, 4);
    for &solver in Solver::ALL {
        let mut seen = Vec::new();
        let solution =
            solve(solver, &mut &system.a, &system.b, None, &Options::default(), &mut |iteration| {
                seen.push((iteration.number, iteration.products, iteration.direction.len()));
                if iteration.number == 4 { Next::Stop } else { Next::Continue }
            });
        assert_eq!(solution.outcome, Outcome::Stopped);
        let products = solver.page().products;
        let expected: Vec<_> = (1..=4).map(|k| (k, k * products, 30)).collect();
        assert_eq!(seen, expected, "{solver:?}");
        assert_eq!((solution.iterations(), solution.products), (4, 4 * products));
    }
}

#[test]
fn limits_hold() {
    let system = built(ExampleKind::Spd, 30, 1000.0, 4);
    for &solver in Solver::ALL {
        for max_iterations in [0, 1, 7] {
            let options =
                Options { max_iterations, restart: 3, tolerance: -1.0, ..Options::default() };
            let solution = run_system(solver, &system, &options);
            assert_eq!(solution.outcome, Outcome::IterationLimit, "{solver:?}");
            assert_eq!(solution.iterations(), max_iterations);
        }
    }
}
