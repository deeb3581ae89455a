//! `netsmith list`: what can be named on the command line and in files.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{CliError, output};
use crate::data::{self, SetKind};
use crate::nn::{Activation, Initialization, Loss};
use crate::optim::{self, Schedule};

/// Arguments of `netsmith list`.
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// What to list
    what: What,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Datasets,
    Optimizers,
    Activations,
    Losses,
    Initializations,
    Schedules,
}

/// Runs the command.
///
/// # Errors
/// When the result cannot be written.
pub fn run(args: &ListArgs) -> Result<(), CliError> {
    for entry in entries(args.what) {
        if args.json {
            output::line(&entry.to_string())?;
        } else {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or("");
            output::line(&format!("{:24} {:28} {}", text("id"), text("name"), text("summary")))?;
        }
    }
    Ok(())
}

fn entries(what: What) -> Vec<Value> {
    match what {
        What::Datasets => datasets(),
        What::Optimizers => optim::METHODS.iter().map(|method| optimizer(method)).collect(),
        What::Activations => Activation::ALL
            .iter()
            .map(|a| {
                json!({"id": a.id(), "name": a.name(), "formula": a.formula(),
                       "summary": a.summary()})
            })
            .collect(),
        What::Losses => Loss::ALL
            .iter()
            .map(|loss| {
                json!({"id": loss.id(), "name": loss.name(), "formula": loss.formula(),
                       "summary": loss.summary()})
            })
            .collect(),
        What::Initializations => Initialization::ALL
            .iter()
            .map(|i| json!({"id": i.id(), "name": i.name(), "summary": i.summary()}))
            .collect(),
        What::Schedules => Schedule::ALL
            .iter()
            .map(|s| json!({"id": s.id(), "name": s.name(), "summary": s.summary()}))
            .collect(),
    }
}

fn datasets() -> Vec<Value> {
    let synthetic = data::SYNTHETIC.iter().map(|set| {
        let task = match set.kind {
            SetKind::Classification => "classification",
            SetKind::Regression | SetKind::Curve => "regression",
        };
        json!({"id": set.id, "name": set.name, "kind": "synthetic", "task": task,
               "summary": set.summary})
    });
    let library = data::LIBRARY.iter().map(|set| {
        json!({"id": set.id, "name": set.name, "kind": "table", "task": set.task,
               "target": set.target, "licence": set.licence, "source": set.source,
               "summary": set.summary})
    });
    synthetic.chain(library).collect()
}

fn optimizer(method: &optim::Method) -> Value {
    let settings: Vec<_> = method
        .settings
        .iter()
        .map(|setting| {
            json!({"id": setting.id, "name": setting.name, "default": setting.default,
                   "min": setting.min, "max": setting.max})
        })
        .collect();
    json!({"id": method.id, "name": method.name, "family": method.family.id(),
           "learning_rate": method.default_learning_rate, "summary": method.summary,
           "source": method.source, "settings": settings})
}
