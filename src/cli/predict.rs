//! `netsmith predict`: the answers of a trained experiment to the rows of a CSV file.

use std::fs::File;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;

use super::{CliError, output};
use crate::data::{self, Table, TargetEncoding};
use crate::experiment::{ExperimentFile, Prepared};
use crate::insight::answer::{Verdict, verdict};
use crate::insight::map::outputs_of;
use crate::insight::pass::Pass;
use crate::train::SavedRun;

/// Arguments of `netsmith predict`.
#[derive(Args, Clone, Debug)]
pub struct PredictArgs {
    /// A trained experiment, saved with its weights
    #[arg(value_name = "FILE.netsmith.json")]
    experiment: PathBuf,
    /// The rows to predict; columns are found by their name
    #[arg(value_name = "FILE.csv")]
    table: PathBuf,
    /// Where to write the rows with their predictions; standard output if left out
    #[arg(long, value_name = "predictions.csv")]
    out: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// As [`CliError`] says.
pub fn run(args: &PredictArgs) -> Result<(), CliError> {
    let file = ExperimentFile::<SavedRun>::open(&args.experiment).map_err(CliError::failed)?;
    let Some(run) = file.run else {
        return Err(CliError::Failed(format!(
            "{} holds no trained weights. Train it first: netsmith train {} --save {}",
            args.experiment.display(),
            args.experiment.display(),
            args.experiment.display(),
        )));
    };
    let network =
        Prepared::network_for(&file.experiment, &run.encoder).map_err(CliError::failed)?;
    if network.parameter_count() != run.parameters.len() {
        return Err(CliError::Failed(format!(
            "The saved weights do not belong to the network in {}: it has {} parameters, the file \
             holds {}.",
            args.experiment.display(),
            network.parameter_count(),
            run.parameters.len()
        )));
    }
    let loaded = data::read_rows_file(&args.table, &|_| ControlFlow::Continue(()))
        .map_err(CliError::failed)?;
    let (inputs, notes) = run.encoder.encode_table(&loaded.table).map_err(CliError::failed)?;
    for note in loaded.notes.iter().chain(&notes) {
        output::message(&note.to_string());
    }
    let mut verdicts = Vec::with_capacity(loaded.table.rows());
    let mut pass = Pass::new(&network);
    let encoded = inputs.as_slice().unwrap_or(&[]);
    pass.run(&network, &run.parameters, encoded, |_, workspace| {
        verdicts.extend((0..workspace.batch()).map(|row| {
            verdict(&run.encoder.target, &outputs_of(workspace, row).collect::<Vec<_>>())
        }));
    });
    match &args.out {
        Some(path) => {
            let file = File::create(path).map_err(|error| {
                CliError::Failed(format!("{} cannot be written: {error}", path.display()))
            })?;
            write(file, &loaded.table, &run.encoder.target, &verdicts)?;
            let plural = if verdicts.len() == 1 { "" } else { "s" };
            let count = verdicts.len();
            output::message(&format!("{count} prediction{plural} in {}", path.display()));
            Ok(())
        }
        None => write(io::stdout().lock(), &loaded.table, &run.encoder.target, &verdicts),
    }
}

/// All columns of the table, then the prediction, then the probability of each class.
fn write(
    out: impl Write,
    table: &Table,
    target: &TargetEncoding,
    verdicts: &[Verdict],
) -> Result<(), CliError> {
    let mut writer = csv::Writer::from_writer(out);
    let mut header: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    header.push("prediction".to_owned());
    if let TargetEncoding::Classes { classes, .. } = target {
        header.extend(classes.iter().map(|class| format!("probability of {class}")));
    }
    writer.write_record(&header).map_err(failed)?;
    for (row, verdict) in verdicts.iter().enumerate() {
        let mut record: Vec<String> =
            table.columns.iter().map(|column| column.values.display(row)).collect();
        match verdict {
            Verdict::Number { value, .. } => record.push(value.to_string()),
            Verdict::Classes { probabilities, best } => {
                record.push(probabilities.get(*best).map_or_else(String::new, |p| p.0.clone()));
                record.extend(probabilities.iter().map(|(_, p)| format!("{p:.6}")));
            }
        }
        writer.write_record(&record).map_err(failed)?;
    }
    writer.flush().map_err(|error| failed(error.into()))
}

/// A reader that has gone away (`| head`) ends the program quietly.
fn failed(error: csv::Error) -> CliError {
    if let csv::ErrorKind::Io(error) = error.kind()
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
    CliError::failed(error)
}
