//! `netsmith train`: trains an experiment and prints what it measures after each epoch.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value, json};

use super::{CliError, ExperimentArgs, output};
use crate::data::DataError;
use crate::experiment::file::with_extension;
use crate::experiment::{ExperimentFile, PrepareError, Prepared, TableStore};
use crate::train::metrics::PartMetrics;
use crate::train::{CurvePoint, StopReason, Trainer};

/// Arguments of `netsmith train`.
#[derive(Args, Clone, Debug)]
pub struct TrainArgs {
    #[command(flatten)]
    experiment: ExperimentArgs,
    /// Print one JSON object per epoch and a last one with the result
    #[arg(long)]
    json: bool,
    /// Save the experiment with its trained weights
    #[arg(long, value_name = "FILE.netsmith.json")]
    save: Option<PathBuf>,
    /// Processor threads to train large networks with; the numbers are the same for any
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
}

/// Runs the command.
///
/// # Errors
/// As [`CliError`] says.
pub fn run(args: &TrainArgs) -> Result<(), CliError> {
    let (spec, saved) = args.experiment.read()?;
    let epochs = spec.training.stop.epochs;
    if let Some(path) = &args.save {
        check_folder(path)?;
    }
    let prepared = prepare(spec)?;
    for note in &prepared.samples.notes {
        output::message(&note.to_string());
    }
    let mut trainer = match saved {
        Some(saved) => {
            let mut trainer = Trainer::resume(prepared, saved).map_err(CliError::failed)?;
            trainer.extend();
            trainer
        }
        None => Trainer::new(prepared).map_err(CliError::failed)?,
    };
    trainer.set_threads(usize::from(args.threads));
    let bar = output::progress_bar(epochs.unwrap_or(0), "epochs");
    let stop = loop {
        let begun = trainer.epoch();
        let stop = trainer.run_epoch();
        // An epoch in which the run diverged was not measured.
        if let Some(point) = trainer.curve().last().filter(|point| point.epoch > begun) {
            if args.json {
                output::line(&Value::Object(epoch_object(point)).to_string())?;
            }
            bar.set_position(trainer.epoch());
            bar.set_message(summary(&point.metrics.train, point.metrics.validation.as_ref()));
        }
        if let Some(stop) = stop {
            break stop;
        }
    };
    bar.finish_and_clear();
    finish(args, &trainer, &stop)
}

/// Prepares an experiment, with a progress bar while a file is read.
pub(super) fn prepare(spec: crate::experiment::ExperimentSpec) -> Result<Prepared, CliError> {
    let bar = output::progress_bar(100, "% read");
    let progress = |share: f32| {
        bar.set_position((share * 100.0) as u64);
        ControlFlow::Continue(())
    };
    let prepared = Prepared::load(spec, &TableStore::default(), &progress);
    bar.finish_and_clear();
    prepared.map_err(|error| match error {
        PrepareError::Problems(_) | PrepareError::UnknownSet { .. } => {
            CliError::Usage(error.to_string())
        }
        PrepareError::Data(fault) if is_wrong_choice(&fault) => CliError::Usage(fault.to_string()),
        _ => CliError::failed(error),
    })
}

/// Whether it is not the data that are at fault but what was asked of them.
const fn is_wrong_choice(fault: &DataError) -> bool {
    matches!(
        fault,
        DataError::UnknownColumn { .. }
            | DataError::Setting { .. }
            | DataError::Formula { .. }
            | DataError::FormulaValue { .. }
            | DataError::NoFeatures
            | DataError::FeatureNeedsPlane { .. }
    )
}

/// It would be a pity to train for an hour and then find no folder to save in.
fn check_folder(path: &Path) -> Result<(), CliError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(CliError::Failed(format!(
            "There is no folder {} to save in. Create it, or choose another.",
            folder.display()
        ))),
        _ => Ok(()),
    }
}

fn finish(args: &TrainArgs, trainer: &Trainer, stop: &StopReason) -> Result<(), CliError> {
    if let Some(path) = &args.save {
        let path = with_extension(path.clone());
        let spec = trainer.prepared().spec.as_ref().clone();
        let run = trainer.is_finite().then(|| trainer.save());
        let without =
            if run.is_none() { " without its weights, which are no longer numbers" } else { "" };
        ExperimentFile::new(spec, run).save(&path).map_err(CliError::failed)?;
        output::message(&format!("Saved {}{without}", path.display()));
    }
    if args.json {
        output::line(&done_object(trainer, stop).to_string())?;
    } else {
        let metrics = trainer.metrics();
        output::line(&stop.to_string())?;
        output::line(&summary(&metrics.train, metrics.validation.as_ref()))?;
    }
    match stop {
        StopReason::Diverged(diagnosis) => Err(CliError::failed(diagnosis)),
        StopReason::Halted(halt) if halt.kind.is_failure() => Err(CliError::failed(stop)),
        _ => Ok(()),
    }
}

pub(super) fn epoch_object(point: &CurvePoint) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("epoch".to_owned(), json!(point.epoch));
    let validation = point.metrics.validation;
    let mut both = |name: &str, value: fn(&PartMetrics) -> Option<f64>| {
        if let Some(train) = value(&point.metrics.train) {
            object.insert(format!("train_{name}"), json!(train));
            let value = validation.as_ref().and_then(value);
            object.insert(format!("validation_{name}"), json!(value));
        }
    };
    both("loss", |part| Some(part.loss));
    both("accuracy", |part| part.accuracy);
    both("rmse", |part| part.rmse);
    both("r2", |part| part.r2);
    object
}

fn done_object(trainer: &Trainer, stop: &StopReason) -> Value {
    json!({
        "done": true,
        "stop_reason": stop.id(),
        "parameters": trainer.parameters().len(),
        "seconds": trainer.training_seconds(),
        "gradient_evaluations": trainer.evaluations().gradients,
    })
}

/// "loss 0.043 / 0.051  accuracy 98.0 % / 97.2 %": training and validation part.
fn summary(train: &PartMetrics, validation: Option<&PartMetrics>) -> String {
    let both = |value: &dyn Fn(&PartMetrics) -> Option<String>| {
        let train = value(train)?;
        Some(match validation.and_then(value) {
            Some(validation) => format!("{train} / {validation}"),
            None => train,
        })
    };
    let mut parts = Vec::new();
    parts
        .extend(both(&|part| Some(format!("{:.4}", part.loss))).map(|text| format!("loss {text}")));
    parts.extend(
        both(&|part| part.accuracy.map(|share| format!("{:.1} %", share * 100.0)))
            .map(|text| format!("accuracy {text}")),
    );
    parts.extend(
        both(&|part| part.rmse.map(|rmse| format!("{rmse:.4}"))).map(|text| format!("RMSE {text}")),
    );
    parts.extend(
        both(&|part| part.r2.map(|r2| format!("{r2:.3}"))).map(|text| format!("R² {text}")),
    );
    let split = if validation.is_some() { "  (training / validation)" } else { "" };
    format!("{}{split}", parts.join("  "))
}
