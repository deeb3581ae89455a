//! A rectangle on screen that stands for a range of two columns: the map's frame, ticks and names.

use eframe::egui::epaint::TextShape;
use eframe::egui::{
    self, Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, TextStyle, Ui, Vec2, pos2, vec2,
};

use super::tick;
use crate::insight::{Axis, Scale};
use crate::ui::theme::{self, Palette};

/// Room for the labels of the horizontal axis and its name, in points.
pub const BELOW: f32 = 36.0;
/// Longest name of a category level beside an axis, in characters.
pub const LONGEST_LEVEL: usize = 7;

/// Data range and screen rectangle of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    /// Where it is drawn.
    pub rect: Rect,
    /// Values at the left and right edge.
    pub x: (f64, f64),
    /// Values at the lower and upper edge.
    pub y: (f64, f64),
}

impl Plane {
    /// The plane of two axes in `rect`.
    pub fn new(rect: Rect, x: &Axis, y: &Axis) -> Self {
        Self { rect, x: x.range(), y: y.range() }
    }

    /// Where a pair of values lies on screen.
    pub fn screen_from(self, [x, y]: [f64; 2]) -> Pos2 {
        let across = ((x - self.x.0) / (self.x.1 - self.x.0)) as f32;
        let up = ((y - self.y.0) / (self.y.1 - self.y.0)) as f32;
        pos2(
            self.rect.left() + across * self.rect.width(),
            self.rect.bottom() - up * self.rect.height(),
        )
    }

    /// Which values lie at a place on screen.
    pub fn values_from(self, place: Pos2) -> [f64; 2] {
        let across = f64::from((place.x - self.rect.left()) / self.rect.width().max(1.0));
        let up = f64::from((self.rect.bottom() - place.y) / self.rect.height().max(1.0));
        [self.x.0 + across * (self.x.1 - self.x.0), self.y.0 + up * (self.y.1 - self.y.0)]
    }

    /// Draws ticks, their labels and the names of both columns around the rectangle.
    pub fn draw_axes(&self, ui: &Ui, x: &Axis, y: &Axis) {
        let painter = ui.painter();
        let palette = theme::palette(ui);
        let pen = Pen { painter, font: FontId::proportional(theme::TEXT_SMALL), palette };
        for (value, text) in marks(x, self.rect.width()) {
            let at = pos2(self.screen_from([value, self.y.0]).x, self.rect.bottom());
            pen.tick(at, vec2(0.0, 4.0));
            pen.text(at + vec2(0.0, 5.0), Align2::CENTER_TOP, text);
        }
        for (value, text) in marks(y, self.rect.height()) {
            let at = pos2(self.rect.left(), self.screen_from([self.x.0, value]).y);
            pen.tick(at, vec2(-4.0, 0.0));
            pen.text(at - vec2(6.0, 0.0), Align2::RIGHT_CENTER, text);
        }
        pen.name_below(self.rect, &x.name);
        pen.name_beside(self.rect, &y.name, room_beside(ui, y, self.rect.height()));
    }
}

/// Room for the labels of a vertical axis of so many points on screen, and for its name.
pub fn room_beside(ui: &Ui, axis: &Axis, height: f32) -> f32 {
    let font = FontId::proportional(theme::TEXT_SMALL);
    let widths = marks(axis, height).into_iter().map(|(_, text)| {
        let galley = ui.painter().layout_no_wrap(text, font.clone(), Color32::PLACEHOLDER);
        galley.size().x
    });
    (widths.fold(0.0, f32::max) + 6.0 + 20.0).ceil()
}

/// Where ticks stand along an axis of so many points on screen, and what they say.
fn marks(axis: &Axis, length: f32) -> Vec<(f64, String)> {
    match &axis.scale {
        Scale::Number { minimum, maximum } => {
            let most = (length / 44.0).clamp(2.0, 9.0) as usize;
            let step = tick::step(maximum - minimum, most);
            let values = tick::ticks(*minimum, *maximum, most).into_iter();
            values.map(|value| (value, tick::label(value, step))).collect()
        }
        Scale::Category { levels } => {
            let room = (length / 30.0).max(1.0) as usize;
            let every = levels.len().div_ceil(room).max(1);
            let shown = levels.iter().enumerate().step_by(every);
            shown.map(|(index, name)| (index as f64, shortened(name, LONGEST_LEVEL))).collect()
        }
    }
}

/// The first characters of a text, with a sign that more follows.
pub fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let start: String = text.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", start.trim_end())
}

/// What axes are drawn with.
struct Pen<'a> {
    painter: &'a Painter,
    font: FontId,
    palette: &'a Palette,
}

impl Pen<'_> {
    fn tick(&self, at: Pos2, along: Vec2) {
        let stroke = Stroke::new(1.0, self.palette.outline);
        self.painter.line_segment([at, at + along], stroke);
    }

    fn text(&self, at: Pos2, align: Align2, text: String) {
        let color = self.palette.text_weak;
        self.painter.text(at, align, text, self.font.clone(), color);
    }

    fn name_below(&self, rect: Rect, name: &str) {
        let galley = self.name_galley(name, rect.width());
        let at =
            pos2(rect.center().x - galley.size().x / 2.0, rect.bottom() + BELOW - galley.size().y);
        self.painter.galley(at, galley, self.palette.text);
    }

    fn name_beside(&self, rect: Rect, name: &str, room: f32) {
        let galley = self.name_galley(name, rect.height());
        // Turned a quarter to the left, the text runs upwards from this corner.
        let at = pos2(rect.left() - room, rect.center().y + galley.size().x / 2.0);
        let quarter = std::f32::consts::FRAC_PI_2;
        let shape = TextShape::new(at, galley, self.palette.text).with_angle(-quarter);
        self.painter.add(shape);
    }

    fn name_galley(&self, name: &str, room: f32) -> std::sync::Arc<egui::Galley> {
        let mut job = egui::text::LayoutJob::simple_singleline(
            name.to_owned(),
            self.font.clone(),
            self.palette.text,
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        self.painter.layout_job(job)
    }
}

/// A line of small text in the weak colour.
pub fn caption(ui: &mut Ui, text: impl Into<String>) -> egui::Response {
    let color = theme::palette(ui).text_weak;
    ui.add(egui::Label::new(egui::RichText::new(text).text_style(TextStyle::Small).color(color)))
}

/// Makes the text of a part of the window small: rows of figures and switches below a drawing.
pub fn small(ui: &mut Ui) {
    let font = FontId::proportional(theme::TEXT_SMALL);
    for style in [TextStyle::Body, TextStyle::Button] {
        ui.style_mut().text_styles.insert(style, font.clone());
    }
}

/// Black or white, whichever reads better on `fill`, in the theme's own tones.
pub fn text_on(fill: Color32, palette: &Palette) -> Color32 {
    let [r, g, b, _] = fill.to_array().map(f32::from);
    let bright = 0.299 * r + 0.587 * g + 0.114 * b > 140.0;
    let (dark_tone, light_tone) = if palette.dark {
        (palette.canvas, palette.text_strong)
    } else {
        (palette.text_strong, palette.on_accent)
    };
    if bright { dark_tone } else { light_tone }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_values_are_each_others_inverse() {
        let plane = Plane {
            rect: Rect::from_min_size(pos2(10.0, 20.0), vec2(200.0, 100.0)),
            x: (-6.0, 6.0),
            y: (0.0, 1.0),
        };
        assert_eq!(plane.screen_from([-6.0, 0.0]), pos2(10.0, 120.0));
        let [x, y] = plane.values_from(plane.screen_from([1.5, 0.25]));
        assert!((x - 1.5).abs() < 1e-5 && (y - 0.25).abs() < 1e-5);
    }

    #[test]
    fn long_names_are_shortened_with_a_sign() {
        assert_eq!(shortened("Torgersen", 7), "Torger…");
        assert_eq!(shortened("Biscoe", 7), "Biscoe");
    }
}
