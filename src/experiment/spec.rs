//! The document: [`ExperimentSpec`] and its parts, with the defaults that the window offers.

use serde::{Deserialize, Serialize};

use super::data_spec::{DataSource, DataSpec, SyntheticSpec, TableSpec};

use crate::data::Feature;
use crate::nn::{Activation, Initialization, Loss};
use crate::optim::{BatchUse, Method, Schedule, Settings};

/// The version of the document this program writes.
pub const VERSION: u32 = 1;

/// Widest dense layer.
pub const MAX_UNITS: usize = 4096;

/// A whole experiment: everything that is needed to run it again and get the same numbers.
///
/// ```
/// use netsmith::experiment::ExperimentSpec;
/// let spec = ExperimentSpec::named("spiral").expect("a known set");
/// assert_eq!(spec.network.hidden_units(), [4, 2]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentSpec {
    /// Version of the format, [`VERSION`].
    pub version: u32,
    /// Name shown in the title.
    pub name: String,
    /// The one seed from which every random number of the experiment follows.
    pub seed: u64,
    /// Which data.
    pub data: DataSpec,
    /// Which layers.
    pub network: NetworkSpec,
    /// How it is trained.
    pub training: TrainingSpec,
}

/// The layers, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// The layers as they stand on the canvas, right or wrong (see [`check`](super::check::check)).
    pub layers: Vec<LayerSpec>,
    /// How the starting weights are drawn.
    #[serde(default)]
    pub initialization: Initialization,
    /// How often "new weights" was asked for.
    #[serde(default)]
    pub draw: u32,
}

/// One layer on the canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerSpec {
    /// Stays with the layer wherever it moves, so that its weights can be found again.
    pub id: u32,
    /// What it is.
    pub kind: LayerKind,
    /// Whether all its weights and biases stay as they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frozen: bool,
    /// Single weights and biases that stay as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frozen_weights: Vec<WeightAddress>,
}

/// A weight or bias within a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WeightAddress {
    /// The unit it leads to, from 0.
    pub unit: usize,
    /// The input it comes from, from 0; `None` is the bias.
    pub input: Option<usize>,
}

/// What a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LayerKind {
    /// Where the data come in; its width follows the data.
    Input,
    /// Every unit sees every value of the layer before.
    Dense {
        /// Number of units, 1 to [`MAX_UNITS`].
        units: usize,
        /// The activation of its units.
        activation: Activation,
    },
    /// Switches a share of the values off at random during training.
    Dropout {
        /// The share that is switched off, 0 to 0.9.
        rate: f32,
    },
    /// The answer; its width and activation follow the task.
    Output,
}

impl LayerKind {
    /// The layer's standard name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Dense { .. } => "Dense",
            Self::Dropout { .. } => "Dropout",
            Self::Output => "Output",
        }
    }
}

/// How the network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSpec {
    /// Identifier of the training method, see [`crate::optim::METHODS`].
    pub optimizer: String,
    /// The method's own settings; what is absent has its default.
    #[serde(default)]
    pub settings: Settings,
    /// Learning rate, before the schedule.
    pub learning_rate: f64,
    /// How the learning rate changes during the run.
    #[serde(default)]
    pub schedule: Schedule,
    /// Rows in a mini-batch, where all rows are not used, see
    /// [`uses_whole_batch`](Self::uses_whole_batch).
    pub batch_size: usize,
    /// Whether each update looks at all training rows; `None` leaves it to the method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_batch: Option<bool>,
    /// The loss; `None` follows the task (regression: MSE, classes: cross-entropy).
    #[serde(default)]
    pub loss: Option<Loss>,
    /// L1 penalty: adds `l1·Σ|w|` over the weights (not the biases) to the loss.
    #[serde(default)]
    pub l1: f64,
    /// L2 penalty: adds `½·l2·Σw²` over the weights (not the biases) to the loss.
    #[serde(default)]
    pub l2: f64,
    /// Longest gradient (Euclidean norm); longer ones are scaled down to it.
    #[serde(default)]
    pub clip_norm: Option<f64>,
    /// Climb the loss instead of descending it.
    #[serde(default)]
    pub ascent: bool,
    /// When to stop.
    #[serde(default)]
    pub stop: StopSpec,
}

/// When a run stops by itself. The rule that is met first counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StopSpec {
    /// After so many epochs; `None` goes on until paused.
    pub epochs: Option<u64>,
    /// When the training loss is no larger than this.
    #[serde(default)]
    pub target_loss: Option<f64>,
    /// Early stopping: when the validation loss has not improved for so many epochs. The weights
    /// of the best epoch are restored.
    #[serde(default)]
    pub patience: Option<u64>,
}

impl Default for StopSpec {
    fn default() -> Self {
        Self { epochs: Some(1000), target_loss: None, patience: None }
    }
}

impl Default for TrainingSpec {
    fn default() -> Self {
        Self {
            optimizer: "adam".to_owned(),
            settings: Settings::default(),
            learning_rate: 0.01,
            schedule: Schedule::default(),
            batch_size: 10,
            whole_batch: None,
            loss: None,
            l1: 0.0,
            l2: 0.0,
            clip_norm: None,
            ascent: false,
            stop: StopSpec::default(),
        }
    }
}

impl TrainingSpec {
    /// Whether each update looks at all training rows, with a method that uses batches like this.
    pub fn uses_whole_batch(&self, batch: BatchUse) -> bool {
        match batch {
            BatchUse::Full => true,
            BatchUse::Large => self.whole_batch.unwrap_or(true),
            BatchUse::Mini => self.whole_batch.unwrap_or(false),
        }
    }

    /// Chooses a training method: its own settings and learning rate at their defaults.
    pub fn choose(&mut self, method: &Method) {
        method.id.clone_into(&mut self.optimizer);
        self.settings = Settings::default();
        self.learning_rate = method.default_learning_rate;
        self.whole_batch = None;
    }
}

impl LayerSpec {
    /// A layer that nothing is frozen in.
    pub const fn new(id: u32, kind: LayerKind) -> Self {
        Self { id, kind, frozen: false, frozen_weights: Vec::new() }
    }
}

impl NetworkSpec {
    /// Input, dense layers of the given widths and one activation, output.
    ///
    /// Weights start as He's rule says for ReLU and its relatives, as Xavier's for the others.
    pub fn dense(widths: &[usize], activation: Activation) -> Self {
        let hidden = widths.iter().map(|&units| LayerKind::Dense { units, activation });
        let kinds = std::iter::once(LayerKind::Input).chain(hidden).chain([LayerKind::Output]);
        let layers = (1..).zip(kinds).map(|(id, kind)| LayerSpec::new(id, kind)).collect();
        Self { layers, initialization: suited_initialization(activation), draw: 0 }
    }

    /// An empty canvas.
    pub fn empty() -> Self {
        Self { layers: Vec::new(), initialization: Initialization::default(), draw: 0 }
    }

    /// Puts dropout of this rate after each dense layer, in place of any that is there; a rate of 0
    /// takes it away.
    pub fn add_dropout(&mut self, rate: f32) {
        self.layers.retain(|layer| !matches!(layer.kind, LayerKind::Dropout { .. }));
        let mut id = self.free_id();
        for layer in std::mem::take(&mut self.layers) {
            let dense = matches!(layer.kind, LayerKind::Dense { .. });
            self.layers.push(layer);
            if dense && rate > 0.0 {
                self.layers.push(LayerSpec::new(id, LayerKind::Dropout { rate }));
                id += 1;
            }
        }
    }

    /// An identifier no layer has.
    pub fn free_id(&self) -> u32 {
        self.layers.iter().map(|layer| layer.id).max().unwrap_or(0).saturating_add(1)
    }

    /// The layer with this identifier.
    pub fn layer(&self, id: u32) -> Option<&LayerSpec> {
        self.layers.iter().find(|layer| layer.id == id)
    }

    /// As [`layer`](Self::layer), to change it.
    pub fn layer_mut(&mut self, id: u32) -> Option<&mut LayerSpec> {
        self.layers.iter_mut().find(|layer| layer.id == id)
    }

    /// Where the layer with this identifier stands.
    pub fn position(&self, id: u32) -> Option<usize> {
        self.layers.iter().position(|layer| layer.id == id)
    }

    /// Widths of the dense layers, in order.
    pub fn hidden_units(&self) -> Vec<usize> {
        self.layers
            .iter()
            .filter_map(|layer| match layer.kind {
                LayerKind::Dense { units, .. } => Some(units),
                _ => None,
            })
            .collect()
    }
}

/// The initialisation that suits an activation.
pub const fn suited_initialization(activation: Activation) -> Initialization {
    match activation {
        Activation::Relu
        | Activation::LeakyRelu
        | Activation::Elu
        | Activation::Gelu
        | Activation::Silu
        | Activation::Softplus => Initialization::HeNormal,
        Activation::Selu => Initialization::LecunNormal,
        Activation::Identity | Activation::Sigmoid | Activation::Tanh | Activation::Sine => {
            Initialization::XavierNormal
        }
    }
}

impl ExperimentSpec {
    /// An experiment on `source` with the defaults that the window offers for such data: for
    /// points two small tanh layers as in TensorFlow Playground, for tables two wider ReLU layers.
    pub fn on(source: DataSource) -> Self {
        let table = matches!(source, DataSource::Table(_));
        let curve = source.is_curve();
        let (network, batch_size, train_share, epochs) = if table {
            (NetworkSpec::dense(&[32, 16], Activation::Relu), 32, 0.8, 200)
        } else if curve {
            (NetworkSpec::dense(&[16, 16], Activation::Tanh), 10, 0.5, 1000)
        } else {
            (NetworkSpec::dense(&[4, 2], Activation::Tanh), 10, 0.5, 1000)
        };
        Self {
            version: VERSION,
            name: source.title(),
            seed: 1,
            data: DataSpec { source, train_share, draw: 0 },
            network,
            training: TrainingSpec {
                batch_size,
                stop: StopSpec { epochs: Some(epochs), ..StopSpec::default() },
                ..TrainingSpec::default()
            },
        }
    }

    /// An experiment on one of the sets that come with the program.
    pub fn named(id: &str) -> Option<Self> {
        DataSource::named(id).map(Self::on)
    }

    /// An experiment on a CSV file.
    pub fn on_file(path: std::path::PathBuf) -> Self {
        Self::on(DataSource::Table(TableSpec::file(path)))
    }
}

impl Default for ExperimentSpec {
    /// The experiment that the window opens on: two circles and a 2-4-2-1 network.
    fn default() -> Self {
        Self::on(DataSource::Synthetic(SyntheticSpec {
            set: "circle".to_owned(),
            samples: 500,
            noise: 0.0,
            classes: 2,
            formula: "sin(x)".to_owned(),
            features: vec![Feature::X1, Feature::X2],
        }))
    }
}
