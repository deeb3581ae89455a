//! More than two unknowns: the matrix as a picture, the Krylov space growing column by column, and
//! the spectrum with what the space knows of it.

use std::sync::Arc;

use eframe::egui::{
    Align2, Color32, ColorImage, FontId, Painter, Pos2, Rect, Role, Sense, Shape, Stroke,
    TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::insight::LinearStudy;
use crate::insight::linear::Spectrum;
use crate::ui::result::plane::small;
use crate::ui::result::tick;
use crate::ui::theme::{self, Palette};
use crate::ui::{format, widget};

/// Height of a caption, in points.
const CAPTION: f32 = 22.0;
/// Height of the spectrum with its axis, in points.
const SPECTRUM: f32 = 84.0;

/// The pictures, kept between frames.
#[derive(Default)]
pub struct HeatState {
    matrix: HeatImage,
    basis: HeatImage,
    /// Whether the plain products Aᵏ·r₀ are shown instead of the perpendicular vectors.
    powers: bool,
}

/// A picture of signed numbers.
#[derive(Default)]
struct HeatImage {
    texture: Option<TextureHandle>,
    painted: Option<(Arc<LinearStudy>, bool, bool)>,
}

impl HeatImage {
    /// Paints the picture anew if study, kind or theme have changed; `rows` gives its numbers.
    fn texture(
        &mut self,
        ui: &Ui,
        study: &Arc<LinearStudy>,
        kind: bool,
        picture: impl FnOnce(&Palette) -> ColorImage,
    ) -> Option<&TextureHandle> {
        let palette = theme::palette(ui);
        let same = self.painted.as_ref().is_some_and(|(old, old_kind, dark)| {
            Arc::ptr_eq(old, study) && *old_kind == kind && *dark == palette.dark
        });
        if !same {
            let image = picture(palette);
            let options = TextureOptions::NEAREST;
            match &mut self.texture {
                Some(texture) => texture.set(image, options),
                None => self.texture = Some(ui.ctx().load_texture("numbers", image, options)),
            }
            self.painted = Some((Arc::clone(study), kind, palette.dark));
        }
        self.texture.as_ref()
    }
}

/// Draws all three in a room of this size.
pub fn show(
    ui: &mut Ui,
    study: &Arc<LinearStudy>,
    position: f64,
    size: Vec2,
    state: &mut HeatState,
) {
    let width = (size.x - theme::SPACE_3) / 2.0;
    let side = width.min(size.y - SPECTRUM - 3.0 * CAPTION).max(40.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SPACE_3;
        ui.allocate_ui(vec2(width, side + 2.0 * CAPTION), |ui| {
            ui.vertical(|ui| matrix(ui, study, side, state));
        });
        ui.allocate_ui(vec2(width, side + 2.0 * CAPTION), |ui| {
            ui.vertical(|ui| basis(ui, study, position, vec2(width, side), state));
        });
    });
    spectrum(ui, study, position, size.x);
}

/// The signed numbers of some rows as colours; the largest size has the full colour.
fn colors(rows: &[&[f64]], palette: &Palette) -> ColorImage {
    let largest = rows.iter().flat_map(|row| row.iter()).fold(0.0_f64, |l, v| l.max(v.abs()));
    let width = rows.first().map_or(0, |row| row.len());
    let color = |value: &f64| {
        let share = if largest > 0.0 { value / largest } else { 0.0 };
        theme::signed_color(share as f32, palette)
    };
    let pixels = rows.iter().flat_map(|row| row.iter().map(color)).collect();
    ColorImage::new([width, rows.len()], pixels)
}

fn matrix(ui: &mut Ui, study: &Arc<LinearStudy>, side: f32, state: &mut HeatState) {
    widget::note(ui, format!("Matrix A, {0}×{0}", study.size())).on_hover_text(
        "Each cell is an entry of A: orange is negative, blue positive, light near zero. A \
         symmetric matrix looks the same on both sides of its diagonal.",
    );
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    let rows: Vec<&[f64]> = study.system.a.rows().collect();
    if let Some(texture) = state.matrix.texture(ui, study, false, |palette| colors(&rows, palette))
    {
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), rect, uv, Color32::WHITE);
    }
    response.widget_info(|| {
        let text = format!("Picture of the matrix with {0} rows and columns", study.size());
        WidgetInfo::labeled(Role::Figure, true, text)
    });
    if let Some((row, column)) = cell(rect, response.hover_pos(), study.size(), study.size()) {
        let value = study.system.a.get(row, column).unwrap_or(0.0);
        let text = format!("a({}, {}) = {}", row + 1, column + 1, format::number(value));
        response.on_hover_text_at_pointer(text);
    }
}

/// Row and column of the cell under the pointer.
fn cell(rect: Rect, pointer: Option<Pos2>, rows: usize, columns: usize) -> Option<(usize, usize)> {
    let at = pointer.filter(|pointer| rect.contains(*pointer))? - rect.min;
    let index =
        |share: f32, count: usize| ((share * count as f32) as usize).min(count.saturating_sub(1));
    Some((index(at.y / rect.height(), rows), index(at.x / rect.width(), columns)))
}

fn basis(ui: &mut Ui, study: &Arc<LinearStudy>, position: f64, size: Vec2, state: &mut HeatState) {
    let dimension = study.basis.dimension();
    let reached = (position.floor() as usize).min(dimension);
    let caption = format!("Krylov space, {reached} of {dimension}");
    widget::note(ui, caption).on_hover_text(
        "Each column is a vector; the space has as many dimensions as there are columns. In iteration k the solvers choose x from the space of the first \
         k: once the space has all its dimensions, the solution lies in it.",
    );
    let n = study.size();
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let palette = theme::palette(ui);
    ui.painter().rect_filled(rect, 0.0, palette.canvas);
    let vectors = if state.powers { &study.basis.powers } else { &study.basis.orthonormal };
    if n > 0 && reached > 0 {
        let picture = |palette: &Palette| {
            let transposed: Vec<Vec<f64>> = (0..n)
                .map(|i| vectors.iter().map(|v| v.get(i).copied().unwrap_or(0.0)).collect())
                .collect();
            let rows: Vec<&[f64]> = transposed.iter().map(Vec::as_slice).collect();
            colors(&rows, palette)
        };
        let share = reached as f32 / dimension.max(1) as f32;
        if let Some(texture) = state.basis.texture(ui, study, state.powers, picture) {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(share, 1.0));
            let part = Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
            ui.painter().image(texture.id(), part, uv, Color32::WHITE);
        }
    }
    response.widget_info(|| {
        let text = format!("Picture of the Krylov space: {reached} of {dimension} vectors");
        WidgetInfo::labeled(Role::Figure, true, text)
    });
    if let Some((row, column)) = cell(rect, response.hover_pos(), n, dimension)
        && column < reached
        && let Some(value) = vectors.get(column).and_then(|v| v.get(row))
    {
        let text =
            format!("Vector {}, unknown {}: {}", column + 1, row + 1, format::number(*value));
        response.on_hover_text_at_pointer(text);
    }
    switch(ui, state);
}

/// The two ways to look at the same space.
fn switch(ui: &mut Ui, state: &mut HeatState) {
    small(ui);
    ui.horizontal_wrapped(|ui| {
        let help = "v₁, v₂, …: each of length 1 and perpendicular to those before. The solvers \
                    work with such vectors.";
        if widget::toggle(ui, !state.powers, "perpendicular", help) {
            state.powers = false;
        }
        let help = "r, A·r, A²·r, … as they come out of the products. They soon point the same way, \
                    towards the eigenvector of the largest eigenvalue: the space is the same, but \
                    rounding makes these vectors useless, so they are made perpendicular.";
        if widget::toggle(ui, state.powers, "r, A·r, …", help) {
            state.powers = true;
        }
    });
}

/// The eigenvalues (singular values) on a line, and below them those the space has found so far.
fn spectrum(ui: &mut Ui, study: &LinearStudy, position: f64, width: f32) {
    let helped = study.preconditioned.is_some();
    let (name, help) = match study.seen_spectrum() {
        Spectrum::Eigenvalues(_) => (
            if helped { "Eigenvalues of M⁻¹·A" } else { "Eigenvalues of A" },
            "How much A stretches its eigenvectors. The solvers are fast where these lie in few \
             groups and far from zero. The lower row is what the Krylov space knows of them so far \
             (the Ritz values): it finds the outer ones first.",
        ),
        Spectrum::SingularValues(_) => (
            if helped { "Singular values of A·M⁻¹" } else { "Singular values of A" },
            "How much A stretches vectors that it keeps perpendicular; the eigenvalues of a matrix \
             that is not symmetric can be complex numbers. The largest over the smallest is κ.",
        ),
    };
    widget::note(ui, name).on_hover_text(help);
    let size = vec2(width, SPECTRUM - CAPTION);
    let (room, response) = ui.allocate_exact_size(size, Sense::hover());
    let values = study.seen_spectrum().values();
    let rect = room.shrink2(vec2(14.0, 0.0));
    let strip = Strip::new(rect, values);
    let palette = theme::palette(ui);
    let painter = ui.painter();
    painter.rect_filled(room.with_max_y(rect.top() + Strip::LOWER + 12.0), 4.0, palette.canvas);
    strip.axis(painter, palette);
    for &value in values {
        strip.bar(painter, value, palette);
    }
    let k = (position.floor() as usize).min(study.basis.ritz.len());
    let ritz = study.basis.ritz.get(k.wrapping_sub(1)).map_or(&[][..], Vec::as_slice);
    for &value in ritz {
        let at = pos2(strip.across(value), rect.top() + Strip::LOWER);
        painter.add(Shape::circle_filled(at, 3.0, palette.accent_text));
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, describe(name, values)));
    if let Some(pointer) = response.hover_pos() {
        let distance = |value: &f64| (strip.across(*value) - pointer.x).abs();
        let near = values.iter().min_by(|one, other| distance(one).total_cmp(&distance(other)));
        if let Some(value) = near.filter(|value| distance(value) < 12.0) {
            response.on_hover_text_at_pointer(format::number(*value));
        }
    }
}

fn describe(name: &str, values: &[f64]) -> String {
    let text = |value: Option<&f64>| value.map_or_else(|| "–".to_owned(), |v| format::number(*v));
    format!("{name}: {}, from {} to {}", values.len(), text(values.first()), text(values.last()))
}

/// A line of numbers.
struct Strip {
    rect: Rect,
    low: f64,
    high: f64,
}

impl Strip {
    /// Where the upper row ends and the lower one lies, below the top.
    const UPPER: f32 = 20.0;
    const LOWER: f32 = 30.0;

    fn new(rect: Rect, values: &[f64]) -> Self {
        let (low, high) =
            values.iter().fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
        Self { rect, low, high: if high > low { high } else { low + 1.0 } }
    }

    fn across(&self, value: f64) -> f32 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(-0.02, 1.02);
        self.rect.left() + share as f32 * self.rect.width()
    }

    fn axis(&self, painter: &Painter, palette: &Palette) {
        let font = FontId::proportional(theme::TEXT_SMALL);
        let most = (self.rect.width() / 70.0).clamp(2.0, 9.0) as usize;
        let step = tick::step(self.high - self.low, most);
        for value in tick::ticks(self.low, self.high, most) {
            let at = pos2(self.across(value), self.rect.top() + Self::LOWER + 14.0);
            let text = tick::label(value, step);
            painter.text(at, Align2::CENTER_TOP, text, font.clone(), palette.text_weak);
        }
        let zero = self.across(0.0);
        let y = self.rect.top()..=self.rect.top() + Self::LOWER + 12.0;
        painter.vline(zero, y, Stroke::new(1.0, palette.text_weak));
    }

    fn bar(&self, painter: &Painter, value: f64, palette: &Palette) {
        let color = if value < 0.0 { palette.negative } else { palette.positive };
        let top = self.rect.top() + 4.0;
        let y = top..=self.rect.top() + Self::UPPER;
        painter.vline(self.across(value), y, Stroke::new(2.0, color));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cell_under_the_pointer_is_found() {
        let rect = Rect::from_min_size(pos2(10.0, 10.0), vec2(100.0, 50.0));
        assert_eq!(cell(rect, Some(pos2(11.0, 11.0)), 5, 10), Some((0, 0)));
        assert_eq!(cell(rect, Some(pos2(109.0, 59.0)), 5, 10), Some((4, 9)));
        assert_eq!(cell(rect, Some(pos2(60.0, 31.0)), 5, 10), Some((2, 5)));
        assert_eq!(cell(rect, Some(pos2(0.0, 0.0)), 5, 10), None);
    }

    #[test]
    fn zero_is_always_on_the_strip() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 20.0));
        let strip = Strip::new(rect, &[2.0, 4.0]);
        assert_eq!((strip.across(0.0), strip.across(4.0)), (0.0, 100.0));
        let strip = Strip::new(rect, &[0.0]);
        assert!(strip.across(0.0).is_finite());
    }
}
