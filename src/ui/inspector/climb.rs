//! Gradient ascent on the input, at a neuron: a climb to the row that excites it most, told in
//! numbers, as a picture where the rows are pictures, and as a way on the map.

use eframe::egui::{
    Color32, Grid, Label, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::{Subject, part};
use crate::app::command::{Command, Outbox};
use crate::data::{Cell, Encoder};
use crate::insight::{Ascent, StartFrom, picture};
use crate::ui::result::cell_text;
use crate::ui::view::ResultTab;
use crate::ui::{View, format, theme, widget};

/// Most columns named.
const COLUMNS: usize = 8;
/// Side of a picture, in points.
const PICTURE: f32 = 112.0;

/// Shows the buttons, and the climb if there is one for this neuron.
pub fn show(ui: &mut Ui, subject: &Subject<'_>, unit: usize, view: &mut View, out: &mut Outbox) {
    part::section(
        ui,
        "Its favourite input",
        "Gradient ascent on the input: the weights stay as they are, and the numbers of a row move \
         uphill until the neuron's sum z is as large as it gets.",
    );
    let layer = subject.spec.id;
    ui.horizontal_wrapped(|ui| {
        let help = "Begins at the training row that excites the neuron most, and goes uphill from \
                    there.";
        if ui.button("Climb from the best row").on_hover_text(help).clicked() {
            out.send(Command::Climb { layer, unit, start: StartFrom::BestRow });
        }
        let asked = view.asked.clone();
        let help = "Begins at the place on the map you asked about.";
        let button =
            ui.add_enabled(asked.is_some(), eframe::egui::Button::new("From the place asked"));
        let response = button
            .on_hover_text(help)
            .on_disabled_hover_text("Click the map to choose a place first.");
        if let Some(cells) = asked.filter(|_| response.clicked()) {
            out.send(Command::Climb { layer, unit, start: StartFrom::Row(cells) });
        }
    });
    let ascent = subject.scene.ascent.filter(|climb| climb.layer == layer && climb.unit == unit);
    let (Some(ascent), Some(samples)) = (ascent, subject.scene.samples) else { return };
    let (Some(first), Some(top)) = (ascent.path.first(), ascent.path.last()) else { return };
    let edge = if ascent.at_edge {
        " It ends at the edge of what occurs in the data; beyond it the sum would grow on."
    } else {
        ""
    };
    let text = format!(
        "In {} from z = {} up to z = {}.{edge}",
        format::counted(ascent.path.len() as u64 - 1, "step", "steps"),
        format::number(first.value),
        format::number(top.value),
    );
    ui.add(Label::new(text).wrap());
    if let Some(size) = picture::shape(&samples.encoder) {
        ui.horizontal(|ui| {
            drawn(ui, &samples.encoder, &first.cells, size, "Start");
            drawn(ui, &samples.encoder, &top.cells, size, "Top");
        });
    } else {
        table(ui, &samples.encoder, ascent);
    }
    ui.horizontal_wrapped(|ui| {
        let help = "Shows the way on the map and asks the network about its top.";
        if ui.button("Show on the map").on_hover_text(help).clicked() {
            view.asked = Some(top.cells.clone());
            view.tab = ResultTab::Map;
        }
        if ui.button("Forget").on_hover_text("Takes the way off the map.").clicked() {
            out.send(Command::ForgetClimb);
        }
    });
}

/// The columns that moved most, from start to top.
fn table(ui: &mut Ui, encoder: &Encoder, ascent: &Ascent) {
    let (Some(first), Some(top)) = (ascent.path.first(), ascent.path.last()) else { return };
    let palette = theme::palette(ui);
    let columns = encoder.columns.iter().zip(&first.cells).zip(&top.cells);
    Grid::new("climb").num_columns(2).spacing([theme::SPACE_3, 2.0]).show(ui, |ui| {
        for ((column, from), to) in columns.take(COLUMNS) {
            ui.add(Label::new(RichText::new(&column.name).color(palette.text_weak)).truncate());
            let text = if from == to {
                cell_text(to)
            } else {
                format!("{} → {}", cell_text(from), cell_text(to))
            };
            ui.label(RichText::new(text).color(palette.text_strong));
            ui.end_row();
        }
    });
    if encoder.columns.len() > COLUMNS {
        widget::note(ui, format!("and {} more columns", encoder.columns.len() - COLUMNS));
    }
}

/// A row whose columns are pixels, from dark to light.
fn drawn(ui: &mut Ui, encoder: &Encoder, cells: &[Cell], size: (usize, usize), name: &str) {
    ui.vertical(|ui| {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(PICTURE), Sense::hover());
        let ranges = (0..encoder.columns.len())
            .filter_map(|column| Some(crate::insight::Axis::of(encoder, column)?.range()));
        let (low, high) = ranges
            .fold((f64::MAX, f64::MIN), |(low, high), range| (low.min(range.0), high.max(range.1)));
        let pixel = vec2(rect.width() / size.0 as f32, rect.height() / size.1 as f32);
        for (index, cell) in cells.iter().enumerate() {
            let Cell::Number(value) = cell else { continue };
            let share = ((value - low) / (high - low).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
            let (column, row) = ((index % size.0) as f32, (index / size.0) as f32);
            let corner = pos2(rect.left() + column * pixel.x, rect.top() + row * pixel.y);
            let color = Color32::from_gray((share * 255.0) as u8);
            ui.painter().rect_filled(Rect::from_min_size(corner, pixel), 0.0, color);
        }
        let text = format!("{name} of the climb, as a picture");
        response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &text));
        widget::note(ui, name);
    });
}
