//! From the document to something that can be trained: samples and a network.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rand::Rng;
use thiserror::Error;

use super::check::{Problem, check};
use super::data_spec::{DataSource, DataSpec, PointsSpec, SyntheticSpec, TableOrigin, TableSpec};
use super::random::{Stream, rng};
use super::spec::{ExperimentSpec, LayerKind, LayerSpec};
use crate::data::{
    self, Column, DataError, Encoder, Loaded, Samples, Split, SyntheticSettings, Table,
    TableChoice, TargetEncoding, Values,
};
use crate::nn::{LayerShape, Loss, Network, NetworkError, NetworkShape, OutputActivation};
use crate::optim::{self, Method};

/// Why an experiment cannot be trained.
#[derive(Debug, Error)]
pub enum PrepareError {
    /// The document has problems; the first says most.
    #[error("{}", first_message(.0))]
    Problems(Vec<Problem>),
    /// The data cannot be read or used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The layers make no network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The document names a set this program does not have.
    #[error("There is no data set \"{name}\". Known are: {known}.")]
    UnknownSet {
        /// What the document says.
        name: String,
        /// What there is.
        known: String,
    },
    /// A saved run has other weights than the document's network.
    #[error(
        "The saved weights do not belong to this network: it has {expected} parameters, the file \
         holds {found}. The network starts with fresh weights."
    )]
    OtherRun {
        /// Parameters of the network.
        expected: usize,
        /// Parameters in the file.
        found: usize,
    },
    /// The table has not been read yet (it is being read in the background).
    #[error("The table {0} is still being read.")]
    NotLoaded(TableOrigin),
}

fn first_message(problems: &[Problem]) -> &str {
    problems.first().map_or("The experiment cannot be trained.", |problem| &problem.message)
}

/// The tables read so far. A table is read once, however often the document changes.
#[derive(Debug, Default)]
pub struct TableStore {
    tables: RwLock<HashMap<TableOrigin, Arc<Loaded>>>,
}

impl TableStore {
    /// The table, where it has been read; sets of the library are read on the spot.
    ///
    /// # Errors
    /// [`PrepareError::NotLoaded`] for a file that [`insert`](Self::insert) has not been given yet,
    /// [`PrepareError::UnknownSet`] for a set the library does not have.
    pub fn get(&self, origin: &TableOrigin) -> Result<Arc<Loaded>, PrepareError> {
        if let Some(loaded) = self.tables.read().unwrap_or_else(PoisonError::into_inner).get(origin)
        {
            return Ok(Arc::clone(loaded));
        }
        match origin {
            TableOrigin::Library { id } => {
                let set = data::library_set(id).ok_or_else(|| unknown_set(id))?;
                Ok(self.insert(origin.clone(), set.load()?))
            }
            TableOrigin::File { .. } => Err(PrepareError::NotLoaded(origin.clone())),
        }
    }

    /// Keeps a table that has been read.
    pub fn insert(&self, origin: TableOrigin, loaded: Loaded) -> Arc<Loaded> {
        let loaded = Arc::new(loaded);
        self.tables
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(origin, Arc::clone(&loaded));
        loaded
    }

    /// Reads the document's file, if it names one that has not been read yet.
    ///
    /// # Errors
    /// Whatever is wrong with the file, see [`DataError`].
    pub fn load_file_of(
        &self,
        spec: &DataSpec,
        progress: &dyn Fn(f32) -> std::ops::ControlFlow<()>,
    ) -> Result<(), DataError> {
        match file_of(spec) {
            Some((origin, _)) if self.get(origin).is_ok() => Ok(()),
            _ => self.read_file_of(spec, progress),
        }
    }

    /// Reads the document's file, even if it has been read before: it may have changed since.
    ///
    /// # Errors
    /// Whatever is wrong with the file, see [`DataError`]. The table read before stays.
    pub fn read_file_of(
        &self,
        spec: &DataSpec,
        progress: &dyn Fn(f32) -> std::ops::ControlFlow<()>,
    ) -> Result<(), DataError> {
        if let Some((origin, path)) = file_of(spec) {
            let loaded = data::read_csv_file(path, progress)?;
            self.insert(origin.clone(), loaded);
        }
        Ok(())
    }
}

/// The file the data come from, if they come from one.
fn file_of(spec: &DataSpec) -> Option<(&TableOrigin, &Path)> {
    match &spec.source {
        DataSource::Table(TableSpec { origin: origin @ TableOrigin::File { path }, .. }) => {
            Some((origin, path))
        }
        _ => None,
    }
}

fn unknown_set(name: &str) -> PrepareError {
    let known: Vec<_> = data::SYNTHETIC
        .iter()
        .map(|set| set.id)
        .chain(data::LIBRARY.iter().map(|set| set.id))
        .collect();
    PrepareError::UnknownSet { name: name.to_owned(), known: known.join(", ") }
}

/// Draws or reads the rows, divides them and turns them into numbers.
///
/// # Errors
/// As [`PrepareError`] says: an unknown set, a file not read yet, data nothing can be learned from.
pub fn prepare_samples(
    spec: &DataSpec,
    seed: u64,
    tables: &TableStore,
) -> Result<Samples, PrepareError> {
    let split = Split {
        train_share: spec.train_share,
        seed: rng(seed, Stream::Split, spec.draw).next_u64(),
    };
    let samples = match &spec.source {
        DataSource::Synthetic(synthetic) => {
            let table = draw_synthetic(synthetic, seed, spec.draw)?;
            data::prepare_points(table, &synthetic.features, &split)?
        }
        DataSource::Points(points) => {
            data::prepare_points(painted_table(points), &points.features, &split)?
        }
        DataSource::Table(choice) => {
            let loaded = tables.get(&choice.origin)?;
            let mut samples = data::prepare_table(
                loaded.table.clone(),
                &table_choice(choice, &loaded.table),
                &split,
            )?;
            samples.notes.splice(0..0, loaded.notes.iter().cloned());
            samples
        }
    };
    Ok(samples)
}

/// The points of a synthetic set.
///
/// # Errors
/// An unknown set, or settings it cannot use (a formula that does not parse).
pub fn draw_synthetic(spec: &SyntheticSpec, seed: u64, draw: u32) -> Result<Table, PrepareError> {
    let set = data::synthetic_set(&spec.set).ok_or_else(|| unknown_set(&spec.set))?;
    let settings = SyntheticSettings {
        samples: spec.samples,
        noise: spec.noise,
        classes: spec.classes,
        formula: spec.formula.clone(),
    };
    Ok((set.generate)(&settings, &mut rng(seed, Stream::Data, draw))?)
}

/// Painted points as a table of x₁, x₂ and class.
fn painted_table(spec: &PointsSpec) -> Table {
    let column = |name: &str, values| Column { name: name.to_owned(), values };
    let number = |value: fn(&super::PaintedPoint) -> f64| {
        Values::Number(spec.points.iter().map(value).collect())
    };
    let codes = spec.points.iter().map(|point| point.class as u32).collect();
    Table {
        name: "Painted points".to_owned(),
        columns: vec![
            column("x₁", number(|point| point.x1)),
            column("x₂", number(|point| point.x2)),
            column("class", Values::Category { levels: class_levels(spec.classes), codes }),
        ],
    }
}

/// Names of painted classes: the colours of two, numbers for more.
pub fn class_levels(classes: usize) -> Vec<String> {
    if classes <= 2 {
        return vec!["orange".to_owned(), "blue".to_owned()];
    }
    (1..=classes).map(|class| format!("class {class}")).collect()
}

/// What the person chose; what they left open is as the library says, where the set is its own.
fn table_choice(spec: &TableSpec, table: &Table) -> TableChoice {
    let usual = match &spec.origin {
        TableOrigin::Library { id } => data::library_set(id).map(|set| set.choice(table)),
        TableOrigin::File { .. } => None,
    }
    .unwrap_or_default();
    // With another target, the set's own target is an input like any other, and the kind of
    // prediction follows the new one.
    let same_target = spec.target.is_none() || spec.target == usual.target;
    let inputs = match (&spec.inputs, same_target) {
        (Some(inputs), _) => Some(inputs.clone()),
        (None, true) => usual.inputs,
        (None, false) => usual.inputs.map(|mut inputs| {
            inputs.retain(|name| Some(name) != spec.target.as_ref());
            inputs.extend(usual.target.clone());
            inputs
        }),
    };
    TableChoice {
        target: spec.target.clone().or(usual.target),
        inputs,
        task: spec.task.or(usual.task.filter(|_| same_target)),
    }
}

/// The output a target asks for: identity for a number, sigmoid for two classes, softmax for more.
pub fn output_for(target: &TargetEncoding) -> OutputActivation {
    match target {
        TargetEncoding::Number { .. } => OutputActivation::Identity,
        TargetEncoding::Classes { classes, .. } if classes.len() <= 2 => OutputActivation::Sigmoid,
        TargetEncoding::Classes { .. } => OutputActivation::Softmax,
    }
}

/// The loss that suits an output: MSE, binary or softmax cross-entropy.
pub const fn loss_for(output: OutputActivation) -> Loss {
    match output {
        OutputActivation::Identity => Loss::Mse,
        OutputActivation::Sigmoid => Loss::BinaryCrossEntropy,
        OutputActivation::Softmax => Loss::SoftmaxCrossEntropy,
    }
}

/// An experiment that is ready to be trained.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The document it was made from.
    pub spec: Arc<ExperimentSpec>,
    /// The rows as numbers.
    pub samples: Arc<Samples>,
    /// The network.
    pub network: Arc<Network>,
    /// The loss, chosen or following the task.
    pub loss: Loss,
    /// For each of [`Network::layers`], the identifier of the layer on the canvas.
    pub layer_ids: Arc<[u32]>,
}

impl Prepared {
    /// Builds the network for samples made by [`prepare_samples`].
    ///
    /// # Errors
    /// The document's problems, or a network too large.
    pub fn new(spec: Arc<ExperimentSpec>, samples: Arc<Samples>) -> Result<Self, PrepareError> {
        let network = Arc::new(Self::network_for(&spec, &samples.encoder)?);
        let output = network.output_activation();
        let layer_ids = spec
            .network
            .layers
            .iter()
            .filter(|layer| layer.kind != LayerKind::Input)
            .map(|layer| layer.id)
            .collect();
        let loss = spec.training.loss.unwrap_or_else(|| loss_for(output));
        Ok(Self { spec, samples, network, loss, layer_ids })
    }

    /// The network of a document whose rows are encoded by `encoder`: for predictions, where the
    /// rows it was trained on are not needed.
    ///
    /// # Errors
    /// The document's problems, or a network too large.
    pub fn network_for(spec: &ExperimentSpec, encoder: &Encoder) -> Result<Network, PrepareError> {
        let output = output_for(&encoder.target);
        let problems = check(spec, Some(output));
        if !problems.is_empty() {
            return Err(PrepareError::Problems(problems));
        }
        Ok(Network::new(NetworkShape {
            inputs: encoder.width(),
            hidden: spec.network.layers.iter().filter_map(hidden_shape).collect(),
            outputs: encoder.target.outputs(),
            output_activation: output,
        })?)
    }

    /// Reads and prepares everything at once, for programs without a window.
    ///
    /// # Errors
    /// As [`PrepareError`] says.
    pub fn load(
        spec: ExperimentSpec,
        tables: &TableStore,
        progress: &dyn Fn(f32) -> std::ops::ControlFlow<()>,
    ) -> Result<Self, PrepareError> {
        tables.load_file_of(&spec.data, progress)?;
        let samples = prepare_samples(&spec.data, spec.seed, tables)?;
        Self::new(Arc::new(spec), Arc::new(samples))
    }

    /// The training method the document names.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn method(&self) -> Result<&'static Method, PrepareError> {
        optim::method(&self.spec.training.optimizer)
            .ok_or_else(|| PrepareError::Problems(check(&self.spec, None)))
    }

    /// The starting weights: the same for the same document.
    pub fn initial_parameters(&self) -> Vec<f32> {
        let network = &self.spec.network;
        let mut parameters = vec![0.0; self.network.parameter_count()];
        let mut rng = rng(self.spec.seed, Stream::Weights, network.draw);
        self.network.initialize(network.initialization, &mut parameters, &mut rng);
        parameters
    }

    /// The parameters that stay as they are, as ranges of the flat vector in order.
    pub fn frozen(&self) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        for (layer, id) in self.network.layers().iter().zip(self.layer_ids.iter()) {
            let (Some(dense), Some(spec)) = (layer.as_dense(), self.spec.network.layer(*id)) else {
                continue;
            };
            if spec.frozen {
                ranges.push(dense.weights.clone());
                ranges.push(dense.biases.clone());
                continue;
            }
            for address in &spec.frozen_weights {
                ranges.extend(dense.parameter(address.unit, address.input).map(|at| at..at + 1));
            }
        }
        ranges
    }
}

fn hidden_shape(layer: &LayerSpec) -> Option<LayerShape> {
    match layer.kind {
        LayerKind::Dense { units, activation } => Some(LayerShape::Dense { units, activation }),
        LayerKind::Dropout { rate } => Some(LayerShape::Dropout { rate }),
        LayerKind::Input | LayerKind::Output => None,
    }
}
