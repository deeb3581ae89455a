//! `netsmith race`: several training methods on the same task, compared.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use clap::Args;
use serde_json::{Value, json};

use super::train::{epoch_object, prepare};
use super::{CliError, ExperimentArgs, output};
use crate::experiment::{Prepared, TrainingSpec};
use crate::optim;
use crate::train::Trainer;
use crate::train::race::{RACERS, Standing, compare, entry, quality, racer};

/// Arguments of `netsmith race`.
#[derive(Args, Clone, Debug)]
pub struct RaceArgs {
    #[command(flatten)]
    experiment: ExperimentArgs,
    /// The methods, two to six (`netsmith list optimizers`); each with its default settings, the
    /// experiment's own method with those of the experiment
    #[arg(long, value_name = "ID,ID,…", value_delimiter = ',', required = true, value_parser = super::options::optimizer)]
    optimizers: Vec<String>,
    /// Print one JSON object a line: every epoch of every method, then how each one stands
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Wrong options, data that cannot be read.
pub fn run(args: &RaceArgs) -> Result<(), CliError> {
    if !RACERS.contains(&args.optimizers.len()) {
        return Err(CliError::Usage(format!(
            "A race needs {} to {} methods; --optimizers names {}.",
            RACERS.start(),
            RACERS.end(),
            args.optimizers.len()
        )));
    }
    let (spec, _) = args.experiment.read()?;
    let prepared = prepare(spec)?;
    let epochs = prepared.spec.training.stop.epochs.unwrap_or(1000);
    let racers: Vec<TrainingSpec> = args
        .optimizers
        .iter()
        .filter_map(|id| optim::method(id))
        .map(|method| racer(&prepared.spec, method, epochs))
        .collect();
    let trainers = race(&prepared, &racers)?;
    if args.json {
        for trainer in &trainers {
            print_curve(trainer)?;
        }
        for trainer in &trainers {
            let mut object = json!(Standing::of(trainer));
            if let Value::Object(fields) = &mut object {
                fields.insert("done".to_owned(), json!(true));
                let reason = trainer.stopped().map(crate::train::StopReason::id);
                fields.insert("stop_reason".to_owned(), json!(reason));
                fields.remove("stop");
            }
            output::line(&object.to_string())?;
        }
        return Ok(());
    }
    print_table(&trainers)
}

/// Runs all racers, as many at once as the machine has processors, so that their seconds can be
/// compared.
fn race(prepared: &Prepared, racers: &[TrainingSpec]) -> Result<Vec<Trainer>, CliError> {
    let entries: Vec<Prepared> = racers
        .iter()
        .map(|training| entry(prepared, training))
        .collect::<Result<_, _>>()
        .map_err(|error| CliError::Usage(error.to_string()))?;
    let finished: Vec<Mutex<Option<Trainer>>> = entries.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let bar = output::progress_bar(entries.len() as u64, "methods");
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(entry), Some(place)) = (entries.get(index), finished.get(index)) else {
                break;
            };
            if let Ok(mut trainer) = Trainer::new(entry.clone()) {
                while trainer.run_epoch().is_none() {}
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(trainer);
            }
            bar.inc(1);
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(entries.len());
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(work);
        }
        work();
    });
    bar.finish_and_clear();
    let trainers: Vec<Trainer> = finished
        .into_iter()
        .filter_map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect();
    if trainers.len() == racers.len() {
        Ok(trainers)
    } else {
        Err(CliError::Failed("A racer did not finish.".to_owned()))
    }
}

fn print_curve(trainer: &Trainer) -> Result<(), CliError> {
    let optimizer = &trainer.prepared().spec.training.optimizer;
    for point in trainer.curve().points() {
        let mut object = epoch_object(point);
        object.insert("optimizer".to_owned(), json!(optimizer));
        object.insert("work".to_owned(), json!(point.work));
        object.insert("seconds".to_owned(), json!(point.seconds));
        output::line(&Value::Object(object).to_string())?;
    }
    Ok(())
}

fn print_table(trainers: &[Trainer]) -> Result<(), CliError> {
    output::line(&format!(
        "{:24} {:>10} {:>10} {:>8} {:>12} {:>9}  {}",
        "method", "train loss", "val. loss", "quality", "gradients*", "seconds", "verdict"
    ))?;
    let mut standings: Vec<Standing> = trainers.iter().map(Standing::of).collect();
    standings.sort_by(compare);
    for standing in &standings {
        let name = optim::method(&standing.optimizer).map_or("", |method| method.name);
        let validation = standing
            .metrics
            .validation
            .map_or_else(|| "–".to_owned(), |part| format!("{:.4}", part.loss));
        output::line(&format!(
            "{name:24} {:>10.4} {validation:>10} {:>7.1} % {:>10.1} {:>9.3}  {}",
            standing.metrics.train.loss,
            100.0 * quality(standing.metrics),
            standing.work,
            standing.seconds,
            standing.verdict
        ))?;
    }
    output::line(
        "quality: accuracy or R² on the validation part.  * gradients over all training rows: a \
         loss counts ½, a curvature product 2.",
    )
}
