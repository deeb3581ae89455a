//! The experiment described by options: one for every setting of the document.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{CliError, ExperimentArgs};
use crate::data::{self, Feature, TaskKind};
use crate::experiment::spec::suited_initialization;
use crate::experiment::{
    DataSource, ExperimentFile, ExperimentSpec, LayerKind, NetworkSpec, TrainingSpec,
};
use crate::nn::{Activation, Initialization, Loss};
use crate::optim::{self, BatchUse, Schedule};
use crate::train::SavedRun;

/// What is left out keeps the experiment's value, or the default that the window offers.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Experiment")]
pub struct ExperimentOptions {
    /// A data set (`netsmith list datasets`) or a CSV file
    #[arg(long, value_name = "NAME|FILE.csv")]
    pub data: Option<String>,
    /// Column to predict (tables)
    #[arg(long, value_name = "COLUMN")]
    pub target: Option<String>,
    /// Columns to predict from (tables)
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub inputs: Option<Vec<String>>,
    /// Kind of prediction (tables): regression or classification
    #[arg(long, value_parser = task)]
    pub task: Option<TaskKind>,
    /// Number of points (synthetic sets)
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// Noise, 0 to 0.5 (synthetic sets)
    #[arg(long, value_name = "X")]
    pub noise: Option<f64>,
    /// Number of classes, 2 to 6 (blobs)
    #[arg(long, value_name = "N")]
    pub classes: Option<usize>,
    /// Formula in x to fit (curve), such as "sin(x) + 0.1*x^2"
    #[arg(long)]
    pub formula: Option<String>,
    /// Inputs made of the coordinates: `x1 x2 x1_squared x2_squared x1_x2 sin_x1 sin_x2`
    #[arg(long, value_name = "FEATURE,…", value_delimiter = ',', value_parser = feature)]
    pub features: Option<Vec<Feature>>,
    /// Share of the rows to train on, 0.1 to 1
    #[arg(long, value_name = "SHARE")]
    pub train_share: Option<f64>,
    /// The seed all random numbers follow from
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Widths of the hidden layers; `none` for no hidden layer
    #[arg(long, value_name = "8,8", value_parser = layers, help_heading = "Network")]
    pub layers: Option<Widths>,
    /// Activation of the hidden layers (`netsmith list activations`)
    #[arg(long, value_parser = activation, help_heading = "Network")]
    pub activation: Option<Activation>,
    /// Dropout after each hidden layer, 0 to 0.9
    #[arg(long, value_name = "RATE", help_heading = "Network")]
    pub dropout: Option<f32>,
    /// How starting weights are drawn (`netsmith list initializations`)
    #[arg(long, value_parser = initialization, help_heading = "Network")]
    pub initialization: Option<Initialization>,

    /// Training method (`netsmith list optimizers`)
    #[arg(long, value_parser = optimizer, help_heading = "Training")]
    pub optimizer: Option<String>,
    /// A setting of the training method, such as beta1=0.8; may be given several times
    #[arg(long = "set", value_name = "SETTING=VALUE", value_parser = setting, help_heading = "Training")]
    pub settings: Vec<(String, String)>,
    /// Learning rate; left out, the method's own default
    #[arg(long, value_name = "RATE", help_heading = "Training")]
    pub learning_rate: Option<f64>,
    /// How the learning rate changes: `constant step exponential cosine warm_up one_cycle`
    #[arg(long, value_parser = schedule, help_heading = "Training")]
    pub schedule: Option<Schedule>,
    /// Rows in a mini-batch
    #[arg(long, value_name = "N", help_heading = "Training")]
    pub batch_size: Option<usize>,
    /// Look at all training rows in every update
    #[arg(long, conflicts_with = "batch_size", help_heading = "Training")]
    pub full_batch: bool,
    /// Loss (`netsmith list losses`)
    #[arg(long, value_parser = loss, help_heading = "Training")]
    pub loss: Option<Loss>,
    /// L1 penalty
    #[arg(long, value_name = "X", help_heading = "Training")]
    pub l1: Option<f64>,
    /// L2 penalty
    #[arg(long, value_name = "X", help_heading = "Training")]
    pub l2: Option<f64>,
    /// Longest gradient; longer ones are scaled down
    #[arg(long, value_name = "NORM", help_heading = "Training")]
    pub clip_norm: Option<f64>,
    /// Climb the loss instead of descending it
    #[arg(long, help_heading = "Training")]
    pub ascent: bool,
    /// Stop after so many epochs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Training")]
    pub epochs: Option<u64>,
    /// Stop when the training loss is no larger
    #[arg(long, value_name = "LOSS", help_heading = "Training")]
    pub target_loss: Option<f64>,
    /// Stop when the validation loss has not improved for so many epochs; the best weights are
    /// restored
    #[arg(long, value_name = "EPOCHS", help_heading = "Training")]
    pub patience: Option<u64>,
}

/// Widths of hidden layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widths(Vec<usize>);

impl ExperimentArgs {
    /// The experiment, and the run saved with it if there is one and nothing was changed that it
    /// depends on.
    ///
    /// # Errors
    /// A file that cannot be opened, options that do not fit.
    pub fn read(&self) -> Result<(ExperimentSpec, Option<SavedRun>), CliError> {
        let Some(path) = &self.experiment else {
            return Ok((self.options.apply(None)?, None));
        };
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            return Err(CliError::Usage(format!(
                "{} is a table, not an experiment. Say --data {} to train on it.",
                path.display(),
                path.display()
            )));
        }
        let file = ExperimentFile::<SavedRun>::open(path).map_err(CliError::failed)?;
        let spec = self.options.apply(Some(file.experiment.clone()))?;
        // Another seed draws other rows and other starting weights.
        let same = spec.network == file.experiment.network
            && spec.data == file.experiment.data
            && spec.seed == file.experiment.seed;
        Ok((spec, file.run.filter(|_| same)))
    }
}

impl ExperimentOptions {
    /// The experiment with the options applied to it.
    ///
    /// # Errors
    /// [`CliError::Usage`] for an option that the data have no use for.
    pub fn apply(&self, base: Option<ExperimentSpec>) -> Result<ExperimentSpec, CliError> {
        let mut spec = match (&self.data, base) {
            (None, base) => base.unwrap_or_default(),
            (Some(name), None) => ExperimentSpec::on(source(name)?),
            (Some(name), Some(mut base)) => {
                base.data.source = source(name)?;
                base
            }
        };
        self.apply_data(&mut spec)?;
        self.apply_network(&mut spec.network);
        self.apply_training(&mut spec.training)?;
        if let Some(seed) = self.seed {
            spec.seed = seed;
        }
        Ok(spec)
    }

    fn apply_data(&self, spec: &mut ExperimentSpec) -> Result<(), CliError> {
        if let Some(share) = self.train_share {
            spec.data.train_share = share;
        }
        let mut unused = Vec::new();
        let mut note = |name: &'static str, given: bool| unused.extend(given.then_some(name));
        match &mut spec.data.source {
            DataSource::Synthetic(set) => {
                note("--target", self.target.is_some());
                note("--inputs", self.inputs.is_some());
                note("--task", self.task.is_some());
                set.samples = self.samples.unwrap_or(set.samples);
                set.noise = self.noise.unwrap_or(set.noise);
                set.classes = self.classes.unwrap_or(set.classes);
                if let Some(formula) = &self.formula {
                    set.formula.clone_from(formula);
                }
                if let Some(features) = &self.features {
                    set.features.clone_from(features);
                }
            }
            DataSource::Points(points) => {
                note("--target", self.target.is_some());
                note("--samples", self.samples.is_some());
                note("--noise", self.noise.is_some());
                if let Some(features) = &self.features {
                    points.features.clone_from(features);
                }
            }
            DataSource::Table(table) => {
                note("--samples", self.samples.is_some());
                note("--noise", self.noise.is_some());
                note("--classes", self.classes.is_some());
                note("--formula", self.formula.is_some());
                note("--features", self.features.is_some());
                table.target = self.target.clone().or_else(|| table.target.take());
                table.inputs = self.inputs.clone().or_else(|| table.inputs.take());
                table.task = self.task.or(table.task);
            }
        }
        if unused.is_empty() {
            return Ok(());
        }
        Err(CliError::Usage(format!(
            "{} cannot be used with the data \"{}\".",
            unused.join(", "),
            spec.data.source.title()
        )))
    }

    fn apply_network(&self, network: &mut NetworkSpec) {
        let kept = network.layers.iter().find_map(|layer| match layer.kind {
            LayerKind::Dense { activation, .. } => Some(activation),
            _ => None,
        });
        let activation = self.activation.or(kept).unwrap_or(Activation::Tanh);
        if let Some(Widths(widths)) = &self.layers {
            let draw = network.draw;
            *network = NetworkSpec::dense(widths, activation);
            network.draw = draw;
        } else if self.activation.is_some() {
            for layer in &mut network.layers {
                if let LayerKind::Dense { activation: current, .. } = &mut layer.kind {
                    *current = activation;
                }
            }
            network.initialization = suited_initialization(activation);
        }
        if let Some(rate) = self.dropout {
            network.add_dropout(rate);
        }
        network.initialization = self.initialization.unwrap_or(network.initialization);
    }

    fn apply_training(&self, training: &mut TrainingSpec) -> Result<(), CliError> {
        if let Some(id) = &self.optimizer
            && *id != training.optimizer
            && let Some(method) = optim::method(id)
        {
            training.choose(method);
        }
        if let Some(method) = optim::method(&training.optimizer) {
            for (id, text) in &self.settings {
                training.settings.set(id, setting_value(method, id, text)?);
            }
        }
        training.learning_rate = self.learning_rate.unwrap_or(training.learning_rate);
        training.schedule = self.schedule.unwrap_or(training.schedule);
        if let Some(rows) = self.batch_size {
            training.batch_size = rows;
            training.whole_batch = training.whole_batch.and(Some(false));
            if optim::method(&training.optimizer).is_some_and(|m| m.batch == BatchUse::Large) {
                training.whole_batch = Some(false);
            }
        }
        if self.full_batch {
            training.whole_batch = Some(true);
        }
        training.loss = self.loss.or(training.loss);
        training.l1 = self.l1.unwrap_or(training.l1);
        training.l2 = self.l2.unwrap_or(training.l2);
        training.clip_norm = self.clip_norm.or(training.clip_norm);
        training.ascent |= self.ascent;
        training.stop.epochs = self.epochs.or(training.stop.epochs);
        training.stop.target_loss = self.target_loss.or(training.stop.target_loss);
        training.stop.patience = self.patience.or(training.stop.patience);
        Ok(())
    }
}

/// A set's name or a CSV file.
fn source(name: &str) -> Result<DataSource, CliError> {
    if let Some(source) = DataSource::named(name) {
        return Ok(source);
    }
    let path = Path::new(name);
    let looks_like_a_file =
        path.extension().is_some() || path.components().count() > 1 || path.exists();
    if looks_like_a_file {
        let path = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
        return Ok(ExperimentSpec::on_file(path).data.source);
    }
    let known: Vec<_> = data::SYNTHETIC
        .iter()
        .map(|set| set.id)
        .chain(data::LIBRARY.iter().map(|set| set.id))
        .collect();
    Err(CliError::Usage(format!(
        "There is no data set \"{name}\", and no such file. Known sets: {}.",
        known.join(", ")
    )))
}

/// One of the identifiers of a list, or a message that names them all.
fn one_of<T>(
    text: &str,
    found: Option<T>,
    ids: impl Iterator<Item = &'static str>,
) -> Result<T, String> {
    found.ok_or_else(|| {
        format!("there is no \"{text}\"; there are: {}", ids.collect::<Vec<_>>().join(", "))
    })
}

pub(super) fn activation(text: &str) -> Result<Activation, String> {
    one_of(text, Activation::from_id(text), Activation::ALL.iter().map(|a| a.id()))
}

pub(super) fn loss(text: &str) -> Result<Loss, String> {
    one_of(text, Loss::from_id(text), Loss::ALL.iter().map(|loss| loss.id()))
}

fn initialization(text: &str) -> Result<Initialization, String> {
    one_of(text, Initialization::from_id(text), Initialization::ALL.iter().map(|i| i.id()))
}

pub(super) fn optimizer(text: &str) -> Result<String, String> {
    let found = optim::method(text).map(|method| method.id.to_owned());
    one_of(text, found, optim::METHODS.iter().map(|method| method.id))
}

fn schedule(text: &str) -> Result<Schedule, String> {
    one_of(text, Schedule::from_id(text), Schedule::ALL.iter().map(Schedule::id))
}

fn feature(text: &str) -> Result<Feature, String> {
    one_of(text, Feature::from_id(text), Feature::ALL.iter().map(|feature| feature.id()))
}

fn task(text: &str) -> Result<TaskKind, String> {
    let found = match text {
        "regression" => Some(TaskKind::Regression),
        "classification" => Some(TaskKind::Classification),
        _ => None,
    };
    one_of(text, found, ["regression", "classification"].into_iter())
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (id, value) =
        text.split_once('=').ok_or_else(|| format!("expected SETTING=VALUE, found \"{text}\""))?;
    Ok((id.trim().to_owned(), value.trim().to_owned()))
}

/// The value that a text stands for in one of the method's settings.
fn setting_value(method: &optim::Method, id: &str, text: &str) -> Result<f64, CliError> {
    let joined = |names: Vec<&str>| if names.is_empty() { "none".into() } else { names.join(", ") };
    let Some(setting) = method.settings.iter().find(|setting| setting.id == id) else {
        let known: String = joined(method.settings.iter().map(|setting| setting.id).collect());
        return Err(CliError::Usage(format!(
            "{} has no setting \"{id}\". It has: {known}.",
            method.name
        )));
    };
    setting.parse(text).ok_or_else(|| {
        let expected = if setting.choices.is_empty() {
            format!("a number from {} to {}", setting.min, setting.max)
        } else {
            joined(setting.choices.iter().map(|choice| choice.id).collect())
        };
        CliError::Usage(format!("{id} is \"{text}\"; expected {expected}."))
    })
}

fn layers(text: &str) -> Result<Widths, String> {
    if text == "none" || text.is_empty() {
        return Ok(Widths(Vec::new()));
    }
    let width = |part: &str| match part.trim().parse() {
        Ok(width) if width > 0 => Ok(width),
        _ => Err(format!("\"{part}\" is not a number of neurons; expected e.g. 8,8")),
    };
    text.split(',').map(width).collect::<Result<_, _>>().map(Widths)
}
