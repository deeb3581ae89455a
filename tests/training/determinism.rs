//! The same document gives the same bits: twice, at once or in parts, saved and resumed, on the
//! trainer's thread at any pace, and on the command line.

use crate::support::{
    bits, finish, loaded, prepare, send, small, train, wait_event, wait_for, wait_stop,
};
use netsmith::experiment::{ExperimentFile, ExperimentSpec, LayerKind, LayerSpec, Prepared};
use netsmith::optim::{METHODS, Schedule};
use netsmith::train::trainer::Measuring;
use netsmith::train::{Pace, SavedRun, Status, StopReason, TrainCommand, TrainEvent, Trainer};

/// A run in which everything that is random or remembered takes part: shuffled batches of unequal
/// size, dropout, a schedule, penalties, clipping.
fn everything(method: &str) -> ExperimentSpec {
    let mut spec = small("moons", 94, &[6, 4], 7);
    spec.network.layers.insert(2, LayerSpec::new(90, LayerKind::Dropout { rate: 0.25 }));
    let page = netsmith::optim::method(method).unwrap();
    let training = &mut spec.training;
    training.optimizer = method.to_owned();
    training.learning_rate = page.default_learning_rate;
    training.batch_size = 8;
    training.schedule = *Schedule::ALL.iter().find(|s| s.id() == "cosine").unwrap();
    training.l1 = 1e-4;
    training.l2 = 1e-3;
    training.clip_norm = Some(1.0);
    spec
}

/// The same with so few rows in a batch that the gradient is never written down, which clipping
/// would ask for.
fn a_few_rows(method: &str) -> ExperimentSpec {
    let mut spec = everything(method);
    spec.training.batch_size = 3;
    spec.training.clip_norm = None;
    spec.training.ascent = true;
    spec.training.l2 = 0.1;
    spec
}

/// Runs the same documents with every method, in the way `other` does, and compares with a run at
/// once.
fn same_as_at_once(other: impl Fn(&Prepared) -> Vec<f32>) {
    let first_order = METHODS.iter().filter(|method| method.family.is_first_order());
    let few = first_order.map(|method| a_few_rows(method.id));
    for spec in METHODS.iter().map(|method| everything(method.id)).chain(few) {
        let prepared = prepare(spec.clone());
        let (trainer, _) = train(&prepared);
        let start = prepared.initial_parameters();
        let what = format!("{}, {} rows", spec.training.optimizer, spec.training.batch_size);
        assert_ne!(bits(trainer.parameters()), bits(&start), "{what}: has not moved");
        let found = other(&prepare(spec));
        assert_eq!(bits(trainer.parameters()), bits(&found), "{what}");
    }
}

/// As after closing and opening the program.
fn through_a_file(prepared: &Prepared, trainer: &Trainer) -> (Prepared, SavedRun) {
    let file = ExperimentFile::new(prepared.spec.as_ref().clone(), Some(trainer.save()));
    let text = serde_json::to_string(&file).unwrap();
    let file: ExperimentFile<SavedRun> = serde_json::from_str(&text).unwrap();
    (prepare(file.experiment), file.run.unwrap())
}

#[test]
fn twice() {
    same_as_at_once(|prepared| train(prepared).0.parameters().to_vec());
}

#[test]
fn update_by_update() {
    same_as_at_once(|prepared| {
        let mut trainer = Trainer::new(prepared.clone()).unwrap();
        trainer.set_observe(true);
        while trainer.step().is_none() {
            trainer.measure_now();
        }
        trainer.parameters().to_vec()
    });
}

#[test]
fn however_often_it_is_measured() {
    same_as_at_once(|prepared| {
        let mut trainer = Trainer::new(prepared.clone()).unwrap();
        trainer.set_measuring(Measuring::ShareOfTime(0.0));
        finish(&mut trainer);
        trainer.parameters().to_vec()
    });
}

#[test]
fn saved_and_resumed_in_the_middle_of_an_epoch() {
    same_as_at_once(|prepared| {
        let mut trainer = Trainer::new(prepared.clone()).unwrap();
        let mut prepared = prepared.clone();
        // Whole-batch methods make one update an epoch; the others are in the middle of one.
        for updates in [1, 3, 2] {
            for _ in 0..updates {
                assert!(trainer.step().is_none());
            }
            let (again, saved) = through_a_file(&prepared, &trainer);
            assert_eq!(saved, trainer.save(), "nothing is lost in the file");
            trainer = Trainer::resume(again.clone(), saved).unwrap();
            prepared = again;
        }
        finish(&mut trainer);
        trainer.parameters().to_vec()
    });
}

#[test]
fn on_the_trainers_thread() {
    same_as_at_once(|prepared| {
        let worker = loaded(prepared);
        send(&worker, TrainCommand::Play);
        wait_stop(&worker);
        let end = wait_for(&worker, "the end", |s| matches!(s.status, Status::Stopped(_)));
        end.parameters.to_vec()
    });
}

#[test]
fn on_the_trainers_thread_paused_stepped_and_at_any_pace() {
    same_as_at_once(|prepared| {
        let worker = loaded(prepared);
        // Slow enough that the run cannot end before the pause comes.
        send(&worker, TrainCommand::SetPace(Pace::Updates(5.0)));
        send(&worker, TrainCommand::Play);
        wait_for(&worker, "the first update", |s| s.step > 0);
        send(&worker, TrainCommand::Pause);
        send(&worker, TrainCommand::StepUpdate);
        send(&worker, TrainCommand::StepEpoch);
        wait_for(&worker, "the end of an epoch", |s| s.status == Status::Paused && s.epoch > 0);
        send(&worker, TrainCommand::Reconfigure(Box::new(prepared.clone())));
        send(&worker, TrainCommand::SetPace(Pace::Full));
        send(&worker, TrainCommand::Play);
        wait_stop(&worker);
        let end = wait_for(&worker, "the end", |s| matches!(s.status, Status::Stopped(_)));
        end.parameters.to_vec()
    });
}

#[test]
fn saved_on_the_trainers_thread_and_loaded_on_another() {
    same_as_at_once(|prepared| {
        let first = loaded(prepared);
        send(&first, TrainCommand::StepUpdate);
        send(&first, TrainCommand::StepUpdate);
        send(&first, TrainCommand::Save);
        let TrainEvent::Saved(Some(saved)) = wait_event(&first) else {
            panic!("a saved run was expected");
        };
        drop(first);
        let second = crate::support::worker();
        let prepared = Box::new(prepared.clone());
        send(&second, TrainCommand::Load { prepared, saved: Some(saved) });
        send(&second, TrainCommand::Play);
        wait_stop(&second);
        let end = wait_for(&second, "the end", |s| matches!(s.status, Status::Stopped(_)));
        end.parameters.to_vec()
    });
}

/// Gradients an update asks for besides those of its line search.
fn gradients_before_the_search(trainer: &mut Trainer) -> u64 {
    let before = trainer.evaluations().gradients;
    assert!(trainer.step().is_none());
    let Some(detail) = trainer.report().and_then(|report| report.detail.as_deref()) else {
        panic!("an observed update tells what it did");
    };
    let tried = detail.quantities.iter().find(|q| q.name == "Lengths tried").unwrap().value;
    trainer.evaluations().gradients - before - tried as u64
}

/// Full batches and nothing at random: the loss is the same function in every update.
fn fixed(method: &str) -> ExperimentSpec {
    let mut spec = everything(method);
    spec.network.layers.retain(|layer| !matches!(layer.kind, LayerKind::Dropout { .. }));
    spec.training.clip_norm = None;
    spec.training.stop.epochs = Some(20);
    spec
}

#[test]
fn a_gradient_is_used_again_only_while_the_loss_stays_the_same_function() {
    for id in ["lbfgs", "nonlinear_cg"] {
        let mut trainer = Trainer::new(prepare(fixed(id))).unwrap();
        trainer.set_observe(true);
        let found: Vec<u64> = (0..4).map(|_| gradients_before_the_search(&mut trainer)).collect();
        assert_eq!(found, [1, 0, 0, 0], "{id}");

        // A larger penalty makes it another function, whose value is known only when measured.
        let mut spec = fixed(id);
        spec.training.l2 = 0.5;
        let weights = trainer.parameters().to_vec();
        trainer.reconfigure(prepare(spec.clone())).unwrap();
        assert_eq!(gradients_before_the_search(&mut trainer), 1, "{id}: another penalty");
        let mut fresh = Trainer::new(prepare(spec.clone())).unwrap();
        weights.iter().enumerate().for_each(|(i, &w)| fresh.set_parameter(i, w));
        fresh.set_observe(true);
        assert!(fresh.step().is_none());
        let loss = |trainer: &Trainer| trainer.report().unwrap().loss.to_bits();
        assert_eq!(loss(&trainer), loss(&fresh), "{id}");

        assert_eq!(gradients_before_the_search(&mut trainer), 0, "{id}");
        trainer.set_parameter(1, 0.3);
        assert_eq!(gradients_before_the_search(&mut trainer), 1, "{id}: a weight set by hand");

        spec.training.whole_batch = Some(false);
        trainer.reconfigure(prepare(spec)).unwrap();
        for _ in 0..3 {
            assert_eq!(gradients_before_the_search(&mut trainer), 1, "{id}: other rows each time");
        }
        let mut trainer = Trainer::new(prepare(everything(id))).unwrap();
        trainer.set_observe(true);
        for _ in 0..3 {
            assert_eq!(gradients_before_the_search(&mut trainer), 1, "{id}: dropout");
        }
    }
}

#[test]
fn a_run_without_chance_is_saved_and_resumed_to_the_bit() {
    for id in ["lbfgs", "nonlinear_cg", "levenberg_marquardt", "newton_cg", "gd"] {
        let prepared = prepare(fixed(id));
        let mut straight = Trainer::new(prepared.clone()).unwrap();
        let mut resumed = Trainer::new(prepared.clone()).unwrap();
        for _ in 0..12 {
            assert_eq!(straight.step(), resumed.step(), "{id}");
            assert_eq!(bits(straight.parameters()), bits(resumed.parameters()), "{id}");
            let (again, saved) = through_a_file(&prepared, &resumed);
            resumed = Trainer::resume(again, saved).unwrap();
        }
    }
}

/// A small noisy set on which the validation loss soon gets worse.
fn overfitting() -> ExperimentSpec {
    let mut spec = small("circle", 100, &[16, 16], 2000);
    if let netsmith::experiment::DataSource::Synthetic(set) = &mut spec.data.source {
        set.noise = 0.2;
    }
    spec.training.stop.patience = Some(12);
    spec
}

#[test]
fn early_stopping_is_the_same_paused_or_not() {
    let prepared = prepare(overfitting());
    let (trainer, stop) = train(&prepared);
    let StopReason::EarlyStopping { best_epoch, .. } = &stop else { panic!("{stop}") };
    assert!(*best_epoch > 2, "the pauses must come before the best epoch or after it");

    let worker = loaded(&prepared);
    // A pause after every epoch, also between the best one and the last.
    let found = loop {
        send(&worker, TrainCommand::StepEpoch);
        let before = trainer.epoch();
        let snapshot = crate::support::settle(&worker, TrainCommand::SetPace(Pace::Full));
        assert!(snapshot.epoch <= before, "it should have stopped after epoch {before}");
        if let Status::Stopped(reason) = &snapshot.status {
            assert_eq!(*reason, stop);
            break snapshot;
        }
    };
    assert_eq!(bits(trainer.parameters()), bits(&found.parameters));
}

#[test]
fn early_stopping_is_the_same_saved_and_resumed() {
    let prepared = prepare(overfitting());
    let (straight, stop) = train(&prepared);
    let mut trainer = Trainer::new(prepared.clone()).unwrap();
    let found = loop {
        if let Some(found) = trainer.run_epoch() {
            break found;
        }
        let (again, saved) = through_a_file(&prepared, &trainer);
        trainer = Trainer::resume(again, saved).unwrap();
    };
    assert_eq!(found, stop);
    assert_eq!(bits(straight.parameters()), bits(trainer.parameters()));
}

#[test]
fn the_seed_decides_everything() {
    let run = |seed| {
        let mut spec = everything("adam");
        spec.seed = seed;
        let prepared = prepare(spec);
        let (trainer, _) = train(&prepared);
        (prepared.samples.inputs.clone(), bits(trainer.parameters()))
    };
    assert_eq!(run(5), run(5));
    let (rows, weights) = run(5);
    let (other_rows, other_weights) = run(6);
    assert_ne!(rows, other_rows);
    assert_ne!(weights, other_weights);
}

#[test]
fn the_command_line_gives_the_numbers_of_the_trainer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.netsmith.json");
    let spec = everything("adam");
    ExperimentFile::<SavedRun>::new(spec.clone(), None).save(&path).unwrap();
    let (trainer, _) = train(&prepare(spec));
    let outputs: Vec<String> = ["1", "2", "1"]
        .map(|threads| {
            let output = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("netsmith"))
                .args(["train", "--json", "--threads", threads])
                .arg(&path)
                .output()
                .unwrap();
            assert!(output.status.success());
            let text = String::from_utf8(output.stdout).unwrap();
            let lines = text.lines().filter(|line| !line.contains("\"done\""));
            lines.collect::<Vec<_>>().join("\n")
        })
        .to_vec();
    assert_eq!(outputs[0], outputs[1], "two threads");
    assert_eq!(outputs[0], outputs[2], "twice");
    let last: serde_json::Value = serde_json::from_str(outputs[0].lines().last().unwrap()).unwrap();
    let metrics = trainer.metrics();
    assert_eq!(last["train_loss"].as_f64(), Some(metrics.train.loss));
    assert_eq!(last["validation_loss"].as_f64(), metrics.validation.map(|part| part.loss));
}
