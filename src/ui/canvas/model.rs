//! What stands on the canvas, in words and numbers: one [`Card`] a layer.

use std::sync::Arc;

use crate::data::{Feature, Samples, TargetEncoding};
use crate::experiment::{LayerKind, NetworkSpec};
use crate::insight::picture;
use crate::nn::OutputActivation;
use crate::ui::format;
use crate::ui::scene::Scene;

/// A layer as it stands on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Card {
    /// The layer's identifier.
    pub id: u32,
    /// Where it stands, from 0.
    pub position: usize,
    /// What it is.
    pub kind: LayerKind,
    /// Which of its kind it is, from 1.
    pub number: usize,
    /// Whether the whole layer is frozen.
    pub frozen: bool,
    /// How many values leave it; 0 where that is not known yet.
    pub units: usize,
    /// How its column of units looks.
    pub face: Face,
}

/// How the units of a layer are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    /// Nothing to draw.
    Empty,
    /// One line of text a unit.
    Names,
    /// A small map a unit.
    Maps,
    /// A small map a unit, with its name beside it.
    NamedMaps,
    /// All units together are one picture.
    Picture,
}

impl Card {
    /// What it is called: "Dense layer 2", "Output layer".
    pub fn name(&self) -> String {
        match self.kind {
            LayerKind::Input | LayerKind::Output => format!("{} layer", self.kind.name()),
            LayerKind::Dense { .. } | LayerKind::Dropout { .. } => {
                format!("{} layer {}", self.kind.name(), self.number)
            }
        }
    }

    /// Its name within a sentence: "dense layer 2".
    pub fn lower_name(&self) -> String {
        self.name().to_lowercase()
    }

    /// What it is called and how it is set, for a screen reader.
    pub fn description(&self, output: Option<OutputActivation>) -> String {
        let name = self.name();
        match self.kind {
            LayerKind::Input if self.units > 0 => {
                format!("{name}, {}", counted(self.units, "input", "inputs"))
            }
            LayerKind::Input => name,
            LayerKind::Dense { units, activation } => {
                let frozen = if self.frozen { ", frozen" } else { "" };
                let neurons = counted(units, "neuron", "neurons");
                format!("{name}, {neurons}, {}{frozen}", activation.name().to_lowercase())
            }
            LayerKind::Dropout { rate } => format!("{name}, {}", format::percent(f64::from(rate))),
            LayerKind::Output => match output {
                Some(output) if self.units > 0 => {
                    let outputs = counted(self.units, "output", "outputs");
                    format!("{name}, {outputs}, {}", output.name().to_lowercase())
                }
                _ => name,
            },
        }
    }

    /// What one of its units is called: "Neuron 2 of dense layer 1", "Input x₁".
    pub fn unit_name(&self, unit: usize, facts: &Facts) -> String {
        match self.kind {
            LayerKind::Input => match facts.input_names.get(unit) {
                Some(name) if self.face != Face::Picture => format!("Input {name}"),
                _ => "Input picture".to_owned(),
            },
            LayerKind::Output => match facts.output_names.get(unit) {
                Some(name) => format!("Output neuron {} ({name})", unit + 1),
                None => format!("Output neuron {}", unit + 1),
            },
            LayerKind::Dense { .. } | LayerKind::Dropout { .. } => {
                format!("Neuron {} of {}", unit + 1, self.lower_name())
            }
        }
    }

    /// What a unit is called above what is told about it: "Dense layer 1, neuron 2", "x₁".
    pub fn unit_title(&self, unit: usize, facts: &Facts) -> String {
        match self.kind {
            LayerKind::Input => self.short_unit_name(unit, facts),
            _ => match facts.output_names.get(unit) {
                Some(name) if self.kind == LayerKind::Output => {
                    format!("{}, neuron {} ({name})", self.name(), unit + 1)
                }
                _ => format!("{}, neuron {}", self.name(), unit + 1),
            },
        }
    }

    /// A unit's short name, as in "weight from x₁ to neuron 2".
    pub fn short_unit_name(&self, unit: usize, facts: &Facts) -> String {
        match self.kind {
            LayerKind::Input if self.face == Face::Picture => "the picture".to_owned(),
            LayerKind::Input => facts
                .input_names
                .get(unit)
                .cloned()
                .unwrap_or_else(|| format!("input {}", unit + 1)),
            LayerKind::Output => match facts.output_names.get(unit) {
                Some(name) if self.units > 1 => format!("output {name}"),
                _ => "the output".to_owned(),
            },
            LayerKind::Dense { .. } | LayerKind::Dropout { .. } => format!("neuron {}", unit + 1),
        }
    }
}

/// "1 neuron", "4 neurons".
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", format::count(count as u64), if count == 1 { one } else { many })
}

/// What the canvas has to know about the data, found out once for each set of rows.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The rows this is about.
    pub samples: Option<Arc<Samples>>,
    /// A name for each network input.
    pub input_names: Vec<String>,
    /// A name for each network output.
    pub output_names: Vec<String>,
    /// Number of classes, for a classification.
    pub classes: Option<usize>,
    /// What the network sees of a point, for points on a plane or a line.
    pub features: Vec<Feature>,
    /// Width and height of the picture that the inputs form.
    pub picture: Option<(usize, usize)>,
    /// Whether the points lie on a line: there is no x₂.
    pub line: bool,
    /// Grows whenever the facts change.
    pub generation: u64,
}

impl Facts {
    /// Finds the facts out, if they are about other rows than last time.
    pub fn update(&mut self, samples: Option<&Arc<Samples>>) {
        let same = match (&self.samples, samples) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if same {
            return;
        }
        let generation = self.generation + 1;
        *self = samples.map_or_else(Self::default, |samples| {
            let encoder = &samples.encoder;
            Self {
                samples: Some(Arc::clone(samples)),
                input_names: encoder.input_names(),
                output_names: encoder.target.output_names(),
                classes: match &encoder.target {
                    TargetEncoding::Classes { classes, .. } => Some(classes.len()),
                    TargetEncoding::Number { .. } => None,
                },
                features: encoder.features.clone(),
                picture: picture::shape(encoder),
                line: encoder.columns.len() == 1,
                generation: 0,
            }
        });
        self.generation = generation;
    }

    fn input_face(&self) -> Face {
        if self.input_names.is_empty() {
            Face::Empty
        } else if self.picture.is_some() {
            Face::Picture
        } else if self.features.is_empty() {
            Face::Names
        } else {
            Face::NamedMaps
        }
    }
}

/// One card a layer, from left to right.
pub(super) fn cards(network: &NetworkSpec, facts: &Facts) -> Vec<Card> {
    let mut dense = 0;
    let mut dropout = 0;
    let mut width = 0;
    let mut cards = Vec::with_capacity(network.layers.len());
    for (position, layer) in network.layers.iter().enumerate() {
        let (units, face, number) = match layer.kind {
            LayerKind::Input => (facts.input_names.len(), facts.input_face(), 1),
            LayerKind::Dense { units, .. } => {
                dense += 1;
                (units, Face::Maps, dense)
            }
            LayerKind::Dropout { .. } => {
                dropout += 1;
                (width, Face::Empty, dropout)
            }
            LayerKind::Output => match facts.output_names.len() {
                0 => (0, Face::Empty, 1),
                1 => (1, Face::Maps, 1),
                several => (several, Face::NamedMaps, 1),
            },
        };
        width = units;
        let (id, kind, frozen) = (layer.id, layer.kind, layer.frozen);
        cards.push(Card { id, position, kind, number, frozen, units, face });
    }
    cards
}

/// The activation a new dense layer starts with and its number of neurons: those of its neighbour,
/// else what suits the data.
pub(super) fn new_dense(scene: &Scene<'_>, at: usize) -> LayerKind {
    let layers = &scene.spec.network.layers;
    let (before, after) = layers.split_at(at.min(layers.len()));
    let neighbour = before.iter().rev().chain(after).map(|layer| layer.kind);
    let mut dense = neighbour.filter(|kind| matches!(kind, LayerKind::Dense { .. }));
    dense.next().unwrap_or_else(|| {
        let (units, activation) = if scene.is_points() {
            (8, crate::nn::Activation::Tanh)
        } else {
            (16, crate::nn::Activation::Relu)
        };
        LayerKind::Dense { units, activation }
    })
}
