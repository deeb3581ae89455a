//! What the map shows: which columns lie along its axes, what the other columns are held at, which
//! points are drawn.

use eframe::egui::containers::menu::{MenuButton, MenuConfig};
use eframe::egui::{self, ComboBox, DragValue, PopupCloseBehavior, RichText, Role, Ui, WidgetInfo};

use super::plane::{shortened, small};
use crate::data::{Encoder, Samples};
use crate::ui::icon;
use crate::ui::view::Brush;
use crate::ui::{Scene, View, format, theme};

/// Keeps the axes on columns that exist and differ: the data may have changed.
pub fn settle(view: &mut View, columns: usize, rows: usize) {
    if view.x >= columns {
        view.x = 0;
    }
    // A curve has one column only; what the view says about y stays for the next data.
    if columns > 1
        && let Some(y) = view.y
        && (y >= columns || y == view.x)
    {
        view.y = Some(usize::from(view.x == 0));
    }
    if view.held_row.is_some_and(|row| row as usize >= rows) {
        view.held_row = None;
    }
}

/// The pickers of a table's axes and of what the other columns are held at. In a `low` panel the
/// rest of what the map shows is in a menu beside them.
pub fn axes(ui: &mut Ui, scene: &Scene<'_>, samples: &Samples, view: &mut View, low: bool) {
    let encoder = &samples.encoder;
    let columns = encoder.columns.len();
    if columns < 2 {
        if low {
            shown_menu(ui, scene, samples, view);
        }
        return;
    }
    let beside = if low { 104.0 } else { 60.0 };
    let width = ((ui.available_width() - beside) / 2.0).clamp(64.0, 220.0);
    ui.horizontal(|ui| {
        let help = "The column along the horizontal axis of the map. Try the ones you think matter \
                    most.";
        let mut x = Some(view.x);
        let picker = Picker { name: "Horizontal", icon: icon::ARROW_RIGHT, help, width };
        column_picker(ui, encoder, &mut x, &picker);
        if let Some(x) = x.filter(|&x| x != view.x) {
            // Choosing the other axis's column swaps the two.
            if view.y == Some(x) {
                view.y = Some(view.x);
            }
            view.x = x;
        }
        let help = "The column along the vertical axis. “None” draws the network as a curve over \
                    one column.";
        let mut y = view.y;
        let picker = Picker { name: "Vertical", icon: icon::ARROW_UP, help, width };
        column_picker(ui, encoder, &mut y, &picker);
        if y != view.y {
            if y == Some(view.x) {
                view.x = view.y.unwrap_or(usize::from(view.x == 0));
            }
            view.y = y;
        }
        if low {
            shown_menu(ui, scene, samples, view);
        }
    });
    if !low && columns > shown_columns(view) {
        ui.horizontal(|ui| {
            let color = theme::palette(ui).text_weak;
            ui.label(RichText::new("Others held at").color(color)).on_hover_text(HELD);
            held(ui, samples, view);
        });
    }
}

/// Height below which the panel is low, in points.
pub const LOW: f32 = 300.0;

const HELD: &str = "The map shows two columns. The others do not change on it: they have typical \
                    values (the median, or the most frequent word), or those of one row.";

fn shown_columns(view: &View) -> usize {
    1 + usize::from(view.y.is_some())
}

/// What the other columns are held at and which points are drawn, behind a button.
fn shown_menu(ui: &mut Ui, scene: &Scene<'_>, samples: &Samples, view: &mut View) {
    let button = MenuButton::new(icon::EYE)
        .config(MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside));
    let (response, _) = button.ui(ui, |ui| {
        toggles(ui, scene, view, scene.classes().is_some() && view.y.is_some());
        if samples.encoder.columns.len() <= shown_columns(view) {
            return;
        }
        ui.separator();
        ui.label("Other columns held at").on_hover_text(HELD);
        for (of_row, text) in [(false, TYPICAL), (true, OF_ROW)] {
            if ui.radio(view.held_row.is_some() == of_row, text).clicked() {
                view.held_row = of_row.then_some(view.held_row.unwrap_or(0));
            }
        }
        row_field(ui, samples, view);
    });
    let name = "What the map shows";
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    response.on_hover_text(
        "What the map shows: training and validation points, and what the columns are held at \
         that are not on an axis.",
    );
}

/// What a picker says about itself.
struct Picker {
    name: &'static str,
    icon: icon::Icon,
    help: &'static str,
    width: f32,
}

fn column_picker(ui: &mut Ui, encoder: &Encoder, chosen: &mut Option<usize>, picker: &Picker) {
    let color = theme::palette(ui).text_weak;
    picker.icon.show(ui, color).on_hover_text(picker.help);
    let name =
        |column: usize| encoder.columns.get(column).map_or("", |column| column.name.as_str());
    let selected = chosen.map_or("None", name).to_owned();
    // A list is as wide as there is room: this keeps it from taking that of its neighbour.
    let size = egui::vec2(picker.width, theme::CONTROL_HEIGHT);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let response = ui
        .allocate_ui_with_layout(size, layout, |ui| {
            ComboBox::from_id_salt(picker.name)
                .selected_text(selected.clone())
                .width(picker.width)
                .truncate()
                .show_ui(ui, |ui| {
                    if picker.name == "Vertical" {
                        ui.selectable_value(chosen, None, "None");
                    }
                    for column in 0..encoder.columns.len() {
                        ui.selectable_value(chosen, Some(column), name(column));
                    }
                })
                .response
        })
        .inner;
    response
        .accessible_name(format!("{} axis", picker.name))
        .on_hover_text(format!("{selected}. {}", picker.help));
}

const TYPICAL: &str = "typical values";
const OF_ROW: &str = "values of row";

fn held(ui: &mut Ui, samples: &Samples, view: &mut View) {
    let mut of_row = view.held_row.is_some();
    ComboBox::from_id_salt("held")
        .selected_text(if of_row { OF_ROW } else { TYPICAL })
        .width(118.0)
        .show_ui(ui, |ui| {
            ui.selectable_value(&mut of_row, false, TYPICAL).on_hover_text(typical_text(samples));
            ui.selectable_value(&mut of_row, true, OF_ROW)
                .on_hover_text("Right-click a point on the map to take its row.");
        })
        .response
        .accessible_name("Other columns held at")
        .on_hover_text(held_text(samples, view));
    if of_row != view.held_row.is_some() {
        view.held_row = of_row.then_some(0);
    }
    row_field(ui, samples, view);
}

/// The number of the row, where its values are held.
fn row_field(ui: &mut Ui, samples: &Samples, view: &mut View) {
    let Some(row) = &mut view.held_row else { return };
    let last = samples.inputs.nrows().saturating_sub(1);
    // People count rows from 1.
    let mut number = *row as usize + 1;
    let response = ui
        .add(DragValue::new(&mut number).range(1..=last + 1).speed(0.2))
        .accessible_name("Row that other columns are held at")
        .on_hover_text("Number of the row. Drag, type, or right-click a point on the map.");
    if response.changed() {
        *row = number.saturating_sub(1).min(last) as u32;
    }
}

fn typical_text(samples: &Samples) -> String {
    list(samples, &samples.encoder.typical_row())
}

fn held_text(samples: &Samples, view: &View) -> String {
    match view.held_row {
        Some(row) => list(samples, &samples.encoder.row_of(&samples.table, row as usize)),
        None => typical_text(samples),
    }
}

/// The first values of a row, one a line.
fn list(samples: &Samples, cells: &[crate::data::Cell]) -> String {
    const MOST: usize = 12;
    let mut lines: Vec<String> = samples
        .encoder
        .columns
        .iter()
        .zip(cells)
        .take(MOST)
        .map(|(column, cell)| format!("{}: {}", column.name, super::answer::cell_text(cell)))
        .collect();
    if let Some(rest) = cells.len().checked_sub(MOST + 1) {
        lines.push(format!("and {} more", rest + 1));
    }
    lines.join("\n")
}

/// A low row of small things, continued in the next where there are many.
pub fn compact_row(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ui.scope(|ui| {
        small(ui);
        ui.spacing_mut().item_spacing = egui::vec2(theme::SPACE_3, 0.0);
        ui.spacing_mut().interact_size.y = 22.0;
        ui.horizontal_wrapped(content);
    });
}

/// The switches of what is drawn.
pub fn toggles(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, decisions: bool) {
    let Some(samples) = scene.samples else { return };
    compact_row(ui, |ui| {
        let parts = [
            (
                &mut view.show_training,
                "Training",
                samples.train.len(),
                "The filled points: the network learns from these rows.",
            ),
            (
                &mut view.show_validation,
                "Validation",
                samples.validation.len(),
                "The hollow points: held back, to see whether the network copes with rows it has \
                 never seen.",
            ),
        ];
        for (shown, name, count, help) in parts {
            ui.add_enabled_ui(count > 0, |ui| {
                ui.checkbox(shown, name)
                    .on_hover_text(format!("{help} {} rows.", format::count(count as u64)));
            });
        }
        if decisions {
            ui.checkbox(&mut view.decisions_only, "Decisions only").on_hover_text(
                "Shows only which class the network decides for, not how sure it is. The pale \
                     places are those where it is unsure.",
            );
        }
    });
}

/// What a click on the map does, in one sentence.
pub fn hint(view: &View, points: bool) -> &'static str {
    match view.brush {
        Brush::Ask if points => "Click to ask the network about a place.",
        Brush::Ask => {
            "Click to ask the network about a place; right-click a point to ask about its row."
        }
        Brush::Paint(_) => "Click or drag on the map to paint points.",
        Brush::Move => "Drag a point to move it.",
        Brush::Erase => "Drag over points to erase them.",
    }
}

/// A name that fits beside others.
pub fn short_name(name: &str) -> String {
    shortened(name, 18)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_settle_on_columns_that_exist() {
        let mut view = View { x: 7, y: Some(9), held_row: Some(200), ..View::default() };
        settle(&mut view, 3, 100);
        assert_eq!((view.x, view.y, view.held_row), (0, Some(1), None));
        let mut view = View { x: 1, y: Some(1), ..View::default() };
        settle(&mut view, 2, 10);
        assert_eq!((view.x, view.y), (1, Some(0)));
        settle(&mut view, 1, 10);
        assert_eq!((view.x, view.y), (0, Some(0)), "y waits for a plane");
    }
}
