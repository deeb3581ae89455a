//! The race between training methods: who takes part, the curves, maps and standings of those who
//! run, and the same question on networks of growing size.
//!
//! The page reads the race from the scene and sends commands. A race runs only while this page is
//! open: whoever leaves it wants the processors for something else, and finds it waiting.

mod curves;
mod dimension;
mod dimension_plot;
mod entry;
mod header;
mod maps;
mod setup;
mod standings;
mod table;

use eframe::egui::{Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::super::{Scene, theme, widget};
use crate::app::Outbox;
use crate::ui::icon;
use entry::Entry;
use standings::Standings;

/// Width below which curves, maps and table stand below each other, in points.
const WIDE: f32 = 700.0;
/// Least height of curves and maps, in points.
const FIGURES: f32 = 280.0;
/// Height below which the whole page scrolls rather than the part below its buttons, in points.
const LOW: f32 = 420.0;

/// What the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    /// Two to six methods on the experiment's network.
    #[default]
    Race,
    /// The same methods on networks of growing width.
    Dimension,
}

/// What the page keeps between frames.
#[derive(Default)]
pub struct RacePage {
    tab: Tab,
    /// Who takes part; chosen for the experiment when the page first opens.
    entries: Vec<Entry>,
    /// Epochs of the next race.
    epochs: u64,
    /// Whether the racers are being chosen although there is a race to look at.
    choosing: bool,
    curves: curves::CurvesState,
    maps: maps::MapsState,
    standings: Standings,
    dimension: dimension::DimensionPage,
}

/// Draws the page.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut RacePage) {
    if page.entries.is_empty() {
        page.entries = entry::usual(scene.spec);
        page.epochs = scene.spec.training.stop.epochs.unwrap_or(300).min(300);
    }
    let low = ui.available_height() < LOW;
    scrolled(ui, "race page", low, |ui| body(ui, scene, out, page, !low));
}

/// Lets a part of the page scroll, or not.
fn scrolled(ui: &mut Ui, name: &str, scrolls: bool, content: impl FnOnce(&mut Ui)) {
    if scrolls {
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, content);
    } else {
        content(ui);
    }
}

/// The page; `scrolls` says whether its lower part has to scroll by itself.
fn body(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut RacePage, scrolls: bool) {
    tabs(ui, page);
    ui.add_space(theme::SPACE_2);
    if let Some(reason) = scene.obstacle() {
        widget::message(ui, icon::WARNING, reason, |ui| {
            widget::note(ui, "Mend this first; then methods can be compared.");
        });
        ui.add_space(theme::SPACE_2);
    }
    match (page.tab, scene.race) {
        (Tab::Dimension, _) => {
            scrolled(ui, "dimension", scrolls, |ui| {
                dimension::show(ui, scene, out, &mut page.dimension);
            });
        }
        (Tab::Race, Some(race)) if !page.choosing => {
            page.standings.update(race);
            if page.standings.is_empty() {
                ui.label("The racers are on their way to the start …");
                return;
            }
            header::show(ui, scene, race, out, page);
            ui.add_space(theme::SPACE_2);
            scrolled(ui, "figures", scrolls, |ui| figures(ui, scene, out, page));
        }
        (Tab::Race, _) => setup::show(ui, scene, out, page, scrolls),
    }
}

fn tabs(ui: &mut Ui, page: &mut RacePage) {
    ui.horizontal_wrapped(|ui| {
        let tabs = [
            (
                Tab::Race,
                "Race",
                "Two to six training methods on your network: same starting weights, same rows, \
                 same order.",
            ),
            (
                Tab::Dimension,
                "Curse of dimension",
                "What happens to methods that try at random when the network grows, and why a \
                 gradient is worth so much.",
            ),
        ];
        for (tab, name, help) in tabs {
            let chosen = page.tab == tab;
            let response = ui.selectable_label(chosen, name);
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, name));
            if response.on_hover_text(help).clicked() {
                page.tab = tab;
            }
        }
    });
}

/// Curves, maps and the table of a race.
fn figures(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut RacePage) {
    let Some(race) = scene.race else { return };
    let room = ui.available_size();
    let RacePage { curves, maps, standings, .. } = page;
    if room.x < WIDE {
        curves::show(ui, race, standings, FIGURES, curves);
        ui.add_space(theme::SPACE_3);
        maps::show(ui, scene, race, standings, None, maps);
        ui.add_space(theme::SPACE_3);
        table::show(ui, scene, standings, out);
        return;
    }
    let height = (room.y - table::height(standings.len()) - theme::SPACE_3).max(FIGURES);
    let (rect, _) = ui.allocate_exact_size(vec2(room.x, height), Sense::hover());
    let split = rect.left() + 0.56 * rect.width();
    let (mut left, mut right) = (rect, rect);
    left.set_right(split - theme::SPACE_2);
    right.set_left(split + theme::SPACE_2);
    ui.scope_builder(UiBuilder::new().max_rect(left), |ui| {
        curves::show(ui, race, standings, height, curves);
    });
    ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
        maps::show(ui, scene, race, standings, Some(height), maps);
    });
    ui.add_space(theme::SPACE_3);
    table::show(ui, scene, standings, out);
}
