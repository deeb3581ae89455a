//! The page of a training method: what it does, its formula, its settings, when to choose it,
//! where it comes from. Written once, in the method's own file; shown wherever it is asked for.

use eframe::egui::{CollapsingHeader, ComboBox, Label, RectAlign, RichText, Tooltip, Ui};

use super::{format, theme, widget};
use crate::optim::{Family, METHODS, Method};

/// The page as text, for tooltips.
pub fn text(method: &Method) -> String {
    format!(
        "{}\n\n{}\n\n{}\n\nGood for: {}\nWeak at: {}\nSource: {}",
        method.name, method.summary, method.formula, method.good_for, method.weak_at, method.source
    )
}

/// Shows the page.
pub fn show(ui: &mut Ui, method: &Method) {
    let palette = theme::palette(ui);
    ui.add(Label::new(method.summary).wrap());
    ui.add_space(theme::SPACE_1);
    ui.add(Label::new(RichText::new(method.formula).color(palette.text_strong)).wrap());
    ui.add_space(theme::SPACE_1);
    for (name, text) in [("Good for", method.good_for), ("Weak at", method.weak_at)] {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE_1;
            ui.label(RichText::new(format!("{name}:")).color(palette.text_strong));
            ui.label(text);
        });
    }
    for setting in method.settings {
        let default = match setting.choices {
            [] => format::number(setting.default),
            _ => setting.text(setting.default),
        };
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::SPACE_1;
            ui.label(RichText::new(setting.name).color(palette.text_strong));
            ui.label(format!("({default}): {}", setting.help));
        });
    }
    widget::note(ui, format!("Source: {}", method.source));
}

/// A list of all methods, family by family, each with its page as a tooltip. Returns the one that
/// was chosen.
pub fn choice(ui: &mut Ui, name: &str, current: &Method) -> Option<&'static Method> {
    let mut chosen = None;
    let width = ui.available_width().clamp(72.0, 200.0);
    let response = ComboBox::from_id_salt(ui.scope_id().with(name))
        .width(width)
        .truncate()
        .height(460.0)
        .selected_text(current.name)
        .show_ui(ui, |ui| {
            for &family in Family::ALL {
                let methods = METHODS.iter().copied().filter(|method| method.family == family);
                widget::note(ui, family.name()).on_hover_text(family.summary());
                for method in methods {
                    let response = ui.selectable_label(method.id == current.id, method.name);
                    // Beside the list, so that the next entry stays in sight.
                    let mut tooltip = Tooltip::for_enabled(&response);
                    tooltip.popup = tooltip.popup.align(RectAlign::RIGHT_START);
                    tooltip.show(|ui| {
                        ui.set_max_width(360.0);
                        ui.label(text(method));
                    });
                    if response.clicked() {
                        chosen = Some(method);
                    }
                }
            }
        })
        .response;
    response.accessible_name(name).on_hover_text(text(current));
    chosen.filter(|method| method.id != current.id)
}

/// All methods, family by family.
pub fn all(ui: &mut Ui) {
    for &family in Family::ALL {
        let mut methods = METHODS.iter().filter(|method| method.family == family).peekable();
        if methods.peek().is_none() {
            continue;
        }
        widget::heading(ui, family.name(), family.summary());
        widget::note(ui, family.summary());
        for method in methods {
            CollapsingHeader::new(method.name).id_salt(method.id).show(ui, |ui| show(ui, method));
        }
        ui.add_space(theme::SPACE_2);
    }
}
