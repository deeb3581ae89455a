//! The left column: which system, how many unknowns, how hard, from where the solvers begin.

use eframe::egui::{Button, DragValue, Grid, Label, RichText, Ui};

use super::typed::{Typed, table};
use crate::app::{Command, Outbox};
use crate::insight::linear::{
    LinearSpec, LinearStudy, MAX_SIZE, RESTART, SystemFile, SystemSource, words,
};
use crate::krylov::{Example, ExampleKind, Preconditioner};
use crate::ui::{format, icon, theme, widget};

/// The largest condition number of the slider.
const MAX_CONDITION: f64 = 1e6;
/// The limits where the matrix is nearly singular.
const NEARLY_SINGULAR: (f64, f64) = (1e4, 1e14);
/// The most unknowns whose numbers are written out.
const WRITTEN: usize = 4;
/// The farthest start, per unknown.
const FARTHEST: f64 = 1e6;

/// Draws the column; changes the wish.
pub fn show(
    ui: &mut Ui,
    wanted: &mut LinearSpec,
    typed: &mut Typed,
    study: Option<&LinearStudy>,
    out: &mut Outbox,
) {
    widget::heading(
        ui,
        "System A·x = b",
        "n equations with n unknowns x. The solvers never look at A itself: all they do with it is \
         to multiply it by vectors, which is why they work on matrices of any size.",
    );
    kinds(ui, wanted, typed, study);
    files(ui, out);
    match &mut wanted.source {
        SystemSource::Example(example) => {
            if controls(ui, example) {
                wanted.start.clear();
            }
        }
        SystemSource::Typed(text) => {
            if let Some(changed) = typed.show(ui) {
                *text = changed;
            }
        }
        SystemSource::File(file) => about_file(ui, file),
    }
    preconditioner(ui, wanted);
    let Some(study) = study else { return };
    if study.size() == 2 {
        start(ui, wanted);
    } else {
        restart(ui, wanted, study.size());
    }
    ui.add_space(theme::SPACE_2);
    numbers(ui, study, out);
}

/// The kinds of matrices, and one's own numbers.
fn kinds(ui: &mut Ui, wanted: &mut LinearSpec, typed: &mut Typed, study: Option<&LinearStudy>) {
    for &kind in ExampleKind::ALL {
        let on = matches!(&wanted.source, SystemSource::Example(example) if example.kind == kind);
        if ui.radio(on, kind.name()).on_hover_text(kind.summary()).clicked() && !on {
            wanted.source = SystemSource::Example(of_kind(kind, &wanted.source, study));
            wanted.start.clear();
        }
    }
    let on = matches!(wanted.source, SystemSource::Typed(_));
    let help = "Type or paste a matrix of your own, up to 200 rows.";
    if ui.radio(on, "Your own numbers").on_hover_text(help).clicked() && !on {
        wanted.source = SystemSource::Typed(typed.begin(study));
        wanted.start.clear();
    }
}

/// The ways to a matrix in a file.
fn files(ui: &mut Ui, out: &mut Outbox) {
    let help = "A CSV file without a header: n rows of n numbers, or of n + 1, the last of which is \
                the right side b. At most 200 rows. You can also drop it on this page.";
    ui.horizontal_wrapped(|ui| {
        let button = Button::new((icon::FOLDER_OPEN, "Open a matrix (CSV)…"));
        if ui.add(button).on_hover_text(help).clicked() {
            out.send(Command::PickSystem);
        }
        let help = "Opens a matrix whose path you type.";
        if ui.button("By path…").on_hover_text(help).clicked() {
            out.send(Command::AskSystemPath);
        }
    });
    ui.add_space(theme::SPACE_1);
}

/// Which file is shown.
fn about_file(ui: &mut Ui, file: &SystemFile) {
    let palette = theme::palette(ui);
    let name = RichText::new(&file.name).color(palette.text_strong);
    ui.add(Label::new(name).wrap());
    let n = file.system.a.size();
    let right = match file.system.known_solution {
        Some(_) => {
            "It has no column for b, so b = A·(1, 1, …): every unknown should come out as 1."
        }
        None => "Its last column is b.",
    };
    widget::note(ui, format!("{n} rows. {right}"));
}

/// What the residuals are divided by.
fn preconditioner(ui: &mut Ui, wanted: &mut LinearSpec) {
    let help = "An easy stand-in M for A. The solvers then work on M⁻¹·A and M⁻¹·b, which have the \
                same solution, and need fewer iterations where M is like A. The residuals shown are \
                still those of A·x = b.";
    ui.label("Preconditioner").on_hover_text(help);
    ui.horizontal_wrapped(|ui| {
        for &choice in Preconditioner::ALL {
            let on = wanted.preconditioner == choice;
            if widget::toggle(ui, on, choice.name(), choice.summary()) {
                wanted.preconditioner = choice;
            }
        }
    });
}

/// Another kind of the same size, as hard as before where that makes sense.
fn of_kind(kind: ExampleKind, before: &SystemSource, study: Option<&LinearStudy>) -> Example {
    let default = Example::new(kind);
    match before {
        SystemSource::Example(example) => {
            let (low, high) = condition_limits(kind);
            let special =
                kind == ExampleKind::NearSingular || example.kind == ExampleKind::NearSingular;
            let condition = if special { default.condition } else { example.condition };
            Example { kind, condition: condition.clamp(low, high), ..*example }
        }
        SystemSource::Typed(_) | SystemSource::File(_) => {
            let size = study.map_or(default.size, LinearStudy::size);
            Example { size: size.clamp(Example::MIN_SIZE, MAX_SIZE), ..default }
        }
    }
}

const fn condition_limits(kind: ExampleKind) -> (f64, f64) {
    match kind {
        ExampleKind::NearSingular => NEARLY_SINGULAR,
        _ => (1.0, MAX_CONDITION),
    }
}

/// Size, condition number and draw. Says whether x₀ has lost its meaning.
fn controls(ui: &mut Ui, example: &mut Example) -> bool {
    let before = *example;
    let mut size = example.size as f64;
    let help = "n, the number of unknowns and of equations. With 2 you see the paths of the \
                solvers on the plane.";
    stacked(ui, "Unknowns", help, |ui| {
        let slider = widget::scale(&mut size, 2.0..=MAX_SIZE as f64, true).integer();
        widget::slider(ui, slider)
    });
    example.size = (size.round() as usize).clamp(Example::MIN_SIZE, MAX_SIZE);
    let help = "κ, the largest stretch of A over the smallest. At 1 all directions are alike and \
                every solver arrives at once; the larger it is, the narrower the valley, the slower \
                the solvers and the more digits are lost.";
    let (low, high) = condition_limits(example.kind);
    stacked(ui, "Condition number", help, |ui| {
        widget::slider(ui, widget::scale(&mut example.condition, low..=high, true))
    });
    example.condition = example.condition.clamp(low, high);
    let help = "Draws another matrix of this kind and another solution at random.";
    if ui.add(Button::new((icon::DICE, "Another draw"))).on_hover_text(help).clicked() {
        example.seed = example.seed.wrapping_add(1);
    }
    (before.size, before.seed) != (example.size, example.seed)
}

/// A control below its name, as wide as the column.
fn stacked(
    ui: &mut Ui,
    name: &str,
    help: &str,
    control: impl FnOnce(&mut Ui) -> eframe::egui::Response,
) {
    ui.label(name).on_hover_text(help);
    ui.horizontal(|ui| control(ui).accessible_name(name).on_hover_text(help));
}

/// x₀ for two unknowns.
fn start(ui: &mut Ui, wanted: &mut LinearSpec) {
    let help = "x₀, where all solvers begin. You can also click in the plane or drag the ring.";
    wanted.start.resize(2, 0.0);
    ui.horizontal(|ui| {
        ui.label("Start").on_hover_text(help);
        for (value, name) in wanted.start.iter_mut().zip(["Start x₁", "Start x₂"]) {
            let field = DragValue::new(value)
                .speed(0.01)
                .range(-FARTHEST..=FARTHEST)
                .custom_formatter(|value, _| format::fixed(value, 2))
                .custom_parser(widget::parse_number);
            ui.add(field).accessible_name(name).on_hover_text(format!("{name}. {help}"));
        }
    });
    if wanted.start.iter().all(|&value| value == 0.0) {
        wanted.start.clear();
    }
}

/// m of GMRES(m).
fn restart(ui: &mut Ui, wanted: &mut LinearSpec, size: usize) {
    let help = "m of GMRES(m): after so many iterations GMRES forgets its basis and begins anew, to \
                save memory. At n it never does. Pull it down and see GMRES slow down or stand \
                still.";
    let mut restart = wanted.restart.min(size) as f64;
    let before = restart;
    stacked(ui, "GMRES restart", help, |ui| {
        let slider = widget::scale(&mut restart, 1.0..=size as f64, false).integer();
        widget::slider(ui, slider)
    });
    if (restart - before).abs() > 0.5 {
        let restart = restart.round() as usize;
        wanted.restart = if restart >= size { RESTART } else { restart.max(1) };
    }
}

/// The system in numbers: what its spectrum says, and the entries where they are few.
fn numbers(ui: &mut Ui, study: &LinearStudy, out: &mut Outbox) {
    ui.horizontal(|ui| {
        widget::heading(ui, "In numbers", "The system that the pictures show.");
        let full = || table(study, 12);
        if icon::COPY.button(ui, "Copy A and b").clicked() {
            out.send(Command::Copy { text: full(), what: "The system" });
        }
    });
    widget::note(ui, words::hardness(study)).on_hover_text(
        "An eigenvalue λ says how much A stretches its eigenvector: A·v = λ·v. The condition number \
         κ is the largest stretch over the smallest.",
    );
    let n = study.size();
    if n > WRITTEN {
        return;
    }
    let palette = theme::palette(ui);
    let text = |number: f64| RichText::new(format::number(number)).small();
    Grid::new("system in numbers")
        .min_col_width(0.0)
        .min_row_height(18.0)
        .spacing([8.0, 0.0])
        .show(ui, |ui| {
            for (index, row) in study.system.a.rows().enumerate() {
                for &entry in row {
                    ui.label(text(entry).color(palette.text_strong));
                }
                ui.label(RichText::new("=").small().color(palette.text_weak));
                let b = study.system.b.get(index).copied().unwrap_or(0.0);
                ui.label(text(b).color(palette.text_strong));
                ui.end_row();
            }
        });
    if let Some(solution) = &study.solution {
        let numbers: Vec<_> = solution.iter().map(|&x| format::number(x)).collect();
        let help = "The solution: every solver should end here.";
        widget::note(ui, format!("x* = ({})", numbers.join(", "))).on_hover_text(help);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_keeps_the_size_and_a_condition_that_makes_sense() {
        let before = Example { size: 7, condition: 50.0, ..Example::new(ExampleKind::Spd) };
        let source = SystemSource::Example(before);
        let next = of_kind(ExampleKind::Indefinite, &source, None);
        assert_eq!((next.size, next.condition), (7, 50.0));
        let flat = of_kind(ExampleKind::NearSingular, &source, None);
        assert_eq!(flat.condition, ExampleKind::NearSingular.default_condition());
        let back = of_kind(ExampleKind::Spd, &SystemSource::Example(flat), None);
        assert_eq!(back.condition, 100.0);
    }
}
