//! The menus. Every entry is an [`Action`], so its words, key and tooltip are the same everywhere.

use eframe::egui::{Button, Ui};

use super::Scene;
use super::widget::action_help;
use crate::app::preferences::ThemeChoice;
use crate::app::{Action, Command, Outbox};
use crate::experiment::data_spec::file_name;

/// Draws the menus.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    ui.menu_button("File", |ui| {
        entries(ui, &[Action::New, Action::Open, Action::OpenByPath], out);
        ui.menu_button("Open recent", |ui| recent(ui, scene, out));
        ui.separator();
        entries(ui, &[Action::Save, Action::SaveAs], out);
        ui.separator();
        entries(ui, &[Action::Quit], out);
    });
    ui.menu_button("Edit", |ui| edit(ui, scene, out));
    ui.menu_button("View", |ui| view(ui, scene, out));
    ui.menu_button("Learn", |ui| {
        entries(ui, &[Action::Race, Action::RangeTest, Action::Krylov], out);
        ui.separator();
        entries(ui, &[Action::Help, Action::Methods, Action::Shortcuts, Action::About], out);
    });
}

fn edit(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    let named = |word: &str, text: Option<&str>| match text {
        Some(text) => format!("{word} {text}"),
        None => word.to_owned(),
    };
    let undo = scene.history.undo_text();
    let redo = scene.history.redo_text();
    entry(ui, Action::Undo, &named("Undo", undo), undo.is_some(), out);
    entry(ui, Action::Redo, &named("Redo", redo), redo.is_some(), out);
    ui.separator();
    entries(ui, &[Action::Delete, Action::MoveLeft, Action::MoveRight], out);
    entries(ui, &[Action::SelectNext, Action::SelectPrevious], out);
    ui.separator();
    entries(ui, &[Action::NewWeights, Action::NewData], out);
    let mut keep = scene.keep_weights;
    let help = "When layers are added, removed or resized, weights that still fit are kept. \
                Switched off, every such change begins with fresh weights.";
    if ui.checkbox(&mut keep, "Keep weights that fit").on_hover_text(help).changed() {
        out.send(Command::KeepWeights(keep));
    }
}

fn view(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    let themes = [
        (ThemeChoice::System, Action::SystemTheme),
        (ThemeChoice::Dark, Action::Dark),
        (ThemeChoice::Light, Action::Light),
    ];
    for (theme, action) in themes {
        let response = ui.radio(scene.theme == theme, action.text());
        if response.on_hover_text(action.tooltip()).clicked() {
            out.act(action);
        }
    }
    ui.separator();
    entries(ui, &[Action::ZoomIn, Action::ZoomOut, Action::ZoomReset], out);
    let mut presentation = scene.presentation;
    let response = ui.checkbox(&mut presentation, Action::Presentation.text());
    if response.on_hover_text(action_help(ui, Action::Presentation)).changed() {
        out.act(Action::Presentation);
    }
    ui.separator();
    entries(ui, &[Action::FitCanvas], out);
}

fn recent(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    if scene.recent.is_empty() {
        ui.weak("Nothing was opened yet");
    }
    for path in scene.recent {
        let response = ui.button(file_name(path)).on_hover_text(path.display().to_string());
        if response.clicked() {
            out.send(Command::OpenPath(path.clone()));
            ui.close();
        }
    }
}

fn entries(ui: &mut Ui, actions: &[Action], out: &mut Outbox) {
    for &action in actions {
        entry(ui, action, action.text(), true, out);
    }
}

fn entry(ui: &mut Ui, action: Action, text: &str, enabled: bool, out: &mut Outbox) {
    let mut button = Button::new(text);
    if let Some(shortcut) = action.shortcut() {
        button = button.shortcut_text(ui.ctx().format_shortcut(&shortcut));
    }
    if ui.add_enabled(enabled, button).on_hover_text(action.tooltip()).clicked() {
        out.act(action);
        ui.close();
    }
}
