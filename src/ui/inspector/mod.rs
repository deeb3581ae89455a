//! What is selected on the canvas, in numbers: a weight, a neuron, a layer. With nothing selected,
//! the network's answer to the row that was asked about, layer by layer.
//!
//! Owns the pages and what they keep between frames (a texture, the order of a table). Values are
//! read from the scene; a change of a weight or a freeze is sent as a command.

mod climb;
mod forward;
mod layer;
mod names;
mod neuron;
mod part;
mod weight;

pub(crate) use names::parameter as parameter_name;

use eframe::egui::{RichText, Ui};

use crate::app::command::Outbox;
use crate::experiment::{LayerSpec, Prepared};
use crate::insight::Answer;
use crate::nn::Dense;
use crate::ui::icon::{self, Icon};
use crate::ui::view::Selection;
use crate::ui::{Scene, View, theme};

/// What the inspector keeps between frames.
#[derive(Debug, Default)]
pub struct InspectorState {
    neuron: neuron::NeuronState,
}

/// Shows what is selected. `answer` is the network's answer to the row asked about.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut InspectorState,
    answer: Option<&Answer>,
) {
    let selected = view
        .selection
        .and_then(|selection| Some((selection, Subject::find(scene, selection.layer())?)));
    let Some((selection, subject)) = selected else {
        match answer {
            Some(answer) => forward::show(ui, scene, view, answer),
            None => explain(ui),
        }
        return;
    };
    match selection {
        Selection::Layer(_) => layer::show(ui, &subject, out),
        Selection::Neuron { unit, .. } => match subject.dense {
            Some(dense) if unit < dense.units => {
                neuron::show(ui, &subject, (dense, unit), view, out, &mut state.neuron, answer);
            }
            _ => layer::show_input(ui, &subject, unit, answer),
        },
        Selection::Weight { address, .. } => match subject.dense {
            Some(dense) => weight::show(ui, &subject, dense, address, view, out, answer),
            None => layer::show(ui, &subject, out),
        },
    }
}

/// A selected layer: on the canvas, and in the network that is trained.
pub(crate) struct Subject<'a> {
    scene: &'a Scene<'a>,
    /// The layer as it stands in the document.
    spec: &'a LayerSpec,
    /// What is trained, and its weights; `None` while the document cannot be trained.
    run: Option<(&'a Prepared, &'a [f32])>,
    /// Which of the network's layers it is; `None` for the input layer.
    index: Option<usize>,
    /// Its weights, where it has some.
    dense: Option<&'a Dense>,
}

impl<'a> Subject<'a> {
    fn find(scene: &'a Scene<'a>, id: u32) -> Option<Self> {
        let spec = scene.spec.network.layer(id)?;
        let run = scene.snapshot.zip(scene.parameters).and_then(|(snapshot, parameters)| {
            let prepared = &snapshot.prepared;
            (parameters.len() == prepared.network.parameter_count())
                .then_some((prepared, parameters))
        });
        let index =
            run.and_then(|(prepared, _)| prepared.layer_ids.iter().position(|&other| other == id));
        let layer =
            run.zip(index).and_then(|((prepared, _), index)| prepared.network.layers().get(index));
        let dense = layer.and_then(|layer| layer.as_dense());
        Some(Self { scene, spec, run, index, dense })
    }

    /// One weight or bias.
    fn value(&self, index: usize) -> Option<f32> {
        self.run?.1.get(index).copied()
    }

    /// Why weights cannot be changed by hand now.
    fn locked(&self) -> Option<&'static str> {
        self.scene.look_back.map(|_| {
            "You are looking back at an earlier epoch. Return to the latest one to change weights."
        })
    }

    /// The values that enter the layer while the network answers.
    fn entering<'b>(&self, answer: &'b Answer) -> &'b [f32] {
        match self.index.and_then(|index| index.checked_sub(1)) {
            Some(before) => answer.activations.get(before).map_or(&[], Vec::as_slice),
            None => &answer.inputs,
        }
    }
}

/// What can be selected.
fn explain(ui: &mut Ui) {
    let palette = theme::palette(ui);
    ui.add_space(theme::SPACE_2);
    ui.label(RichText::new("Nothing is selected").heading().color(palette.text_strong));
    ui.add_space(theme::SPACE_1);
    let ways: [(Icon, &str); 4] = [
        (icon::FLOW, "Click a weight (a line on the canvas) to read, change or freeze it."),
        (icon::NETWORK, "Click a neuron to see what it responds to and all of its weights."),
        (icon::LAYERS, "Click a layer to see its formula and how its weights are spread."),
        (
            icon::CROSSHAIR,
            "Click the map to ask the network about a place: here you see how its answer comes \
             about.",
        ),
    ];
    for (icon, text) in ways {
        ui.horizontal_top(|ui| {
            icon.show(ui, palette.accent_text);
            ui.add(eframe::egui::Label::new(text).wrap());
        });
        ui.add_space(theme::SPACE_1);
    }
}
