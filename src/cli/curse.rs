//! `netsmith curse`: the curse of dimension. A method and gradient descent on networks of growing
//! width, each with the same budget.

use std::ops::ControlFlow;

use clap::Args;
use serde_json::{Value, json};

use super::train::prepare;
use super::{CliError, ExperimentArgs, output};
use crate::experiment::{Prepared, TrainingSpec};
use crate::optim::{self, Family, Method};
use crate::train::dimension::{Goal, Trial, trial, widened};
use crate::train::race::{quality, racer};

/// The method that is tried when the experiment's own is what it would be compared with.
const USUAL: &str = "cma_es";

const EXPLANATION: &str = "\
Every weight is one more dimension to search. A gradient knows the way down in any number of them; \
a method that tries at random has to be lucky in all of them at once.

The method is that of --optimizer or of the experiment; where it is the one compared with, CMA-ES \
is tried. Each network has --widths neurons in every hidden layer; --layers says how many layers. \
A network counts as solved at an accuracy or R² of 95 %, or at the loss of --target-loss.";

/// Arguments of `netsmith curse`.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXPLANATION)]
pub struct CurseArgs {
    #[command(flatten)]
    experiment: ExperimentArgs,
    /// Neurons in each hidden layer, a network for each number, 1 to 256
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', default_value = "1,2,4,8,16,32", value_parser = clap::value_parser!(u16).range(1..=256))]
    widths: Vec<u16>,
    /// What each method may spend on each network, in gradients over all training rows: a loss
    /// counts ½, a curvature product 2
    #[arg(long, value_name = "GRADIENTS", default_value_t = 300.0, allow_negative_numbers = true)]
    budget: f64,
    /// The kind of gradient descent to compare with
    #[arg(long, value_name = "ID", default_value = "adam", value_parser = super::options::optimizer)]
    against: String,
    /// Print one JSON object a line for each network
    #[arg(long)]
    json: bool,
}

/// What both methods made of one network.
struct Pair {
    width: u16,
    method: Trial,
    descent: Trial,
}

/// Runs the command.
///
/// # Errors
/// Wrong options, data that cannot be read.
pub fn run(args: &CurseArgs) -> Result<(), CliError> {
    check_stop(args)?;
    let (spec, _) = args.experiment.read()?;
    let prepared = prepare(spec)?;
    let (method, against) = methods(args, &prepared)?;
    let goal = prepared.spec.training.stop.target_loss.map_or(Goal::Quality, Goal::Loss);
    let trainings = [method, against].map(|method| racer(&prepared.spec, method, 1));
    if !args.json {
        print_heads(&prepared, [method, against], args.budget)?;
    }
    let bar = output::progress_bar(2 * args.widths.len() as u64, "networks");
    let mut solved = [0, 0];
    for &width in &args.widths {
        let pair = try_both(&prepared, &trainings, width, args.budget, goal, &bar)?;
        for (count, trial) in solved.iter_mut().zip([&pair.method, &pair.descent]) {
            *count += usize::from(trial.solved_work.is_some());
        }
        // The bar would be written over.
        bar.suspend(
            || if args.json { print_object(&pair, args.budget) } else { print_row(&pair) },
        )?;
    }
    bar.finish_and_clear();
    if args.json {
        return Ok(());
    }
    let all = args.widths.len();
    output::line(&format!(
        "{} solved {} of {all} networks, {} {}.",
        method.name, solved[0], against.name, solved[1]
    ))?;
    output::line(
        "quality: accuracy or R² on the validation part.  * gradients over all training rows until \
         the network was solved: a loss counts ½, a curvature product 2.",
    )
}

/// The budget is what ends a run here.
fn check_stop(args: &CurseArgs) -> Result<(), CliError> {
    if !(args.budget.is_finite() && (1.0..=1e6).contains(&args.budget)) {
        return Err(CliError::Usage(format!(
            "--budget should be from 1 to 1000000 gradients, but is {}.",
            args.budget
        )));
    }
    let options = &args.experiment.options;
    let given =
        [("--epochs", options.epochs.is_some()), ("--patience", options.patience.is_some())];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((option, _)) => Err(CliError::Usage(format!(
            "{option} has no use here: both methods go on until --budget is spent. Leave it out."
        ))),
    }
}

/// The method to be tried and the one it is compared with.
fn methods(
    args: &CurseArgs,
    prepared: &Prepared,
) -> Result<(&'static Method, &'static Method), CliError> {
    let known = |id: &str| {
        optim::method(id)
            .ok_or_else(|| CliError::Usage(format!("There is no training method \"{id}\".")))
    };
    let against = known(&args.against)?;
    if against.family == Family::RandomSearch {
        return Err(CliError::Usage(format!(
            "--against should be a method that follows the gradient, such as adam or gd, but {} \
             looks at losses only.",
            against.name
        )));
    }
    let own = known(&prepared.spec.training.optimizer)?;
    if own.id != against.id {
        return Ok((own, against));
    }
    if args.experiment.options.optimizer.is_some() {
        return Err(CliError::Usage(format!(
            "{} would be compared with itself. Name another method with --optimizer, such as \
             {USUAL}, or with --against.",
            own.name
        )));
    }
    Ok((known(USUAL)?, against))
}

/// Tries both methods on a network of this width.
fn try_both(
    prepared: &Prepared,
    trainings: &[TrainingSpec; 2],
    width: u16,
    budget: f64,
    goal: Goal,
    bar: &indicatif::ProgressBar,
) -> Result<Pair, CliError> {
    let wide = widened(prepared, width.into()).map_err(|e| CliError::Usage(e.to_string()))?;
    let go_on = |_| ControlFlow::Continue(());
    let run = |training: &TrainingSpec| {
        let done = trial(&wide, training.clone(), width.into(), budget, goal, &go_on);
        bar.inc(1);
        let done = done.map_err(|error| CliError::Usage(error.to_string()))?;
        done.ok_or_else(|| CliError::Failed("A method was broken off.".to_owned()))
    };
    Ok(Pair { width, method: run(&trainings[0])?, descent: run(&trainings[1])? })
}

fn print_object(pair: &Pair, budget: f64) -> Result<(), CliError> {
    let object = json!({
        "width": pair.width,
        "parameters": pair.method.parameters,
        "budget": budget,
        "method": side(&pair.method),
        "gradient_descent": side(&pair.descent),
    });
    output::line(&object.to_string())
}

fn side(trial: &Trial) -> Value {
    json!({
        "optimizer": trial.optimizer,
        "solved": trial.solved_work.is_some(),
        "solved_work": trial.solved_work,
        "work": trial.work,
        "evaluations": trial.evaluations,
        "best_loss": trial.best_loss,
        "metrics": trial.metrics,
        "quality": quality(trial.metrics),
    })
}

fn print_heads(prepared: &Prepared, methods: [&Method; 2], budget: f64) -> Result<(), CliError> {
    output::line(&format!(
        "{}: {} against {}, with a budget of {budget} gradients on each network",
        prepared.spec.name, methods[0].name, methods[1].name
    ))?;
    let [method, against] = methods.map(|method| method.name);
    output::line(&format!("{:>16}  {method:^29}  {against:^29}", ""))?;
    let heads = format!("{:>9} {:>9} {:>9}", "best loss", "quality", "solved*");
    output::line(&format!("{:>7} {:>8}  {heads}  {heads}", "neurons", "weights"))
}

fn print_row(pair: &Pair) -> Result<(), CliError> {
    let side = |trial: &Trial| {
        let solved = trial.solved_work.map_or_else(|| "–".to_owned(), |work| format!("{work:.1}"));
        let share = 100.0 * quality(trial.metrics);
        format!("{:>9.4} {share:>7.1} % {solved:>9}", trial.best_loss)
    };
    output::line(&format!(
        "{:>7} {:>8}  {}  {}",
        pair.width,
        pair.method.parameters,
        side(&pair.method),
        side(&pair.descent)
    ))
}
