//! One weight or bias: its value, from where to where it leads, what it contributes.

use eframe::egui::Ui;

use super::{Subject, names, part};
use crate::app::command::Outbox;
use crate::experiment::Edit;
use crate::experiment::spec::WeightAddress;
use crate::insight::Answer;
use crate::nn::Dense;
use crate::ui::view::Selection;
use crate::ui::{View, format, theme};

/// Shows the page.
pub fn show(
    ui: &mut Ui,
    subject: &Subject<'_>,
    dense: &Dense,
    address: WeightAddress,
    view: &mut View,
    out: &mut Outbox,
    answer: Option<&Answer>,
) {
    let Some(index) = dense.parameter(address.unit, address.input) else {
        ui.label("This weight is no longer there: the layer has changed.");
        return;
    };
    let kind = if address.input.is_some() { "Weight" } else { "Bias" };
    let frozen = subject.spec.frozen || subject.spec.frozen_weights.contains(&address);
    part::title(ui, kind, |ui| {
        ui.add_enabled_ui(!subject.spec.frozen, |ui| {
            if part::freeze(ui, frozen, &kind.to_lowercase()) {
                let edit =
                    Edit::FreezeWeight { id: subject.spec.id, weight: address, frozen: !frozen };
                out.edit(edit);
            }
        })
        .response
        .on_disabled_hover_text("The whole layer is frozen.");
    });
    let layer = names::layer(&subject.scene.spec.network, subject.spec.id).to_lowercase();
    let unit = names::unit(subject, address.unit);
    let source = source(subject, address);
    let path = match &source {
        Some(source) => format!("from {source} to {unit} of {layer}"),
        None => format!("of {unit} of {layer}"),
    };
    ui.label(path);
    ui.add_space(theme::SPACE_2);
    ui.horizontal(|ui| {
        part::field(ui, subject, index, kind, out);
        let value = subject.value(index).unwrap_or(f32::NAN);
        let most = largest(subject, dense);
        let width = ui.available_width() - theme::SPACE_3;
        part::signed_bar(ui, width, value, most);
    });
    ui.add_space(theme::SPACE_1);
    ui.add(eframe::egui::Label::new(meaning(address, subject.value(index))).wrap());
    if let Some(answer) = answer {
        contribution(ui, subject, address, index, answer);
    }
    ui.add_space(theme::SPACE_2);
    if ui.button(format!("Open {unit}")).on_hover_text("All weights of the neuron.").clicked() {
        view.selection = Some(Selection::Neuron { layer: subject.spec.id, unit: address.unit });
    }
}

/// The name of what the weight comes from; `None` for a bias.
fn source(subject: &Subject<'_>, address: WeightAddress) -> Option<String> {
    let (prepared, _) = subject.run?;
    names::sources(prepared, subject.index?).get(address.input?).cloned()
}

fn largest(subject: &Subject<'_>, dense: &Dense) -> f32 {
    let weights = subject.run.and_then(|(_, parameters)| parameters.get(dense.weights.clone()));
    weights.unwrap_or_default().iter().fold(0.0, |most, weight| weight.abs().max(most))
}

fn meaning(address: WeightAddress, value: Option<f32>) -> &'static str {
    match (address.input, value) {
        (None, _) => {
            "The bias is added to the neuron's weighted sum: it says where the neuron switches, \
             whatever comes in."
        }
        (Some(_), Some(value)) if value < 0.0 => {
            "A negative weight: the larger what comes in, the smaller the neuron's sum."
        }
        _ => {
            "A positive weight: the larger what comes in, the larger the neuron's sum. Near zero, \
             the neuron does not listen to it."
        }
    }
}

/// What it adds to the neuron's sum while the network answers the question.
fn contribution(
    ui: &mut Ui,
    subject: &Subject<'_>,
    address: WeightAddress,
    index: usize,
    answer: &Answer,
) {
    let Some(input) = address.input else { return };
    let (Some(&entering), Some(weight)) =
        (subject.entering(answer).get(input), subject.value(index))
    else {
        return;
    };
    let text = format!(
        "w · a = {} · {} = {}",
        format::number(f64::from(weight)),
        format::number(f64::from(entering)),
        format::number(f64::from(weight * entering))
    );
    part::section(
        ui,
        "For the row you asked about",
        "What this weight adds to the neuron's sum while the network answers.",
    );
    ui.label(text);
}
