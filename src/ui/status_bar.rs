//! The bar along the bottom: the timeline of the run, what is going on, how fast.

use eframe::egui::{Align, Layout, ProgressBar, Slider, Ui};

use super::{Scene, format, icon, theme, widget};
use crate::app::{Command, Outbox};
use crate::train::Status;

/// Draws the bar.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL_HEIGHT);
        if let Some((name, share)) = scene.loading {
            return loading(ui, name, share, out);
        }
        timeline(ui, scene, out);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| status(ui, scene));
    });
}

fn loading(ui: &mut Ui, name: &str, share: f32, out: &mut Outbox) {
    ui.label(format!("Reading {name}"));
    ui.add(ProgressBar::new(share).desired_width(200.0).show_percentage());
    let help = "Gives up reading. What was open stays as it is.";
    if ui.button("Cancel").on_hover_text(help).clicked() {
        out.send(Command::CancelLoading);
    }
}

fn timeline(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    let help = "Timeline: drag to look back at what the network was after an earlier epoch. \
                Training itself stays where it is.";
    icon::CLOCK.show(ui, theme::palette(ui).text_weak).on_hover_text(help);
    let Some(snapshot) = scene.snapshot else {
        widget::note(ui, "The timeline appears when the network can be trained.");
        return;
    };
    let mut epoch = scene.look_back.unwrap_or(snapshot.epoch);
    ui.spacing_mut().slider_width = (ui.available_width() * 0.36).clamp(80.0, 420.0);
    ui.add_enabled_ui(snapshot.epoch > 0, |ui| {
        let slider = Slider::new(&mut epoch, 0..=snapshot.epoch.max(1)).show_value(false);
        let response = ui.add(slider).accessible_name("Timeline").on_hover_text(help);
        if response.changed() {
            out.send(Command::LookBack((epoch < snapshot.epoch).then_some(epoch)));
        }
    });
    if let Some(epoch) = scene.look_back {
        widget::note(ui, format!("looking back at epoch {}", format::count(epoch)));
        let help = "Shows the network as it is now.";
        if ui.button("Now").on_hover_text(help).clicked() {
            out.send(Command::LookBack(None));
        }
    }
}

fn status(ui: &mut Ui, scene: &Scene<'_>) {
    let Some(snapshot) = scene.snapshot else {
        if let Some(reason) = scene.obstacle() {
            ui.add(eframe::egui::Label::new(reason).truncate()).on_hover_text(reason);
        }
        return;
    };
    if snapshot.samples_per_second > 0.0 {
        let text = format!("{}\u{a0}samples/s", format::rate(snapshot.samples_per_second));
        widget::note(ui, text).on_hover_text(
            "Rows trained on in one second of computing. The speed slider only slows down how \
             fast you watch; this is how fast it could go.",
        );
        ui.weak("·");
    }
    let text = match &snapshot.status {
        Status::Running => "Training".to_owned(),
        Status::Paused if snapshot.step == 0 => "Ready. Press Space to train.".to_owned(),
        Status::Paused => "Paused".to_owned(),
        Status::Stopped(reason) => reason.to_string(),
    };
    ui.add(eframe::egui::Label::new(&text).truncate()).on_hover_text(text);
}
