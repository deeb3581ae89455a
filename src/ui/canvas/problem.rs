//! What is wrong with the network, said where it is wrong: a banner for the whole canvas, a note
//! under a card, an invitation on an empty canvas.

use eframe::egui::{self, Frame, Margin, Pos2, Rect, Stroke, Ui, pos2, vec2};

use super::Stage;
use super::layout::CardBox;
use super::model::Card;
use crate::app::Outbox;
use crate::experiment::{Edit, ExperimentSpec, Place, Problem};
use crate::ui::icon;
use crate::ui::scene::Scene;
use crate::ui::theme::{self, Emphasis, Palette};

/// Width of a note under a card, in points.
const NOTE_WIDTH: f32 = 200.0;

/// Says what is wrong with the network as a whole, at the top of the canvas. Returns the rest.
pub(super) fn show_banner(ui: &mut Ui, scene: &Scene<'_>, canvas: Rect, out: &mut Outbox) -> Rect {
    let mut problems = scene.problems_at(Place::Canvas).peekable();
    if scene.spec.network.layers.is_empty() || problems.peek().is_none() {
        return canvas;
    }
    let room = canvas.shrink(theme::SPACE_2);
    let builder = egui::UiBuilder::new().id_salt("banner").max_rect(room);
    let mut child = ui.new_child(builder);
    for problem in problems {
        notice_frame(theme::palette(&child)).show(&mut child, |ui| {
            ui.set_width(ui.available_width());
            message(ui, problem, out);
        });
    }
    let top = (child.min_rect().bottom() + theme::SPACE_1).min(canvas.bottom());
    Rect::from_min_max(pos2(canvas.left(), top), canvas.max)
}

/// Says what is wrong with one layer, under its card.
pub(super) fn show_note(
    ui: &Ui,
    stage: &Stage<'_>,
    card: &Card,
    place: &CardBox,
    out: &mut Outbox,
) {
    let mut problems = stage.scene.problems_at(Place::Layer(card.id)).peekable();
    if problems.peek().is_none() || !place.rect.intersects(stage.canvas) {
        return;
    }
    let width = NOTE_WIDTH.min(stage.canvas.width() - 2.0 * theme::SPACE_2);
    let corner: Pos2 =
        pos2(place.rect.center().x - width / 2.0, place.rect.bottom() + theme::SPACE_1);
    egui::Area::new(super::id_of(card.id).with("note"))
        .order(egui::Order::Middle)
        .fixed_pos(corner)
        .constrain_to(stage.canvas.shrink(theme::SPACE_1))
        .show(ui.ctx(), |ui| {
            notice_frame(stage.palette).show(ui, |ui| {
                ui.set_width(width - 2.0 * theme::SPACE_2);
                for problem in problems {
                    message(ui, problem, out);
                }
            });
        });
}

/// An empty canvas invites: one sentence and one button.
pub(super) fn show_empty(ui: &mut Ui, stage: &Stage<'_>, out: &mut Outbox) {
    let size = vec2(stage.canvas.width().min(360.0), 132.0);
    let rect = Rect::from_center_size(stage.canvas.center(), size).intersect(stage.canvas);
    let builder = egui::UiBuilder::new()
        .id_salt("empty")
        .max_rect(rect)
        .layout(egui::Layout::top_down(egui::Align::Center));
    let mut child = ui.new_child(builder);
    let told = stage.scene.problems_at(Place::Canvas).next();
    let sentence = told.map_or(
        "The canvas is empty. Drag an Input layer here, then Dense layers, then an Output layer.",
        |problem| problem.message.as_str(),
    );
    child.add_space(theme::SPACE_2);
    child.label(sentence);
    child.add_space(theme::SPACE_3);
    theme::emphasize(&mut child, Emphasis::Primary);
    let button = child.button((icon::PLUS, "Add a small network"));
    if button.clicked() {
        let network = ExperimentSpec::on(stage.scene.spec.data.source.clone()).network;
        out.edit(Edit::SetNetwork(network, "add a small network"));
    }
    button.on_hover_text("Puts an input, two hidden layers and an output on the canvas.");
}

fn notice_frame(palette: &Palette) -> Frame {
    Frame::new()
        .fill(palette.card)
        .stroke(Stroke::new(1.0, palette.warning))
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::same(8))
}

/// Icon, sentence and, where there is one, the button that mends it.
fn message(ui: &mut Ui, problem: &Problem, out: &mut Outbox) {
    let palette = theme::palette(ui);
    ui.horizontal_top(|ui| {
        icon::WARNING.show(ui, palette.warning);
        ui.vertical(|ui| {
            ui.label(egui::RichText::new(&problem.message).color(palette.text_strong));
            if let Some((text, edit)) = &problem.fix
                && ui.button(*text).clicked()
            {
                out.edit(edit.clone());
            }
        });
    });
}
