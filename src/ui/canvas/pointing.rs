//! What the pointer reads and selects on the ground of the canvas: curves and cards.

use eframe::egui::{self, Pos2, Response, Stroke, Ui, epaint::CubicBezierShape};

use super::Stage;
use super::card;
use super::edges::{Bundle, Edge, Edges};
use super::model::Card;
use crate::app::{Action, Outbox};
use crate::experiment::spec::WeightAddress;
use crate::ui::view::{ResultTab, Selection, View};
use crate::ui::{format, icon, theme};

/// Marks the selected curve and the one under the pointer, reads its weight, selects it on a click.
pub(super) fn show(ui: &Ui, stage: &Stage<'_>, ground: &Response, edges: &Edges, view: &mut View) {
    if let Some(Selection::Weight { layer, address }) = view.selection
        && let Some((bundle, edge)) = edges.find(layer, address)
    {
        paint_marked(ui, stage, bundle, edge, stage.palette.accent_text);
    }
    let pointer = ground.hover_pos().filter(|_| ground.hovered());
    let hit = pointer.and_then(|at| edges.at(at));
    if let Some((bundle, edge)) = hit {
        paint_marked(ui, stage, bundle, edge, stage.palette.text_strong);
        ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
        tooltip(ground, stage, bundle, edge);
    }
    if ground.clicked() {
        let at = ground.interact_pointer_pos();
        select(stage, hit.or_else(|| at.and_then(|at| edges.at(at))), at, view);
    }
}

/// What a click selects: the curve, else the card, else nothing.
fn select(stage: &Stage<'_>, hit: Option<(&Bundle, &Edge)>, at: Option<Pos2>, view: &mut View) {
    if let Some((bundle, edge)) = hit {
        let layer = bundle.layer;
        view.selection = Some(if bundle.picture {
            Selection::Neuron { layer, unit: edge.to }
        } else {
            let address = WeightAddress { unit: edge.to, input: Some(edge.from) };
            Selection::Weight { layer, address }
        });
        view.tab = ResultTab::Inspector;
    } else {
        let card = at.and_then(|at| card_at(stage, at));
        view.selection = card.map(|card| Selection::Layer(card.id));
    }
}

/// The card at a place of the window.
pub(super) fn card_at<'a>(stage: &Stage<'a>, at: Pos2) -> Option<&'a Card> {
    let mut placed = stage.cards.iter().zip(&stage.layout.boxes);
    placed.find(|(_, place)| place.rect.contains(at)).map(|(card, _)| card)
}

/// Draws one curve once more, stronger.
fn paint_marked(ui: &Ui, stage: &Stage<'_>, bundle: &Bundle, edge: &Edge, halo: egui::Color32) {
    let pen = bundle.pen(edge, stage.layout.measure.zoom, stage.palette);
    let points = Bundle::curve(edge).control_points();
    let clear = egui::Color32::TRANSPARENT;
    for stroke in [
        Stroke::new(pen.width + 3.0, halo),
        Stroke::new(pen.width.max(1.0) + 0.5, bundle.color(edge, stage.palette)),
    ] {
        ui.painter().add(CubicBezierShape::from_points_stroke(points, false, clear, stroke));
    }
}

/// "weight from x₁ to neuron 2: 0.3142".
fn tooltip(ground: &Response, stage: &Stage<'_>, bundle: &Bundle, edge: &Edge) {
    let (Some(source), Some(target)) = (stage.cards.get(bundle.from), stage.cards.get(bundle.to))
    else {
        return;
    };
    let from = source.short_unit_name(edge.from, stage.facts);
    let to = target.short_unit_name(edge.to, stage.facts);
    let value = format::number(f64::from(edge.weight));
    let drawn = bundle.edges.len();
    egui::Tooltip::always_open(
        ground.ctx.clone(),
        ground.layer_id,
        ground.id,
        egui::PopupAnchor::Pointer,
    )
    .gap(theme::SPACE_3)
    .show(|ui| {
        let strong = theme::strong_text_style();
        if bundle.picture {
            let text =
                format!("{} weights from {from} to {to}", format::count(source.units as u64));
            ui.label(egui::RichText::new(text).text_style(strong));
            ui.label(format!("together of size ‖w‖ = {value}"));
            ui.small("Click to read and change them.");
            return;
        }
        let text = format!("Weight from {from} to {to}: {value}");
        ui.label(egui::RichText::new(text).text_style(strong));
        let meaning = if edge.weight < 0.0 {
            "Orange: it pushes the sum down"
        } else {
            "Blue: it pushes the sum up"
        };
        ui.small(format!("{meaning} where {from} is positive. Width is size."));
        if edge.frozen {
            ui.small("Dashed: frozen, training leaves it as it is.");
        }
        if bundle.cut {
            ui.small(format!(
                "Drawn are the {drawn} largest of {} weights.",
                format::count(bundle.total as u64),
            ));
        } else if bundle.total > drawn {
            ui.small(format!(
                "Drawn are {drawn} of {} weights.",
                format::count(bundle.total as u64)
            ));
        }
        ui.small("Click to read, change or freeze it.");
    });
}

/// The menu on the ground of a card: the same as on its header.
pub(super) fn show_menu(
    ground: &Response,
    stage: &Stage<'_>,
    view: &mut View,
    out: &mut Outbox,
    menu: &mut Option<u32>,
) {
    if ground.secondary_clicked() {
        let at = ground.interact_pointer_pos();
        *menu = at.and_then(|at| card_at(stage, at)).map(|card| card.id);
    }
    ground.context_menu(|ui| {
        if let Some(card) = stage.cards.iter().find(|card| Some(card.id) == *menu) {
            card::menu(ui, stage, card, view, out);
        } else if ui.button((icon::FIT, Action::FitCanvas.text())).clicked() {
            super::navigate::fit(view);
        }
    });
}
