//! The questions and pages over the window.

use std::path::PathBuf;

use eframe::egui::{self, Button, Context, Id, Modal, RichText, ScrollArea, TextEdit, Ui};

use super::theme::{self, Emphasis};
use super::{icon, method_page, widget};
use crate::app::Action;
use crate::app::dialog::{Answer, Dialog, Found, PathPurpose, Pending};

/// Draws the dialog; returns the answer once there is one.
pub fn show(ctx: &Context, dialog: &mut Dialog) -> Option<Answer> {
    let palette = theme::palette(ctx);
    let frame = theme::card_frame(palette)
        .fill(palette.panel)
        .stroke(egui::Stroke::new(1.0, palette.outline))
        .inner_margin(theme::SPACE_4);
    let modal = Modal::new(Id::unique("dialog")).frame(frame).show(ctx, |ui| {
        let room = ctx.content_rect().width() - 64.0;
        ui.set_width(room.min(if is_page(dialog) { 520.0 } else { 420.0 }));
        match dialog {
            Dialog::Unsaved { then } => unsaved(ui, then),
            Dialog::Path { purpose, text, reason, then } => {
                path(ui, *purpose, text, reason.as_deref(), then.as_ref())
            }
            Dialog::Problem { title, message } => problem(ui, title, message),
            Dialog::Restore { found } => restore(ui, found),
            Dialog::Help => page(ui, "How to use Netsmith", help),
            Dialog::Shortcuts => page(ui, "Keyboard shortcuts", shortcuts),
            Dialog::Methods => page(ui, "Training methods", method_page::all),
            Dialog::About => page(ui, "About Netsmith", about),
        }
    });
    let escape = ctx.input(|input| input.key_pressed(egui::Key::Escape));
    // A click beside a question is no answer to it.
    let leaves = match dialog {
        Dialog::Restore { .. } => false,
        Dialog::Unsaved { .. } | Dialog::Path { .. } => escape,
        _ => escape || modal.should_close(),
    };
    modal.inner.or(leaves.then_some(Answer::Cancel))
}

/// Whether the dialog is something to read rather than a question.
const fn is_page(dialog: &Dialog) -> bool {
    matches!(dialog, Dialog::Help | Dialog::Shortcuts | Dialog::Methods | Dialog::About)
}

fn title(ui: &mut Ui, text: &str) {
    ui.heading(RichText::new(text).strong());
    ui.add_space(theme::SPACE_2);
}

fn primary(ui: &mut Ui, text: &str) -> egui::Response {
    // In a row of its own: a column would put the word at the button's left end.
    ui.horizontal(|ui| {
        theme::emphasize(ui, Emphasis::Primary);
        ui.add(Button::new(text).min_size(egui::vec2(72.0, theme::CONTROL_HEIGHT)))
    })
    .inner
}

fn unsaved(ui: &mut Ui, then: &Pending) -> Option<Answer> {
    title(ui, "Save your changes?");
    ui.label("The experiment has changes that are not saved.");
    ui.add_space(theme::SPACE_3);
    let mut answer = None;
    ui.horizontal(|ui| {
        if primary(ui, "Save").clicked() {
            answer = Some(Answer::Save(then.clone()));
        }
        ui.scope(|ui| {
            theme::emphasize(ui, Emphasis::Danger);
            if ui.button("Don't save").clicked() {
                answer = Some(Answer::Drop(then.clone()));
            }
        });
        if ui.button("Cancel").clicked() {
            answer = Some(Answer::Cancel);
        }
    });
    answer
}

fn path(
    ui: &mut Ui,
    purpose: PathPurpose,
    text: &mut String,
    reason: Option<&str>,
    then: Option<&Pending>,
) -> Option<Answer> {
    let (heading, button) = match purpose {
        PathPurpose::Open => ("Open by path", "Open"),
        PathPurpose::System => ("Open a matrix by path", "Open"),
        PathPurpose::Save => ("Save to path", "Save"),
    };
    let what = match purpose {
        PathPurpose::Open | PathPurpose::Save => {
            "An experiment ends in .netsmith.json, a table in .csv."
        }
        PathPurpose::System => {
            "A CSV file without a header: n rows of n numbers, or of n + 1, the last of which is b. \
             At most 200 rows."
        }
    };
    title(ui, heading);
    if let Some(reason) = reason {
        ui.add(egui::Label::new(reason).wrap());
    }
    widget::note(ui, what);
    let response = ui
        .add(
            TextEdit::singleline(text).desired_width(f32::INFINITY).hint_text("/home/me/table.csv"),
        )
        .accessible_name("Path");
    if ui.memory(|memory| memory.focused().is_none()) && !response.lost_focus() {
        response.request_focus();
    }
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    ui.add_space(theme::SPACE_2);
    let mut answer = None;
    ui.horizontal(|ui| {
        let ready = !text.trim().is_empty();
        if ui.add_enabled_ui(ready, |ui| primary(ui, button).clicked()).inner || (entered && ready)
        {
            let path = PathBuf::from(text.trim());
            answer = Some(match purpose {
                PathPurpose::Open => Answer::Open(path),
                PathPurpose::System => Answer::OpenSystem(path),
                PathPurpose::Save => Answer::SaveTo(path, then.cloned()),
            });
        }
        if ui.button("Cancel").clicked() {
            answer = Some(Answer::Cancel);
        }
    });
    answer
}

fn problem(ui: &mut Ui, heading: &str, message: &str) -> Option<Answer> {
    ui.horizontal(|ui| {
        icon::WARNING.show(ui, theme::palette(ui).warning);
        ui.heading(RichText::new(heading).strong());
    });
    ui.add_space(theme::SPACE_2);
    scrolling(260.0).show(ui, |ui| {
        ui.add(egui::Label::new(message).wrap().selectable(true));
    });
    ui.add_space(theme::SPACE_3);
    primary(ui, "Close").clicked().then_some(Answer::Cancel)
}

fn restore(ui: &mut Ui, found: &[Found]) -> Option<Answer> {
    title(ui, "Take your work up again?");
    ui.add(egui::Label::new("Netsmith ended last time before this was saved:").wrap());
    ui.add_space(theme::SPACE_2);
    let mut answer = None;
    for one in found {
        ui.horizontal(|ui| {
            if primary(ui, "Restore").clicked() {
                answer = Some(Answer::Restore(one.clone()));
            }
            ui.vertical(|ui| {
                ui.strong(&one.experiment.name);
                let file = one
                    .file
                    .as_ref()
                    .map_or_else(|| "never saved".to_owned(), |path| path.display().to_string());
                widget::note(ui, file);
            });
        });
    }
    ui.add_space(theme::SPACE_3);
    ui.horizontal(|ui| {
        let help = "Leaves it where it is; you are asked again at the next start.";
        if ui.button("Later").on_hover_text(help).clicked() {
            answer = Some(Answer::Cancel);
        }
        ui.scope(|ui| {
            theme::emphasize(ui, Emphasis::Danger);
            if ui.button("Forget").on_hover_text("Drops it for good.").clicked() {
                answer = Some(Answer::Forget(found.to_vec()));
            }
        });
    });
    answer
}

/// What is longer than `height` scrolls. It has this height from the first frame on: an area that
/// grew over several would move the button below it away from under the pointer.
fn scrolling(height: f32) -> ScrollArea {
    ScrollArea::vertical().max_height(height).min_scrolled_height(height)
}

fn page(ui: &mut Ui, heading: &str, content: fn(&mut Ui)) -> Option<Answer> {
    title(ui, heading);
    let height = (ui.ctx().content_rect().height() * 0.6).max(160.0);
    scrolling(height).show(ui, content);
    ui.add_space(theme::SPACE_3);
    primary(ui, "Close").clicked().then_some(Answer::Cancel)
}

fn help(ui: &mut Ui) {
    const STEPS: &[(&str, &str)] = &[
        (
            "Train",
            "Press Space. The coloured map shows what the network answers at each place; the \
                   curves show how the loss falls.",
        ),
        (
            "Build",
            "Drag layers from the palette onto the canvas. Drag a card to move it, drop it on \
                   the bin or press Delete to remove it. − and + change the number of neurons.",
        ),
        (
            "Look",
            "Each neuron shows what it responds to. Lines are weights: blue is positive, orange \
                  negative, thick is large. Point at anything to read its number, click to inspect \
                  and change it.",
        ),
        ("Ask", "Click on the map to ask the network about that place."),
        ("Paint", "On point sets, choose Paint above the map and put points of your own there."),
        (
            "Your data",
            "Open a CSV file or drop it on the window. Choose the column to predict and the \
                       columns to predict from.",
        ),
        (
            "Improve",
            "When training and validation loss part, the network learns by heart: use more \
                     data, L2, dropout or fewer neurons. When both stay high, use more neurons, \
                     another activation or another learning rate.",
        ),
    ];
    for (word, text) in STEPS {
        ui.label(RichText::new(*word).text_style(theme::strong_text_style()));
        ui.add(egui::Label::new(*text).wrap());
        ui.add_space(theme::SPACE_2);
    }
}

/// Width from which the keys stand in two columns, in points.
const TWO_COLUMNS: f32 = 460.0;

fn shortcuts(ui: &mut Ui) {
    let keys: Vec<_> = Action::ALL
        .iter()
        .filter_map(|action| {
            let key = ui.ctx().format_shortcut(&action.shortcut()?);
            Some((action.text(), action.tooltip(), key))
        })
        .collect();
    let columns = if ui.available_width() < TWO_COLUMNS { 1 } else { 2 };
    let rows = keys.len().div_ceil(columns);
    ui.columns(columns, |uis| {
        for ((ui, keys), column) in uis.iter_mut().zip(keys.chunks(rows)).zip(0..) {
            keys_column(ui, keys, column);
        }
    });
    ui.add_space(theme::SPACE_2);
    ui.label(RichText::new("Mouse").text_style(theme::strong_text_style()));
    const MOUSE: &str = "Right-click a layer or a point on the map for what can be done with \
                         it. On the network, Ctrl and the wheel zoom, and dragging the \
                         background moves it.";
    ui.add(egui::Label::new(MOUSE).wrap());
}

/// Actions and their keys, one a row.
fn keys_column(ui: &mut Ui, keys: &[(&str, &str, String)], column: usize) {
    egui::Grid::new(("shortcuts", column)).num_columns(2).spacing([12.0, 6.0]).show(ui, |ui| {
        for (action, help, key) in keys {
            ui.label(*action).on_hover_text(*help);
            ui.monospace(key);
            ui.end_row();
        }
    });
}

fn about(ui: &mut Ui) {
    ui.label(format!("Netsmith {}", env!("CARGO_PKG_VERSION")));
    ui.add(
        egui::Label::new(
            "A sandbox in which beginners build a neural network with the mouse, press Train, and \
             watch and understand what happens. It works without a network connection and sends \
             nothing anywhere.",
        )
        .wrap(),
    );
    ui.add_space(theme::SPACE_2);
    ui.label("Licence: MIT or Apache-2.0, as you like.");
    ui.label("Fonts: Inter (OFL 1.1), Phosphor (MIT), DejaVu Sans.");
    ui.add_space(theme::SPACE_2);
    ui.label(RichText::new("Data").text_style(theme::strong_text_style()));
    for set in crate::data::LIBRARY {
        widget::note(ui, format!("{}: {}. Licence: {}.", set.name, set.source, set.licence));
    }
}
