//! Small pieces that several panels are made of.

use std::ops::RangeInclusive;

use eframe::egui::{
    self, Align, Button, ComboBox, DragValue, Layout, Response, RichText, Slider, SliderClamping,
    Ui, Widget,
};

use super::icon::{self, Icon};
use super::theme;
use crate::app::{Action, Outbox};
use crate::experiment::Problem;

/// Most digits of a whole number beside a slider.
const MOST_DIGITS: u32 = 7;

/// The title of a panel or of a part of one, with an explanation.
pub fn heading(ui: &mut Ui, text: &str, help: &str) {
    let palette = theme::palette(ui);
    ui.label(RichText::new(text).text_style(theme::strong_text_style()).color(palette.text_strong))
        .on_hover_text(help);
}

/// Secondary text.
pub fn note(ui: &mut Ui, text: impl Into<String>) -> Response {
    let palette = theme::palette(ui);
    ui.add(egui::Label::new(RichText::new(text).small().color(palette.text_weak)).wrap())
}

/// A control with its name before it. The name explains itself when pointed at, and is the
/// control's accessible name.
pub fn row(
    ui: &mut Ui,
    name: &str,
    help: &str,
    control: impl FnOnce(&mut Ui) -> Response,
) -> Response {
    let label_width = (ui.available_width() * 0.46).clamp(60.0, 136.0);
    named_row(ui, label_width, name, help, control)
}

/// As [`row`], for a control no wider than a field for a number: the name has the rest.
pub fn field_row(
    ui: &mut Ui,
    name: &str,
    help: &str,
    control: impl FnOnce(&mut Ui) -> Response,
) -> Response {
    let label_width = (ui.available_width() - 60.0).clamp(60.0, 180.0);
    named_row(ui, label_width, name, help, control)
}

fn named_row(
    ui: &mut Ui,
    label_width: f32,
    name: &str,
    help: &str,
    control: impl FnOnce(&mut Ui) -> Response,
) -> Response {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL_HEIGHT);
        ui.scope(|ui| {
            ui.set_width(label_width);
            ui.add(egui::Label::new(name).wrap()).on_hover_text(help);
        });
        control(ui).accessible_name(name).on_hover_text(help)
    })
    .inner
}

/// A slider with a field, as wide as there is room. A value beyond its ends, from a file, is shown
/// and kept until it is edited.
pub fn slider(ui: &mut Ui, slider: Slider<'_>) -> Response {
    let room = ui.available_width();
    sized_slider(ui, slider, (room - 64.0).max(28.0))
}

/// As [`slider`], for a whole number: what its digits need beyond those of a usual one, the slider
/// gives away. A number of more digits than there is room for is shown as 1.23e9.
pub fn whole_slider(ui: &mut Ui, value: &mut usize, ends: RangeInclusive<usize>) -> Response {
    let room = ui.available_width();
    let digits = value.checked_ilog10().unwrap_or(0) + 1;
    let mut slider = Slider::new(value, ends).logarithmic(true);
    if digits > MOST_DIGITS {
        slider = slider.custom_formatter(|value, _| format!("{value:.2e}"));
    }
    // The space between, the field's edges, its digits.
    let digits = digits.min(MOST_DIGITS) as f32;
    let field = 8.0 + 2.0 * ui.spacing().button_padding.x + 9.0 * digits;
    let width = if field > 64.0 { (room - field).max(12.0) } else { (room - 64.0).max(28.0) };
    sized_slider(ui, slider, width)
}

fn sized_slider(ui: &mut Ui, slider: Slider<'_>, width: f32) -> Response {
    ui.spacing_mut().slider_width = width.min(180.0);
    ui.add(slider.clamping(SliderClamping::Edits).trailing_fill(true))
}

/// A number that may be left out: a switch before a field.
pub fn optional(
    ui: &mut Ui,
    name: &str,
    help: &str,
    value: &mut Option<f64>,
    default: f64,
    field: impl FnOnce(DragValue<'_>) -> DragValue<'_>,
) -> bool {
    let mut changed = false;
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL_HEIGHT);
        let mut on = value.is_some();
        if ui.checkbox(&mut on, name).on_hover_text(help).changed() {
            *value = on.then_some(default);
            changed = true;
        }
        if let Some(number) = value {
            let field = field(DragValue::new(number)).clamp_existing_to_range(false);
            let response = ui.add(field).accessible_name(name);
            changed |= response.on_hover_text(help).changed();
        }
    });
    changed
}

/// A list to choose from. Each entry has a text, and `explain` says what it means when the pointer
/// rests on it.
pub fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    help: &str,
    current: T,
    entries: impl Iterator<Item = (T, String)>,
    explain: impl Fn(T) -> String,
) -> Option<T> {
    let entries: Vec<_> = entries.collect();
    let text = entries
        .iter()
        .find(|(value, _)| *value == current)
        .map_or_else(|| "–".to_owned(), |(_, text)| text.clone());
    let mut chosen = None;
    let width = ui.available_width().clamp(72.0, 200.0);
    let response = ComboBox::from_id_salt(ui.scope_id().with(name))
        .width(width)
        .truncate()
        .height(420.0)
        .selected_text(text)
        .show_ui(ui, |ui| {
            for (value, text) in entries {
                let response = ui.selectable_label(value == current, text);
                if on_hover(response, || explain(value)).clicked() {
                    chosen = Some(value);
                }
            }
        })
        .response;
    response.accessible_name(name).on_hover_text(help);
    chosen.filter(|value| *value != current)
}

/// A tooltip whose text is only made when it is shown: for one that takes a look at all the data.
pub fn on_hover(response: Response, text: impl FnOnce() -> String) -> Response {
    response.on_hover_ui(|ui| {
        ui.set_max_width(ui.spacing().tooltip_width);
        ui.label(text());
    })
}

/// A number on a logarithmic or linear scale.
pub fn scale(value: &mut f64, range: RangeInclusive<f64>, logarithmic: bool) -> Slider<'_> {
    let smallest = *range.start();
    let largest = *range.end();
    // A logarithmic scale from zero needs to know where the zero's neighbours are.
    Slider::new(value, range)
        .logarithmic(logarithmic)
        .smallest_positive(if smallest > 0.0 { smallest } else { largest * 1e-6 })
        .custom_formatter(|value, _| super::format::number(value))
        .custom_parser(parse_number)
}

/// Reads a number with a decimal point or comma, and a minus sign of any kind.
pub fn parse_number(text: &str) -> Option<f64> {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}')
        .map(|c| match c {
            '−' => '-',
            ',' => '.',
            other => other,
        })
        .collect();
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A button for an action, with its icon, tooltip and shortcut.
pub fn action_button(ui: &mut Ui, action: Action, enabled: bool, out: &mut Outbox) -> Response {
    let button = match action.icon() {
        Some(icon) => Button::new((icon, action.text())),
        None => Button::new(action.text()),
    };
    let response = ui.add_enabled(enabled, button).on_hover_text(action_help(ui, action));
    if response.clicked() {
        out.act(action);
    }
    response
}

/// An action's explanation with its key.
pub fn action_help(ui: &Ui, action: Action) -> String {
    match action.shortcut() {
        Some(shortcut) => {
            format!("{} [{}]", action.tooltip(), ui.ctx().format_shortcut(&shortcut))
        }
        None => action.tooltip().to_owned(),
    }
}

/// A problem with the button that mends it.
pub fn problem(ui: &mut Ui, problem: &Problem, out: &mut Outbox) {
    message(ui, icon::WARNING, &problem.message, |ui| {
        if let Some((text, edit)) = &problem.fix
            && ui.button(*text).on_hover_text("Mends this. Undo takes it back.").clicked()
        {
            out.edit(edit.clone());
        }
    });
}

/// A message with an icon, in a tone of its own.
pub fn message(ui: &mut Ui, icon: Icon, text: &str, more: impl FnOnce(&mut Ui)) {
    let palette = theme::palette(ui);
    theme::card_frame(palette).inner_margin(theme::SPACE_2).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
            icon.show(ui, palette.warning);
            ui.vertical(|ui| {
                ui.add(egui::Label::new(RichText::new(text).color(palette.text_strong)).wrap());
                more(ui);
            });
        });
    });
}

/// A switch that looks like a small button and stays pressed.
pub fn toggle(ui: &mut Ui, on: bool, text: &str, help: &str) -> bool {
    let response = Button::selectable(on, text).ui(ui);
    response.on_hover_text(help).clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_list_explains_nothing() {
        let ctx = egui::Context::default();
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let entries = (0..3).map(|index| (index, format!("column {index}")));
            let chosen = choice(ui, "Predict", "The column to predict.", 1, entries, |index| {
                unreachable!("took a look at all rows of column {index}")
            });
            assert_eq!(chosen, None);
        });
        output.textures_delta.clear();
    }

    #[test]
    fn a_long_number_takes_its_room_from_the_slider() {
        let ctx = egui::Context::default();
        for value in [10, 123_456, 1_234_567, 12_345_678, usize::MAX] {
            let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
                ui.horizontal(|ui| {
                    ui.set_max_width(100.0);
                    let response = whole_slider(ui, &mut { value }, 1..=512);
                    assert!(response.rect.width() <= 100.0, "{value}: {}", response.rect);
                });
            });
            output.textures_delta.clear();
        }
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(parse_number("0,03"), Some(0.03));
        assert_eq!(parse_number("−1.5"), Some(-1.5));
        assert_eq!(parse_number("1\u{202f}000"), Some(1000.0));
        assert_eq!(parse_number("ten"), None);
        assert_eq!(parse_number("inf"), None);
    }
}
