//! What the colours of the map mean: classes with their markers and counts, or a scale of numbers.

use eframe::egui::{
    Align2, FontId, Mesh, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::controls::{compact_row, short_name};
use super::look::{Looks, number_color};
use super::points::{MapPoints, matching_insight};
use super::tick;
use crate::data::TargetEncoding;
use crate::ui::{Scene, format, theme};

/// How many points a class has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassCount {
    /// Rows of the training part.
    pub train: u32,
    /// Rows of the validation part.
    pub validation: u32,
    /// Those of either part that are taken for another class.
    pub wrong: u32,
}

/// Counts the rows by the look of their class.
pub fn count(points: &MapPoints, looks: &Looks, scene: &Scene<'_>) -> Vec<ClassCount> {
    let mut counts = vec![ClassCount::default(); theme::CLASSES.max(looks.names.len())];
    let confusion = matching_insight(scene).and_then(|frame| frame.confusion.as_ref());
    if let Some((train, validation)) = confusion {
        for class in 0..looks.names.len() {
            if let Some(count) = counts.get_mut(looks.look(class)) {
                let (trained, held_back) = (train.actual(class), validation.actual(class));
                *count = ClassCount {
                    train: trained,
                    validation: held_back,
                    wrong: trained + held_back - train.right(class) - validation.right(class),
                };
            }
        }
        return counts;
    }
    for point in &points.points {
        if let Some(count) = point.look.and_then(|look| counts.get_mut(look)) {
            if point.train {
                count.train += 1;
            } else {
                count.validation += 1;
            }
        }
    }
    counts
}

/// The classes side by side, each with its marker and, where there is room (not in a `low` panel),
/// the number of its points.
pub fn classes(ui: &mut Ui, looks: &Looks, counts: &[ClassCount], low: bool) {
    compact_row(ui, |ui| {
        for class in 0..looks.names.len() {
            let count = counts.get(looks.look(class)).copied().unwrap_or_default();
            class_entry(ui, looks, class, count, low);
        }
    });
}

fn class_entry(ui: &mut Ui, looks: &Looks, class: usize, count: ClassCount, low: bool) {
    let palette = theme::palette(ui);
    let font = FontId::proportional(theme::TEXT_SMALL);
    let mut text = short_name(looks.name(class));
    if !low {
        text += " ";
        text += &format::count(u64::from(count.train + count.validation));
    }
    let galley = ui.painter().layout_no_wrap(text, font, palette.text);
    let (rect, response) =
        ui.allocate_exact_size(vec2(16.0 + galley.size().x, 18.0), Sense::hover());
    let mut shapes = Vec::new();
    let outline = Stroke::new(0.0, palette.outline);
    let center = pos2(rect.left() + 6.0, rect.center().y);
    let marker = looks.marker(class);
    marker.draw(&mut shapes, center, 4.6, looks.color(class), outline);
    ui.painter().extend(shapes);
    let at = pos2(rect.left() + 16.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, palette.text);
    let help = format!(
        "{} ({}): {} training and {} validation points. {} of them {} taken for another class; \
         they have a red ring.",
        looks.name(class),
        marker.name(),
        count.train,
        count.validation,
        count.wrong,
        if count.wrong == 1 { "is" } else { "are" },
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &help));
    response.on_hover_text(help);
}

/// The scale of numbers: a bar of colours with the values at its ends and in its middle.
pub fn numbers(ui: &mut Ui, scene: &Scene<'_>, range: (f64, f64)) {
    const STEPS: usize = 32;
    let palette = theme::palette(ui);
    let Some(TargetEncoding::Number { name, .. }) =
        scene.samples.map(|samples| &samples.encoder.target)
    else {
        return;
    };
    if range.0 > range.1 {
        return;
    }
    let font = FontId::proportional(theme::TEXT_SMALL);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    let galley = ui.painter().layout_no_wrap(short_name(name), font.clone(), palette.text);
    let left = rect.left() + galley.size().x + theme::SPACE_2;
    let bar = Rect::from_min_max(
        pos2(left.min(rect.center().x), rect.top() + 3.0),
        pos2(rect.right() - theme::SPACE_2, rect.top() + 13.0),
    );
    ui.painter().galley(pos2(rect.left(), rect.top()), galley, palette.text);
    let mut mesh = Mesh::default();
    for step in 0..=STEPS {
        let share = step as f64 / STEPS as f64;
        let value = range.0 + share * (range.1 - range.0);
        let color = number_color(value, range, palette);
        let x = bar.left() + share as f32 * bar.width();
        let index = mesh.vertices.len() as u32;
        mesh.colored_vertex(pos2(x, bar.top()), color);
        mesh.colored_vertex(pos2(x, bar.bottom()), color);
        if step > 0 {
            mesh.add_triangle(index - 2, index - 1, index);
            mesh.add_triangle(index - 1, index, index + 1);
        }
    }
    ui.painter().add(Shape::mesh(mesh));
    let step = tick::step(range.1 - range.0, 50);
    let aligned = [(0.0, Align2::LEFT_TOP), (0.5, Align2::CENTER_TOP), (1.0, Align2::RIGHT_TOP)];
    for (share, align) in aligned {
        let value = range.0 + share * (range.1 - range.0);
        let at = pos2(bar.left() + share as f32 * bar.width(), bar.bottom() + 2.0);
        let text = tick::label(value, step);
        ui.painter().text(at, align, text, font.clone(), palette.text_weak);
    }
    let help = format!(
        "{name}: orange is {}, blue is {}. The ground is the network's answer, the points are the \
         rows: where a point has the colour of its ground, the network is right.",
        format::number(range.0),
        format::number(range.1)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &help));
    response.on_hover_text(help);
}
