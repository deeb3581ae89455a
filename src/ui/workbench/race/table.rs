//! The standings as a table, the best first.

use eframe::egui::{Grid, RichText, ScrollArea, Sense, Ui, vec2};

use super::header::take;
use super::maps::quality_text;
use super::standings::{Row, Standings};
use crate::app::Outbox;
use crate::optim;
use crate::ui::result::shortened;
use crate::ui::theme::{self, Series};
use crate::ui::{Scene, format, method_page};

/// Height of a line, in points.
const LINE: f32 = 30.0;
/// Width below which the counts of evaluations are left to the tooltip of the work, in points.
const ROOMY: f32 = 940.0;

/// The height of a table of so many racers, in points.
pub fn height(racers: usize) -> f32 {
    LINE * (racers + 1) as f32 + theme::SPACE_2
}

/// Draws the table.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, standings: &Standings, out: &mut Outbox) {
    let roomy = ui.available_width() >= ROOMY;
    ScrollArea::horizontal().id_salt("standings").show(ui, |ui| {
        Grid::new("standings")
            .striped(true)
            .spacing(vec2(theme::SPACE_4, theme::SPACE_1))
            .min_row_height(theme::CONTROL_HEIGHT - 2.0)
            .show(ui, |ui| {
                headings(ui, scene, roomy);
                for (place, row) in standings.ranked().enumerate() {
                    line(ui, row, place, roomy, out);
                    ui.end_row();
                }
            });
    });
}

fn headings(ui: &mut Ui, scene: &Scene<'_>, roomy: bool) {
    let quality = if scene.classes().is_some() {
        ("Accuracy", "Share of the rows that are right, on the validation part where there is one.")
    } else {
        (
            "R²",
            "Share of the variance that is explained, on the validation part where there is one.",
        )
    };
    let work = (
        "Work",
        "What was computed, in gradients over all training rows: a loss counts ½, a gradient 1, a \
         curvature product 2.",
    );
    let seconds = (
        "Seconds",
        "Time spent training. All racers share the processors, so compare these only roughly: six \
         at once wait for each other.",
    );
    let first = [
        ("Method", "The best first."),
        ("Train. loss", "The loss on the rows trained on."),
        ("Val. loss", "The loss on the rows held back."),
        quality,
    ];
    let counts = [
        ("Losses", "Losses computed without a gradient: a forward pass over a batch each."),
        ("Gradients", "Gradients computed: a forward and a backward pass over a batch each."),
        (
            "Products",
            "Products of the curvature (Hessian or Gauss–Newton matrix) with a vector, over a \
             batch each.",
        ),
    ];
    let last = [seconds, ("Verdict", "What became of it."), ("", "")];
    let counts = counts.into_iter().filter(|_| roomy);
    for (name, help) in first.into_iter().chain([work]).chain(counts).chain(last) {
        let color = theme::palette(ui).text_weak;
        let response = ui.label(RichText::new(name).small().color(color));
        if !help.is_empty() {
            response.on_hover_text(help);
        }
    }
    ui.end_row();
}

fn line(ui: &mut Ui, row: &Row, place: usize, roomy: bool, out: &mut Outbox) {
    let palette = theme::palette(ui);
    let standing = &row.standing;
    let metrics = standing.metrics;
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(26.0, 16.0), Sense::hover());
        Series::new(row.index, palette).draw_key(ui.painter(), rect);
        let mut name = RichText::new(shortened(&row.name, 26)).color(palette.text_strong);
        if place == 0 {
            name = name.text_style(theme::strong_text_style());
        }
        let about = optim::method(&standing.optimizer).map(method_page::text).unwrap_or_default();
        ui.label(name).on_hover_text(format!("{}\n\n{about}", row.name));
    });
    ui.label(format::loss(metrics.train.loss));
    ui.label(metrics.validation.map_or_else(|| "–".to_owned(), |part| format::loss(part.loss)));
    ui.label(RichText::new(quality_text(metrics)).color(palette.text_strong));
    let counts = standing.evaluations;
    ui.label(format::number(tenths(standing.work))).on_hover_text(format!(
        "Over batches: {}, {}, {}.",
        format::counted(counts.losses, "loss", "losses"),
        format::counted(counts.gradients, "gradient", "gradients"),
        format::counted(counts.curvature_products, "curvature product", "curvature products"),
    ));
    if roomy {
        for count in [counts.losses, counts.gradients, counts.curvature_products] {
            ui.label(format::count(count));
        }
    }
    ui.label(format::fixed(standing.seconds, if standing.seconds < 10.0 { 2 } else { 1 }));
    verdict(ui, row);
    let help = format!(
        "Makes {} with these settings the training method of your experiment. Undo takes it back.",
        row.name
    );
    let response = ui.small_button("Take").on_hover_text(help);
    if response.accessible_name(format!("Take {}", row.name)).clicked() {
        take(row.index, out);
    }
}

fn verdict(ui: &mut Ui, row: &Row) {
    let palette = theme::palette(ui);
    let standing = &row.standing;
    let text = row.failure.as_ref().map_or(standing.verdict.as_str(), |_| "Failed");
    let color = if standing.solved_at.is_some() { palette.success } else { palette.text };
    let reason = match (&row.failure, &standing.stop) {
        (Some(failure), _) => failure.clone(),
        (None, Some(stop)) => stop.to_string(),
        (None, None) => "Still on its way.".to_owned(),
    };
    ui.label(RichText::new(shortened(text, 44)).color(color))
        .on_hover_text(format!("{text}.\n{reason}"));
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
