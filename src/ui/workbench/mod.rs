//! What takes the experiment's place for a while: the race between methods, the search for a
//! learning rate, the linear systems of Krylov methods. Each is a page with a title and a way back.

mod krylov;
mod race;
mod range_test;

use eframe::egui::{self, Button, CentralPanel, Panel, RichText, Ui};

use super::view::{View, Workbench};
use super::{Scene, icon, theme};
use crate::app::{Action, Outbox};

/// What the pages keep between frames.
#[derive(Default)]
pub struct WorkbenchState {
    race: race::RacePage,
    range_test: range_test::RangeTestPage,
    krylov: krylov::KrylovPage,
}

/// Draws the page that is open.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut WorkbenchState,
) {
    let palette = theme::palette(ui);
    Panel::top("workbench").frame(theme::toolbar_frame(palette)).show_separator_line(false).show(
        ui,
        |ui| {
            ui.horizontal(|ui| {
                let back = Action::Experiment;
                let button = Button::new((icon::ARROW_LEFT, back.text()));
                let help = format!("{} (Escape)", back.tooltip());
                if ui.add(button).on_hover_text(help).clicked() {
                    out.act(back);
                }
                ui.add_space(theme::SPACE_2);
                ui.heading(RichText::new(title(view.bench)).strong());
            });
        },
    );
    // A menu or a list that is open closes first.
    let open = egui::Popup::is_any_open(ui.ctx());
    if !open && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        out.act(Action::Experiment);
    }
    CentralPanel::no_frame().frame(theme::panel_frame(palette)).show(ui, |ui| match view.bench {
        Workbench::Experiment => {}
        Workbench::Race => race::show(ui, scene, out, &mut state.race),
        Workbench::RangeTest => range_test::show(ui, scene, out, &mut state.range_test),
        Workbench::Krylov => krylov::show(ui, scene, out, &mut state.krylov),
    });
}

const fn title(bench: Workbench) -> &'static str {
    match bench {
        Workbench::Experiment => "",
        Workbench::Race => Action::Race.text(),
        Workbench::RangeTest => Action::RangeTest.text(),
        Workbench::Krylov => Action::Krylov.text(),
    }
}
