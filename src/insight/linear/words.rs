//! What a study shows, in sentences.
//!
//! Owns the words only: which solver suits the matrix, how it ended and why, and whether conjugate
//! gradients kept its promise to end after n steps. Numbers are written short; the window formats
//! those of its tables itself.

use super::{LinearStudy, MAX_ITERATIONS, SolverRun, Spectrum, norm};
use crate::krylov::{Outcome, Solver};

/// How a solver ended, in one to three words for a table.
pub fn short(run: &SolverRun) -> &'static str {
    match run.outcome {
        Outcome::Converged => "solved",
        Outcome::IterationLimit if is_astray(run) => "goes astray",
        Outcome::IterationLimit => "too slow",
        Outcome::Stopped => "stopped",
        Outcome::Breakdown(_) => "broke down",
        Outcome::NegativeCurvature { .. } => "negative curvature",
        Outcome::LeastSquares => "no solution",
        Outcome::Stagnated => "stands still",
        Outcome::Diverged { .. } => "diverged",
        Outcome::AccuracyLost { .. } => "accuracy lost",
        Outcome::NotFinite { .. } => "numbers too large",
        Outcome::WrongLength { .. } | Outcome::Preconditioner { .. } => "not possible",
    }
}

/// Whether the residual at the end is hardly smaller, or larger, than at the start.
fn is_astray(run: &SolverRun) -> bool {
    run.residuals.first().is_some_and(|first| run.residual() > 0.1 * first)
}

/// Why this matrix is not what the solver is made for; nothing where it is.
pub fn misfit(study: &LinearStudy, solver: Solver) -> Option<String> {
    let symmetric_needed = matches!(solver, Solver::SteepestDescent | Solver::Cg | Solver::Minres);
    let definite_needed = matches!(solver, Solver::SteepestDescent | Solver::Cg);
    if symmetric_needed && let Some((row, column)) = study.asymmetry {
        let entry = |row, column| study.system.a.get(row, column).unwrap_or(0.0);
        return Some(format!(
            "{} relies on symmetry, but here a({},{}) = {:.3} and a({},{}) = {:.3}.",
            solver.name(),
            row + 1,
            column + 1,
            entry(row, column),
            column + 1,
            row + 1,
            entry(column, row),
        ));
    }
    if definite_needed && !study.is_positive_definite() {
        let low = study.spectrum.values().first().copied().unwrap_or(0.0);
        return Some(format!(
            "{} needs positive eigenvalues only, but the smallest is {low:.3e}.",
            solver.name()
        ));
    }
    None
}

/// How the solver ended, why, and what to try.
pub fn verdict(study: &LinearStudy, run: &SolverRun) -> String {
    let name = run.solver.name();
    let misfit = misfit(study, run.solver);
    if run.solved() {
        let steps = counted(run.iterations(), "iteration");
        let mut text = format!("{name} solved it in {steps}, with {} products.", run.products);
        if run.iterations() == 0 {
            text = format!("{name} had nothing to do: the start is the solution already.");
        } else if let Some(misfit) = misfit {
            text.push_str(&format!(" It was lucky. {misfit}"));
        }
        return text;
    }
    let mut text = if run.outcome == Outcome::IterationLimit {
        let before = if is_astray(run) { "without getting nearer" } else { "before it was there" };
        format!("{name} used up all {MAX_ITERATIONS} iterations {before}.")
    } else {
        run.outcome.to_string()
    };
    for more in [misfit.as_deref(), run.outcome.advice(run.solver)].into_iter().flatten() {
        text.push(' ');
        text.push_str(more);
    }
    text
}

/// Which solvers got there, and which did so with the fewest products.
pub fn summary(study: &LinearStudy) -> String {
    let all = study.runs.len();
    let solved: Vec<_> = study.runs.iter().filter(|run| run.solved()).collect();
    let Some(fewest) = solved.iter().map(|run| run.products).min() else {
        return format!("None of the {all} methods solves this system.");
    };
    let best: Vec<_> =
        solved.iter().filter(|run| run.products == fewest).map(|run| run.solver.name()).collect();
    let who = match solved.len() {
        count if count == all => format!("All {all} methods solve this system."),
        1 => format!("Only {} of the {all} methods solves this system.", best.join("")),
        count => format!("{count} of the {all} methods solve this system."),
    };
    let cost = if solved.len() == 1 {
        format!("It took {fewest} products with A.")
    } else {
        format!("Fewest products with A: {} ({fewest}).", listed(&best))
    };
    let wrong = wrong_solutions(study);
    format!("{who} {cost}{wrong}")
}

/// A warning where the residual is small and x is wrong all the same.
fn wrong_solutions(study: &LinearStudy) -> String {
    /// From this relative error on, x is worth a warning.
    const WRONG: f64 = 0.01;
    let size = study.solution.as_deref().map_or(0.0, norm);
    let errors = study.runs.iter().filter(|run| run.solved()).filter_map(SolverRun::error);
    let worst = errors.fold(0.0, f64::max);
    if size == 0.0 || worst < WRONG * size {
        return String::new();
    }
    format!(
        " But a small residual is not a small error: x itself is wrong by up to {:.0}\u{a0}%.",
        100.0 * worst / size
    )
}

/// “CG, MINRES and GMRES”.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The promise of conjugate gradients to end after n steps, and what has become of it here.
pub fn n_steps(study: &LinearStudy) -> String {
    let n = study.size();
    let Some(run) = study.run(Solver::Cg) else { return String::new() };
    let took = counted(run.iterations(), "iteration");
    if !study.is_positive_definite() {
        let what = if study.is_symmetric() {
            "has eigenvalues that are not positive"
        } else {
            "is not symmetric"
        };
        return format!(
            "CG promises to end within n = {n} steps on a symmetric positive definite matrix. This \
             one {what}, so the promise does not hold; GMRES keeps it for every matrix."
        );
    }
    if !run.solved() {
        return format!(
            "Without rounding CG would end within n = {n} steps. Here rounding errors have broken \
             the promise: {}.",
            match run.outcome {
                Outcome::IterationLimit => format!("after {MAX_ITERATIONS} it is still not there"),
                _ => format!("after {took} it ended otherwise ({})", short(run)),
            }
        );
    }
    if run.iterations() > n {
        return format!(
            "Without rounding CG would end within n = {n} steps. At κ = {} rounding errors bend its \
             directions, and it needed {took}: {} more.",
            compact(study.seen_spectrum().condition()),
            run.iterations() - n,
        );
    }
    if run.iterations() == n {
        return format!("CG ended after {took}, exactly the n = {n} steps that it needs at most.");
    }
    format!(
        "CG ended after {took}. It never needs more than n = {n} without rounding, and fewer where \
         the condition number is small or eigenvalues coincide."
    )
}

/// What the spectrum says about how hard the system is.
pub fn hardness(study: &LinearStudy) -> String {
    let mut text = hardness_of(&study.spectrum);
    if let Some(seen) = &study.preconditioned {
        text.push_str(&format!(
            " The solvers work on M⁻¹·A instead: κ\u{a0}=\u{a0}{}.",
            compact(seen.condition())
        ));
    }
    text
}

fn hardness_of(spectrum: &Spectrum) -> String {
    let condition = compact(spectrum.condition());
    let values = spectrum.values();
    let (low, high) = (
        compact(values.first().copied().unwrap_or(0.0)),
        compact(values.last().copied().unwrap_or(0.0)),
    );
    match spectrum {
        Spectrum::Eigenvalues(values) => {
            let negative = values.iter().filter(|value| **value < 0.0).count();
            let signs = match negative {
                0 => "all positive".to_owned(),
                count if count == values.len() => "all negative".to_owned(),
                count => format!("{count} negative"),
            };
            format!("Eigenvalues from {low} to {high}, {signs}; κ\u{a0}=\u{a0}{condition}.")
        }
        Spectrum::SingularValues(_) => {
            format!(
                "Not symmetric. Singular values from {low} to {high}; κ\u{a0}=\u{a0}{condition}."
            )
        }
    }
}

fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// A number with three digits at most.
fn compact(value: f64) -> String {
    let size = value.abs();
    if value.is_infinite() {
        "∞".to_owned()
    } else if size >= 1e5 || size < 1e-3 && size > 0.0 {
        format!("{value:.1e}").replace('-', "−")
    } else if size >= 10.0 {
        format!("{value:.0}").replace('-', "−")
    } else {
        let text = format!("{value:.3}");
        text.trim_end_matches('0').trim_end_matches('.').replace('-', "−")
    }
}
