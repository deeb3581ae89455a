//! The network's answer to one row: asked once, kept until the weights or the question change, and
//! shown as a number or as bars of probability.

use eframe::egui::{
    Align, Align2, FontId, Label, Layout, Rect, RichText, Role, Sense, Stroke, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::look::Looks;
use crate::data::{Cell, Encoder};
use crate::insight::answer::Verdict;
use crate::insight::{Answer, ask};
use crate::ui::{Scene, View, format, icon, theme};

/// The latest answer, with what was asked.
#[derive(Debug, Default)]
pub struct Asked {
    key: Option<Key>,
    answer: Option<Answer>,
}

#[derive(Debug, PartialEq)]
struct Key {
    snapshot: u64,
    look_back: Option<u64>,
    cells: Vec<Cell>,
}

impl Asked {
    /// The answer of the shown weights to the row asked about; `None` while nothing is asked, or
    /// while there is no network that takes such rows.
    pub fn answer(&mut self, scene: &Scene<'_>, view: &View) -> Option<&Answer> {
        let (snapshot, parameters) = (scene.snapshot?, scene.parameters?);
        let cells = view.asked.as_ref()?;
        let prepared = &snapshot.prepared;
        if cells.len() != prepared.samples.encoder.columns.len()
            || parameters.len() != prepared.network.parameter_count()
        {
            return None;
        }
        let same = self.key.as_ref().is_some_and(|key| {
            key.snapshot == snapshot.number
                && key.look_back == scene.look_back
                && key.cells == *cells
        });
        if !same {
            self.answer = Some(ask(prepared, parameters, cells));
            self.key = Some(Key {
                snapshot: snapshot.number,
                look_back: scene.look_back,
                cells: cells.clone(),
            });
        }
        self.answer.as_ref()
    }
}

/// The columns asked about, as in "x₁ = 1.2, x₂ = −3", those on the axes first.
pub fn question(encoder: &Encoder, cells: &[Cell], view: &View, most: usize) -> String {
    let axes = [Some(view.x), view.y];
    let mut order: Vec<usize> = axes.into_iter().flatten().collect();
    order.extend((0..encoder.columns.len()).filter(|column| !axes.contains(&Some(*column))));
    order.dedup();
    let parts: Vec<String> = order
        .iter()
        .filter_map(|&column| {
            let name = &encoder.columns.get(column)?.name;
            Some(format!("{name} = {}", cell_text(cells.get(column)?)))
        })
        .collect();
    match parts.len().checked_sub(most) {
        Some(rest) if rest > 0 => {
            let first = parts.get(..most).unwrap_or_default().join(", ");
            format!("{first} and {rest} more")
        }
        _ => parts.join(", "),
    }
}

/// A value as a person reads it.
pub fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Number(value) => format::number(*value),
        Cell::Category(name) => name.clone(),
        Cell::Missing => "missing".to_owned(),
    }
}

/// A verdict in one line, as in "blue, 87 %" or "23.4".
pub fn verdict_text(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Number { name, value } => format!("{name} = {}", format::number(*value)),
        Verdict::Classes { probabilities, best } => {
            probabilities.get(*best).map_or_else(String::new, |(name, probability)| {
                format!("{name}, {}", format::percent(*probability))
            })
        }
    }
}

/// Shows a question and its answer in two lines, with all probabilities in one bar. Returns whether
/// the person wants the question forgotten.
pub fn answer_line(ui: &mut Ui, question: &str, verdict: &Verdict, looks: &Looks) -> bool {
    let palette = theme::palette(ui);
    let mut forget = false;
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = 16.0;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            forget = close(ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = RichText::new(question).small().color(palette.text_weak);
                ui.add(Label::new(text).truncate()).on_hover_text(
                    "The row you asked about. The Inspector shows how the answer comes about.",
                );
            });
        });
    });
    ui.horizontal(|ui| {
        if let Verdict::Classes { best, .. } = verdict {
            let (rect, _) = ui.allocate_exact_size(vec2(12.0, 16.0), Sense::hover());
            let mut shapes = Vec::new();
            let outline = Stroke::new(0.0, palette.outline);
            let marker = looks.marker(*best);
            marker.draw(&mut shapes, rect.center(), 5.0, looks.color(*best), outline);
            ui.painter().extend(shapes);
        }
        let text = verdict_text(verdict);
        let strong = RichText::new(&text).text_style(theme::strong_text_style());
        let response = ui.add(Label::new(strong.color(palette.text_strong)).truncate());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, format!("Answer: {text}")));
        if let Verdict::Classes { probabilities, .. } = verdict {
            stacked_bar(ui, probabilities, looks);
        }
    });
    forget
}

fn close(ui: &mut Ui) -> bool {
    let size = Vec2::splat(16.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let palette = theme::palette(ui);
    let color = if response.hovered() { palette.text_strong } else { palette.text_weak };
    icon::CLOSE.paint(ui.painter(), rect.center(), 12.0, color);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Forget the question"));
    response.on_hover_text("Forget the question").clicked()
}

/// All probabilities side by side, from left to right in the order of the classes.
fn stacked_bar(ui: &mut Ui, probabilities: &[(String, f64)], looks: &Looks) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 16.0), Sense::hover());
    let track = Rect::from_center_size(rect.center(), vec2(rect.width(), 8.0));
    let palette = theme::palette(ui);
    ui.painter().rect_filled(track, 2.0, palette.control);
    let mut left = track.left();
    for (class, (_, probability)) in probabilities.iter().enumerate() {
        let share = if probability.is_finite() { probability.clamp(0.0, 1.0) } else { 0.0 };
        let right = left + track.width() * share as f32;
        let piece = Rect::from_x_y_ranges(left..=right.min(track.right()), track.y_range());
        ui.painter().rect_filled(piece, 0.0, looks.color(class));
        left = right;
    }
    let lines: Vec<String> = probabilities
        .iter()
        .map(|(name, probability)| format!("{name}: {}", format::percent(*probability)))
        .collect();
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, lines.join(", ")));
    response.on_hover_text(lines.join("\n"));
}

/// Shows a verdict: a large number, or the `most` likeliest classes with bars.
pub fn verdict_ui(ui: &mut Ui, verdict: &Verdict, looks: &Looks, most: usize) {
    match verdict {
        Verdict::Number { name, value } => {
            ui.horizontal(|ui| {
                ui.label(name);
                ui.label(
                    RichText::new(format::number(*value)).text_style(theme::display_text_style()),
                );
            })
            .response
            .on_hover_text("The output of the network, brought back to the target's own unit.");
        }
        Verdict::Classes { probabilities, .. } => {
            let mut order: Vec<usize> = (0..probabilities.len()).collect();
            if probabilities.len() > most {
                let height = |class: &usize| probabilities.get(*class).map_or(0.0, |p| p.1);
                order.sort_by(|one, other| height(other).total_cmp(&height(one)));
            }
            for &class in order.iter().take(most) {
                if let Some((name, probability)) = probabilities.get(class) {
                    probability_bar(ui, name, *probability, class, looks);
                }
            }
        }
    }
}

/// One class: its marker and name, a bar, its probability.
fn probability_bar(ui: &mut Ui, name: &str, probability: f64, class: usize, looks: &Looks) {
    const HEIGHT: f32 = 18.0;
    const FIGURES: f32 = 60.0;
    let palette = theme::palette(ui);
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    let color = looks.color(class);
    let mut shapes = Vec::new();
    let outline = Stroke::new(0.0, color);
    let marker = pos2(rect.left() + 7.0, rect.center().y);
    looks.marker(class).draw(&mut shapes, marker, 4.5, color, outline);
    ui.painter().extend(shapes);
    let names = (rect.width() * 0.36).clamp(60.0, 140.0);
    let font = FontId::proportional(theme::TEXT_BODY);
    let clipped = ui.painter().with_clip_rect(Rect::from_min_max(
        rect.min,
        pos2(rect.left() + 16.0 + names, rect.bottom()),
    ));
    clipped.text(
        pos2(rect.left() + 18.0, rect.center().y),
        Align2::LEFT_CENTER,
        name,
        font.clone(),
        palette.text,
    );
    let track = Rect::from_min_max(
        pos2(rect.left() + 22.0 + names, rect.center().y - 5.0),
        pos2(rect.right() - FIGURES, rect.center().y + 5.0),
    );
    ui.painter().rect_filled(track, 3.0, palette.control);
    let share = if probability.is_finite() { probability.clamp(0.0, 1.0) as f32 } else { 0.0 };
    let filled = Rect::from_min_size(track.min, vec2(track.width() * share, track.height()));
    ui.painter().rect_filled(filled, 3.0, color);
    ui.painter().text(
        pos2(rect.right(), rect.center().y),
        Align2::RIGHT_CENTER,
        format::percent(probability),
        font,
        palette.text_strong,
    );
    let text = format!("{name}: {}", format::percent(probability));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    response.on_hover_text(format!(
        "{text}. The outputs are probabilities: over all classes they add up to 100 %. They say \
         how sure the network is, not how right it is."
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Split, library_set};

    #[test]
    fn a_question_names_the_columns_on_the_axes_first() {
        let samples = library_set("iris").unwrap().prepare(&Split::default()).unwrap();
        let view = View { x: 2, y: Some(3), ..View::default() };
        let cells = vec![Cell::Number(1.5); 4];
        let text = question(&samples.encoder, &cells, &view, 2);
        let name = &samples.encoder.columns[2].name;
        assert!(text.starts_with(&format!("{name} = 1.5")), "{text}");
        assert!(text.ends_with("and 2 more"), "{text}");
    }
}
