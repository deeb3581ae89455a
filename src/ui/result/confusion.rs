//! The confusion matrix: which class is taken for which, with precision and recall.

use eframe::egui::{
    self, Align2, FontId, Grid, Painter, Pos2, Rect, Response, RichText, Role, ScrollArea, Sense,
    Ui, WidgetInfo, epaint::TextShape, pos2, vec2,
};

use super::controls::short_name;
use super::look::{Looks, blend, looks};
use super::plane::{caption, text_on};
use super::points::matching_insight;
use crate::app::command::{Command, Outbox};
use crate::insight::Confusion;
use crate::ui::icon;
use crate::ui::view::Part;
use crate::ui::{Scene, View, format, theme};

/// Smallest and largest side of a cell, in points.
const CELL: (f32, f32) = (27.0, 60.0);
/// Longest name of a class beside or above the cells, in points.
const NAME: f32 = 92.0;
/// Room for a class's marker beside its name, in points.
const MARKER: f32 = 22.0;
/// Height of the line that says what the columns are, in points.
const TITLE: f32 = 20.0;

/// Shows the tab.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, out: &mut Outbox) {
    let matrices = matching_insight(scene).and_then(|frame| frame.confusion.as_ref());
    let Some((training, validation)) = matrices else {
        let text = "The matrix appears as soon as there is a network and rows to ask it about.";
        caption(ui, text);
        return;
    };
    let matrix = match view.part {
        Part::Training => training,
        Part::Validation => validation,
    };
    part_switch(ui, view, |ui| {
        if icon::COPY.button(ui, "Copy the matrix as a table").clicked() {
            let text = table(matrix);
            out.send(Command::Copy { text, what: "Confusion matrix" });
        }
    });
    summary(ui, matrix, view.part);
    let looks = looks(scene);
    ui.add_space(theme::SPACE_1);
    ScrollArea::horizontal().id_salt("confusion").show(ui, |ui| draw(ui, matrix, &looks));
    ui.add_space(theme::SPACE_3);
    measures(ui, matrix, &looks);
}

/// The switch between both parts, and what stands on its right.
pub fn part_switch(ui: &mut Ui, view: &mut View, right: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let parts = [
            (Part::Training, "Training", "The rows that the network learns from."),
            (
                Part::Validation,
                "Validation",
                "The rows held back: they say how good the network is with rows it has never seen.",
            ),
        ];
        for (part, name, help) in parts {
            ui.selectable_value(&mut view.part, part, name).on_hover_text(help);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), right);
    });
}

/// The accuracy in a sentence.
fn summary(ui: &mut Ui, matrix: &Confusion, part: Part) {
    let rows: u32 = (0..matrix.classes.len()).map(|class| matrix.actual(class)).sum();
    let right: u32 = (0..matrix.classes.len()).map(|class| matrix.right(class)).sum();
    let part = match part {
        Part::Training => "training",
        Part::Validation => "validation",
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let Some(accuracy) = matrix.accuracy() else {
            ui.label(format!("There are no {part} rows."));
            return;
        };
        let strong = RichText::new(format::percent(accuracy))
            .text_style(theme::strong_text_style())
            .color(theme::palette(ui).text_strong);
        ui.label(strong).on_hover_text(
            "Accuracy: the share of rows that are right. Beware where one class is far more \
             frequent than the others: always answering it is right most of the time, too.",
        );
        ui.label(format!(
            "of the {part} rows are right ({} of {}).",
            format::count(u64::from(right)),
            format::count(u64::from(rows))
        ));
    });
}

/// Where the cells lie.
struct Layout {
    corner: Pos2,
    cell: f32,
    count: usize,
    /// Whether the names of the columns are turned a quarter, because they are wider than a cell.
    turned: bool,
}

impl Layout {
    fn cell_rect(&self, actual: usize, predicted: usize) -> Rect {
        let offset = vec2(predicted as f32, actual as f32) * self.cell;
        Rect::from_min_size(self.corner + offset, egui::Vec2::splat(self.cell - 2.0))
    }

    fn cell_at(&self, place: Pos2) -> Option<(usize, usize)> {
        let offset = (place - self.corner) / self.cell;
        let inside = offset.x >= 0.0 && offset.y >= 0.0;
        let (predicted, actual) = (offset.x as usize, offset.y as usize);
        (inside && predicted < self.count && actual < self.count).then_some((actual, predicted))
    }
}

fn draw(ui: &mut Ui, matrix: &Confusion, looks: &Looks) {
    let count = matrix.classes.len();
    let pen = Pen { painter: ui.painter().clone(), palette: theme::palette(ui), looks };
    let longest = (0..count).map(|class| pen.name(class).size().x).fold(0.0, f32::max);
    let left = (longest + MARKER + 6.0).max(56.0).ceil();
    let cell = ((ui.available_width() - left) / count.max(1) as f32).clamp(CELL.0, CELL.1).floor();
    let turned = longest > cell - 2.0;
    let head = TITLE + MARKER + if turned { longest } else { theme::TEXT_SMALL + 4.0 };
    let side = cell * count as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(left + side, head + side), Sense::hover());
    let layout = Layout { corner: (rect.min + vec2(left, head)).round(), cell, count, turned };
    pen.titles(rect, &layout);
    for class in 0..count {
        pen.row_name(&layout, class);
        pen.column_name(&layout, class);
        for predicted in 0..count {
            pen.cell(&layout, matrix, class, predicted);
        }
    }
    describe(ui, matrix, &layout, response);
}

/// What the matrix is drawn with.
struct Pen<'a> {
    painter: Painter,
    palette: &'static theme::Palette,
    looks: &'a Looks,
}

impl Pen<'_> {
    fn titles(&self, rect: Rect, layout: &Layout) {
        let font = FontId::proportional(theme::TEXT_SMALL);
        let color = self.palette.text_weak;
        let at = pos2(layout.corner.x, rect.top());
        self.painter.text(at, Align2::LEFT_TOP, "taken for →", font.clone(), color);
        let at = pos2(rect.left(), layout.corner.y - 4.0);
        self.painter.text(at, Align2::LEFT_BOTTOM, "really ↓", font, color);
    }

    fn marker(&self, center: Pos2, class: usize) {
        let mut shapes = Vec::new();
        let outline = egui::Stroke::new(0.0, self.palette.outline);
        let (marker, color) = (self.looks.marker(class), self.looks.color(class));
        marker.draw(&mut shapes, center, 4.2, color, outline);
        self.painter.extend(shapes);
    }

    fn name(&self, class: usize) -> std::sync::Arc<egui::Galley> {
        let mut job = egui::text::LayoutJob::simple_singleline(
            self.looks.name(class).to_owned(),
            FontId::proportional(theme::TEXT_SMALL),
            self.palette.text,
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width(NAME);
        self.painter.layout_job(job)
    }

    fn row_name(&self, layout: &Layout, class: usize) {
        let middle = layout.cell_rect(class, 0).left_center();
        self.marker(middle - vec2(12.0, 0.0), class);
        let galley = self.name(class);
        let at = middle - vec2(MARKER + galley.size().x, galley.size().y / 2.0);
        self.painter.galley(at, galley, self.palette.text);
    }

    /// Upright where it fits, turned a quarter where it does not.
    fn column_name(&self, layout: &Layout, class: usize) {
        let middle = layout.cell_rect(0, class).center_top();
        self.marker(middle - vec2(0.0, 9.0), class);
        let galley = self.name(class);
        if layout.turned {
            let at = middle - vec2(galley.size().y / 2.0, 18.0);
            let quarter = std::f32::consts::FRAC_PI_2;
            let text = TextShape::new(at, galley, self.palette.text).with_angle(-quarter);
            self.painter.add(text);
        } else {
            let at = middle - vec2(galley.size().x / 2.0, 17.0 + galley.size().y);
            self.painter.galley(at, galley, self.palette.text);
        }
    }

    /// A count, on a ground that says which share of its row it is: blue what is right, orange
    /// what is wrong.
    fn cell(&self, layout: &Layout, matrix: &Confusion, actual: usize, predicted: usize) {
        let rect = layout.cell_rect(actual, predicted);
        let count = count(matrix, actual, predicted);
        let share = f64::from(count) / f64::from(matrix.actual(actual).max(1));
        let ground =
            if actual == predicted { self.palette.positive } else { self.palette.negative };
        let strength = if count == 0 { 0.0 } else { 0.12 + 0.88 * share.sqrt() as f32 };
        let fill = blend(self.palette.card, ground, strength);
        self.painter.rect_filled(rect, 3.0, fill);
        if count == 0 {
            return;
        }
        let color = text_on(fill, self.palette);
        let size = if layout.cell < 38.0 { 11.0 } else { theme::TEXT_BODY };
        let font = FontId::proportional(size);
        let text = format::count(u64::from(count));
        let center = rect.center();
        if layout.cell < 44.0 {
            self.painter.text(center, Align2::CENTER_CENTER, text, font, color);
            return;
        }
        self.painter.text(center - vec2(0.0, 7.0), Align2::CENTER_CENTER, text, font, color);
        let share = format!("{:.0} %", 100.0 * share);
        let font = FontId::proportional(11.0);
        self.painter.text(center + vec2(0.0, 9.0), Align2::CENTER_CENTER, share, font, color);
    }
}

fn count(matrix: &Confusion, actual: usize, predicted: usize) -> u32 {
    let row = matrix.counts.get(actual);
    row.and_then(|row| row.get(predicted)).copied().unwrap_or(0)
}

/// What the pointer is over, in a sentence; for a screen reader, the worst mistake.
fn describe(ui: &Ui, matrix: &Confusion, layout: &Layout, response: Response) {
    let worst = (0..layout.count)
        .flat_map(|actual| (0..layout.count).map(move |predicted| (actual, predicted)))
        .filter(|(actual, predicted)| actual != predicted)
        .max_by_key(|&(actual, predicted)| count(matrix, actual, predicted))
        .filter(|&(actual, predicted)| count(matrix, actual, predicted) > 0);
    let summary = match worst {
        Some((actual, predicted)) => {
            format!(
                "Confusion matrix. Most frequent mistake: {}",
                sentence(matrix, actual, predicted)
            )
        }
        None => "Confusion matrix. There is no mistake.".to_owned(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Figure, true, &summary));
    let Some((actual, predicted)) = response.hover_pos().and_then(|place| layout.cell_at(place))
    else {
        return;
    };
    let stroke = egui::Stroke::new(1.5, theme::palette(ui).text_strong);
    let rect = layout.cell_rect(actual, predicted);
    ui.painter().rect_stroke(rect, 3.0, stroke, egui::StrokeKind::Outside);
    response.on_hover_text_at_pointer(sentence(matrix, actual, predicted));
}

/// "12 of 60 Adelie were taken for Chinstrap (20 %)."
fn sentence(matrix: &Confusion, actual: usize, predicted: usize) -> String {
    let name = |class: usize| matrix.classes.get(class).map_or("?", String::as_str);
    let (count, rows) = (count(matrix, actual, predicted), matrix.actual(actual));
    let share = f64::from(count) / f64::from(rows.max(1));
    let were = if count == 1 { "was" } else { "were" };
    let share = format::percent(share);
    if actual == predicted {
        format!("{count} of {rows} {} {were} recognised ({share}).", name(actual))
    } else {
        format!(
            "{count} of {rows} {} {were} taken for {} ({share}).",
            name(actual),
            name(predicted)
        )
    }
}

/// Precision and recall of each class.
fn measures(ui: &mut Ui, matrix: &Confusion, looks: &Looks) {
    let heads = [
        ("Class", "The classes, in the order of the network's outputs."),
        (
            "Precision",
            "Of the rows taken for this class, the share that really is of it. Low: it is called \
             too easily.",
        ),
        ("Recall", "Of the rows of this class, the share that is found. Low: it is overlooked."),
        ("Rows", "Rows of this class in this part of the data."),
    ];
    Grid::new("precision and recall").num_columns(4).spacing([16.0, 4.0]).show(ui, |ui| {
        for (name, help) in heads {
            let color = theme::palette(ui).text_weak;
            ui.label(RichText::new(name).small().color(color)).on_hover_text(help);
        }
        ui.end_row();
        let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), format::percent);
        for class in 0..matrix.classes.len() {
            ui.label(short_name(looks.name(class))).on_hover_text(looks.name(class));
            ui.label(share(matrix.precision(class)));
            ui.label(share(matrix.recall(class)));
            ui.label(format::count(u64::from(matrix.actual(class))));
            ui.end_row();
        }
    });
}

/// The matrix as tab-separated text: rows are what is right, columns what the network says.
fn table(matrix: &Confusion) -> String {
    let mut text = String::from("actual \\ predicted");
    for class in &matrix.classes {
        text.push('\t');
        text.push_str(class);
    }
    text.push('\n');
    for (class, counts) in matrix.classes.iter().zip(&matrix.counts) {
        text.push_str(class);
        for count in counts {
            text.push('\t');
            text.push_str(&count.to_string());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix() -> Confusion {
        let mut matrix = Confusion::new(&["Adelie".into(), "Gentoo".into()]);
        for (actual, predicted, times) in [(0, 0, 3), (0, 1, 1), (1, 1, 2)] {
            (0..times).for_each(|_| matrix.add(actual, predicted));
        }
        matrix
    }

    #[test]
    fn cells_are_told_in_sentences() {
        let text = sentence(&matrix(), 0, 1);
        assert!(text.starts_with("1 of 4 Adelie was taken for Gentoo"), "{text}");
        assert!(sentence(&matrix(), 1, 1).starts_with("2 of 2 Gentoo were recognised"));
    }

    #[test]
    fn the_copied_table_has_heads_and_counts() {
        let text = table(&matrix());
        assert_eq!(text, "actual \\ predicted\tAdelie\tGentoo\nAdelie\t3\t1\nGentoo\t0\t2\n");
    }
}
