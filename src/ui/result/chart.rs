//! What the plots have in common: quiet axes, no zooming by accident, numbers as they stand
//! elsewhere in the window.

use eframe::egui::{Id, Rangef, Ui, Vec2, Vec2b};
use egui_plot::{
    AxisHints, GridInput, GridMark, Line, Plot, PlotBounds, PlotPoints, PlotResponse, PlotUi,
};

use super::plane::small;
use super::tick;
use crate::ui::theme;

/// A plot that shows all of its data and does not move under the pointer.
pub fn plot<'a>(ui: &Ui, name: &'static str, height: f32) -> Plot<'a> {
    let palette = theme::palette(ui);
    let lines = (height / 34.0).clamp(2.0, 6.0) as usize;
    Plot::new(name)
        .id(Id::unique(name))
        .height(height)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .show_crosshair(false)
        .show_background(true)
        .grid_color(palette.outline)
        .grid_fade(0.0)
        .set_margin_fraction(Vec2::new(0.0, 0.05))
        .auto_bounds(Vec2b::FALSE)
        .x_grid_spacer(|input| marks(&input, 6))
        .y_grid_spacer(move |input| marks(&input, lines))
        .custom_x_axes(vec![hints(AxisHints::new_x())])
        .custom_y_axes(vec![hints(AxisHints::new_y()).min_thickness(34.0)])
}

/// Labels at all of the marks there are: they are few.
fn hints(axis: AxisHints<'_>) -> AxisHints<'_> {
    axis.label_spacing(Rangef::new(10.0, 12.0))
        .formatter(|mark, _| tick::label(mark.value, mark.step_size))
}

/// Shows the plot with small figures along its axes, and room for half a figure on its right.
pub fn show<'a, R>(
    ui: &mut Ui,
    plot: Plot<'a>,
    draw: impl FnOnce(&mut PlotUi<'a>) -> R + 'a,
) -> PlotResponse<R> {
    ui.scope(|ui| {
        small(ui);
        let plot = plot.width(ui.available_width() - theme::SPACE_3);
        plot.show(ui, draw)
    })
    .inner
}

/// A line from point to point, without anything under the pointer.
///
/// Never as a filled band, which the library draws where points lie closer than a pixel: between a
/// high step and the next point, many pixels on, that would be a triangle.
pub fn curve<'a>(name: &str, points: impl Into<PlotPoints<'a>>) -> Line<'a> {
    Line::new(name, points).allow_band(false).allow_hover(false)
}

/// Grid lines at round values, at most `most` of them.
pub fn marks(input: &GridInput, most: usize) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = tick::step(high - low, most);
    tick::ticks(low, high, most)
        .into_iter()
        .map(|value| GridMark { value, step_size: step })
        .collect()
}

/// Grid lines at whole numbers.
pub fn whole_marks(input: &GridInput) -> Vec<GridMark> {
    let mut marks = marks(input, 6);
    marks.retain(|mark| mark.value.fract().abs() < 1e-9);
    for mark in &mut marks {
        mark.step_size = mark.step_size.max(1.0);
    }
    marks
}

/// Bounds around values, a little wider; something around 0 where there are none.
pub fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (0.0, 1.0);
    }
    let margin = if high > low { (high - low) * 0.06 } else { low.abs().max(1.0) * 0.1 };
    (low - margin, high + margin)
}

/// The bounds of a plot from those of its axes.
pub fn area((left, right): (f64, f64), (low, high): (f64, f64)) -> PlotBounds {
    PlotBounds::from_min_max([left, low], [right, high])
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use eframe::egui::{self, Shape};

    use super::*;

    #[test]
    fn bounds_hold_all_finite_values() {
        let (low, high) = bounds([1.0, f64::NAN, 3.0, f64::INFINITY].into_iter());
        assert!(low < 1.0 && high > 3.0 && high < 4.0);
        assert_eq!(bounds(std::iter::empty()), (0.0, 1.0));
        let (low, high) = bounds([5.0].into_iter());
        assert!(low < 5.0 && 5.0 < high);
    }

    #[test]
    fn a_high_step_is_a_line_and_no_filled_band() {
        let ctx = egui::Context::default();
        // The first two points lie within one pixel, the third a quarter of the width away.
        let points = vec![[0.0, 0.2], [1.0, 1.0], [1_000.0, 0.1], [4_000.0, 0.1]];
        let mut width = 0.0;
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(400.0, 300.0));
        let input = egui::RawInput { screen_rect: Some(screen), ..egui::RawInput::default() };
        let mut output = ctx.run_ui(input, |ui| {
            let plot = plot(ui, "step", 200.0);
            let response = show(ui, plot, |plot| {
                plot.set_plot_bounds(area((0.0, 4_000.0), (0.0, 1.0)));
                plot.line(curve("step", points.clone()));
            });
            width = response.response.rect.width();
        });
        output.textures_delta.clear();
        assert!((100.0..500.0).contains(&width), "{width}");
        let shapes = output.shapes.iter().map(|clipped| &clipped.shape);
        let is_line = |shape: &&Shape| matches!(shape, Shape::Path(path) if path.points.len() == 4);
        assert_eq!(shapes.clone().filter(is_line).count(), 1);
        assert_eq!(shapes.filter(|shape| matches!(shape, Shape::Band(_))).count(), 0);
    }
}
