//! The network's answer to one row: asked once, kept until the weights or the question change, and
//! shown as a number or as bars of probability.

use eframe::egui::{self, Align2, FontId, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::look::Looks;
use crate::data::{Cell, Encoder};
use crate::insight::answer::Verdict;
use crate::insight::{Answer, ask};
use crate::ui::{Scene, View, format, theme};

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
    let outline = egui::Stroke::new(0.0, color);
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
