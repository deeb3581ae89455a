//! Painting on the map: adding, moving and erasing points by hand.
//!
//! Points of a synthetic set become painted points with the first stroke. Every stroke is one
//! gesture, so that it is undone at once.

use eframe::egui::{self, Pos2, Response, Role, Stroke, Ui, WidgetInfo, vec2};

use super::look::Looks;
use super::plane::Plane;
use crate::app::command::Outbox;
use crate::data::{self, Cell, SetKind};
use crate::experiment::data_spec::PointsSpec;
use crate::experiment::{DataSource, DataSpec, Edit, PaintedPoint};
use crate::ui::icon::{self, Icon};
use crate::ui::view::Brush;
use crate::ui::{Scene, View, theme};

/// Distance between points of a stroke, in units of the axes.
const SPACING: f64 = 0.35;
/// How far from the pointer points are moved or erased, in points on screen.
const REACH: f32 = 12.0;
/// Most classes to paint with.
const MOST_CLASSES: usize = theme::CLASSES;

/// A stroke under way.
#[derive(Debug, Default)]
pub struct Painting {
    last: Option<[f64; 2]>,
    moved: Option<usize>,
}

/// Whether the map can be painted on: the number of classes, or why not.
pub fn classes(scene: &Scene<'_>) -> Result<usize, &'static str> {
    match &scene.spec.data.source {
        DataSource::Points(points) => Ok(points.classes.clamp(2, MOST_CLASSES)),
        DataSource::Synthetic(spec) => match data::synthetic_set(&spec.set).map(|set| set.kind) {
            Some(SetKind::Classification) => {
                let classes = scene.classes().map_or(2, <[String]>::len);
                Ok(classes.clamp(2, MOST_CLASSES))
            }
            Some(SetKind::Regression) => {
                Err("Points are painted with classes, and the points of this set carry a number. \
                 Choose a set with classes to paint.")
            }
            _ => Err("Only points on a plane can be painted."),
        },
        DataSource::Table(_) => Err("The rows of a table cannot be painted."),
    }
}

/// The points as painted ones.
fn painted(scene: &Scene<'_>) -> Option<PointsSpec> {
    if let DataSource::Points(points) = &scene.spec.data.source {
        return Some(points.clone());
    }
    let samples = scene.samples?;
    let target = &samples.encoder.target;
    let column = samples.table.column(target.name())?;
    let number = |cell: Option<&Cell>| match cell {
        Some(Cell::Number(value)) => Some(*value),
        _ => None,
    };
    let points = (0..samples.table.rows())
        .filter_map(|row| {
            let cells = samples.encoder.row_of(&samples.table, row);
            Some(PaintedPoint {
                x1: number(cells.first())?,
                x2: number(cells.get(1))?,
                class: target.class_of(&column.values, row)?,
            })
        })
        .collect();
    Some(PointsSpec {
        classes: classes(scene).ok()?,
        points,
        features: scene.spec.data.source.features()?.to_vec(),
    })
}

fn send(scene: &Scene<'_>, out: &mut Outbox, points: PointsSpec, text: &'static str) {
    let data = DataSpec { source: DataSource::Points(points), ..scene.spec.data.clone() };
    out.edit(Edit::SetData(data, text));
}

impl Painting {
    /// Carries out what the brush does where the pointer is held down. Returns whether it did
    /// anything, so that a click does not ask the network, too.
    pub fn stroke(
        &mut self,
        ui: &Ui,
        response: &Response,
        plane: &Plane,
        scene: &Scene<'_>,
        view: &View,
        out: &mut Outbox,
    ) {
        let held =
            response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
        let place = response.interact_pointer_pos().filter(|_| held);
        let Some(place) = place else {
            *self = Self::default();
            return;
        };
        match view.brush {
            Brush::Ask => {}
            Brush::Paint(class) => self.paint(plane, place, class, scene, out),
            Brush::Move => self.drag(plane, place, scene, out),
            Brush::Erase => erase(plane, place, scene, out),
        }
    }

    fn paint(
        &mut self,
        plane: &Plane,
        place: Pos2,
        class: usize,
        scene: &Scene<'_>,
        out: &mut Outbox,
    ) {
        let to = plane.values_from(plane.rect.clamp(place));
        let new = trail(self.last, to);
        let (Some(&end), Some(mut points)) = (new.last(), painted(scene)) else {
            return;
        };
        let class = class.min(points.classes.saturating_sub(1));
        points.points.extend(new.iter().map(|&[x1, x2]| PaintedPoint {
            x1: rounded(x1),
            x2: rounded(x2),
            class,
        }));
        self.last = Some(end);
        send(scene, out, points, "paint points");
    }

    fn drag(&mut self, plane: &Plane, place: Pos2, scene: &Scene<'_>, out: &mut Outbox) {
        let Some(mut points) = painted(scene) else {
            return;
        };
        let index = self.moved.or_else(|| nearest(&points, plane, place));
        self.moved = index;
        let [x1, x2] = plane.values_from(plane.rect.clamp(place)).map(rounded);
        if let Some(point) = index.and_then(|index| points.points.get_mut(index))
            && (point.x1, point.x2) != (x1, x2)
        {
            (point.x1, point.x2) = (x1, x2);
            send(scene, out, points, "move points");
        }
    }
}

/// Three decimals are finer than a pixel, and short in a file.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// The points that a stroke adds on its way from its last point to the pointer.
fn trail(last: Option<[f64; 2]>, to: [f64; 2]) -> Vec<[f64; 2]> {
    let Some(from) = last else { return vec![to] };
    let way = [to[0] - from[0], to[1] - from[1]];
    let length = way[0].hypot(way[1]);
    let count = (length / SPACING).floor().min(1000.0) as usize;
    (1..=count)
        .map(|number| {
            let share = number as f64 * SPACING / length;
            [from[0] + share * way[0], from[1] + share * way[1]]
        })
        .collect()
}

fn nearest(points: &PointsSpec, plane: &Plane, place: Pos2) -> Option<usize> {
    points
        .points
        .iter()
        .map(|point| plane.screen_from([point.x1, point.x2]).distance(place))
        .enumerate()
        .filter(|(_, distance)| *distance <= REACH)
        .min_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(index, _)| index)
}

fn erase(plane: &Plane, place: Pos2, scene: &Scene<'_>, out: &mut Outbox) {
    let Some(mut points) = painted(scene) else {
        return;
    };
    let before = points.points.len();
    points.points.retain(|point| plane.screen_from([point.x1, point.x2]).distance(place) > REACH);
    if points.points.len() < before {
        send(scene, out, points, "erase points");
    }
}

/// Takes one point away.
pub fn remove(row: usize, scene: &Scene<'_>, out: &mut Outbox) {
    if let Some(mut points) = painted(scene)
        && row < points.points.len()
    {
        points.points.remove(row);
        send(scene, out, points, "erase points");
    }
}

/// The row of tools above the map.
pub fn tools(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, looks: &Looks, out: &mut Outbox) {
    let allowed = classes(scene);
    let count = allowed.unwrap_or(0);
    if let Brush::Paint(class) = view.brush
        && class >= count
    {
        view.brush = if count > 0 { Brush::Paint(count - 1) } else { Brush::Ask };
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 2.0);
        tool(
            ui,
            view,
            Brush::Ask,
            icon::CROSSHAIR,
            "Ask the network",
            "Click the map to ask the network about a place: its answer appears below.",
        );
        if let Err(reason) = allowed {
            if view.brush != Brush::Ask {
                view.brush = Brush::Ask;
            }
            ui.add_enabled_ui(false, |ui| icon::BRUSH.button(ui, "Paint points"))
                .inner
                .on_disabled_hover_text(reason);
            return;
        }
        ui.add_space(theme::SPACE_1);
        for class in 0..count {
            chip(ui, view, class, looks);
        }
        if count < MOST_CLASSES {
            add_class(ui, scene, view, count, out);
        }
        ui.add_space(theme::SPACE_1);
        changes(ui, scene, view, out);
    });
}

fn add_class(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, count: usize, out: &mut Outbox) {
    let response = icon::PLUS.button(ui, "Add a class").on_hover_text(
        "One class more to paint with, up to six. With three and more the network gets one output \
         for each class.",
    );
    if response.clicked()
        && let Some(mut points) = painted(scene)
    {
        points.classes = count + 1;
        view.brush = Brush::Paint(count);
        send(scene, out, points, "add class");
    }
}

/// The tools that change points that are there.
fn changes(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, out: &mut Outbox) {
    tool(
        ui,
        view,
        Brush::Move,
        icon::HAND,
        "Move points",
        "Drag a point to another place. Watch how far the border follows it.",
    );
    tool(
        ui,
        view,
        Brush::Erase,
        icon::ERASER,
        "Erase points",
        "Drag over points to take them away. A rubbed-out patch shows what the network makes \
             of places without data.",
    );
    let response = icon::BROOM
        .button(ui, "Remove all points")
        .on_hover_text("An empty plane to paint on. Undo brings the points back.");
    if response.clicked()
        && let Some(mut points) = painted(scene)
    {
        points.points.clear();
        view.brush = Brush::Paint(0);
        send(scene, out, points, "remove all points");
    }
}

fn tool(ui: &mut Ui, view: &mut View, brush: Brush, icon: Icon, name: &str, help: &str) {
    let chosen = view.brush == brush;
    let response = square(ui, chosen, |ui, rect| {
        let color = if chosen { theme::palette(ui).on_selection } else { theme::palette(ui).text };
        icon.paint(ui.painter(), rect.center(), theme::ICON, color);
    });
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    if response.on_hover_text(format!("{name}. {help}")).clicked() {
        view.brush = brush;
    }
}

fn chip(ui: &mut Ui, view: &mut View, class: usize, looks: &Looks) {
    let chosen = view.brush == Brush::Paint(class);
    let response = square(ui, chosen, |ui, rect| {
        let mut shapes = Vec::new();
        let outline = Stroke::new(1.0, theme::palette(ui).neutral);
        let color = theme::class_color(class);
        theme::class_marker(class).draw(&mut shapes, rect.center(), 6.5, color, outline);
        ui.painter().extend(shapes);
    });
    let class_name = (0..looks.names.len())
        .find(|&index| looks.look(index) == class)
        .map_or_else(|| format!("class {}", class + 1), |index| looks.name(index).to_owned());
    let name = format!("Paint {class_name}");
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, &name));
    let help = format!("{name}. Click for one point, drag for a trail of them.");
    if response.on_hover_text(help).clicked() {
        view.brush = Brush::Paint(class);
    }
}

/// A square button that shows whether it is chosen.
fn square(ui: &mut Ui, chosen: bool, paint: impl FnOnce(&Ui, egui::Rect)) -> Response {
    let size = egui::Vec2::splat(theme::CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    let palette = theme::palette(ui);
    let visuals = ui.style().interact(&response);
    let fill = if chosen {
        Some(palette.selection)
    } else if response.hovered() {
        Some(palette.control_hovered)
    } else {
        None
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, theme::CONTROL_RADIUS, fill);
    }
    if response.has_focus() {
        let inside = egui::StrokeKind::Inside;
        ui.painter().rect_stroke(rect, theme::CONTROL_RADIUS, visuals.bg_stroke, inside);
    }
    paint(ui, rect);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_has_evenly_spaced_points() {
        assert_eq!(trail(None, [1.0, 2.0]), [[1.0, 2.0]]);
        assert!(trail(Some([0.0, 0.0]), [0.2, 0.0]).is_empty());
        let points = trail(Some([0.0, 0.0]), [1.5, 0.0]);
        assert_eq!(points.len(), 4);
        assert!((points[3][0] - 4.0 * SPACING).abs() < 1e-12);
    }
}
