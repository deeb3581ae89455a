//! The encoder after it was made: new rows, saving, answers, points, and the library.

use crate::support::{number, table, words};
use netsmith::data::{
    Cell, DataError, Encoder, Feature, InputKind, LIBRARY, Prediction, Split, TargetEncoding,
    TaskKind, Values, library_set, prepare_points,
};

// ── The encoder afterwards ───────────────────────────────────────────────────

#[test]
fn an_unseen_category_becomes_zeros_and_a_note() {
    let samples = library_set("penguins").unwrap().prepare(&Split::default()).unwrap();
    let encoder = &samples.encoder;
    let mut rows = samples.table.select(&[0, 100]);
    rows.columns[1] = words("island", &["Atlantis", "Biscoe"]);
    let (inputs, notes) = encoder.encode_table(&rows).unwrap();
    assert_eq!(inputs.row(0).to_vec()[..3], [0.0, 0.0, 0.0]);
    assert_eq!(inputs.row(1).to_vec()[..3], [1.0, 0.0, 0.0]);
    assert!(notes.iter().any(|note| note.message.contains("“Atlantis”")), "{notes:?}");
}

#[test]
fn tables_for_prediction_must_have_the_columns() {
    let encoder = library_set("auto_mpg").unwrap().prepare(&Split::default()).unwrap().encoder;
    let loaded = library_set("auto_mpg").unwrap().load().unwrap().table;
    let mut few = loaded.clone();
    few.columns.retain(|column| column.name != "weight_lb");
    let found = encoder.encode_table(&few).unwrap_err();
    assert!(matches!(&found, DataError::UnknownColumn { column, .. } if column == "weight_lb"));
    let mut wrong = loaded.clone();
    let heavy = vec!["heavy"; wrong.rows()];
    for column in &mut wrong.columns {
        if column.name == "weight_lb" {
            column.values = Values::category(&heavy);
        }
    }
    let found = encoder.encode_table(&wrong).unwrap_err();
    assert!(
        found
            .to_string()
            .contains("“weight_lb” should hold numbers, but it holds words such as “heavy”")
    );
    // The target is not needed to predict, and the order of the columns does not matter.
    let mut turned = loaded.clone();
    turned.columns.reverse();
    turned.columns.retain(|column| column.name != "mpg");
    assert_eq!(encoder.encode_table(&turned).unwrap(), encoder.encode_table(&loaded).unwrap());
}

#[test]
fn rows_and_tables_are_encoded_alike() {
    for set in LIBRARY {
        let samples = set.prepare(&Split::default()).unwrap();
        let encoder = &samples.encoder;
        let mut out = vec![f32::NAN; encoder.width()];
        for row in (0..samples.table.rows()).step_by(7) {
            encoder.encode_row(&encoder.row_of(&samples.table, row), &mut out);
            assert_eq!(out, samples.inputs.row(row).to_vec(), "{} row {row}", set.id);
        }
        assert_eq!(encoder.typical_row().len(), encoder.columns.len());
        let last = encoder.inputs_of(encoder.columns.len() - 1);
        assert_eq!(last.end, encoder.width());
    }
}

#[test]
fn an_encoder_survives_saving() {
    for set in LIBRARY {
        let encoder = set.prepare(&Split::default()).unwrap().encoder;
        let json = serde_json::to_string(&encoder).unwrap();
        assert_eq!(serde_json::from_str::<Encoder>(&json).unwrap(), encoder);
    }
}

#[test]
fn answers_come_back_in_the_words_of_the_table() {
    let encoder = library_set("penguins").unwrap().prepare(&Split::default()).unwrap().encoder;
    let found = encoder.decode_output(&[0.1, 0.2, 0.7]);
    assert_eq!(found, Prediction::Class { index: 2, name: "Gentoo", probability: 0.7 });
    let encoder = library_set("auto_mpg").unwrap().prepare(&Split::default()).unwrap().encoder;
    let TargetEncoding::Number { mean, scale, .. } = encoder.target else {
        panic!("expected a number");
    };
    let found = encoder.decode_output(&[-1.0]);
    assert_eq!(found, Prediction::Number(mean - scale));
}

#[test]
fn too_few_or_too_many_cells_do_no_harm() {
    let encoder = library_set("penguins").unwrap().prepare(&Split::default()).unwrap().encoder;
    let mut short = vec![0.0; encoder.width() - 2];
    encoder.encode_row(&[], &mut short);
    let mut long = vec![9.0; encoder.width() + 2];
    encoder.encode_row(&vec![Cell::Missing; 50], &mut long);
    assert_eq!(long[encoder.width()..], [9.0, 9.0]);
}

// ── Points ───────────────────────────────────────────────────────────────────

#[test]
fn points_are_not_normalised() {
    let painted = table(vec![
        number("x₁", &[2.0, -1.0, 7.5]),
        number("x₂", &[3.0, 0.5, 0.0]),
        words("class", &["blue", "red", "blue"]),
    ]);
    let samples = prepare_points(painted, Feature::ALL, &Split::default()).unwrap();
    let row: Vec<f32> = vec![2.0, 3.0, 4.0, 9.0, 6.0, 2.0_f32.sin(), 3.0_f32.sin()];
    assert_eq!(samples.inputs.row(0).to_vec(), row);
    let mut out = [0.0; 7];
    samples.encoder.encode_row(&[Cell::Number(2.0), Cell::Number(3.0)], &mut out);
    assert_eq!(out.to_vec(), row);
    let InputKind::Number { minimum, maximum, .. } = samples.encoder.columns[0].kind else {
        panic!("expected a number");
    };
    assert_eq!((minimum, maximum), (-6.0, 7.5));
    assert_eq!(samples.encoder.inputs_of(1), 0..7);
}

#[test]
fn points_and_features_must_fit() {
    let curve = || table(vec![number("x", &[1.0, 2.0]), number("y", &[0.0, 1.0])]);
    let samples =
        prepare_points(curve(), &[Feature::X1, Feature::SinX1], &Split::default()).unwrap();
    assert_eq!(samples.encoder.input_names(), ["x", "sin x"]);
    assert_eq!(samples.encoder.target.task(), TaskKind::Regression);
    assert_eq!(samples.targets[[1, 0]], 1.0);
    let found = prepare_points(curve(), &[Feature::X2], &Split::default()).unwrap_err();
    assert!(matches!(found, DataError::FeatureNeedsPlane { .. }));
    let found = prepare_points(curve(), &[], &Split::default()).unwrap_err();
    assert_eq!(found, DataError::NoFeatures);
    let one = table(vec![
        number("x₁", &[1.0, 2.0]),
        number("x₂", &[1.0, 2.0]),
        words("class", &["red", "red"]),
    ]);
    let found = prepare_points(one, &[Feature::X1], &Split::default()).unwrap_err();
    assert!(matches!(found, DataError::OneClass { .. }));
    let none = table(vec![number("x₁", &[]), number("x₂", &[]), words("class", &[])]);
    let found = prepare_points(none, &[Feature::X1], &Split::default()).unwrap_err();
    assert_eq!(found, DataError::TooFewRows { found: 0 });
}

// ── The library ──────────────────────────────────────────────────────────────

#[test]
fn every_library_set_is_whole() {
    let shapes = [
        ("penguins", 344, 10, 3),
        ("iris", 150, 4, 3),
        ("auto_mpg", 392, 9, 1),
        ("concrete", 1030, 8, 1),
        ("digits_8x8", 1797, 64, 10),
    ];
    assert_eq!(LIBRARY.len(), shapes.len());
    for (set, (id, rows, inputs, outputs)) in LIBRARY.iter().zip(shapes) {
        assert_eq!(set.id, id);
        let loaded = set.load().unwrap();
        assert!(loaded.notes.is_empty(), "{:?}", loaded.notes);
        for name in set.ignored {
            assert!(loaded.table.column(name).is_some());
        }
        let samples = set.prepare(&Split::default()).unwrap();
        assert_eq!(samples.inputs.shape(), [rows, inputs], "{id}");
        assert_eq!(samples.targets.shape(), [rows, outputs], "{id}");
        assert_eq!(samples.encoder.target.task(), set.task);
        assert!(samples.inputs.iter().chain(&samples.targets).all(|x| x.is_finite()));
        let classes = samples.encoder.target.outputs();
        if classes > 1 {
            assert!(samples.targets.rows().into_iter().all(|row| row.sum() == 1.0));
        }
    }
}
