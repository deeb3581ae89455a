//! The controls on cards: activation, number of neurons, dropout rate.

use eframe::egui::{
    self, Align2, Atom, Painter, Rect, Role, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::Stage;
use super::layout::CardBox;
use super::model::Card;
use super::paint;
use crate::app::Outbox;
use crate::experiment::{Edit, LayerKind, spec::MAX_UNITS};
use crate::nn::Activation;
use crate::ui::icon::{self, Icon};
use crate::ui::theme::{self, Palette};

/// Range of z in the pictures of activations.
const PREVIEW_REACH: f32 = 3.5;
/// Largest share a dropout layer may switch off, in percent.
const MOST_PERCENT: f64 = 90.0;

/// Shows the controls of one card.
pub(super) fn show(ui: &mut Ui, stage: &Stage<'_>, card: &Card, place: &CardBox, out: &mut Outbox) {
    match card.kind {
        LayerKind::Dense { units, activation } => {
            let height = stage.layout.measure.control;
            let size = vec2(place.footer.width(), height);
            let upper = Rect::from_min_size(place.footer.min, size);
            let lower =
                Rect::from_min_size(pos2(upper.left(), place.footer.bottom() - height), size);
            activation_combo(ui, stage, card, upper, activation, out);
            units_row(ui, stage, card, lower, units, out);
        }
        LayerKind::Dropout { rate } => {
            dropout_dots(ui.painter(), place.body, rate, stage.palette);
            rate_field(ui, stage, card, place.footer, rate, out);
        }
        LayerKind::Output => output_text(ui, stage, card, place.footer),
        LayerKind::Input => input_text(ui, stage, card, place.footer),
    }
}

fn activation_combo(
    ui: &mut Ui,
    stage: &Stage<'_>,
    card: &Card,
    rect: Rect,
    activation: Activation,
    out: &mut Outbox,
) {
    let mut child = paint::sized_child(ui, rect, stage.layout.measure, ("activation", card.id));
    let palette = stage.palette;
    let combo = egui::ComboBox::from_id_salt("activation")
        .selected_text(activation.name())
        .width(rect.width())
        .height(420.0)
        .truncate()
        .show_ui(&mut child, |ui| {
            for &choice in Activation::ALL {
                let picture = Atom::paint(vec2(28.0, 18.0), move |ui, args| {
                    let stroke = Stroke::new(1.5, args.fallback_text_color);
                    paint_activation(ui.painter(), args.rect, choice, stroke);
                });
                let item = ui.selectable_label(choice == activation, (picture, choice.name()));
                if item.clicked() {
                    out.edit(Edit::SetActivation { id: card.id, activation: choice });
                }
                item.on_hover_ui(|ui| activation_tooltip(ui, choice, palette));
            }
        });
    let name = format!("Activation of {}", card.lower_name());
    let response = combo.response.accessible_name(name);
    if combo.inner.is_none() {
        response.on_hover_ui(|ui| {
            activation_tooltip(ui, activation, palette);
            ui.small("The bend in each neuron. Without one, many layers do no more than one.");
        });
    }
}

/// Name, formula, graph and use of an activation.
fn activation_tooltip(ui: &mut Ui, activation: Activation, palette: &Palette) {
    ui.label(egui::RichText::new(activation.name()).text_style(theme::strong_text_style()));
    ui.label(activation.formula());
    let (rect, _) = ui.allocate_exact_size(vec2(168.0, 96.0), egui::Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(rect, theme::RADIUS, palette.canvas);
    let grid = Stroke::new(1.0, palette.outline);
    painter.hline(rect.x_range(), rect.center().y, grid);
    painter.vline(rect.center().x, rect.y_range(), grid);
    let inner = rect.shrink(6.0);
    paint_activation(painter, inner, activation, Stroke::new(2.0, palette.accent_text));
    ui.label(activation.summary());
}

/// The graph of an activation, as far as it lies within `rect`.
fn paint_activation(painter: &Painter, rect: Rect, activation: Activation, stroke: Stroke) {
    // Points beyond the frame are left out rather than drawn along its edge.
    let scale = rect.width() / (2.0 * PREVIEW_REACH);
    let vertical = scale.max(rect.height() / 3.0);
    let points: Vec<_> = (0..=56)
        .map(|step| PREVIEW_REACH * (step as f32 / 28.0 - 1.0))
        .map(|z| {
            let value = activation.value(z);
            pos2(rect.center().x + z * scale, rect.center().y - value * vertical)
        })
        .filter(|point| point.y >= rect.top() - 0.5 && point.y <= rect.bottom() + 0.5)
        .collect();
    painter.add(Shape::line(points, stroke));
}

fn units_row(
    ui: &mut Ui,
    stage: &Stage<'_>,
    card: &Card,
    rect: Rect,
    units: usize,
    out: &mut Outbox,
) {
    let measure = stage.layout.measure;
    let mut child = paint::sized_child(ui, rect, measure, ("units", card.id));
    child.spacing_mut().button_padding = Vec2::ZERO;
    let side = rect.height().min(rect.width() * 0.24);
    let gap = (3.0 * measure.zoom).clamp(2.0, 4.0);
    let left = rect.with_max_x(rect.left() + side);
    let right = rect.with_min_x(rect.right() - side);
    let middle = Rect::from_x_y_ranges(left.right() + gap..=right.left() - gap, rect.y_range());

    let fewer = Step { by: -1, icon: icon::MINUS, verb: "Remove a neuron from" };
    let more = Step { by: 1, icon: icon::PLUS, verb: "Add a neuron to" };
    fewer.show(&mut child, stage, card, left, units, out);
    more.show(&mut child, stage, card, right, units, out);

    let mut value = units;
    let field = egui::DragValue::new(&mut value)
        .range(1..=MAX_UNITS)
        .speed(0.1)
        .update_while_editing(false);
    let name = format!("Neurons in {}", card.lower_name());
    let response = child.put(middle, field).accessible_name(name);
    if value != units {
        out.edit(Edit::SetUnits { id: card.id, units: value });
    }
    response.on_hover_text(
        "Number of neurons (units). Click to type, or drag. More neurons can bend the answer in \
         more places, but cost time and can learn the training rows by heart.",
    );
}

/// A button that changes the number of neurons by one.
struct Step {
    by: isize,
    icon: Icon,
    verb: &'static str,
}

impl Step {
    fn show(
        &self,
        ui: &mut Ui,
        stage: &Stage<'_>,
        card: &Card,
        rect: Rect,
        units: usize,
        out: &mut Outbox,
    ) {
        let after = units.saturating_add_signed(self.by);
        let enabled = (1..=MAX_UNITS).contains(&after);
        let mut slot = ui.new_child(egui::UiBuilder::new().id_salt(self.by).max_rect(rect));
        if !enabled {
            slot.disable();
        }
        let picture = self.icon.atom(stage.layout.measure.small);
        let response = slot.put(rect, egui::Button::new(picture));
        let name = format!("{} {}", self.verb, card.lower_name());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &name));
        if response.clicked() {
            out.edit(Edit::SetUnits { id: card.id, units: after });
        }
        let tooltip = if self.by > 0 { "One neuron more." } else { "One neuron fewer." };
        let limits = format!("A layer has 1 to {MAX_UNITS} neurons.");
        response.on_hover_text(tooltip).on_disabled_hover_text(limits);
    }
}

fn rate_field(
    ui: &mut Ui,
    stage: &Stage<'_>,
    card: &Card,
    rect: Rect,
    rate: f32,
    out: &mut Outbox,
) {
    let mut child = paint::sized_child(ui, rect, stage.layout.measure, ("rate", card.id));
    let before = f64::from(rate) * 100.0;
    let mut percent = before.round();
    let field = egui::DragValue::new(&mut percent)
        .range(0.0..=MOST_PERCENT)
        .clamp_existing_to_range(false)
        .speed(0.25)
        .max_decimals(0)
        .suffix(" %")
        .update_while_editing(false);
    let name = format!("Dropout rate of {}", card.lower_name());
    let response = child.put(rect, field).accessible_name(name);
    if response.changed() && (percent - before).abs() > 1e-6 {
        out.edit(Edit::SetRate { id: card.id, rate: (percent / 100.0) as f32 });
    }
    response.on_hover_text(
        "Dropout rate p: in each update every value is set to 0 with this probability, the others \
         are multiplied by 1/(1 − p). The network must not rely on any single neuron, and learns \
         less by heart. 10 to 50 % are usual. When it answers, nothing is switched off.",
    );
}

/// The order in which dots become hollow: scattered rather than in a row.
const SCATTERED: [usize; 10] = [3, 8, 1, 6, 4, 9, 0, 5, 2, 7];

/// Ten dots; as many are hollow as values are switched off.
fn dropout_dots(painter: &Painter, body: Rect, rate: f32, palette: &Palette) {
    let off = (rate * 10.0).round() as usize;
    let step = vec2((body.width() / 3.0).min(body.height() / 4.0), body.height() / 5.2);
    let radius = (step.y * 0.3).clamp(2.0, 10.0);
    for (dot, &turn) in SCATTERED.iter().enumerate() {
        let side = if dot % 2 == 0 { -0.5 } else { 0.5 };
        let row = (dot / 2) as f32 - 2.0;
        let center = body.center() + vec2(side * step.x, row * step.y);
        if turn < off {
            painter.circle_stroke(center, radius, Stroke::new(1.0, palette.text_weak));
        } else {
            painter.circle_filled(center, radius, palette.text_weak);
        }
    }
}

/// What follows from the task.
fn output_text(ui: &mut Ui, stage: &Stage<'_>, card: &Card, rect: Rect) {
    let (first, second, tooltip) = match stage.scene.output() {
        Some(output) => {
            let second = match stage.facts.classes {
                Some(classes) => format!("{classes} classes"),
                None => "a number".to_owned(),
            };
            let first = match card.units {
                1 => output.name().to_owned(),
                units => format!("{units} × {}", output.name().to_lowercase()),
            };
            let names = stage.scene.classes().map_or_else(
                || format!("It predicts {}.", stage.facts.output_names.join(", ")),
                |classes| format!("Classes: {}.", classes.join(", ")),
            );
            let tooltip = format!(
                "The output layer follows the task: {}, {}.\n{}\n{}\n{names}",
                super::model::counted(card.units, "output", "outputs"),
                output.name().to_lowercase(),
                output.formula(),
                output.summary(),
            );
            (first, second, tooltip)
        }
        None => (
            "Follows the".to_owned(),
            "data".to_owned(),
            "Number of outputs and activation follow the task, once there are data.".to_owned(),
        ),
    };
    footer_text(ui, stage, card, rect, [&first, &second], &tooltip);
}

fn input_text(ui: &mut Ui, stage: &Stage<'_>, card: &Card, rect: Rect) {
    if let Some((width, height)) = stage.facts.picture {
        let text = format!("{width} × {height} pixels");
        footer_text(ui, stage, card, rect, [&text, ""], "Each pixel is an input of its own.");
    } else if card.units == 0 {
        let tooltip = "The inputs are the columns of the data. Choose data on the left.";
        footer_text(ui, stage, card, rect, ["No data", "yet"], tooltip);
    }
}

/// One or two lines of small text at the foot of a card.
fn footer_text(
    ui: &mut Ui,
    stage: &Stage<'_>,
    card: &Card,
    rect: Rect,
    lines: [&str; 2],
    tooltip: &str,
) {
    let id = super::id_of(card.id).with("footer");
    let response = ui.interact(rect, id, egui::Sense::hover());
    let text = lines.join(" ");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.trim()));
    let used = lines.iter().filter(|line| !line.is_empty()).count().max(1);
    let height = rect.height() / used as f32;
    let font = paint::plain(stage.layout.measure.small);
    for (index, line) in lines.iter().take(used).enumerate() {
        let top = rect.top() + index as f32 * height;
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height));
        let color = if index == 0 { stage.palette.text } else { stage.palette.text_weak };
        paint::text_in(ui.painter(), row, Align2::CENTER_CENTER, line, font.clone(), color);
    }
    response.on_hover_text(tooltip);
}
