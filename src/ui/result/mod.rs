//! The right panel: what the network answers, and how well it has learned.
//!
//! Tabs on top, the learning curves always below. Everything is read from the scene; what a person
//! wants changed is sent as a command. Pictures and lines are kept between frames and made anew
//! only when there is a new look into the network.

pub(crate) mod abscissa;
mod answer;
mod brush;
pub(crate) mod chart;
mod confusion;
mod controls;
pub(crate) mod curves;
mod fit;
mod legend;
mod look;
mod map;
pub(crate) mod map_image;
pub(crate) mod measure;
pub(crate) mod plane;
mod points;
mod profile;
mod reading;
mod stamp;
mod step;
mod step_picture;
mod telling;
pub mod thin;
pub(crate) mod tick;
pub(crate) mod trace;

pub(crate) use answer::{cell_text, question, verdict_ui};
pub(crate) use fit::histogram;
pub(crate) use look::{Looks, looks};
pub(crate) use map_image::upright;
pub(crate) use plane::{caption, shortened, text_on};

use eframe::egui::{self, Rect, Role, ScrollArea, Ui, UiBuilder, WidgetInfo};

use crate::app::command::Outbox;
use crate::data::TaskKind;
use crate::ui::icon::{self, Icon};
use crate::ui::view::ResultTab;
use crate::ui::{Scene, View, inspector, theme};

/// Share of the panel's height that the curves have: more of a high panel.
const CURVES: (f32, f32) = (0.26, 0.36);
/// Height from which a panel is high, in points.
const HIGH: f32 = 600.0;
/// Height below which the curves stand beside the tabs if there is room, in points.
const LOW: f32 = 380.0;
/// Least and most height of the curves, in points.
const CURVES_HEIGHT: (f32, f32) = (112.0, 420.0);

/// What the panel keeps between frames.
#[derive(Debug, Default)]
pub struct ResultState {
    map: map::MapState,
    curves: curves::CurvesState,
    fit: fit::FitState,
    inspector: inspector::InspectorState,
    columns: Vec<String>,
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
    begin_with_telling_columns(scene, view, state);
    let room = ui.available_rect_before_wrap();
    let (upper, lower) = divided(room);
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

/// The room for the tabs and the room for the curves: below them, or beside them in a low, wide
/// window.
fn divided(room: Rect) -> (Rect, Rect) {
    let (mut upper, mut lower) = (room, room);
    if room.height() < LOW && room.width() > 1.3 * room.height() {
        let split = room.left() + 0.56 * room.width();
        upper.set_right(split - theme::SPACE_2);
        lower.set_left(split + theme::SPACE_2);
        return (upper, lower);
    }
    let share = if room.height() < HIGH { CURVES.0 } else { CURVES.1 };
    let curves = (room.height() * share).clamp(CURVES_HEIGHT.0, CURVES_HEIGHT.1);
    let split = (room.bottom() - curves).max(room.top());
    upper.set_bottom(split - theme::SPACE_2);
    lower.set_top(split);
    (upper, lower)
}

/// Other columns than before: the axes begin with those that tell most about the target.
fn begin_with_telling_columns(scene: &Scene<'_>, view: &mut View, state: &mut ResultState) {
    let Some(samples) = scene.samples else { return };
    let names = samples.encoder.columns.iter().map(|column| &column.name);
    if names.clone().eq(&state.columns) {
        return;
    }
    let first = state.columns.is_empty();
    state.columns = names.cloned().collect();
    if first && view.y.is_none() {
        return;
    }
    if !first {
        view.asked = None;
        view.held_row = None;
    }
    if !scene.is_points() {
        (view.x, view.y) = telling::telling_columns(samples);
    } else if state.columns.len() > 1 {
        (view.x, view.y) = (0, Some(1));
    }
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
        ResultTab::Confusion => confusion::show(ui, scene, view, out),
        ResultTab::Fit => fit::show(ui, scene, view, &mut state.fit),
        ResultTab::Residuals => fit::residuals(ui, scene, view, &mut state.fit),
        ResultTab::Step => step::show(ui, scene, view, out),
        ResultTab::Inspector => {
            let answer = state.asked.answer(scene, view);
            inspector::show(ui, scene, view, out, &mut state.inspector, answer);
        }
    }
}

/// The tabs that suit the task.
fn tabs(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) {
    let task = scene.samples.map(|samples| samples.encoder.target.task());
    let offered: &[ResultTab] = match task {
        Some(TaskKind::Regression) => &[
            ResultTab::Map,
            ResultTab::Fit,
            ResultTab::Residuals,
            ResultTab::Step,
            ResultTab::Inspector,
        ],
        _ => &[ResultTab::Map, ResultTab::Confusion, ResultTab::Step, ResultTab::Inspector],
    };
    if !offered.contains(&view.tab) {
        view.tab = ResultTab::Map;
    }
    // Words before icons, where there is not room for both.
    let icons = ui.available_width() >= 92.0 * offered.len() as f32;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(2.0, 2.0);
        if !icons {
            ui.spacing_mut().button_padding.x = if offered.len() > 4 { 4.0 } else { 6.0 };
        }
        for &tab in offered {
            let chosen = view.tab == tab;
            let (icon, name, help) = words(tab);
            let response = if icons {
                ui.add(egui::Button::selectable(chosen, (icon, name)))
            } else {
                ui.add(egui::Button::selectable(chosen, name))
            };
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
        ResultTab::Step => (
            icon::QUESTION,
            "Why",
            "What the last update did and why: its length, what it promised and what came of it, \
             in words and numbers. Press S for one update at a time.",
        ),
        ResultTab::Inspector => (
            icon::SEARCH,
            "Inspector",
            "What is selected on the canvas in numbers: a weight, a neuron, a layer. Weights can \
             be changed and frozen here.",
        ),
    }
}
