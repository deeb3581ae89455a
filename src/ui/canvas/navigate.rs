//! Zooming and moving about the canvas: wheel, pinch, drag, buttons.

use eframe::egui::{self, Align, Frame, Layout, Margin, PointerButton, Pos2, Rect, Response, Ui, Vec2};

use super::layout::{self, ZOOM_RANGE};
use super::{Stage, palette_bar};
use crate::app::Action;
use crate::ui::icon;
use crate::ui::theme;
use crate::ui::view::View;

/// How much one press of a zoom button changes.
const STEP: f32 = 1.25;

/// What was drawn last, to zoom around a fixed point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawn {
    /// Zoom in use.
    pub zoom: f32,
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
    if panning && (ground.dragged_by(PointerButton::Primary) || ground.dragged_by(PointerButton::Middle))
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

/// The buttons in the lower right corner, and the number of parameters where the row above has no
/// room for it.
pub(super) fn show_buttons(ui: &mut Ui, stage: &Stage<'_>, drawn: Drawn, view: &mut View) {
    let canvas = stage.canvas;
    let palette = stage.palette;
    let height = theme::CONTROL_HEIGHT + theme::SPACE_1;
    let corner = Rect::from_min_max(
        egui::pos2(canvas.left() + theme::SPACE_2, canvas.bottom() - height - theme::SPACE_2),
        canvas.max - Vec2::splat(theme::SPACE_2),
    );
    let builder = egui::UiBuilder::new()
        .id_salt("zoom buttons")
        .max_rect(corner)
        .layout(Layout::right_to_left(Align::Center));
    let mut child = ui.new_child(builder);
    let frame = Frame::new()
        .fill(palette.panel.gamma_multiply(0.9))
        .corner_radius(theme::RADIUS)
        .inner_margin(Margin::same(2));
    frame.show(&mut child, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        if icon::ZOOM_IN.button(ui, "Zoom into the network").clicked() {
            zoom_by(STEP, canvas.center(), canvas, drawn, view);
        }
        let percent = egui::RichText::new(format!("{:.0} %", drawn.zoom * 100.0)).small();
        ui.add_sized([36.0, theme::CONTROL_HEIGHT], egui::Label::new(percent))
            .on_hover_text("Size of the drawing. Ctrl and the wheel change it, too.");
        if icon::ZOOM_OUT.button(ui, "Zoom out of the network").clicked() {
            zoom_by(1.0 / STEP, canvas.center(), canvas, drawn, view);
        }
        if icon::FIT.button(ui, Action::FitCanvas.text()).clicked() {
            view.zoom = None;
            view.pan = Vec2::ZERO;
        }
    });
    if !palette_bar::has_count(canvas.width()) {
        child.with_layout(Layout::left_to_right(Align::Center), |ui| {
            palette_bar::show_count(ui, stage.scene, stage.cards);
        });
    }
}
