//! How an answer comes about: the values that leave each layer, and the sum within one neuron.

use std::fmt::Write as _;

use eframe::egui::{Align2, FontId, Label, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Subject, names, part};
use crate::experiment::Prepared;
use crate::insight::Answer;
use crate::nn::{Dense, DenseActivation};
use crate::ui::result::{looks, question, text_on, verdict_ui};
use crate::ui::theme::{self, signed_color};
use crate::ui::{Scene, View, format};

/// Most values of a layer that are shown.
const SHOWN: usize = 24;
/// Terms of a sum that are written out.
const TERMS: usize = 4;

/// Shows the question, the values of every layer, and the answer.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &View, answer: &Answer) {
    let Some(snapshot) = scene.snapshot else { return };
    let prepared = &snapshot.prepared;
    part::title(ui, "How the answer comes about", |_| ());
    if let Some(cells) = &view.asked {
        let text = question(&prepared.samples.encoder, cells, view, 6);
        ui.add(Label::new(text).wrap());
    }
    part::section(ui, "Answer", "What the outputs amount to.");
    verdict_ui(ui, &answer.verdict, &looks(scene), 10);
    let names = prepared.samples.encoder.input_names();
    let name =
        |index: usize| names.get(index).cloned().unwrap_or_else(|| format!("input {}", index + 1));
    values(ui, "Enters the network", &answer.inputs, name);
    for (index, activations) in answer.activations.iter().enumerate() {
        let id = prepared.layer_ids.get(index).copied().unwrap_or_default();
        let title = format!("Leaves {}", names::layer(&prepared.spec.network, id).to_lowercase());
        values(ui, &title, activations, |unit| format!("neuron {}", unit + 1));
    }
    crate::ui::result::caption(
        ui,
        "Select a neuron on the canvas to see its sum, z = Σ w·a + b, with these numbers.",
    );
}

/// Values as coloured cells, each with its number.
fn values(ui: &mut Ui, title: &str, values: &[f32], name: impl Fn(usize) -> String) {
    part::section(
        ui,
        title,
        "The values that one layer hands to the next: blue above zero, orange below.",
    );
    let most = values.iter().fold(0.0_f32, |most, value| most.max(value.abs())).max(1.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(3.0, 3.0);
        ui.spacing_mut().interact_size.y = 22.0;
        for (index, &value) in values.iter().enumerate().take(SHOWN) {
            cell(ui, value, most, &name(index));
        }
        if values.len() > SHOWN {
            ui.label(format!("and {} more", values.len() - SHOWN));
        }
    });
}

fn cell(ui: &mut Ui, value: f32, most: f32, name: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(46.0, 22.0), Sense::hover());
    let palette = theme::palette(ui);
    let fill = signed_color(value / most, palette);
    ui.painter().rect_filled(Rect::from_min_max(rect.min, rect.max), 3.0, fill);
    ui.painter().text(
        pos2(rect.center().x, rect.center().y),
        Align2::CENTER_CENTER,
        format::fixed(f64::from(value), 2),
        FontId::proportional(theme::TEXT_SMALL),
        text_on(fill, palette),
    );
    let text = format!("{name}: {}", format::number(f64::from(value)));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    response.on_hover_text(text);
}

/// The neuron's sum for the row asked about, with its largest terms written out.
pub fn sum(ui: &mut Ui, subject: &Subject<'_>, dense: &Dense, unit: usize, answer: &Answer) {
    let Some((prepared, parameters)) = subject.run else { return };
    let start = dense.weights.start + unit * dense.inputs;
    let weights = parameters.get(start..start + dense.inputs).unwrap_or_default();
    let bias = dense.parameter(unit, None).and_then(|index| subject.value(index));
    let (Some(bias), Some(index)) = (bias, subject.index) else { return };
    let entering = subject.entering(answer);
    let activation = answer.activations.get(index).and_then(|values| values.get(unit));
    let Some(&activation) = activation else { return };
    part::section(
        ui,
        "For the row you asked about",
        "The neuron's sum with the values that come in, the largest terms first, and what leaves it.",
    );
    let (text, z) = terms(weights, entering, bias);
    ui.add(Label::new(text).wrap());
    ui.label(leaves(dense.activation, z, activation, prepared));
}

/// "z = 0.52·1.2 − 0.31·0.4 + … + 0.1 = 0.83", and z itself.
fn terms(weights: &[f32], entering: &[f32], bias: f32) -> (String, f32) {
    let mut products: Vec<(f32, f32)> =
        weights.iter().copied().zip(entering.iter().copied()).collect();
    let z = products.iter().map(|(weight, value)| weight * value).sum::<f32>() + bias;
    let size = |(weight, value): &(f32, f32)| (weight * value).abs();
    products.sort_by(|one, other| size(other).total_cmp(&size(one)));
    let mut text = String::from("z = ");
    for (number, (weight, value)) in products.iter().take(TERMS).enumerate() {
        let sign = match (number, *weight < 0.0) {
            (0, false) => "",
            (0, true) => "−",
            (_, false) => " + ",
            (_, true) => " − ",
        };
        let value = format::number(f64::from(*value));
        let value = if value.starts_with('−') { format!("({value})") } else { value };
        write!(text, "{sign}{}·{value}", format::number(f64::from(weight.abs()))).ok();
    }
    if products.len() > TERMS {
        write!(text, " + … ({} more)", products.len() - TERMS).ok();
    }
    let sign = if bias < 0.0 { "−" } else { "+" };
    let (bias, sum) = (format::number(f64::from(bias.abs())), format::number(f64::from(z)));
    write!(text, " {sign} {bias} = {sum}").ok();
    (text, z)
}

fn leaves(function: DenseActivation, z: f32, a: f32, prepared: &Prepared) -> String {
    let a = format::number(f64::from(a));
    match function {
        DenseActivation::Hidden(f) => {
            format!("a = {}({}) = {a}", f.name().to_lowercase(), format::number(f64::from(z)))
        }
        DenseActivation::Output(_) if prepared.network.outputs() > 1 => {
            format!("a = {a}, after softmax over all outputs")
        }
        DenseActivation::Output(f) => {
            format!("a = {}({}) = {a}", f.name().to_lowercase(), format::number(f64::from(z)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_written_out_and_right() {
        let (text, z) = terms(&[0.5, -2.0], &[1.0, 3.0], 0.25);
        assert!((z + 5.25).abs() < 1e-6);
        assert_eq!(text, "z = −2·3 + 0.5·1 + 0.25 = −5.25");
        let (text, _) = terms(&[1.0; 5], &[-1.0; 5], -1.0);
        assert_eq!(text, "z = 1·(−1) + 1·(−1) + 1·(−1) + 1·(−1) + … (1 more) − 1 = −6");
    }
}
