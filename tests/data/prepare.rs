//! Preparing a table: statistics of the training part only, one-hot, missing values,
//! targets, and everything that is refused.

use crate::support::{number, table, words};
use netsmith::data::{
    Cell, Column, DataError, InputKind, Samples, Split, Table, TableChoice, TaskKind, Values,
    library_set, prepare_table,
};
use proptest::prelude::*;

fn prepare(table: Table) -> Samples {
    prepare_table(table, &TableChoice::default(), &Split::default()).unwrap()
}

fn notes(samples: &Samples) -> String {
    let lines: Vec<String> = samples.notes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

// ── Inputs ───────────────────────────────────────────────────────────────────

#[test]
fn statistics_come_from_the_training_part() {
    let values: Vec<f64> = (0..40).map(|i| f64::from(i * i)).collect();
    let samples = prepare(table(vec![number("x", &values), number("y", &values)]));
    let train: Vec<f64> = samples.train.iter().map(|&row| values[row as usize]).collect();
    let n = train.len() as f64;
    let mean = train.iter().sum::<f64>() / n;
    let deviation = (train.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    let InputKind::Number { mean: m, scale: s, minimum, maximum, .. } =
        &samples.encoder.columns[0].kind
    else {
        panic!("expected a number");
    };
    assert!((m - mean).abs() < 1e-9 * mean && (s - deviation).abs() < 1e-9 * deviation);
    assert_eq!(*minimum, train.iter().copied().fold(f64::INFINITY, f64::min));
    assert_eq!(*maximum, train.iter().copied().fold(0.0, f64::max));
    // The training part is standardised, in the inputs as in the target.
    for matrix in [&samples.inputs, &samples.targets] {
        let train: Vec<f64> =
            samples.train.iter().map(|&row| f64::from(matrix[[row as usize, 0]])).collect();
        let mean = train.iter().sum::<f64>() / n;
        let variance = train.iter().map(|x| x * x).sum::<f64>() / n;
        assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_change_in_the_validation_part_changes_no_encoder() {
    let values: Vec<f64> = (0..30).map(f64::from).collect();
    let make = |values: &[f64]| {
        table(vec![number("x", values), number("y", &(0..30).map(f64::from).collect::<Vec<_>>())])
    };
    let before = prepare(make(&values));
    let mut changed = values;
    for &row in &before.validation {
        changed[row as usize] = 1e6;
    }
    assert_eq!(before.encoder, prepare(make(&changed)).encoder);
}

#[test]
fn missing_numbers_take_the_training_median() {
    let mut values: Vec<f64> = (0..40).map(f64::from).collect();
    values[3] = f64::NAN;
    values[17] = f64::NAN;
    let target: Vec<&str> = (0..40).map(|i| if i % 2 == 0 { "a" } else { "b" }).collect();
    let samples = prepare(table(vec![number("x", &values), words("t", &target)]));
    let InputKind::Number { mean, scale, fill, .. } = samples.encoder.columns[0].kind else {
        panic!("expected a number");
    };
    assert_eq!(samples.inputs[[3, 0]], ((fill - mean) / scale) as f32);
    assert!(
        notes(&samples).contains("x: 2 missing values were filled with"),
        "{}",
        notes(&samples)
    );
    assert!(samples.inputs.iter().all(|x| x.is_finite()));
}

#[test]
fn categories_are_one_hot_with_a_level_for_missing() {
    let colours: Vec<&str> = ["red", "green", "", "red"].iter().copied().cycle().take(40).collect();
    let target: Vec<f64> = (0..40).map(f64::from).collect();
    let samples = prepare(table(vec![words("colour", &colours), number("y", &target)]));
    let names = samples.encoder.input_names();
    assert_eq!(names, ["colour = red", "colour = green", "colour missing"]);
    assert_eq!(samples.inputs.row(0).to_vec(), [1.0, 0.0, 0.0]);
    assert_eq!(samples.inputs.row(1).to_vec(), [0.0, 1.0, 0.0]);
    assert_eq!(samples.inputs.row(2).to_vec(), [0.0, 0.0, 1.0]);
    assert!(
        notes(&samples).contains("colour: 10 missing values were encoded as a level of their own")
    );
    assert_eq!(samples.encoder.typical_row(), [Cell::Category("red".into())]);
}

#[test]
fn what_is_left_out_is_said() {
    let ids: Vec<String> = (0..40).map(|i| format!("id {i}")).collect();
    let y: Vec<f64> = (0..40).map(|i| f64::from(i) * 0.5).collect();
    let make = || {
        table(vec![
            Column::new("id", Values::Text(ids.iter().collect())),
            number("same", &[3.0; 40]),
            number("empty", &[f64::NAN; 40]),
            number("x", &y),
            number("y", &y),
        ])
    };
    let samples = prepare(make());
    assert_eq!(samples.encoder.input_names(), ["same", "x"]);
    assert!(samples.inputs.column(0).iter().all(|x| *x == 0.0));
    let said = notes(&samples);
    for part in [
        "id: Holds text",
        "same: Is 3 in every training row",
        "empty: Holds no value",
        "y: Taken as the target",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let choice = TableChoice {
        target: Some("y".into()),
        inputs: Some(vec!["x".into(), "y".into(), "x".into()]),
        task: None,
    };
    let samples = prepare_table(make(), &choice, &Split::default()).unwrap();
    assert_eq!(samples.encoder.input_names(), ["x"]);
    assert!(notes(&samples).contains("y: Is the target, so it cannot be an input"));
}

#[test]
fn many_levels_are_noted() {
    let many: Vec<String> = (0..600).map(|i| format!("level {}", i % 150)).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let y: Vec<f64> = (0..600).map(f64::from).collect();
    let samples = prepare(table(vec![words("w", &many), number("y", &y)]));
    assert!(notes(&samples).contains("levels make as many inputs"));
}

// ── Targets ──────────────────────────────────────────────────────────────────

#[test]
fn rows_without_target_are_left_out() {
    let mut y: Vec<f64> = (0..40).map(|i| f64::from(i) + 0.5).collect();
    y[5] = f64::NAN;
    y[6] = f64::NAN;
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let samples = prepare(table(vec![number("x", &x), number("y", &y)]));
    assert_eq!(samples.table.rows(), 38);
    assert_eq!(samples.inputs.nrows(), 38);
    assert_eq!(samples.table.columns[0].values.display(5), "7");
    assert!(samples.targets.iter().all(|y| y.is_finite()));
    assert!(notes(&samples).contains("y: 2 rows without a target were left out"));
}

#[test]
fn tasks_are_guessed_or_chosen() {
    let y: Vec<f64> = (0..40).map(|i| f64::from(i % 2)).collect();
    let x: Vec<f64> = (0..40).map(f64::from).collect();
    let make = || table(vec![number("x", &x), number("y", &y)]);
    let samples = prepare(make());
    assert_eq!(samples.encoder.target.classes(), ["0", "1"]);
    assert!(notes(&samples).contains("2 different whole numbers are taken as classes"));
    let choice = TableChoice { task: Some(TaskKind::Regression), ..TableChoice::default() };
    let samples = prepare_table(make(), &choice, &Split::default()).unwrap();
    assert_eq!(samples.encoder.target.task(), TaskKind::Regression);
}

#[test]
fn choices_that_cannot_be() {
    let try_with = |columns: Vec<Column>, target: Option<&str>, inputs: Option<&[&str]>, task| {
        let choice = TableChoice {
            target: target.map(str::to_owned),
            inputs: inputs.map(|names| names.iter().map(ToString::to_string).collect()),
            task,
        };
        prepare_table(table(columns), &choice, &Split::default()).unwrap_err()
    };
    let x = || number("x", &[1.0, 2.0, 3.0, 4.0]);
    let same = || words("same", &["a", "a", "a", "a"]);
    let text = || Column::new("text", Values::Text(["a", "b", "c", "d"].iter().collect()));
    let empty = || number("empty", &[f64::NAN; 4]);

    let found = try_with(vec![x(), same()], Some("z"), None, None);
    assert_eq!(found.to_string(), "There is no column “z”. The columns are: x, same.");
    let found = try_with(vec![x(), same()], Some("same"), None, None);
    assert_eq!(found, DataError::OneClass { column: "same".into(), class: "a".into() });
    let found = try_with(vec![x(), empty()], Some("empty"), None, None);
    assert_eq!(found, DataError::TargetMissing { column: "empty".into() });
    let found = try_with(vec![x(), text()], Some("text"), None, None);
    assert_eq!(found, DataError::TargetIsText { column: "text".into(), distinct: 4, rows: 4 });
    let found = try_with(vec![x(), same()], Some("same"), None, Some(TaskKind::Regression));
    assert!(matches!(found, DataError::TargetNotNumeric { .. }));
    let found = try_with(vec![text(), x()], Some("x"), None, None);
    assert_eq!(found, DataError::NoInputs { target: "x".into() });
    let found = try_with(vec![same(), x()], Some("x"), Some(&[]), None);
    assert_eq!(found, DataError::NoInputs { target: "x".into() });
    let found = try_with(vec![x(), same()], Some("x"), Some(&["nothing"]), None);
    assert!(matches!(found, DataError::UnknownColumn { .. }));
    let found = try_with(vec![text(), same()], None, None, None);
    assert_eq!(found, DataError::NoTarget);
    let one = vec![number("x", &[1.0, 2.0]), number("y", &[1.0, f64::NAN])];
    let found = try_with(one, Some("y"), None, None);
    assert_eq!(found, DataError::TooFewRows { found: 1 });
}

#[test]
fn splits_are_stratified() {
    let samples =
        library_set("iris").unwrap().prepare(&Split { train_share: 0.8, seed: 3 }).unwrap();
    assert_eq!((samples.train.len(), samples.validation.len()), (120, 30));
    for class in 0..3 {
        let held = samples
            .train
            .iter()
            .filter(|&&row| samples.targets[[row as usize, class]] == 1.0)
            .count();
        assert_eq!(held, 40);
    }
}

proptest! {
    #[test]
    fn any_table_is_prepared_or_refused(
        numbers in prop::collection::vec(prop_oneof![any::<f64>(), Just(f64::NAN), (-3_i8..3).prop_map(f64::from)], 0..30),
        codes in prop::collection::vec(0_u32..6, 30),
        seed: u64,
        train_share in 0.0_f64..1.0,
    ) {
        let rows = numbers.len();
        let levels = ["a", "b", "c", "d"].map(String::from).to_vec();
        let category = Values::Category { levels, codes: codes[..rows].to_vec() };
        let table = table(vec![
            Column::new("w", category),
            number("y", &numbers),
            number("x", &numbers.iter().rev().copied().collect::<Vec<_>>()),
        ]);
        for target in ["w", "y"] {
            let choice = TableChoice { target: Some(target.into()), ..TableChoice::default() };
            if let Ok(samples) = prepare_table(table.clone(), &choice, &Split { train_share, seed }) {
                prop_assert_eq!(samples.train.len() + samples.validation.len(), samples.table.rows());
                prop_assert_eq!(samples.inputs.ncols(), samples.encoder.width());
                prop_assert!(samples.inputs.iter().all(|x| !x.is_nan()));
                prop_assert!(samples.targets.iter().all(|y| !y.is_nan()));
            }
        }
    }
}
