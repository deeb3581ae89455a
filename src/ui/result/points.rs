//! The data points on the map: where they lie, what they look like, which are taken for another
//! class. They are turned into triangles once and drawn from there until something changes.

use std::sync::Arc;

use eframe::egui::epaint::Mesh;
use eframe::egui::{Color32, Context, Pos2, Shape, Stroke, Ui};

use super::look::{Looks, number_color};
use super::plane::Plane;
use super::stamp::{Sheet, Stamp};
use crate::data::{Samples, TargetEncoding};
use crate::experiment::{DataSource, ExperimentSpec};
use crate::insight::{Axis, InsightFrame, Scale};
use crate::ui::theme::{self, Marker, Palette};
use crate::ui::{Scene, View};

/// Most points drawn.
const SHOWN: usize = 2000;
/// How much wider than its marker the ring around a wrong point is, in points on screen.
const RING: f32 = 2.0;
/// How wide its line is.
const RING_LINE: f32 = 1.5;
/// Widest shift of points that would lie on each other, in levels of a category.
const JITTER: f64 = 0.32;

/// One point on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapPoint {
    /// Values on both axes.
    pub at: [f64; 2],
    /// Number of its row in the samples.
    pub row: u32,
    /// Its class, by the network's outputs; `None` for a regression, or where the network has no
    /// such class.
    pub class: Option<usize>,
    /// Which colour and marker its class has; `None` for a regression.
    pub look: Option<usize>,
    /// Its target, for a regression.
    pub value: f64,
    /// Whether it is of the training part.
    pub train: bool,
}

/// The points of the map and their triangles.
#[derive(Debug, Default)]
pub struct MapPoints {
    key: Option<Key>,
    /// All points drawn, at most [`SHOWN`] of a table.
    pub points: Vec<MapPoint>,
    /// The smallest and the largest target of a regression.
    pub range: (f64, f64),
    /// Grows whenever the points are collected anew.
    pub generation: u64,
    markers: Option<(Drawing, Arc<Mesh>)>,
    rings: Option<(Drawing, u64, Arc<Mesh>)>,
    /// The shapes of the markers and rings.
    sheet: Option<Sheet>,
}

/// What the points were collected from.
#[derive(Clone, Debug)]
struct Key {
    samples: Option<Arc<Samples>>,
    spec: Arc<ExperimentSpec>,
    x: usize,
    y: Option<usize>,
}

impl Key {
    fn is(&self, other: &Self) -> bool {
        let same_samples = match (&self.samples, &other.samples) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same_samples
            && Arc::ptr_eq(&self.spec, &other.spec)
            && (self.x, self.y) == (other.x, other.y)
    }
}

/// How the points are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Drawing {
    plane: Plane,
    parts: [bool; 2],
    dark: bool,
    pixels_per_point: f32,
}

impl Drawing {
    /// The size of a pixel, in points.
    fn pixel(&self) -> f32 {
        self.pixels_per_point.max(0.1).recip()
    }
}

impl MapPoints {
    /// Collects the points, unless they are the same as last time.
    pub fn collect(&mut self, scene: &Scene<'_>, looks: &Looks, x: &Axis, y: Option<&Axis>) {
        let key = Key {
            samples: scene.samples.cloned(),
            spec: Arc::clone(scene.history.spec()),
            x: x.column,
            y: y.map(|axis| axis.column),
        };
        if self.key.as_ref().is_some_and(|old| old.is(&key)) {
            return;
        }
        self.points = match &scene.spec.data.source {
            DataSource::Points(_) if y.is_some() => painted(scene),
            _ => scene.samples.map_or_else(Vec::new, |samples| of_rows(samples, looks, x, y)),
        };
        let values = self.points.iter().map(|point| point.value);
        self.range = values
            .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        self.key = Some(key);
        self.generation += 1;
        self.markers = None;
        self.rings = None;
    }

    /// Draws the points, and rings around those that are taken for another class.
    pub fn draw(&mut self, ui: &Ui, scene: &Scene<'_>, view: &View, plane: Plane) {
        let palette = theme::palette(ui);
        let drawing = Drawing {
            plane,
            parts: [view.show_training, view.show_validation],
            dark: palette.dark,
            pixels_per_point: ui.pixels_per_point(),
        };
        if self.markers.as_ref().is_none_or(|(old, _)| *old != drawing) {
            let mesh = self.stamp_markers(ui.ctx(), drawing, palette);
            self.markers = Some((drawing, Arc::new(mesh)));
            self.rings = None;
        }
        self.update_rings(scene, drawing, palette);
        let painter = ui.painter().with_clip_rect(plane.rect.expand(theme::SPACE_1));
        let rings = self.rings.as_ref().map(|(_, _, mesh)| mesh);
        let markers = self.markers.as_ref().map(|(_, mesh)| mesh);
        for mesh in [rings, markers].into_iter().flatten() {
            painter.add(Shape::Mesh(Arc::clone(mesh)));
        }
    }

    /// All markers, with stamps for all of their looks and for the rings.
    fn stamp_markers(&mut self, ctx: &Context, drawing: Drawing, palette: &Palette) -> Mesh {
        let pixel = drawing.pixel();
        let shown = || shown(&self.points, drawing.parts);
        let mut stamps = vec![ring(pixel)];
        for stamp in shown().flat_map(|point| Look::of(point, self.range, palette).stamps(pixel)) {
            if !stamps.contains(&stamp) {
                stamps.push(stamp);
            }
        }
        let radius = radius(self.points.len()) / pixel;
        let sheet = match self.sheet.take() {
            Some(sheet) if sheet.is(radius, &stamps) => sheet,
            _ => Sheet::new(ctx, radius, stamps),
        };
        let mut mesh = Mesh::with_texture(sheet.texture());
        for point in shown() {
            let center = drawing.plane.screen_from(point.at);
            let look = Look::of(point, self.range, palette);
            let colors = [look.outline.color, look.fill];
            for (stamp, color) in look.stamps(pixel).into_iter().zip(colors) {
                sheet.add(&mut mesh, stamp, center, color, pixel);
            }
        }
        self.sheet = Some(sheet);
        mesh
    }

    fn update_rings(&mut self, scene: &Scene<'_>, drawing: Drawing, palette: &Palette) {
        let (Some(frame), Some(sheet)) = (matching_insight(scene), &self.sheet) else {
            self.rings = None;
            return;
        };
        let fresh = self
            .rings
            .as_ref()
            .is_some_and(|(old, snapshot, _)| *old == drawing && *snapshot == frame.snapshot);
        if fresh {
            return;
        }
        let mut mesh = Mesh::with_texture(sheet.texture());
        let pixel = drawing.pixel();
        for point in shown(&self.points, drawing.parts).filter(|point| is_wrong(point, frame)) {
            let center = drawing.plane.screen_from(point.at);
            // The map is light in both themes, so the ring is the strong red of both.
            sheet.add(&mut mesh, ring(pixel), center, palette.danger, pixel);
        }
        self.rings = Some((drawing, frame.snapshot, Arc::new(mesh)));
    }

    /// The point nearest to a place on screen, if one is within `reach`.
    pub fn nearest(&self, plane: &Plane, place: Pos2, view: &View, reach: f32) -> Option<MapPoint> {
        let distance = |point: &MapPoint| plane.screen_from(point.at).distance(place);
        shown(&self.points, [view.show_training, view.show_validation])
            .map(|point| (distance(point), point))
            .filter(|(distance, _)| *distance <= reach)
            .min_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, point)| *point)
    }
}

/// The latest look into the network, if it is about the rows that are shown.
pub fn matching_insight<'a>(scene: &Scene<'a>) -> Option<&'a InsightFrame> {
    let (frame, samples) = (scene.insight?, scene.samples?);
    Arc::ptr_eq(&frame.prepared.samples, samples).then_some(frame)
}

/// Whether the network takes this point for another class.
pub fn is_wrong(point: &MapPoint, frame: &InsightFrame) -> bool {
    let predicted = frame.predicted.get(point.row as usize);
    match (point.class, predicted) {
        (Some(class), Some(&predicted)) => usize::from(predicted) != class,
        _ => false,
    }
}

fn shown(points: &[MapPoint], [train, validation]: [bool; 2]) -> impl Iterator<Item = &MapPoint> {
    points.iter().filter(move |point| if point.train { train } else { validation })
}

fn of_rows(samples: &Samples, looks: &Looks, x: &Axis, y: Option<&Axis>) -> Vec<MapPoint> {
    let rows = samples.train.len() + samples.validation.len();
    let stride = rows.div_ceil(SHOWN).max(1);
    let target = &samples.encoder.target;
    let column = samples.table.column(target.name());
    let mut points = Vec::with_capacity(rows.min(SHOWN));
    for (part, train) in [(&samples.train, true), (&samples.validation, false)] {
        for &row in part.iter().step_by(stride) {
            let value = column.map_or(f64::NAN, |column| number(&column.values.cell(row as usize)));
            let class = column
                .filter(|_| matches!(target, TargetEncoding::Classes { .. }))
                .and_then(|column| target.class_of(&column.values, row as usize));
            let height = match y {
                Some(y) => coordinate(samples, y, row),
                None => Some(class.map_or(value, |class| class as f64)),
            };
            if let (Some(across), Some(height)) = (coordinate(samples, x, row), height) {
                let at = [across, height];
                let look = class.map(|class| looks.look(class));
                points.push(MapPoint { at, row, class, look, value, train });
            }
        }
    }
    points
}

fn coordinate(samples: &Samples, axis: &Axis, row: u32) -> Option<f64> {
    let column = samples.table.column(&axis.name)?;
    let value = axis.value(&column.values.cell(row as usize))?;
    Some(match axis.scale {
        Scale::Number { .. } => value,
        // All rows of a level lie on one line: spread them a little, each always the same way.
        Scale::Category { .. } => value + JITTER * (2.0 * scattered(row, axis.column) - 1.0),
    })
}

/// A number from 0 to 1 that belongs to a row and a column and looks random (the golden ratio's
/// multiples are spread evenly).
fn scattered(row: u32, column: usize) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_895;
    (f64::from(row) * GOLDEN + column as f64 * 0.37).fract()
}

/// Radius of a marker: many points are small.
fn radius(count: usize) -> f32 {
    match count {
        0..=250 => 3.6,
        251..=700 => 3.0,
        _ => 2.4,
    }
}

fn number(cell: &crate::data::Cell) -> f64 {
    match cell {
        crate::data::Cell::Number(value) => *value,
        _ => f64::NAN,
    }
}

/// Painted points come from the document, so that a stroke is seen at once, before the rows are
/// prepared. Which part each belongs to is known once they are.
fn painted(scene: &Scene<'_>) -> Vec<MapPoint> {
    let DataSource::Points(spec) = &scene.spec.data.source else {
        return Vec::new();
    };
    let mut train = vec![true; spec.points.len()];
    let mut classes = vec![None; spec.points.len()];
    if let Some(samples) = scene.samples.filter(|samples| samples.table.rows() == train.len()) {
        for &row in &samples.validation {
            if let Some(part) = train.get_mut(row as usize) {
                *part = false;
            }
        }
        let target = &samples.encoder.target;
        if let Some(column) = samples.table.column(target.name()) {
            for (row, class) in classes.iter_mut().enumerate() {
                *class = target.class_of(&column.values, row);
            }
        }
    }
    let points = spec.points.iter().zip(train).zip(classes).enumerate();
    points
        .map(|(row, ((point, train), class))| MapPoint {
            at: [point.x1, point.x2],
            row: row as u32,
            class,
            look: Some(point.class),
            value: f64::NAN,
            train,
        })
        .collect()
}

/// What a point looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    marker: Marker,
    fill: Color32,
    outline: Stroke,
}

impl Look {
    /// A training point is filled with its colour, a validation point is hollow.
    fn of(point: &MapPoint, range: (f64, f64), palette: &Palette) -> Self {
        let (marker, color, light) = if let Some(look) = point.look {
            (theme::class_marker(look), theme::class_color(look), palette.neutral)
        } else {
            let color = number_color(point.value, range, palette);
            (Marker::Circle, color, ink(palette))
        };
        let (fill, outline, width) = match (point.train, point.look) {
            (true, _) => (color, light, 0.7),
            (false, Some(_)) => (light, color, 1.4),
            // A number is its colour: a hollow point would hide it, so it has a light rim instead.
            (false, None) => (color, palette.neutral, 1.2),
        };
        Self { marker, fill, outline: Stroke::new(width, outline) }
    }

    /// Its outline, and on it what is within. The outline lies on the edge of the marker; around a
    /// marker with thin arms it lies outside.
    fn stamps(self, pixel: f32) -> [Stamp; 2] {
        let width = self.outline.width / pixel;
        let (outer, inner) = match self.marker {
            Marker::Cross | Marker::Star => (width, 0.0),
            _ => (width / 2.0, -width / 2.0),
        };
        [outer, inner].map(|grown| Stamp::Marker { marker: self.marker, grown })
    }
}

/// The ring around a wrong point.
fn ring(pixel: f32) -> Stamp {
    Stamp::Ring { grown: RING / pixel, width: RING_LINE / pixel }
}

/// The darkest tone of the theme.
fn ink(palette: &Palette) -> Color32 {
    if palette.dark { palette.canvas } else { palette.text_strong }
}
