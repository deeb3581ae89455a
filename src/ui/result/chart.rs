//! What the plots have in common: quiet axes, no zooming by accident, numbers as they stand
//! elsewhere in the window.

use eframe::egui::{Id, Rangef, Ui, Vec2, Vec2b};
use egui_plot::{AxisHints, GridInput, GridMark, Plot, PlotBounds, PlotResponse, PlotUi};

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
    use super::*;

    #[test]
    fn bounds_hold_all_finite_values() {
        let (low, high) = bounds([1.0, f64::NAN, 3.0, f64::INFINITY].into_iter());
        assert!(low < 1.0 && high > 3.0 && high < 4.0);
        assert_eq!(bounds(std::iter::empty()), (0.0, 1.0));
        let (low, high) = bounds([5.0].into_iter());
        assert!(low < 5.0 && 5.0 < high);
    }
}
