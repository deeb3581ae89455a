//! `netsmith solve`: what scripts rely on. Options, JSON keys, exit codes (0 solved, 1 not, 2 wrong
//! usage) and messages.

use std::fs;

use crate::support::{Said, keys, netsmith, netsmith_in, number};
use netsmith::krylov::{Example, ExampleKind, Solver};
use serde_json::Value;

/// What the last line of `solve --json` holds, no more and no less.
const DONE: [&str; 10] = [
    "done",
    "initial_residual",
    "iterations",
    "message",
    "method",
    "outcome",
    "preconditioner",
    "products",
    "residual",
    "x",
];

/// Splits the output of `solve --json` into the iterations and the last line.
#[track_caller]
fn objects(said: &Said) -> (Vec<Value>, Value) {
    let mut objects = said.objects();
    let last = objects.pop().expect("a last line");
    assert_eq!(keys(&last), DONE.into());
    assert_eq!(last["done"], true);
    assert_eq!(last["iterations"], objects.len());
    for (k, object) in (1..).zip(&objects) {
        assert_eq!(keys(object), ["iteration", "residual"].into());
        assert_eq!(object["iteration"], k);
        assert!(number(object, "residual") >= 0.0);
    }
    (objects, last)
}

fn solution(last: &Value) -> Vec<f64> {
    last["x"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

/// Runs `solve` on a file with this text.
fn solve_file(text: &str, options: &str) -> Said {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), text).unwrap();
    let mut args = vec!["solve", "--matrix", "a.csv"];
    args.extend(options.split_whitespace());
    netsmith_in(folder.path(), &args)
}

#[test]
fn every_method_solves_the_example_made_for_it() {
    for (matrix, solvers) in [
        (ExampleKind::Spd, Solver::ALL),
        (ExampleKind::Indefinite, &[Solver::Minres, Solver::Gmres, Solver::Bicg]),
        (ExampleKind::Nonsymmetric, &[Solver::Gmres, Solver::Bicg, Solver::Bicgstab]),
        (ExampleKind::NearSingular, &[Solver::Cg, Solver::Minres, Solver::Gmres]),
    ] {
        for solver in solvers {
            let line = format!(
                "solve --matrix {} --size 6 --condition 20 --seed 3 --method {} --json",
                matrix.id(),
                solver.id()
            );
            let (iterations, last) = objects(&netsmith(&line).done());
            assert_eq!(
                (&last["outcome"], &last["method"]),
                (&"converged".into(), &solver.id().into())
            );
            let first = number(&last, "initial_residual");
            let end = number(iterations.last().unwrap(), "residual");
            assert!(end <= 1e-8 * first && number(&last, "residual") <= 2e-8 * first);
            let system =
                Example { kind: matrix, size: 6, condition: 20.0, seed: 3 }.build().unwrap();
            for (x, known) in solution(&last).iter().zip(system.known_solution.unwrap()) {
                assert!((x - known).abs() < 1e-5, "{line}: {x} and {known}");
            }
        }
    }
}

#[test]
fn cg_ends_after_n_steps() {
    for size in [2, 5, 10, 20] {
        let line = format!("solve --matrix spd --size {size} --condition 100 --method cg --json");
        let (iterations, _) = objects(&netsmith(&line).done());
        assert_eq!(iterations.len(), size);
    }
}

#[test]
fn a_wrong_matrix_ends_with_its_reason_and_exit_code_one() {
    let line = "solve --matrix indefinite --size 12 --method cg --json";
    let said = netsmith(line);
    assert_eq!(said.code, 1);
    let (_, last) = objects(&said);
    assert_eq!(last["outcome"], "negative_curvature");
    let message = last["message"].as_str().unwrap();
    assert!(message.contains("not positive definite") && message.contains("MINRES"), "{message}");
    assert!(said.err.contains(message), "people read it on standard error: {}", said.err);

    let limit =
        netsmith("solve --condition 1000 --method steepest_descent --max-iterations 7 --json");
    let (iterations, last) = objects(&limit);
    assert_eq!((limit.code, iterations.len()), (1, 7));
    assert_eq!(last["outcome"], "iteration_limit");
}

#[test]
fn people_get_a_table_and_a_sentence() {
    let said = netsmith("solve --matrix nonsymmetric --size 3 --method gmres").done();
    let lines: Vec<_> = said.out.lines().collect();
    assert!(lines[0].starts_with("Generalized minimum residual"), "{}", said.out);
    assert_eq!(lines.iter().filter(|line| line.starts_with('x')).count(), 3);
    assert!(said.out.contains("Solved"), "{}", said.out);
    assert_eq!(said.err, "");
}

#[test]
fn options_change_what_is_solved_and_how() {
    let base = "solve --matrix nonsymmetric --size 30 --condition 50 --seed 2 --method gmres \
                --restart 5 --tolerance 1e-6 --json";
    let out = netsmith(base).done().out;
    assert_eq!(netsmith(base).out, out, "the same line gives the same bits");
    for (old, new) in [
        ("nonsymmetric", "spd"),
        ("30", "31"),
        ("50", "60"),
        ("seed 2", "seed 3"),
        ("gmres", "bicgstab"),
        ("restart 5", "restart 6"),
        ("1e-6", "1e-4"),
    ] {
        assert_ne!(netsmith(&base.replacen(old, new, 1)).out, out, "{new}");
    }
}

#[test]
fn a_file_with_a_right_side_is_solved() {
    let said = solve_file("4,1,1\n1,3,2\n", "--method cg --json").done();
    let (_, last) = objects(&said);
    for (x, expected) in solution(&last).iter().zip([1.0 / 11.0, 7.0 / 11.0]) {
        assert!((x - expected).abs() < 1e-9);
    }
    assert_eq!(said.err, "");
}

#[test]
fn a_file_without_a_right_side_gets_one_and_says_so() {
    let said = solve_file("4 1\n1 3\n", "--method minres --json").done();
    let (_, last) = objects(&said);
    assert!(solution(&last).iter().all(|x| (x - 1.0).abs() < 1e-9));
    assert!(said.err.contains("every unknown should come out as 1"), "{}", said.err);
}

#[test]
fn a_method_for_symmetric_matrices_warns_of_others() {
    let said = solve_file("4,1,1\n2,3,2\n", "--method cg --max-iterations 30 --json");
    assert!(
        said.err.contains("row 1, column 2 holds 1 and row 2, column 1 holds 2"),
        "{}",
        said.err
    );
    assert!(!solve_file("4,1,1\n2,3,2\n", "--method gmres").done().err.contains("symmetric"));
}

/// A symmetric positive definite system of 30 unknowns whose scales run from 1 to 10⁶, as CSV.
fn badly_scaled() -> String {
    const N: usize = 30;
    let size = |i: usize| 10_f64.powf(6.0 * i as f64 / (N - 1) as f64);
    let entry = |i: usize, j: usize| match i.abs_diff(j) {
        0 => size(i),
        1 => 0.4 * (size(i) * size(j)).sqrt(),
        _ => 0.0,
    };
    let row = |i: usize| (0..N).map(|j| entry(i, j).to_string()).collect::<Vec<_>>().join(",");
    (0..N).map(|i| row(i) + "\n").collect()
}

#[test]
fn a_preconditioner_evens_out_scales_and_the_residual_stays_the_true_one() {
    let text = badly_scaled();
    for solver in Solver::ALL {
        let run = |preconditioner: &str| {
            let options = format!(
                "--method {} --preconditioner {preconditioner} --restart 30 --json",
                solver.id()
            );
            let (iterations, last) = objects(&solve_file(&text, &options));
            assert_eq!(last["preconditioner"], preconditioner);
            (iterations, last)
        };
        let ((plain, _), (even, last)) = (run("none"), run("diagonal"));
        assert_eq!(last["outcome"], "converged", "{solver:?}");
        assert!(2 * even.len() < plain.len() || *solver == Solver::Gmres, "{solver:?}");
        let carried = number(even.last().unwrap(), "residual");
        let (actual, first) = (number(&last, "residual"), number(&last, "initial_residual"));
        assert!((carried - actual).abs() < 1e-9 * first, "{solver:?}: {carried} {actual}");
        assert!(solution(&last).iter().all(|x| (x - 1.0).abs() < 0.1), "{solver:?}");
    }
    let said = solve_file("4,1,1\n1,3,2\n", "--preconditioner diagonal").done();
    assert!(said.out.contains("preconditioned with the diagonal of A"), "{}", said.out);
}

#[test]
fn a_diagonal_that_cannot_be_divided_by_is_told_in_words() {
    let negative = "2,1,3\n1,-4,5\n";
    let said = solve_file(negative, "--method minres --preconditioner diagonal");
    assert_eq!(said.code, 1);
    for words in ["positive numbers", "element 2 is -4", "without a preconditioner"] {
        assert!(said.err.contains(words), "{}", said.err);
    }
    solve_file(negative, "--method gmres --preconditioner diagonal").done();
    let zero = solve_file("0,1,3\n1,4,5\n", "--method gmres --preconditioner diagonal --json");
    assert_eq!(zero.code, 1);
    assert!(zero.err.contains("element 1 is 0"), "{}", zero.err);
    assert_eq!(objects(&zero).1["outcome"], "preconditioner");
}

#[test]
fn a_file_that_is_no_matrix_is_refused_with_its_place() {
    solve_file("4,1\n1,three\n", "").refused(1, &["line 2, column 2", "“three”", "a.csv"]);
    solve_file("4,1\n1\n", "").refused(1, &["Line 2 has 1 columns"]);
    solve_file("4,1,0,0\n1,3,0,0\n", "").refused(1, &["2 rows need 2 columns"]);
    solve_file("", "").refused(1, &["no numbers"]);
    netsmith("solve --matrix missing.csv").refused(1, &["no such file", "missing.csv"]);
    netsmith("solve --matrix .").refused(1, &["folder"]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.csv"), b"1,2\n\xff,4\n").unwrap();
    netsmith_in(folder.path(), &["solve", "--matrix", "a.csv"]).refused(1, &["line 2", "UTF-8"]);
}

#[test]
fn wrong_usage_is_refused() {
    for (option, word) in [
        ("--matrix magic", "near_singular"),
        ("--method gauss", "bicgstab"),
        ("--size 1", "2 to 200"),
        ("--size 201", "2 to 200"),
        ("--condition 0.5", "1 to 1e15"),
        ("--condition NaN", "1 to 1e15"),
        ("--tolerance -0.001", "--tolerance"),
        ("--tolerance NaN", "--tolerance"),
        ("--preconditioner cholesky", "diagonal"),
        ("--restart 0", "--restart"),
        ("--max-iterations many", "--max-iterations"),
    ] {
        netsmith(&format!("solve {option}")).refused(2, &[word]);
    }
    for option in ["--size 4", "--condition 10", "--seed 3"] {
        let name = option.split(' ').next().unwrap();
        solve_file("4,1\n1,3\n", option).refused(2, &[name, "file"]);
    }
}
