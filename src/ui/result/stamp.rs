//! Markers as one square each: a texture holds their shapes.
//!
//! egui draws a small circle with an outline as about eighty vertices; on a map with thousands of
//! points they would be most of what a frame costs.

use eframe::egui::epaint::Vertex;
use eframe::egui::{
    Color32, ColorImage, Context, Mesh, Pos2, TextureHandle, TextureId, TextureOptions, Vec2, pos2,
    vec2,
};

use crate::ui::theme::Marker;

/// A shape in one colour. Lengths are in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stamp {
    /// A marker, its edge moved outwards (or inwards, if negative).
    Marker {
        /// Which.
        marker: Marker,
        /// How far.
        grown: f32,
    },
    /// A circle around a marker.
    Ring {
        /// How far outside of the marker's radius.
        grown: f32,
        /// How wide its line is.
        width: f32,
    },
}

/// The edge of a shape.
enum Edge {
    Circle(f32),
    Polygon(Vec<Vec2>),
}

impl Edge {
    fn of(marker: Marker, radius: f32) -> Self {
        match marker.corners() {
            None => Self::Circle(radius),
            Some(corners) => {
                Self::Polygon(corners.into_iter().map(|corner| corner * radius).collect())
            }
        }
    }

    /// How far a place is from the edge; negative within.
    fn distance(&self, place: Vec2) -> f32 {
        let corners = match self {
            Self::Circle(radius) => return place.length() - radius,
            Self::Polygon(corners) => corners,
        };
        let (mut nearest, mut within) = (f32::MAX, false);
        for (&start, &end) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            let (way, to) = (end - start, place - start);
            let share = (to.dot(way) / way.length_sq()).clamp(0.0, 1.0);
            nearest = nearest.min((to - way * share).length_sq());
            // A ray to the right leaves the shape as often as it enters, if it begins outside.
            let crosses = (start.y > place.y) != (end.y > place.y);
            if crosses && place.x < start.x + way.x * (place.y - start.y) / way.y {
                within = !within;
            }
        }
        if within { -nearest.sqrt() } else { nearest.sqrt() }
    }
}

impl Stamp {
    /// How much of the pixel around each of these places is covered, from 0 to 1.
    fn coverage(
        self,
        radius: f32,
        places: impl Iterator<Item = Vec2>,
    ) -> impl Iterator<Item = f32> {
        let edge = match self {
            Self::Marker { marker, .. } => Edge::of(marker, radius),
            Self::Ring { grown, .. } => Edge::Circle(radius + grown),
        };
        places.map(move |place| {
            let outside = match self {
                Self::Marker { grown, .. } => edge.distance(place) - grown,
                Self::Ring { width, .. } => edge.distance(place).abs() - width / 2.0,
            };
            (0.5 - outside).clamp(0.0, 1.0)
        })
    }

    /// How far from the middle anything of it may be.
    fn reach(self, radius: f32) -> f32 {
        let edge = match self {
            Self::Marker { grown, .. } => 1.5 * radius + grown,
            Self::Ring { grown, width } => radius + grown + width / 2.0,
        };
        edge + 1.0
    }
}

/// Texels along each side of a stamp. A pixel is two to five of them, so that it does not matter
/// where between two pixels a marker lies.
const SIDE: usize = 48;

/// The stamps of a map, side by side on one texture.
pub struct Sheet {
    stamps: Vec<Stamp>,
    /// The radius of all markers, in pixels.
    radius: f32,
    /// Half of the side of a stamp, in pixels.
    reach: f32,
    texture: TextureHandle,
}

impl Sheet {
    /// Draws these stamps, for markers of this radius.
    pub fn new(ctx: &Context, radius: f32, stamps: Vec<Stamp>) -> Self {
        let reach = stamps.iter().map(|stamp| stamp.reach(radius)).fold(1.0, f32::max);
        let picture = picture(&stamps, radius, reach);
        let texture = ctx.load_texture("markers of points", picture, TextureOptions::LINEAR);
        Self { stamps, radius, reach, texture }
    }

    /// Whether it has these stamps already.
    pub fn is(&self, radius: f32, stamps: &[Stamp]) -> bool {
        self.radius.to_bits() == radius.to_bits() && self.stamps == stamps
    }

    /// The texture.
    pub fn texture(&self) -> TextureId {
        self.texture.id()
    }

    /// Adds a stamp to a mesh with this texture; nothing, if the sheet does not have it. `pixel`
    /// is the size of a pixel, in points.
    pub fn add(&self, mesh: &mut Mesh, stamp: Stamp, center: Pos2, color: Color32, pixel: f32) {
        let Some(place) = self.stamps.iter().position(|other| *other == stamp) else { return };
        let first = mesh.vertices.len() as u32;
        let reach = self.reach * pixel;
        // The texels at the edge are empty: their middles are the corners.
        let margin = 0.5 / SIDE as f32;
        for corner in [vec2(-1.0, -1.0), vec2(1.0, -1.0), vec2(-1.0, 1.0), vec2(1.0, 1.0)] {
            let share = Vec2::splat(0.5) + corner * (0.5 - margin);
            let across = (place as f32 + share.x) / self.stamps.len() as f32;
            let uv = pos2(across, share.y);
            mesh.vertices.push(Vertex { pos: center + corner * reach, uv, color });
        }
        mesh.add_triangle(first, first + 1, first + 2);
        mesh.add_triangle(first + 1, first + 3, first + 2);
    }
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sheet").field("stamps", &self.stamps).finish_non_exhaustive()
    }
}

fn picture(stamps: &[Stamp], radius: f32, reach: f32) -> ColorImage {
    let width = SIDE * stamps.len();
    let mut image = ColorImage::filled([width, SIDE], Color32::TRANSPARENT);
    let place = |texel: usize| reach * (2.0 * texel as f32 / (SIDE - 1) as f32 - 1.0);
    for (number, stamp) in stamps.iter().enumerate() {
        let places = (0..SIDE * SIDE).map(|texel| vec2(place(texel % SIDE), place(texel / SIDE)));
        for (texel, covered) in stamp.coverage(radius, places).enumerate() {
            let at = (texel / SIDE) * width + number * SIDE + texel % SIDE;
            if let Some(texel) = image.pixels.get_mut(at) {
                *texel = Color32::from_white_alpha((covered * 255.0).round() as u8);
            }
        }
    }
    image
}

#[cfg(test)]
mod tests {
    use super::*;

    const RADIUS: f32 = 3.6;

    fn filled(marker: Marker) -> Stamp {
        Stamp::Marker { marker, grown: 0.0 }
    }

    /// The area that a stamp covers, in square pixels, and whether its edge is empty.
    fn area(stamp: Stamp, radius: f32) -> (f32, bool) {
        let reach = stamp.reach(radius);
        let image = picture(&[stamp], radius, reach);
        let texel = 2.0 * reach / (SIDE - 1) as f32;
        let alpha = |pixel: &Color32| f32::from(pixel.a()) / 255.0;
        let at_edge = |index: usize| {
            [index % SIDE, index / SIDE].iter().any(|place| [0, SIDE - 1].contains(place))
        };
        let empty = image.pixels.iter().enumerate().all(|(i, pixel)| !at_edge(i) || pixel.a() == 0);
        (image.pixels.iter().map(alpha).sum::<f32>() * texel * texel, empty)
    }

    #[test]
    fn no_marker_looks_heavier_than_another() {
        for marker in Marker::ALL {
            for radius in [2.4, RADIUS, 7.2] {
                let (covered, empty) = area(filled(marker), radius);
                let disc = std::f32::consts::PI * radius * radius;
                assert!((0.6..1.3).contains(&(covered / disc)), "{marker:?}: {}", covered / disc);
                assert!(empty, "{marker:?} of {radius} is cut off");
            }
        }
    }

    #[test]
    fn areas_are_those_of_the_shapes() {
        let square = (2.0 * 0.89 * RADIUS).powi(2);
        let disc = std::f32::consts::PI * RADIUS * RADIUS;
        for (marker, expected) in [(Marker::Square, square), (Marker::Circle, disc)] {
            let (covered, _) = area(filled(marker), RADIUS);
            assert!((covered / expected - 1.0).abs() < 0.03, "{marker:?}: {covered} {expected}");
        }
        let (ring, empty) = area(Stamp::Ring { grown: 2.0, width: 1.5 }, RADIUS);
        let expected = std::f32::consts::TAU * (RADIUS + 2.0) * 1.5;
        assert!((ring / expected - 1.0).abs() < 0.03 && empty, "{ring} {expected}");
    }

    #[test]
    fn what_is_grown_covers_more() {
        for marker in Marker::ALL {
            let [less, same, more] = [-0.7, 0.0, 0.7].map(|grown| {
                let (covered, empty) = area(Stamp::Marker { marker, grown }, RADIUS);
                assert!(empty, "{marker:?} grown by {grown} is cut off");
                covered
            });
            assert!(less < 0.9 * same && same < 0.9 * more, "{marker:?}: {less} {same} {more}");
        }
    }

    #[test]
    fn a_point_takes_two_triangles() {
        let ctx = Context::default();
        let stamps = vec![filled(Marker::Circle), filled(Marker::Star)];
        let sheet = Sheet::new(&ctx, RADIUS, stamps.clone());
        assert!(sheet.is(RADIUS, &stamps) && !sheet.is(2.0, &stamps));
        let mut mesh = Mesh::with_texture(sheet.texture());
        sheet.add(&mut mesh, filled(Marker::Star), pos2(10.0, 20.0), Color32::RED, 0.5);
        assert!(mesh.is_valid());
        assert_eq!((mesh.vertices.len(), mesh.indices.len()), (4, 6));
        assert!(mesh.vertices.iter().all(|corner| corner.uv.x > 0.5), "the second stamp");
        assert_eq!(mesh.calc_bounds().center(), pos2(10.0, 20.0));
        sheet.add(&mut mesh, filled(Marker::Cross), Pos2::ZERO, Color32::RED, 0.5);
        assert_eq!(mesh.vertices.len(), 4, "a stamp that is not there");
    }
}
