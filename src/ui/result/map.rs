//! The map: what the network answers over two columns, with the rows as points on it.

use eframe::egui::{
    self, Align2, EventFilter, FontId, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::answer::{Asked, answer_line, question};
use super::brush::{self, Painting};
use super::look::{Looks, looks};
use super::map_image::MapImage;
use super::plane::{BELOW, Plane, caption, room_beside};
use super::points::{MapPoint, MapPoints};
use super::{controls, legend, profile, reading};
use crate::app::command::Outbox;
use crate::data::Cell;
use crate::experiment::DataSource;
use crate::insight::map::Drawn;
use crate::insight::{Axis, InsightFrame, MapValues, Scale};
use crate::ui::icon;
use crate::ui::view::Brush;
use crate::ui::{Scene, View, theme};

/// How near a point the pointer must be to mean it, in points on screen.
const REACH: f32 = 9.0;
/// Smallest side of the map.
const SMALLEST: f32 = 96.0;
/// Room below the map for switches, legend and the answer.
const FOOT: f32 = 104.0;

/// What the map keeps between frames.
#[derive(Debug, Default)]
pub struct MapState {
    image: MapImage,
    points: MapPoints,
    painting: Painting,
    counts: Option<(u64, u64, Vec<legend::ClassCount>)>,
    menu_point: Option<MapPoint>,
    profile: profile::ProfileState,
}

/// Shows the tab.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut MapState,
    asked: &mut Asked,
) {
    if let Some(samples) = scene.samples {
        controls::settle(view, samples.encoder.columns.len(), samples.inputs.nrows());
    }
    let looks = looks(scene);
    let (Some(x), y) = axes(scene, view) else {
        return empty(ui, scene);
    };
    let low = ui.available_height() < controls::LOW;
    if scene.is_points() && y.is_some() {
        brush::tools(ui, scene, view, &looks, out);
    } else {
        view.brush = Brush::Ask;
        if let Some(samples) = scene.samples {
            controls::axes(ui, scene, samples, view, low);
        }
    }
    ui.add_space(theme::SPACE_1);
    state.points.collect(scene, &looks, &x, y.as_ref());
    let pointed = if let Some(y) = &y {
        figure(ui, scene, view, out, state, (&x, y))
    } else {
        let height = (ui.available_height() - FOOT).max(SMALLEST);
        profile::show(ui, scene, view, &mut state.profile, &state.points, &x, height)
    };
    if !low || scene.is_points() {
        controls::toggles(ui, scene, view, scene.classes().is_some() && y.is_some());
    }
    below(ui, scene, state, &looks, low);
    foot(ui, scene, view, asked, &looks, pointed);
}

/// The axes of the map: those of the samples, or an empty plane to paint the first points on.
pub fn axes(scene: &Scene<'_>, view: &View) -> (Option<Axis>, Option<Axis>) {
    match (scene.samples, &scene.spec.data.source) {
        (Some(samples), _) => {
            let encoder = &samples.encoder;
            let y = view.y.filter(|&y| y != view.x);
            (Axis::of(encoder, view.x), y.and_then(|y| Axis::of(encoder, y)))
        }
        (None, DataSource::Points(_)) => {
            let axis = |column, name: &str| Axis {
                column,
                name: name.to_owned(),
                scale: Scale::Number {
                    minimum: crate::data::MAP_RANGE.0,
                    maximum: crate::data::MAP_RANGE.1,
                },
            };
            (Some(axis(0, "x₁")), Some(axis(1, "x₂")))
        }
        (None, _) => (None, None),
    }
}

fn empty(ui: &mut Ui, scene: &Scene<'_>) {
    ui.add_space(theme::SPACE_5);
    let text = scene.data_error.map_or_else(
        || "The map appears as soon as there are data.".to_owned(),
        |error| format!("There is no map without data. {error}"),
    );
    ui.vertical_centered(|ui| ui.label(text));
}

/// The map itself. Returns what the pointer is over, in words.
fn figure(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut MapState,
    (x, y): (&Axis, &Axis),
) -> Option<String> {
    let (rect, response) = place(ui, scene.is_points(), y);
    let plane = Plane::new(rect, x, y);
    let palette = theme::palette(ui);
    ui.painter().rect_filled(rect, 0.0, palette.canvas);
    let frame = scene.insight.filter(|frame| is_over(frame, x, y));
    if let Some(frame) = frame {
        state.image.draw(ui, rect, frame, scene.is_points(), view.decisions_only);
    }
    plane.draw_axes(ui, x, y);
    state.points.draw(ui, scene, view, plane);
    climb(ui, scene, plane, (x, y));
    let border = Stroke::new(1.0, palette.outline);
    ui.painter().rect_stroke(rect, 0.0, border, StrokeKind::Outside);
    if state.points.points.is_empty() {
        let text = "Paint points here";
        let font = FontId::proportional(theme::TEXT_BODY);
        let color = palette.text_weak;
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, font, color);
    }
    interact(ui, scene, view, out, state, &response, &plane);
    crosshair(ui, &plane, view, (x, y));
    describe(&response, scene, view, (x, y));
    menu(&response, scene, view, out, state, &plane);
    let pointer = response.hover_pos().filter(|place| rect.contains(*place))?;
    // Right after a click the answer is read, until the pointer moves on.
    let asked = view.asked.as_ref().and_then(|cells| position(cells, (x, y)));
    if asked.is_some_and(|asked| plane.screen_from(asked).distance(pointer) < 3.0) {
        return None;
    }
    let near = state.points.nearest(&plane, pointer, view, REACH);
    if let Some(point) = near {
        let center = plane.screen_from(point.at);
        let ring = Stroke::new(1.5, palette.text_strong);
        ui.painter().circle_stroke(center, 7.5, ring);
    }
    let values = plane.values_from(pointer);
    Some(reading::text(scene, frame, (x, y), values, near))
}

/// Room for the map with its labels: a square for points, as wide as the panel for a table.
fn place(ui: &mut Ui, square: bool, y: &Axis) -> (Rect, Response) {
    let right = 10.0;
    let height = (ui.available_height() - BELOW - FOOT).max(SMALLEST);
    let left = room_beside(ui, y, height);
    let room = ui.available_width() - left - right;
    let size = if square {
        let side = room.min(height).max(SMALLEST);
        vec2(side, side)
    } else {
        vec2(room.max(SMALLEST), height.min(room.max(SMALLEST)))
    };
    let (outer, _) =
        ui.allocate_exact_size(vec2(ui.available_width(), size.y + BELOW + 6.0), Sense::hover());
    // In the middle, but for the labels on the left.
    let spare = (outer.width() - left - right - size.x).max(0.0) / 2.0;
    let corner = pos2(outer.left() + left + spare, outer.top() + 6.0);
    let rect = Rect::from_min_size(corner.round(), size.floor());
    let response = ui.interact(rect, ui.scope_id().with("map"), Sense::click_and_drag());
    (rect, response)
}

/// Whether this look into the network shows the plane of these axes.
fn is_over(frame: &InsightFrame, x: &Axis, y: &Axis) -> bool {
    matches!(&frame.drawn, Some(Drawn::Map(map)) if map.x == *x && map.y == *y)
}

fn interact(
    ui: &Ui,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut MapState,
    response: &Response,
    plane: &Plane,
) {
    let icon = match view.brush {
        Brush::Ask | Brush::Paint(_) => egui::CursorIcon::Crosshair,
        Brush::Move => egui::CursorIcon::Grab,
        Brush::Erase => egui::CursorIcon::Default,
    };
    if response.hovered() {
        ui.set_cursor_icon(icon);
    }
    if view.brush != Brush::Ask {
        state.painting.stroke(ui, response, plane, scene, view, out);
        if view.brush == Brush::Erase
            && let Some(pointer) = response.hover_pos()
        {
            let ring = Stroke::new(1.5, theme::palette(ui).text_strong);
            ui.painter().circle_stroke(pointer, 12.0, ring);
        }
        return;
    }
    let primary = egui::PointerButton::Primary;
    if response.clicked_by(primary) || response.dragged_by(primary) {
        response.request_focus();
        if let Some(place) = response.interact_pointer_pos() {
            ask_at(scene, view, plane, plane.values_from(plane.rect.clamp(place)));
        }
    }
    if response.has_focus() {
        keys(ui, scene, view, response, plane);
    }
}

/// Asks about a place: the other columns are held where the map holds them.
fn ask_at(scene: &Scene<'_>, view: &mut View, plane: &Plane, [across, up]: [f64; 2]) {
    let (Some(x), Some(y)) = axes(scene, view) else {
        return;
    };
    let mut cells = scene.held_cells(view.held_row);
    for (axis, value, range) in [(x, across, plane.x), (y, up, plane.y)] {
        if let Some(cell) = cells.get_mut(axis.column) {
            *cell = axis.cell(rounded(value, range));
        }
    }
    view.asked = Some(cells);
}

/// As many decimals as the map can tell apart.
fn rounded(value: f64, (low, high): (f64, f64)) -> f64 {
    let unit = 10_f64.powf(((high - low) / 500.0).log10().floor());
    if unit.is_finite() && unit > 0.0 { (value / unit).round() * unit } else { value }
}

/// The arrow keys move the question.
fn keys(ui: &Ui, scene: &Scene<'_>, view: &mut View, response: &Response, plane: &Plane) {
    let filter =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let pressed = |key| ui.input(|input| f64::from(u8::from(input.key_pressed(key))));
    let across = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
    let up = pressed(Key::ArrowUp) - pressed(Key::ArrowDown);
    if across == 0.0 && up == 0.0 {
        return;
    }
    let middle = [f64::midpoint(plane.x.0, plane.x.1), f64::midpoint(plane.y.0, plane.y.1)];
    let [x, y] = asked_at(scene, view).unwrap_or(middle);
    let step = |(low, high): (f64, f64)| (high - low) / 60.0;
    let moved = [
        (x + across * step(plane.x)).clamp(plane.x.0, plane.x.1),
        (y + up * step(plane.y)).clamp(plane.y.0, plane.y.1),
    ];
    ask_at(scene, view, plane, moved);
}

/// Where the row asked about lies on the map.
fn asked_at(scene: &Scene<'_>, view: &View) -> Option<[f64; 2]> {
    let (Some(x), Some(y)) = axes(scene, view) else {
        return None;
    };
    position(view.asked.as_ref()?, (&x, &y))
}

/// Where a row lies on two axes.
fn position(cells: &[Cell], (x, y): (&Axis, &Axis)) -> Option<[f64; 2]> {
    Some([x.value(cells.get(x.column)?)?, y.value(cells.get(y.column)?)?])
}

/// The way of the last climb to a neuron's favourite input, with an arrow at its top.
fn climb(ui: &Ui, scene: &Scene<'_>, plane: Plane, axes: (&Axis, &Axis)) {
    let Some(ascent) = scene.ascent else { return };
    let places = ascent.path.iter().filter_map(|point| position(&point.cells, axes));
    let way: Vec<_> = places.map(|place| plane.screen_from(place)).collect();
    let (Some(&start), Some(&top)) = (way.first(), way.last()) else { return };
    let palette = theme::palette(ui);
    let painter = ui.painter().with_clip_rect(plane.rect);
    for (width, color) in [(4.0, palette.canvas), (1.8, palette.text_strong)] {
        let stroke = Stroke::new(width, color);
        painter.line(way.clone(), stroke);
        painter.circle_stroke(start, 3.0, stroke);
        // A mountain's top.
        let peak = [vec2(-6.0, 5.0), vec2(0.0, -6.0), vec2(6.0, 5.0), vec2(-6.0, 5.0)];
        painter.line(peak.map(|corner| top + corner).to_vec(), stroke);
    }
}

fn crosshair(ui: &Ui, plane: &Plane, view: &View, (x, y): (&Axis, &Axis)) {
    let at = view.asked.as_ref().and_then(|cells| position(cells, (x, y)));
    let Some(center) = at.map(|at| plane.screen_from(at)) else {
        return;
    };
    let palette = theme::palette(ui);
    let painter = ui.painter().with_clip_rect(plane.rect);
    let (dark, light) = if palette.dark {
        (palette.canvas, palette.text_strong)
    } else {
        (palette.text_strong, palette.neutral)
    };
    for (width, color) in [(3.5, light), (1.5, dark)] {
        let stroke = Stroke::new(width, color);
        for direction in [vec2(1.0, 0.0), vec2(0.0, 1.0)] {
            painter.line_segment([center - direction * 11.0, center - direction * 4.0], stroke);
            painter.line_segment([center + direction * 4.0, center + direction * 11.0], stroke);
        }
        painter.circle_stroke(center, 4.0, stroke);
    }
}

fn describe(response: &Response, scene: &Scene<'_>, view: &View, (x, y): (&Axis, &Axis)) {
    let text = format!(
        "Decision map over {} and {}. {}",
        x.name,
        y.name,
        controls::hint(view, scene.is_points())
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
    if response.has_focus() {
        let painter =
            egui::Painter::new(response.ctx.clone(), response.layer_id, response.rect.expand(3.0));
        let stroke = Stroke::new(1.5, theme::palette(&response.ctx).accent_text);
        painter.rect_stroke(response.rect, 0.0, stroke, StrokeKind::Outside);
    }
}

/// A right-click on a point offers what can be done with its row.
fn menu(
    response: &Response,
    scene: &Scene<'_>,
    view: &mut View,
    out: &mut Outbox,
    state: &mut MapState,
    plane: &Plane,
) {
    if response.secondary_clicked() {
        let place = response.interact_pointer_pos();
        state.menu_point =
            place.and_then(|place| state.points.nearest(plane, place, view, 2.0 * REACH));
    }
    response.context_menu(|ui| {
        let (Some(point), Some(samples)) = (state.menu_point, scene.samples) else {
            caption(ui, "Right-click a point to do something with its row.");
            return;
        };
        let row = point.row as usize;
        caption(ui, reading::row_text(scene, &point));
        if ui.button((icon::QUESTION, "Ask about this row")).clicked() {
            view.asked = Some(samples.encoder.row_of(&samples.table, row));
            ui.close();
        }
        if scene.is_points() {
            let remove = ui.add_enabled(
                brush::classes(scene).is_ok(),
                egui::Button::new((icon::ERASER, "Erase this point")),
            );
            if remove.clicked() {
                brush::remove(row, scene, out);
                ui.close();
            }
        } else if ui.button((icon::PIN, "Hold the other columns at this row")).clicked() {
            view.held_row = Some(point.row);
            ui.close();
        }
    });
}

/// What the colours mean.
fn below(ui: &mut Ui, scene: &Scene<'_>, state: &mut MapState, looks: &Looks, low: bool) {
    if looks.names.is_empty() {
        let range = match scene.insight.and_then(|frame| frame.drawn.as_ref()) {
            Some(Drawn::Map(map)) => match &map.values {
                MapValues::Number { range, .. } => (f64::from(range.0), f64::from(range.1)),
                _ => state.points.range,
            },
            Some(Drawn::Profile(_)) => return,
            None => state.points.range,
        };
        legend::numbers(ui, scene, range);
        return;
    }
    let snapshot = scene.insight.map_or(0, |frame| frame.snapshot);
    let key = (snapshot, state.points.generation);
    let fresh = state
        .counts
        .as_ref()
        .is_some_and(|(snapshot, generation, _)| (*snapshot, *generation) == key);
    if !fresh {
        state.counts = Some((key.0, key.1, legend::count(&state.points, looks, scene)));
    }
    if let Some((_, _, counts)) = &state.counts {
        legend::classes(ui, looks, counts, low);
    }
}

/// What the pointer is over; otherwise the answer to the question; otherwise what a click does.
fn foot(
    ui: &mut Ui,
    scene: &Scene<'_>,
    view: &mut View,
    asked: &mut Asked,
    looks: &Looks,
    pointed: Option<String>,
) {
    const HEIGHT: f32 = 38.0;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    let question = scene.samples.and_then(|samples| {
        let cells = view.asked.as_ref()?;
        Some(question(&samples.encoder, cells, view, 3))
    });
    let answer = asked.answer(scene, view).map(|answer| answer.verdict.clone());
    match (pointed, question.zip(answer)) {
        (None, Some((question, verdict))) => {
            if answer_line(&mut ui, &question, &verdict, looks) {
                view.asked = None;
            }
        }
        (pointed, _) => {
            let hint = || controls::hint(view, scene.is_points()).to_owned();
            caption(&mut ui, pointed.unwrap_or_else(hint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_cmp, reason = "rounding gives exact values here")]
    fn questions_have_no_more_decimals_than_the_map_can_tell() {
        assert_eq!(rounded(1.234_567, (-6.0, 6.0)), 1.23);
        assert_eq!(rounded(4207.3, (2700.0, 6300.0)), 4207.0);
        assert_eq!(rounded(1.5, (1.0, 1.0)), 1.5);
    }
}
