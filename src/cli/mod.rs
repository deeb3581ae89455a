//! The headless commands: everything the window computes, for scripts, grading and tests.
//!
//! Results go to standard output, messages and progress to standard error. Exit codes: 0 done,
//! 1 the work failed, 2 wrong usage.

mod bench;
mod curse;
mod list;
mod options;
mod output;
mod predict;
mod race;
mod range_test;
mod render;
mod solve;
mod train;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use thiserror::Error;

pub use options::ExperimentOptions;

use crate::app;

/// A sandbox in which beginners build, train and understand neural networks.
///
/// Without a command the window opens, on FILE if one is given. `netsmith COMMAND --help` explains
/// each command.
#[derive(Debug, Parser)]
#[command(name = "netsmith", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// An experiment (.netsmith.json) or a table (.csv) to open in the window
    file: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train an experiment without a window
    Train(train::TrainArgs),
    /// Predict the rows of a CSV file with a trained experiment
    Predict(predict::PredictArgs),
    /// List what can be named: data sets, training methods, activations, losses …
    List(list::ListArgs),
    /// Measure how fast training is on this machine
    Bench(bench::BenchArgs),
    /// Let several training methods solve the same task and compare them
    Race(race::RaceArgs),
    /// Try a method on networks of growing size against gradient descent: the curse of dimension
    Curse(curse::CurseArgs),
    /// Try learning rates from tiny to huge and suggest one that works
    RangeTest(range_test::RangeTestArgs),
    /// Solve a linear system step by step, as the methods that train networks do inside
    Solve(solve::SolveArgs),
    /// Draw the window into a PNG picture, without a display
    Render(render::RenderArgs),
}

/// An experiment from a file, from options, or from a file with some things changed by options.
#[derive(Args, Clone, Debug)]
pub struct ExperimentArgs {
    /// An experiment saved by Netsmith; without it the options describe one
    #[arg(value_name = "EXPERIMENT.json")]
    pub experiment: Option<PathBuf>,
    #[command(flatten)]
    /// What to change in it, or what to begin with.
    pub options: ExperimentOptions,
}

/// Why a command ended without its result.
#[derive(Debug, Error)]
pub enum CliError {
    /// The command was given wrongly.
    #[error("{0}")]
    Usage(String),
    /// The work failed.
    #[error("{0}")]
    Failed(String),
}

impl CliError {
    fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        None => app::window::open(cli.file).map_err(CliError::failed),
        Some(Command::Train(args)) => train::run(&args),
        Some(Command::Predict(args)) => predict::run(&args),
        Some(Command::List(args)) => list::run(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::Race(args)) => race::run(&args),
        Some(Command::Curse(args)) => curse::run(&args),
        Some(Command::RangeTest(args)) => range_test::run(&args),
        Some(Command::Solve(args)) => solve::run(&args),
        Some(Command::Render(args)) => render::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::message(&format!("netsmith: {error}"));
            match error {
                CliError::Usage(_) => ExitCode::from(2),
                CliError::Failed(_) => ExitCode::from(1),
            }
        }
    }
}
