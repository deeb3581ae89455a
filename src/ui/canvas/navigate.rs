//! Zooming and moving about the canvas: wheel, pinch, drag, buttons.

use eframe::egui::{self, PointerButton, Pos2, Rect, Response, Sense, Ui, Vec2};

use super::layout::{self, ZOOM_RANGE};
use super::model::Card;
use super::palette_bar;
use crate::app::Action;
use crate::ui::icon;
use crate::ui::scene::Scene;
use crate::ui::theme;
use crate::ui::view::View;

/// How much one press of a zoom button changes.
const STEP: f32 = 1.25;
/// Height of the scroll bar, in points.
const BAR: f32 = 6.0;
/// Height of the row below the network that says how many parameters it has, in points.
const FOOT: f32 = 22.0;

/// What was drawn last, to zoom around a fixed point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawn {
    /// Zoom in use.
    pub zoom: f32,
    /// The canvas.
    pub canvas: Rect,
    /// Middle of the network on screen.
    pub center: Pos2,
    /// How much larger the network is than the canvas, in points.
    pub over: Vec2,
}

impl Drawn {
    /// What a layout draws.
    pub fn of(layout: &layout::Layout, canvas: Rect) -> Self {
        Self {
            zoom: layout.measure.zoom,
            canvas,
            center: layout.content.center(),
            over: layout.content.size() - canvas.size(),
        }
    }
}

/// Follows wheel, pinch and drag.
pub(super) fn follow(
    ui: &Ui,
    ground: &Response,
    canvas: Rect,
    drawn: Option<Drawn>,
    panning: bool,
    view: &mut View,
) {
    if panning
        && (ground.dragged_by(PointerButton::Primary) || ground.dragged_by(PointerButton::Middle))
    {
        view.pan += ground.drag_delta();
    }
    let Some(drawn) = drawn else { return };
    if !ui.rect_contains_pointer(canvas) {
        return;
    }
    let (factor, scroll, pointer) = ui.input(|input| {
        (input.zoom_delta(), input.smooth_scroll_delta(), input.pointer.latest_pos())
    });
    if (factor - 1.0).abs() > 1e-4 {
        zoom_by(factor, pointer.unwrap_or(canvas.center()), canvas, drawn, view);
    } else if scroll != Vec2::ZERO {
        // A wheel that only turns up and down moves along the network, unless it is too high.
        let high = drawn.over.y > 0.0;
        view.pan += if high { scroll } else { egui::vec2(scroll.x + scroll.y, 0.0) };
    }
}

/// Zooms so that the place under `fixed` stays there.
fn zoom_by(factor: f32, fixed: Pos2, canvas: Rect, drawn: Drawn, view: &mut View) {
    let zoom = (drawn.zoom * factor).clamp(*ZOOM_RANGE.start(), *ZOOM_RANGE.end());
    let center = fixed + (drawn.center - fixed) * (zoom / drawn.zoom);
    view.zoom = Some(zoom);
    view.pan = center - canvas.center();
}

/// The buttons that zoom, from right to left. Where there is little room, only the one that fits.
pub(super) fn show_buttons(ui: &mut Ui, with_zoom: bool, drawn: Option<Drawn>, view: &mut View) {
    if icon::FIT.button(ui, Action::FitCanvas.text()).clicked() {
        fit(view);
    }
    let Some(drawn) = drawn.filter(|_| with_zoom) else {
        return;
    };
    if icon::ZOOM_IN.button(ui, ZOOM_IN).clicked() {
        zoom_step(STEP, drawn, view);
    }
    let percent = egui::RichText::new(format!("{:.0} %", drawn.zoom * 100.0)).small();
    ui.add_sized([36.0, theme::CONTROL_HEIGHT], egui::Label::new(percent))
        .on_hover_text("Size of the drawing. Ctrl and the wheel change it, too.");
    if icon::ZOOM_OUT.button(ui, ZOOM_OUT).clicked() {
        zoom_step(1.0 / STEP, drawn, view);
    }
}

/// The same as menu entries.
pub(super) fn show_entries(ui: &mut Ui, drawn: Option<Drawn>, view: &mut View) {
    let Some(drawn) = drawn else { return };
    if ui.button((icon::ZOOM_IN, ZOOM_IN)).clicked() {
        zoom_step(STEP, drawn, view);
    }
    if ui.button((icon::ZOOM_OUT, ZOOM_OUT)).clicked() {
        zoom_step(1.0 / STEP, drawn, view);
    }
}

const ZOOM_IN: &str = "Zoom into the network";
const ZOOM_OUT: &str = "Zoom out of the network";

fn zoom_step(factor: f32, drawn: Drawn, view: &mut View) {
    zoom_by(factor, drawn.canvas.center(), drawn.canvas, drawn, view);
}

/// Shows the whole network.
pub(super) fn fit(view: &mut View) {
    view.zoom = None;
    view.pan = Vec2::ZERO;
}

/// A bar at the lower edge that tells which part of a long network is seen, and moves it.
pub(super) fn show_scroll_bar(ui: &Ui, canvas: Rect, drawn: Drawn, view: &mut View) {
    let over = drawn.over.x + 2.0 * layout::MARGIN;
    if over <= 2.0 {
        return;
    }
    let palette = theme::palette(ui);
    let track = Rect::from_min_max(
        egui::pos2(canvas.left() + theme::SPACE_2, drawn.canvas.bottom() - BAR),
        egui::pos2(canvas.right() - theme::SPACE_2, drawn.canvas.bottom()),
    );
    let whole = canvas.width() + over;
    let before = (canvas.center().x - drawn.center.x + over / 2.0).clamp(0.0, over);
    let points = track.width() / whole;
    let thumb = Rect::from_min_size(
        egui::pos2(track.left() + before * points, track.top()),
        egui::vec2((canvas.width() * points).max(24.0), BAR),
    );
    let id = super::root_id().with("scroll bar");
    let response = ui.interact(thumb.expand2(egui::vec2(0.0, 4.0)), id, Sense::DRAG);
    response.widget_info(|| {
        let mut info =
            egui::WidgetInfo::labeled(egui::Role::ScrollBar, true, "Move along the network");
        info.value = Some(f64::from(before / over));
        info
    });
    view.pan.x -= response.drag_delta().x / points;
    let strong = response.hovered() || response.dragged();
    let color = if strong { palette.text_weak } else { palette.control_hovered };
    ui.painter().rect_filled(thumb, BAR / 2.0, color);
}

/// Where the network is drawn: where the number of parameters stands on the canvas, above it.
pub(super) fn area(canvas: Rect) -> Rect {
    let foot = if palette_bar::has_count(canvas.width()) { 0.0 } else { FOOT };
    canvas.with_max_y((canvas.bottom() - foot).max(canvas.top()))
}

/// The number of parameters in the lower left corner, where the row above has no room for it.
pub(super) fn show_count(ui: &mut Ui, scene: &Scene<'_>, cards: &[Card], canvas: Rect) {
    let corner = Rect::from_min_max(
        egui::pos2(canvas.left() + theme::SPACE_3, canvas.bottom() - FOOT),
        canvas.max,
    );
    let builder = egui::UiBuilder::new().id_salt("count").max_rect(corner);
    let mut child = ui.new_child(builder);
    palette_bar::show_count(&mut child, scene, cards);
}
