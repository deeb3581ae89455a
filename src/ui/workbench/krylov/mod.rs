//! Krylov methods on a linear system one can see: the page “Krylov methods”.
//!
//! Owns what is wished for and how it is looked at. Every change of the wish becomes a
//! [`Command::StudySystem`]; what comes back is drawn. The work is done in
//! [`crate::insight::linear`], on a thread; one at a time, so a slider that is pulled shows as many
//! systems as the machine can solve.

mod frame;
mod heat;
mod lesson;
mod level;
mod look;
mod plane;
mod residual;
mod setup;
mod solver_page;
mod table;
mod typed;
mod walk;

use std::sync::Arc;

use eframe::egui::{
    Align, Label, Layout, Rect, RichText, ScrollArea, Sense, Stroke, Ui, UiBuilder, pos2, vec2,
};

use super::super::{Scene, icon, theme, widget};
use crate::app::{Command, Outbox};
use crate::insight::linear::{SystemFile, SystemSource, words};
use crate::insight::{LinearSpec, LinearStudy};
use crate::krylov::Solver;
use residual::Measure;

/// From this size on, in points, system, pictures and numbers stand side by side.
const ROOMY: (f32, f32) = (860.0, 400.0);
/// From this width on, in points, the system stands beside the rest.
const NARROW: f32 = 560.0;
/// From so many unknowns on the work takes long enough for its progress to be shown.
const SLOW: usize = 60;
/// Least and most width of the system's column, in points.
const SYSTEM: (f32, f32) = (196.0, 256.0);

/// What the page keeps between frames.
pub struct KrylovPage {
    wanted: LinearSpec,
    /// What the latest answer or the one on its way is about.
    asked: Option<LinearSpec>,
    /// The file that was taken up last.
    opened: Option<Arc<SystemFile>>,
    typed: typed::Typed,
    shown: [bool; Solver::ALL.len()],
    chosen: Solver,
    measure: Measure,
    walk: walk::Walk,
    plane: plane::PlaneState,
    heat: heat::HeatState,
}

impl Default for KrylovPage {
    fn default() -> Self {
        let first = lesson::LESSONS.first().map(lesson::Lesson::spec);
        let example = crate::krylov::Example::new(crate::krylov::ExampleKind::Spd);
        Self {
            wanted: first.unwrap_or_else(|| LinearSpec::of(example)),
            asked: None,
            opened: None,
            typed: typed::Typed::default(),
            shown: [true; Solver::ALL.len()],
            chosen: Solver::Cg,
            measure: Measure::Residual,
            walk: walk::Walk::default(),
            plane: plane::PlaneState::default(),
            heat: heat::HeatState::default(),
        }
    }
}

/// Draws the page.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Outbox, page: &mut KrylovPage) {
    page.take_up(scene);
    if let Some(lesson) = lesson::show(ui, &page.wanted) {
        page.wanted = lesson.spec();
        if let SystemSource::Typed(text) = &page.wanted.source {
            page.typed.set(text);
        }
        page.measure = lesson.measure;
        page.shown = [true; Solver::ALL.len()];
        page.walk.reset();
        page.walk.replay(ui.input(|input| input.time));
    }
    ui.add_space(theme::SPACE_2);
    let study = match scene.study.result() {
        Some(Ok(study)) => Some(study),
        _ => None,
    };
    if let Some(study) = study {
        page.walk.advance(ui, study);
    }
    let size = ui.available_size();
    if size.x >= NARROW {
        page.side_by_side(ui, scene, study, out, size.x >= ROOMY.0 && size.y >= ROOMY.1);
    } else {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - theme::SPACE_2);
            page.system(ui, study, out);
            ui.separator();
            page.stacked(ui, scene, study, out);
        });
    }
    page.ask(scene, out);
}

impl KrylovPage {
    /// Asks for a study when another is wished for and none is on its way.
    fn ask(&mut self, scene: &Scene<'_>, out: &mut Outbox) {
        if scene.study.progress().is_none() && self.asked.as_ref() != Some(&self.wanted) {
            self.asked = Some(self.wanted.clone());
            out.send(Command::StudySystem(self.wanted.clone()));
        }
    }

    /// Takes up a file that was opened since the last frame; the preconditioner stays.
    fn take_up(&mut self, scene: &Scene<'_>) {
        let Some(file) = scene.system else { return };
        if self.opened.as_ref().is_some_and(|opened| Arc::ptr_eq(opened, file)) {
            return;
        }
        self.opened = Some(Arc::clone(file));
        self.wanted = LinearSpec {
            preconditioner: self.wanted.preconditioner,
            ..LinearSpec::on(SystemSource::File(Arc::clone(file)))
        };
        self.walk.reset();
    }

    fn side_by_side(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        study: Option<&Arc<LinearStudy>>,
        out: &mut Outbox,
        roomy: bool,
    ) {
        let room = ui.available_rect_before_wrap();
        let system = (room.width() * 0.21).clamp(SYSTEM.0, SYSTEM.1);
        let left = room.with_max_x(room.left() + system);
        let right = room.with_min_x(left.right() + theme::SPACE_4);
        part(ui, left, |ui| {
            ScrollArea::vertical().id_salt("system").auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(ui.available_width() - theme::SPACE_2);
                self.system(ui, study, out);
            });
        });
        part(ui, right, |ui| {
            if roomy {
                self.wide(ui, scene, study, out);
            } else {
                ScrollArea::vertical().id_salt("rest").auto_shrink(false).show(ui, |ui| {
                    ui.set_max_width(ui.available_width() - theme::SPACE_2);
                    self.stacked(ui, scene, study, out);
                });
            }
        });
    }

    fn system(&mut self, ui: &mut Ui, study: Option<&Arc<LinearStudy>>, out: &mut Outbox) {
        let study = study.map(AsRef::as_ref);
        setup::show(ui, &mut self.wanted, &mut self.typed, study, out);
    }

    /// Pictures on the left, numbers on the right.
    fn wide(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        study: Option<&Arc<LinearStudy>>,
        out: &mut Outbox,
    ) {
        let Some(study) = study else { return self.empty(ui, scene) };
        self.head(ui, scene, study);
        let room = ui.available_rect_before_wrap();
        let numbers = (room.width() * 0.48).max(384.0);
        let left = room.with_max_x(room.right() - numbers - theme::SPACE_3);
        let right = room.with_min_x(room.right() - numbers);
        part(ui, left, |ui| self.picture(ui, study, ui.available_size()));
        part(ui, right, |ui| {
            ScrollArea::vertical().id_salt("numbers").auto_shrink(false).show(ui, |ui| {
                ui.set_max_width(ui.available_width() - theme::SPACE_2);
                let height = (room.height() * 0.36).clamp(140.0, 320.0);
                self.numbers(ui, study, height, out);
            });
        });
    }

    /// Everything below each other, for a small window.
    fn stacked(
        &mut self,
        ui: &mut Ui,
        scene: &Scene<'_>,
        study: Option<&Arc<LinearStudy>>,
        out: &mut Outbox,
    ) {
        let Some(study) = study else { return self.empty(ui, scene) };
        self.head(ui, scene, study);
        let size = vec2(ui.available_width(), (ui.available_width() * 0.7).clamp(220.0, 420.0));
        self.picture(ui, study, size);
        ui.add_space(theme::SPACE_2);
        self.numbers(ui, study, 200.0, out);
    }

    /// The walk through the iterations, and which solvers are shown.
    fn head(&mut self, ui: &mut Ui, scene: &Scene<'_>, study: &LinearStudy) {
        self.walk.show(ui, study);
        table::legend(ui, &mut self.shown);
        let (line, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), theme::SPACE_1), Sense::hover());
        // A small study is through before anybody could see this.
        let slow = study.size() >= SLOW || self.asked.as_ref().is_some_and(is_slow);
        if let Some(done) = scene.study.progress().filter(|_| slow) {
            let color = theme::palette(ui).accent_text;
            let end = line.left() + done * line.width();
            ui.painter().hline(line.left()..=end, line.center().y, Stroke::new(2.0, color));
            response.on_hover_text("The solvers are at work on the new system.");
        }
    }

    /// Before the first answer, and when there is none.
    fn empty(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        match scene.study.result() {
            Some(Err(error)) => widget::message(ui, icon::WARNING, error, |ui| {
                let help = "Solves the system once more.";
                if ui.button("Try again").on_hover_text(help).clicked() {
                    self.asked = None;
                }
            }),
            _ => {
                widget::note(ui, "The solvers are at work …");
            }
        }
    }

    /// The plane, or for more unknowns matrix, space and spectrum.
    fn picture(&mut self, ui: &mut Ui, study: &Arc<LinearStudy>, size: eframe::egui::Vec2) {
        let position = self.walk.position(study);
        let Some(landscape) = &study.landscape else {
            return heat::show(ui, study, position, size, &mut self.heat);
        };
        let surface = landscape.surface;
        let palette = theme::palette(ui);
        let caption = RichText::new(surface.caption()).small().color(palette.text_weak);
        let response = ui.add(Label::new(caption).wrap());
        let used = response.rect.height() + theme::SPACE_1;
        response.on_hover_text(surface.help());
        let solvers = self.solvers();
        let size = vec2(size.x, (size.y - used).max(120.0));
        if let Some(start) = plane::show(ui, study, &solvers, position, size, &mut self.plane) {
            // Two decimals, as the fields beside show them.
            self.wanted.start = start.map(|value| (value * 100.0).round() / 100.0).to_vec();
        }
    }

    fn numbers(&mut self, ui: &mut Ui, study: &LinearStudy, height: f32, out: &mut Outbox) {
        ui.horizontal(|ui| {
            for measure in Measure::ALL {
                let known = measure == Measure::Residual || study.solution.is_some();
                ui.add_enabled_ui(known, |ui| {
                    if widget::toggle(ui, self.measure == measure, measure.name(), measure.help()) {
                        self.measure = measure;
                    }
                });
            }
            if study.solution.is_none() {
                self.measure = Measure::Residual;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon::COPY.button(ui, "Copy the curves as a table").clicked() {
                    let text = residual::table(study, self.measure);
                    out.send(Command::Copy { text, what: "Curves of the solvers" });
                }
            });
        });
        let solvers = self.solvers();
        residual::show(ui, study, &solvers, self.measure, &mut self.walk, height);
        let palette = theme::palette(ui);
        let strong = RichText::new(words::summary(study)).color(palette.text_strong);
        ui.add(Label::new(strong).wrap());
        ui.add_space(theme::SPACE_1);
        ui.scope(|ui| table::show(ui, study, self.measure, &mut self.chosen));
        ui.add_space(theme::SPACE_2);
        ui.add(Label::new(words::n_steps(study)).wrap()).on_hover_text(
            "Each direction of CG is conjugate to all before it (pᵢᵀ·A·pⱼ = 0), so no step undoes \
             another. In n dimensions there are only n such directions.",
        );
        ui.add_space(theme::SPACE_2);
        solver_page::show(ui, study, self.chosen);
    }

    /// The solvers that are shown; full lines first, so that dashed ones lie over them.
    fn solvers(&self) -> Vec<Solver> {
        let all = Solver::ALL.iter().zip(self.shown);
        all.filter_map(|(&solver, on)| on.then_some(solver)).collect()
    }
}

/// Whether a study takes long enough for its progress to be shown.
fn is_slow(spec: &LinearSpec) -> bool {
    match &spec.source {
        SystemSource::Example(example) => example.size >= SLOW,
        SystemSource::File(file) => file.system.a.size() >= SLOW,
        SystemSource::Typed(_) => false,
    }
}

/// Draws in a part of the room, and nothing outside of it.
fn part(ui: &mut Ui, room: Rect, show: impl FnOnce(&mut Ui)) {
    let room = Rect::from_min_max(room.min, pos2(room.max.x.max(room.min.x), room.max.y));
    let builder = UiBuilder::new().max_rect(room).layout(Layout::top_down(Align::Min));
    ui.scope_builder(builder, show);
}
