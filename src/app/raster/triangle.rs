//! One triangle: which pixels it covers, and its colour and texture coordinate at each.
//!
//! Coverage is decided in whole numbers, on a grid of 1/256 pixel. An edge that two triangles share
//! then has the very same equation in both, and a pixel centre on it falls to exactly one of them.

/// Sub-pixel positions along one pixel.
const GRID: i64 = 256;
/// Positions beyond this many pixels are pulled in, so that products of two fit into 64 bits.
const FAR: f32 = 1_000_000.0;

/// A corner as egui gives it, its position in pixels, its premultiplied colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Corner {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) color: [u8; 4],
    pub(super) uv: [f32; 2],
}

/// What is interpolated over a triangle: a colour from 0 to 255 and a texture coordinate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surface {
    pub(super) color: [f32; 4],
    pub(super) uv: [f32; 2],
}

impl Surface {
    /// Moves one pixel to the right.
    pub(super) fn step_right(&mut self, triangle: &Triangle) {
        let step = &triangle.step_x;
        self.color[0] += step.color[0];
        self.color[1] += step.color[1];
        self.color[2] += step.color[2];
        self.color[3] += step.color[3];
        self.uv[0] += step.uv[0];
        self.uv[1] += step.uv[1];
    }
}

/// The pixels of one row that a triangle covers; `x_max` is outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) y: i64,
    pub(super) x_min: i64,
    pub(super) x_max: i64,
}

/// A triangle ready to be filled.
#[derive(Debug)]
pub(super) struct Triangle {
    edges: [Edge; 3],
    /// Bounding box in grid units.
    min: [i64; 2],
    max: [i64; 2],
    corners: [Corner; 3],
    /// Position, in pixels, at which `origin` holds.
    origin_at: [f32; 2],
    origin: Surface,
    step_x: Surface,
    step_y: Surface,
}

impl Triangle {
    /// Prepares a triangle; `None` if it has no area or a position that is not a number.
    pub(super) fn new(corners: [Corner; 3]) -> Option<Self> {
        if corners.iter().any(|c| c.x.is_nan() || c.y.is_nan()) {
            return None;
        }
        let grid = |position: f32| (position.clamp(-FAR, FAR) * GRID as f32).round() as i64;
        let [a, b, c] = corners.map(|corner| [grid(corner.x), grid(corner.y)]);
        let double_area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        let edges = match double_area.signum() {
            1 => [Edge::new(a, b), Edge::new(b, c), Edge::new(c, a)],
            -1 => [Edge::new(a, c), Edge::new(c, b), Edge::new(b, a)],
            _ => return None,
        };
        let (step_x, step_y) = slopes(&corners, [a, b, c], double_area);
        Some(Triangle {
            edges,
            min: [a[0].min(b[0]).min(c[0]), a[1].min(b[1]).min(c[1])],
            max: [a[0].max(b[0]).max(c[0]), a[1].max(b[1]).max(c[1])],
            corners,
            origin_at: a.map(|position| position as f32 / GRID as f32),
            origin: Surface { color: corners[0].color.map(f32::from), uv: corners[0].uv },
            step_x,
            step_y,
        })
    }

    /// The covered pixels within a rectangle, row by row.
    pub(super) fn spans(
        &self,
        clip_min: [i64; 2],
        clip_max: [i64; 2],
    ) -> impl Iterator<Item = Span> + use<'_> {
        // The first and the last row or column whose pixel centres can lie inside.
        let first = |position: i64| (position - GRID / 2).div_euclid(GRID);
        let last = |position: i64| (position + GRID / 2).div_euclid(GRID);
        let x_range = [clip_min[0].max(first(self.min[0])), clip_max[0].min(last(self.max[0]) + 1)];
        let y_min = clip_min[1].max(first(self.min[1]));
        let y_max = clip_max[1].min(last(self.max[1]) + 1);
        (y_min..y_max).filter_map(move |y| {
            let [mut x_min, mut x_max] = x_range;
            for edge in &self.edges {
                edge.cut(y, &mut x_min, &mut x_max);
            }
            (x_min < x_max).then_some(Span { y, x_min, x_max })
        })
    }

    /// The surface at the centre of a pixel.
    pub(super) fn at(&self, x: i64, y: i64) -> Surface {
        let right = x as f32 + 0.5 - self.origin_at[0];
        let down = y as f32 + 0.5 - self.origin_at[1];
        let value = |origin, step_x, step_y| origin + right * step_x + down * step_y;
        let (origin, step_x, step_y) = (&self.origin, &self.step_x, &self.step_y);
        Surface {
            color: std::array::from_fn(|i| {
                value(origin.color[i], step_x.color[i], step_y.color[i])
            }),
            uv: std::array::from_fn(|i| value(origin.uv[i], step_x.uv[i], step_y.uv[i])),
        }
    }

    /// The colour, if all corners have the same.
    pub(super) fn constant_color(&self) -> Option<[f32; 4]> {
        let [a, b, c] = &self.corners;
        (a.color == b.color && b.color == c.color).then(|| a.color.map(f32::from))
    }

    /// The texture coordinate, if all corners have the same.
    pub(super) fn constant_uv(&self) -> Option<[f32; 2]> {
        let [a, b, c] = &self.corners;
        let bits = |corner: &Corner| corner.uv.map(f32::to_bits);
        (bits(a) == bits(b) && bits(b) == bits(c)).then_some(a.uv)
    }

    /// How many texels, by length, of a texture of this size fall on one pixel.
    pub(super) fn texels_per_pixel(&self, [width, height]: [usize; 2]) -> f32 {
        let length = |step: &Surface| {
            let [u, v] = step.uv;
            (u * width as f32).hypot(v * height as f32)
        };
        length(&self.step_x).max(length(&self.step_y))
    }
}

/// How much the surface changes over one pixel to the right and one pixel down.
fn slopes(corners: &[Corner; 3], at: [[i64; 2]; 3], double_area: i64) -> (Surface, Surface) {
    let [a, b, c] = at.map(|position| position.map(|p| p as f64 / GRID as f64));
    let area = double_area as f64 / (GRID * GRID) as f64;
    let slope = |values: [f32; 3]| {
        let [va, vb, vc] = values.map(f64::from);
        let right = ((vb - va) * (c[1] - a[1]) - (vc - va) * (b[1] - a[1])) / area;
        let down = ((vc - va) * (b[0] - a[0]) - (vb - va) * (c[0] - a[0])) / area;
        [right as f32, down as f32]
    };
    let color: [[f32; 2]; 4] = std::array::from_fn(|i| slope(corners.map(|c| c.color[i].into())));
    let uv: [[f32; 2]; 2] = std::array::from_fn(|i| slope(corners.map(|c| c.uv[i])));
    let along = |axis: usize| Surface {
        color: color.map(|slope| slope[axis]),
        uv: uv.map(|slope| slope[axis]),
    };
    (along(0), along(1))
}

/// A directed edge with the inside of the triangle on its right (y points down).
///
/// A point lies inside if `dx·(y − y₀) − dy·(x − x₀) ≥ margin`. The margin is 0 for top and left
/// edges, which own the points on them, and 1, the least whole number above 0, for the others.
#[derive(Debug, Clone, Copy)]
struct Edge {
    start: [i64; 2],
    dx: i64,
    dy: i64,
    margin: i64,
}

impl Edge {
    fn new(start: [i64; 2], end: [i64; 2]) -> Self {
        let (dx, dy) = (end[0] - start[0], end[1] - start[1]);
        let top_or_left = dy < 0 || (dy == 0 && dx > 0);
        Edge { start, dx, dy, margin: i64::from(!top_or_left) }
    }

    /// Narrows `x_min..x_max` to the pixels of row `y` whose centres lie inside this edge.
    fn cut(&self, y: i64, x_min: &mut i64, x_max: &mut i64) {
        let center = y * GRID + GRID / 2;
        // Inside: dy·(x − x₀) ≤ reach.
        let reach = self.dx * (center - self.start[1]) - self.margin;
        let offset = self.start[0] - GRID / 2;
        match self.dy.signum() {
            1 => {
                let last = (reach.div_euclid(self.dy) + offset).div_euclid(GRID);
                *x_max = (*x_max).min(last + 1);
            }
            -1 => {
                // The smallest whole x − x₀ with |dy|·(x − x₀) ≥ −reach, then the next centre.
                let least = offset - reach.div_euclid(-self.dy);
                *x_min = (*x_min).max((least + GRID - 1).div_euclid(GRID));
            }
            _ if reach < 0 => *x_max = *x_min,
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, clippy::expect_used, reason = "exact values, in tests")]
mod tests {
    use super::*;

    const SIZE: i64 = 40;

    fn corner(x: f32, y: f32) -> Corner {
        Corner { x, y, color: [0, 0, 0, 255], uv: [x / 10.0, y / 10.0] }
    }

    /// How often each pixel of a square picture is covered by the triangles.
    fn coverage(triangles: &[[(f32, f32); 3]]) -> Vec<Vec<u32>> {
        let mut counts = vec![vec![0; SIZE as usize]; SIZE as usize];
        for &corners in triangles {
            let Some(triangle) = Triangle::new(corners.map(|(x, y)| corner(x, y))) else {
                continue;
            };
            for span in triangle.spans([0, 0], [SIZE, SIZE]) {
                for x in span.x_min..span.x_max {
                    counts[span.y as usize][x as usize] += 1;
                }
            }
        }
        counts
    }

    #[test]
    fn a_known_triangle_covers_the_pixels_whose_centres_it_holds() {
        let counts = coverage(&[[(0.0, 0.0), (4.0, 0.0), (0.0, 4.0)]]);
        let rows: Vec<u32> = counts.iter().take(5).map(|row| row.iter().sum()).collect();
        // The slanted side passes through pixel centres and is neither a top nor a left edge.
        assert_eq!(rows, [3, 2, 1, 0, 0]);
    }

    #[test]
    fn both_halves_of_a_rectangle_cover_each_pixel_once() {
        for (left, top, right, bottom) in
            [(2.0, 3.0, 30.0, 17.0), (2.5, 3.5, 30.5, 17.5), (2.49, 3.51, 30.3, 17.77)]
        {
            let (a, b, c, d) = ((left, top), (right, top), (right, bottom), (left, bottom));
            for halves in [[[a, b, c], [a, c, d]], [[b, c, d], [d, b, a]]] {
                let counts = coverage(&halves);
                let total: u32 = counts.iter().flatten().sum();
                let expected = ((right - 0.5_f32).ceil() - (left - 0.5_f32).ceil())
                    * ((bottom - 0.5_f32).ceil() - (top - 0.5_f32).ceil());
                assert_eq!(total as f32, expected, "{left} {top}");
                assert!(counts.iter().flatten().all(|&count| count <= 1));
            }
        }
    }

    /// A fan around a point covers every pixel of the square exactly once, wherever the point lies.
    #[test]
    fn triangles_that_share_edges_leave_no_gap_and_no_overlap() {
        let square = [(0.0, 0.0), (40.0, 0.0), (40.0, 40.0), (0.0, 40.0)];
        for step in 0..200_u16 {
            let middle =
                (1.0 + f32::from(step * 37 % 380) / 10.0, 1.0 + f32::from(step * 53 % 380) / 10.0);
            let fan: [[(f32, f32); 3]; 4] =
                std::array::from_fn(|i| [square[i], square[(i + 1) % 4], middle]);
            let counts = coverage(&fan);
            assert!(counts.iter().flatten().all(|&count| count == 1), "{middle:?}");
        }
    }

    #[test]
    fn spans_stay_within_the_clip() {
        let triangle =
            Triangle::new([corner(-50.0, -50.0), corner(300.0, 5.0), corner(5.0, 300.0)]);
        let triangle = triangle.expect("it has an area");
        let spans: Vec<Span> = triangle.spans([10, 12], [14, 15]).collect();
        assert_eq!(spans.len(), 3);
        assert!(spans.iter().all(|span| (span.x_min, span.x_max) == (10, 14)));
    }

    #[test]
    fn the_surface_is_linear() {
        let corner = |x: u8, y: u8| Corner { color: [x, y, 0, 255], ..corner(x.into(), y.into()) };
        let triangle = Triangle::new([corner(1, 2), corner(31, 7), corner(9, 36)]);
        let triangle = triangle.expect("it has an area");
        let mut surface = triangle.at(10, 12);
        surface.step_right(&triangle);
        assert!((surface.color[0] - 11.5).abs() < 1e-3);
        assert!((surface.color[1] - 12.5).abs() < 1e-3);
        assert!((surface.uv[0] - 1.15).abs() < 1e-4);
    }

    #[test]
    fn nothing_is_drawn_of_flat_endless_or_undefined_triangles() {
        assert!(Triangle::new([corner(1.0, 1.0), corner(2.0, 2.0), corner(3.0, 3.0)]).is_none());
        assert!(
            Triangle::new([corner(f32::NAN, 1.0), corner(2.0, 2.0), corner(3.0, 9.0)]).is_none()
        );
        let huge =
            [corner(f32::NEG_INFINITY, -1e30), corner(1e30, -1e30), corner(0.0, f32::INFINITY)];
        let huge = Triangle::new(huge).expect("it has an area");
        assert_eq!(huge.spans([0, 0], [8, 8]).count(), 8);
    }
}
