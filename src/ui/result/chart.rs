//! What the plots have in common: quiet axes, no zooming by accident, numbers as they stand
//! elsewhere in the window.

use eframe::egui::{Id, Ui, Vec2, Vec2b};
use egui_plot::{GridInput, GridMark, Plot, PlotBounds};

use super::tick;
use crate::ui::theme;

/// A plot that shows all of its data and does not move under the pointer.
pub fn plot<'a>(ui: &Ui, name: &'static str, height: f32) -> Plot<'a> {
    let palette = theme::palette(ui);
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
        .x_grid_spacer(|input| marks(input, 6))
        .y_grid_spacer(|input| marks(input, 5))
        .x_axis_formatter(|mark, _| tick::label(mark.value, mark.step_size))
        .y_axis_formatter(|mark, _| tick::label(mark.value, mark.step_size))
        .y_axis_min_width(34.0)
}

/// Grid lines at round values, at most `most` of them.
pub fn marks(input: GridInput, most: usize) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let step = tick::step(high - low, most);
    tick::ticks(low, high, most)
        .into_iter()
        .map(|value| GridMark { value, step_size: step })
        .collect()
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
