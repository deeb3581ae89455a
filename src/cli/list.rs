//! `netsmith list`: what can be named on the command line and in files.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{CliError, output};
use crate::data::{self, SetKind};
use crate::krylov::{self, Preconditioner};
use crate::nn::{Activation, Initialization, Loss};
use crate::optim::{self, Schedule};

/// Arguments of `netsmith list`.
#[derive(Args, Clone, Debug)]
pub struct ListArgs {
    /// What to list; left out, the lists there are
    what: Option<What>,
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
    Solvers,
    Preconditioners,
}

impl What {
    /// The name for people, and what the list holds with the option that takes it.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Datasets => ("Data sets", "What to train on: --data"),
            Self::Optimizers => ("Training methods", "How weights are changed: --optimizer"),
            Self::Activations => ("Activations", "What hidden neurons compute: --activation"),
            Self::Losses => ("Losses", "What training makes small: --loss"),
            Self::Initializations => {
                ("Initializations", "How starting weights are drawn: --initialization")
            }
            Self::Schedules => ("Schedules", "How the learning rate changes: --schedule"),
            Self::Solvers => ("Solvers", "How a linear system is solved: solve --method"),
            Self::Preconditioners => {
                ("Preconditioners", "What makes solvers faster: solve --preconditioner")
            }
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the result cannot be written.
pub fn run(args: &ListArgs) -> Result<(), CliError> {
    for entry in args.what.map_or_else(lists, entries) {
        if args.json {
            output::line(&entry.to_string())?;
        } else {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or("");
            output::line(&format!("{:24} {:28} {}", text("id"), text("name"), text("summary")))?;
        }
    }
    Ok(())
}

/// The lists there are.
fn lists() -> Vec<Value> {
    let list = |what: &What| {
        let id = what.to_possible_value()?.get_name().to_owned();
        let (name, summary) = what.words();
        Some(json!({"id": id, "name": name, "count": entries(*what).len(), "summary": summary}))
    };
    What::value_variants().iter().filter_map(list).collect()
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
        What::Solvers => krylov::SOLVERS.iter().map(|page| solver(page)).collect(),
        What::Preconditioners => Preconditioner::ALL
            .iter()
            .map(|p| json!({"id": p.id(), "name": p.name(), "summary": p.summary()}))
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

fn solver(page: &krylov::Page) -> Value {
    json!({"id": page.id, "name": page.name, "long_name": page.long_name, "summary": page.summary,
           "formula": page.formula, "needs": page.needs, "fails_on": page.fails_on,
           "products": page.products, "memory": page.memory, "source": page.source})
}
