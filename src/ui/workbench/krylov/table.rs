//! All solvers side by side: which are shown, and how each one ended.

use eframe::egui::{
    Align, Button, Grid, Layout, Rect, RichText, Role, Sense, Stroke, StrokeKind, TextStyle, Ui,
    Vec2, WidgetInfo, WidgetText, pos2, vec2,
};

use super::look;
use super::residual::Measure;
use super::solver_page;
use crate::insight::linear::{LinearStudy, SolverRun, words};
use crate::krylov::Solver;
use crate::ui::result::caption;
use crate::ui::result::plane::small;
use crate::ui::{format, icon, theme};

/// The head of a column.
const PRODUCTS: &str = "Products";
/// Width from which the table shows all columns, in points.
const ROOMY: f32 = 424.0;
/// Height of a row of the table, in points.
const ROW: f32 = 22.0;

/// The switches that show and hide solvers; each carries its solver's line and marker.
pub fn legend(ui: &mut Ui, shown: &mut [bool]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::SPACE_1, 0.0);
        for (&solver, on) in Solver::ALL.iter().zip(shown) {
            if switch(ui, solver, *on) {
                *on = !*on;
            }
        }
    });
}

/// A box to tick, the solver's line, its name: one widget, so that a row breaks between solvers.
fn switch(ui: &mut Ui, solver: Solver, on: bool) -> bool {
    const BOX: f32 = 14.0;
    let palette = theme::palette(ui);
    let color = if on { palette.text } else { palette.text_weak };
    let font = TextStyle::Body.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(solver.name().to_owned(), font, color);
    let gap = theme::SPACE_1 + 2.0;
    let width = BOX + look::SWATCH + galley.size().x + 4.0 * gap;
    let size = vec2(width, theme::CONTROL_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, f32::from(theme::RADIUS), palette.control);
    }
    let middle = rect.center().y;
    let mut x = rect.left() + gap;
    let place = Rect::from_center_size(pos2(x + BOX / 2.0, middle), Vec2::splat(BOX));
    let edge = Stroke::new(1.0, palette.text_weak);
    painter.rect(place, 3.0, palette.field, edge, StrokeKind::Inside);
    if on {
        icon::CHECK.paint(painter, place.center(), BOX - 2.0, palette.text_strong);
    }
    x += BOX + gap;
    let line = Rect::from_min_size(pos2(x, rect.top()), vec2(look::SWATCH, rect.height()));
    look::sample(painter, solver, line, if on { 1.0 } else { 0.35 }, palette.panel);
    x += look::SWATCH + gap;
    painter.galley(pos2(x, middle - galley.size().y / 2.0), galley, color);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, solver.name()));
    response.on_hover_ui(|ui| solver_page::tip(ui, solver)).clicked()
}

/// The table. A click on a solver's name chooses it.
pub fn show(ui: &mut Ui, study: &LinearStudy, measure: Measure, chosen: &mut Solver) {
    let unit = measure.unit(study);
    // Where room is short, the products are left to the solver's page.
    let products = ui.available_width() >= ROOMY;
    // Rows close enough for all solvers to be seen at once.
    ui.spacing_mut().interact_size.y = ROW;
    ui.spacing_mut().button_padding = vec2(theme::SPACE_1, 1.0);
    small(ui);
    Grid::new("solvers")
        .num_columns(5)
        .spacing([theme::SPACE_2, 1.0])
        .min_col_width(0.0)
        .min_row_height(ROW)
        .show(ui, |ui| {
            heads(ui, measure, products);
            for run in &study.runs {
                name(ui, run.solver, chosen);
                number(ui, format::count(run.iterations() as u64));
                if products {
                    number(ui, format::count(run.products as u64));
                }
                let value = measure.values(run).last().map(|value| value / unit);
                number(ui, value.map_or_else(|| "–".to_owned(), format::number));
                outcome(ui, study, run);
                ui.end_row();
            }
        });
}

fn heads(ui: &mut Ui, measure: Measure, products: bool) {
    caption(ui, "Method").on_hover_text("Choose one to read what it does and how it ended.");
    let columns = [
        ("Steps", "Iterations until the end. Those of different methods cost differently."),
        (
            PRODUCTS,
            "Multiplications with A (or its transpose), the dear part of every iteration. BiCG and \
             BiCGSTAB need two in each.",
        ),
        (measure.name(), measure.help()),
    ];
    for (text, help) in columns {
        if text == PRODUCTS && !products {
            continue;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            caption(ui, text).on_hover_text(help);
        });
    }
    caption(ui, "How it ended").on_hover_text("Point at an entry to read why.");
    ui.end_row();
}

fn name(ui: &mut Ui, solver: Solver, chosen: &mut Solver) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SPACE_1;
        look::swatch(ui, solver);
        let on = *chosen == solver;
        let response = ui.add(Button::selectable(on, solver.name()));
        response.widget_info(|| {
            WidgetInfo::selected(Role::Button, true, on, format!("About {}", solver.name()))
        });
        if response.on_hover_ui(|ui| solver_page::tip(ui, solver)).clicked() {
            *chosen = solver;
        }
    });
}

fn number(ui: &mut Ui, text: impl Into<WidgetText>) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text));
}

/// How a solver ended: a sign, a few words, and the reason when pointed at.
fn outcome(ui: &mut Ui, study: &LinearStudy, run: &SolverRun) {
    let palette = theme::palette(ui);
    let (icon, color) = if run.solved() {
        (icon::CHECK_CIRCLE, palette.success)
    } else {
        (icon::WARNING, palette.warning)
    };
    let why = words::verdict(study, run);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::SPACE_1;
        icon.show(ui, color).on_hover_text(&why);
        let text = RichText::new(words::short(run)).color(color);
        ui.label(text).on_hover_text(&why);
    });
}
