//! A line from point to point in a plot, whole or in dashes, as one strip of triangles.
//!
//! The plot library makes every dash a shape of its own with eight corners, and lays out a line
//! with edges that fade. In a learning curve of a thousand points that was 8 % of what a frame
//! costs.

use std::ops::RangeInclusive;

use eframe::egui::epaint::Vertex;
use eframe::egui::{Color32, Mesh, Pos2, Rect, Shape, Ui, Vec2, pos2};
use egui_plot::{
    LineStyle, PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotPoints, PlotTransform,
};

use crate::ui::cross_section::{self, CrossSection};

/// A line through points, with nothing under the pointer and no say in the plot's bounds.
pub struct Trace<'a> {
    base: PlotItemBase,
    points: PlotPoints<'a>,
    color: Color32,
    width: f32,
    style: LineStyle,
}

impl<'a> Trace<'a> {
    /// A whole line, 1.5 points wide, without a colour yet. Where a point is not finite, it is
    /// interrupted.
    pub fn new(name: &str, points: impl Into<PlotPoints<'a>>) -> Self {
        Self {
            base: PlotItemBase::new(name.to_owned()),
            points: points.into(),
            color: Color32::TRANSPARENT,
            width: 1.5,
            style: LineStyle::Solid,
        }
    }

    /// With this colour.
    pub fn color(self, color: Color32) -> Self {
        Self { color, ..self }
    }

    /// So wide, in points.
    pub fn width(self, width: f32) -> Self {
        Self { width, ..self }
    }

    /// Whole, in dashes or in dots.
    pub fn style(self, style: LineStyle) -> Self {
        Self { style, ..self }
    }

    /// Lengths of a dash and of the gap behind it, in points.
    fn pattern(&self) -> Option<[f32; 2]> {
        match self.style {
            LineStyle::Solid => None,
            LineStyle::Dashed { length } => Some([length, 0.62 * length]),
            LineStyle::Dotted { spacing } => {
                let dot = 1.2 * self.width;
                Some([dot, spacing - dot])
            }
        }
    }
}

impl PlotItem for Trace<'_> {
    fn shapes(&self, ui: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let mut mesh = Mesh::with_texture(cross_section::texture(ui.ctx()));
        let pixel = ui.pixels_per_point().max(0.1).recip();
        let area = ui.clip_rect().expand(self.width);
        let mut strip = Strip::new(&mut mesh, self.width, self.color, pixel);
        let mut dashes = self.pattern().map(Dashes::new);
        let places = self.points.points().iter().map(|point| transform.position_from_point(point));
        let mut before: Option<Pos2> = None;
        for place in places {
            let from = before.replace(place);
            let Some((start, end)) = from.and_then(|from| within(from, place, area)) else {
                continue;
            };
            match &mut dashes {
                None => strip.line(start, end),
                Some(dashes) => dashes.line(start, end, &mut strip),
            }
        }
        if !mesh.indices.is_empty() {
            shapes.push(Shape::mesh(mesh));
        }
    }

    fn initialize(&mut self, _: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        self.color
    }

    fn allow_hover(&self) -> bool {
        false
    }

    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn bounds(&self) -> PlotBounds {
        PlotBounds::NOTHING
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}

/// How far beyond the plot a point may lie before it is moved nearer, in points.
const FAR: f32 = 1e5;

/// The part of a straight piece that lies in `area` (Liang and Barsky, 1984); `None` for no part,
/// and for ends that are not finite.
fn within(start: Pos2, end: Pos2, area: Rect) -> Option<(Pos2, Pos2)> {
    if !(start.is_finite() && end.is_finite()) {
        return None;
    }
    // Where numbers of this size lie, what is a point away from what can no longer be told.
    let [start, end] = [start, end]
        .map(|place| place.clamp(area.min - Vec2::splat(FAR), area.max + Vec2::splat(FAR)));
    let way = end - start;
    let (mut enters, mut leaves) = (0.0_f32, 1.0_f32);
    let sides = [
        (-way.x, start.x - area.left()),
        (way.x, area.right() - start.x),
        (-way.y, start.y - area.top()),
        (way.y, area.bottom() - start.y),
    ];
    for (outwards, room) in sides {
        if outwards == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if outwards < 0.0 {
            enters = enters.max(room / outwards);
        } else {
            leaves = leaves.min(room / outwards);
        }
    }
    if enters > leaves {
        return None;
    }
    let at = |share: f32| match share {
        0.0 => start,
        1.0 => end,
        _ => start + way * share,
    };
    Some((at(enters), at(leaves)))
}

/// Pairs of corners along a line, on both sides of it.
struct Strip<'a> {
    mesh: &'a mut Mesh,
    section: CrossSection,
    reach: f32,
    /// How far a piece goes on beyond a sharp turn, so that nothing is missing at its tip.
    tip: f32,
    color: Color32,
    /// Where the last piece ended, and its direction.
    last: Option<(Pos2, Vec2)>,
}

impl<'a> Strip<'a> {
    fn new(mesh: &'a mut Mesh, width: f32, color: Color32, pixel: f32) -> Self {
        // Thinner than a pixel is fainter.
        let color = color.gamma_multiply((width / pixel).min(1.0));
        let section = cross_section::of_width(width / pixel);
        Self { mesh, section, reach: section.reach * pixel, tip: width / 2.0, color, last: None }
    }

    /// A straight piece. One that begins where the last ended, and does not turn back, shares its
    /// corners.
    fn line(&mut self, start: Pos2, end: Pos2) {
        let way = end - start;
        let length = way.length();
        if length < 1e-3 {
            return;
        }
        let direction = way / length;
        let last = self.last.filter(|(place, _)| place.distance_sq(start) < 1e-4);
        match last {
            Some((_, before)) if before.dot(direction) > 0.0 => {
                // Both sides meet where their bisector crosses them.
                let bisector = (before + direction) / (1.0 + before.dot(direction));
                self.move_last_pair(start, bisector);
            }
            Some((_, before)) => {
                self.move_last_pair(start + before * self.tip, before);
                self.pair(start - direction * self.tip, direction);
            }
            None => self.pair(start, direction),
        }
        self.pair(end, direction);
        let first = self.mesh.vertices.len() as u32 - 4;
        let [a, b, c, d] = [0, 1, 2, 3].map(|corner| first + corner);
        self.mesh.add_triangle(a, b, c);
        self.mesh.add_triangle(b, d, c);
        self.last = Some((end, direction));
    }

    /// The corners across the line at a place.
    fn corners(&self, place: Pos2, direction: Vec2) -> [Pos2; 2] {
        let across = direction.rot90() * self.reach;
        [place - across, place + across]
    }

    fn pair(&mut self, place: Pos2, direction: Vec2) {
        let (row, color) = (self.section.row, self.color);
        for (pos, edge) in self.corners(place, direction).into_iter().zip(self.section.edges) {
            self.mesh.vertices.push(Vertex { pos, uv: pos2(edge, row), color });
        }
    }

    fn move_last_pair(&mut self, place: Pos2, direction: Vec2) {
        let corners = self.corners(place, direction);
        for (vertex, pos) in self.mesh.vertices.iter_mut().rev().zip(corners.into_iter().rev()) {
            vertex.pos = pos;
        }
    }
}

/// Leaves gaps in a line.
struct Dashes {
    /// Lengths of a dash and of a gap.
    pattern: [f32; 2],
    /// Which of both it is at, and how much of it is left.
    part: usize,
    left: f32,
}

impl Dashes {
    fn new(pattern: [f32; 2]) -> Self {
        let pattern = pattern.map(|length| length.max(0.5));
        Self { pattern, part: 0, left: pattern[0] }
    }

    fn line(&mut self, start: Pos2, end: Pos2, strip: &mut Strip<'_>) {
        let length = (end - start).length();
        let at =
            |done: f32| if done >= length { end } else { start + (end - start) * (done / length) };
        let mut done = 0.0;
        while done < length {
            let step = self.left.min(length - done);
            if self.part == 0 {
                strip.line(at(done), at(done + step));
            }
            done += step;
            self.left -= step;
            if self.left <= 1e-3 {
                self.part = 1 - self.part;
                self.left = self.pattern.get(self.part).copied().unwrap_or(1.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eframe::egui;

    use super::*;
    use crate::ui::result::chart;

    const AREA: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(100.0, 50.0) };

    fn strip(lines: impl FnOnce(&mut Strip<'_>)) -> Mesh {
        let mut mesh = Mesh::default();
        lines(&mut Strip::new(&mut mesh, 2.0, Color32::WHITE, 1.0));
        assert!(mesh.is_valid());
        mesh
    }

    /// Area of all triangles.
    fn area(mesh: &Mesh) -> f32 {
        let areas = mesh.triangles().map(|corners| {
            let [a, b, c] = corners.map(|corner| mesh.vertices[corner as usize].pos);
            ((b - a).x * (c - a).y - (b - a).y * (c - a).x).abs() / 2.0
        });
        areas.sum()
    }

    #[test]
    fn only_what_is_in_the_area_is_left() {
        let cut = within(pos2(-100.0, 25.0), pos2(300.0, 25.0), AREA);
        assert_eq!(cut, Some((pos2(0.0, 25.0), pos2(100.0, 25.0))));
        let inside = (pos2(3.0, 4.0), pos2(90.0, 44.0));
        assert_eq!(within(inside.0, inside.1, AREA), Some(inside));
        let corner = within(pos2(-10.0, 20.0), pos2(30.0, 100.0), AREA);
        assert_eq!(corner, Some((pos2(0.0, 40.0), pos2(5.0, 50.0))));
        assert_eq!(within(pos2(-10.0, 40.0), pos2(30.0, 120.0), AREA), None);
        assert_eq!(within(pos2(10.0, 60.0), pos2(30.0, 60.0), AREA), None);
        assert_eq!(within(pos2(10.0, f32::NAN), pos2(30.0, 20.0), AREA), None);
        // A loss of 10³⁰ is far above, and its line comes down steeply.
        let (top, end) = within(pos2(10.0, -1e30), pos2(11.0, 20.0), AREA).expect("some of it");
        assert!(top.y.abs() < 0.1 && (top.x - 11.0).abs() < 0.01, "{top:?}");
        assert_eq!(end, pos2(11.0, 20.0));
    }

    #[test]
    fn a_line_has_two_corners_a_point() {
        let points = [0.0, 1.0, 2.0, 3.0, 4.0].map(|x: f32| pos2(10.0 * x, 20.0 + x * x));
        let mesh = strip(|strip| {
            for pair in points.windows(2) {
                strip.line(pair[0], pair[1]);
            }
        });
        assert_eq!((mesh.vertices.len(), mesh.indices.len()), (10, 24));
        let length: f32 = points.windows(2).map(|pair| (pair[1] - pair[0]).length()).sum();
        assert!((area(&mesh) / (3.0 * length) - 1.0).abs() < 0.01, "{}", area(&mesh) / length);
    }

    #[test]
    fn a_sharp_turn_has_its_tip() {
        let mesh = strip(|strip| {
            strip.line(pos2(0.0, 40.0), pos2(5.0, 0.0));
            strip.line(pos2(5.0, 0.0), pos2(10.0, 40.0));
        });
        assert_eq!(mesh.vertices.len(), 8);
        let highest = mesh.vertices.iter().map(|corner| corner.pos.y).fold(f32::MAX, f32::min);
        // As far as half the width and the edge that fades, not a long spike.
        assert!((-2.0..-0.5).contains(&highest), "{highest}");
    }

    #[test]
    fn in_a_plot_it_is_one_mesh_and_a_gap_stays_empty() {
        let ctx = egui::Context::default();
        // Two points within a pixel, one far to the right, a gap, and a flat piece.
        let points =
            vec![[0.0, 0.2], [1.0, 1.0], [1e3, 0.1], [2e3, f64::NAN], [3e3, 0.1], [4e3, 0.1]];
        let screen = Rect::from_min_size(Pos2::ZERO, egui::vec2(400.0, 300.0));
        let input = egui::RawInput { screen_rect: Some(screen), ..egui::RawInput::default() };
        let mut gap = 0.0..0.0;
        let mut output = ctx.run_ui(input, |ui| {
            chart::show(ui, chart::plot(ui, "trace", 200.0), |plot| {
                plot.set_plot_bounds(chart::area((0.0, 4e3), (0.0, 1.0)));
                plot.add(Trace::new("trace", points.clone()).color(Color32::RED).width(2.0));
                let place = |x: f64| plot.screen_from_plot([x, 0.1].into()).x;
                gap = place(1e3) + 3.0..place(3e3) - 3.0;
            });
        });
        output.textures_delta.clear();
        let texture = cross_section::texture(&ctx);
        let meshes: Vec<_> = output
            .shapes
            .iter()
            .filter_map(|clipped| match &clipped.shape {
                Shape::Mesh(mesh) if mesh.texture_id == texture => Some(Arc::clone(mesh)),
                _ => None,
            })
            .collect();
        let [mesh] = meshes.as_slice() else { panic!("{} meshes", meshes.len()) };
        assert!(gap.end - gap.start > 50.0, "{gap:?}");
        for corners in mesh.triangles() {
            let across = corners.map(|corner| mesh.vertices[corner as usize].pos.x);
            let beside =
                across.iter().all(|x| *x < gap.start) || across.iter().all(|x| *x > gap.end);
            assert!(beside, "{across:?} in {gap:?}");
        }
        // As much as the lines are long and wide, and nothing of what lies beneath the step.
        assert!(area(mesh) < 3.0 * 600.0, "{}", area(mesh));
    }

    #[test]
    fn dashes_go_on_around_corners() {
        let mesh = strip(|strip| {
            let mut dashes = Dashes::new([10.0, 5.0]);
            dashes.line(pos2(0.0, 0.0), pos2(7.0, 0.0), strip);
            dashes.line(pos2(7.0, 0.0), pos2(7.0, 38.0), strip);
        });
        // 45 long: three dashes, the first with a corner in it, which is a sharp turn.
        assert_eq!(mesh.vertices.len(), 8 + 4 + 4);
        let width = 3.0;
        assert!((area(&mesh) / width - 30.0).abs() < 2.5, "{}", area(&mesh) / width);
    }
}
