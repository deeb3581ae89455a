//! Pictures of what went on inside a step: a search along a line, a solver's residuals, a cloud of
//! candidates.

use eframe::egui::{Role, Ui, WidgetInfo};
use egui_plot::{HLine, Line, LineStyle, MarkerShape, PlotPoint, PlotPoints, Points, VLine};

use super::chart;
use super::tick;
use super::trace::Trace;
use crate::optim::{Candidate, Picture};
use crate::train::Snapshot;
use crate::ui::{format, inspector, theme, widget};

/// Height of a picture, in points.
const HEIGHT: f32 = 150.0;

/// Shows the picture, if there is one.
pub fn show(ui: &mut Ui, snapshot: &Snapshot, picture: &Picture) {
    match picture {
        Picture::None => {}
        Picture::Line { trials, start, slope, taken } => line(ui, trials, *start, *slope, *taken),
        Picture::Residuals { solver, relative, outcome } => {
            residuals(ui, solver, relative, outcome);
        }
        Picture::Cloud { watched, centre, candidates, moved_to, covariance } => {
            let name = |index: usize| {
                let prepared = &snapshot.prepared;
                inspector::parameter_name(&prepared.spec.network, prepared, index)
            };
            let cloud = Cloud {
                names: watched.map(name),
                centre: *centre,
                candidates,
                moved_to: *moved_to,
                covariance: *covariance,
            };
            cloud.show(ui);
        }
    }
}

/// The loss at each step length tried, with the slope at the start.
fn line(ui: &mut Ui, trials: &[(f64, f64)], start: f64, slope: f64, taken: Option<f64>) {
    widget::heading(
        ui,
        "The search along the line",
        "Each dot is a step length that was tried. The dashed line is what the slope at the start \
         promises; the loss bends away from it.",
    );
    let palette = theme::palette(ui);
    let points = || trials.iter().filter(|(_, loss)| loss.is_finite());
    let longest = points().map(|&(length, _)| length).fold(0.0, f64::max).max(1e-12);
    let lowest = points().map(|&(_, loss)| loss).fold(start, f64::min);
    let (low, high) = chart::bounds(points().map(|&(_, loss)| loss).chain([start, lowest]));
    let mut path: Vec<PlotPoint> =
        points().map(|&(length, loss)| PlotPoint::new(length, loss)).collect();
    path.push(PlotPoint::new(0.0, start));
    path.sort_by(|a, b| a.x.total_cmp(&b.x));
    let promise = vec![[0.0, start], [longest, start + slope * longest]];
    let plot = chart::plot(ui, "search along the line", HEIGHT)
        .x_axis_label("step length")
        .y_axis_label("loss");
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area((-0.04 * longest, 1.04 * longest), (low, high)));
        let promise = Line::new("slope", promise).color(palette.text_weak);
        plot.line(promise.style(LineStyle::dashed_loose()).allow_hover(false));
        let curve = Trace::new("loss", PlotPoints::Borrowed(&path)).color(palette.accent_text);
        plot.add(curve.width(1.5));
        let dots = Points::new("tried", PlotPoints::Borrowed(&path)).color(palette.accent_text);
        plot.points(dots.radius(3.0).allow_hover(false));
        if let Some(taken) = taken {
            plot.vline(VLine::new("taken", taken).color(palette.success).width(1.5));
        }
    });
    let text = match taken {
        Some(taken) => {
            format!("{} lengths were tried; {} was taken.", trials.len(), format::number(taken))
        }
        None => format!("{} lengths were tried; none was good enough.", trials.len()),
    };
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
    widget::note(ui, text);
}

/// The residual of the linear system after each inner iteration.
fn residuals(ui: &mut Ui, solver: &str, relative: &[f64], outcome: &str) {
    widget::heading(
        ui,
        &format!("Inner iterations of {solver}"),
        "The step solves a linear system for its direction. The residual is how far the system is \
         from being solved, as a share of where it began; each unit downwards is a factor of ten.",
    );
    let palette = theme::palette(ui);
    let logs: Vec<PlotPoint> = (0..)
        .zip(relative)
        .filter(|(_, value)| value.is_finite())
        .map(|(index, value): (u32, _)| PlotPoint::new(f64::from(index), value.max(1e-16).log10()))
        .collect();
    let (low, high) = chart::bounds(logs.iter().map(|point| point.y));
    let last = relative.len().saturating_sub(1).max(1) as f64;
    let plot = chart::plot(ui, "inner residuals", HEIGHT)
        .x_axis_label("inner iteration")
        .y_axis_label("residual")
        .x_grid_spacer(|input| chart::whole_marks(&input))
        .y_grid_spacer(|input| {
            let (low, high) = input.bounds;
            let ticks = tick::log_ticks(low, high).into_iter();
            ticks.map(|value| egui_plot::GridMark { value, step_size: 1.0 }).collect()
        })
        .y_axis_formatter(|mark, _| format::number(10_f64.powf(mark.value)));
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area((0.0, last), (low, high.max(0.1))));
        plot.hline(HLine::new("start", 0.0).color(palette.outline).width(1.0));
        let curve = Trace::new("residual", PlotPoints::Borrowed(&logs)).color(palette.accent_text);
        plot.add(curve.width(1.5));
        let dots = Points::new("residual", PlotPoints::Borrowed(&logs)).color(palette.accent_text);
        plot.points(dots.radius(2.5).allow_hover(false));
    });
    let figure = format!("{} inner iterations. {outcome}", relative.len().saturating_sub(1));
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &figure));
    widget::note(ui, figure);
}

/// Candidates over two watched parameters.
struct Cloud<'a> {
    names: [String; 2],
    centre: [f32; 2],
    candidates: &'a [Candidate],
    moved_to: [f32; 2],
    covariance: Option<[f64; 3]>,
}

impl Cloud<'_> {
    fn show(&self, ui: &mut Ui) {
        widget::heading(
            ui,
            "The candidates",
            "Each mark is a set of weights that was tried, seen along two of them. Full marks were \
             accepted or are built upon, hollow ones were dropped. The cross is where the search \
             stood, the square where it stands now; the ellipse is the spread it draws from.",
        );
        let palette = theme::palette(ui);
        let point = |at: [f32; 2]| [f64::from(at[0]), f64::from(at[1])];
        let ellipse = self.covariance.map(|covariance| ellipse(point(self.centre), covariance));
        let every = || {
            let candidates = self.candidates.iter().map(|candidate| point(candidate.at));
            let outline = ellipse.iter().flatten().copied();
            candidates.chain([point(self.centre), point(self.moved_to)]).chain(outline)
        };
        let across = chart::bounds(every().map(|at| at[0]));
        let up = chart::bounds(every().map(|at| at[1]));
        let split = |kept: bool| -> Vec<[f64; 2]> {
            let of_kind = self.candidates.iter().filter(|candidate| candidate.kept == kept);
            of_kind.map(|candidate| point(candidate.at)).collect()
        };
        let (kept, dropped) = (split(true), split(false));
        let plot = chart::plot(ui, "candidates of the step", HEIGHT + 40.0)
            .x_axis_label(self.names[0].clone())
            .y_axis_label(self.names[1].clone());
        let count = kept.len();
        let response = chart::show(ui, plot, |plot| {
            plot.set_plot_bounds(chart::area(across, up));
            if let Some(outline) = ellipse {
                let outline = Line::new("spread", outline).color(palette.text_weak).width(1.2);
                plot.line(outline.style(LineStyle::dashed_loose()).allow_hover(false));
            }
            let circle = MarkerShape::Circle;
            let dropped = Points::new("dropped", dropped).color(palette.text_weak).filled(false);
            plot.points(dropped.shape(circle).radius(3.0).allow_hover(false));
            let kept = Points::new("kept", kept).color(palette.positive).filled(true);
            plot.points(kept.shape(circle).radius(3.2).allow_hover(false));
            let before = Points::new("before", vec![point(self.centre)]).color(palette.negative);
            plot.points(before.shape(MarkerShape::Cross).radius(6.0).allow_hover(false));
            let after = Points::new("after", vec![point(self.moved_to)]).color(palette.text_strong);
            plot.points(
                after.shape(MarkerShape::Square).filled(false).radius(6.0).allow_hover(false),
            );
        });
        let losses = self.candidates.iter().map(|candidate| candidate.loss);
        let best = losses.filter(|loss| loss.is_finite()).fold(f32::INFINITY, f32::min);
        let text = format!(
            "{} candidates, {count} kept; the best loss among them is {}.",
            self.candidates.len(),
            format::number(f64::from(best))
        );
        response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
        widget::note(ui, text);
    }
}

/// The outline of one standard deviation of a normal distribution with this covariance.
fn ellipse(centre: [f64; 2], [xx, xy, yy]: [f64; 3]) -> Vec<[f64; 2]> {
    // Cholesky: (x, y) = L·(cos t, sin t).
    let a = xx.max(0.0).sqrt();
    let b = if a > 0.0 { xy / a } else { 0.0 };
    let c = (yy - b * b).max(0.0).sqrt();
    let turn = |step: u32| {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(step) / 64.0).sin_cos();
        [centre[0] + a * cos, centre[1] + b * cos + c * sin]
    };
    (0..=64).map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipse_has_the_covariance_it_stands_for() {
        let outline = ellipse([1.0, -1.0], [4.0, 1.0, 2.0]);
        let n = 64.0;
        let points = outline.iter().take(64);
        let mut sums = [0.0; 3];
        for [x, y] in points {
            let (x, y) = (x - 1.0, y + 1.0);
            sums[0] += 2.0 * x * x / n;
            sums[1] += 2.0 * x * y / n;
            sums[2] += 2.0 * y * y / n;
        }
        for (found, expected) in sums.into_iter().zip([4.0, 1.0, 2.0]) {
            assert!((found - expected).abs() < 1e-9, "{sums:?}");
        }
    }
}
