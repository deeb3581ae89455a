//! The points of the curse of dimension: accuracy, or the work needed, over the number of
//! parameters.

use eframe::egui::{RichText, Role, Ui, WidgetInfo};
use egui_plot::{Points, Text};

use super::curves::{shape, style};
use super::dimension::look_of;
use crate::optim;
use crate::train::dimension::Trial;
use crate::train::race::quality;
use crate::ui::format;
use crate::ui::result::measure::{Measure, log_label, log_marks};
use crate::ui::result::trace::Trace;
use crate::ui::result::{caption, chart};
use crate::ui::theme::{self, Series};

/// Room for the switch above the plot and the name of the axis below it, in points.
const AROUND: f32 = 54.0;

/// Draws the switch and the plot, `height` points high together.
pub fn show(ui: &mut Ui, trials: &[Trial], budget: f64, needed: &mut bool, height: f32) {
    let classes = trials.first().is_some_and(|trial| trial.metrics.train.accuracy.is_some());
    let measure = if classes { Measure::Accuracy } else { Measure::R2 };
    ui.horizontal(|ui| {
        ui.selectable_value(needed, false, measure.name()).on_hover_text(format!(
            "{}\nOn the validation part, after work of {} for everybody.",
            measure.help(),
            format::number(budget)
        ));
        ui.selectable_value(needed, true, "Work needed").on_hover_text(
            "The work after which 95 % was first reached, in gradients over all training rows. \
             Who never got there within the budget stands at the top, without a line.",
        );
    });
    draw(ui, trials, budget, *needed, measure, (height - AROUND).max(80.0));
    ui.vertical_centered(|ui| {
        caption(ui, "Parameters: the dimensions to search (each step to the right is a factor)");
    });
}

/// Where a trial stands: the logarithm of its number of parameters, and what it achieved.
fn place(trial: &Trial, budget: f64, needed: bool) -> [f64; 2] {
    let across = (trial.parameters.max(1) as f64).log10();
    let up = if needed {
        trial.solved_work.unwrap_or(budget).max(0.1).log10()
    } else {
        quality(trial.metrics)
    };
    [across, up]
}

fn draw(ui: &mut Ui, trials: &[Trial], budget: f64, needed: bool, measure: Measure, height: f32) {
    let palette = theme::palette(ui);
    let places = || trials.iter().map(|trial| place(trial, budget, needed));
    let across = chart::bounds(places().map(|place| place[0]));
    let up = if needed {
        let low = places().map(|place| place[1]).fold(budget.log10() - 1.0, f64::min);
        (low - 0.1, budget.log10() + 0.15)
    } else {
        // An R² far below 0 says no more than one below 0.
        let (low, high) = measure.range(places().map(|place| place[1].max(-1.0)), false);
        (low.min(0.45), high.max(1.02))
    };
    let mut plot = chart::plot(ui, "curse of dimension", height)
        .x_grid_spacer(|input| log_marks(&input))
        .x_axis_formatter(|mark, _| log_label(mark.value));
    if needed {
        plot = plot
            .y_grid_spacer(|input| log_marks(&input))
            .y_axis_formatter(|mark, _| log_label(mark.value));
    } else if measure == Measure::Accuracy {
        plot = plot.y_axis_formatter(|mark, _| format!("{:.0} %", 100.0 * mark.value));
    }
    let lines = lines(trials);
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area(across, up));
        let pointer = plot.pointer_coordinate().filter(|_| plot.response().hovered());
        let mut nearest: Option<(f64, &Trial)> = None;
        for (look, own) in &lines {
            let series = Series::new(*look, palette);
            let solved = own.iter().filter(|trial| !needed || trial.solved_work.is_some());
            let line: Vec<[f64; 2]> = solved.map(|trial| place(trial, budget, needed)).collect();
            let line = Trace::new("trials", line).style(style(series.dash));
            plot.add(line.color(series.color).width(1.6));
            let all: Vec<[f64; 2]> = own.iter().map(|trial| place(trial, budget, needed)).collect();
            let points = Points::new("trials", all).shape(shape(series.marker));
            plot.points(points.radius(5.5).color(series.color).allow_hover(false));
            for trial in own {
                let [x, y] = place(trial, budget, needed);
                let distance = pointer.map_or(f64::INFINITY, |at| {
                    let dx = (at.x - x) / (across.1 - across.0);
                    dx.hypot((at.y - y) / (up.1 - up.0))
                });
                if distance < nearest.map_or(0.06, |(best, _)| best) {
                    nearest = Some((distance, trial));
                }
            }
        }
        if let Some((_, trial)) = nearest {
            reading(plot, trial, measure, place(trial, budget, needed), across, palette);
        }
    });
    let text = format!(
        "{} over the number of parameters: {}.",
        if needed { "Work needed" } else { measure.name() },
        trials.iter().map(|trial| words(trial, measure)).collect::<Vec<_>>().join("; ")
    );
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
}

/// The trials of each method in order of their size, with the number of its look.
fn lines(trials: &[Trial]) -> Vec<(usize, Vec<&Trial>)> {
    let mut lines: Vec<(usize, Vec<&Trial>)> = Vec::new();
    for trial in trials {
        let look = look_of(&trial.optimizer);
        match lines.iter_mut().find(|(other, _)| *other == look) {
            Some((_, own)) => own.push(trial),
            None => lines.push((look, vec![trial])),
        }
    }
    for (_, own) in &mut lines {
        own.sort_by_key(|trial| trial.parameters);
    }
    lines
}

fn words(trial: &Trial, measure: Measure) -> String {
    let name = optim::method(&trial.optimizer).map_or("?", |method| method.name);
    let solved = trial.solved_work.map_or_else(
        || "not solved".to_owned(),
        |work| format!("95 % after {}", format::number((work * 10.0).round() / 10.0)),
    );
    format!(
        "{name}, {}: {}, {solved}",
        format::counted(trial.parameters as u64, "parameter", "parameters"),
        measure.text(quality(trial.metrics)),
    )
}

fn reading(
    plot: &mut egui_plot::PlotUi<'_>,
    trial: &Trial,
    measure: Measure,
    [x, y]: [f64; 2],
    across: (f64, f64),
    palette: &theme::Palette,
) {
    let left_half = x < f64::midpoint(across.0, across.1);
    let align = if left_half {
        eframe::egui::Align2::LEFT_BOTTOM
    } else {
        eframe::egui::Align2::RIGHT_BOTTOM
    };
    let text = RichText::new(format!("  {}  ", words(trial, measure))).color(palette.text_strong);
    let text = Text::new("reading", egui_plot::PlotPoint::new(x, y), text).anchor(align);
    plot.text(text.allow_hover(false));
}
