//! The document under random hands: undo and redo, saving and opening, mending, changing layers
//! with the weights kept, freezing.

use std::path::Path;
use std::sync::Arc;

use crate::support::{bits, prepare, small};
use netsmith::experiment::check::check;
use netsmith::experiment::history::DEPTH;
use netsmith::experiment::spec::{MAX_UNITS, WeightAddress};
use netsmith::experiment::transplant::transplant;
use netsmith::experiment::{
    DataSource, Edit, ExperimentFile, ExperimentSpec, History, LayerKind, LayerSpec, NetworkSpec,
    PaintedPoint, Prepared,
};
use netsmith::nn::{Activation, Initialization, Loss, OutputActivation};
use netsmith::optim::{Family, METHODS, Schedule};
use netsmith::train::{SavedRun, Trainer};
use proptest::prelude::*;
use proptest::sample::select;

fn any_kind() -> impl Strategy<Value = LayerKind> {
    prop_oneof![
        Just(LayerKind::Input),
        Just(LayerKind::Output),
        (0_usize..20, select(Activation::ALL))
            .prop_map(|(units, activation)| LayerKind::Dense { units, activation }),
        (0.0_f32..1.2).prop_map(|rate| LayerKind::Dropout { rate }),
    ]
}

fn any_weight() -> impl Strategy<Value = WeightAddress> {
    (0_usize..9, proptest::option::of(0_usize..9))
        .prop_map(|(unit, input)| WeightAddress { unit, input })
}

fn any_source() -> impl Strategy<Value = DataSource> {
    let sets: Vec<_> = ["circle", "blobs", "curve", "plane", "iris", "concrete"].into();
    let named = select(sets).prop_map(|id| DataSource::named(id).unwrap());
    let file = "[a-zäß ]{1,12}".prop_map(|name| ExperimentSpec::on_file(name.into()).data.source);
    let points =
        proptest::collection::vec((-6.0..6.0, -6.0..6.0, 0_usize..3), 0..12).prop_map(|points| {
            let point = |(x1, x2, class)| PaintedPoint { x1, x2, class };
            DataSource::Points(netsmith::experiment::data_spec::PointsSpec {
                classes: 3,
                points: points.into_iter().map(point).collect(),
                features: vec![netsmith::data::Feature::X1],
            })
        });
    prop_oneof![named, file, points]
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let id = || 0_u32..9;
    let layers =
        prop_oneof![
            (0_usize..9, any_kind()).prop_map(|(at, kind)| Edit::InsertLayer { at, kind }),
            (id(), 0_usize..9).prop_map(|(id, to)| Edit::MoveLayer { id, to }),
            id().prop_map(|id| Edit::RemoveLayer { id }),
            (id(), 0_usize..9000).prop_map(|(id, units)| Edit::SetUnits { id, units }),
            (id(), select(Activation::ALL))
                .prop_map(|(id, activation)| Edit::SetActivation { id, activation }),
            (id(), any::<f32>()).prop_map(|(id, rate)| Edit::SetRate { id, rate }),
            (id(), any::<bool>()).prop_map(|(id, frozen)| Edit::FreezeLayer { id, frozen }),
            (id(), any_weight(), any::<bool>())
                .prop_map(|(id, weight, frozen)| Edit::FreezeWeight { id, weight, frozen }),
            (0_usize..4).prop_map(|hidden| {
                Edit::SetNetwork(NetworkSpec::dense(&vec![3; hidden], Activation::Relu), "clear")
            }),
        ];
    let rest = prop_oneof![
        select(Initialization::ALL).prop_map(Edit::SetInitialization),
        Just(Edit::NewWeights),
        Just(Edit::NewData),
        ".{0,8}".prop_map(Edit::Rename),
        any::<u64>().prop_map(Edit::SetSeed),
        any_source().prop_map(|source| {
            let data = ExperimentSpec::on(source).data;
            Edit::SetData(data, "change data")
        }),
        any_training().prop_map(|training| Edit::SetTraining(training, "change training")),
        any_source().prop_map(|source| Edit::Replace(Box::new(ExperimentSpec::on(source)), "open")),
    ];
    prop_oneof![layers, rest]
}

prop_compose! {
    fn any_training()(
        method in select(METHODS),
        schedule in select(Schedule::ALL),
        learning_rate in 1e-6..10.0_f64,
        batch_size in 1_usize..100,
        loss in proptest::option::of(select(Loss::ALL)),
        (l1, l2) in (0.0..0.1_f64, 0.0..0.1_f64),
        clip_norm in proptest::option::of(0.1..9.0_f64),
        ascent: bool,
        epochs in proptest::option::of(1_u64..500),
        patience in proptest::option::of(1_u64..50),
    ) -> netsmith::experiment::TrainingSpec {
        let mut training = netsmith::experiment::TrainingSpec {
            optimizer: method.id.to_owned(),
            learning_rate, schedule, batch_size, loss, l1, l2, clip_norm, ascent,
            ..Default::default()
        };
        for setting in method.settings {
            training.settings.set(setting.id, setting.default);
        }
        training.stop.epochs = epochs;
        training.stop.patience = patience;
        training
    }
}

fn edited(edits: Vec<Edit>) -> ExperimentSpec {
    let mut spec = ExperimentSpec::default();
    for edit in edits {
        edit.apply(&mut spec);
    }
    spec
}

proptest! {
    #[test]
    fn undo_leads_back_to_the_first_document_and_redo_to_the_last(
        edits in proptest::collection::vec((any_edit(), 0_u64..40), 1..60),
    ) {
        let first = ExperimentSpec::default();
        let mut history = History::new(first.clone());
        for (gesture, (edit, kind)) in (0..).zip(edits) {
            let before = Arc::clone(history.spec());
            // Some edits belong to the gesture of the edit before.
            let changed = history.edit(edit, gesture - u64::from(kind == 0 && gesture > 0));
            prop_assert_eq!(changed, *before != **history.spec());
        }
        let last = history.spec().as_ref().clone();
        let mut steps = 0;
        while let Some(text) = history.undo_text() {
            prop_assert_eq!(history.undo(), Some(text));
            prop_assert_eq!(history.redo_text(), Some(text));
            steps += 1;
        }
        prop_assert!(steps <= DEPTH);
        prop_assert_eq!(history.spec().as_ref(), &first);
        prop_assert_eq!(history.undo(), None);
        let redone = std::iter::from_fn(|| history.redo()).count();
        prop_assert_eq!(redone, steps);
        prop_assert_eq!(history.spec().as_ref(), &last);
    }

    #[test]
    fn what_is_saved_is_opened_again(edits in proptest::collection::vec(any_edit(), 0..25)) {
        let spec = edited(edits);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.netsmith.json");
        let file = ExperimentFile::<SavedRun>::new(spec, None);
        file.save(&path).unwrap();
        prop_assert_eq!(ExperimentFile::<SavedRun>::open(&path).unwrap(), file);
    }

    #[test]
    fn layers_keep_identifiers_of_their_own(edits in proptest::collection::vec(any_edit(), 0..40)) {
        let spec = edited(edits);
        let mut ids: Vec<_> = spec.network.layers.iter().map(|layer| layer.id).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), spec.network.layers.len());
        prop_assert!(spec.network.hidden_units().iter().all(|&units| units <= MAX_UNITS));
    }

    #[test]
    fn fixes_come_to_an_end(edits in proptest::collection::vec(any_edit(), 0..40)) {
        let mut spec = edited(edits);
        let output = Some(OutputActivation::Sigmoid);
        let most = 2 * spec.network.layers.len() + 8;
        for _ in 0..most {
            let fix = check(&spec, output).into_iter().find_map(|problem| problem.fix);
            let Some((text, edit)) = fix else { break };
            prop_assert!(!text.is_empty());
            prop_assert!(edit.apply(&mut spec), "\"{}\" changes nothing", text);
        }
        let left = check(&spec, output);
        prop_assert!(left.iter().all(|problem| problem.fix.is_none()), "{:?}", left);
        // What is left needs a decision of the person; the order of layers never does.
        let kinds: Vec<_> = spec.network.layers.iter().map(|layer| layer.kind).collect();
        if !kinds.is_empty() {
            prop_assert_eq!(kinds.first(), Some(&LayerKind::Input));
            prop_assert_eq!(kinds.last(), Some(&LayerKind::Output));
        }
    }
}

/// Any network that can be trained.
fn any_network() -> impl Strategy<Value = Vec<LayerKind>> {
    let hidden = prop_oneof![
        3 => (1_usize..20, select(Activation::ALL))
            .prop_map(|(units, activation)| LayerKind::Dense { units, activation }),
        1 => (0.0_f32..0.9).prop_map(|rate| LayerKind::Dropout { rate }),
    ];
    proptest::collection::vec(hidden, 0..5)
}

fn with_hidden(mut spec: ExperimentSpec, hidden: Vec<LayerKind>) -> ExperimentSpec {
    let kinds = std::iter::once(LayerKind::Input).chain(hidden).chain([LayerKind::Output]);
    spec.network.layers = (1..).zip(kinds).map(|(id, kind)| LayerSpec::new(id, kind)).collect();
    spec
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_network_goes_through_a_saved_run(
        hidden in any_network(),
        method in select(METHODS),
        seed: u64,
        set in select(vec!["moons", "blobs", "plane"]),
    ) {
        let mut spec = with_hidden(small(set, 40, &[], 3), hidden);
        spec.seed = seed;
        spec.training.optimizer = method.id.to_owned();
        let prepared = prepare(spec);
        let mut trainer = Trainer::new(prepared.clone()).unwrap();
        trainer.run_epoch();
        prop_assume!(trainer.is_finite());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.netsmith.json");
        let file = ExperimentFile::new(prepared.spec.as_ref().clone(), Some(trainer.save()));
        file.save(&path).unwrap();
        let opened = ExperimentFile::<SavedRun>::open(&path).unwrap();
        prop_assert_eq!(&opened, &file);
        let run = opened.run.unwrap();
        prop_assert_eq!(bits(&run.parameters), bits(trainer.parameters()));
        let mut resumed = Trainer::resume(prepare(opened.experiment), run).unwrap();
        trainer.run_epoch();
        resumed.run_epoch();
        prop_assert_eq!(bits(resumed.parameters()), bits(trainer.parameters()));
    }
}

#[test]
fn a_run_of_another_network_is_refused() {
    let saved = Trainer::new(prepare(small("moons", 40, &[4], 3))).unwrap().save();
    let error = Trainer::resume(prepare(small("moons", 40, &[5], 3)), saved).unwrap_err();
    assert!(error.to_string().contains("17") && error.to_string().contains("21"), "{error}");
}

#[test]
fn a_file_that_was_cut_off_is_refused_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.netsmith.json");
    let run = Trainer::new(prepare(small("moons", 40, &[4], 3))).unwrap().save();
    ExperimentFile::new(ExperimentSpec::default(), Some(run)).save(&path).unwrap();
    let text = std::fs::read(&path).unwrap();
    for end in (0..text.len()).step_by(97) {
        std::fs::write(&path, &text[..end]).unwrap();
        let error = ExperimentFile::<SavedRun>::open(Path::new(&path)).unwrap_err();
        assert!(error.to_string().contains("line"), "{error}");
    }
}

/// A trained run of a 2-4-3-1 network, and its parameters.
fn trained() -> (Prepared, Vec<f32>) {
    let prepared = prepare(small("moons", 60, &[4, 3], 5));
    let (trainer, _) = crate::support::train(&prepared);
    let parameters = trainer.parameters().to_vec();
    (prepared, parameters)
}

/// Carries the weights over to the document after `edit`; returns for each layer of the canvas its
/// units' rows of weights, the bias last, before and after. `fresh` weights are all 100.
fn carried(edit: Edit) -> impl Fn(u32, bool) -> Vec<Vec<f32>> {
    let (old, parameters) = trained();
    let mut spec = old.spec.as_ref().clone();
    assert!(edit.apply(&mut spec));
    let new = Prepared::new(Arc::new(spec), Arc::clone(&old.samples)).unwrap();
    let fresh = vec![100.0; new.network.parameter_count()];
    let after = transplant(&old, &parameters, &new, fresh);
    move |id, is_after| {
        let (prepared, values) = if is_after { (&new, &after) } else { (&old, &parameters) };
        let at = prepared.layer_ids.iter().position(|&other| other == id).unwrap();
        let dense = prepared.network.layers()[at].as_dense().unwrap();
        let weights = &values[dense.weights.clone()];
        let rows = weights.chunks(dense.inputs).zip(&values[dense.biases.clone()]);
        rows.map(|(row, &bias)| row.iter().copied().chain([bias]).collect()).collect()
    }
}

/// Identifiers in a network made by `dense(&[4, 3])`.
const FIRST: u32 = 2;
const SECOND: u32 = 3;
const OUTPUT: u32 = 4;

#[test]
fn a_wider_layer_keeps_its_units() {
    let layer = carried(Edit::SetUnits { id: FIRST, units: 6 });
    let (before, after) = (layer(FIRST, false), layer(FIRST, true));
    assert_eq!(after[..4], before[..]);
    assert_eq!(after[4..], [[100.0; 3], [100.0; 3]]);
    for (old, new) in layer(SECOND, false).iter().zip(&layer(SECOND, true)) {
        assert_eq!(new[..4], old[..4], "the inputs that were there");
        assert_eq!(new[4..6], [100.0; 2], "the inputs that are new");
        assert_eq!(new[6], old[4], "the bias");
    }
    assert_eq!(layer(OUTPUT, true), layer(OUTPUT, false));
}

#[test]
fn a_narrower_layer_keeps_its_first_units() {
    let layer = carried(Edit::SetUnits { id: FIRST, units: 2 });
    assert_eq!(layer(FIRST, true), layer(FIRST, false)[..2]);
    for (old, new) in layer(SECOND, false).iter().zip(&layer(SECOND, true)) {
        assert_eq!((&new[..2], new[2]), (&old[..2], old[4]));
    }
}

#[test]
fn behind_a_new_layer_only_biases_stay() {
    let kind = LayerKind::Dense { units: 4, activation: Activation::Relu };
    let layer = carried(Edit::InsertLayer { at: 2, kind });
    assert_eq!(layer(FIRST, true), layer(FIRST, false));
    assert_eq!(layer(OUTPUT, true), layer(OUTPUT, false));
    for (old, new) in layer(SECOND, false).iter().zip(&layer(SECOND, true)) {
        assert_eq!(new[..4], [100.0; 4], "what comes in means something else now");
        assert_eq!(new[4], old[4]);
    }
}

#[test]
fn reordered_and_removed_layers_keep_what_means_the_same() {
    let layer = carried(Edit::MoveLayer { id: FIRST, to: 2 });
    assert!(layer(FIRST, true).iter().flatten().any(|&value| value == 100.0));
    let last = |rows: Vec<Vec<f32>>| rows.iter().map(|row| row[row.len() - 1]).collect::<Vec<_>>();
    for id in [FIRST, SECOND, OUTPUT] {
        assert_eq!(last(layer(id, true)), last(layer(id, false)), "the biases of layer {id}");
    }
    let layer = carried(Edit::RemoveLayer { id: SECOND });
    assert_eq!(layer(FIRST, true), layer(FIRST, false));
    // Dropout has no weights and changes no meaning.
    let layer = carried(Edit::InsertLayer { at: 2, kind: LayerKind::Dropout { rate: 0.5 } });
    for id in [FIRST, SECOND, OUTPUT] {
        assert_eq!(layer(id, true), layer(id, false));
    }
    let edit = Edit::SetActivation { id: FIRST, activation: Activation::Relu };
    let layer = carried(edit);
    for id in [FIRST, SECOND, OUTPUT] {
        assert_eq!(layer(id, true), layer(id, false));
    }
}

#[test]
fn inputs_are_recognised_by_their_name() {
    let (old, parameters) = trained();
    let mut spec = old.spec.as_ref().clone();
    use netsmith::data::Feature;
    *spec.data.source.features_mut().unwrap() =
        vec![Feature::X1X2, Feature::X2, Feature::SinX1, Feature::X1];
    let new = prepare(spec);
    let fresh = vec![100.0; new.network.parameter_count()];
    let after = transplant(&old, &parameters, &new, fresh);
    for unit in 0..4 {
        let (x1, x2) = (parameters[unit * 2], parameters[unit * 2 + 1]);
        assert_eq!(after[unit * 4..][..4], [100.0, x2, 100.0, x1]);
    }
}

#[test]
fn frozen_weights_stay_with_every_method() {
    for method in METHODS {
        let mut spec = small("moons", 60, &[4, 3], 4);
        spec.training.optimizer = method.id.to_owned();
        spec.training.learning_rate = method.default_learning_rate;
        (spec.training.l1, spec.training.l2) = (0.01, 0.01);
        if method.settings.iter().any(|setting| setting.id == "weight_decay") {
            spec.training.settings.set("weight_decay", 0.5);
        }
        let weight = WeightAddress { unit: 1, input: Some(2) };
        let bias = WeightAddress { unit: 0, input: None };
        Edit::FreezeLayer { id: FIRST, frozen: true }.apply(&mut spec);
        Edit::FreezeWeight { id: SECOND, weight, frozen: true }.apply(&mut spec);
        Edit::FreezeWeight { id: SECOND, weight: bias, frozen: true }.apply(&mut spec);
        let prepared = prepare(spec);
        let (start, end) = (prepared.initial_parameters(), crate::support::train(&prepared).0);
        let frozen = prepared.frozen();
        assert_eq!(frozen.iter().map(ExactSizeIterator::len).sum::<usize>(), 12 + 2);
        let mut moved = 0;
        for (index, (before, after)) in start.iter().zip(end.parameters()).enumerate() {
            if frozen.iter().any(|range| range.contains(&index)) {
                assert_eq!(before.to_bits(), after.to_bits(), "{}, parameter {index}", method.id);
            } else {
                moved += usize::from(before != after);
            }
        }
        // Four steps of a random search may all be rejected.
        let may_stay = method.family == Family::RandomSearch;
        assert!(may_stay || moved >= 15, "{}: the {moved} others move", method.id);
    }
}

#[test]
fn freezing_in_the_middle_of_a_run_stops_momentum_too() {
    for id in ["momentum", "nesterov", "adam", "adamw", "lion", "rprop"] {
        let mut spec = small("moons", 60, &[4, 3], 20);
        spec.training.optimizer = id.to_owned();
        let prepared = prepare(spec.clone());
        let mut trainer = Trainer::new(prepared.clone()).unwrap();
        trainer.run_epoch();
        trainer.set_parameter(5, 0.75);
        let before = trainer.parameters().to_vec();
        Edit::FreezeLayer { id: FIRST, frozen: true }.apply(&mut spec);
        let frozen = Prepared::new(Arc::new(spec.clone()), Arc::clone(&prepared.samples)).unwrap();
        trainer.reconfigure(frozen).unwrap();
        trainer.run_epoch();
        assert_eq!(bits(&trainer.parameters()[..12]), bits(&before[..12]), "{id}");
        assert_ne!(bits(&trainer.parameters()[12..]), bits(&before[12..]), "{id}");
        // A frozen weight can still be set by hand, and stays there.
        trainer.set_parameter(0, -0.5);
        trainer.run_epoch();
        assert_eq!(trainer.parameters()[0], -0.5, "{id}");
        trainer.reconfigure(prepared).unwrap();
        trainer.run_epoch();
        assert_ne!(bits(&trainer.parameters()[..12]), bits(&before[..12]), "{id} thawed");
    }
}
