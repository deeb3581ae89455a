//! Walking through the iterations: the slider, the play button, and how far all pictures are drawn.

use eframe::egui::{Button, Slider, Ui};

use crate::insight::LinearStudy;
use crate::insight::linear::SolverRun;
use crate::krylov::Solver;
use crate::ui::{format, icon, theme, widget};

/// A whole walk takes about this long, in seconds …
const DURATION: f64 = 8.0;
/// … but a step not longer than this part of a second.
const SLOWEST: f64 = 0.8;
/// Time between two pictures of the walk.
const FRAME: std::time::Duration = std::time::Duration::from_millis(33);
/// At least so many iterations are shown, if there are so many.
const LEAST: usize = 8;

/// Where the walk is.
#[derive(Debug, Default)]
pub struct Walk {
    /// The iteration, with the part of the step to the next; `None` is the end.
    at: Option<f64>,
    /// When and where playing began.
    playing: Option<(f64, f64)>,
    /// Whether the range reaches to the end of the slowest solver.
    all: bool,
}

impl Walk {
    /// Begins at the start and plays.
    pub fn replay(&mut self, now: f64) {
        self.at = Some(0.0);
        self.playing = Some((now, 0.0));
    }

    /// Shows everything, standing still, as far as it is worth seeing.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Goes to an iteration.
    pub fn go_to(&mut self, iteration: f64, study: &LinearStudy) {
        self.playing = None;
        self.at = (iteration < self.range(study) as f64).then_some(iteration.max(0.0));
    }

    /// The last iteration that is shown. Steepest descent needs so many more than the others that
    /// they would not be seen beside it; it is cut off unless everything is asked for.
    pub fn range(&self, study: &LinearStudy) -> usize {
        let longest = study.longest();
        if self.all {
            return longest.max(1);
        }
        let others = study.runs.iter().filter(|run| run.solver != Solver::SteepestDescent);
        // One that does not arrive would use up all iterations.
        let arrived = others.filter(|run| run.solved()).map(SolverRun::iterations).max();
        let worth = arrived.unwrap_or(0) * 5 / 4;
        worth.max(2 * study.size()).max(LEAST).min(longest).max(1)
    }

    /// The iteration up to which is drawn, with the part of the step to the next.
    pub fn position(&self, study: &LinearStudy) -> f64 {
        let range = self.range(study) as f64;
        self.at.map_or(range, |at| at.min(range))
    }

    /// Moves on while playing, and asks for the next picture only then.
    pub fn advance(&mut self, ui: &Ui, study: &LinearStudy) {
        let Some((began, from)) = self.playing else { return };
        let range = self.range(study) as f64;
        let now = ui.input(|input| input.time);
        let speed = (range / DURATION).max(1.0 / SLOWEST);
        let position = from + (now - began).max(0.0) * speed;
        if position >= range {
            (self.at, self.playing) = (None, None);
        } else {
            self.at = Some(position);
            ui.ctx().request_repaint_after(FRAME);
        }
    }

    /// The play button and the slider.
    pub fn show(&mut self, ui: &mut Ui, study: &LinearStudy) {
        let range = self.range(study);
        ui.horizontal(|ui| {
            self.play_button(ui);
            let at = self.position(study).floor() as usize;
            if icon::STEP_BACK.button(ui, "One iteration back").clicked() {
                self.go_to(at.saturating_sub(1) as f64, study);
            }
            if icon::STEP.button(ui, "One iteration on").clicked() {
                self.go_to((at + 1) as f64, study);
            }
            let rest = if study.longest() > range || self.all { 232.0 } else { 120.0 };
            ui.spacing_mut().slider_width = (ui.available_width() - rest).clamp(60.0, 420.0);
            let mut iteration = at;
            let slider = Slider::new(&mut iteration, 0..=range).show_value(false);
            let help = "Walks through the iterations: paths, residuals and the Krylov space are \
                        drawn up to here. You can also drag in the plot of the residuals.";
            let response = ui.add(slider).accessible_name("Iteration").on_hover_text(help);
            if response.changed() {
                self.go_to(iteration as f64, study);
            }
            ui.label(format!("{} of {}", format::count(at as u64), format::count(range as u64)));
            self.all_switch(ui, study, range);
        });
    }

    fn play_button(&mut self, ui: &mut Ui) {
        let now = ui.input(|input| input.time);
        let playing = self.playing.is_some();
        let (icon, text) = if playing { (icon::PAUSE, "Pause") } else { (icon::PLAY, "Play") };
        let help = "Walks through the iterations one by one, all solvers side by side.";
        let response = ui
            .scope(|ui| {
                theme::emphasize(ui, theme::Emphasis::Primary);
                ui.add(Button::new((icon, text)))
            })
            .inner;
        if response.on_hover_text(help).clicked() {
            match (playing, self.at) {
                (true, _) => self.playing = None,
                (false, Some(at)) => self.playing = Some((now, at)),
                (false, None) => self.replay(now),
            }
        }
    }

    fn all_switch(&mut self, ui: &mut Ui, study: &LinearStudy, range: usize) {
        let longest = study.longest();
        if longest <= range && !self.all {
            return;
        }
        let text = format!("all {}", format::count(longest as u64));
        let help = "Shows as many iterations as the slowest solver used. Otherwise only as many as \
                    are needed to see the others well.";
        if widget::toggle(ui, self.all, &text, help) {
            self.all = !self.all;
            self.at = None;
            self.playing = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::insight::LinearSpec;
    use crate::insight::linear::study;
    use crate::krylov::{Example, ExampleKind};

    fn narrow_valley() -> LinearStudy {
        let example = Example { size: 2, condition: 10.0, seed: 12, kind: ExampleKind::Spd };
        let spec = LinearSpec { start: vec![-0.83, -0.52], ..LinearSpec::of(example) };
        study(spec, &|_| ControlFlow::Continue(())).unwrap().unwrap()
    }

    #[test]
    fn the_slowest_solver_does_not_set_the_range_unless_asked() {
        let study = narrow_valley();
        let mut walk = Walk::default();
        assert_eq!(walk.range(&study), LEAST);
        walk.all = true;
        assert_eq!(walk.range(&study), study.longest());
        assert!(study.longest() > 5 * LEAST);
    }

    #[test]
    fn the_end_stays_the_end_and_a_place_stays_a_place() {
        let study = narrow_valley();
        let mut walk = Walk::default();
        assert_eq!(walk.position(&study), LEAST as f64);
        walk.go_to(3.0, &study);
        walk.all = true;
        assert_eq!(walk.position(&study), 3.0);
        walk.go_to(1e9, &study);
        assert_eq!(walk.position(&study), study.longest() as f64);
        walk.go_to(-1.0, &study);
        assert_eq!(walk.position(&study), 0.0);
    }
}
