//! The right panel: what the network answers, and how well it has learned.
//!
//! Tabs on top, the learning curves always below. Everything is read from the scene; what a person
//! wants changed is sent as a command. Pictures and lines are kept between frames and made anew
//! only when there is a new look into the network.

mod answer;
mod brush;
mod chart;
mod controls;
mod curves;
mod legend;
mod look;
mod map;
mod map_image;
mod plane;
mod points;
mod profile;
mod reading;
pub mod thin;
mod tick;

use eframe::egui::{self, Role, ScrollArea, Ui, UiBuilder, WidgetInfo};

use crate::app::command::Outbox;
use crate::data::TaskKind;
use crate::ui::icon::{self, Icon};
use crate::ui::view::ResultTab;
use crate::ui::{Scene, View, theme};

/// Share of the panel's height that the curves have.
const CURVES: f32 = 0.38;
/// Least and most height of the curves, in points.
const CURVES_HEIGHT: std::ops::RangeInclusive<f32> = 168.0..=420.0;

/// What the panel keeps between frames.
#[derive(Debug, Default)]
pub struct ResultState {
    map: map::MapState,
    curves: curves::CurvesState,
    asked: answer::Asked,
}

/// Shows the panel in the room there is.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut ResultState,
) {
    let room = ui.available_rect_before_wrap();
    let curves = (room.height() * CURVES).clamp(*CURVES_HEIGHT.start(), *CURVES_HEIGHT.end());
    let split = (room.bottom() - curves).max(room.top());
    let (mut upper, mut lower) = (room, room);
    upper.set_bottom(split - theme::SPACE_2);
    lower.set_top(split);
    ui.scope_builder(UiBuilder::new().max_rect(upper), |ui| {
        tabs(ui, scene, view);
        ui.add_space(theme::SPACE_1);
        ScrollArea::vertical().id_salt(("result", view.tab)).auto_shrink(false).show(ui, |ui| {
            body(ui, scene, view, out, state);
        });
    });
    ui.scope_builder(UiBuilder::new().max_rect(lower), |ui| {
        curves::show(ui, scene, view, out, &mut state.curves);
    });
}

fn body(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut ResultState,
) {
    match view.tab {
        ResultTab::Map => map::show(ui, scene, view, out, &mut state.map, &mut state.asked),
        _ => {}
    }
}

/// The tabs that suit the task.
fn tabs(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) {
    let task = scene.samples.map(|samples| samples.encoder.target.task());
    let offered: &[ResultTab] = match task {
        Some(TaskKind::Regression) => {
            &[ResultTab::Map, ResultTab::Fit, ResultTab::Residuals, ResultTab::Inspector]
        }
        _ => &[ResultTab::Map, ResultTab::Confusion, ResultTab::Inspector],
    };
    if !offered.contains(&view.tab) {
        view.tab = ResultTab::Map;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for &tab in offered {
            let chosen = view.tab == tab;
            let (icon, name, help) = words(tab);
            let response = ui.add(egui::Button::selectable(chosen, (icon, name)));
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, name));
            if response.on_hover_text(help).clicked() {
                view.tab = tab;
            }
        }
    });
}

const fn words(tab: ResultTab) -> (Icon, &'static str, &'static str) {
    match tab {
        ResultTab::Map => (
            icon::MAP,
            "Map",
            "What the network answers for every pair of values of two columns, with the rows as \
             points on it. Watch the border between the colours move while it learns.",
        ),
        ResultTab::Confusion => (
            icon::GRID,
            "Confusion",
            "Which class is taken for which: rows are what is right, columns what the network \
             says. Everything off the diagonal is a mistake.",
        ),
        ResultTab::Fit => (
            icon::SCATTER,
            "Fit",
            "Predicted against actual values. On the diagonal the network is right.",
        ),
        ResultTab::Residuals => (
            icon::CHART_BAR,
            "Residuals",
            "What is left: actual minus predicted. A pattern in it is something the network has \
             not learned yet.",
        ),
        ResultTab::Inspector => (
            icon::SEARCH,
            "Inspector",
            "What is selected on the canvas in numbers: a weight, a neuron, a layer. Weights can \
             be changed and frozen here.",
        ),
    }
}
