//! What the linear solvers promise, on random systems: how fast they end, what never grows, that
//! the residual is the true one, and that nothing makes them hang or return NaN.

use netsmith::krylov::{
    Example, ExampleKind, FromProduct, LinearOperator, Matrix, Next, Options, Outcome, Solution,
    Solver, System, solve,
};
use proptest::prelude::*;

fn run(solver: Solver, system: &System, options: &Options<'_>) -> Solution {
    solve(solver, &mut &system.a, &system.b, None, options, &mut |_| Next::Continue)
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// |b − A·x| / |b|.
fn true_residual(a: &Matrix, b: &[f64], x: &[f64]) -> f64 {
    let mut product = vec![0.0; b.len()];
    a.multiply(x, &mut product);
    norm(&b.iter().zip(&product).map(|(b, p)| b - p).collect::<Vec<_>>()) / norm(b)
}

fn error(system: &System, x: &[f64]) -> f64 {
    let known = system.known_solution.as_ref().unwrap();
    norm(&x.iter().zip(known).map(|(x, known)| x - known).collect::<Vec<_>>()) / norm(known)
}

fn kinds() -> impl Strategy<Value = ExampleKind> {
    prop::sample::select(ExampleKind::ALL)
}

fn solvers() -> impl Strategy<Value = Solver> {
    prop::sample::select(Solver::ALL)
}

fn examples(kind: ExampleKind, max_size: usize) -> impl Strategy<Value = Example> {
    (2..=max_size, 0.0..2.0_f64, any::<u64>()).prop_map(move |(size, digits, seed)| Example {
        kind,
        size,
        condition: 10_f64.powf(digits),
        seed,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn cg_ends_after_n_steps(example in examples(ExampleKind::Spd, 12)) {
        let system = example.build().unwrap();
        let options = Options { tolerance: 1e-7, ..Options::default() };
        let solution = run(Solver::Cg, &system, &options);
        prop_assert_eq!(&solution.outcome, &Outcome::Converged);
        prop_assert!(solution.iterations() <= system.b.len(), "{}", solution.iterations());
        // κ is at most 100.
        prop_assert!(error(&system, &solution.x) < 1e-5);
    }

    #[test]
    fn the_quadratic_never_rises_in_cg(example in examples(ExampleKind::Spd, 40)) {
        let system = example.build().unwrap();
        let mut last = 0.0;
        let b = system.b.clone();
        let mut falls = true;
        let start = solve(
            Solver::Cg, &mut &system.a, &b, None, &Options::default(), &mut |iteration| {
                let value = iteration.quadratic(&b);
                falls &= value <= last + 1e-14 * norm(&b);
                last = value;
                Next::Continue
            },
        );
        prop_assert!(falls);
        // φ(x) computed without the shortcut.
        let mut product = vec![0.0; b.len()];
        system.a.multiply(&start.x, &mut product);
        let phi: f64 = start.x.iter().zip(&product).zip(&b).map(|((x, p), b)| x * (0.5 * p - b)).sum();
        prop_assert!((phi - last).abs() <= 1e-10 * (1.0 + phi.abs()));
    }

    #[test]
    fn the_residual_of_minres_never_grows(
        example in prop_oneof![examples(ExampleKind::Indefinite, 40), examples(ExampleKind::Spd, 40)],
    ) {
        let system = example.build().unwrap();
        let solution = run(Solver::Minres, &system, &Options::default());
        prop_assert_eq!(&solution.outcome, &Outcome::Converged);
        for pair in solution.residuals.windows(2) {
            prop_assert!(pair[1] <= pair[0] * (1.0 + 1e-12), "{pair:?}");
        }
    }

    #[test]
    fn the_residual_of_gmres_never_grows(
        example in kinds().prop_flat_map(|kind| examples(kind, 40)),
        restart in 1..45_usize,
    ) {
        let system = example.build().unwrap();
        let options = Options { restart, max_iterations: 200, ..Options::default() };
        let solution = run(Solver::Gmres, &system, &options);
        for pair in solution.residuals.windows(2) {
            prop_assert!(pair[1] <= pair[0] * (1.0 + 1e-9), "{pair:?}");
        }
        if restart >= system.b.len() {
            prop_assert_eq!(&solution.outcome, &Outcome::Converged);
            prop_assert!(solution.iterations() <= system.b.len());
        }
    }

    /// In exact arithmetic MINRES and GMRES without restart take the same points, and BiCG on a
    /// symmetric matrix those of CG.
    #[test]
    fn relatives_agree_on_symmetric_matrices(example in examples(ExampleKind::Spd, 15)) {
        let system = example.build().unwrap();
        let options = Options { restart: 15, tolerance: 1e-6, ..Options::default() };
        let size = norm(&system.b);
        for (one, other) in [(Solver::Minres, Solver::Gmres), (Solver::Cg, Solver::Bicg)] {
            let (one, other) = (run(one, &system, &options), run(other, &system, &options));
            for (a, b) in one.residuals.iter().zip(&other.residuals) {
                prop_assert!((a - b).abs() < 1e-7 * size, "{a} and {b}");
            }
        }
    }

    #[test]
    fn what_is_called_solved_is_solved(
        example in kinds().prop_flat_map(|kind| examples(kind, 60)),
        solver in solvers(),
        digits in 1.0..12.0_f64,
        precondition in any::<bool>(),
    ) {
        let system = example.build().unwrap();
        let diagonal: Vec<f64> = system.a.diagonal().iter().map(|m| m.abs() + 0.1).collect();
        let tolerance = 10_f64.powf(-digits);
        let options = Options {
            tolerance,
            max_iterations: 300,
            preconditioner: precondition.then_some(&diagonal),
            ..Options::default()
        };
        let solution = run(solver, &system, &options);
        let residual = true_residual(&system.a, &system.b, &solution.x);
        if solution.converged() {
            prop_assert!(residual <= 2.0 * tolerance, "{residual:.1e} above {tolerance:.1e}");
        } else if let Outcome::AccuracyLost { residual: told } = solution.outcome {
            prop_assert!((told - residual * norm(&system.b)).abs() <= 1e-12 * norm(&system.b));
        }
    }

    /// Whatever the operator does, the solver ends in time with finite numbers and a reason.
    #[test]
    fn garbage_ends_with_a_reason(
        solver in solvers(),
        entries in prop::collection::vec(garbage(), 1..=36),
        b in prop::collection::vec(garbage(), 6),
        x0 in prop::option::of(prop::collection::vec(garbage(), 6)),
        m in prop::option::of(prop::collection::vec(garbage(), 6)),
        restart in 0..9_usize,
        max_iterations in 0..40_usize,
        tolerance in garbage(),
    ) {
        let n = (1..=6).rev().find(|n| n * n <= entries.len()).unwrap();
        let mut operator = Garbage { n, entries, products: 0 };
        let preconditioner = m.as_ref().map(|m| &m[..n]);
        let options = Options { tolerance, max_iterations, restart, preconditioner };
        let x0 = x0.as_ref().map(|x0| &x0[..n]);
        let mut calls = 0;
        let mut finite = true;
        let solution = solve(solver, &mut operator, &b[..n], x0, &options, &mut |iteration| {
            calls += 1;
            finite &= iteration.residual.is_finite() && iteration.x.iter().all(|x| x.is_finite());
            Next::Continue
        });
        prop_assert!(finite);
        prop_assert!(calls <= max_iterations);
        prop_assert!(solution.x.len() == n && solution.x.iter().all(|x| x.is_finite()));
        prop_assert!(solution.residuals.iter().all(|r| r.is_finite()));
        prop_assert_eq!(solution.products, operator.products);
        prop_assert!(!solution.outcome.to_string().is_empty());
    }
}

/// Numbers of every kind: small whole ones (so that things vanish exactly), usual, extreme, none.
fn garbage() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (-2..=2_i8).prop_map(f64::from),
        4 => -10.0..10.0_f64,
        1 => prop::sample::select(vec![
            f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 1e160, -1e200, 1e-160, 5e-324,
        ]),
    ]
}

struct Garbage {
    n: usize,
    entries: Vec<f64>,
    products: usize,
}

impl LinearOperator for Garbage {
    fn dimension(&self) -> usize {
        self.n
    }

    fn apply(&mut self, v: &[f64], out: &mut [f64]) {
        self.products += 1;
        for (i, out) in out.iter_mut().enumerate() {
            *out = (0..self.n).map(|j| self.entries[i * self.n + j] * v[j]).sum();
        }
    }

    fn apply_transpose(&mut self, v: &[f64], out: &mut [f64]) {
        self.products += 1;
        for (i, out) in out.iter_mut().enumerate() {
            *out = (0..self.n).map(|j| self.entries[j * self.n + i] * v[j]).sum();
        }
    }
}

#[test]
fn a_million_unknowns_are_no_matter() {
    // A = tridiagonal(−1, 4, −1) without a matrix.
    let n = 1_000_000;
    let mut a = FromProduct::new(n, |v: &[f64], out: &mut [f64]| {
        for i in 0..v.len() {
            let left = if i > 0 { v[i - 1] } else { 0.0 };
            let right = v.get(i + 1).copied().unwrap_or(0.0);
            out[i] = 4.0 * v[i] - left - right;
        }
    });
    let b = vec![1.0; n];
    for solver in [Solver::Cg, Solver::Minres, Solver::Bicgstab] {
        let options = Options { tolerance: 1e-6, ..Options::default() };
        let solution = solve(solver, &mut a, &b, None, &options, &mut |_| Next::Continue);
        assert_eq!(solution.outcome, Outcome::Converged);
        assert!(solution.iterations() < 20, "{solver:?}: {}", solution.iterations());
        assert!((solution.x[n / 2] - 0.5).abs() < 1e-5);
    }
}

#[test]
fn the_units_of_b_do_not_change_the_answer() {
    // A right side that is nearly an eigenvector, in small and in huge units: κ is only 4.
    let base = [4.0, 1e-11, 2.4e-11];
    let a = Matrix::from_rows(&[vec![2.0, 0.0, 0.0], vec![0.0, 5.0, 0.0], vec![0.0, 0.0, 8.0]]);
    let a = a.unwrap();
    for &solver in Solver::ALL {
        for unit in [1e-12, 1.0, 1e12] {
            let b = base.map(|value| value * unit);
            let solution =
                solve(solver, &mut &a, &b, None, &Options::default(), &mut |_| Next::Continue);
            assert_eq!(solution.outcome, Outcome::Converged, "{solver:?}, {unit:e}");
            let first = solution.x[0] / unit;
            assert!((first - 2.0).abs() < 1e-6, "{solver:?}, {unit:e}: {first}");
        }
    }
}
