//! A table's columns: which to predict, which to predict from, what is in them.

use std::collections::BTreeSet;

use eframe::egui::{self, RichText, ScrollArea, Ui};
use egui_extras::{Column as TableColumn, TableBuilder};

use super::{Scene, data_panel, format, icon, theme, widget};
use crate::app::Outbox;
use crate::data::{self, Column, Samples, Table, TargetEncoding, TaskKind, Values};
use crate::experiment::DataSource;
use crate::experiment::data_spec::{TableOrigin, TableSpec};

/// What the panel keeps between frames.
#[derive(Default)]
pub struct TablePanelState {
    show_rows: bool,
    show_notes: bool,
}

/// Rows in the preview.
const PREVIEW: usize = 50;

/// Draws the table's part of the data panel.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    spec: &TableSpec,
    out: &mut Outbox,
    state: &mut TablePanelState,
) {
    let title = scene.spec.data.source.title();
    let about = match &spec.origin {
        TableOrigin::Library { id } => {
            data::library_set(id).map_or("", |set| set.summary).to_owned()
        }
        TableOrigin::File { path } => path.display().to_string(),
    };
    widget::heading(ui, &title, &about);
    let Some(samples) = scene.samples else {
        widget::note(ui, "No rows yet.");
        return;
    };
    let table = &samples.table;
    widget::note(
        ui,
        format!(
            "{}, {}",
            format::counted(table.rows() as u64, "row", "rows"),
            format::counted(table.columns.len() as u64, "column", "columns")
        ),
    );
    target(ui, scene, spec, samples, out);
    columns(ui, scene, spec, samples, out);
    ui.horizontal_wrapped(|ui| {
        let help = "Shows the first rows as they stand in the file.";
        if widget::toggle(ui, state.show_rows, "Rows", help) {
            state.show_rows = !state.show_rows;
        }
        let text = format!("Preparation ({})", samples.notes.len());
        let help = "What was done to turn the table into numbers: filled, encoded, left out.";
        if widget::toggle(ui, state.show_notes, &text, help) {
            state.show_notes = !state.show_notes;
        }
    });
    if state.show_notes {
        notes(ui, samples);
    }
    if state.show_rows {
        rows(ui, &title, table, &mut state.show_rows);
    }
}

fn target(ui: &mut Ui, scene: &Scene<'_>, spec: &TableSpec, samples: &Samples, out: &mut Outbox) {
    let table = &samples.table;
    let current = samples.encoder.target.name().to_owned();
    let position = table.columns.iter().position(|column| column.name == current);
    let entries = table
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| !matches!(column.values, Values::Text(_)))
        .map(|(index, column)| (Some(index), column.name.clone()));
    let explain = |index: Option<usize>| {
        index.and_then(|index| table.columns.get(index)).map_or_else(String::new, summary)
    };
    let help = "The column to predict.";
    let mut chosen = None;
    ui.horizontal(|ui| {
        ui.label("Predict").on_hover_text(help);
        chosen = widget::choice(ui, "Predict", help, position, entries, explain);
    });
    if let Some(column) = chosen.flatten().and_then(|index| table.columns.get(index)) {
        let name = column.name.clone();
        data_panel::change(scene, out, "choose target", |data| {
            if let DataSource::Table(table) = &mut data.source {
                // What was chosen for another target does not fit this one.
                *table =
                    TableSpec { target: Some(name), inputs: None, task: None, ..table.clone() };
            }
        });
    }
    let classes = samples.encoder.target.task() == TaskKind::Classification;
    ui.horizontal(|ui| {
        let mut task = None;
        let help = "Predicts which class a row belongs to.";
        if widget::toggle(ui, classes, "Classes", help) {
            task = Some(TaskKind::Classification);
        }
        if widget::toggle(ui, !classes, "A number", "Predicts a number (regression).") {
            task = Some(TaskKind::Regression);
        }
        if task.is_some() && task != Some(samples.encoder.target.task()) {
            let mut next = spec.clone();
            next.task = task;
            data_panel::change(scene, out, "change task", |data| {
                data.source = DataSource::Table(next);
            });
        }
    });
    if let TargetEncoding::Classes { classes, .. } = &samples.encoder.target {
        widget::note(
            ui,
            format!("{} classes: {}", classes.len(), shortened(&classes.join(", "), 80)),
        );
    }
}

fn columns(ui: &mut Ui, scene: &Scene<'_>, spec: &TableSpec, samples: &Samples, out: &mut Outbox) {
    let target = samples.encoder.target.name();
    let used: BTreeSet<&str> =
        samples.encoder.columns.iter().map(|column| column.name.as_str()).collect();
    widget::heading(
        ui,
        "Inputs",
        "The columns to predict from. Leave out what gives the answer away.",
    );
    let mut changed: Option<(String, bool)> = None;
    let table = &samples.table;
    let height = 24.0 * (table.columns.len().min(9) as f32);
    ScrollArea::vertical()
        .id_salt("columns")
        .max_height(height)
        .auto_shrink([false, true])
        .show_rows(ui, 24.0, table.columns.len(), |ui, shown| {
            // All rows are of one height; the tooltip has the whole name.
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Truncate);
            for column in table.columns.get(shown).unwrap_or(&[]) {
                if column.name == target {
                    ui.add_enabled(
                        false,
                        egui::Checkbox::new(&mut false, format!("{} (target)", column.name)),
                    )
                    .on_disabled_hover_text("This column is predicted, so it cannot be an input.");
                    continue;
                }
                let text = matches!(column.values, Values::Text(_));
                let mut on = used.contains(column.name.as_str());
                let response =
                    ui.add_enabled(!text, egui::Checkbox::new(&mut on, column.name.as_str()));
                let response = widget::on_hover(response, || summary(column))
                    .on_disabled_hover_text(
                        "Mostly different words: names rows rather than describing them.",
                    );
                if response.changed() {
                    changed = Some((column.name.clone(), on));
                }
            }
        });
    if let Some((name, on)) = changed {
        let inputs = table
            .columns
            .iter()
            .filter(
                |column| if column.name == name { on } else { used.contains(column.name.as_str()) },
            )
            .map(|column| column.name.clone())
            .collect();
        let mut next = spec.clone();
        next.inputs = Some(inputs);
        data_panel::change(scene, out, "choose inputs", |data| {
            data.source = DataSource::Table(next);
        });
    }
}

/// Most examples of a column's values.
const EXAMPLES: usize = 4;

/// "bill length: number, 33 to 231, 2 missing", and examples where that does not tell the values.
fn summary(column: &Column) -> String {
    let missing = column.values.missing();
    let missing = if missing > 0 { format!(", {missing} missing") } else { String::new() };
    let kind = match &column.values {
        Values::Number(values) => {
            let known = values.iter().copied().filter(|value| value.is_finite());
            let (low, high) =
                known.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
            if low <= high {
                format!("number, {} to {}", format::number(low), format::number(high))
            } else {
                "number, all missing".to_owned()
            }
        }
        Values::Category { levels, .. } => {
            format!("{} different words: {}", levels.len(), shortened(&levels.join(", "), 120))
        }
        Values::Text(_) => "text, mostly different".to_owned(),
    };
    let examples = match column.values {
        Values::Category { .. } => Vec::new(),
        Values::Number(_) | Values::Text(_) => examples(&column.values),
    };
    if examples.is_empty() {
        format!("{}: {kind}{missing}", column.name)
    } else {
        let examples = shortened(&examples.join(", "), 120);
        format!("{}: {kind}{missing}\ne.g. {examples}", column.name)
    }
}

/// The first values that are there and differ, among the rows at the beginning.
fn examples(values: &Values) -> Vec<String> {
    let mut examples = Vec::with_capacity(EXAMPLES);
    for row in (0..values.len().min(PREVIEW)).filter(|&row| !values.is_missing(row)) {
        let text = values.display(row);
        if !examples.contains(&text) {
            examples.push(text);
        }
        if examples.len() == EXAMPLES {
            break;
        }
    }
    examples
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most).collect();
    format!("{head}…")
}

fn notes(ui: &mut Ui, samples: &Samples) {
    if samples.notes.is_empty() {
        widget::note(ui, "Nothing had to be filled or left out.");
    }
    for note in &samples.notes {
        widget::note(ui, format!("• {note}"));
    }
}

/// The first rows, in a window of their own.
fn rows(ui: &Ui, title: &str, table: &Table, open: &mut bool) {
    egui::Window::new(format!("Rows of {title}"))
        .id(egui::Id::unique("rows of the table"))
        .open(open)
        .default_size([640.0, 360.0])
        .show(ui.ctx(), |ui| {
            if table.rows() > PREVIEW {
                widget::note(
                    ui,
                    format!("The first {PREVIEW} of {}.", format::count(table.rows() as u64)),
                );
            }
            ScrollArea::horizontal().show(ui, |ui| grid(ui, table));
        });
}

fn grid(ui: &mut Ui, table: &Table) {
    let shown = table.columns.get(..table.columns.len().min(80)).unwrap_or(&table.columns);
    TableBuilder::new(ui)
        .striped(true)
        .columns(TableColumn::auto().at_least(48.0).at_most(220.0), shown.len())
        .header(24.0, |mut header| {
            for column in shown {
                header.col(|ui| {
                    let name = RichText::new(&column.name).text_style(theme::strong_text_style());
                    widget::on_hover(ui.label(name), || summary(column));
                });
            }
        })
        .body(|body| {
            body.rows(22.0, table.rows().min(PREVIEW), |mut row| {
                let index = row.index();
                for column in shown {
                    row.col(|ui| {
                        if column.values.is_missing(index) {
                            icon::MINUS
                                .show(ui, theme::palette(ui).text_weak)
                                .on_hover_text("Missing");
                        } else {
                            ui.label(column.values.display(index));
                        }
                    });
                }
            });
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_there_and_differ() {
        let numbers = vec![39.5, 39.5, f64::NAN, 40.25, 36.0, 1.0, 2.0];
        let column = Column { name: "length".to_owned(), values: Values::Number(numbers) };
        let text = summary(&column);
        assert_eq!(text, "length: number, 1 to 40.25, 1 missing\ne.g. 39.5, 40.25, 36, 1");
    }

    #[test]
    fn the_words_of_a_category_are_told_once() {
        let levels = vec!["Biscoe".to_owned(), "Dream".to_owned()];
        let values = Values::Category { levels, codes: vec![0, 0, 1] };
        let text = summary(&Column { name: "island".to_owned(), values });
        assert_eq!(text, "island: 2 different words: Biscoe, Dream");
    }
}
