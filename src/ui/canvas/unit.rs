//! The units of a card: neurons as small maps, inputs by name, and what the pointer reads on them.

use std::f32::consts::FRAC_PI_2;

use eframe::egui::emath::GuiRounding;
use eframe::egui::epaint::{RectShape, Vertex};
use eframe::egui::{
    self, Align2, Color32, Mesh, Painter, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::Stage;
use super::edges::{Spot, norm};
use super::layout::CardBox;
use super::maps::{Maps, Tile};
use super::model::{Card, Face};
use super::paint;
use super::wire::{self, Wires};
use crate::data::{Encoder, InputKind};
use crate::experiment::LayerKind;
use crate::ui::view::{ResultTab, Selection};
use crate::ui::{View, format, theme};

/// Side of the enlarged map beside a neuron, in points.
const ENLARGED: f32 = 152.0;
/// Corners of maps, in points.
pub(super) const CORNER: f32 = 3.0;
/// Points along each corner of a map in the network: it is small, and half under its frame.
const CORNER_POINTS: u32 = 3;

/// Paints what the units of one card look like. Those of all cards come before anything else on
/// the cards: shapes of the same texture, one after the other, become one mesh.
pub(super) fn paint_figures(
    painter: &Painter,
    stage: &Stage<'_>,
    maps: &Maps,
    card: &Card,
    place: &CardBox,
) {
    if card.face == Face::Names {
        return;
    }
    let mut mesh = Mesh::default();
    for (unit, &cell) in place.cells.iter().enumerate() {
        if cell.intersects(stage.canvas) {
            match Figure::of(stage, maps, card, unit) {
                Figure::Map(tile) => {
                    // Maps of a card are of one texture.
                    mesh.texture_id = tile.texture;
                    add_map(&mut mesh, cell.round_to_pixels(painter.pixels_per_point()), tile.uv);
                }
                figure => figure.paint(painter, cell, stage),
            }
        }
    }
    if !mesh.indices.is_empty() {
        painter.add(mesh);
    }
}

/// Adds a map with round corners, without edges that fade: the frame lies on them.
fn add_map(mesh: &mut Mesh, rect: Rect, uv: Rect) {
    let first = mesh.vertices.len() as u32;
    let inner = rect.shrink(CORNER);
    let centers = [inner.right_bottom(), inner.left_bottom(), inner.left_top(), inner.right_top()];
    for (turn, center) in centers.into_iter().enumerate() {
        for point in 0..CORNER_POINTS {
            let share = point as f32 / (CORNER_POINTS - 1) as f32;
            let pos = center + Vec2::angled((turn as f32 + share) * FRAC_PI_2) * CORNER;
            let uv = uv.lerp_inside((pos - rect.min) / rect.size());
            mesh.vertices.push(Vertex { pos, uv, color: Color32::WHITE });
        }
    }
    for corner in 1..4 * CORNER_POINTS - 1 {
        mesh.add_triangle(first, first + corner, first + corner + 1);
    }
}

/// Shows the units of one card on their figures; returns the one under the pointer.
pub(super) fn show(
    ui: &Ui,
    stage: &Stage<'_>,
    maps: &Maps,
    card: &Card,
    place: &CardBox,
    view: &mut View,
) -> Option<Spot> {
    let mut pointed = None;
    for (unit, &cell) in place.cells.iter().enumerate() {
        if !cell.intersects(stage.canvas) {
            continue;
        }
        if show_one(ui, stage, maps, (card, place), (unit, cell), view) {
            pointed = Some(Spot { card: card.position, unit });
        }
    }
    if let Some(rect) = place.more {
        show_more(ui, stage, card, place.cells.len(), rect);
    }
    pointed
}

/// One unit; returns whether the pointer is on it.
fn show_one(
    ui: &Ui,
    stage: &Stage<'_>,
    maps: &Maps,
    (card, place): (&Card, &CardBox),
    (unit, cell): (usize, Rect),
    view: &mut View,
) -> bool {
    let is_input = card.kind == LayerKind::Input;
    let sense = if is_input { Sense::hover() } else { Sense::click() };
    let id = super::id_of(card.id).with(("unit", unit));
    let target = target_rect(card, place, cell);
    let response = ui.interact(target, id, sense);
    let selection = Selection::Neuron { layer: card.id, unit };
    let selected = view.selection == Some(selection);
    let name = card.unit_name(unit, stage.facts);
    response.widget_info(|| {
        if is_input {
            WidgetInfo::labeled(Role::Label, true, &name)
        } else {
            WidgetInfo::selected(Role::Button, true, selected, &name)
        }
    });
    if response.clicked() && !is_input {
        view.selection = Some(selection);
        view.tab = ResultTab::Inspector;
    }

    let pointed = response.hovered();
    if card.face == Face::Names {
        show_name(ui.painter(), stage, unit, cell, pointed);
    } else {
        show_frame(ui.painter(), stage, cell, pointed, selected);
        show_label(ui.painter(), stage, (card, place), (unit, cell));
    }
    paint::focus_ring(ui, &response, cell.expand(2.0));
    response.on_hover_ui(|ui| {
        if is_input {
            input_tooltip(ui, stage, maps, card, unit);
        } else {
            neuron_tooltip(ui, stage, maps, card, unit);
        }
    });
    pointed
}

/// Where the pointer meets the unit: its map, and the name beside it.
fn target_rect(card: &Card, place: &CardBox, cell: Rect) -> Rect {
    if card.face == Face::NamedMaps {
        Rect::from_x_y_ranges(place.body.x_range(), cell.y_range())
    } else {
        cell
    }
}

/// What a unit looks like.
enum Figure<'a> {
    /// A map.
    Map(Tile),
    /// A function of one variable, scaled to −1…1.
    Function(&'a [f32]),
    /// A feature as a function of one variable.
    Feature(crate::data::Feature),
    /// Not known yet.
    Blank,
}

impl<'a> Figure<'a> {
    fn of(stage: &Stage<'a>, maps: &Maps, card: &Card, unit: usize) -> Self {
        if card.kind == LayerKind::Input {
            if let Some(tile) = maps.input(unit) {
                return Self::Map(tile);
            }
            let feature = stage.facts.features.get(unit).filter(|_| stage.facts.line);
            return feature.map_or(Self::Blank, |&feature| Self::Feature(feature));
        }
        if let Some(tile) = maps.neuron(card.id, unit) {
            return Self::Map(tile);
        }
        let maps = stage.scene.insight.and_then(|frame| frame.neurons.as_ref());
        let layer = maps.and_then(|maps| maps.layers.iter().find(|layer| layer.layer == card.id));
        match layer.filter(|layer| layer.size.1 == 1).and_then(|layer| layer.units.get(unit)) {
            Some(values) => Self::Function(values),
            None => Self::Blank,
        }
    }

    fn paint(&self, painter: &Painter, rect: Rect, stage: &Stage<'_>) {
        match *self {
            Self::Map(tile) => {
                let shape = RectShape::filled(rect, CORNER, Color32::WHITE);
                painter.add(shape.with_texture(tile.texture, tile.uv));
            }
            Self::Function(values) => {
                let last = values.len().saturating_sub(1).max(1) as f32;
                let points = values.iter().enumerate().map(|(i, &y)| (i as f32 / last, y));
                paint_function(painter, rect, points, stage);
            }
            Self::Feature(feature) => {
                let most = (0..=32).map(|i| feature.value(feature_at(i), 0.0).abs());
                let most = most.fold(f32::MIN_POSITIVE, f32::max);
                let points =
                    (0..=32).map(|i| (i as f32 / 32.0, feature.value(feature_at(i), 0.0) / most));
                paint_function(painter, rect, points, stage);
            }
            Self::Blank => {
                painter.rect_filled(rect, CORNER, stage.palette.control);
            }
        }
    }
}

fn feature_at(step: i32) -> f32 {
    let (low, high) = crate::data::MAP_RANGE;
    (low + (high - low) * f64::from(step) / 32.0) as f32
}

/// A function of one variable: x from 0 to 1, y from −1 to 1.
fn paint_function(
    painter: &Painter,
    rect: Rect,
    points: impl Iterator<Item = (f32, f32)>,
    stage: &Stage<'_>,
) {
    let palette = stage.palette;
    painter.rect_filled(rect, CORNER, palette.field);
    painter.hline(rect.x_range(), rect.center().y, Stroke::new(1.0, palette.outline));
    let inner = rect.shrink(rect.height() * 0.1);
    let line: Vec<_> = points
        .filter(|(_, y)| y.is_finite())
        .map(|(x, y)| {
            let y = y.clamp(-1.0, 1.0);
            pos2(rect.left() + x * rect.width(), inner.center().y - y * inner.height() / 2.0)
        })
        .collect();
    painter.add(Shape::line(line, Stroke::new(1.5, palette.accent_text)));
}

fn show_name(painter: &Painter, stage: &Stage<'_>, unit: usize, cell: Rect, pointed: bool) {
    let Some(name) = stage.facts.input_names.get(unit) else {
        return;
    };
    let palette = stage.palette;
    let color = if pointed { palette.text_strong } else { palette.text };
    let font = paint::plain(stage.layout.measure.small);
    paint::text_in(painter, cell, Align2::LEFT_CENTER, name, font, color);
}

/// The line around the map is strong when it is pointed at or selected.
fn show_frame(painter: &Painter, stage: &Stage<'_>, cell: Rect, pointed: bool, selected: bool) {
    let palette = stage.palette;
    let stroke = match (selected, pointed) {
        (true, _) => Stroke::new(2.0, palette.accent_text),
        (false, true) => Stroke::new(1.5, palette.text_strong),
        (false, false) => return,
    };
    painter.rect_stroke(cell, CORNER, stroke, StrokeKind::Outside);
}

/// The bias of a unit, if it is known.
pub(super) fn bias_of(stage: &Stage<'_>, card: &Card, unit: usize) -> Option<f32> {
    wires_of(stage, card)?.bias(unit)
}

/// The name beside the map.
fn show_label(
    painter: &Painter,
    stage: &Stage<'_>,
    (card, place): (&Card, &CardBox),
    (unit, cell): (usize, Rect),
) {
    if card.face != Face::NamedMaps {
        return;
    }
    let measure = stage.layout.measure;
    let (names, align) = match card.kind {
        LayerKind::Input => (&stage.facts.input_names, Align2::LEFT_CENTER),
        _ => (&stage.facts.output_names, Align2::LEFT_CENTER),
    };
    let Some(name) = names.get(unit) else { return };
    let x_range = if card.kind == LayerKind::Input {
        place.body.left()..=cell.left() - 4.0
    } else {
        cell.right() + 6.0..=place.body.right()
    };
    let rect = Rect::from_x_y_ranges(x_range, cell.y_range());
    let size = if card.kind == LayerKind::Input { measure.text } else { measure.small };
    paint::text_in(painter, rect, align, name, paint::plain(size), stage.palette.text);
}

/// "+ 24 more".
fn show_more(ui: &Ui, stage: &Stage<'_>, card: &Card, shown: usize, rect: Rect) {
    let hidden = card.units.saturating_sub(shown) as u64;
    let text = format!("+ {} more", format::count(hidden));
    let response = ui.interact(rect, super::id_of(card.id).with("more"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    let font = paint::plain(stage.layout.measure.small);
    let color = stage.palette.text_weak;
    paint::text_in(ui.painter(), rect, Align2::CENTER_CENTER, &text, font, color);
    let what = if card.kind == LayerKind::Input { "inputs" } else { "neurons" };
    response.on_hover_text(format!(
        "The first {shown} of {} {what} are drawn, with their weights. The others work just the \
         same; a higher window shows more of them.",
        format::count(card.units as u64),
    ));
}

fn wires_of<'a>(stage: &Stage<'a>, card: &Card) -> Option<Wires<'a>> {
    Wires::find(stage.scene, wire::source_of(stage.cards, card)?, card)
}

/// What is known about a neuron: a large map, its bias, its weights.
fn neuron_tooltip(ui: &mut Ui, stage: &Stage<'_>, maps: &Maps, card: &Card, unit: usize) {
    let name = card.unit_title(unit, stage.facts);
    ui.label(egui::RichText::new(name).text_style(theme::strong_text_style()));
    let figure = Figure::of(stage, maps, card, unit);
    if !matches!(figure, Figure::Blank) {
        let (rect, _) = ui.allocate_exact_size(vec2(ENLARGED, ENLARGED), Sense::hover());
        figure.paint(ui.painter(), rect, stage);
        ui.small(map_caption(stage, card, &figure));
    }
    let formula = match card.kind {
        LayerKind::Dense { activation, .. } => {
            format!("a = f(z) with z = Σ wᵢ·xᵢ + b, f = {}", activation.name())
        }
        _ => match stage.scene.output() {
            Some(output) => format!("z = Σ wᵢ·xᵢ + b, {}", output.formula()),
            None => "z = Σ wᵢ·xᵢ + b".to_owned(),
        },
    };
    ui.label(formula);
    if let Some(wires) = wires_of(stage, card)
        && let (Some(bias), Some(weights)) = (wires.bias(unit), wires.of_unit(unit))
    {
        ui.label(format!("bias b = {}", format::number(f64::from(bias))));
        if let Some(source) = wire::source_of(stage.cards, card) {
            ui.label(strongest(stage, source, weights));
        }
    }
    ui.small("Click to read and change its weights.");
}

fn map_caption(stage: &Stage<'_>, card: &Card, figure: &Figure<'_>) -> &'static str {
    let pictures = stage
        .scene
        .insight
        .and_then(|frame| frame.neurons.as_ref())
        .is_some_and(|maps| maps.pictures);
    match (figure, card.kind) {
        (Figure::Function(_), _) => "What it answers, from left to right along the input.",
        _ if pictures => {
            "Its weights as a picture: blue pixels speak for it, orange ones against it."
        }
        (_, LayerKind::Output) => "What it answers over the plane: blue is high, orange is low.",
        _ => "What it answers over the plane: blue is positive, orange is negative.",
    }
}

/// How many weights come in, and which is the largest.
fn strongest(stage: &Stage<'_>, source: &Card, weights: &[f32]) -> String {
    let count = super::model::counted(weights.len(), "weight", "weights");
    let largest = weights.iter().enumerate().max_by(|(_, a), (_, b)| a.abs().total_cmp(&b.abs()));
    match largest {
        Some((input, &weight)) if source.face != Face::Picture => format!(
            "{count}, the largest from {}: {}",
            source.short_unit_name(input, stage.facts),
            format::number(f64::from(weight)),
        ),
        _ => format!("{count}, together of size {}", format::number(f64::from(norm(weights)))),
    }
}

/// What is known about an input.
fn input_tooltip(ui: &mut Ui, stage: &Stage<'_>, maps: &Maps, card: &Card, unit: usize) {
    let name = card.unit_title(unit, stage.facts);
    ui.label(egui::RichText::new(name).text_style(theme::strong_text_style()));
    let figure = Figure::of(stage, maps, card, unit);
    if !matches!(figure, Figure::Blank) {
        let (rect, _) = ui.allocate_exact_size(vec2(ENLARGED, ENLARGED), Sense::hover());
        figure.paint(ui.painter(), rect, stage);
    }
    if card.face == Face::Picture {
        let (width, height) = stage.facts.picture.unwrap_or_default();
        ui.label(format!(
            "{width} × {height} pixels, each an input of its own. Shown is the mean of all \
             training pictures."
        ));
        return;
    }
    if let Some(feature) = stage.facts.features.get(unit) {
        ui.label(feature.summary());
    } else if let Some(samples) = &stage.facts.samples
        && let Some(text) = column_text(&samples.encoder, unit)
    {
        ui.label(text);
    }
}

/// How the column behind an input is turned into numbers.
fn column_text(encoder: &Encoder, unit: usize) -> Option<String> {
    let index = (0..encoder.columns.len()).find(|&c| encoder.inputs_of(c).contains(&unit))?;
    let column = encoder.columns.get(index)?;
    Some(match &column.kind {
        InputKind::Number { mean, scale, minimum, maximum, .. } => format!(
            "A number from {} to {} in the training part. The network sees (x − {}) / {}, so that \
             all inputs are of the same size.",
            format::number(*minimum),
            format::number(*maximum),
            format::number(*mean),
            format::number(*scale),
        ),
        InputKind::Category { levels, .. } => format!(
            "One of the {} values of {}: 1 where the row has this value, else 0 (one-hot).",
            levels.len(),
            column.name,
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_fills_its_rectangle_but_for_the_corners() {
        let rect = Rect::from_min_max(pos2(10.0, 20.0), pos2(40.0, 60.0));
        let uv = Rect::from_min_max(pos2(0.25, 0.5), pos2(0.5, 1.0));
        let mut mesh = Mesh::default();
        add_map(&mut mesh, rect, uv);
        assert!(mesh.is_valid());
        assert_eq!(mesh.calc_bounds(), rect);
        let area: f32 = mesh
            .triangles()
            .map(|corners| {
                let [a, b, c] = corners.map(|corner| mesh.vertices[corner as usize].pos);
                ((b - a).x * (c - a).y - (b - a).y * (c - a).x) / 2.0
            })
            .inspect(|area| assert!(*area >= 0.0, "all triangles turn the same way"))
            .sum();
        let corners = (4.0 - std::f32::consts::PI) * CORNER * CORNER;
        let missing = rect.area() - area;
        assert!((corners..1.4 * corners).contains(&missing), "{missing} instead of {corners}");
        // What is drawn lies where it lies on the texture.
        for vertex in &mesh.vertices {
            let share = (vertex.pos - rect.min) / rect.size();
            assert!((uv.lerp_inside(share) - vertex.uv).length() < 1e-6);
        }
    }
}
