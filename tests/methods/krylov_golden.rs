//! The linear solvers against SciPy, iterate by iterate, on symmetric positive definite, symmetric
//! indefinite and non-symmetric systems, with and without a preconditioner.
//!
//! `tests/golden/krylov.json` was written by `tests/golden/make_krylov.py`, which says how.

use netsmith::krylov::{Matrix, Next, Options, Outcome, Solver, solve};
use serde::Deserialize;

/// How far an iterate may lie from SciPy's, against its size. The same sums added in another order
/// differ in the last digits, and each iteration amplifies that a little.
const CLOSE: f64 = 1e-8;
/// How far after the first iteration, where nothing has been amplified yet.
const CLOSE_AT_FIRST: f64 = 1e-12;

#[derive(Deserialize)]
struct Case {
    kind: String,
    a: Vec<Vec<f64>>,
    b: Vec<f64>,
    x0: Option<Vec<f64>>,
    m: Option<Vec<f64>>,
    runs: Vec<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    method: Solver,
    restart: usize,
    residuals: Vec<f64>,
    /// Each iterate, or what `digest` makes of it.
    iterates: Vec<Vec<f64>>,
    /// The last iterate in full.
    last: Vec<f64>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../golden/krylov.json")).unwrap()
}

/// A short x as it is, three weighted sums of a longer one; as in `make_krylov.py`.
fn digest(x: &[f64]) -> Vec<f64> {
    if x.len() <= 5 {
        return x.to_vec();
    }
    let weight = |i: usize, step: usize| ((i * step + 3) % 11) as f64 - 5.0;
    let sum = |step| x.iter().enumerate().map(|(i, x)| x * weight(i, step)).sum();
    [1, 4, 7].into_iter().map(sum).collect()
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// |u − v| / |v|, with a floor of 1 for the small sums of large numbers.
fn distance(u: &[f64], v: &[f64]) -> f64 {
    assert_eq!(u.len(), v.len());
    let difference: Vec<f64> = u.iter().zip(v).map(|(u, v)| u - v).collect();
    norm(&difference) / norm(v).max(1.0)
}

fn compare(case: &Case, reference: &Reference) -> f64 {
    let label = format!(
        "{} {} {}×{}, preconditioned: {}",
        reference.method.id(),
        reference.restart,
        case.kind,
        case.b.len(),
        case.m.is_some()
    );
    let options = Options {
        // Never met: the reference decides where to end.
        tolerance: 0.0,
        max_iterations: reference.residuals.len(),
        restart: reference.restart,
        preconditioner: case.m.as_deref(),
    };
    let mut worst: f64 = 0.0;
    let size = norm(&case.b);
    let mut matrix = Matrix::from_rows(&case.a).unwrap();
    let solution = solve(
        reference.method,
        &mut matrix,
        &case.b,
        case.x0.as_deref(),
        &options,
        &mut |iteration| {
            let k = iteration.number - 1;
            let off = distance(&digest(iteration.x), &reference.iterates[k]);
            assert!(off < CLOSE, "{label}: x of iteration {} is {off:.1e} off", iteration.number);
            assert!(k > 0 || off < CLOSE_AT_FIRST, "{label}: x is {off:.1e} off at first");
            let off_norm = (iteration.residual - reference.residuals[k]).abs() / size;
            assert!(off_norm < CLOSE, "{label}: |r| of iteration {} is off", iteration.number);
            assert!((norm(iteration.r) - iteration.residual).abs() < 1e-9 * size, "{label}: |r|");
            worst = worst.max(off).max(off_norm);
            Next::Continue
        },
    );
    assert_eq!(solution.iterations(), reference.residuals.len(), "{label}");
    assert!(distance(&solution.x, &reference.last) < CLOSE, "{label}: the last x");
    worst
}

#[test]
fn every_iterate_is_that_of_scipy() {
    let mut compared = 0;
    let mut worst: f64 = 0.0;
    for case in cases() {
        for reference in &case.runs {
            worst = worst.max(compare(&case, reference));
            compared += 1;
        }
    }
    println!("{compared} runs, the farthest number {worst:.1e} off");
    assert!(compared > 100);
}

/// Three kinds, four sizes, with and without preconditioner, for every solver that suits.
#[test]
fn the_references_cover_every_solver() {
    let cases = cases();
    assert_eq!(cases.len(), 24);
    for &solver in Solver::ALL {
        let runs = cases.iter().flat_map(|case| &case.runs);
        let sizes: std::collections::BTreeSet<_> = runs
            .filter(|reference| reference.method == solver)
            .map(|reference| reference.last.len())
            .collect();
        assert!(sizes.into_iter().eq([2, 5, 20, 60]), "{solver:?}");
    }
}

#[test]
fn where_scipy_finds_the_solution_so_do_we() {
    for case in cases() {
        let size = norm(&case.b);
        for reference in &case.runs {
            if reference.residuals.last().unwrap() > &(1e-8 * size) {
                continue;
            }
            let options = Options {
                tolerance: 1e-8,
                max_iterations: reference.residuals.len() + 2,
                restart: reference.restart,
                preconditioner: case.m.as_deref(),
            };
            let mut matrix = Matrix::from_rows(&case.a).unwrap();
            let x0 = case.x0.as_deref();
            let solution = solve(reference.method, &mut matrix, &case.b, x0, &options, &mut |_| {
                Next::Continue
            });
            assert_eq!(
                solution.outcome,
                Outcome::Converged,
                "{} {}",
                case.kind,
                reference.method.id()
            );
            let off = solution.iterations().abs_diff(reference.residuals.len());
            assert!(off <= 2, "{} {} {}: {off}", case.kind, reference.method.id(), case.b.len());
        }
    }
}
