//! One neuron: what it responds to, its bias, and all weights that lead to it, the largest first.

use eframe::egui::{
    Align, Label, Layout, Rect, Response, RichText, Role, Sense, TextureHandle, TextureOptions, Ui,
    UiBuilder, Vec2, WidgetInfo, pos2, vec2,
};

use super::{Subject, climb, forward, names, part};
use crate::app::command::Outbox;
use crate::experiment::spec::WeightAddress;
use crate::experiment::{Edit, LayerKind};
use crate::insight::Answer;
use crate::nn::{Dense, DenseActivation};
use crate::ui::View;
use crate::ui::result::upright;
use crate::ui::theme::{self, signed_color};

/// Side of the neuron's map, in points.
const MAP: f32 = 128.0;
/// Height of a row of the table of weights, in points.
const ROW: f32 = part::FIELD + 2.0;

/// The map of the neuron and the order of its weights.
#[derive(Default)]
pub struct NeuronState {
    map: Option<(MapKey, TextureHandle)>,
    order: Option<(OrderKey, Vec<usize>)>,
    sources: Option<((u32, usize), Vec<String>)>,
}

/// What the map was painted from.
#[derive(Clone, Copy, Debug, PartialEq)]
struct MapKey {
    snapshot: u64,
    columns: (usize, Option<usize>),
    layer: u32,
    unit: usize,
    dark: bool,
}

/// When the weights were put in order: changing one by hand does not move its row away.
#[derive(Clone, Copy, Debug, PartialEq)]
struct OrderKey {
    layer: u32,
    unit: usize,
    inputs: usize,
    step: u64,
    look_back: Option<u64>,
}

impl std::fmt::Debug for NeuronState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NeuronState").finish_non_exhaustive()
    }
}

/// Shows the page.
pub fn show(
    ui: &mut Ui,
    subject: &Subject<'_>,
    (dense, unit): (&Dense, usize),
    view: &mut View,
    out: &mut Outbox,
    state: &mut NeuronState,
    answer: Option<&Answer>,
) {
    let layer = names::layer(&subject.scene.spec.network, subject.spec.id);
    let name = names::unit(subject, unit);
    part::title(ui, &format!("{layer}, {name}"), |ui| freeze(ui, subject, dense, unit, out));
    ui.horizontal_top(|ui| {
        let shown = state.map(ui, subject, unit);
        ui.vertical(|ui| {
            if !shown {
                part::section(ui, "No map: only the first neurons of a wide layer have one", "");
            }
            let (function, formula) = match dense.activation {
                DenseActivation::Hidden(f) => (f.name(), f.formula()),
                DenseActivation::Output(f) => (f.name(), f.formula()),
            };
            part::line(
                ui,
                "Sum",
                "z = Σ w·a + b",
                "Each value that comes in, times its weight, \
                 added up, plus the bias.",
            );
            part::line(
                ui,
                function,
                formula,
                "The activation turns the sum z into the neuron's \
                 answer a.",
            );
            let help = "It says where the neuron switches, whatever comes in.";
            let color = theme::palette(ui).text_weak;
            ui.horizontal(|ui| {
                ui.label(RichText::new("Bias b").color(color)).on_hover_text(help);
                if let Some(index) = dense.parameter(unit, None) {
                    part::field(ui, subject, index, "Bias", out);
                    flake(ui, subject, WeightAddress { unit, input: None }, "the bias", out);
                }
            });
        });
    });
    if let Some(answer) = answer {
        forward::sum(ui, subject, dense, unit, answer);
    }
    climb::show(ui, subject, unit, view, out);
    weights(ui, subject, dense, unit, out, state);
}

/// Freezes or thaws all weights of the neuron and its bias.
fn freeze(ui: &mut Ui, subject: &Subject<'_>, dense: &Dense, unit: usize, out: &mut Outbox) {
    let own = |weight: &&WeightAddress| weight.unit == unit;
    let count = subject.spec.frozen_weights.iter().filter(own).count();
    let frozen = subject.spec.frozen || count > dense.inputs;
    let response = ui.add_enabled_ui(!subject.spec.frozen, |ui| {
        if part::freeze(ui, frozen, "neuron") {
            let mut network = subject.scene.spec.network.clone();
            if let Some(layer) = network.layer_mut(subject.spec.id) {
                layer.frozen_weights.retain(|weight| weight.unit != unit);
                if !frozen {
                    let inputs = (0..dense.inputs).map(Some).chain([None]);
                    let addresses = inputs.map(|input| WeightAddress { unit, input });
                    layer.frozen_weights.extend(addresses);
                }
                layer.frozen_weights.sort_unstable();
            }
            let text = if frozen { "unfreeze neuron" } else { "freeze neuron" };
            out.edit(Edit::SetNetwork(network, text));
        }
    });
    response.response.on_disabled_hover_text("The whole layer is frozen.");
}

fn flake(ui: &mut Ui, subject: &Subject<'_>, weight: WeightAddress, what: &str, out: &mut Outbox) {
    let frozen = subject.spec.frozen || subject.spec.frozen_weights.contains(&weight);
    ui.add_enabled_ui(!subject.spec.frozen, |ui| {
        if part::flake(ui, frozen, what) {
            out.edit(Edit::FreezeWeight { id: subject.spec.id, weight, frozen: !frozen });
        }
    });
}

impl NeuronState {
    /// Draws what the neuron responds to. Returns whether there is such a map.
    fn map(&mut self, ui: &mut Ui, subject: &Subject<'_>, unit: usize) -> bool {
        let Some(frame) = subject.scene.insight else { return false };
        let Some(maps) = &frame.neurons else { return false };
        let id = subject.spec.id;
        let Some(layer) = maps.layers.iter().find(|layer| layer.layer == id) else { return false };
        let Some(values) = layer.units.get(unit) else { return false };
        let palette = theme::palette(ui);
        let key = MapKey {
            snapshot: frame.snapshot,
            columns: (frame.request.x, frame.request.y),
            layer: id,
            unit,
            dark: palette.dark,
        };
        if self.map.as_ref().is_none_or(|(old, _)| *old != key) {
            let colors: Vec<_> = values.iter().map(|&value| signed_color(value, palette)).collect();
            let mut image = upright(layer.size.0, &colors);
            if maps.pictures {
                // Pictures are stored from the top.
                let rows = image.pixels.chunks_exact(layer.size.0.max(1)).rev();
                image.pixels = rows.flatten().copied().collect();
            }
            let options =
                if maps.pictures { TextureOptions::NEAREST } else { TextureOptions::LINEAR };
            if let Some((old, texture)) = &mut self.map {
                texture.set(image, options);
                *old = key;
            } else {
                let texture = ui.ctx().load_texture("neuron map", image, options);
                self.map = Some((key, texture));
            }
        }
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(MAP), Sense::hover());
        if let Some((_, texture)) = &self.map {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let tint = eframe::egui::Color32::WHITE;
            ui.painter().image(texture.id(), rect, uv, tint);
        }
        describe(response, maps.pictures, subject.spec.kind == LayerKind::Output);
        true
    }

    /// The inputs in the order of the size of their weights.
    fn order(&mut self, subject: &Subject<'_>, weights: &[f32], unit: usize) -> Vec<usize> {
        let step = subject.scene.snapshot.map_or(0, |snapshot| snapshot.step);
        let mut key = OrderKey {
            layer: subject.spec.id,
            unit,
            inputs: weights.len(),
            step,
            look_back: subject.scene.look_back,
        };
        if let Some((old, order)) = &self.order {
            if subject.scene.is_running() {
                // While training the rows stay where they are, so that they can be read.
                key.step = old.step;
            }
            if *old == key {
                return order.clone();
            }
        }
        let mut order: Vec<usize> = (0..weights.len()).collect();
        let size = |input: &usize| weights.get(*input).map_or(0.0, |weight| weight.abs());
        order.sort_by(|one, other| size(other).total_cmp(&size(one)));
        self.order = Some((key, order.clone()));
        order
    }

    fn sources(&mut self, subject: &Subject<'_>, count: usize) -> &[String] {
        let key = (subject.spec.id, count);
        if self.sources.as_ref().is_none_or(|(old, _)| *old != key)
            && let Some(((prepared, _), index)) = subject.run.zip(subject.index)
        {
            self.sources = Some((key, names::sources(prepared, index)));
        }
        self.sources.as_ref().map_or(&[], |(_, names)| names)
    }
}

fn describe(response: Response, pictures: bool, output: bool) {
    let text = if pictures {
        "The neuron's weights as a picture: blue pixels speak for it, orange ones against it."
    } else if output {
        "The output over the map's two columns: blue where it is large, orange where it is small."
    } else {
        "What the neuron responds to: its answer over the map's two columns, blue above zero, \
         orange below."
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, text));
    response.on_hover_text(text);
}

/// The table of weights. Only the rows in view are built: a picture's neuron has hundreds.
fn weights(
    ui: &mut Ui,
    subject: &Subject<'_>,
    dense: &Dense,
    unit: usize,
    out: &mut Outbox,
    state: &mut NeuronState,
) {
    let Some((_, parameters)) = subject.run else { return };
    let start = dense.weights.start + unit * dense.inputs;
    let Some(weights) = parameters.get(start..start + dense.inputs) else { return };
    part::section(
        ui,
        &format!("Weights that lead here ({}), the largest first", dense.inputs),
        "How much the neuron listens to each value that comes in. Blue: the more of it, the more \
         of this neuron; orange: the more of it, the less.",
    );
    let order = state.order(subject, weights, unit);
    let sources = state.sources(subject, dense.inputs);
    let most = weights.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let size = vec2(ui.available_width(), ROW * order.len() as f32);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let visible = ui.clip_rect();
    let first = ((visible.top() - rect.top()) / ROW).floor().max(0.0) as usize;
    let last = (((visible.bottom() - rect.top()) / ROW).ceil().max(0.0) as usize).min(order.len());
    for (row, &input) in order.iter().enumerate().take(last).skip(first) {
        let top = rect.top() + ROW * row as f32;
        let place = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
        let builder = UiBuilder::new()
            .max_rect(place)
            .id_salt(("weight", input))
            .layout(Layout::left_to_right(Align::Center));
        let name = sources.get(input).map_or("?", String::as_str);
        ui.scope_builder(builder, |ui| {
            weight_row(
                ui,
                subject,
                dense,
                WeightAddress { unit, input: Some(input) },
                name,
                most,
                out,
            );
        });
    }
}

fn weight_row(
    ui: &mut Ui,
    subject: &Subject<'_>,
    dense: &Dense,
    address: WeightAddress,
    name: &str,
    most: f32,
    out: &mut Outbox,
) {
    let Some(index) = dense.parameter(address.unit, address.input) else { return };
    let value = subject.value(index).unwrap_or(f32::NAN);
    ui.spacing_mut().item_spacing.x = 6.0;
    ui.spacing_mut().interact_size.y = part::FIELD;
    let room = ui.available_width() - 76.0 - 20.0 - 24.0;
    let names = (room * 0.5).floor();
    ui.allocate_ui_with_layout(vec2(names, ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(names);
        ui.add(Label::new(name).truncate()).on_hover_text(name);
    });
    part::signed_bar(ui, room - names, value, most);
    part::field(ui, subject, index, &format!("Weight from {name}"), out);
    flake(ui, subject, address, &format!("the weight from {name}"), out);
}
