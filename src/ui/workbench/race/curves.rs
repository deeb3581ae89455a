//! The curves of all racers in one plot.

use std::sync::Arc;

use eframe::egui::{Align2, RichText, Role, Ui, WidgetInfo};
use egui_plot::{LineStyle, MarkerShape, PlotPoint, PlotPoints, PlotUi, Points, Text, VLine};

use super::standings::{Row, Standings};
use crate::app::Race;
use crate::data::TaskKind;
use crate::train::metrics::PartMetrics;
use crate::train::{Curve, CurvePoint};
use crate::ui::result::curves::nearest;
use crate::ui::result::measure::{Measure, log_label, log_marks, scaled};
use crate::ui::result::thin::thin;
use crate::ui::result::trace::Trace;
use crate::ui::result::{abscissa, caption, chart, tick};
use crate::ui::theme::{self, Dash, Marker, Series};
use crate::ui::view::{CurveAxis, CurveMetric, Part};

/// Room for the name of the axis below the plot, in points.
const BELOW: f32 = 22.0;

/// What the plot keeps between frames.
#[derive(Debug)]
pub struct CurvesState {
    metric: CurveMetric,
    part: Part,
    axis: CurveAxis,
    log: bool,
    log_across: bool,
    lines: Vec<Drawn>,
}

impl Default for CurvesState {
    /// Over the work, which is the fairest axis; by factors, because some methods need a hundred
    /// times as much as others.
    fn default() -> Self {
        Self {
            metric: CurveMetric::Loss,
            part: Part::Validation,
            axis: CurveAxis::Work,
            log: false,
            log_across: true,
            lines: Vec::new(),
        }
    }
}

/// The line of one racer as it was drawn last.
#[derive(Debug)]
struct Drawn {
    curve: Arc<Curve>,
    how: How,
    points: Vec<PlotPoint>,
}

/// What a line shows.
#[derive(Clone, Copy, Debug, PartialEq)]
struct How {
    measure: Measure,
    part: Part,
    axis: CurveAxis,
    log: bool,
    log_across: bool,
    columns: usize,
}

impl How {
    fn place(self, point: &CurvePoint) -> [f64; 2] {
        let value = self.measure.value(&part_of(point, self.part));
        [self.across(self.axis.value(point)), scaled(value, self.log)]
    }

    /// The place of a value on the horizontal axis. The start, which is at 0, stands at the left
    /// end of a logarithmic axis.
    fn across(self, value: f64) -> f64 {
        if self.log_across { value.max(self.least()).log10() } else { value }
    }

    /// The value at a place on the horizontal axis.
    fn value_at(self, place: f64) -> f64 {
        if self.log_across { 10_f64.powf(place) } else { place }
    }

    /// The smallest value that is told apart from 0.
    const fn least(self) -> f64 {
        match self.axis {
            CurveAxis::Epochs | CurveAxis::Work => 0.5,
            CurveAxis::Seconds => 1e-3,
        }
    }
}

/// The chosen part; the training part where no rows are held back.
fn part_of(point: &CurvePoint, part: Part) -> PartMetrics {
    let validation = point.metrics.validation.filter(|_| part == Part::Validation);
    validation.unwrap_or(point.metrics.train)
}

/// Draws the switches and the plot, `height` points high together.
pub fn show(ui: &mut Ui, race: &Race, standings: &Standings, height: f32, state: &mut CurvesState) {
    let task = race.prepared.samples.encoder.target.task();
    let classes = task == TaskKind::Classification;
    let top = ui.cursor().top();
    switches(ui, state, classes, !race.prepared.samples.validation.is_empty());
    let measure = Measure::of(state.metric, classes);
    let how = How {
        measure,
        part: state.part,
        axis: state.axis,
        log: state.log && measure == Measure::Loss,
        log_across: state.log_across,
        columns: ui.available_width().max(1.0) as usize,
    };
    state.update(standings, how);
    draw(ui, standings, how, &state.lines, (height - (ui.cursor().top() - top) - BELOW).max(80.0));
    let unit = match how.axis {
        CurveAxis::Epochs => "Epochs",
        CurveAxis::Work => "Work (gradient-equivalents: a loss ½, a gradient 1, a product 2)",
        CurveAxis::Seconds => "Seconds of training",
    };
    ui.vertical_centered(|ui| caption(ui, unit).on_hover_text(how.axis.help()));
}

fn switches(ui: &mut Ui, state: &mut CurvesState, classes: bool, validation: bool) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SPACE_1;
        for metric in [CurveMetric::Loss, CurveMetric::Quality] {
            let measure = Measure::of(metric, classes);
            ui.selectable_value(&mut state.metric, metric, measure.name())
                .on_hover_text(measure.help());
        }
        ui.add_space(theme::SPACE_2);
        if validation {
            let parts = [
                (Part::Validation, "Validation", "On the rows held back: what counts in the end."),
                (
                    Part::Training,
                    "Training",
                    "On the rows trained on: what each method makes small.",
                ),
            ];
            for (part, name, help) in parts {
                ui.selectable_value(&mut state.part, part, name).on_hover_text(help);
            }
            ui.add_space(theme::SPACE_2);
        }
        abscissa::picker(ui, &mut state.axis);
        ui.checkbox(&mut state.log_across, "log x").on_hover_text(
            "A logarithmic horizontal axis: each step to the right is the same factor. It shows \
             side by side what takes one method ten gradients and another a thousand.",
        );
        if state.metric == CurveMetric::Loss {
            ui.checkbox(&mut state.log, "log y").on_hover_text(
                "A logarithmic axis: each step down is the same factor. It tells apart methods \
                 that all come close to zero.",
            );
        }
    });
}

impl CurvesState {
    fn update(&mut self, standings: &Standings, how: How) {
        let rows = standings.rows();
        self.lines.truncate(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let old = self.lines.get(index);
            if old.is_some_and(|old| Arc::ptr_eq(&old.curve, &row.curve) && old.how == how) {
                continue;
            }
            let places = row.curve.points().iter().map(|point| how.place(point));
            let points = thin(places, how.columns).into_iter().map(PlotPoint::from).collect();
            let drawn = Drawn { curve: Arc::clone(&row.curve), how, points };
            match self.lines.get_mut(index) {
                Some(line) => *line = drawn,
                None => self.lines.push(drawn),
            }
        }
    }
}

fn draw(ui: &mut Ui, standings: &Standings, how: How, lines: &[Drawn], height: f32) {
    let palette = theme::palette(ui);
    let all = || lines.iter().flat_map(|line| &line.points);
    let first = how.across(0.0);
    let furthest = all().map(|point| point.x).fold(first, f64::max);
    let least = if how.log_across { 0.3 } else { 2.0 * how.least() };
    let across = (first, first + 1.02 * (furthest - first).max(least));
    let up = range(standings, how, lines);
    let mut plot = chart::plot(ui, "race curves", height);
    if how.log_across {
        plot = plot
            .x_grid_spacer(|input| log_marks(&input))
            .x_axis_formatter(|mark, _| log_label(mark.value));
    }
    if how.log {
        plot = plot
            .y_grid_spacer(|input| log_marks(&input))
            .y_axis_formatter(|mark, _| log_label(mark.value));
    } else if how.measure == Measure::Accuracy {
        plot = plot.y_axis_formatter(|mark, _| {
            format!("{} %", tick::label(100.0 * mark.value, 100.0 * mark.step_size))
        });
    }
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area(across, up));
        let pointer = plot.pointer_coordinate().filter(|_| plot.response().hovered());
        let hit = pointer.and_then(|at| pointed_at(standings, how, [at.x, at.y], across, up));
        let looked_at = hit.map(|(row, _)| row.index);
        for (row, line) in standings.rows().iter().zip(lines) {
            let series = Series::new(row.index, palette);
            let faded = looked_at.is_some_and(|index| index != row.index);
            let color = if faded { series.color.gamma_multiply(0.35) } else { series.color };
            let curve = Trace::new(&row.name, PlotPoints::Borrowed(&line.points));
            let style = style(series.dash);
            plot.add(curve.color(color).width(2.0).style(style));
            if let Some(end) = line.points.last() {
                let end = Points::new(row.name.as_str(), vec![[end.x, end.y]]);
                let shape = shape(series.marker);
                plot.points(end.shape(shape).radius(5.0).color(color).allow_hover(false));
            }
        }
        if let Some((row, point)) = hit {
            reading(plot, row, &point, how, palette.text_strong);
        }
    });
    let text = format!(
        "{} of {} over {}.",
        how.measure.name(),
        standings.rows().iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(", "),
        how.axis.name().to_lowercase()
    );
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
}

/// The range of the vertical axis. A racer that blows up leaves the plot, so that it does not press
/// the others flat.
fn range(standings: &Standings, how: How, lines: &[Drawn]) -> (f64, f64) {
    let values = lines.iter().flat_map(|line| &line.points).map(|point| point.y);
    let (low, high) = how.measure.range(values, how.log);
    let starts = standings.rows().iter().filter_map(|row| row.curve.points().first());
    let start = starts.map(|point| how.place(point)[1]).fold(f64::NEG_INFINITY, f64::max);
    match how.measure {
        Measure::Loss if !how.log && start > 0.0 => (low, high.min(1.3 * start)),
        // An R² far below 0 says no more than one below 0.
        Measure::R2 => (low.max(-1.0), high.max(0.1)),
        _ => (low, high),
    }
}

/// The racer whose curve is nearest to the pointer, and its point there.
fn pointed_at(
    standings: &Standings,
    how: How,
    [x, y]: [f64; 2],
    across: (f64, f64),
    up: (f64, f64),
) -> Option<(&Row, CurvePoint)> {
    let distance = |point: &CurvePoint| {
        let [px, py] = how.place(point);
        let (dx, dy) = ((px - x) / (across.1 - across.0), (py - y) / (up.1 - up.0));
        dx.hypot(dy)
    };
    let near = standings.rows().iter().filter_map(|row| {
        let point = nearest(&row.curve, how.axis, how.value_at(x))?;
        Some((row, point))
    });
    near.filter(|(_, point)| distance(point).is_finite())
        .min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)))
        .filter(|(_, point)| distance(point) < 0.12)
}

/// What is read at a point of a curve.
fn reading(
    plot: &mut PlotUi<'_>,
    row: &Row,
    point: &CurvePoint,
    how: How,
    color: eframe::egui::Color32,
) {
    let [x, y] = how.place(point);
    plot.vline(
        VLine::new("pointer", x).color(color.gamma_multiply(0.5)).width(1.0).allow_hover(false),
    );
    let dot = Points::new("pointer", vec![[x, y]]);
    plot.points(dot.shape(MarkerShape::Circle).radius(4.0).color(color).allow_hover(false));
    let bounds = plot.plot_bounds();
    let (low, high) = (bounds.min(), bounds.max());
    let left_half = x < f64::midpoint(low[0], high[0]);
    let align = if left_half { Align2::LEFT_TOP } else { Align2::RIGHT_TOP };
    let value = how.measure.text(how.measure.value(&part_of(point, how.part)));
    let text = format!("  {}: {value} at {}  ", row.name, how.axis.text(point));
    let text = RichText::new(text).color(color);
    plot.text(
        Text::new("pointer", PlotPoint::new(x, high[1]), text).anchor(align).allow_hover(false),
    );
}

/// A dash as the plot draws it.
pub fn style(dash: Dash) -> LineStyle {
    match dash {
        Dash::Solid => LineStyle::Solid,
        Dash::Long => LineStyle::dashed_loose(),
        Dash::Short => LineStyle::Dotted { spacing: 6.0 },
    }
}

/// A marker as the plot draws it.
pub fn shape(marker: Marker) -> MarkerShape {
    match marker {
        Marker::Circle => MarkerShape::Circle,
        Marker::Square => MarkerShape::Square,
        Marker::Triangle => MarkerShape::Up,
        Marker::Diamond => MarkerShape::Diamond,
        Marker::Cross => MarkerShape::Cross,
        Marker::Star => MarkerShape::Asterisk,
    }
}
