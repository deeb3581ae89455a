//! The frame of the plot of residuals: iterations along, powers of ten upwards.

use eframe::egui::{Align2, FontId, Pos2, Rect, Stroke, Ui, pos2};

use crate::ui::result::tick;
use crate::ui::{format, theme};

/// Room for the figures beside and below the plot, in points.
const BESIDE: f32 = 46.0;
const BELOW: f32 = 18.0;

/// Which part of the values the plot shows, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogFrame {
    /// Where it is drawn.
    pub rect: Rect,
    /// The last iteration.
    pub last: f64,
    /// The lowest and the highest power of ten.
    pub powers: (f64, f64),
}

impl LogFrame {
    /// A frame within `room` for iterations 0 to `last` and values between these, none below
    /// `floor`.
    pub fn new(room: Rect, last: usize, low: f64, high: f64, floor: f64) -> Self {
        let rect = Rect::from_min_max(
            pos2(room.left() + BESIDE, room.top() + theme::SPACE_2),
            pos2(room.right() - theme::SPACE_3, room.bottom() - BELOW),
        );
        let power = |value: f64| value.max(floor).log10();
        let (low, high) = (power(low), power(high));
        let margin = (0.05 * (high - low)).max(0.3);
        Self { rect, last: last.max(1) as f64, powers: (low - margin, high + margin) }
    }

    /// Where a value lies.
    pub fn place(&self, iteration: f64, value: f64) -> Pos2 {
        let (low, high) = self.powers;
        // What is zero lies at the lower edge, what is infinite at the upper.
        let power = value.max(f64::MIN_POSITIVE).log10().clamp(low - 1.0, high + 1.0);
        let up = ((power - low) / (high - low)) as f32;
        pos2(self.across(iteration), self.rect.bottom() - up * self.rect.height())
    }

    /// The x of an iteration.
    pub fn across(&self, iteration: f64) -> f32 {
        self.rect.left() + (iteration / self.last) as f32 * self.rect.width()
    }

    /// The iteration at a place.
    pub fn iteration(&self, place: Pos2) -> f64 {
        let share = f64::from((place.x - self.rect.left()) / self.rect.width().max(1.0));
        (share * self.last).clamp(0.0, self.last)
    }

    /// Draws the ground, the grid and the figures.
    pub fn draw(&self, ui: &Ui) {
        let palette = theme::palette(ui);
        let painter = ui.painter();
        let font = FontId::proportional(theme::TEXT_SMALL);
        let line = Stroke::new(1.0, palette.outline);
        painter.rect_filled(self.rect, 0.0, palette.canvas);
        for power in tick::log_ticks(self.powers.0, self.powers.1) {
            let y = self.place(0.0, 10_f64.powf(power)).y;
            painter.hline(self.rect.x_range(), y, line);
            let at = pos2(self.rect.left() - 5.0, y);
            let text = format::number(10_f64.powf(power));
            painter.text(at, Align2::RIGHT_CENTER, text, font.clone(), palette.text_weak);
        }
        let most = (self.rect.width() / 60.0).clamp(2.0, 8.0) as usize;
        for iteration in tick::ticks(0.0, self.last, most) {
            if iteration.fract() != 0.0 {
                continue;
            }
            let x = self.across(iteration);
            painter.vline(x, self.rect.y_range(), line);
            let at = pos2(x, self.rect.bottom() + 3.0);
            let text = format::count(iteration as u64);
            painter.text(at, Align2::CENTER_TOP, text, font.clone(), palette.text_weak);
        }
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::vec2;

    use super::*;

    #[test]
    fn zero_and_infinity_have_a_place_near_the_edges() {
        let room = Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 200.0));
        let frame = LogFrame::new(room, 10, 1e-9, 1.0, 1e-17);
        for value in [0.0, 1e-300, f64::INFINITY] {
            let y = frame.place(3.0, value).y;
            assert!(y.is_finite() && (-100.0..300.0).contains(&y), "{value}: {y}");
        }
        assert!(frame.place(0.0, 1.0).y < frame.place(0.0, 1e-9).y);
        assert!((frame.iteration(frame.place(7.0, 1.0)) - 7.0).abs() < 1e-4);
    }
}
