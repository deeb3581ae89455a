//! `netsmith solve`: solves a linear system A·x = b and prints the residual of every iteration.

use std::path::Path;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde_json::json;

use super::{CliError, output};
use crate::krylov::{
    Example, ExampleKind, Matrix, Next, Options, Outcome, Preconditioner, ReadError, Solution,
    Solver, System, solve,
};

/// Unknowns of an example when nothing is said.
const SIZE: usize = 10;
/// Seed of an example when nothing is said.
const SEED: u64 = 1;

const MATRIX_HELP: &str = "A CSV file with n rows of n numbers (or n + 1, the last of which is b), \
                           or an example to build: spd (symmetric positive definite), indefinite, \
                           nonsymmetric, near_singular";
const CONDITION_HELP: &str =
    "Condition number of the example, 1 to 1e15 [default: 100; near_singular: 1e12]";

/// Arguments of `netsmith solve`.
#[derive(Args, Clone, Debug)]
pub struct SolveArgs {
    #[arg(long, value_name = "FILE.csv|EXAMPLE", default_value = "spd", help = MATRIX_HELP)]
    matrix: String,
    /// Unknowns of the example, 2 to 200 [default: 10]
    #[arg(long, value_name = "N")]
    size: Option<usize>,
    #[arg(long, value_name = "K", allow_negative_numbers = true, help = CONDITION_HELP)]
    condition: Option<f64>,
    /// Which of the examples of this kind: same seed, same system [default: 1]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// The solver (`netsmith list solvers`)
    #[arg(long, default_value = "cg", value_parser = solver_parser())]
    method: Solver,
    /// What each residual is divided by before it is used: nothing, or the diagonal of A, which
    /// evens out equations of very different size. The residuals printed are those of A·x = b
    #[arg(long, default_value = "none", value_parser = preconditioner_parser())]
    preconditioner: Preconditioner,
    /// Iterations after which GMRES begins a new cycle
    #[arg(long, value_name = "M", default_value_t = 30)]
    restart: usize,
    /// The residual to reach, as a share of |b|
    #[arg(long, value_name = "T", default_value = "1e-8", allow_negative_numbers = true)]
    tolerance: f64,
    /// The most iterations
    #[arg(long, value_name = "N", default_value_t = 1000)]
    max_iterations: usize,
    /// Print one JSON object per iteration and a last one with the solution
    #[arg(long)]
    json: bool,
}

/// The ids of the solvers, each with its name in the help.
fn solver_parser() -> impl TypedValueParser<Value = Solver> {
    let names = Solver::ALL
        .iter()
        .map(|solver| PossibleValue::new(solver.id()).help(solver.page().long_name));
    PossibleValuesParser::new(names)
        .try_map(|id| Solver::from_id(&id).ok_or("there is no such solver"))
}

/// The ids of the preconditioners, each with its name in the help.
fn preconditioner_parser() -> impl TypedValueParser<Value = Preconditioner> {
    let names = Preconditioner::ALL
        .iter()
        .map(|preconditioner| PossibleValue::new(preconditioner.id()).help(preconditioner.name()));
    PossibleValuesParser::new(names)
        .try_map(|id| Preconditioner::from_id(&id).ok_or("there is no such preconditioner"))
}

/// Runs the command.
///
/// # Errors
/// As [`CliError`] says; also when the solver ends without a solution.
pub fn run(args: &SolveArgs) -> Result<(), CliError> {
    if !(args.tolerance >= 0.0 && args.tolerance.is_finite()) {
        return Err(CliError::Usage(format!(
            "--tolerance should be a number from 0, such as 1e-8, but is {}.",
            args.tolerance
        )));
    }
    if args.restart == 0 {
        return Err(CliError::Usage("--restart should be at least 1.".to_owned()));
    }
    let system = match ExampleKind::from_id(&args.matrix) {
        Some(kind) => build_example(kind, args)?,
        None => read_file(args)?,
    };
    warn_of_asymmetry(args.method, &system.a);
    let solution = iterate(args, &system)?;
    print_result(args, &system, &solution)?;
    match solution.outcome {
        Outcome::Converged => Ok(()),
        _ => Err(CliError::Failed(message(args.method, &solution))),
    }
}

fn build_example(kind: ExampleKind, args: &SolveArgs) -> Result<System, CliError> {
    let example = Example {
        kind,
        size: args.size.unwrap_or(SIZE),
        condition: args.condition.unwrap_or(kind.default_condition()),
        seed: args.seed.unwrap_or(SEED),
    };
    example.build().map_err(|error| CliError::Usage(error.to_string()))
}

fn read_file(args: &SolveArgs) -> Result<System, CliError> {
    let path = Path::new(&args.matrix);
    let given = [
        ("--size", args.size.is_some()),
        ("--condition", args.condition.is_some()),
        ("--seed", args.seed.is_some()),
    ];
    if let Some((option, _)) = given.into_iter().find(|(_, is_given)| *is_given) {
        return Err(CliError::Usage(format!(
            "{option} is for examples that are built, but the matrix comes from a file, which has \
             its own numbers. Leave {option} out: {}",
            path.display()
        )));
    }
    let system = System::open(path).map_err(|error| refusal(path, &error))?;
    if system.known_solution.is_some() {
        output::message(
            "The file has no column for the right side, so b = A·(1, 1, …): every unknown should \
             come out as 1.",
        );
    }
    Ok(system)
}

/// A word without an ending was meant as the name of an example.
fn refusal(path: &Path, error: &ReadError) -> CliError {
    if !matches!(error, ReadError::Missing(_)) || path.extension().is_some() {
        return CliError::failed(error);
    }
    let kinds: Vec<_> = ExampleKind::ALL.iter().map(|kind| kind.id()).collect();
    CliError::Usage(format!(
        "--matrix should be a CSV file or one of {}, but there is neither such an example nor such \
         a file: {}",
        kinds.join(", "),
        path.display()
    ))
}

/// Says so when the solver chosen needs A = Aᵀ and A is not.
fn warn_of_asymmetry(solver: Solver, a: &Matrix) {
    let needs_symmetry = matches!(solver, Solver::SteepestDescent | Solver::Cg | Solver::Minres);
    if let Some((row, column)) = a.asymmetry().filter(|_| needs_symmetry) {
        let entry = |row, column| a.get(row, column).unwrap_or(f64::NAN);
        output::message(&format!(
            "{} is made for symmetric matrices, but row {}, column {} holds {} and row {}, column \
             {} holds {}. GMRES, BiCG and BiCGSTAB do not need symmetry.",
            solver.name(),
            row + 1,
            column + 1,
            entry(row, column),
            column + 1,
            row + 1,
            entry(column, row),
        ));
    }
}

/// Solves and prints each iteration as it ends.
fn iterate(args: &SolveArgs, system: &System) -> Result<Solution, CliError> {
    let diagonal = args.preconditioner.diagonal_for(&system.a);
    let options = Options {
        tolerance: args.tolerance,
        max_iterations: args.max_iterations,
        restart: args.restart,
        preconditioner: diagonal.as_deref(),
    };
    if !args.json {
        let page = args.method.page();
        let helped = match args.preconditioner {
            Preconditioner::None => "",
            Preconditioner::Diagonal => ", preconditioned with the diagonal of A",
        };
        output::line(&format!("{}, {} unknowns{helped}", page.long_name, system.b.len()))?;
        output::line("iteration  residual |r|")?;
    }
    let mut written = Ok(());
    let solution =
        solve(args.method, &mut &system.a, &system.b, None, &options, &mut |iteration| {
            let (number, residual) = (iteration.number, iteration.residual);
            written = if args.json {
                output::line(&json!({"iteration": number, "residual": residual}).to_string())
            } else {
                output::line(&format!("{number:9}  {residual:.6e}"))
            };
            if written.is_ok() { Next::Continue } else { Next::Stop }
        });
    written.map(|()| solution)
}

fn print_result(args: &SolveArgs, system: &System, solution: &Solution) -> Result<(), CliError> {
    let message = message(args.method, solution);
    if args.json {
        let object = json!({
            "done": true,
            "method": args.method.id(),
            "preconditioner": args.preconditioner.id(),
            "outcome": solution.outcome.id(),
            "message": message,
            "iterations": solution.iterations(),
            "products": solution.products,
            "initial_residual": solution.residuals.first(),
            "residual": true_residual(system, &solution.x),
            "x": solution.x,
        });
        return output::line(&object.to_string());
    }
    // A failure is told at the end, on standard error.
    if solution.converged() {
        output::line(&message)?;
    }
    output::line(&format!(
        "Iterations: {}  products with A: {}  |b − A·x|: {:.3e}",
        solution.iterations(),
        solution.products,
        true_residual(system, &solution.x)
    ))?;
    for (number, value) in (1..).zip(&solution.x) {
        output::line(&format!("x{number} = {value}"))?;
    }
    Ok(())
}

/// What happened and, if need be, what to try.
fn message(solver: Solver, solution: &Solution) -> String {
    match solution.outcome.advice(solver) {
        None => solution.outcome.to_string(),
        Some(advice) => format!("{} {advice}", solution.outcome),
    }
}

/// |b − A·x|, computed afresh.
fn true_residual(system: &System, x: &[f64]) -> f64 {
    let mut product = vec![0.0; x.len()];
    system.a.multiply(x, &mut product);
    system.b.iter().zip(&product).fold(0.0_f64, |sum, (b, p)| sum.hypot(b - p))
}
