//! What can be done with a race, how far it is, and who is ahead.

use eframe::egui::{Button, Label, RichText, Ui};

use super::RacePage;
use super::maps::quality_text;
use crate::app::{Action, Command, Outbox, Race, RaceCommand};
use crate::ui::theme::{self, Emphasis};
use crate::ui::{Scene, format, icon, widget};

/// Shows the buttons, the state of the race, and a word of warning where it no longer fits.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, race: &Race, out: &mut Outbox, page: &mut RacePage) {
    let over = race.is_over();
    ui.horizontal_wrapped(|ui| {
        if !over {
            pause(ui, race, out);
        }
        let help = "Starts the same racers again on the experiment as it is now. The numbers will \
                    be the same if nothing has changed: everything follows from the seed.";
        if ui.button((icon::REPEAT, "Again")).on_hover_text(help).clicked() {
            again(race, out);
        }
        let help = "Choose other methods, learning rates and settings. This race waits.";
        if ui.button((icon::SLIDERS, "Change racers")).on_hover_text(help).clicked() {
            if !over {
                out.send(Command::Race(RaceCommand::Pause(true)));
            }
            page.choosing = true;
        }
        if over && let Some(best) = page.standings.best() {
            theme::emphasize(ui, Emphasis::Primary);
            let button = Button::new((icon::CHECK, "Take the winner"));
            let help = format!(
                "Makes {} with these settings the training method of your experiment. Undo takes \
                 it back.",
                best.name
            );
            if ui.add(button).on_hover_text(help).clicked() {
                take(best.index, out);
            }
        }
    });
    ui.add_space(theme::SPACE_1);
    state(ui, race, page);
    if has_changed(scene, race) {
        ui.add_space(theme::SPACE_1);
        let text = "The data or the network have changed since this race: what you see was raced \
                    on the earlier ones.";
        widget::message(ui, icon::WARNING, text, |ui| {
            let help = "Starts the same racers on the experiment as it is now.";
            if ui.button("Race again").on_hover_text(help).clicked() {
                again(race, out);
            }
        });
    }
}

/// Makes a racer's method the experiment's, and goes there.
pub fn take(index: usize, out: &mut Outbox) {
    out.send(Command::Race(RaceCommand::Take(index)));
    out.act(Action::Experiment);
}

fn again(race: &Race, out: &mut Outbox) {
    let racers = race.racers.iter().map(|racer| racer.training.clone()).collect();
    out.send(Command::Race(RaceCommand::Start(racers)));
}

fn pause(ui: &mut Ui, race: &Race, out: &mut Outbox) {
    let running = race.is_running();
    let (icon, text, help) = if running {
        (
            icon::PAUSE,
            "Pause the race",
            "All racers wait where they are (Space). The speed at the top sets how fast they go; they \
             keep step with each other, epoch by epoch.",
        )
    } else {
        (icon::PLAY, "Go on", "All racers go on from where they are (Space).")
    };
    ui.scope(|ui| {
        if !running {
            theme::emphasize(ui, Emphasis::Primary);
        }
        if ui.button((icon, text)).on_hover_text(help).clicked() {
            out.send(Command::Race(RaceCommand::Pause(running)));
        }
    });
}

/// How many have finished and who is ahead, in a sentence.
fn state(ui: &mut Ui, race: &Race, page: &RacePage) {
    let Some(best) = page.standings.best() else { return };
    let (ended, all) = (page.standings.ended(), page.standings.len());
    let part = if best.standing.metrics.validation.is_some() { "validation" } else { "training" };
    let measured = if best.standing.metrics.train.accuracy.is_some() { "right on" } else { "on" };
    let standing = format!("{} {measured} the {part} rows", quality_text(best.standing.metrics));
    let text = if race.is_over() {
        let work = best.standing.solved_work.map_or_else(String::new, |work| {
            format!("; at 95\u{a0}% after work of {}", format::number((work * 10.0).round() / 10.0))
        });
        format!("{} has won: {standing}{work}.", best.name)
    } else {
        let waits = if race.is_running() { "" } else { "The race waits. " };
        format!("{waits}{ended} of {all} have finished. {} is ahead: {standing}.", best.name)
    };
    let text = RichText::new(text).color(theme::palette(ui).text_strong);
    ui.add(Label::new(text).wrap()).on_hover_text(
        "The best is the one with the highest accuracy (or R²) on the rows held back. Half a \
         percent more or less is luck: of those who are equal to half a percent, the one that \
         needed least work to get to 95 % is ahead.",
    );
}

/// Whether the experiment is another one than the one raced on, apart from its training part.
fn has_changed(scene: &Scene<'_>, race: &Race) -> bool {
    let raced = &race.prepared.spec;
    raced.data != scene.spec.data
        || raced.network != scene.spec.network
        || raced.seed != scene.spec.seed
}
