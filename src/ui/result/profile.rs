//! A function of one variable: the network's curve through the rows.

use eframe::egui::{Response, Role, Ui, WidgetInfo};
use egui_plot::{MarkerShape, PlotPoint, PlotPoints, Points, VLine};

use super::chart;
use super::plane::{LONGEST_LEVEL, shortened};
use super::points::MapPoints;
use super::trace::Trace;
use crate::data::TargetEncoding;
use crate::insight::map::{Drawn, Profile};
use crate::insight::{Axis, Scale};
use crate::ui::{Scene, View, format, theme};

/// The curve and the points as the plot takes them.
#[derive(Debug, Default)]
pub struct ProfileState {
    curve: Vec<PlotPoint>,
    drawn: Option<(u64, usize)>,
    training: Vec<PlotPoint>,
    validation: Vec<PlotPoint>,
    generation: u64,
}

/// Shows the curve. Returns what the pointer is over, in words.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    state: &mut ProfileState,
    points: &MapPoints,
    x: &Axis,
    height: f32,
) -> Option<String> {
    state.update(scene, points, x);
    let palette = theme::palette(ui);
    let across = x.range();
    let up = if scene.classes().is_some() {
        (-0.08, 1.08)
    } else {
        let points = state.training.iter().chain(&state.validation).chain(&state.curve);
        chart::bounds(points.map(|point| point.y))
    };
    // The height is the probability of one class: points of several classes have none.
    let points_shown = scene.classes().is_none_or(|classes| classes.len() <= 2);
    let name = answer_name(scene);
    let asked = view.asked.as_ref().and_then(|cells| x.value(cells.get(x.column)?));
    let plot = chart::plot(ui, "network over one column", height)
        .x_axis_label(x.name.clone())
        .y_axis_label(name.clone());
    let plot = match &x.scale {
        Scale::Number { .. } => plot,
        Scale::Category { levels } => plot
            .x_grid_spacer(|input| chart::whole_marks(&input))
            .x_axis_formatter(|mark, _| level_label(levels, mark.value)),
    };
    let response = chart::show(ui, plot, |plot| {
        plot.set_plot_bounds(chart::area(across, up));
        let parts = [
            (&state.training, "Training", palette.training, true, view.show_training),
            (&state.validation, "Validation", palette.validation, false, view.show_validation),
        ];
        for (points, name, color, filled, shown) in parts {
            if shown && points_shown {
                let points = Points::new(name, PlotPoints::Borrowed(points)).filled(filled);
                let points = points.shape(MarkerShape::Circle).radius(2.6).color(color);
                plot.points(points.allow_hover(false));
            }
        }
        let curve = Trace::new("Network", PlotPoints::Borrowed(&state.curve));
        plot.add(curve.color(palette.accent_text).width(2.5));
        if let Some(asked) = asked {
            let line = VLine::new("Asked", asked).color(palette.text_strong).width(1.0);
            plot.vline(line.allow_hover(false));
        }
        plot.pointer_coordinate()
    });
    let pointer = response.inner;
    let hovered = response.response.hovered();
    ask(scene, view, &response.response, x, pointer);
    let text = format!("The network's curve over {}.", x.name);
    response.response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
    let at = pointer.filter(|_| hovered)?.x;
    let distance = |point: &PlotPoint| (point.x - at).abs();
    let curve = state.curve.iter();
    let nearest = curve.min_by(|one, other| distance(one).total_cmp(&distance(other)))?;
    let place = super::answer::cell_text(&x.cell(nearest.x));
    Some(format!("{} {place} → {name} {}", x.name, format::number(nearest.y)))
}

/// The level of a category at a whole number along its axis.
fn level_label(levels: &[String], place: f64) -> String {
    let level = (place >= 0.0).then(|| levels.get(place.round() as usize)).flatten();
    level.map_or_else(String::new, |level| shortened(level, LONGEST_LEVEL))
}

/// A click asks the network about the place.
fn ask(scene: &Scene<'_>, view: &mut View, response: &Response, x: &Axis, at: Option<PlotPoint>) {
    if let Some(at) = at
        && (response.clicked() || response.dragged())
    {
        let mut cells = scene.held_cells(view.held_row);
        let (low, high) = x.range();
        if let Some(cell) = cells.get_mut(x.column) {
            *cell = x.cell(at.x.clamp(low, high));
        }
        view.asked = Some(cells);
    }
}

/// What the curve's height is.
fn answer_name(scene: &Scene<'_>) -> String {
    match scene.samples.map(|samples| &samples.encoder.target) {
        Some(TargetEncoding::Number { name, .. }) => name.clone(),
        Some(TargetEncoding::Classes { classes, .. }) => match classes.as_slice() {
            [_, second] => format!("probability of {second}"),
            _ => "probability of the likeliest class".to_owned(),
        },
        None => String::new(),
    }
}

impl ProfileState {
    fn update(&mut self, scene: &Scene<'_>, points: &MapPoints, x: &Axis) {
        let drawn = scene.insight.and_then(|frame| match &frame.drawn {
            Some(Drawn::Profile(profile)) if profile.x == *x => Some((frame.snapshot, profile)),
            _ => None,
        });
        match drawn {
            Some((snapshot, profile)) => self.take(snapshot, x, profile),
            None => self.curve.clear(),
        }
        if self.generation != points.generation {
            self.generation = points.generation;
            for (part, train) in [(&mut self.training, true), (&mut self.validation, false)] {
                part.clear();
                let points = points.points.iter().filter(|point| point.train == train);
                part.extend(points.map(|point| PlotPoint::new(point.at[0], point.at[1])));
            }
        }
    }

    fn take(&mut self, snapshot: u64, x: &Axis, profile: &Profile) {
        let key = Some((snapshot, x.column));
        if self.drawn == key && self.curve.len() == profile.points.len() {
            return;
        }
        self.drawn = key;
        self.curve.clear();
        let finite = profile.points.iter().filter(|point| point[1].is_finite());
        self.curve.extend(finite.map(|&[x, y]| PlotPoint::new(x, y)));
    }
}

#[cfg(test)]
mod tests {
    use super::level_label;

    #[test]
    fn a_category_is_told_by_name_beside_its_levels_nothing() {
        let levels = ["Ann".to_owned(), "Bartholomew".to_owned()];
        let labels = [-1.0, 0.0, 1.0, 2.0].map(|place| level_label(&levels, place));
        assert_eq!(labels, ["", "Ann", "Bartho…", ""]);
    }
}
