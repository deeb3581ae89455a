//! Curves as triangles: cubic Bézier curves from left to right, with soft edges.
//!
//! egui can draw such curves itself, but hundreds of them each frame cost more than the rest of
//! the window. Here all curves go into one mesh, kept until something changes.

use std::sync::LazyLock;

use eframe::egui::epaint::Vertex;
use eframe::egui::{Color32, Mesh, Pos2, Vec2, pos2, vec2};

use crate::ui::cross_section;

/// A curve from `start` to `end` that leaves and arrives horizontally. Its control points lie
/// halfway between the ends, at the height of each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curve {
    /// The left end.
    pub start: Pos2,
    /// The right end.
    pub end: Pos2,
}

impl Curve {
    /// The four points of the Bézier curve.
    pub fn control_points(self) -> [Pos2; 4] {
        let middle = f32::midpoint(self.start.x, self.end.x);
        [self.start, pos2(middle, self.start.y), pos2(middle, self.end.y), self.end]
    }

    /// The height of the curve above `x`, and how steep it is there; `None` beside the curve.
    pub fn height_at(self, x: f32) -> Option<(f32, f32)> {
        let across = self.end - self.start;
        if across.x <= 0.0 || !(self.start.x..=self.end.x).contains(&x) {
            return None;
        }
        let t = solve((x - self.start.x) / across.x);
        let Place { share, slope } = Place::at(t);
        Some((self.start.y + across.y * share.y, across.y * slope.y / (across.x * slope.x)))
    }
}

/// What all curves have in common at one t. With the control points above, the Bernstein
/// polynomials shrink to x = x₀ + Δx·(1.5t − 1.5t² + t³) and y = y₀ + Δy·(3t² − 2t³).
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Shares of the way across and of the way up.
    share: Vec2,
    /// Their derivatives.
    slope: Vec2,
}

impl Place {
    fn at(t: f32) -> Self {
        let slope = vec2(1.5 - 3.0 * t + 3.0 * t * t, 6.0 * t * (1.0 - t));
        Self { share: vec2(progress(t), rise(t)), slope }
    }
}

fn progress(t: f32) -> f32 {
    t * (1.5 + t * (t - 1.5))
}

fn rise(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// The t at which `progress` reaches `share`, by bisection: `progress` only grows.
fn solve(share: f32) -> f32 {
    let (mut low, mut high) = (0.0_f32, 1.0_f32);
    for _ in 0..18 {
        let middle = f32::midpoint(low, high);
        if progress(middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f32::midpoint(low, high)
}

/// Most steps of a curve that is not dashed.
const MOST_STEPS: usize = 18;

/// For each number of steps, the places at which they begin and end.
///
/// A chord misses its piece of a curve by an eighth of the second derivative times the square of
/// the step. The second derivative is proportional to 1 − 2t: such a curve bends at its ends and is
/// straight in the middle. With steps in inverse proportion to its root the error is the same
/// everywhere, and as small as with half as many equal steps again.
static STEPS: LazyLock<Vec<Vec<Place>>> = LazyLock::new(|| {
    let places = |steps| uneven(steps).map(Place::at).collect();
    (1..=MOST_STEPS).map(places).collect()
});

fn uneven(steps: usize) -> impl Iterator<Item = f32> {
    (0..=steps).map(move |step| {
        let side = 1.0 - 2.0 * step as f32 / steps as f32;
        0.5 - 0.5 * side.signum() * side.abs().powf(2.0 / 3.0)
    })
}

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pen {
    /// Width in points; thinner than a pixel is drawn fainter instead.
    pub width: f32,
    /// Colour.
    pub color: Color32,
    /// Whether it is interrupted.
    pub dashed: bool,
}

/// Length of a dash and of the space behind it, in points.
const DASH: f32 = 5.0;

/// Adds a curve to a mesh with the texture of the [`cross_section`]s. `pixel` is the size of a
/// pixel, in points.
pub(super) fn add(mesh: &mut Mesh, curve: Curve, pen: Pen, pixel: f32) {
    let length = (curve.end - curve.start).length();
    let steps = if pen.dashed {
        // Each step is one dash or one space.
        ((length / DASH) as usize).clamp(9, 120) | 1
    } else if (curve.end.y - curve.start.y).abs() < 0.5 {
        1
    } else {
        // The corners of a faint curve show less.
        let (step, least, most) =
            if pen.width < 1.0 { (17.0, 4, 12) } else { (12.0, 6, MOST_STEPS) };
        ((length / step) as usize).clamp(least, most)
    };
    // Thinner than a pixel is fainter.
    let color = pen.color.gamma_multiply((pen.width / pixel).clamp(0.05, 1.0));
    let section = cross_section::of_width(pen.width / pixel);
    let reach = section.reach * pixel;
    let across = curve.end - curve.start;
    let [left, right] = section.edges.map(|edge| pos2(edge, section.row));
    let first = mesh.vertices.len() as u32;
    let pair = |place: &Place| {
        let center = curve.start + across * place.share;
        let direction = across * place.slope;
        let side = (direction * (reach / direction.length_sq().sqrt().max(1e-6))).rot90();
        [
            Vertex { pos: center - side, uv: left, color },
            Vertex { pos: center + side, uv: right, color },
        ]
    };
    // One piece after another, written together: there are twenty thousand corners.
    mesh.vertices.reserve(2 * (steps + 1));
    match STEPS.get(steps - 1).filter(|_| !pen.dashed) {
        Some(places) => {
            for place in places {
                mesh.vertices.extend_from_slice(&pair(place));
            }
        }
        None => {
            for step in 0..=steps {
                let place = Place::at(step as f32 / steps as f32);
                mesh.vertices.extend_from_slice(&pair(&place));
            }
        }
    }
    mesh.indices.reserve(6 * steps);
    for step in (0..steps as u32).step_by(if pen.dashed { 2 } else { 1 }) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|corner| first + 2 * step + corner);
        mesh.indices.extend_from_slice(&[a, b, c, b, d, c]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURVE: Curve = Curve { start: pos2(10.0, 20.0), end: pos2(110.0, 220.0) };

    impl Curve {
        fn at(self, t: f32) -> Pos2 {
            self.start + (self.end - self.start) * Place::at(t).share
        }
    }

    #[test]
    fn the_short_form_is_the_bezier_curve() {
        let [a, b, c, d] = CURVE.control_points().map(Pos2::to_vec2);
        for step in 0..=10_u8 {
            let t = f32::from(step) / 10.0;
            let s = 1.0 - t;
            let long =
                a * s.powi(3) + b * (3.0 * t * s * s) + c * (3.0 * t * t * s) + d * t.powi(3);
            assert!((CURVE.at(t).to_vec2() - long).length() < 1e-3);
        }
    }

    #[test]
    fn the_height_is_found_from_the_place() {
        for step in 0..=10_u8 {
            let place = CURVE.at(f32::from(step) / 10.0);
            let (height, _) = CURVE.height_at(place.x).expect("within the curve");
            assert!((height - place.y).abs() < 0.1, "{height} instead of {}", place.y);
        }
        assert_eq!(CURVE.height_at(9.0), None);
    }

    #[test]
    fn steps_of_a_curve_miss_it_by_the_same_everywhere() {
        for steps in 6..=MOST_STEPS {
            let places: Vec<f32> = uneven(steps).collect();
            let errors: Vec<f32> = places
                .windows(2)
                .map(|step| {
                    let [a, b] = [step[0], step[1]].map(|t| CURVE.at(t));
                    let middle = CURVE.at(f32::midpoint(step[0], step[1]));
                    (middle - (a + (b - a) / 2.0)).length()
                })
                .collect();
            let largest = errors.iter().copied().fold(0.0, f32::max);
            let even = {
                let t = 1.0 / (places.len() - 1) as f32;
                let (a, b) = (CURVE.at(0.0), CURVE.at(t));
                (CURVE.at(t / 2.0) - (a + (b - a) / 2.0)).length()
            };
            assert!(largest < 0.65 * even, "{largest} instead of {even}");
        }
    }

    #[test]
    fn a_thin_curve_needs_fewer_triangles() {
        let count = |width| {
            let mut mesh = Mesh::default();
            add(&mut mesh, CURVE, Pen { width, color: Color32::WHITE, dashed: false }, 1.0);
            assert!(mesh.is_valid());
            mesh.indices.len()
        };
        assert!(4 * count(0.7) <= 3 * count(3.0));
    }

    #[test]
    fn a_dashed_curve_has_about_half_the_triangles() {
        let count = |dashed| {
            let mut mesh = Mesh::default();
            add(&mut mesh, CURVE, Pen { width: 2.0, color: Color32::WHITE, dashed }, 1.0);
            assert!(mesh.is_valid());
            (mesh.indices.len(), mesh.vertices.len())
        };
        let (indices, vertices) = count(true);
        assert!(indices < vertices * 3);
        assert!(count(false).0 > 0);
    }
}
