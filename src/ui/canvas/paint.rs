//! Small things painted in several places of the canvas: text cut to a width, icons that are
//! buttons, the focus ring.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    self, Align2, Color32, CornerRadius, FontFamily, FontId, Galley, Painter, Rect, Response, Role,
    Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};

use super::layout::Measure;
use crate::ui::icon::Icon;
use crate::ui::theme;

/// Ordinary text of this size.
pub(super) fn plain(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Semibold text of this size.
pub(super) fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(theme::STRONG_FAMILY.into()))
}

/// One line of text, ended with "…" where it would be wider than `width`.
pub(super) fn line(
    painter: &Painter,
    text: &str,
    font: FontId,
    color: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
    painter.layout_job(job)
}

/// Paints one line of text into `rect`, ended with "…" where it does not fit.
pub(super) fn text_in(
    painter: &Painter,
    rect: Rect,
    align: Align2,
    text: &str,
    font: FontId,
    color: Color32,
) {
    let galley = line(painter, text, font, color, rect.width());
    let place = align.align_size_within_rect(galley.size(), rect);
    painter.galley(place.min, galley, color);
}

/// An icon that can be pressed, alone, with a name for screen readers and a tooltip.
pub(super) struct IconButton<'a> {
    /// The icon.
    pub icon: Icon,
    /// Its colour at rest.
    pub color: Color32,
    /// Its colour under the pointer.
    pub hovered: Color32,
    /// What it is called.
    pub name: &'a str,
    /// What it does and what to try.
    pub tooltip: &'a str,
}

impl IconButton<'_> {
    /// Shows the button in `rect`, the icon `size` points high.
    pub fn show(&self, ui: &Ui, rect: Rect, id: egui::Id, size: f32) -> Response {
        let response = ui.interact(rect, id, Sense::click());
        let color = if response.hovered() { self.hovered } else { self.color };
        if response.hovered() {
            let fill = theme::palette(ui).control_hovered;
            ui.painter().rect_filled(rect, CornerRadius::same(theme::CONTROL_RADIUS), fill);
        }
        focus_ring(ui, &response, rect);
        self.icon.paint(ui.painter(), rect.center(), size, color);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name));
        response.on_hover_text(self.tooltip)
    }
}

/// A ring around what has the keyboard's focus.
pub(super) fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        let stroke = Stroke::new(1.5, theme::palette(ui).accent_text);
        ui.painter().rect_stroke(rect, theme::RADIUS, stroke, StrokeKind::Outside);
    }
}

/// A child of `ui` in `rect` whose text and spacing are of these sizes.
pub(super) fn sized_child(
    ui: &mut Ui,
    rect: Rect,
    measure: Measure,
    salt: impl egui::AsIdSalt,
) -> Ui {
    let builder = egui::UiBuilder::new()
        .id_salt(salt)
        .max_rect(rect)
        .layout(egui::Layout::left_to_right(egui::Align::Center));
    let mut child = ui.new_child(builder);
    let factor = measure.text / theme::TEXT_BODY;
    let style = child.style_mut();
    for font in style.text_styles.values_mut() {
        font.size = (font.size * factor * 2.0).round() / 2.0;
    }
    let spacing = &mut style.spacing;
    spacing.interact_size = Vec2::splat(measure.control);
    spacing.button_padding = egui::vec2(6.0, 2.0) * factor;
    spacing.item_spacing *= factor;
    spacing.icon_width *= factor;
    spacing.icon_spacing *= factor;
    child
}
