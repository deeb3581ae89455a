//! Tests of [`study`] and of what is said about it.

use super::*;
use crate::krylov::ExampleKind;

fn quiet(_: f32) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn of(spec: LinearSpec) -> LinearStudy {
    study(spec, &quiet).unwrap().unwrap()
}

fn example(kind: ExampleKind, size: usize, condition: f64) -> LinearStudy {
    of(LinearSpec::of(Example { kind, size, condition, seed: 1 }))
}

fn typed(text: &str) -> LinearStudy {
    of(LinearSpec::on(SystemSource::Typed(text.to_owned())))
}

fn solved(study: &LinearStudy) -> Vec<Solver> {
    study.runs.iter().filter(|run| run.solved()).map(|run| run.solver).collect()
}

#[test]
fn on_a_bowl_all_solvers_arrive_and_cg_within_n_steps() {
    let study = example(ExampleKind::Spd, 2, 20.0);
    assert_eq!(solved(&study), Solver::ALL);
    let cg = study.run(Solver::Cg).unwrap();
    assert!(cg.iterations() <= 2);
    assert_eq!(cg.path.len(), cg.residuals.len());
    assert_eq!(cg.path[0], [0.0, 0.0]);
    let solution = study.solution.as_ref().unwrap();
    for run in &study.runs {
        assert!(run.residual() <= study.target() * 2.0, "{:?}", run.solver);
        assert!(distance(&run.x, solution) < 1e-6, "{:?}", run.solver);
        assert_eq!(run.errors.len(), run.residuals.len());
    }
    let slow = study.run(Solver::SteepestDescent).unwrap();
    assert!(slow.iterations() > 10 * cg.iterations(), "it zigzags: {}", slow.iterations());
}

#[test]
fn a_saddle_stops_those_that_walk_downhill() {
    let study = example(ExampleKind::Indefinite, 10, 20.0);
    for solver in [Solver::SteepestDescent, Solver::Cg] {
        let run = study.run(solver).unwrap();
        assert!(matches!(run.outcome, Outcome::NegativeCurvature { .. }), "{solver:?}");
        let text = words::verdict(&study, run);
        assert!(
            text.contains("curvature") && text.contains("needs positive eigenvalues"),
            "{text}"
        );
    }
    for solver in [Solver::Minres, Solver::Gmres] {
        assert!(study.run(solver).unwrap().solved(), "{solver:?}");
        assert_eq!(words::misfit(&study, solver), None);
    }
    assert!(words::n_steps(&study).contains("does not hold"));
}

#[test]
fn without_symmetry_gmres_arrives_and_the_reason_is_a_pair_of_entries() {
    let study = example(ExampleKind::Nonsymmetric, 20, 20.0);
    assert!(!study.is_symmetric());
    let gmres = study.run(Solver::Gmres).unwrap();
    assert!(gmres.solved() && gmres.iterations() <= 20);
    assert!(gmres.residuals.windows(2).all(|pair| pair[1] <= pair[0] * (1.0 + 1e-9)));
    let minres = study.run(Solver::Minres).unwrap();
    assert!(!minres.solved());
    assert!(words::verdict(&study, minres).contains("relies on symmetry, but here a("));
    assert!(words::hardness(&study).starts_with("Not symmetric"));
}

#[test]
fn a_small_residual_is_not_a_small_error() {
    let study = example(ExampleKind::NearSingular, 10, 1e12);
    let cg = study.run(Solver::Cg).unwrap();
    let size = norm(study.solution.as_ref().unwrap());
    let relative = cg.residual() / norm(&study.system.b);
    assert!(relative < 1e-6, "{relative}");
    assert!(cg.error().unwrap() > 1e-3 * size, "{:?}", cg.error());
}

#[test]
fn the_promise_of_n_steps_is_told_with_its_numbers() {
    let kept = words::n_steps(&example(ExampleKind::Spd, 10, 100.0));
    assert!(kept.contains("n = 10"), "{kept}");
    let few = words::n_steps(&typed("2 0 0 1\n0 2 0 1\n0 0 5 1"));
    assert!(few.contains("after 2 iterations"), "{few}");
    // Eigenvalues in ratios of three: the large ones are found, lost to rounding and found again.
    let n = 24;
    let rows: Vec<String> = (0..n)
        .map(|i| {
            let entry = |j| if i == j { 3_f64.powi(i) } else { 0.0 };
            (0..n).map(|j| entry(j).to_string()).collect::<Vec<_>>().join(",")
        })
        .collect();
    let broken = typed(&rows.join("\n"));
    assert!(broken.run(Solver::Cg).unwrap().iterations() > 24);
    let text = words::n_steps(&broken);
    assert!(text.contains("n = 24") && text.contains("rounding errors"), "{text}");
}

#[test]
fn elimination_exchanges_rows_and_sees_singular_matrices() {
    let system = System::parse("0 2 1 7\n1 1 1 6\n2 0 3 11").unwrap();
    let x = eliminate(&system.a, &system.b).unwrap();
    assert!(distance(&x, &[1.0, 2.0, 3.0]) < 1e-12, "{x:?}");
    let singular = System::parse("1 2 1\n2 4 3").unwrap();
    assert_eq!(eliminate(&singular.a, &singular.b), None);
}

#[test]
fn a_singular_system_has_no_solution_to_measure_against() {
    let study = typed("1 2 1\n2 4 3");
    assert_eq!(study.solution, None);
    assert!(study.runs.iter().all(|run| run.errors.is_empty() && !run.solved()));
    assert_eq!(study.landscape.as_ref().unwrap().surface, Surface::Trough);
    assert!(words::summary(&study).starts_with("None of the 6"));
    assert!(study.spectrum.condition() > 1e15);
}

#[test]
fn the_start_can_be_moved_even_onto_the_solution() {
    let spec = LinearSpec {
        start: vec![1.0, 3.0],
        ..LinearSpec::on(SystemSource::Typed("2 0 2\n0 1 3".to_owned()))
    };
    let study = of(spec);
    for run in &study.runs {
        assert!(run.solved() && run.iterations() == 0, "{:?}", run.outcome);
        assert!(words::verdict(&study, run).contains("nothing to do"));
    }
    assert_eq!(study.basis.dimension(), 0);
}

#[test]
fn what_is_no_system_is_told_in_a_sentence() {
    let typed = |text: &str| LinearSpec::on(SystemSource::Typed(text.to_owned()));
    let error = study(typed("1 2\n3"), &quiet).unwrap_err();
    assert!(error.contains("Line 2 has 1 columns"), "{error}");
    let large = vec!["1"; MAX_SIZE + 1].join(" ");
    let large = vec![large.as_str(); MAX_SIZE + 1].join("\n");
    let error = study(typed(&large), &quiet).unwrap_err();
    assert!(error.contains("At most 200 rows"), "{error}");
}

#[test]
fn a_study_that_is_broken_off_has_no_result() {
    let spec = LinearSpec::of(Example::new(ExampleKind::Spd));
    assert_eq!(study(spec, &|_| ControlFlow::Break(())), Ok(None));
}

#[test]
fn a_short_restart_slows_gmres_down() {
    let example = Example { size: 30, condition: 300.0, ..Example::new(ExampleKind::Nonsymmetric) };
    let iterations = |restart| {
        let study = of(LinearSpec { restart, ..LinearSpec::of(example) });
        study.run(Solver::Gmres).unwrap().iterations()
    };
    assert!(iterations(5) > iterations(30));
}

#[test]
fn the_diagonal_evens_out_badly_scaled_equations() {
    let text = "1 3 0 1\n3 100 300 1\n0 300 1e6 1";
    let spec = LinearSpec::on(SystemSource::Typed(text.to_owned()));
    let plain = of(spec.clone());
    let even = of(LinearSpec { preconditioner: Preconditioner::Diagonal, ..spec });
    assert_eq!(plain.preconditioned, None);
    assert!(even.seen_spectrum().condition() < 1e-4 * even.spectrum.condition());
    assert_eq!(plain.spectrum, even.spectrum, "A is the same");
    let iterations = |study: &LinearStudy| study.run(Solver::SteepestDescent).unwrap().iterations();
    assert!(10 * iterations(&even) < iterations(&plain), "{}", iterations(&even));
    for run in &even.runs {
        assert!(run.solved(), "{:?}: {}", run.solver, run.outcome);
        assert!(run.residual() <= even.target() * 2.0, "the residual is that of A·x = b");
    }
    assert!(words::hardness(&even).contains("M⁻¹·A"), "{}", words::hardness(&even));
    assert!(!words::hardness(&plain).contains("M⁻¹·A"));
}

#[test]
fn a_diagonal_with_both_signs_serves_only_those_that_need_no_definite_one() {
    let spec = LinearSpec {
        preconditioner: Preconditioner::Diagonal,
        ..LinearSpec::on(SystemSource::Typed("2 1 3\n1 -4 5".to_owned()))
    };
    let study = of(spec);
    for run in &study.runs {
        let refused = matches!(run.outcome, Outcome::Preconditioner { position: 1, .. });
        let definite = matches!(run.solver, Solver::SteepestDescent | Solver::Cg | Solver::Minres);
        assert_eq!(refused, definite, "{:?}: {}", run.solver, run.outcome);
        if refused {
            assert_eq!(words::short(run), "not possible");
            assert!(words::verdict(&study, run).contains("element 2 is -4"));
        }
    }
    assert!(matches!(study.preconditioned, Some(Spectrum::SingularValues(_))));
}

#[test]
fn a_file_is_read_with_its_name_or_refused_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.csv");
    std::fs::write(&path, "4,1,1\n1,3,2\n").unwrap();
    let file = SystemFile::open(&path).unwrap();
    assert_eq!((file.name.as_str(), file.system.a.size()), ("mine.csv", 2));
    let study = of(LinearSpec::on(SystemSource::File(Arc::new(file))));
    assert!(study.run(Solver::Cg).unwrap().solved());
    let row = vec!["1"; MAX_SIZE + 1].join(",") + "\n";
    std::fs::write(&path, row.repeat(MAX_SIZE + 1)).unwrap();
    let error = SystemFile::open(&path).unwrap_err();
    assert!(error.contains("At most 200 rows") && error.contains("mine.csv"), "{error}");
}
