//! Things to try: each is one click that sets the system, and a sentence on what to look for.

use eframe::egui::{RichText, Ui};

use super::residual::Measure;
use crate::insight::LinearSpec;
use crate::insight::linear::SystemSource;
use crate::krylov::{Example, ExampleKind, Preconditioner};
use crate::ui::{icon, theme, widget};

/// Something to try.
#[derive(Debug)]
pub struct Lesson {
    /// What to do, on its button.
    pub title: &'static str,
    /// What to look for.
    pub look_for: &'static str,
    spec: fn() -> LinearSpec,
    /// What the plot shows.
    pub measure: Measure,
}

fn example(kind: ExampleKind, size: usize, condition: f64, seed: u64) -> LinearSpec {
    LinearSpec::of(Example { kind, size, condition, seed })
}

/// A start from which steepest descent zigzags most: the error along each eigenvector is one over
/// its eigenvalue.
fn valley() -> LinearSpec {
    LinearSpec { start: vec![-0.83, -0.52], ..example(ExampleKind::Spd, 2, 10.0, 12) }
}

/// A diagonal matrix whose eigenvalues grow by a factor of 2.5, up to 10⁶: the large ones are found
/// early, lost to rounding and found again.
fn stairs() -> LinearSpec {
    const N: i32 = 16;
    let row = |i: i32| {
        let entry =
            |j: i32| if i == j { format!("{:.2}", 2.5_f64.powi(i)) } else { "0".to_owned() };
        (0..N).map(entry).collect::<Vec<_>>().join(" ")
    };
    let text = (0..N).map(|i| row(i) + "\n").collect();
    LinearSpec::on(SystemSource::Typed(text))
}

/// Equations and unknowns from 1 to 10⁶ in size: aᵢᵢ = 10^(i/2), and neighbours that know of each
/// other.
fn scales() -> LinearSpec {
    const N: i32 = 13;
    let size = |i: i32| 10_f64.powi(i).sqrt();
    let row = |i: i32| {
        let entry = |j: i32| match i.abs_diff(j) {
            0 => format!("{:.4}", size(i)),
            1 => format!("{:.4}", 0.4 * (size(i) * size(j)).sqrt()),
            _ => "0".to_owned(),
        };
        (0..N).map(entry).collect::<Vec<_>>().join(" ")
    };
    let text = (0..N).map(|i| row(i) + "\n").collect();
    LinearSpec::on(SystemSource::Typed(text))
}

/// All of them, in the order in which they build on each other.
pub static LESSONS: &[Lesson] = &[
    Lesson {
        title: "Narrow the valley",
        look_for: "The condition number is 10, so the valley is about three times as long as wide: \
                   steepest descent zigzags from wall to wall, CG turns once and has arrived after \
                   two steps. Pull the condition number up and down, and drag the start x₀.",
        spec: valley,
        measure: Measure::Residual,
    },
    Lesson {
        title: "Make it a saddle",
        look_for: "One eigenvalue is negative, so the surface falls without end on both sides. \
                   Steepest descent and CG meet a direction of negative curvature and stop there; \
                   MINRES and GMRES only look at the residual and arrive.",
        spec: || example(ExampleKind::Indefinite, 2, 4.0, 3),
        measure: Measure::Residual,
    },
    Lesson {
        title: "Break the symmetry",
        look_for: "CG and MINRES save memory by trusting that A is symmetric. Here it is not, and \
                   they go astray. GMRES never lets the residual grow; BiCG and BiCGSTAB arrive as \
                   well, with bumps on the way.",
        spec: || example(ExampleKind::Nonsymmetric, 20, 50.0, 2),
        measure: Measure::Residual,
    },
    Lesson {
        title: "Count to n",
        look_for: "With n unknowns CG needs at most n steps: look where its line falls off, at the \
                   mark n = 30. Below the matrix, the dots are what the Krylov space knows of the \
                   eigenvalues so far: once it knows all of them, CG has arrived.",
        spec: || example(ExampleKind::Spd, 30, 1000.0, 1),
        measure: Measure::Residual,
    },
    Lesson {
        title: "Lose count",
        look_for: "Here each eigenvalue is 2.5 times the one before, up to 10⁶. Rounding errors bend \
                   the directions of CG, it finds the large eigenvalues twice, and 16 steps are not \
                   enough for 16 unknowns. GMRES, which keeps its whole basis, still counts right.",
        spec: stairs,
        measure: Measure::Residual,
    },
    Lesson {
        title: "Trust no residual",
        look_for: "The matrix presses one direction nearly flat. The residual soon is tiny, but the \
                   plot shows the error |x − x*|, and that stays large: with a large condition \
                   number a small residual is not a small error.",
        spec: || example(ExampleKind::NearSingular, 10, 1e12, 1),
        measure: Measure::Error,
    },
    Lesson {
        title: "Even out the scales",
        look_for: "The diagonal grows from 1 to 10⁶, as if each unknown were measured in another \
                   unit, and steepest descent gives up. Now choose “Diagonal of A” as the \
                   preconditioner: κ falls from about a million to nine, and even steepest descent \
                   arrives.",
        spec: scales,
        measure: Measure::Residual,
    },
];

impl Lesson {
    /// The system it is about.
    pub fn spec(&self) -> LinearSpec {
        (self.spec)()
    }
}

/// The buttons, and below them what to look for. Returns the lesson that was chosen.
pub fn show(ui: &mut Ui, spec: &LinearSpec) -> Option<&'static Lesson> {
    let palette = theme::palette(ui);
    let mut chosen = None;
    // With another preconditioner it is still the same lesson.
    let plain = LinearSpec { preconditioner: Preconditioner::None, ..spec.clone() };
    let current = LESSONS.iter().find(|lesson| lesson.spec() == plain);
    ui.horizontal_wrapped(|ui| {
        icon::LIGHTBULB.show(ui, palette.warning);
        ui.label(RichText::new("Try").color(palette.text_strong));
        for (number, lesson) in (1..).zip(LESSONS) {
            let on = current.is_some_and(|current| std::ptr::eq(current, lesson));
            let text = format!("{number}  {}", lesson.title);
            if widget::toggle(ui, on, &text, lesson.look_for) {
                chosen = Some(lesson);
            }
        }
    });
    let text = match (current, &spec.source) {
        (Some(lesson), _) => lesson.look_for,
        (None, SystemSource::Example(example)) => example.kind.summary(),
        (None, SystemSource::Typed(_) | SystemSource::File(_)) => {
            "Your own system. All six solvers begin at x₀ and end when |b − A·x| is at most 10⁻⁸ of \
             |b|; see below which of them arrive, and why the others do not."
        }
    };
    ui.add(eframe::egui::Label::new(RichText::new(text).color(palette.text)).wrap());
    chosen
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::insight::linear::{LinearStudy, SolverRun, study};
    use crate::krylov::{Outcome, Solver};

    fn of(title: &str) -> LinearStudy {
        let lesson = LESSONS.iter().find(|lesson| lesson.title == title).unwrap();
        study(lesson.spec(), &|_| ControlFlow::Continue(())).unwrap().unwrap()
    }

    fn iterations(study: &LinearStudy, solver: Solver) -> usize {
        study.run(solver).unwrap().iterations()
    }

    #[test]
    fn in_the_valley_steepest_descent_zigzags_and_cg_does_not() {
        let study = of("Narrow the valley");
        assert_eq!(iterations(&study, Solver::Cg), 2);
        assert!(iterations(&study, Solver::SteepestDescent) > 50);
    }

    #[test]
    fn on_the_saddle_those_that_walk_downhill_stop() {
        let study = of("Make it a saddle");
        for solver in [Solver::SteepestDescent, Solver::Cg] {
            let outcome = &study.run(solver).unwrap().outcome;
            assert!(matches!(outcome, Outcome::NegativeCurvature { .. }), "{outcome:?}");
        }
        assert!(study.run(Solver::Minres).unwrap().solved());
        assert!(study.run(Solver::Gmres).unwrap().solved());
    }

    #[test]
    fn without_symmetry_those_that_trust_in_it_go_astray() {
        let study = of("Break the symmetry");
        for solver in [Solver::Cg, Solver::Minres] {
            assert!(!study.run(solver).unwrap().solved(), "{solver:?}");
        }
        for solver in [Solver::Gmres, Solver::Bicg, Solver::Bicgstab] {
            assert!(study.run(solver).unwrap().solved(), "{solver:?}");
        }
    }

    #[test]
    fn cg_ends_about_after_n_steps() {
        let study = of("Count to n");
        let took = iterations(&study, Solver::Cg);
        assert!((26..=31).contains(&took), "{took}");
    }

    #[test]
    fn rounding_breaks_the_promise_of_cg_but_not_that_of_gmres() {
        let study = of("Lose count");
        assert!(iterations(&study, Solver::Cg) > 20, "{}", iterations(&study, Solver::Cg));
        assert!(study.run(Solver::Cg).unwrap().solved());
        assert!(iterations(&study, Solver::Gmres) <= 16);
    }

    #[test]
    fn the_diagonal_helps_where_scales_differ() {
        let plain = of("Even out the scales");
        let lesson = LESSONS.iter().find(|lesson| lesson.title == "Even out the scales").unwrap();
        let spec = LinearSpec { preconditioner: Preconditioner::Diagonal, ..lesson.spec() };
        let even = study(spec, &|_| ControlFlow::Continue(())).unwrap().unwrap();
        assert!(!plain.run(Solver::SteepestDescent).unwrap().solved());
        assert!(even.runs.iter().all(SolverRun::solved));
        assert!(iterations(&even, Solver::SteepestDescent) < 150);
        assert!(plain.spectrum.condition() > 5e5, "{}", plain.spectrum.condition());
        let condition = even.seen_spectrum().condition();
        assert!((8.0..10.0).contains(&condition), "{condition}");
    }

    #[test]
    fn the_error_stays_large_where_the_residual_is_tiny() {
        let study = of("Trust no residual");
        let run = study.run(Solver::Cg).unwrap();
        assert!(run.residual() < 1e-6 && run.error().unwrap() > 0.05, "{:?}", run.error());
    }
}
