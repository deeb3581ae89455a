//! The small parts that the pages share: titles, lines of a name and a value, fields of weights,
//! the switch that freezes.

use eframe::egui::{
    Button, DragValue, Label, Rect, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::Subject;
use crate::app::command::{Command, Outbox};
use crate::ui::{format, icon, theme, widget};

/// Height of a line of text, in points.
const LINE: f32 = 20.0;
/// Height of a field of a weight, in points.
pub const FIELD: f32 = 24.0;

/// The title of a page, with what stands at its right end.
pub fn title(ui: &mut Ui, text: &str, right: impl FnOnce(&mut Ui)) {
    let color = theme::palette(ui).text_strong;
    ui.horizontal(|ui| {
        ui.with_layout(eframe::egui::Layout::right_to_left(eframe::egui::Align::Center), |ui| {
            right(ui);
            ui.with_layout(
                eframe::egui::Layout::left_to_right(eframe::egui::Align::Center),
                |ui| {
                    let text = RichText::new(text).heading().color(color);
                    ui.add(Label::new(text).truncate());
                },
            );
        });
    });
}

/// A heading within a page.
pub fn section(ui: &mut Ui, text: &str, help: &str) {
    ui.add_space(theme::SPACE_2);
    let color = theme::palette(ui).text_weak;
    ui.label(RichText::new(text).small().color(color)).on_hover_text(help);
}

/// A name and its value.
pub fn line(ui: &mut Ui, name: &str, value: &str, help: &str) {
    let palette = theme::palette(ui);
    let response = ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = LINE;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE_2;
            ui.label(RichText::new(name).color(palette.text_weak));
            ui.label(RichText::new(value).color(palette.text_strong));
        });
    });
    response.response.on_hover_text(help);
}

/// A switch with a snowflake. Returns whether it was pressed.
pub fn freeze(ui: &mut Ui, frozen: bool, what: &str) -> bool {
    let text = if frozen { "Frozen" } else { "Freeze" };
    let response = ui.add(Button::selectable(frozen, (icon::SNOWFLAKE, text)));
    let name = if frozen { format!("Unfreeze {what}") } else { format!("Freeze {what}") };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, frozen, &name));
    response
        .on_hover_text(format!(
            "{name}. What is frozen keeps its value while everything else is trained. Try it: \
             freeze a layer with random weights, and see how far the others get."
        ))
        .clicked()
}

/// A small snowflake that is pale while its weight is trained. Returns whether it was pressed.
pub fn flake(ui: &mut Ui, frozen: bool, what: &str) -> bool {
    let size = vec2(20.0, FIELD);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let palette = theme::palette(ui);
    let color = if frozen {
        palette.accent_text
    } else if response.hovered() || response.has_focus() {
        palette.text
    } else {
        palette.outline
    };
    icon::SNOWFLAKE.paint(ui.painter(), rect.center(), 14.0, color);
    let name = if frozen { format!("Unfreeze {what}") } else { format!("Freeze {what}") };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, frozen, &name));
    response.on_hover_text(name).clicked()
}

fn shown(value: f32) -> String {
    format::number(f64::from(value))
}

/// A field in which one weight or bias is changed by hand.
pub fn field(
    ui: &mut Ui,
    subject: &Subject<'_>,
    index: usize,
    name: &str,
    out: &mut Outbox,
) -> Option<Response> {
    let value = subject.value(index)?;
    let locked = subject.locked();
    let response = ui
        .add_enabled_ui(locked.is_none(), |ui| {
            ui.spacing_mut().interact_size.y = FIELD;
            let mut edited = value;
            let field = DragValue::new(&mut edited)
                .speed(0.01)
                .update_while_editing(false)
                .custom_formatter(|value, _| format::number(value))
                .custom_parser(widget::parse_number);
            let response = ui.add_sized(vec2(76.0, FIELD), field);
            // Leaving the field as it was must not round the weight to the digits that are shown.
            let moved = response.dragged() || shown(edited) != shown(value);
            if response.changed() && edited.is_finite() && moved {
                out.send(Command::SetParameter { index, value: edited });
            }
            response
        })
        .inner
        .accessible_name(name);
    Some(match locked {
        Some(reason) => response.on_disabled_hover_text(reason),
        None => response.on_hover_text(format!(
            "{name}: {value}. Drag or type to change it and watch the map. Training goes on from \
             there."
        )),
    })
}

/// A bar from zero to the left (orange) or to the right (blue), `most` wide at most.
pub fn signed_bar(ui: &mut Ui, width: f32, value: f32, most: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, FIELD), Sense::hover());
    let palette = theme::palette(ui);
    let track = Rect::from_center_size(rect.center(), vec2(rect.width(), 8.0));
    ui.painter().rect_filled(track, 2.0, palette.canvas);
    let share = if most > 0.0 && value.is_finite() { (value / most).clamp(-1.0, 1.0) } else { 0.0 };
    let end = track.center().x + share * track.width() / 2.0;
    let bar = Rect::from_two_pos(pos2(track.center().x, track.top()), pos2(end, track.bottom()));
    let color = if share < 0.0 { palette.negative } else { palette.positive };
    ui.painter().rect_filled(bar, 1.0, color);
}
