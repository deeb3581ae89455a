//! What there is to know about a solver: its page, and how it ended on this system.

use eframe::egui::{Label, RichText, TextStyle, Ui};

use super::look;
use crate::insight::linear::{LinearStudy, words};
use crate::krylov::{Preconditioner, Solver};
use crate::ui::result::caption;
use crate::ui::{icon, theme};

/// The page in short, for a tooltip.
pub fn tip(ui: &mut Ui, solver: Solver) {
    let page = solver.page();
    let palette = theme::palette(ui);
    ui.label(
        RichText::new(page.long_name)
            .text_style(theme::strong_text_style())
            .color(palette.text_strong),
    );
    ui.label(page.summary);
    part(ui, "Made for", page.needs);
    part(ui, "Fails on", page.fails_on);
}

/// The page in full, with what happened on this system at its top.
pub fn show(ui: &mut Ui, study: &LinearStudy, solver: Solver) {
    let page = solver.page();
    let palette = theme::palette(ui);
    theme::card_frame(palette).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal(|ui| {
            look::swatch(ui, solver);
            let title = RichText::new(page.long_name).text_style(theme::strong_text_style());
            ui.add(Label::new(title.color(palette.text_strong)).wrap());
        });
        if let Some(run) = study.run(solver) {
            let (icon, color) = if run.solved() {
                (icon::CHECK_CIRCLE, palette.success)
            } else {
                (icon::WARNING, palette.warning)
            };
            ui.horizontal_top(|ui| {
                icon.show(ui, color);
                let text = RichText::new(words::verdict(study, run)).color(palette.text_strong);
                ui.add(Label::new(text).wrap());
            });
        }
        ui.add_space(theme::SPACE_1);
        ui.label(page.summary);
        part(ui, "One iteration", "");
        theme::canvas_frame(palette).show(ui, |ui| {
            let text = RichText::new(page.formula).text_style(TextStyle::Body);
            ui.add(Label::new(text.color(palette.text_strong)).wrap());
        });
        let m = match study.spec.preconditioner {
            Preconditioner::None => "Here M = I, so z = r.",
            Preconditioner::Diagonal => "M is the diagonal of A, so zᵢ = rᵢ / aᵢᵢ.",
        };
        caption(ui, format!("A the matrix, r = b − A·x the residual, k the iteration. {m}"));
        part(ui, "Made for", page.needs);
        part(ui, "Fails on", page.fails_on);
        let products = if page.products == 1 { "One product" } else { "Two products" };
        let cost = format!(
            "{products} with A in each iteration; {} vectors of n numbers in memory.",
            page.memory
        );
        part(ui, "Costs", &cost);
        ui.add_space(theme::SPACE_1);
        let source = RichText::new(page.source).small().color(palette.text_weak);
        ui.add(Label::new(source).wrap());
    });
}

/// A word in bold and what belongs to it.
fn part(ui: &mut Ui, word: &str, text: &str) {
    let palette = theme::palette(ui);
    ui.add_space(theme::SPACE_1);
    ui.label(RichText::new(word).small().color(palette.text_weak));
    if !text.is_empty() {
        ui.add(Label::new(text).wrap());
    }
}
