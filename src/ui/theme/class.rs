//! The colours and marker shapes of classes.
//!
//! Classes are told apart twice, by colour and by shape, so that nobody needs to see colours.
//! The six colours are Okabe and Ito's (*Color Universal Design*, 2008) without the yellow, which
//! is lost on white, and the black, which is lost on the dark theme. The first two are the orange
//! and the blue of signed values, so that a two-class map and its points agree.

use std::f32::consts::TAU;

use eframe::egui::{self, Color32, Pos2, Shape, Stroke, Vec2, pos2, vec2};

/// How many colours and how many shapes there are before they repeat.
pub const CLASSES: usize = 6;

const COLORS: [Color32; CLASSES] = [
    Color32::from_rgb(0xe6, 0x9f, 0x00), // orange
    Color32::from_rgb(0x00, 0x72, 0xb2), // blue
    Color32::from_rgb(0x00, 0x9e, 0x73), // bluish green
    Color32::from_rgb(0xcc, 0x79, 0xa7), // reddish purple
    Color32::from_rgb(0xd5, 0x5e, 0x00), // vermilion
    Color32::from_rgb(0x56, 0xb4, 0xe9), // sky blue
];

/// The colour of the class with this index. It repeats after [`CLASSES`] classes.
pub fn class_color(index: usize) -> Color32 {
    COLORS[index % CLASSES]
}

/// The marker of the class with this index.
///
/// When the colours repeat, the shapes move on by one, so that the first 36 classes all look
/// different.
pub fn class_marker(index: usize) -> Marker {
    Marker::ALL[(index + index / CLASSES) % CLASSES]
}

/// The shape that stands for a point of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Marker {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Triangle,
    /// ◆
    Diamond,
    /// ✕
    Cross,
    /// ★
    Star,
}

impl Marker {
    /// Every shape, in the order in which classes get them.
    pub const ALL: [Marker; CLASSES] = [
        Marker::Circle,
        Marker::Square,
        Marker::Triangle,
        Marker::Diamond,
        Marker::Cross,
        Marker::Star,
    ];

    /// The shape's name, for a legend and for a screen reader.
    pub fn name(self) -> &'static str {
        match self {
            Marker::Circle => "circle",
            Marker::Square => "square",
            Marker::Triangle => "triangle",
            Marker::Diamond => "diamond",
            Marker::Cross => "cross",
            Marker::Star => "star",
        }
    }

    /// The corners of the shape around the middle, for a radius of 1; `None` for a circle.
    pub fn corners(self) -> Option<Vec<Vec2>> {
        match self {
            Marker::Circle => None,
            Marker::Square => Some(SQUARE.to_vec()),
            Marker::Triangle => Some(TRIANGLE.to_vec()),
            Marker::Diamond => Some(DIAMOND.to_vec()),
            Marker::Cross => {
                // Ends of four arms, and the corners between them.
                let arm = |turn: f32| {
                    let angle = TAU / 8.0 + turn * TAU / 4.0;
                    let (along, across) = (Vec2::angled(angle), Vec2::angled(angle + TAU / 4.0));
                    let (end, side) = (along * CROSS_LENGTH, across * CROSS_ARM);
                    [end - side, end + side, along * CROSS_ARM + side]
                };
                Some([0.0, 1.0, 2.0, 3.0].into_iter().flat_map(arm).collect())
            }
            Marker::Star => {
                let corners = (0..10).map(|corner: u8| {
                    let distance = if corner.is_multiple_of(2) { STAR_TIP } else { STAR_NOTCH };
                    Vec2::angled(f32::from(corner) * TAU / 10.0 - TAU / 4.0) * distance
                });
                Some(corners.collect())
            }
        }
    }

    /// Appends the shape to `shapes`, centred on `center` and with the area of a circle of `radius`
    /// points, more or less, so that no class looks heavier than another.
    ///
    /// The `outline` sets the marker off from a ground of its own colour; its width may be zero.
    pub fn draw(
        self,
        shapes: &mut Vec<Shape>,
        center: Pos2,
        radius: f32,
        fill: Color32,
        outline: Stroke,
    ) {
        let corners = |unit: &[Vec2]| -> Vec<Pos2> {
            unit.iter().map(|&corner| center + corner * radius).collect()
        };
        match self {
            Marker::Circle => shapes.push(Shape::Circle(egui::epaint::CircleShape {
                center,
                radius,
                fill,
                stroke: outline,
            })),
            Marker::Square => shapes.push(polygon(corners(&SQUARE), fill, outline)),
            Marker::Triangle => shapes.push(polygon(corners(&TRIANGLE), fill, outline)),
            Marker::Diamond => shapes.push(polygon(corners(&DIAMOND), fill, outline)),
            Marker::Cross => {
                let arms = [[0, 2], [1, 3]].map(|[a, b]| {
                    [a, b].map(|corner: usize| {
                        center + SQUARE[corner].normalized() * CROSS_LENGTH * radius
                    })
                });
                if outline.width > 0.0 {
                    let width = 2.0 * CROSS_ARM * radius + 2.0 * outline.width;
                    shapes.extend(arms.map(|arm| Shape::line_segment(arm, (width, outline.color))));
                }
                shapes.extend(
                    arms.map(|arm| Shape::line_segment(arm, (2.0 * CROSS_ARM * radius, fill))),
                );
            }
            Marker::Star => {
                if outline.width > 0.0 {
                    let scale = 1.0 + 1.6 * outline.width / radius.max(1.0);
                    star(shapes, center, radius * scale, outline.color);
                }
                star(shapes, center, radius, fill);
            }
        }
    }
}

const SQUARE: [Vec2; 4] =
    [vec2(-0.89, -0.89), vec2(0.89, -0.89), vec2(0.89, 0.89), vec2(-0.89, 0.89)];
const TRIANGLE: [Vec2; 3] = [vec2(0.0, -1.3), vec2(1.13, 0.75), vec2(-1.13, 0.75)];
const DIAMOND: [Vec2; 4] = [vec2(0.0, -1.27), vec2(1.27, 0.0), vec2(0.0, 1.27), vec2(-1.27, 0.0)];

/// Half the width of a cross's arms, and their length from the middle.
const CROSS_ARM: f32 = 0.35;
const CROSS_LENGTH: f32 = 1.3846;
/// Distances of a star's tips and notches from its middle.
const STAR_TIP: f32 = 1.45;
const STAR_NOTCH: f32 = 0.62;

fn polygon(corners: Vec<Pos2>, fill: Color32, outline: Stroke) -> Shape {
    Shape::convex_polygon(corners, fill, outline)
}

/// A five-pointed star of five overlapping kites: egui fills convex shapes only.
fn star(shapes: &mut Vec<Shape>, center: Pos2, radius: f32, fill: Color32) {
    let point = |angle: f32, distance: f32| {
        pos2(center.x + angle.sin() * distance * radius, center.y - angle.cos() * distance * radius)
    };
    let tenth = TAU / 10.0;
    for tip in 0..5 {
        let angle = 2.0 * tenth * tip as f32;
        let kite = vec![
            point(angle, STAR_TIP),
            point(angle + tenth, STAR_NOTCH),
            point(angle + 5.0 * tenth, STAR_NOTCH),
            point(angle - tenth, STAR_NOTCH),
        ];
        shapes.push(Shape::convex_polygon(kite, fill, Stroke::NONE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn thirty_six_classes_look_different() {
        let looks: HashSet<(Color32, Marker)> =
            (0..36).map(|index| (class_color(index), class_marker(index))).collect();
        assert_eq!(looks.len(), 36);
    }

    #[test]
    fn neighbouring_classes_differ_in_colour_and_in_shape() {
        for index in 0..36 {
            assert_ne!(class_color(index), class_color(index + 1));
            assert_ne!(class_marker(index), class_marker(index + 1), "{index}");
        }
    }
}
