//! A system of one's own: a field for rows of numbers, and what is wrong with them.

use eframe::egui::{ScrollArea, TextEdit, TextStyle, Ui};

use crate::insight::linear::{LinearStudy, read};
use crate::ui::{icon, theme, widget};

/// Longest text that is taken, in characters: 200 rows of 200 numbers with all their digits.
const LONGEST: usize = 1_200_000;
/// Largest height of the field, in points.
const HEIGHT: f32 = 170.0;
/// The most unknowns whose numbers are offered for changing.
const OFFERED: usize = 8;
/// What the field holds if nothing better is known.
const EXAMPLE: &str = "4 1 1\n1 3 2\n";

/// What has been typed.
#[derive(Debug, Default)]
pub struct Typed {
    text: String,
    error: Option<String>,
}

impl Typed {
    /// What has been typed; at first the numbers of the system that was last looked at, to be
    /// changed.
    pub fn begin(&mut self, study: Option<&LinearStudy>) -> String {
        if self.text.trim().is_empty() {
            let study = study.filter(|study| study.size() <= OFFERED);
            self.text = study.map_or_else(|| EXAMPLE.to_owned(), |study| table(study, 3));
            self.error = None;
        }
        self.text.clone()
    }

    /// Holds another text from now on.
    pub fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.error = None;
    }

    /// The field. Returns the text when it has been changed and is a system.
    pub fn show(&mut self, ui: &mut Ui) -> Option<String> {
        let help = "One row of A on each line, numbers separated by spaces, commas, semicolons or \
                    tabs: type them or paste them from a spreadsheet. One number more in each row \
                    is the right side b; without it b is chosen so that every unknown is 1.";
        // As wide as its longest row, so that rows stay rows.
        let longest = self.text.lines().map(str::len).max().unwrap_or(0);
        let width = ui.available_width().max(longest as f32 * theme::TEXT_BODY * 0.62);
        let field = TextEdit::multiline(&mut self.text)
            .font(TextStyle::Monospace)
            .char_limit(LONGEST)
            .desired_rows(4)
            .desired_width(width)
            .hint_text(EXAMPLE);
        let response = ScrollArea::both()
            .id_salt("rows of numbers")
            .max_height(HEIGHT)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                ui.set_width(width);
                ui.add(field).accessible_name("Rows of numbers").on_hover_text(help)
            })
            .inner;
        widget::note(ui, "A row of A on each line; one number more in each row is b.");
        let mut changed = None;
        if response.changed() {
            self.error = read(&self.text).err();
            changed = self.error.is_none().then(|| self.text.clone());
        }
        if let Some(error) = &self.error {
            widget::message(ui, icon::WARNING, error, |ui| {
                widget::note(ui, "The pictures still show the system before.");
            });
        }
        changed
    }
}

/// A with b as its last column, a row on each line, with so many decimals.
pub fn table(study: &LinearStudy, decimals: usize) -> String {
    let rows = study.system.a.rows().zip(&study.system.b).map(|(row, b)| {
        let numbers = row.iter().chain([b]).map(|number| format!("{number:.decimals$}"));
        numbers.collect::<Vec<_>>().join(" ")
    });
    rows.map(|row| row + "\n").collect()
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::insight::LinearSpec;
    use crate::insight::linear::study;
    use crate::krylov::{Example, ExampleKind};

    fn of(size: usize) -> LinearStudy {
        let example = Example { size, ..Example::new(ExampleKind::Spd) };
        study(LinearSpec::of(example), &|_| ControlFlow::Continue(())).unwrap().unwrap()
    }

    #[test]
    fn the_numbers_on_screen_are_offered_and_can_be_read_again() {
        let text = Typed::default().begin(Some(&of(3)));
        let system = read(&text).unwrap();
        assert_eq!(system.a.size(), 3);
        assert!(system.a.is_symmetric(), "rounding keeps the symmetry");
        assert!(system.known_solution.is_none(), "b is there");
    }

    #[test]
    fn too_many_numbers_are_not_offered_and_own_ones_are_kept() {
        let mut typed = Typed::default();
        assert_eq!(typed.begin(Some(&of(9))), EXAMPLE);
        typed.text = "5".to_owned();
        assert_eq!(typed.begin(Some(&of(3))), "5");
    }
}
