//! The training panel: method, learning rate, batch, loss, penalties, when to stop.

use eframe::egui::{self, Align, Layout, ScrollArea, Ui};

use super::{Scene, icon, method_page, theme, widget};
use crate::app::{Action, Outbox};
use crate::experiment::prepare::loss_for;
use crate::experiment::{Edit, Place, TrainingSpec};
use crate::nn::Loss;
use crate::optim::{self, BatchUse, Method, Schedule, Setting};

/// Draws the panel.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    heading(ui, scene, out);
    for problem in scene.problems_at(Place::Training) {
        widget::problem(ui, problem, out);
    }
    let mut next = scene.spec.training.clone();
    let mut change = Change::default();
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let room = ui.available_width();
        let columns = (room / 200.0).floor().clamp(1.0, 3.0) as usize;
        ui.columns(columns, |uis| {
            let groups: [Group; 3] = [method, shaping, stopping];
            for (index, group) in groups.into_iter().enumerate() {
                if let Some(ui) = uis.get_mut(index % columns) {
                    group(ui, scene, &mut next, &mut change);
                }
            }
        });
    });
    if let Some(text) = change.text {
        out.edit(Edit::SetTraining(next, text));
    }
}

/// The panel's name, and the ways to a good method and a good learning rate.
fn heading(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    let help =
        "How the weights are changed. Everything here can be changed while the network trains.";
    ui.horizontal(|ui| {
        widget::heading(ui, "Training", help);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let method = optim::method(&scene.spec.training.optimizer);
            let rate = method.is_some_and(|method| method.uses_learning_rate);
            let ways = [
                (Action::RangeTest, icon::SEARCH, "Find a rate…", rate),
                (Action::Race, icon::FLAG, "Race…", true),
            ];
            for (action, icon, text, offered) in ways {
                let help = widget::action_help(ui, action);
                if offered && ui.button((icon, text)).on_hover_text(help).clicked() {
                    out.act(action);
                }
            }
        });
    });
}

type Group = fn(&mut Ui, &Scene<'_>, &mut TrainingSpec, &mut Change);

/// What was changed in this frame.
#[derive(Default)]
struct Change {
    text: Option<&'static str>,
}

impl Change {
    fn note(&mut self, changed: bool, text: &'static str) {
        if changed {
            self.text = Some(text);
        }
    }
}

fn method(ui: &mut Ui, _: &Scene<'_>, next: &mut TrainingSpec, change: &mut Change) {
    let Some(current) = optim::method(&next.optimizer) else { return };
    let help = "The training method (optimizer): how gradients become steps.";
    ui.horizontal(|ui| {
        ui.label("Method").on_hover_text(help);
        if let Some(method) = method_page::choice(ui, "Method", current) {
            next.choose(method);
            change.note(true, "change method");
        }
    });
    if current.uses_learning_rate {
        let help = "The learning rate: how large each step is. Too small and nothing moves, too \
                    large and the loss jumps or explodes. Try ten times more and ten times less.";
        let response = widget::row(ui, "Learning rate", help, |ui| {
            widget::slider(ui, widget::scale(&mut next.learning_rate, 1e-5..=10.0, true))
        });
        change.note(response.changed(), "change learning rate");
    }
    batch(ui, current, next, change);
    for setting in current.settings {
        let mut value = next.settings.get(setting);
        if setting_row(ui, setting, &mut value) {
            next.settings.set(setting.id, value);
            change.note(true, "change setting");
        }
    }
}

fn batch(ui: &mut Ui, method: &Method, next: &mut TrainingSpec, change: &mut Change) {
    if method.batch == BatchUse::Full {
        widget::note(ui, "This method uses all training rows for each update.");
        return;
    }
    let mut whole = next.uses_whole_batch(method.batch);
    let help = "Every update looks at all training rows: one steady step an epoch. Switched off, \
                each update looks at a mini-batch: more steps an epoch, but noisy ones.";
    if ui.checkbox(&mut whole, "All rows in each update").on_hover_text(help).changed() {
        next.whole_batch = Some(whole);
        change.note(true, "change batch");
    }
    if !whole {
        let help = "Rows that go through the network before each update. Small batches make \
                        many noisy steps, large ones few steady steps.";
        let response = widget::row(ui, "Batch size", help, |ui| {
            widget::whole_slider(ui, &mut next.batch_size, 1..=512)
        });
        change.note(response.changed(), "change batch size");
    }
}

/// The control of one setting of a method or schedule. Returns whether it was changed.
pub fn setting_row(ui: &mut Ui, setting: &Setting, value: &mut f64) -> bool {
    let default = match setting.choices {
        [] => super::format::number(setting.default),
        _ => setting.text(setting.default),
    };
    let help = format!("{} Default: {default}.", setting.help);
    if !setting.choices.is_empty() {
        return choice_row(ui, setting, &help, value);
    }
    let speed = if setting.logarithmic {
        value.abs().max(1e-9) * 0.02
    } else {
        (setting.max - setting.min) * 1e-3
    };
    widget::field_row(ui, setting.name, &help, |ui| {
        ui.add(
            egui::DragValue::new(value)
                .range(setting.min..=setting.max)
                .clamp_existing_to_range(false)
                .speed(speed)
                .custom_formatter(|value, _| super::format::number(value))
                .custom_parser(widget::parse_number),
        )
    })
    .changed()
}

/// A setting that is a choice: a switch, or a list.
fn choice_row(ui: &mut Ui, setting: &Setting, help: &str, value: &mut f64) -> bool {
    if setting.choices == optim::OFF_ON {
        let mut on = *value >= 0.5;
        let changed = ui.checkbox(&mut on, setting.name).on_hover_text(help).changed();
        *value = f64::from(u8::from(on));
        return changed;
    }
    let current = value.round() as usize;
    let entries = (0..)
        .zip(setting.choices)
        .map(|(index, choice): (usize, _)| (index, choice.name.to_owned()));
    let chosen = ui
        .horizontal(|ui| {
            ui.label(setting.name).on_hover_text(help);
            widget::choice(ui, setting.name, help, current, entries, |_| help.to_owned())
        })
        .inner;
    if let Some(index) = chosen {
        *value = index as f64;
    }
    chosen.is_some()
}

fn shaping(ui: &mut Ui, scene: &Scene<'_>, next: &mut TrainingSpec, change: &mut Change) {
    loss(ui, scene, next, change);
    schedule(ui, next, change);
    let penalties = [
        (
            "L1",
            "L1 penalty: adds l1·Σ|w| to the loss. Pulls weights to exactly zero, so that the \
             network uses few inputs.",
            &mut next.l1,
        ),
        (
            "L2",
            "L2 penalty: adds ½·l2·Σw² to the loss. Keeps weights small and the answer smooth; \
             helps against learning by heart.",
            &mut next.l2,
        ),
    ];
    for (name, help, value) in penalties {
        let response = widget::row(ui, name, help, |ui| {
            widget::slider(ui, widget::scale(value, 0.0..=1.0, true))
        });
        change.note(response.changed(), "change penalty");
    }
    let help = "Longest gradient: longer ones are shortened to it. Helps when single steps throw \
                the network far off.";
    let changed = widget::optional(ui, "Clip gradient", help, &mut next.clip_norm, 1.0, |field| {
        field.range(1e-3..=1e3).speed(0.01)
    });
    change.note(changed, "change gradient clipping");
    let help = "Gradient ascent climbs the loss instead of descending: the network gets worse \
                with every step. Shows what the sign of a step means.";
    let response = ui.checkbox(&mut next.ascent, "Ascent").on_hover_text(help);
    change.note(response.changed(), "change direction");
}

fn loss(ui: &mut Ui, scene: &Scene<'_>, next: &mut TrainingSpec, change: &mut Change) {
    let Some(output) = scene.output() else { return };
    let usual = loss_for(output);
    let help = "The loss: what training makes small. It says how far the answer is from the \
                target.";
    ui.horizontal(|ui| {
        ui.label("Loss").on_hover_text(help);
        let fitting = Loss::ALL.iter().filter(|loss| loss.fits(output));
        let entries = fitting.map(|&loss| (loss, loss.name().to_owned()));
        let explain = |loss: Loss| format!("{}\n{}", loss.formula(), loss.summary());
        let current = next.loss.unwrap_or(usual);
        if let Some(loss) = widget::choice(ui, "Loss", help, current, entries, explain) {
            next.loss = (loss != usual).then_some(loss);
            change.note(true, "change loss");
        }
    });
}

fn schedule(ui: &mut Ui, next: &mut TrainingSpec, change: &mut Change) {
    let help = "How the learning rate changes during the run.";
    ui.horizontal(|ui| {
        ui.label("Schedule").on_hover_text(help);
        let entries =
            Schedule::ALL.iter().map(|schedule| (schedule.id(), schedule.name().to_owned()));
        let explain = |id| {
            Schedule::from_id(id).map_or_else(String::new, |schedule| {
                format!("{}\n{}", schedule.formula(), schedule.summary())
            })
        };
        let current = next.schedule.id();
        if let Some(id) = widget::choice(ui, "Schedule", help, current, entries, explain)
            && let Some(schedule) = Schedule::from_id(id)
        {
            next.schedule = schedule;
            change.note(true, "change schedule");
        }
    });
    let mut values = next.schedule.values();
    for setting in next.schedule.settings() {
        let mut value = values.get(setting);
        if setting_row(ui, setting, &mut value) {
            values.set(setting.id, value);
            next.schedule = next.schedule.with(&values);
            change.note(true, "change schedule");
        }
    }
}

fn stopping(ui: &mut Ui, _: &Scene<'_>, next: &mut TrainingSpec, change: &mut Change) {
    let stop = &mut next.stop;
    ui.label("Stop")
        .on_hover_text("When the run ends by itself. The first rule that is met counts.");
    let help = "Ends the run after so many epochs. Pressing Train again goes on for as many.";
    change.note(count(ui, "After epochs", help, &mut stop.epochs, 1000), "change stop rule");
    let help = "Early stopping: ends the run when the validation loss has not improved for so \
                many epochs, and restores the best weights.";
    change.note(count(ui, "Patience", help, &mut stop.patience, 20), "change stop rule");
    let help = "Ends the run when the training loss is as small as this.";
    let changed = widget::optional(ui, "Target loss", help, &mut stop.target_loss, 0.01, |field| {
        field.range(0.0..=1e6).speed(0.001)
    });
    change.note(changed, "change stop rule");
    ui.add_space(theme::SPACE_1);
}

/// A whole number as it can be typed: all its digits, or 1e9 where there are many and that is
/// shorter.
fn whole(value: f64) -> String {
    let (digits, short) = (format!("{value:.0}"), format!("{:e}", value.round()));
    if digits.len() > 6 && short.len() < digits.len() { short } else { digits }
}

/// A count that may be left out.
fn count(ui: &mut Ui, name: &str, help: &str, value: &mut Option<u64>, default: u64) -> bool {
    let mut number = value.map(|value| value as f64);
    let changed = widget::optional(ui, name, help, &mut number, default as f64, |field| {
        field.range(1.0..=1e9).speed(1.0).custom_formatter(|value, _| whole(value))
    });
    if changed {
        *value = number.map(|number| number.round() as u64);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_stay_short_and_can_be_typed() {
        for (value, text) in
            [(1.0, "1"), (1000.0, "1000"), (200_000.0, "200000"), (2.5e6, "2.5e6"), (1e9, "1e9")]
        {
            assert_eq!(whole(value), text);
            assert_eq!(text.parse(), Ok(value));
        }
    }
}
