//! A round marker as few triangles. egui draws a small circle with an outline as about eighty
//! vertices; on a map with thousands of points they would be most of what a frame costs.

use eframe::egui::epaint::Vertex;
use eframe::egui::{Color32, Mesh, Pos2, Stroke, Vec2, pos2};

use super::look::blend;
use crate::ui::cross_section;

/// Adds a disc with an outline along its edge. `feather` is the width over which edges fade: one
/// pixel, in points.
pub fn add(
    mesh: &mut Mesh,
    center: Pos2,
    radius: f32,
    fill: Color32,
    outline: Stroke,
    feather: f32,
) {
    // From the middle outwards: the fill, the outline, nothing. An outline thinner than the
    // feather is mixed with the fill.
    let edge = blend(fill, outline.color, outline.width / feather);
    let half = f32::midpoint(outline.width, feather);
    let rings =
        [((radius - half).max(0.0), fill), (radius, edge), (radius + half, Color32::TRANSPARENT)];
    let corners = corners(radius);
    let turn = std::f32::consts::TAU / corners as f32;
    // A polygon as large as the disc reaches a little beyond it.
    let reach = (turn / turn.sin()).sqrt();
    let first = mesh.vertices.len() as u32;
    for (distance, color) in rings {
        for corner in 0..corners {
            let way = Vec2::angled(turn * corner as f32);
            mesh.colored_vertex(center + way * (reach * distance), color);
        }
    }
    for corner in 1..corners - 1 {
        mesh.add_triangle(first, first + corner, first + corner + 1);
    }
    for corner in 0..corners {
        let next = (corner + 1) % corners;
        for ring in [0, corners] {
            let [a, b] = [first + ring + corner, first + ring + next];
            mesh.add_triangle(a, a + corners, b);
            mesh.add_triangle(b, a + corners, b + corners);
        }
    }
}

/// Draws circles of one size and one line, with nothing within.
pub struct Ring {
    /// Both sides of the line: where they lie from the middle, and their places on the texture.
    corners: Vec<(Vec2, Pos2)>,
    color: Color32,
}

impl Ring {
    /// A circle of this radius; `pixel` is the size of a pixel, in points.
    pub fn new(radius: f32, line: Stroke, pixel: f32) -> Self {
        let section = cross_section::of_width(line.width / pixel);
        let count = corners(radius);
        let turn = std::f32::consts::TAU / count as f32;
        let sides = [-1.0, 1.0].into_iter().zip(section.edges);
        let corners = (0..count).flat_map(|corner| {
            let way = Vec2::angled(turn * corner as f32);
            sides.clone().map(move |(side, edge)| {
                (way * (radius + side * section.reach * pixel), pos2(edge, section.row))
            })
        });
        Self { corners: corners.collect(), color: line.color }
    }

    /// Adds a circle to a mesh with the texture of the [`cross_section`]s.
    pub fn add(&self, mesh: &mut Mesh, center: Pos2) {
        let (first, count) = (mesh.vertices.len() as u32, self.corners.len() as u32);
        mesh.vertices.extend(self.corners.iter().map(|&(way, uv)| Vertex {
            pos: center + way,
            uv,
            color: self.color,
        }));
        for corner in (0..count).step_by(2) {
            let [a, b] = [corner, (corner + 2) % count].map(|corner| first + corner);
            mesh.add_triangle(a, a + 1, b);
            mesh.add_triangle(b, a + 1, b + 1);
        }
    }
}

/// So many that they cannot be seen: one for each 1.9 points of the edge.
fn corners(radius: f32) -> u32 {
    ((std::f32::consts::TAU * radius / 1.9) as u32).clamp(8, 48)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The area of a mesh of which nothing is covered twice: all triangles turn the same way.
    fn area(mesh: &Mesh) -> f32 {
        assert!(mesh.is_valid());
        let areas = mesh.triangles().map(|corners| {
            let [a, b, c] = corners.map(|corner| mesh.vertices[corner as usize].pos);
            ((b - a).x * (c - a).y - (b - a).y * (c - a).x) / 2.0
        });
        areas.inspect(|area| assert!(*area >= 0.0)).sum()
    }

    #[test]
    fn a_ring_is_empty_within() {
        let mut mesh = Mesh::default();
        let center = pos2(10.0, 20.0);
        Ring::new(5.0, Stroke::new(1.5, Color32::RED), 1.0).add(&mut mesh, center);
        let ring = std::f32::consts::PI * (6.25_f32.powi(2) - 3.75_f32.powi(2));
        assert!((0.96..=1.0).contains(&(area(&mesh) / ring)), "{}", area(&mesh) / ring);
        let radii = mesh.vertices.iter().map(|corner| corner.pos.distance(center));
        assert!(radii.fold(f32::MAX, f32::min) > 3.7);
    }

    #[test]
    fn its_triangles_cover_the_disc_once() {
        let mut mesh = Mesh::default();
        let outline = Stroke::new(1.0, Color32::BLACK);
        for radius in [2.4, 3.6, 12.0] {
            mesh.clear();
            add(&mut mesh, pos2(10.0, 20.0), radius, Color32::WHITE, outline, 1.0);
            let area = area(&mesh);
            let outer = std::f32::consts::PI * (radius + 1.0).powi(2);
            assert!((0.99..=1.01).contains(&(area / outer)), "{radius}: {}", area / outer);
        }
    }

    #[test]
    fn a_thin_outline_is_mixed_with_the_fill() {
        let edge = |width| {
            let mut mesh = Mesh::default();
            let outline = Stroke::new(width, Color32::BLACK);
            add(&mut mesh, Pos2::ZERO, 3.0, Color32::WHITE, outline, 1.0);
            mesh.vertices[mesh.vertices.len() / 2].color
        };
        assert_eq!(edge(0.0), Color32::WHITE);
        assert_eq!(edge(1.5), Color32::BLACK);
        assert!((100..160).contains(&edge(0.5).r()), "{:?}", edge(0.5));
    }
}
