//! The network canvas: the layers as cards, the weights between them as curves.
//!
//! Owns how the network is drawn, dragged and zoomed. It reads the document and the weights and
//! sends edits; what an edit does, and what is wrong with a network, it does not know.
//!
//! From back to front: the ground (moves the drawing, takes clicks on curves), the cards' grounds,
//! the curves, what stands on the cards, notes about what is wrong, the buttons in the corner, and
//! what is being dragged.

mod card;
mod column;
mod control;
mod drag;
mod edges;
mod hold;
mod layout;
mod maps;
mod marks;
mod model;
mod navigate;
mod paint;
mod palette_bar;
mod pointing;
mod problem;
mod ribbon;
mod unit;
mod wire;

use eframe::egui::{self, Id, PointerButton, Rect, Response, Role, Sense, Shape, Ui, WidgetInfo};

use crate::app::Outbox;
use crate::experiment::LayerKind;
use crate::ui::cross_section;
use crate::ui::theme::{self, Palette};
use crate::ui::view::Selection;
use crate::ui::{Scene, View};
use drag::{Drag, Item};
use edges::{Edges, Spot};
use layout::Layout;
use maps::Maps;
use marks::Marks;
use model::{Card, Facts};
use navigate::Drawn;

/// Smallest canvas that is drawn on, in points.
const LEAST_HEIGHT: f32 = 48.0;
/// How much of its strength a card keeps that is being dragged.
const DRAGGED: f32 = 0.35;

/// What the canvas keeps from frame to frame: textures, curves, what is being dragged.
#[derive(Default)]
pub struct CanvasState {
    facts: Facts,
    maps: Maps,
    marks: Marks,
    edges: Edges,
    drag: Option<Drag>,
    /// Whether the ground is dragged to move the drawing.
    panning: bool,
    /// The layer whose menu was opened beside its header.
    menu: Option<u32>,
    drawn: Option<Drawn>,
    /// The controls that the pointer was over last.
    held: Option<hold::Held>,
}

/// What all parts of the canvas look at.
struct Stage<'a> {
    scene: &'a Scene<'a>,
    palette: &'static Palette,
    facts: &'a Facts,
    cards: &'a [Card],
    layout: &'a Layout,
    canvas: Rect,
}

/// Shows the row of layers and the canvas in all the room there is.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut CanvasState,
) {
    state.facts.update(scene.samples);
    let facts = std::mem::take(&mut state.facts);
    let cards = model::cards(&scene.spec.network, &facts);
    palette_bar::show(ui, scene, &cards, view, out, state);
    let canvas = ui.available_rect_before_wrap();
    if canvas.height() >= LEAST_HEIGHT {
        ui.allocate_rect(canvas, Sense::hover());
        let builder = egui::UiBuilder::new().id_salt("canvas").max_rect(canvas);
        let mut child = ui.new_child(builder);
        child.shrink_clip_rect(canvas);
        child.painter().rect_filled(canvas, theme::RADIUS, theme::palette(&child).canvas);
        let canvas = problem::show_banner(&mut child, scene, canvas, out);
        if !palette_bar::has_count(canvas.width()) {
            navigate::show_count(&mut child, scene, &cards, canvas);
        }
        let canvas = navigate::area(canvas);
        child.shrink_clip_rect(canvas);
        show_canvas(&mut child, scene, (&cards, &facts), canvas, view, out, state);
    }
    drag::finish(ui, &mut state.drag, &cards, scene, view, out);
    if let Some(drag) = &state.drag {
        drag::paint_ghost(ui, drag, theme::palette(ui));
    }
    state.facts = facts;
}

fn show_canvas(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (cards, facts): (&[Card], &Facts),
    canvas: Rect,
    view: &mut View,
    out: &mut Outbox,
    state: &mut CanvasState,
) {
    let palette = theme::palette(ui);
    let ground = show_ground(ui, canvas);
    navigate::follow(ui, &ground, canvas, state.drawn, state.panning, view);

    let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|_| state.drag.is_none());
    let sheet = layout::Canvas { rect: canvas, magnified: ui.ctx().zoom_factor() };
    let mut layout =
        hold::lay_out(&mut state.held, pointer, cards, sheet, view.zoom, &mut view.pan);
    let drawn = Drawn::of(&layout, canvas);
    state.drawn = Some(drawn);
    if let Some(drag) = &mut state.drag {
        let pointer = ui.input(|input| input.pointer.latest_pos());
        drag.aim(pointer, &layout, canvas);
        if drawn.over.x > 0.0 {
            drag::follow_edge(ui, pointer, canvas, &mut view.pan);
        }
    }
    let gap = state.drag.as_ref().and_then(|drag| drag.gap(cards));
    let opened = drag::open_gap(ui, gap, cards.len(), &mut layout);

    let places = cards.iter().zip(&layout.boxes);
    state.maps.update(ui.ctx(), scene.insight, facts, |layer| {
        let place = places.clone().find(|(card, _)| card.id == layer);
        place.map_or(0, |(_, place)| place.cells.len())
    });
    let stage = Stage { scene, palette, facts, cards, layout: &layout, canvas };
    begin_ground_drag(ui, &stage, &ground, state);
    show_network(ui, &stage, &ground, view, out, state);

    if cards.is_empty() && state.drag.is_none() {
        problem::show_empty(ui, &stage, out);
    }
    if let Some(rect) = opened {
        drag::paint_gap(ui.painter(), rect.intersect(canvas), palette);
    }
    navigate::show_scroll_bar(ui, canvas, drawn, view);
    if let Some(drag) = state.drag.as_ref().filter(|drag| drag.can_be_binned()) {
        drag::paint_bin(ui, canvas, drag.over_bin(), palette);
    }
}

/// The ground takes what no card takes: clicks on curves, drags that move the drawing.
fn show_ground(ui: &Ui, canvas: Rect) -> Response {
    let ground = ui.interact(canvas, root_id().with("ground"), Sense::CLICK | Sense::DRAG);
    ground.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Network canvas"));
    ground
}

/// Cards and curves.
fn show_network(
    ui: &mut Ui,
    stage: &Stage<'_>,
    ground: &Response,
    view: &mut View,
    out: &mut Outbox,
    state: &mut CanvasState,
) {
    let dragged = match state.drag.as_ref().map(|drag| drag.item) {
        Some(Item::Layer(id)) => Some(id),
        _ => None,
    };
    let placed = || stage.cards.iter().zip(&stage.layout.boxes);
    let is_dropout = |card: &Card| matches!(card.kind, LayerKind::Dropout { .. });
    let is_dragged = |card: &Card| dragged == Some(card.id);

    for (card, place) in placed().filter(|(card, _)| !is_dropout(card)) {
        card::paint_ground(ui.painter(), stage, card, place, view, is_dragged(card));
    }
    // The curves lie under everything on the cards, but which of them stand out is known only
    // once the units have been shown.
    let curves = ui.painter().add(Shape::Noop);
    // Values pass through dropout: its card covers the curves.
    for (card, place) in placed().filter(|(card, _)| is_dropout(card)) {
        card::paint_ground(ui.painter(), stage, card, place, view, is_dragged(card));
    }

    let opacity = |card: &Card| if is_dragged(card) { DRAGGED } else { 1.0 };
    let visible = || placed().filter(|(_, place)| place.rect.intersects(stage.canvas));
    for (card, place) in visible() {
        ui.set_opacity(opacity(card));
        unit::paint_figures(ui.painter(), stage, &state.maps, card, place);
    }
    ui.set_opacity(1.0);
    let pixel = ui.pixels_per_point().recip();
    let changed = state.edges.update(stage, pixel);
    let lines = cross_section::texture(ui.ctx());
    let marks = state.marks.mesh(stage, visible(), lines, pixel, (changed, dragged));
    ui.painter().add(Shape::mesh(marks));
    let mut pointed: Option<Spot> = None;
    for (card, place) in visible() {
        ui.set_opacity(opacity(card));
        card::show_header(ui, stage, card, place, view, out, &mut state.drag);
        let here = unit::show(ui, stage, &state.maps, card, place, view);
        pointed = pointed.or(here);
        control::show(ui, stage, card, place, out);
        problem::show_note(ui, stage, card, place, out);
    }
    ui.set_opacity(1.0);

    let emphasis = pointed.or_else(|| selected_spot(stage.cards, view));
    let mesh = state.edges.mesh(changed, emphasis, stage, lines);
    ui.painter().set(curves, Shape::mesh(mesh));
    if state.drag.is_none() {
        pointing::show(ui, stage, ground, &state.edges, view);
        pointing::show_menu(ground, stage, view, out, &mut state.menu);
    }
}

/// The selected neuron's curves stand out as well.
fn selected_spot(cards: &[Card], view: &View) -> Option<Spot> {
    let Some(Selection::Neuron { layer, unit }) = view.selection else {
        return None;
    };
    let card = cards.iter().position(|card| card.id == layer)?;
    Some(Spot { card, unit })
}

/// A drag that begins on a card's free ground moves the card, beside the cards the drawing.
fn begin_ground_drag(ui: &Ui, stage: &Stage<'_>, ground: &Response, state: &mut CanvasState) {
    if ground.drag_started_by(PointerButton::Middle) {
        state.panning = true;
    } else if ground.drag_started_by(PointerButton::Primary) {
        let origin = ui.input(|input| input.pointer.press_origin());
        let card = origin.and_then(|at| pointing::card_at(stage, at));
        state.panning = card.is_none();
        if let Some(card) = card {
            let label = card::ghost_label(card);
            state.drag = Some(Drag::new(Item::Layer(card.id), ground.id, label));
        }
    } else if !ground.dragged() {
        state.panning = false;
    }
}

/// The root of all identifiers of the canvas.
fn root_id() -> Id {
    Id::unique("netsmith network canvas")
}

/// The identifier of a layer's card.
fn id_of(layer: u32) -> Id {
    root_id().with(("layer", layer))
}
