//! The bar along the top: menus, training, watching speed, epoch and loss.

use eframe::egui::{self, Align, Button, Layout, RichText, Slider, Ui};

use super::theme::{self, Emphasis};
use super::{Scene, format, icon, menu, widget};
use crate::app::dispatch::pace;
use crate::app::{Action, Command, Outbox, Race};
use crate::train::Pace;

/// Room below which the figures stand without words, in points.
const FIGURES: f32 = 236.0;

/// Draws the bar; in a `compact` window with all menus in one and with icons for words.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, compact: bool, out: &mut Outbox) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL_HEIGHT);
        if compact {
            ui.menu_button("Menu", |ui| menu::show(ui, scene, out));
        } else {
            menu::show(ui, scene, out);
            ui.add_space(theme::SPACE_2);
        }
        train_button(ui, scene, out);
        step_menu(ui, scene, compact, out);
        reset_menu(ui, scene, compact, out);
        if !compact {
            ui.add_space(theme::SPACE_2);
        }
        speed(ui, scene, compact, out);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| figures(ui, scene));
    });
}

fn train_button(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox) {
    // A race runs only while its page is open, so the button is about what is on screen.
    let running = scene.is_running() || scene.race.is_some_and(Race::is_running);
    let (icon, text) = if running { (icon::PAUSE, "Pause") } else { (icon::PLAY, "Train") };
    let help = widget::action_help(ui, Action::Train);
    let obstacle = scene.obstacle();
    ui.scope(|ui| {
        theme::emphasize(ui, Emphasis::Primary);
        let button = Button::new((icon, text)).min_size(egui::vec2(84.0, theme::CONTROL_HEIGHT));
        let response = ui.add_enabled(scene.can_train(), button).on_hover_text(help);
        let response = match obstacle {
            Some(reason) => response.on_disabled_hover_text(reason),
            None => response,
        };
        if response.clicked() {
            out.act(Action::Train);
        }
    });
}

fn step_menu(ui: &mut Ui, scene: &Scene<'_>, compact: bool, out: &mut Outbox) {
    ui.add_enabled_ui(scene.can_train(), |ui| {
        let response = named_menu(ui, compact, (icon::STEP, "Step"), |ui| {
            menu_entries(ui, &[Action::StepUpdate, Action::StepEpoch], out);
        });
        response.on_hover_text(
            "Training in single steps: one update (S), or one epoch (E). Watch what changes.",
        );
    });
}

fn reset_menu(ui: &mut Ui, scene: &Scene<'_>, compact: bool, out: &mut Outbox) {
    ui.add_enabled_ui(scene.can_train(), |ui| {
        let response = named_menu(ui, compact, (icon::RESET, "Reset"), |ui| {
            menu_entries(ui, &[Action::Reset, Action::NewWeights, Action::NewData], out);
        });
        response.on_hover_text(
            "Begin again: with the same starting weights (R), with others (W), or with other data \
             (D).",
        );
    });
}

/// A menu behind an icon and a word, or behind the icon alone.
fn named_menu(
    ui: &mut Ui,
    compact: bool,
    (icon, name): (icon::Icon, &'static str),
    entries: impl FnOnce(&mut Ui),
) -> egui::Response {
    if !compact {
        return ui.menu_button((icon, name), entries).response;
    }
    let response = ui.menu_button(icon, entries).response;
    let enabled = ui.is_enabled();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, enabled, name));
    response
}

fn menu_entries(ui: &mut Ui, actions: &[Action], out: &mut Outbox) {
    for &action in actions {
        let mut button = match action.icon() {
            Some(icon) => Button::new((icon, action.text())),
            None => Button::new(action.text()),
        };
        if let Some(shortcut) = action.shortcut() {
            button = button.shortcut_text(ui.ctx().format_shortcut(&shortcut));
        }
        if ui.add(button).on_hover_text(action.tooltip()).clicked() {
            out.act(action);
            ui.close();
        }
    }
}

fn speed(ui: &mut Ui, scene: &Scene<'_>, compact: bool, out: &mut Outbox) {
    let help = "How fast you watch: from one update a second to as fast as the machine can. \
                Drawing never slows training down.";
    if !compact {
        ui.label("Speed").on_hover_text(help);
    }
    let mut speed = scene.speed;
    let room = ui.available_width();
    ui.spacing_mut().slider_width = if room > 520.0 { 96.0 } else { 56.0 };
    let slider = Slider::new(&mut speed, 0.0..=1.0).show_value(false).trailing_fill(true);
    let response = ui.add(slider).accessible_name("Speed");
    let text = match pace(scene.speed) {
        Pace::Full => "full speed".to_owned(),
        Pace::Updates(updates) => format!("{}\u{a0}updates/s", format::rate(updates)),
    };
    if response.on_hover_text(format!("{help}\nNow: {text}.")).changed() {
        out.send(Command::SetSpeed(speed));
    }
    if room > 470.0 {
        widget::note(ui, text);
    }
}

/// From the right: the loss, then the epoch.
fn figures(ui: &mut Ui, scene: &Scene<'_>) {
    let palette = theme::palette(ui);
    let Some(snapshot) = scene.snapshot else { return };
    let words = ui.available_width() >= FIGURES;
    let strong = |text: String| RichText::new(text).text_style(theme::strong_text_style());
    if let Some(validation) = snapshot.metrics.validation {
        ui.label(strong(format::loss(validation.loss)).color(palette.validation)).on_hover_text(
            "Validation loss: how far off the network is on rows it has never trained on. \
                 When it rises while the training loss falls, the network learns by heart.",
        );
        ui.weak("/");
    }
    ui.label(strong(format::loss(snapshot.metrics.train.loss)).color(palette.training))
        .on_hover_text(
            "Training loss: how far off the network is on the rows it trains on. Training makes \
             it smaller.",
        );
    if words {
        ui.label("loss");
    }
    ui.add_space(theme::SPACE_3);
    ui.label(strong(format::count(snapshot.epoch)).color(palette.text_strong)).on_hover_text(
        format!(
            "Epochs: how often every training row has been seen. Updates so far: {}.",
            format::count(snapshot.step)
        ),
    );
    if words {
        ui.label("epoch");
    }
}
