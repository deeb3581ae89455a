//! Choosing the racers: a card each, starting fields to choose from, and the start.

use eframe::egui::{
    Align, Button, CollapsingHeader, DragValue, Label, Layout, RichText, Sense, Ui, vec2,
};

use super::entry::{self, Entry};
use super::{RacePage, scrolled};
use crate::app::{Command, Outbox, RaceCommand};
use crate::experiment::ExperimentSpec;
use crate::train::race::RACERS;
use crate::ui::theme::{self, Emphasis, Series};
use crate::ui::training_panel::setting_row;
use crate::ui::{Scene, format, icon, method_page, widget};

/// Least width of a racer's card, in points.
const CARD: f32 = 300.0;

/// Shows the racers to be.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut RacePage, scrolls: bool) {
    start_row(ui, scene, out, page);
    ui.add_space(theme::SPACE_1);
    widget::note(
        ui,
        format!(
            "A fair race: everybody trains the same network ({}) from the same starting weights, \
             on the same rows in the same order. Only the method differs, and each has its own \
             settings.",
            size_of(scene)
        ),
    );
    ui.add_space(theme::SPACE_2);
    scrolled(ui, "racers", scrolls, |ui| {
        cards(ui, scene.spec, &mut page.entries);
        ui.add_space(theme::SPACE_2);
        if page.entries.len() < *RACERS.end()
            && ui
                .button((icon::PLUS, "Add a method"))
                .on_hover_text("Adds a racer: up to six methods run at once.")
                .clicked()
        {
            page.entries.extend(entry::another(&page.entries, scene.spec));
        }
    });
}

fn size_of(scene: &Scene<'_>) -> String {
    let count = scene.snapshot.map_or(0, |snapshot| snapshot.parameters.len());
    format::counted(count as u64, "parameter", "parameters")
}

/// The start, how long, and the fields to begin with.
fn start_row(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut RacePage) {
    ui.horizontal_wrapped(|ui| {
        ui.scope(|ui| {
            theme::emphasize(ui, Emphasis::Primary);
            let button = Button::new((icon::FLAG, "Start the race"))
                .min_size(vec2(132.0, theme::CONTROL_HEIGHT));
            let help = "Starts all of them at once, each on a thread of its own. Training of the \
                        experiment waits meanwhile. The speed at the top sets how fast they go.";
            let response = ui.add_enabled(scene.can_train(), button).on_hover_text(help);
            let response = match scene.obstacle() {
                Some(reason) => response.on_disabled_hover_text(reason),
                None => response,
            };
            if response.clicked() {
                let racers = page.entries.iter();
                let racers = racers.map(|entry| entry.training(scene.spec, page.epochs)).collect();
                out.send(Command::Race(RaceCommand::Start(racers)));
                page.choosing = false;
            }
        });
        let help = "How long the race is: how often every training row is seen. A method that \
                    gives up earlier has finished.";
        ui.label("Epochs").on_hover_text(help);
        let field = DragValue::new(&mut page.epochs)
            .range(1..=100_000)
            .speed(1.0)
            .custom_formatter(|value, _| format::number(value))
            .custom_parser(widget::parse_number);
        ui.add(field).accessible_name("Epochs of the race").on_hover_text(help);
        ui.add_space(theme::SPACE_3);
        presets(ui, scene.spec, &mut page.entries);
        if scene.race.is_some() {
            ui.add_space(theme::SPACE_3);
            let help = "Back to the curves, maps and standings of the last race.";
            if ui.button("Last race").on_hover_text(help).clicked() {
                page.choosing = false;
            }
        }
    });
}

fn presets(ui: &mut Ui, spec: &ExperimentSpec, entries: &mut Vec<Entry>) {
    type Field = fn(&ExperimentSpec) -> Vec<Entry>;
    let fields: [(&str, &str, Field); 3] = [
        (
            "Four to start with",
            "Plain gradient descent, Adam, a method that uses the curvature, a random search.",
            entry::usual,
        ),
        (
            "Families compared",
            "One method of each family. Look at the axis “Work”: a step that uses the curvature \
             costs more, but may be worth it.",
            entry::families,
        ),
        (
            "Learning rates",
            "The experiment's method three times: with a tenth of its learning rate, with its own \
             and with ten times as much. See what too small and too large look like.",
            entry::learning_rates,
        ),
    ];
    ui.label("Begin with").on_hover_text("Ready-made starting fields; change them as you like.");
    for (name, help, field) in fields {
        if ui.button(name).on_hover_text(help).clicked() {
            *entries = field(spec);
        }
    }
}

/// The cards side by side, as many as there is room for.
fn cards(ui: &mut Ui, spec: &ExperimentSpec, entries: &mut Vec<Entry>) {
    let names = entry::names(entries.iter().map(|entry| (entry.method.id, entry.learning_rate)));
    let columns = ((ui.available_width() + theme::SPACE_2) / (CARD + theme::SPACE_2))
        .floor()
        .clamp(1.0, 3.0) as usize;
    let removable = entries.len() > *RACERS.start();
    let mut removed = None;
    ui.columns(columns, |uis| {
        for (index, (entry, name)) in entries.iter_mut().zip(&names).enumerate() {
            let Some(ui) = uis.get_mut(index % columns) else { continue };
            let palette = theme::palette(ui);
            theme::card_frame(palette).show(ui, |ui| {
                ui.push_id(("racer", index), |ui| {
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        if card(ui, spec, entry, name, index, removable) {
                            removed = Some(index);
                        }
                    });
                });
            });
            ui.add_space(theme::SPACE_2);
        }
    });
    if let Some(index) = removed {
        entries.remove(index);
    }
}

/// One racer. Returns whether it is to be removed.
fn card(
    ui: &mut Ui,
    spec: &ExperimentSpec,
    entry: &mut Entry,
    name: &str,
    index: usize,
    removable: bool,
) -> bool {
    let palette = theme::palette(ui);
    let mut remove = false;
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(28.0, theme::CONTROL_HEIGHT), Sense::hover());
        Series::new(index, palette).draw_key(ui.painter(), rect);
        let list = format!("Method of racer {}", index + 1);
        if let Some(method) = method_page::choice(ui, &list, entry.method) {
            *entry = Entry::new(method, spec);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_enabled_ui(removable, |ui| {
                remove = icon::CLOSE.button(ui, &format!("Remove racer {}", index + 1)).clicked();
            });
        });
    });
    let summary = RichText::new(entry.method.summary).small().color(palette.text_weak);
    ui.add(Label::new(summary).wrap());
    if entry.method.uses_learning_rate {
        let help = "How large each step is. Every method has a rate that suits it: compare methods \
                    at rates that work, or you compare rates.";
        let response = widget::row(ui, "Learning rate", help, |ui| {
            let slider = widget::scale(&mut entry.learning_rate, 1e-5..=10.0, true);
            widget::slider(ui, slider)
        });
        response.accessible_name(format!("Learning rate of {name}, racer {}", index + 1));
    }
    if !entry.method.settings.is_empty() {
        CollapsingHeader::new("Settings").id_salt("settings").show(ui, |ui| {
            for setting in entry.method.settings {
                let mut value = entry.settings.get(setting);
                if setting_row(ui, setting, &mut value) {
                    entry.settings.set(setting.id, value);
                }
            }
        });
    }
    remove
}
