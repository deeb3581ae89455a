//! A small decision map for each racer, with its name, epoch and quality.

use std::sync::Arc;

use eframe::egui::emath::GuiRounding as _;
use eframe::egui::{
    Align2, FontId, Mesh, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::dimension::look_of;
use super::standings::Standings;
use crate::app::Race;
use crate::app::growth::Growth;
use crate::data::{Samples, TargetEncoding};
use crate::insight::map::Drawn;
use crate::insight::{Axis, InsightFrame};
use crate::optim;
use crate::train::Metrics;
use crate::train::race::quality;
use crate::ui::result::map_image::MapImage;
use crate::ui::result::{Looks, shortened};
use crate::ui::theme::{self, Palette, Series};
use crate::ui::{Scene, format};

/// Smallest and largest side of a map, in points.
const SIDE: (f32, f32) = (64.0, 240.0);
/// Height of the name above a map and of the figures below it, in points.
const WORDS: f32 = 20.0;
/// Side below which only the quality stands below a map, in points.
const NARROW: f32 = 136.0;
/// Most rows drawn on a map.
const DOTS: usize = 120;

/// What the maps keep between frames.
#[derive(Debug, Default)]
pub struct MapsState {
    images: Vec<MapImage>,
    dots: Option<Dots>,
}

/// The rows on the map, as shares of its width and height from the lower left corner.
#[derive(Debug)]
struct Dots {
    samples: Arc<Samples>,
    axes: (Axis, Axis),
    places: Vec<(Vec2, Option<usize>)>,
}

/// Draws the maps side by side in the width there is and, if it is limited, in `height` points.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    race: &Race,
    standings: &Standings,
    height: Option<f32>,
    state: &mut MapsState,
) {
    let frames: Vec<_> =
        standings.rows().iter().map(|row| race.racers.get(row.index)?.insight()).collect();
    let tiles: Vec<Tile<'_>> = standings
        .rows()
        .iter()
        .zip(&frames)
        .map(|(row, frame)| {
            let quality = quality_text(row.standing.metrics);
            let stop = row.standing.stop.as_ref().map(ToString::to_string).unwrap_or_default();
            Tile {
                series: row.index,
                name: row.name.clone(),
                figures: format!("epoch {} · {quality}", format::count(row.standing.epoch)),
                about: format!("{}. {stop}", row.standing.verdict),
                frame: frame.as_deref(),
            }
        })
        .collect();
    grid(ui, scene, &tiles, height, state);
}

/// How many maps stand side by side, and how large they are: the largest that fit.
pub fn layout(count: usize, room: Vec2) -> (usize, f32) {
    let fits = |columns: usize| {
        let rows = count.div_ceil(columns) as f32;
        let across = (room.x - theme::SPACE_2 * (columns - 1) as f32) / columns as f32;
        let down = (room.y - theme::SPACE_2 * (rows - 1.0)) / rows - 2.0 * WORDS;
        across.min(down).min(SIDE.1)
    };
    // The last of equals is taken: the fewest columns, as near to a square as there is.
    let best = (1..=count.max(1)).rev().max_by(|&a, &b| fits(a).total_cmp(&fits(b))).unwrap_or(1);
    (best, fits(best).max(SIDE.0).floor())
}

/// What the maps of a result that stands still keep between frames.
#[derive(Debug, Default)]
pub struct Thumbnails {
    of: Option<Arc<Growth>>,
    maps: MapsState,
}

/// Draws the maps of networks of one width.
pub fn thumbnails(
    ui: &mut Ui,
    scene: &Scene<'_>,
    growth: &Arc<Growth>,
    height: f32,
    state: &mut Thumbnails,
) {
    if state.of.as_ref().is_none_or(|of| !Arc::ptr_eq(of, growth)) {
        *state = Thumbnails { of: Some(Arc::clone(growth)), maps: MapsState::default() };
    }
    let tiles: Vec<Tile<'_>> = growth
        .trials
        .iter()
        .map(|(trial, frame)| {
            let name = optim::method(&trial.optimizer).map_or("?", |method| method.name);
            let figures = quality_text(trial.metrics);
            let spent = format::number((trial.work * 10.0).round() / 10.0);
            let about = format!("{figures} after work of {spent}");
            Tile {
                series: look_of(&trial.optimizer),
                name: name.to_owned(),
                figures,
                about,
                frame: Some(frame),
            }
        })
        .collect();
    grid(ui, scene, &tiles, Some(height), &mut state.maps);
}

/// One map with its words.
struct Tile<'a> {
    /// Number of its colour, dash and marker.
    series: usize,
    name: String,
    figures: String,
    about: String,
    frame: Option<&'a InsightFrame>,
}

fn grid(
    ui: &mut Ui,
    scene: &Scene<'_>,
    tiles: &[Tile<'_>],
    height: Option<f32>,
    state: &mut MapsState,
) {
    let room = vec2(ui.available_width(), height.unwrap_or(f32::INFINITY));
    let (columns, side) = layout(tiles.len(), room);
    state.images.resize_with(tiles.len(), MapImage::default);
    ui.spacing_mut().item_spacing = Vec2::splat(theme::SPACE_2);
    let MapsState { images, dots } = state;
    let mut images = images.iter_mut();
    for line in tiles.chunks(columns) {
        ui.horizontal(|ui| {
            for (one, image) in line.iter().zip(images.by_ref()) {
                tile(ui, scene, one, side, image, dots);
            }
        });
    }
}

fn tile(
    ui: &mut Ui,
    scene: &Scene<'_>,
    tile: &Tile<'_>,
    side: f32,
    image: &mut MapImage,
    kept: &mut Option<Dots>,
) {
    let palette = theme::palette(ui);
    let series = Series::new(tile.series, palette);
    let (rect, response) = ui.allocate_exact_size(vec2(side, side + 2.0 * WORDS), Sense::hover());
    let map = Rect::from_min_size(pos2(rect.left(), rect.top() + WORDS), Vec2::splat(side));
    let key = Rect::from_min_size(rect.min, vec2(22.0, WORDS));
    series.draw_key(ui.painter(), key);
    let font = FontId::proportional(theme::TEXT_SMALL);
    let longest = ((side - 28.0) / 6.4).max(4.0) as usize;
    let at = pos2(key.right() + theme::SPACE_1, key.center().y);
    let name = shortened(&tile.name, longest);
    ui.painter().text(at, Align2::LEFT_CENTER, name, font.clone(), palette.text_strong);
    ui.painter().rect_filled(map, 4.0, palette.canvas);
    match tile.frame.and_then(|frame| frame.drawn.as_ref().map(|drawn| (frame, drawn))) {
        Some((frame, Drawn::Map(drawn))) => {
            image.draw(ui, map, frame, scene.is_points(), false);
            let samples = &frame.prepared.samples;
            dots(ui, scene, samples, (&drawn.x, &drawn.y), map, kept);
        }
        Some((frame, Drawn::Profile(profile))) => {
            curve(ui, frame, &profile.x, &profile.points, map, series);
        }
        None => {}
    }
    let below = pos2(rect.left(), map.bottom() + WORDS / 2.0);
    // The quality is the last and the most important of the figures.
    let short = tile.figures.rsplit(" · ").next().unwrap_or(&tile.figures);
    let figures = if side < NARROW { short } else { &tile.figures };
    ui.painter().text(below, Align2::LEFT_CENTER, figures, font, palette.text);
    let text = format!("Map of {}: {}. {}", tile.name, tile.figures, tile.about);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
    response.on_hover_text(format!(
        "What the network trained with {} answers; the dots are rows held back.\n{}",
        tile.name, tile.about
    ));
}

/// Accuracy as a percentage, or R².
pub fn quality_text(metrics: Metrics) -> String {
    let value = quality(metrics);
    match metrics.train.accuracy {
        Some(_) => format::percent(value),
        None if value.is_finite() => format!("R²\u{a0}{}", format::fixed(value, 3)),
        None => "–".to_owned(),
    }
}

/// Some of the rows as small dots in the colours of their classes: with them one sees whether the
/// ground is right.
fn dots(
    ui: &Ui,
    scene: &Scene<'_>,
    samples: &Arc<Samples>,
    (x, y): (&Axis, &Axis),
    map: Rect,
    kept: &mut Option<Dots>,
) {
    let same = kept.as_ref().is_some_and(|dots| {
        Arc::ptr_eq(&dots.samples, samples) && dots.axes.0 == *x && dots.axes.1 == *y
    });
    if !same {
        let places = places(samples, scene.is_points(), x, y);
        *kept = Some(Dots { samples: Arc::clone(samples), axes: (x.clone(), y.clone()), places });
    }
    let Some(dots) = kept else { return };
    let palette = theme::palette(ui);
    let pixels_per_point = ui.pixels_per_point();
    let mut mesh = Mesh::default();
    for &(at, class) in &dots.places {
        let center = pos2(map.left() + at.x * map.width(), map.bottom() - at.y * map.height());
        let fill = class.map_or(palette.text_strong, theme::class_color);
        // On whole pixels: so small a square would be blurred elsewhere.
        let corner = (center - Vec2::splat(2.5)).round_to_pixels(pixels_per_point);
        let outer = Rect::from_min_size(corner, Vec2::splat(5.0));
        mesh.add_colored_rect(outer, palette.neutral.gamma_multiply(0.75));
        mesh.add_colored_rect(outer.shrink(1.0), fill);
    }
    ui.painter().with_clip_rect(map).add(mesh);
}

/// Where some of the validation rows (or training rows, where there are no others) lie.
fn places(samples: &Samples, points: bool, x: &Axis, y: &Axis) -> Vec<(Vec2, Option<usize>)> {
    let rows = if samples.validation.is_empty() { &samples.train } else { &samples.validation };
    let every = rows.len().div_ceil(DOTS).max(1);
    let looks = Looks::of(samples, points);
    let share = |axis: &Axis, value: f64| {
        let (low, high) = axis.range();
        ((value - low) / (high - low)) as f32
    };
    rows.iter()
        .step_by(every)
        .filter_map(|&row| {
            let cells = samples.encoder.row_of(&samples.table, row as usize);
            let place = |axis: &Axis| {
                cells.get(axis.column).and_then(|cell| axis.value(cell)).map(|v| share(axis, v))
            };
            let class = class_of(samples, row as usize).map(|class| looks.look(class));
            Some((vec2(place(x)?, place(y)?), class))
        })
        .collect()
}

/// The class of a row, by the network's outputs.
fn class_of(samples: &Samples, row: usize) -> Option<usize> {
    match &samples.encoder.target {
        TargetEncoding::Classes { .. } => {
            let target = samples.targets.row(row);
            Some(crate::train::metrics::class_of(target.iter().copied()))
        }
        TargetEncoding::Number { .. } => None,
    }
}

/// A function of one variable, over the rows as dots.
fn curve(
    ui: &Ui,
    frame: &InsightFrame,
    axis: &Axis,
    points: &[[f64; 2]],
    map: Rect,
    series: Series,
) {
    let samples = &frame.prepared.samples;
    let palette: &Palette = theme::palette(ui);
    let rows = actual(samples, axis);
    let heights = rows.iter().map(|place| place[1]);
    let (low, high) = crate::ui::result::chart::bounds(heights);
    let (left, right) = axis.range();
    let screen = |[x, y]: [f64; 2]| {
        let across = ((x - left) / (right - left)) as f32;
        let up = ((y - low) / (high - low)) as f32;
        pos2(map.left() + across * map.width(), map.bottom() - up * map.height())
    };
    let painter = ui.painter().with_clip_rect(map);
    for place in rows {
        painter.circle_filled(screen(place), 1.6, palette.text_weak);
    }
    let line = points.iter().filter(|point| point[1].is_finite()).map(|&point| screen(point));
    painter.line(line.collect(), Stroke::new(2.0, series.color));
}

/// Some rows: the value on the axis and the target.
fn actual(samples: &Samples, axis: &Axis) -> Vec<[f64; 2]> {
    let TargetEncoding::Number { mean, scale, .. } = &samples.encoder.target else {
        return Vec::new();
    };
    let rows = if samples.validation.is_empty() { &samples.train } else { &samples.validation };
    let every = rows.len().div_ceil(DOTS).max(1);
    rows.iter()
        .step_by(every)
        .filter_map(|&row| {
            let cells = samples.encoder.row_of(&samples.table, row as usize);
            let x = cells.get(axis.column).and_then(|cell| axis.value(cell))?;
            let target = samples.targets.row(row as usize).first().copied()?;
            Some([x, f64::from(target) * scale + mean])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_fill_the_room_they_have() {
        for count in 2..=6 {
            for room in [vec2(480.0, 420.0), vec2(700.0, 240.0), vec2(300.0, f32::INFINITY)] {
                let (columns, side) = layout(count, room);
                let width = columns as f32 * side + (columns - 1) as f32 * theme::SPACE_2;
                assert!(width <= room.x + 1.0, "{count} in {room:?}: {columns} × {side}");
                let rows = count.div_ceil(columns) as f32;
                let height = rows * (side + 2.0 * WORDS) + (rows - 1.0) * theme::SPACE_2;
                let least = side <= SIDE.0;
                assert!(height <= room.y + 1.0 || least, "{count} in {room:?}: {columns} × {side}");
            }
        }
    }
}
