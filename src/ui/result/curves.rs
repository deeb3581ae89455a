//! The learning curves: loss, accuracy or R² of both parts over the epochs.

use std::fmt::Write as _;
use std::sync::Arc;

use eframe::egui::{
    Align, Align2, Color32, Layout, RichText, Role, Sense, Stroke, TextStyle, Ui, WidgetInfo, pos2,
    vec2,
};
use egui_plot::{LineStyle, MarkerShape, PlotPoint, PlotPoints, PlotUi, Points, Text, VLine};

use super::measure::{Measure, log_label, log_marks, scaled};
use super::thin::thin;
use super::trace::Trace;
use super::{abscissa, chart, tick};
use crate::app::command::{Command, Outbox};
use crate::train::metrics::{Metrics, PartMetrics};
use crate::train::{Curve, CurvePoint, Snapshot};
use crate::ui::icon;
use crate::ui::view::{CurveAxis, CurveMetric};
use crate::ui::{Scene, View, theme};

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
    axis: CurveAxis,
    log: bool,
    columns: usize,
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.curve, &other.curve)
            && (self.metric, self.axis) == (other.metric, other.axis)
            && (self.log, self.columns) == (other.log, other.columns)
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
    nearest(&snapshot.curve, CurveAxis::Epochs, scene.look_back? as f64)
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
            abscissa::picker(ui, &mut view.curve_axis);
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
    let axis = view.curve_axis;
    let first = curve.points().first().map_or(0.0, |point| axis.value(point));
    let last = curve.last().map_or(1.0, |point| axis.value(point));
    let least = if axis == CurveAxis::Seconds { 1e-3 } else { 1.0 };
    let log = view.log_scale && measure == Measure::Loss;
    let plot = chart::plot(ui, "learning curves", ui.available_height());
    let mut plot = match axis {
        CurveAxis::Epochs => plot.x_grid_spacer(|input| chart::whole_marks(&input)),
        CurveAxis::Work | CurveAxis::Seconds => plot,
    };
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
        plot.set_plot_bounds(chart::area((first, last.max(first + least)), state.up));
        let parts = [
            ("validation", &state.validation, palette.validation, LineStyle::dashed_loose()),
            ("training", &state.training, palette.training, LineStyle::Solid),
        ];
        for (name, points, color, style) in parts {
            let line = Trace::new(name, PlotPoints::Borrowed(points)).color(color).width(1.8);
            plot.add(line.style(style));
        }
        if let Some(point) = looked_back(scene, snapshot) {
            mark(plot, axis, &point, palette.accent_text, state.up);
        }
        let pointer = plot.pointer_coordinate().filter(|_| plot.response().hovered());
        let point = pointer.and_then(|pointer| nearest(curve, axis, pointer.x));
        if let Some(point) = point {
            mark(plot, axis, &point, palette.text, state.up);
            let parts = [
                (Some(point.metrics.train), palette.training),
                (point.metrics.validation, palette.validation),
            ];
            for (part, color) in parts {
                let Some(part) = part else { continue };
                let value = scaled(measure.value(&part), log);
                let dot = Points::new("value", vec![[axis.value(&point), value]]);
                plot.points(
                    dot.shape(MarkerShape::Circle).radius(3.5).color(color).allow_hover(false),
                );
            }
        }
        point
    });
    let text = format!(
        "{} over {}, {} points.",
        measure.name(),
        axis.name().to_lowercase(),
        curve.points().len()
    );
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
    response.inner
}

/// A vertical line at a point, with its place in words.
fn mark(
    plot: &mut PlotUi<'_>,
    axis: CurveAxis,
    point: &CurvePoint,
    color: Color32,
    (_, top): (f64, f64),
) {
    let at = axis.value(point);
    plot.vline(VLine::new("epoch", at).color(color).width(1.0).allow_hover(false));
    let bounds = plot.plot_bounds();
    let left_half = at < f64::midpoint(bounds.min()[0], bounds.max()[0]);
    let align = if left_half { Align2::LEFT_TOP } else { Align2::RIGHT_TOP };
    let text = RichText::new(format!(" {} ", axis.text(point))).small().color(color);
    let text = Text::new("epoch", PlotPoint::new(at, top), text).anchor(align);
    plot.text(text.allow_hover(false));
}

/// The measured point nearest to a place on the axis.
pub fn nearest(curve: &Curve, axis: CurveAxis, place: f64) -> Option<CurvePoint> {
    let points = curve.points();
    let after = points.partition_point(|point| axis.value(point) < place);
    let near = [after.checked_sub(1), Some(after)].into_iter().flatten();
    near.filter_map(|index| points.get(index))
        .min_by(|one, other| {
            let distance = |point: &CurvePoint| (axis.value(point) - place).abs();
            distance(one).total_cmp(&distance(other))
        })
        .copied()
}

impl CurvesState {
    fn update(&mut self, snapshot: &Snapshot, view: &View, measure: Measure, width: f32) {
        let log = view.log_scale && measure == Measure::Loss;
        let key = Key {
            curve: Arc::clone(&snapshot.curve),
            metric: view.curve,
            axis: view.curve_axis,
            log,
            columns: width.max(1.0) as usize,
        };
        if self.key.as_ref().is_some_and(|old| old.is(&key)) {
            return;
        }
        let points = snapshot.curve.points().iter();
        let place = |point| view.curve_axis.value(point);
        let train = points
            .clone()
            .map(|point| [place(point), scaled(measure.value(&point.metrics.train), log)]);
        let validation = points.filter_map(|point| {
            let part = point.metrics.validation.as_ref()?;
            Some([place(point), scaled(measure.value(part), log)])
        });
        let plotted = |points: Vec<[f64; 2]>| points.into_iter().map(PlotPoint::from).collect();
        self.training = plotted(thin(train, key.columns));
        self.validation = plotted(thin(validation, key.columns));
        let all = self.training.iter().chain(&self.validation).map(|point| point.y);
        self.up = measure.range(all, log);
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
    let mut text = format!(
        "epoch\twork\tseconds\ttrain_loss\ttrain_{quality}\tvalidation_loss\tvalidation_{quality}\n"
    );
    for point in points {
        let metrics = &point.metrics;
        let (train, validation) = (part(Some(&metrics.train)), part(metrics.validation.as_ref()));
        let CurvePoint { epoch, work, seconds, .. } = point;
        writeln!(text, "{epoch}\t{work}\t{seconds}\t{train}\t{validation}").ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(epoch: u64, loss: f64) -> CurvePoint {
        let train = PartMetrics { loss, accuracy: Some(0.5), ..PartMetrics::default() };
        CurvePoint { epoch, metrics: Metrics { train, validation: None }, work: 0.0, seconds: 0.0 }
    }

    #[test]
    fn the_nearest_measured_epoch_is_found() {
        let mut curve = Curve::default();
        for epoch in [0, 10, 20] {
            curve.push(point(epoch, 1.0));
        }
        let found = |epoch| nearest(&curve, CurveAxis::Epochs, epoch).map(|point| point.epoch);
        assert_eq!(found(-5.0), Some(0));
        assert_eq!(found(14.0), Some(10));
        assert_eq!(found(16.0), Some(20));
        assert_eq!(found(99.0), Some(20));
        assert_eq!(
            nearest(&Curve::default(), CurveAxis::Epochs, 1.0).map(|point| point.epoch),
            None
        );
    }

    #[test]
    fn the_table_has_a_line_for_each_epoch() {
        let text = table(&[point(0, 0.7), point(1, 0.5)]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].split('\t').count(), lines[2].split('\t').count());
        assert!(lines[2].starts_with("1\t0\t0\t0.5\t0.5\t"));
    }
}
