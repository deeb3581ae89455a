//! The learning curves: loss, accuracy or R² of both parts over the epochs.

use std::fmt::Write as _;
use std::sync::Arc;

use eframe::egui::{
    Align, Align2, Color32, Layout, RichText, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2,
    vec2,
};
use egui_plot::{
    GridMark, Line, LineStyle, MarkerShape, PlotPoint, PlotPoints, PlotUi, Points, Text, VLine,
};

use super::thin::thin;
use super::{chart, tick};
use crate::app::command::{Command, Outbox};
use crate::train::metrics::{Metrics, PartMetrics};
use crate::train::{Curve, CurvePoint, Snapshot};
use crate::ui::icon;
use crate::ui::view::CurveMetric;
use crate::ui::{Scene, View, format, theme};

/// The smallest loss a logarithmic axis shows.
const FLOOR: f64 = 1e-12;

/// The curves as they were drawn last.
#[derive(Debug, Default)]
pub struct CurvesState {
    key: Option<Key>,
    training: Vec<PlotPoint>,
    validation: Vec<PlotPoint>,
    up: (f64, f64),
}

/// What the curves were thinned from.
#[derive(Debug)]
struct Key {
    curve: Arc<Curve>,
    metric: CurveMetric,
    log: bool,
    columns: usize,
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.curve, &other.curve)
            && self.metric == other.metric
            && (self.log, self.columns) == (other.log, other.columns)
    }
}

/// What the curves show of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Loss,
    Accuracy,
    R2,
}

impl Measure {
    fn of(metric: CurveMetric, classes: bool) -> Self {
        match metric {
            CurveMetric::Loss => Self::Loss,
            CurveMetric::Quality if classes => Self::Accuracy,
            CurveMetric::Quality => Self::R2,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Loss => "Loss",
            Self::Accuracy => "Accuracy",
            Self::R2 => "R²",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::Loss => {
                "What training makes small: the mean distance between the network's answers and \
                 the right ones, as the chosen loss function measures it. Watch the gap between \
                 the two curves: when the validation loss rises while the training loss falls, \
                 the network learns its rows by heart (overfitting)."
            }
            Self::Accuracy => {
                "Share of the rows whose likeliest class is the right one. It moves in steps, \
                 because a row is either right or wrong."
            }
            Self::R2 => {
                "Share of the target's variance that the network explains: \
                 R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)². 1 is perfect, 0 is no better than always \
                 answering the mean, below 0 is worse than that."
            }
        }
    }

    fn value(self, metrics: &PartMetrics) -> f64 {
        match self {
            Self::Loss => metrics.loss,
            Self::Accuracy => metrics.accuracy.unwrap_or(f64::NAN),
            Self::R2 => metrics.r2.unwrap_or(f64::NAN),
        }
    }

    fn text(self, value: f64) -> String {
        match self {
            _ if !value.is_finite() => "–".to_owned(),
            Self::Accuracy => format::percent(value),
            Self::Loss | Self::R2 => format::number(value),
        }
    }
}

/// Shows the curves in the rest of the room.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut CurvesState,
) {
    let measure = Measure::of(view.curve, scene.classes().is_some());
    header(ui, scene, view, out, measure);
    let Some(snapshot) = scene.snapshot else {
        let text = "The curves appear when there is a network to train.";
        return empty(ui, text);
    };
    if snapshot.curve.points().len() < 2 {
        values(ui, measure, &snapshot.metrics);
        let text = "Press Train: the curves grow with every epoch.";
        return empty(ui, text);
    }
    // The line of values is above the plot that says what is hovered: it is filled in afterwards.
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    state.update(snapshot, view, measure, ui.available_width());
    let hovered = draw(ui, scene, view, measure, state, snapshot);
    let shown = hovered.or_else(|| looked_back(scene, snapshot));
    let metrics = shown.map_or(snapshot.metrics, |point| point.metrics);
    let mut child = ui.new_child(eframe::egui::UiBuilder::new().max_rect(line));
    values(&mut child, measure, &metrics);
}

/// Height of the line of values, in points.
const LINE: f32 = 20.0;
/// Width below which the line of values is small, in points.
const NARROW: f32 = 300.0;

fn empty(ui: &mut Ui, text: &str) {
    ui.add_space((ui.available_height() / 3.0).min(60.0));
    let color = theme::palette(ui).text_weak;
    ui.vertical_centered(|ui| ui.label(RichText::new(text).color(color)));
}

fn looked_back(scene: &Scene<'_>, snapshot: &Snapshot) -> Option<CurvePoint> {
    nearest(&snapshot.curve, scene.look_back? as f64)
}

/// What is shown, how, and the way to the numbers.
fn header(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, out: &mut Outbox, measure: Measure) {
    let quality = Measure::of(CurveMetric::Quality, scene.classes().is_some());
    ui.horizontal(|ui| {
        for (metric, measure) in
            [(CurveMetric::Loss, Measure::Loss), (CurveMetric::Quality, quality)]
        {
            ui.selectable_value(&mut view.curve, metric, measure.name())
                .on_hover_text(measure.help());
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let points = scene.snapshot.map_or(&[][..], |snapshot| snapshot.curve.points());
            ui.add_enabled_ui(!points.is_empty(), |ui| {
                let response = icon::COPY.button(ui, "Copy the curves as a table");
                if response.clicked() {
                    let text = table(points);
                    out.send(Command::Copy { text, what: "Learning curves" });
                }
            });
            if measure == Measure::Loss {
                ui.checkbox(&mut view.log_scale, "log").on_hover_text(
                    "A logarithmic axis: each step down is the same factor. It shows whether \
                     training still goes on when the curve looks flat.",
                );
            }
        });
    });
}

/// The values of both parts, for people and for screen readers.
fn values(ui: &mut Ui, measure: Measure, metrics: &Metrics) {
    let palette = theme::palette(ui);
    let narrow = ui.available_width() < NARROW;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = if narrow { 4.0 } else { 6.0 };
        let style = if narrow { TextStyle::Small } else { theme::strong_text_style() };
        let parts = [
            ("training", palette.training, false, Some(&metrics.train)),
            ("validation", palette.validation, true, metrics.validation.as_ref()),
        ];
        for (name, color, dashed, part) in parts {
            let Some(part) = part else { continue };
            swatch(ui, if narrow { 10.0 } else { 16.0 }, color, dashed);
            ui.label(RichText::new(name).small().color(palette.text));
            let value = RichText::new(measure.text(measure.value(part)))
                .text_style(style.clone())
                .color(palette.text_strong);
            let response = ui.label(value);
            let text = format!(
                "{} on the {name} rows: {}",
                measure.name(),
                measure.text(measure.value(part))
            );
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
            response.on_hover_text(text);
            ui.add_space(theme::SPACE_1);
        }
    });
}

/// A piece of the curve's line.
fn swatch(ui: &mut Ui, width: f32, color: Color32, dashed: bool) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, 12.0), Sense::hover());
    let stroke = Stroke::new(2.0, color);
    let y = rect.center().y;
    let pieces: &[(f32, f32)] = if dashed { &[(0.0, 0.4), (0.6, 1.0)] } else { &[(0.0, 1.0)] };
    for &(from, to) in pieces {
        let ends = [from, to].map(|share| pos2(rect.left() + share * width, y));
        ui.painter().line_segment(ends, stroke);
    }
}

/// Draws both curves. Returns the point under the pointer.
fn draw(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &View,
    measure: Measure,
    state: &CurvesState,
    snapshot: &Snapshot,
) -> Option<CurvePoint> {
    let palette = theme::palette(ui);
    let curve = &snapshot.curve;
    let first = curve.points().first().map_or(0.0, |point| point.epoch as f64);
    let last = curve.last().map_or(1.0, |point| point.epoch as f64);
    let log = view.log_scale && measure == Measure::Loss;
    let plot = chart::plot(ui, "learning curves", ui.available_height());
    let mut plot = plot.x_grid_spacer(|input| chart::whole_marks(&input));
    if log {
        plot = plot
            .y_grid_spacer(|input| log_marks(&input))
            .y_axis_formatter(|mark, _| log_label(mark.value));
    } else if measure == Measure::Accuracy {
        plot = plot.y_axis_formatter(|mark, _| {
            format!("{} %", tick::label(100.0 * mark.value, 100.0 * mark.step_size))
        });
    }
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area((first, last.max(first + 1.0)), state.up));
        let parts = [
            ("validation", &state.validation, palette.validation, LineStyle::dashed_loose()),
            ("training", &state.training, palette.training, LineStyle::Solid),
        ];
        for (name, points, color, style) in parts {
            let line = Line::new(name, PlotPoints::Borrowed(points)).color(color).width(1.8);
            plot.line(line.style(style).allow_hover(false));
        }
        if let Some(epoch) = scene.look_back {
            mark(plot, epoch, palette.accent_text, state.up);
        }
        let pointer = plot.pointer_coordinate().filter(|_| plot.response().hovered());
        let point = pointer.and_then(|pointer| nearest(curve, pointer.x));
        if let Some(point) = point {
            mark(plot, point.epoch, palette.text, state.up);
            let parts = [
                (Some(point.metrics.train), palette.training),
                (point.metrics.validation, palette.validation),
            ];
            for (part, color) in parts {
                let Some(part) = part else { continue };
                let value = scaled(measure.value(&part), log);
                let dot = Points::new("value", vec![[point.epoch as f64, value]]);
                plot.points(
                    dot.shape(MarkerShape::Circle).radius(3.5).color(color).allow_hover(false),
                );
            }
        }
        point
    });
    let text = format!("{} over the epochs, {} points.", measure.name(), curve.points().len());
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
    response.inner
}

/// A vertical line at an epoch, with its number.
fn mark(plot: &mut PlotUi<'_>, epoch: u64, color: Color32, (_, top): (f64, f64)) {
    let at = epoch as f64;
    plot.vline(VLine::new("epoch", at).color(color).width(1.0).allow_hover(false));
    let bounds = plot.plot_bounds();
    let left_half = at < f64::midpoint(bounds.min()[0], bounds.max()[0]);
    let align = if left_half { Align2::LEFT_TOP } else { Align2::RIGHT_TOP };
    let text = RichText::new(format!(" epoch {} ", format::count(epoch))).small().color(color);
    let text = Text::new("epoch", PlotPoint::new(at, top), text).anchor(align);
    plot.text(text.allow_hover(false));
}

/// The measured epoch nearest to `epoch`.
fn nearest(curve: &Curve, epoch: f64) -> Option<CurvePoint> {
    let points = curve.points();
    let after = points.partition_point(|point| (point.epoch as f64) < epoch);
    let near = [after.checked_sub(1), Some(after)].into_iter().flatten();
    near.filter_map(|index| points.get(index))
        .min_by(|one, other| {
            let distance = |point: &CurvePoint| (point.epoch as f64 - epoch).abs();
            distance(one).total_cmp(&distance(other))
        })
        .copied()
}

fn scaled(value: f64, log: bool) -> f64 {
    if log { value.max(FLOOR).log10() } else { value }
}

fn log_marks(input: &egui_plot::GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    tick::log_ticks(low, high).into_iter().map(|value| GridMark { value, step_size: 1.0 }).collect()
}

fn log_label(exponent: f64) -> String {
    format::number(10_f64.powf(exponent))
}

impl CurvesState {
    fn update(&mut self, snapshot: &Snapshot, view: &View, measure: Measure, width: f32) {
        let log = view.log_scale && measure == Measure::Loss;
        let key = Key {
            curve: Arc::clone(&snapshot.curve),
            metric: view.curve,
            log,
            columns: width.max(1.0) as usize,
        };
        if self.key.as_ref().is_some_and(|old| old.is(&key)) {
            return;
        }
        let points = snapshot.curve.points().iter();
        let train = points
            .clone()
            .map(|point| [point.epoch as f64, scaled(measure.value(&point.metrics.train), log)]);
        let validation = points.filter_map(|point| {
            let part = point.metrics.validation.as_ref()?;
            Some([point.epoch as f64, scaled(measure.value(part), log)])
        });
        let plotted = |points: Vec<[f64; 2]>| points.into_iter().map(PlotPoint::from).collect();
        self.training = plotted(thin(train, key.columns));
        self.validation = plotted(thin(validation, key.columns));
        let all = self.training.iter().chain(&self.validation).map(|point| point.y);
        self.up = match measure {
            Measure::Loss if !log => (0.0, chart::bounds(all).1),
            Measure::Accuracy => (chart::bounds(all).0.max(-0.01), 1.01),
            _ => chart::bounds(all),
        };
        self.key = Some(key);
    }
}

/// The curves as tab-separated text, one measured epoch a line.
fn table(points: &[CurvePoint]) -> String {
    let cell = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let part = |part: Option<&PartMetrics>| {
        let quality = part.and_then(|part| part.accuracy.or(part.r2));
        format!("{}\t{}", cell(part.map(|part| part.loss)), cell(quality))
    };
    let quality = match points.first() {
        Some(point) if point.metrics.train.accuracy.is_some() => "accuracy",
        _ => "r2",
    };
    let mut text =
        format!("epoch\ttrain_loss\ttrain_{quality}\tvalidation_loss\tvalidation_{quality}\n");
    for point in points {
        let metrics = &point.metrics;
        let (train, validation) = (part(Some(&metrics.train)), part(metrics.validation.as_ref()));
        writeln!(text, "{}\t{train}\t{validation}", point.epoch).ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(epoch: u64, loss: f64) -> CurvePoint {
        let train = PartMetrics { loss, accuracy: Some(0.5), ..PartMetrics::default() };
        CurvePoint { epoch, metrics: Metrics { train, validation: None } }
    }

    #[test]
    fn the_nearest_measured_epoch_is_found() {
        let mut curve = Curve::default();
        for epoch in [0, 10, 20] {
            curve.push(point(epoch, 1.0));
        }
        let found = |epoch| nearest(&curve, epoch).map(|point| point.epoch);
        assert_eq!(found(-5.0), Some(0));
        assert_eq!(found(14.0), Some(10));
        assert_eq!(found(16.0), Some(20));
        assert_eq!(found(99.0), Some(20));
        assert_eq!(nearest(&Curve::default(), 1.0).map(|point| point.epoch), None);
    }

    #[test]
    fn the_table_has_a_line_for_each_epoch() {
        let text = table(&[point(0, 0.7), point(1, 0.5)]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].split('\t').count(), lines[2].split('\t').count());
        assert!(lines[2].starts_with("1\t0.5\t0.5\t"));
    }
}
