//! `netsmith range-test`: one short run over growing learning rates, and a rate that works.

use std::ops::ControlFlow;

use clap::Args;
use serde_json::json;

use super::train::prepare;
use super::{CliError, ExperimentArgs, output};
use crate::optim;
use crate::train::RangeTest;
use crate::train::range_test::range_test;

/// Arguments of `netsmith range-test`.
#[derive(Args, Clone, Debug)]
pub struct RangeTestArgs {
    #[command(flatten)]
    experiment: ExperimentArgs,
    /// Print one JSON object a line: every rate with its loss, then what was found
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// A method without a learning rate, wrong options, data that cannot be read.
pub fn run(args: &RangeTestArgs) -> Result<(), CliError> {
    let (spec, _) = args.experiment.read()?;
    let method = optim::method(&spec.training.optimizer);
    if let Some(method) = method.filter(|method| !method.uses_learning_rate) {
        return Err(CliError::Usage(format!(
            "{} finds the length of its steps by itself: it has no learning rate to test. Say \
             --optimizer adam, for example.",
            method.name
        )));
    }
    let prepared = prepare(spec)?;
    let bar = output::progress_bar(100, "% of the rates");
    let progress = |share: f32| {
        bar.set_position((share * 100.0) as u64);
        ControlFlow::Continue(())
    };
    let found = range_test(prepared, &progress).map_err(CliError::failed)?;
    bar.finish_and_clear();
    let found = found.ok_or_else(|| CliError::Failed("The test was broken off.".to_owned()))?;
    if args.json { print_json(&found) } else { print_text(&found) }
}

fn print_json(found: &RangeTest) -> Result<(), CliError> {
    for point in &found.points {
        let object = json!({
            "learning_rate": point.rate,
            "loss": point.loss,
            "batch_loss": point.batch_loss,
        });
        output::line(&object.to_string())?;
    }
    let object = json!({
        "done": true,
        "suggestion": found.suggestion,
        "diverges_from": found.diverges_from,
    });
    output::line(&object.to_string())
}

fn print_text(found: &RangeTest) -> Result<(), CliError> {
    output::line(&format!("{:>13} {:>12} {:>12}", "learning rate", "loss", "batch loss"))?;
    // Every seventh is enough to see where it falls and where it explodes.
    for point in found.points.iter().step_by(7) {
        output::line(&format!(
            "{:>13.2e} {:>12.5} {:>12.5}",
            point.rate, point.loss, point.batch_loss
        ))?;
    }
    match found.suggestion {
        Some(rate) => output::line(&format!("Suggested learning rate: {rate}"))?,
        None => output::line("The loss did not fall at any of the rates tried.")?,
    }
    match found.diverges_from {
        Some(rate) => output::line(&format!("It diverges from {rate:.2e} on.")),
        None => output::line("It did not diverge at any of the rates tried."),
    }
}
