//! What is being looked at, and how: tabs, axes, selection, zoom. Not part of the document, not
//! undone.

use eframe::egui::Vec2;

use crate::data::Cell;
use crate::experiment::spec::WeightAddress;

/// The state of the view.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, each with a control of its own"
)]
#[derive(Clone, Debug)]
pub struct View {
    /// Input column along the map's horizontal axis.
    pub x: usize,
    /// Input column along the map's vertical axis; `None` draws a function of one variable.
    pub y: Option<usize>,
    /// Row whose values the other columns are held at; `None` holds them at typical values.
    pub held_row: Option<u32>,
    /// Which result is shown.
    pub tab: ResultTab,
    /// What the curves show.
    pub curve: CurveMetric,
    /// Whether the curves' vertical axis is logarithmic.
    pub log_scale: bool,
    /// What the curves are drawn over.
    pub curve_axis: CurveAxis,
    /// Whether training points are drawn.
    pub show_training: bool,
    /// Whether validation points are drawn.
    pub show_validation: bool,
    /// Whether the map shows only the decision, not how sure it is.
    pub decisions_only: bool,
    /// Which part confusion, fit and residuals are about.
    pub part: Part,
    /// What the window is used for.
    pub bench: Workbench,
    /// What is selected on the canvas.
    pub selection: Option<Selection>,
    /// The row the person asked the network about, one cell for each input column.
    pub asked: Option<Vec<Cell>>,
    /// What a click on the map does.
    pub brush: Brush,
    /// Moves the drawing of the network, in points on screen.
    pub pan: Vec2,
    /// Size of the drawing of the network; `None` fits it into the canvas.
    pub zoom: Option<f32>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            x: 0,
            y: Some(1),
            held_row: None,
            tab: ResultTab::Map,
            curve: CurveMetric::Loss,
            log_scale: false,
            curve_axis: CurveAxis::Epochs,
            show_training: true,
            show_validation: true,
            decisions_only: false,
            part: Part::Validation,
            bench: Workbench::Experiment,
            selection: None,
            asked: None,
            brush: Brush::Ask,
            pan: Vec2::ZERO,
            zoom: None,
        }
    }
}

/// What the window is used for: the experiment, or something that takes its place for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Workbench {
    /// Building and training.
    #[default]
    Experiment,
    /// Comparing training methods.
    Race,
    /// Looking for a learning rate.
    RangeTest,
    /// Solving linear systems with Krylov methods.
    Krylov,
}

/// The results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultTab {
    /// The decision map.
    Map,
    /// The confusion matrix (classification).
    Confusion,
    /// Predicted against actual values (regression).
    Fit,
    /// What is left: actual minus predicted (regression).
    Residuals,
    /// What the last update did, and why.
    Step,
    /// What is selected, in numbers; the network's answer to one row.
    Inspector,
}

/// What the curves show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CurveMetric {
    /// The loss.
    Loss,
    /// The accuracy (classification) or R² (regression).
    Quality,
}

/// What the curves are drawn over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CurveAxis {
    /// Epochs.
    Epochs,
    /// What was computed, in gradients over all training rows.
    Work,
    /// Seconds of training.
    Seconds,
}

/// Part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The rows trained on.
    Training,
    /// The rows held back.
    Validation,
}

/// What is selected on the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selection {
    /// A layer, by its identifier.
    Layer(u32),
    /// A neuron.
    Neuron {
        /// Its layer.
        layer: u32,
        /// Its number in the layer, from 0.
        unit: usize,
    },
    /// A weight or bias.
    Weight {
        /// The layer it belongs to (the one it leads to).
        layer: u32,
        /// Which of the layer's weights.
        address: WeightAddress,
    },
}

impl Selection {
    /// The layer it is in.
    pub const fn layer(self) -> u32 {
        match self {
            Self::Layer(layer) | Self::Neuron { layer, .. } | Self::Weight { layer, .. } => layer,
        }
    }
}

/// What a click on the map does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brush {
    /// Asks the network about the place.
    Ask,
    /// Puts points of this class there.
    Paint(usize),
    /// Moves the nearest point.
    Move,
    /// Takes points away.
    Erase,
}
