//! The curse of dimension: the same methods on networks of growing width, each with the same
//! budget. What was measured stays on the plot, so that the fall of random search shows.

use std::collections::VecDeque;
use std::sync::Arc;

use eframe::egui::{Button, ProgressBar, RichText, Slider, Ui, vec2};

use super::dimension_plot;
use super::entry::Entry;
use super::maps::{self, Thumbnails};
use crate::app::growth::{Growth, GrowthRequest};
use crate::app::{Command, Outbox, RaceCommand};
use crate::experiment::ExperimentSpec;
use crate::optim::{self, Family, Method};
use crate::train::dimension::{Trial, WIDTHS};
use crate::ui::theme::{self, Emphasis, Series};
use crate::ui::{Scene, format, icon, method_page, widget};

/// The widths that "All widths" tries.
const SWEEP: [usize; 6] = [2, 4, 8, 16, 32, 64];
/// Work that each method may spend, in gradients over all training rows.
const BUDGET: f64 = 300.0;
/// Width below which maps stand below the plot, in points.
const WIDE: f32 = 700.0;

/// What the page keeps between frames.
pub struct DimensionPage {
    width: usize,
    budget: f64,
    /// Who takes part, by identifier: gradient descent and random searches.
    chosen: Vec<&'static str>,
    /// What was measured on the experiment of `spec` with `budget`.
    trials: Vec<Trial>,
    spec: Option<Arc<ExperimentSpec>>,
    measured_budget: f64,
    /// The result that was taken in last.
    taken: Option<Arc<Growth>>,
    /// Widths still to be tried.
    queue: VecDeque<usize>,
    needed: bool,
    maps: Thumbnails,
}

impl Default for DimensionPage {
    fn default() -> Self {
        let usual = ["adam", "random_search", "solis_wets", "cma_es"];
        Self {
            width: 4,
            budget: BUDGET,
            chosen: offered()
                .filter(|method| usual.contains(&method.id))
                .map(|method| method.id)
                .collect(),
            trials: Vec::new(),
            spec: None,
            measured_budget: BUDGET,
            taken: None,
            queue: VecDeque::new(),
            needed: false,
            maps: Thumbnails::default(),
        }
    }
}

/// Adam for gradient descent, then everything that tries at random.
fn offered() -> impl Iterator<Item = &'static Method> + Clone {
    let random = optim::METHODS.iter().filter(|method| method.family == Family::RandomSearch);
    optim::method("adam").into_iter().chain(random.copied()).take(theme::SERIES)
}

/// Number of a method among those offered, which decides its look.
pub fn look_of(optimizer: &str) -> usize {
    offered().position(|method| method.id == optimizer).unwrap_or(0)
}

/// Shows the page.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut DimensionPage) {
    page.take_in(scene);
    page.go_on(scene, out);
    ui.label(
        "Every weight is one more dimension to search. A gradient knows the way down in any number \
         of them; a random try has to be lucky in all of them at once.",
    );
    ui.add_space(theme::SPACE_2);
    controls(ui, scene, out, page);
    ui.add_space(theme::SPACE_2);
    methods(ui, page);
    ui.add_space(theme::SPACE_2);
    results(ui, page, scene);
}

impl DimensionPage {
    /// Takes in what has been measured since the last frame.
    fn take_in(&mut self, scene: &Scene<'_>) {
        let Some(Ok(growth)) = scene.growth.result() else { return };
        if self.taken.as_ref().is_some_and(|taken| Arc::ptr_eq(taken, growth)) {
            return;
        }
        let same = self.spec.as_ref().is_some_and(|spec| same_task(spec, &growth.spec));
        if !same || self.measured_budget != growth.request.budget {
            self.trials.clear();
            self.spec = Some(Arc::clone(&growth.spec));
            self.measured_budget = growth.request.budget;
        }
        for (trial, _) in &growth.trials {
            self.trials.retain(|old| {
                (old.width, old.optimizer.as_str()) != (trial.width, trial.optimizer.as_str())
            });
            self.trials.push(trial.clone());
        }
        self.taken = Some(Arc::clone(growth));
    }

    /// Begins with the next width as soon as the last is done.
    fn go_on(&mut self, scene: &Scene<'_>, out: &mut Outbox) {
        if scene.growth.progress().is_some() || matches!(scene.growth.result(), Some(Err(_))) {
            return;
        }
        if let Some(width) = self.queue.pop_front() {
            self.start(width, scene, out);
        }
    }

    fn start(&mut self, width: usize, scene: &Scene<'_>, out: &mut Outbox) {
        self.width = width;
        let methods = self.chosen.iter().filter_map(|id| optim::method(id));
        let trainings =
            methods.map(|method| Entry::new(method, scene.spec).training(scene.spec, 1));
        let trainings = trainings.collect();
        let request = GrowthRequest { width, trainings, budget: self.budget };
        out.send(Command::Race(RaceCommand::Grow(request)));
    }
}

/// Whether two experiments differ at most in the width of their layers and in their training part.
fn same_task(one: &ExperimentSpec, other: &ExperimentSpec) -> bool {
    one.data == other.data
        && one.seed == other.seed
        && one.network.hidden_units().len() == other.network.hidden_units().len()
}

fn controls(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut DimensionPage) {
    let running = scene.growth.progress();
    let able = scene.can_train() && !page.chosen.is_empty();
    ui.horizontal_wrapped(|ui| {
        let help = "Neurons in each hidden layer. The number of weights grows with its square as \
                    soon as there are two hidden layers. Let go of the slider and the methods try \
                    at once.";
        ui.label("Neurons in the hidden layers").on_hover_text(help);
        ui.spacing_mut().slider_width = 150.0;
        let slider = Slider::new(&mut page.width, WIDTHS).logarithmic(true).trailing_fill(true);
        let response = ui.add_enabled(able, slider);
        let response = response.accessible_name("Neurons in the hidden layers");
        let settled = response.drag_stopped() || (response.changed() && !response.dragged());
        response.on_hover_text(help);
        if settled {
            page.queue.clear();
            page.start(page.width, scene, out);
        }
        if running.is_some() || !page.queue.is_empty() {
            let share = running.unwrap_or(0.0);
            ui.add(
                ProgressBar::new(share).desired_width(120.0).text(format!("{} wide", page.width)),
            );
            let help = "Gives up what is being tried. What was measured stays.";
            if ui.button((icon::STOP, "Stop")).on_hover_text(help).clicked() {
                page.queue.clear();
                out.send(Command::Race(RaceCommand::StopGrowing));
            }
        } else {
            theme::emphasize(ui, Emphasis::Primary);
            let button = Button::new((icon::PLAY, "Try all widths"));
            let help = "Tries 2, 4, 8, 16, 32 and 64 neurons, one after the other.";
            if ui.add_enabled(able, button).on_hover_text(help).clicked() {
                page.queue = SWEEP.into();
            }
        }
    });
    if let Some(Err(error)) = scene.growth.result() {
        widget::message(ui, icon::WARNING, error, |_| {});
    }
}

/// Who takes part, and how much each may spend.
fn methods(ui: &mut Ui, page: &mut DimensionPage) {
    ui.horizontal_wrapped(|ui| {
        for method in offered() {
            // The key of the curve and its name stay together.
            let needed = 56.0 + 8.0 * method.name.chars().count() as f32;
            if ui.available_size_before_wrap().x < needed {
                ui.end_row();
            }
            let (rect, _) = ui.allocate_exact_size(vec2(24.0, 16.0), eframe::egui::Sense::hover());
            let palette = theme::palette(ui);
            Series::new(look_of(method.id), palette).draw_key(ui.painter(), rect);
            let mut on = page.chosen.contains(&method.id);
            let response = ui.checkbox(&mut on, method.name);
            let help = method_page::text(method);
            if response.on_hover_text(help).changed() {
                page.chosen.retain(|id| *id != method.id);
                if on {
                    page.chosen.push(method.id);
                }
            }
            ui.add_space(theme::SPACE_2);
        }
        let help = "What each method may spend on each network, in gradients over all training \
                    rows: a loss counts ½. All get the same.";
        ui.label("Budget").on_hover_text(help);
        let field = eframe::egui::DragValue::new(&mut page.budget)
            .range(10.0..=10_000.0)
            .speed(2.0)
            .custom_formatter(|value, _| format::number(value.round()))
            .custom_parser(widget::parse_number);
        ui.add(field).accessible_name("Budget").on_hover_text(help);
    });
}

fn results(ui: &mut Ui, page: &mut DimensionPage, scene: &Scene<'_>) {
    if page.trials.is_empty() {
        let palette = theme::palette(ui);
        ui.add_space(theme::SPACE_5);
        ui.vertical_centered(|ui| {
            let text = "Move the slider, or press “Try all widths”: a point for each method and \
                        network appears here and stays.";
            ui.label(RichText::new(text).color(palette.text_weak));
        });
        return;
    }
    let room = ui.available_size();
    let wide = room.x >= WIDE;
    let plot = if wide { 0.58 * room.x } else { room.x };
    let height = (room.y - theme::SPACE_3).max(240.0);
    ui.horizontal_wrapped(|ui| {
        ui.allocate_ui(vec2(plot - theme::SPACE_2, height), |ui| {
            ui.vertical(|ui| {
                let budget = page.measured_budget;
                dimension_plot::show(ui, &page.trials, budget, &mut page.needed, height);
            });
        });
        let Some(growth) = &page.taken else { return };
        let side = if wide { room.x - plot - theme::SPACE_2 } else { room.x };
        ui.allocate_ui(vec2(side, height), |ui| {
            ui.vertical(|ui| {
                ui.label(format!(
                    "{} neurons in each hidden layer",
                    format::count(growth.request.width as u64)
                ));
                maps::thumbnails(ui, scene, growth, height - 28.0, &mut page.maps);
            });
        });
    });
}
