//! `netsmith bench`: how fast training is, through the same trainer that the window uses.

use std::ops::ControlFlow;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::options::{activation, loss, optimizer};
use super::{CliError, output};
use crate::nn::{Activation, Loss};
use crate::train::bench_task::{BenchResult, BenchTask};

/// Arguments of `netsmith bench`.
#[derive(Args, Clone, Debug)]
pub struct BenchArgs {
    /// Seconds to measure each task for
    #[arg(long, default_value_t = 3.0, value_parser = seconds)]
    seconds: f64,
    /// Print one JSON object per task
    #[arg(long)]
    json: bool,
    /// Most processor threads to train with; a small network uses one
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
    /// Only the fixed tasks of these names: `tiny spiral spiral_adam digits mnist wide`
    #[arg(long, value_name = "TASK,…", value_delimiter = ',')]
    tasks: Option<Vec<String>>,

    /// A task of your own instead: inputs, hidden widths, outputs
    #[arg(
        long,
        value_name = "3,16,16,2",
        value_delimiter = ',',
        help_heading = "A task of your own"
    )]
    layers: Option<Vec<usize>>,
    /// Rows in a mini-batch
    #[arg(long, value_name = "N", default_value_t = 32, help_heading = "A task of your own")]
    batch_size: usize,
    /// Rows in an epoch
    #[arg(long, value_name = "N", default_value_t = 1000, help_heading = "A task of your own")]
    samples: usize,
    /// Activation of the hidden layers
    #[arg(long, default_value = "relu", value_parser = activation, help_heading = "A task of your own")]
    activation: Activation,
    /// Training method
    #[arg(long, default_value = "adam", value_parser = optimizer, help_heading = "A task of your own")]
    optimizer: String,
    /// Loss; cross-entropy if left out
    #[arg(long, value_parser = loss, help_heading = "A task of your own")]
    loss: Option<Loss>,
    /// L2 penalty
    #[arg(long, default_value_t = 0.0, help_heading = "A task of your own")]
    l2: f64,
    /// Longest gradient
    #[arg(long, value_name = "NORM", help_heading = "A task of your own")]
    clip_norm: Option<f64>,
    /// Dropout after each hidden layer
    #[arg(long, default_value_t = 0.0, help_heading = "A task of your own")]
    dropout: f32,
}

/// Runs the command.
///
/// # Errors
/// [`CliError::Usage`] for a task there is not, or layers that make no network.
pub fn run(args: &BenchArgs) -> Result<(), CliError> {
    let time = Duration::from_secs_f64(args.seconds);
    for task in tasks(args)? {
        let result = task
            .run(time, usize::from(args.threads), &|| ControlFlow::Continue(()))
            .map_err(|error| CliError::Usage(error.to_string()))?;
        report(&task, result, args)?;
    }
    Ok(())
}

fn report(task: &BenchTask, result: BenchResult, args: &BenchArgs) -> Result<(), CliError> {
    let BenchResult { samples_per_second, gflops, threads } = result;
    if args.json {
        let object = json!({
            "task": task.name,
            "samples_per_s": samples_per_second.round(),
            "gflops": (gflops * 100.0).round() / 100.0,
            "threads": threads,
        });
        return output::line(&object.to_string());
    }
    output::line(&format!(
        "{:12} {:>14.0} samples/s {:>9.2} GFLOPS   {}",
        task.name,
        samples_per_second,
        gflops,
        if threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") }
    ))
}

fn tasks(args: &BenchArgs) -> Result<Vec<BenchTask>, CliError> {
    if let Some(layers) = &args.layers {
        if layers.len() < 2 || layers.contains(&0) {
            return Err(CliError::Usage(
                "--layers needs at least inputs and outputs, each 1 or more, such as 3,16,16,2"
                    .to_owned(),
            ));
        }
        return Ok(vec![BenchTask {
            name: layers.iter().map(ToString::to_string).collect::<Vec<_>>().join("-"),
            layers: layers.clone(),
            batch_size: args.batch_size,
            samples: args.samples,
            activation: args.activation,
            optimizer: args.optimizer.clone(),
            loss: args.loss,
            l2: args.l2,
            clip_norm: args.clip_norm,
            dropout: args.dropout,
        }]);
    }
    let fixed = BenchTask::fixed();
    let Some(names) = &args.tasks else { return Ok(fixed) };
    for name in names {
        if !fixed.iter().any(|task| task.name == *name) {
            let known: Vec<_> = fixed.iter().map(|task| task.name.as_str()).collect();
            return Err(CliError::Usage(format!(
                "There is no task \"{name}\". There are: {}.",
                known.join(", ")
            )));
        }
    }
    Ok(fixed.into_iter().filter(|task| names.contains(&task.name)).collect())
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|seconds| (0.01..=3600.0).contains(seconds))
        .ok_or_else(|| format!("expected seconds from 0.01 to 3600, found \"{text}\""))
}
