//! The residual (or the error) of every solver against the iteration, on a logarithmic scale.

use std::fmt::Write as _;

use eframe::egui::{
    Align2, CursorIcon, FontId, Pos2, Rect, Response, RichText, Role, Sense, Shape, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::frame::LogFrame;
use super::look;
use super::walk::Walk;
use crate::insight::linear::{LinearStudy, SolverRun, TOLERANCE};
use crate::krylov::Solver;
use crate::ui::result::thin::thin;
use crate::ui::{format, theme};

/// What the plot and the table show of each iterate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// |b − A·x| / |b|.
    #[default]
    Residual,
    /// |x − x*| / |x*|.
    Error,
}

impl Measure {
    /// Both, in the order of the buttons.
    pub const ALL: [Self; 2] = [Self::Residual, Self::Error];
    /// The smallest value that is drawn; below is nothing but rounding.
    const FLOOR: f64 = 1e-17;
    /// Lines that grow beyond this leave the plot at its top.
    const CEILING: f64 = 1e4;

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Residual => "Residual",
            Self::Error => "Error",
        }
    }

    /// What it is.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Residual => {
                "|b − A·x| / |b|: what is left of b. It can be computed without knowing the \
                 solution, and the solvers end when it is 10⁻⁸ or less."
            }
            Self::Error => {
                "|x − x*| / |x*|: how far x is from the solution. Nobody knows it in earnest; here \
                 the solution is known. It can be up to κ times as large as the residual."
            }
        }
    }

    /// The values of a run, k = 0, 1, …; none where the solution is not known.
    pub fn values(self, run: &SolverRun) -> &[f64] {
        match self {
            Self::Residual => &run.residuals,
            Self::Error => &run.errors,
        }
    }

    /// What the values are divided by: |b| or |x*|.
    pub fn unit(self, study: &LinearStudy) -> f64 {
        let length = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let unit = match self {
            Self::Residual => length(&study.system.b),
            Self::Error => study.solution.as_deref().map_or(1.0, length),
        };
        if unit > 0.0 { unit } else { 1.0 }
    }
}

/// Draws the plot. Pressing or dragging in it walks to the iteration there.
pub fn show(
    ui: &mut Ui,
    study: &LinearStudy,
    solvers: &[Solver],
    measure: Measure,
    walk: &mut Walk,
    height: f32,
) {
    let size = vec2(ui.available_width(), height);
    let (room, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let frame = frame(study, measure, walk, room);
    frame.draw(ui);
    let inside = ui.painter().with_clip_rect(frame.rect);
    let palette = theme::palette(ui);
    let mut shapes = Vec::new();
    tolerance(&mut shapes, &frame, measure, palette.text_weak);
    inside.extend(shapes);
    let position = walk.position(study);
    let mut shapes = Vec::new();
    for &solver in solvers {
        if let Some(run) = study.run(solver) {
            curve(&mut shapes, &frame, run, measure, measure.unit(study), palette.canvas);
        }
    }
    cursor(&mut shapes, study, solvers, measure, &frame, position, palette.text_strong);
    inside.extend(shapes);
    n_mark(ui, study, &frame);
    if response.is_pointer_button_down_on()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        walk.go_to(frame.iteration(pointer).round(), study);
    }
    describe(&response, study, solvers, measure, position.floor() as usize);
    let at = response.hover_pos().map(|pointer| frame.iteration(pointer).round() as usize);
    let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
    if let Some(iteration) = at {
        response.on_hover_ui_at_pointer(|ui| values(ui, study, solvers, measure, iteration));
    }
}

fn frame(study: &LinearStudy, measure: Measure, walk: &Walk, room: Rect) -> LogFrame {
    let unit = measure.unit(study);
    let last = walk.range(study);
    let values = study
        .runs
        .iter()
        .flat_map(|run| measure.values(run).iter().take(last + 1))
        .map(|value| value / unit)
        .filter(|value| value.is_finite());
    let (low, high) =
        values.fold((1.0_f64, 1e-2_f64), |(low, high), value| (low.min(value), high.max(value)));
    LogFrame::new(room, last, low, high.min(Measure::CEILING), Measure::FLOOR)
}

/// The line below which a solver has arrived.
fn tolerance(
    shapes: &mut Vec<Shape>,
    frame: &LogFrame,
    measure: Measure,
    color: eframe::egui::Color32,
) {
    if measure == Measure::Residual {
        let y = frame.place(0.0, TOLERANCE).y;
        let ends = [pos2(frame.rect.left(), y), pos2(frame.rect.right(), y)];
        shapes.extend(Shape::dashed_line(&ends, Stroke::new(1.0, color), 3.0, 3.0));
    }
}

/// The line at n, where CG should end.
fn n_mark(ui: &Ui, study: &LinearStudy, frame: &LogFrame) {
    let n = study.size();
    if n as f64 > frame.last {
        return;
    }
    let palette = theme::palette(ui);
    let x = frame.across(n as f64);
    let stroke = Stroke::new(1.5, palette.accent_text);
    ui.painter().vline(x, frame.rect.y_range(), stroke);
    let left = x > frame.rect.center().x;
    let (align, by) = if left { (Align2::RIGHT_TOP, -5.0) } else { (Align2::LEFT_TOP, 5.0) };
    let at = pos2(x + by, frame.rect.top() + 3.0);
    let font = FontId::proportional(theme::TEXT_SMALL);
    let galley = ui.painter().layout_no_wrap(format!("n = {n}"), font, palette.accent_text);
    let plate = align.anchor_size(at, galley.size());
    ui.painter().rect_filled(plate.expand2(vec2(3.0, 0.0)), 3.0, palette.canvas);
    ui.painter().galley(plate.min, galley, palette.accent_text);
}

fn curve(
    shapes: &mut Vec<Shape>,
    frame: &LogFrame,
    run: &SolverRun,
    measure: Measure,
    unit: f64,
    ground: eframe::egui::Color32,
) {
    let values = measure.values(run);
    let shown = values.len().min(frame.last as usize + 2);
    let points = values.iter().take(shown).enumerate().map(|(k, value)| {
        let value = if value.is_nan() { f64::INFINITY } else { value / unit };
        let place = frame.place(k as f64, value);
        [f64::from(place.x), f64::from(place.y)]
    });
    let columns = frame.rect.width().max(1.0) as usize;
    let places: Vec<Pos2> =
        thin(points, columns).into_iter().map(|[x, y]| pos2(x as f32, y as f32)).collect();
    look::line(shapes, run.solver, &places);
    // Markers at a distance, each solver's shifted so that lines that coincide show both.
    let every = (frame.last as usize / 9).max(1);
    let first = look::index(run.solver) * every / Solver::ALL.len();
    let last = shown.saturating_sub(1);
    for k in (first..shown).step_by(every).chain([last]) {
        if let Some(value) = values.get(k) {
            look::dot(shapes, run.solver, frame.place(k as f64, value / unit), 3.6, ground);
        }
    }
}

/// The line at the iteration that the walk has reached, with a ring on each curve.
fn cursor(
    shapes: &mut Vec<Shape>,
    study: &LinearStudy,
    solvers: &[Solver],
    measure: Measure,
    frame: &LogFrame,
    position: f64,
    color: eframe::egui::Color32,
) {
    if position >= frame.last {
        return;
    }
    let x = frame.across(position);
    let ends = [pos2(x, frame.rect.top()), pos2(x, frame.rect.bottom())];
    shapes.push(Shape::line_segment(ends, Stroke::new(1.0, color)));
    let unit = measure.unit(study);
    for run in solvers.iter().filter_map(|&solver| study.run(solver)) {
        if let Some(value) = measure.values(run).get(position.floor() as usize) {
            let at = frame.place(position.floor(), value / unit);
            shapes.push(Shape::circle_stroke(at, 5.5, Stroke::new(1.5, color)));
        }
    }
}

/// The values of all solvers at one iteration.
fn values(ui: &mut Ui, study: &LinearStudy, solvers: &[Solver], measure: Measure, k: usize) {
    ui.spacing_mut().interact_size.y = 18.0;
    ui.label(RichText::new(format!("Iteration {}", format::count(k as u64))).strong());
    let unit = measure.unit(study);
    for run in solvers.iter().filter_map(|&solver| study.run(solver)) {
        ui.horizontal(|ui| {
            look::swatch(ui, run.solver);
            ui.label(run.solver.name());
            let text = match measure.values(run).get(k) {
                Some(value) => format::number(value / unit),
                None => format!("ended after {}", run.iterations()),
            };
            ui.label(RichText::new(text).color(theme::palette(ui).text_strong));
        });
    }
}

fn describe(
    response: &Response,
    study: &LinearStudy,
    solvers: &[Solver],
    measure: Measure,
    k: usize,
) {
    response.widget_info(|| {
        let unit = measure.unit(study);
        let mut text = format!("{} against iteration, at iteration {k}:", measure.name());
        for run in solvers.iter().filter_map(|&solver| study.run(solver)) {
            let values = measure.values(run);
            if let Some(value) = values.get(k).or(values.last()) {
                write!(text, " {} {};", run.solver.name(), format::number(value / unit)).ok();
            }
        }
        WidgetInfo::labeled(Role::Figure, true, text)
    });
}

/// The residuals (errors) of all solvers as a table for the clipboard.
pub fn table(study: &LinearStudy, measure: Measure) -> String {
    let unit = measure.unit(study);
    let mut text = String::from("iteration");
    for run in &study.runs {
        write!(text, "\t{}", run.solver.id()).ok();
    }
    text.push('\n');
    for k in 0..=study.longest() {
        write!(text, "{k}").ok();
        for run in &study.runs {
            let value = measure.values(run).get(k);
            let value = value.map_or_else(String::new, |value| (value / unit).to_string());
            write!(text, "\t{value}").ok();
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::insight::LinearSpec;
    use crate::insight::linear::study;
    use crate::krylov::{Example, ExampleKind};

    #[test]
    fn the_table_has_a_column_for_each_solver_and_begins_at_one() {
        let example = Example { size: 4, ..Example::new(ExampleKind::Indefinite) };
        let study =
            study(LinearSpec::of(example), &|_| ControlFlow::Continue(())).unwrap().unwrap();
        let text = table(&study, Measure::Residual);
        let lines: Vec<Vec<_>> = text.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(lines.len(), study.longest() + 2);
        assert!(lines.iter().all(|line| line.len() == 7));
        assert_eq!(lines[1][1..], ["1"; 6], "from x₀ = 0 the residual is b");
        assert_eq!(lines[0][1], "steepest_descent");
    }
}
