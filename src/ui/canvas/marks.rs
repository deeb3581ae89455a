//! What marks each unit, whatever is pointed at: a faint frame around its map, its bias as a small
//! square. All of it is one mesh, made anew when something changes and not in every frame.

use std::f32::consts::FRAC_PI_2;
use std::sync::Arc;

use eframe::egui::emath::GuiRounding;
use eframe::egui::epaint::Vertex;
use eframe::egui::{Color32, Mesh, Pos2, Rect, TextureId, Vec2, vec2};

use super::Stage;
use super::layout::CardBox;
use super::model::{Card, Face};
use super::unit::{CORNER, bias_of};
use crate::ui::{cross_section, theme};

/// Points along each of a frame's corners.
const CORNER_POINTS: u32 = 4;
/// Units lower than this have no room for a bias, in points.
const LEAST_WITH_BIAS: f32 = 16.0;

/// The mesh, kept between frames.
#[derive(Default)]
pub(super) struct Marks {
    mesh: Arc<Mesh>,
    dragged: Option<u32>,
}

impl Marks {
    /// The mesh of all cards, with the texture of the [`cross_section`]s. `changed` says whether
    /// cards or weights are others than last time; the dragged card is faint.
    pub fn mesh<'a>(
        &mut self,
        stage: &Stage<'_>,
        cards: impl Iterator<Item = (&'a Card, &'a CardBox)>,
        texture: TextureId,
        pixel: f32,
        (changed, dragged): (bool, Option<u32>),
    ) -> Arc<Mesh> {
        if changed || dragged != self.dragged {
            let mut mesh = Arc::get_mut(&mut self.mesh).map(std::mem::take).unwrap_or_default();
            // In the memory of the last one, which `Mesh::clear` would give back.
            mesh.vertices.clear();
            mesh.indices.clear();
            mesh.texture_id = texture;
            for (card, place) in cards.filter(|(card, _)| card.face != Face::Names) {
                let opacity = if dragged == Some(card.id) { super::DRAGGED } else { 1.0 };
                for (unit, &cell) in place.cells.iter().enumerate() {
                    add_frame(
                        &mut mesh,
                        cell,
                        stage.palette.outline.gamma_multiply(opacity),
                        pixel,
                    );
                    if let Some(bias) = bias_of(stage, card, unit)
                        && cell.height() >= LEAST_WITH_BIAS
                    {
                        let fill = theme::signed_color(bias, stage.palette);
                        let colors = [stage.palette.card, fill];
                        add_bias(&mut mesh, cell, colors.map(|c| c.gamma_multiply(opacity)), pixel);
                    }
                }
            }
            self.mesh = Arc::new(mesh);
            self.dragged = dragged;
        }
        Arc::clone(&self.mesh)
    }
}

/// A line one pixel wide around a rectangle with round corners.
fn add_frame(mesh: &mut Mesh, rect: Rect, color: Color32, pixel: f32) {
    let section = cross_section::of_width(1.0);
    // The line is the first row of pixels outside.
    let rect = rect.round_to_pixels(pixel.recip());
    let inner = rect.shrink(CORNER);
    let corners = [inner.right_bottom(), inner.left_bottom(), inner.left_top(), inner.right_top()];
    let first = mesh.vertices.len() as u32;
    for (turn, center) in corners.into_iter().enumerate() {
        for point in 0..CORNER_POINTS {
            let share = point as f32 / (CORNER_POINTS - 1) as f32;
            let way = Vec2::angled((turn as f32 + share) * FRAC_PI_2);
            for (side, edge) in [-1.0, 1.0].into_iter().zip(section.edges) {
                let distance = CORNER + (0.5 + side * section.reach) * pixel;
                let uv = Pos2::new(edge, section.row);
                mesh.vertices.push(Vertex { pos: center + way * distance, uv, color });
            }
        }
    }
    let count = 4 * CORNER_POINTS;
    for point in 0..count {
        let [a, b] = [point, (point + 1) % count].map(|point| first + 2 * point);
        mesh.add_triangle(a, a + 1, b);
        mesh.add_triangle(b, a + 1, b + 1);
    }
}

/// A small square over the lower left corner of a map: its edge, and its colour within.
fn add_bias(mesh: &mut Mesh, cell: Rect, colors: [Color32; 2], pixel: f32) {
    let side = (cell.height() * 0.16).clamp(4.0, 9.0);
    let corner = cell.left_bottom() + vec2(-side * 0.4, -side * 0.6);
    let rect = Rect::from_min_size(corner, Vec2::splat(side)).round_to_pixels(pixel.recip());
    let uv = Rect::from_pos(cross_section::covered());
    for (rect, color) in [rect.expand(1.0), rect].into_iter().zip(colors) {
        mesh.add_rect_with_uv(rect, uv, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_lies_around_its_map_and_fades_on_both_sides() {
        let mut mesh = Mesh::default();
        let rect = Rect::from_min_max(Pos2::new(10.0, 20.0), Pos2::new(40.0, 60.0));
        add_frame(&mut mesh, rect, Color32::WHITE, 1.0);
        assert!(mesh.is_valid());
        // One pixel, and half a one to fade on either side.
        assert_eq!(mesh.calc_bounds(), rect.expand(1.5));
        let inside = mesh.vertices.iter().filter(|corner| rect.contains(corner.pos)).count();
        assert_eq!(2 * inside, mesh.vertices.len());
        assert!(mesh.indices.len() <= 32 * 3);
    }
}
