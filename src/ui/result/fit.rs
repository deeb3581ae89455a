//! How well a regression fits: predicted against actual values, and what is left.

use eframe::egui::{RichText, Role, Ui, WidgetInfo};
use egui_plot::{
    Bar, BarChart, HLine, HoverPosition, Line, LineStyle, MarkerShape, PlotPoint, PlotPoints,
    Points,
};

use super::chart;
use super::plane::caption;
use super::points::matching_insight;
use crate::data::TargetEncoding;
use crate::insight::{Fit, FitPoint};
use crate::train::metrics::PartMetrics;
use crate::ui::{Scene, View, format, theme};

/// Bars of the histogram of residuals.
const BARS: usize = 25;
/// Height of the histogram, in points.
const HISTOGRAM: f32 = 78.0;

/// The points as the plots take them.
#[derive(Debug, Default)]
pub struct FitState {
    key: Option<(u64, usize)>,
    /// Actual across, predicted up: training, validation.
    fit: [Vec<PlotPoint>; 2],
    /// Predicted across, actual minus predicted up: training, validation.
    residuals: [Vec<PlotPoint>; 2],
    /// Row numbers of the points of both parts.
    rows: [Vec<u32>; 2],
    bars: Vec<(f64, f64)>,
}

impl FitState {
    fn update(&mut self, snapshot: u64, fit: &Fit, view: &View) {
        let shown = usize::from(view.show_training) + 2 * usize::from(view.show_validation);
        if self.key == Some((snapshot, shown)) {
            return;
        }
        self.key = Some((snapshot, shown));
        let lists = self.fit.iter_mut().chain(&mut self.residuals);
        lists.for_each(Vec::clear);
        self.rows.iter_mut().for_each(Vec::clear);
        let mut left = Vec::new();
        for point in &fit.points {
            let part = usize::from(!point.train);
            let FitPoint { actual, predicted, row, .. } = *point;
            if !actual.is_finite() || !predicted.is_finite() {
                continue;
            }
            let residual = actual - predicted;
            if let (Some(fit), Some(residuals), Some(rows)) =
                (self.fit.get_mut(part), self.residuals.get_mut(part), self.rows.get_mut(part))
            {
                fit.push(PlotPoint::new(actual, predicted));
                residuals.push(PlotPoint::new(predicted, residual));
                rows.push(row);
            }
            if if point.train { view.show_training } else { view.show_validation } {
                left.push(residual);
            }
        }
        self.bars = histogram(&left, BARS);
    }
}

/// Counts of values in equal bins around zero: the middle of each bin and its count.
pub fn histogram(values: &[f64], bins: usize) -> Vec<(f64, f64)> {
    let reach = values.iter().fold(0.0_f64, |reach, value| reach.max(value.abs()));
    if reach <= 0.0 || !reach.is_finite() || bins == 0 {
        return Vec::new();
    }
    let width = 2.0 * reach / bins as f64;
    let mut counts = vec![0.0; bins];
    for value in values {
        let bin = ((value + reach) / width) as usize;
        if let Some(count) = counts.get_mut(bin.min(bins - 1)) {
            *count += 1.0;
        }
    }
    let middle = |bin: usize| (bin as f64 + 0.5) * width - reach;
    counts.into_iter().enumerate().map(|(bin, count)| (middle(bin), count)).collect()
}

/// Shows predicted against actual values.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, state: &mut FitState) {
    let Some(name) = prepare(ui, scene, view, state) else { return };
    words(ui, scene, &name);
    switches(ui, view);
    let palette = theme::palette(ui);
    let all = || state.fit.iter().flatten();
    let values = all().map(|point| point.x).chain(all().map(|point| point.y));
    let range = chart::bounds(values);
    let height = ui.available_height().max(180.0);
    let plot = chart::plot(ui, "predicted against actual", height)
        .x_axis_label(format!("actual {name}"))
        .y_axis_label("predicted")
        .label_formatter(hover(&state.rows, "actual", "predicted"));
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area(range, range));
        let ends = vec![[range.0, range.0], [range.1, range.1]];
        let diagonal = Line::new("right", ends).color(palette.text_weak).width(1.0);
        plot.line(diagonal.style(LineStyle::dashed_loose()).allow_hover(false));
        for points in parts(view, &state.fit, palette) {
            plot.points(points);
        }
    });
    let text = format!("Predicted against actual {name}, {} rows.", all().count());
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
}

/// Shows what is left, over the predicted values and as a histogram.
pub fn residuals(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, state: &mut FitState) {
    let Some(name) = prepare(ui, scene, view, state) else { return };
    caption(
        ui,
        "Actual minus predicted. Without a pattern around the line, what is left is noise; a bend \
         or a fan is something the network has not learned.",
    );
    switches(ui, view);
    let palette = theme::palette(ui);
    let all = || state.residuals.iter().flatten();
    let across = chart::bounds(all().map(|point| point.x));
    let up = chart::bounds(all().map(|point| point.y).chain([0.0]));
    let height = (ui.available_height() - HISTOGRAM - theme::SPACE_2).max(140.0);
    let plot = chart::plot(ui, "residuals", height)
        .x_axis_label(format!("predicted {name}"))
        .y_axis_label("residual")
        .label_formatter(hover(&state.rows, "predicted", "residual"));
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area(across, up));
        plot.hline(HLine::new("zero", 0.0).color(palette.text_weak).width(1.0).allow_hover(false));
        for points in parts(view, &state.residuals, palette) {
            plot.points(points);
        }
    });
    let text = format!("Residuals over predicted {name}, {} rows.", all().count());
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
    bars(ui, state);
}

fn bars(ui: &mut Ui, state: &FitState) {
    let palette = theme::palette(ui);
    let width = match state.bars.as_slice() {
        [(first, _), (second, _), ..] => second - first,
        _ => return,
    };
    let bars: Vec<Bar> = state
        .bars
        .iter()
        .map(|&(middle, count)| {
            let color = if middle < 0.0 { palette.negative } else { palette.positive };
            Bar::new(middle, count).width(0.9 * width).fill(color)
        })
        .collect();
    let reach = state.bars.last().map_or(1.0, |(middle, _)| middle + width / 2.0);
    let most = state.bars.iter().fold(1.0_f64, |most, (_, count)| most.max(*count));
    let plot = chart::plot(ui, "histogram of residuals", HISTOGRAM);
    let response = chart::show(ui, plot, move |plot| {
        plot.set_plot_bounds(chart::area((-reach, reach), (0.0, 1.08 * most)));
        plot.bar_chart(BarChart::new("rows", bars).allow_hover(false));
    });
    let text = "How often each residual occurs. Good: a narrow hill around zero.";
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, text));
    response.response.on_hover_text(text);
}

/// Takes the latest answers over; returns the target's name, or says what is missing.
fn prepare(ui: &mut Ui, scene: &Scene<'_>, view: &View, state: &mut FitState) -> Option<String> {
    let fit = matching_insight(scene).and_then(|frame| Some((frame.snapshot, frame.fit.as_ref()?)));
    let target = scene.samples.map(|samples| &samples.encoder.target);
    let (Some((snapshot, fit)), Some(TargetEncoding::Number { name, .. })) = (fit, target) else {
        caption(ui, "The plot appears as soon as there is a network and rows to ask it about.");
        return None;
    };
    state.update(snapshot, fit, view);
    Some(name.clone())
}

/// RMSE and R² in words.
fn words(ui: &mut Ui, scene: &Scene<'_>, name: &str) {
    let Some(snapshot) = scene.snapshot else { return };
    let parts = [
        ("Training", Some(&snapshot.metrics.train)),
        ("Validation", snapshot.metrics.validation.as_ref()),
    ];
    for (part, metrics) in parts {
        let Some(metrics) = metrics else { continue };
        let Some(text) = sentence(metrics, name) else { continue };
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let palette = theme::palette(ui);
            ui.label(RichText::new(part).small().color(palette.text_weak));
            ui.label(RichText::new(text).small().color(palette.text));
        })
        .response
        .on_hover_text(
            "RMSE = √(Σ(y − ŷ)²/n), in the target's own unit: how far off the answers typically \
             are. R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)²: the share of the variance that is explained.",
        );
    }
}

fn sentence(metrics: &PartMetrics, name: &str) -> Option<String> {
    let rmse = format::number(metrics.rmse?);
    Some(match metrics.r2 {
        Some(r2) if r2 > 0.0 => format!(
            "{name} is typically off by {rmse} (RMSE); {:.0} % of its variance is explained \
             (R² {r2:.2}).",
            100.0 * r2
        ),
        Some(r2) => format!(
            "{name} is typically off by {rmse} (RMSE): no better than always answering the mean \
             (R² {}).",
            format::number((r2 * 100.0).round() / 100.0)
        ),
        None => format!("{name} is typically off by {rmse} (RMSE)."),
    })
}

fn switches(ui: &mut Ui, view: &mut View) {
    let palette = theme::palette(ui);
    ui.horizontal(|ui| {
        super::plane::small(ui);
        let parts = [
            (&mut view.show_training, "Training", palette.training),
            (&mut view.show_validation, "Validation", palette.validation),
        ];
        for (shown, name, color) in parts {
            ui.checkbox(shown, RichText::new(name).color(color))
                .on_hover_text(format!("Shows the rows of the {} part.", name.to_lowercase()));
        }
    });
}

/// The points of the parts that are shown.
fn parts<'a>(
    view: &View,
    points: &'a [Vec<PlotPoint>; 2],
    palette: &theme::Palette,
) -> Vec<Points<'a>> {
    let [training, validation] = points;
    let parts = [
        (view.show_training, "training", training, palette.training, MarkerShape::Circle),
        (view.show_validation, "validation", validation, palette.validation, MarkerShape::Diamond),
    ];
    let shown = parts.into_iter().filter(|(shown, ..)| *shown);
    shown
        .map(|(_, name, points, color, shape)| {
            let radius = if shape == MarkerShape::Circle { 2.2 } else { 2.8 };
            Points::new(name, PlotPoints::Borrowed(points)).shape(shape).radius(radius).color(color)
        })
        .collect()
}

/// What a point says when it is pointed at.
fn hover<'a>(
    rows: &'a [Vec<u32>; 2],
    across: &'static str,
    up: &'static str,
) -> impl Fn(&HoverPosition<'_>) -> Option<String> + 'a {
    move |position| {
        let HoverPosition::NearDataPoint { plot_name, position, index } = position else {
            return None;
        };
        let [training, validation] = rows;
        let part = if *plot_name == "training" { training } else { validation };
        let row = part.get(*index).map_or(0, |row| u64::from(*row) + 1);
        Some(format!(
            "row {} ({plot_name})\n{across} {}\n{up} {}",
            format::count(row),
            format::number(position.x),
            format::number(position.y)
        ))
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "counts are exact")]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_every_value() {
        let bars = histogram(&[-1.0, -0.9, 0.0, 0.5, 1.0], 4);
        assert_eq!(bars.iter().map(|bar| bar.1).sum::<f64>(), 5.0);
        assert_eq!(bars[0], (-0.75, 2.0));
        assert!(histogram(&[], 4).is_empty());
        assert!(histogram(&[0.0], 4).is_empty());
    }

    #[test]
    fn a_bad_fit_is_called_bad() {
        let metrics = PartMetrics { rmse: Some(9.0), r2: Some(-0.2), ..PartMetrics::default() };
        let text = sentence(&metrics, "mpg").unwrap();
        assert!(text.contains("no better than always answering the mean"), "{text}");
    }
}
