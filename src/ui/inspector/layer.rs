//! One layer: its neurons, its formula, how its weights are spread. And one input of the input
//! layer: what it is and how it was made a number.

use eframe::egui::{Align2, FontId, Label, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Subject, names, part};
use crate::app::command::Outbox;
use crate::data::{Encoder, InputKind};
use crate::experiment::{Edit, LayerKind};
use crate::insight::Answer;
use crate::nn::{Dense, DenseActivation};
use crate::ui::result::histogram;
use crate::ui::{format, theme};

/// Bars of the histogram of weights.
const BARS: usize = 31;

/// Shows the page of a layer.
pub fn show(ui: &mut Ui, subject: &Subject<'_>, out: &mut Outbox) {
    let name = names::layer(&subject.scene.spec.network, subject.spec.id);
    let spec = subject.spec;
    part::title(ui, &name, |ui| {
        if subject.dense.is_some() && part::freeze(ui, spec.frozen, "layer") {
            out.edit(Edit::FreezeLayer { id: spec.id, frozen: !spec.frozen });
        }
    });
    match spec.kind {
        LayerKind::Input => input(ui, subject),
        LayerKind::Dropout { rate } => dropout(ui, rate),
        LayerKind::Dense { .. } | LayerKind::Output => {
            if spec.kind == LayerKind::Output {
                output(ui, subject);
            }
            match subject.dense {
                Some(dense) => dense_layer(ui, subject, dense),
                None => {
                    ui.label("It has no weights yet: the network cannot be trained as it is.");
                }
            }
        }
    }
}

fn dense_layer(ui: &mut Ui, subject: &Subject<'_>, dense: &Dense) {
    let (name, formula, summary) = match dense.activation {
        DenseActivation::Hidden(f) => (f.name(), f.formula(), f.summary()),
        DenseActivation::Output(f) => (f.name(), f.formula(), f.summary()),
    };
    part::line(
        ui,
        "Neurons",
        &format::count(dense.units as u64),
        "Each computes z = Σ w·a + b from all values of the layer before, and a = f(z).",
    );
    part::line(ui, name, formula, summary);
    ui.add(Label::new(eframe::egui::RichText::new(summary).small()).wrap());
    let parameters = format!(
        "{} × {} weights + {} {} = {}",
        format::count(dense.inputs as u64),
        format::count(dense.units as u64),
        format::count(dense.units as u64),
        if dense.units == 1 { "bias" } else { "biases" },
        format::count(((dense.inputs + 1) * dense.units) as u64)
    );
    part::line(
        ui,
        "Parameters",
        &parameters,
        "The numbers that training changes: one weight for each pair of a value that comes in and \
         a neuron, one bias for each neuron.",
    );
    let frozen = subject.spec.frozen_weights.len();
    if frozen > 0 && !subject.spec.frozen {
        part::line(ui, "Frozen", &format::count(frozen as u64), "Weights that are not trained.");
    }
    let weights = subject.run.and_then(|(_, parameters)| parameters.get(dense.weights.clone()));
    if let Some(weights) = weights {
        spread(ui, weights);
    }
}

/// The histogram of the weights, with their mean size.
fn spread(ui: &mut Ui, weights: &[f32]) {
    let help = "How the weights are spread. Early in training they are as the initialization drew \
                them; watch some grow. All near zero: the layer hardly passes anything on. Very \
                large ones: a regularization may help.";
    part::section(ui, "How its weights are spread", help);
    let values: Vec<f64> = weights.iter().map(|&weight| f64::from(weight)).collect();
    let bars = histogram(&values, BARS);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 96.0), Sense::hover());
    let palette = theme::palette(ui);
    ui.painter().rect_filled(rect, theme::RADIUS, palette.canvas);
    let most = bars.iter().fold(1.0_f64, |most, (_, count)| most.max(*count));
    let inner = rect.shrink2(vec2(8.0, 6.0));
    let width = inner.width() / BARS as f32;
    for (index, (middle, count)) in bars.iter().enumerate() {
        let left = inner.left() + width * index as f32;
        let height = inner.height() * (count / most) as f32;
        let bar = Rect::from_min_max(
            pos2(left + 0.5, inner.bottom() - height),
            pos2(left + width - 0.5, inner.bottom()),
        );
        let color = if *middle < 0.0 { palette.negative } else { palette.positive };
        ui.painter().rect_filled(bar, 1.0, color);
    }
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    scale(ui, largest);
    let mean = values.iter().map(|value| value.abs()).sum::<f64>() / values.len().max(1) as f64;
    let text = format!("Mean size {}.", format::number(mean));
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Figure, true, format!("Histogram of the weights. {text}"))
    });
    response.on_hover_text(help);
    crate::ui::result::caption(ui, text);
}

/// The values below a histogram that reaches as far to the left of zero as to the right.
fn scale(ui: &mut Ui, reach: f64) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 14.0), Sense::hover());
    let ends = [
        (rect.left_top(), Align2::LEFT_TOP, -reach),
        (rect.center_top(), Align2::CENTER_TOP, 0.0),
        (rect.right_top(), Align2::RIGHT_TOP, reach),
    ];
    let color = theme::palette(ui).text_weak;
    let font = FontId::proportional(theme::TEXT_SMALL);
    for (at, align, value) in ends {
        ui.painter().text(at, align, format::number(value), font.clone(), color);
    }
}

fn dropout(ui: &mut Ui, rate: f32) {
    part::line(
        ui,
        "Rate",
        &format::percent(f64::from(rate)),
        "The share of values that is set to zero in each update.",
    );
    ui.add(
        Label::new(
            "While training, it sets this share of the values that pass through to zero, others \
             each time, and scales the rest up by 1/(1 − rate). No neuron can rely on a single \
             other one, which works against learning by heart. It has no weights, and it does \
             nothing when the network answers.",
        )
        .wrap(),
    );
}

fn output(ui: &mut Ui, subject: &Subject<'_>) {
    let Some((prepared, _)) = subject.run else { return };
    let target = &prepared.samples.encoder.target;
    part::line(ui, "Predicts", target.name(), "The column that the network learns to predict.");
    let loss = prepared.loss;
    part::line(ui, "Loss", &format!("{}: {}", loss.name(), loss.formula()), loss.summary());
}

fn input(ui: &mut Ui, subject: &Subject<'_>) {
    const SHOWN: usize = 40;
    let Some(samples) = subject.scene.samples else {
        ui.label("Its inputs are known as soon as there are data.");
        return;
    };
    let encoder = &samples.encoder;
    let names = encoder.input_names();
    part::line(
        ui,
        "Inputs",
        &format::count(names.len() as u64),
        "The numbers that the network sees of a row. Its width follows the data.",
    );
    part::section(ui, "What it sees", "Each input and how it is made from the data.");
    for (index, name) in names.iter().enumerate().take(SHOWN) {
        part::line(ui, name, &made_of(encoder, index), "How this number is made.");
    }
    if names.len() > SHOWN {
        ui.label(format!("and {} more", names.len() - SHOWN));
    }
}

/// Shows one input: what it is and, for a question, its value.
pub fn show_input(ui: &mut Ui, subject: &Subject<'_>, unit: usize, answer: Option<&Answer>) {
    let Some(samples) = subject.scene.samples else { return };
    let names = samples.encoder.input_names();
    let Some(name) = names.get(unit) else {
        ui.label("This neuron is no longer there: the layer has changed.");
        return;
    };
    part::title(ui, &format!("Input {name}"), |_| ());
    ui.add(Label::new(made_of(&samples.encoder, unit)).wrap());
    if let Some(&value) = answer.and_then(|answer| answer.inputs.get(unit)) {
        part::section(ui, "For the row you asked about", "The number that enters the network.");
        ui.label(format!("{name} = {}", format::number(f64::from(value))));
    }
}

/// How an input is made from the data, in words.
fn made_of(encoder: &Encoder, input: usize) -> String {
    if let Some(feature) = encoder.features.get(input) {
        return feature.summary().to_owned();
    }
    let column = encoder
        .columns
        .iter()
        .enumerate()
        .find(|(index, _)| encoder.inputs_of(*index).contains(&input));
    match column.map(|(_, column)| &column.kind) {
        Some(InputKind::Number { mean, scale, .. }) => format!(
            "(value − {}) / {}, so that its mean is 0 and its spread 1",
            format::number(*mean),
            format::number(*scale)
        ),
        Some(InputKind::Category { .. }) => "1 where it is so, 0 elsewhere".to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Split, library_set};

    #[test]
    fn every_input_of_a_table_is_explained() {
        let samples = library_set("penguins").unwrap().prepare(&Split::default()).unwrap();
        let encoder = &samples.encoder;
        for input in 0..encoder.width() {
            assert!(!made_of(encoder, input).is_empty(), "input {input}");
        }
        assert!(made_of(encoder, 0).starts_with("1 where"));
    }
}
