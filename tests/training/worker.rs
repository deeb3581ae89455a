//! The trainer's thread and the insight thread: commands are obeyed, ends are told, nothing hangs,
//! and an error inside is a message.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{
    PATIENCE, bits, load, loaded, named, prepare, send, settle, small, wait_event, wait_for,
    wait_stop, worker,
};
use netsmith::experiment::{DataSource, Edit, ExperimentSpec, LayerKind, NetworkSpec, Prepared};
use netsmith::insight::worker::InsightJob;
use netsmith::insight::{InsightFrame, InsightRequest, InsightWorker};
use netsmith::nn::Activation;
use netsmith::train::{Pace, Snapshot, Status, StopReason, TrainCommand, TrainEvent, TrainWorker};

/// An experiment that does not end by itself.
fn endless() -> Prepared {
    let mut spec = small("moons", 200, &[8, 8], 1);
    spec.training.stop.epochs = None;
    prepare(spec)
}

/// The same rows with something else changed.
fn edited(prepared: &Prepared, edit: Edit) -> Prepared {
    let mut spec = prepared.spec.as_ref().clone();
    assert!(edit.apply(&mut spec), "the edit changes something");
    Prepared::new(Arc::new(spec), Arc::clone(&prepared.samples)).unwrap()
}

#[test]
fn a_document_is_loaded_and_waits() {
    let worker = worker();
    assert!(worker.latest().is_none());
    let prepared = endless();
    load(&worker, &prepared);
    let snapshot = settle(&worker, TrainCommand::Pause);
    assert_eq!((snapshot.epoch, snapshot.step, &snapshot.status), (0, 0, &Status::Paused));
    assert_eq!(bits(&snapshot.parameters), bits(&prepared.initial_parameters()));
    assert_eq!(snapshot.curve.points().len(), 1, "the curve begins before training");
    assert_eq!(snapshot.checkpoints.len(), 1);
}

#[test]
fn pause_takes_effect_between_two_updates() {
    // One epoch of this set has 1437 updates; at this pace it takes 14 seconds.
    let mut spec = named("digits_8x8");
    spec.training.batch_size = 1;
    let prepared = prepare(spec);
    let worker = loaded(&prepared);
    send(&worker, TrainCommand::SetPace(Pace::Updates(100.0)));
    send(&worker, TrainCommand::Play);
    wait_for(&worker, "the third update", |s| s.step >= 3);
    let paused = settle(&worker, TrainCommand::Pause);
    assert_eq!(paused.status, Status::Paused);
    assert_eq!(paused.epoch, 0, "in the middle of the epoch");
    std::thread::sleep(Duration::from_millis(60));
    assert_eq!(worker.latest().unwrap().step, paused.step, "paused means paused");
    send(&worker, TrainCommand::Play);
    wait_for(&worker, "going on", |s| s.step > paused.step);
}

#[test]
fn the_pace_is_kept() {
    let worker = loaded(&endless());
    send(&worker, TrainCommand::SetPace(Pace::Updates(50.0)));
    let begin = Instant::now();
    send(&worker, TrainCommand::Play);
    wait_for(&worker, "ten updates", |s| s.step >= 10);
    assert!(begin.elapsed() >= Duration::from_millis(150), "{:?}", begin.elapsed());
    send(&worker, TrainCommand::SetPace(Pace::Full));
    wait_for(&worker, "many updates", |s| s.step > 5000);
}

#[test]
fn steps_are_one_update_or_to_the_end_of_the_epoch() {
    let worker = loaded(&endless());
    let first = settle(&worker, TrainCommand::StepUpdate);
    assert_eq!((first.epoch, first.step), (0, 1));
    assert_eq!(first.status, Status::Paused);
    let observed = first.report.as_ref().is_some_and(|report| report.observed.is_some());
    assert!(observed, "a step reports its norms");
    assert_ne!(first.metrics, first.curve.points()[0].metrics, "measured anew");
    let second = settle(&worker, TrainCommand::StepUpdate);
    assert_eq!(second.step, 2);
    // 100 rows in batches of 10.
    let epoch = settle(&worker, TrainCommand::StepEpoch);
    assert_eq!((epoch.epoch, epoch.step), (1, 10), "the rest of the epoch");
    assert_eq!(epoch.curve.last().map(|point| point.epoch), Some(1));
    let epoch = settle(&worker, TrainCommand::StepEpoch);
    assert_eq!((epoch.epoch, epoch.step), (2, 20), "a whole epoch");
}

#[test]
fn reset_returns_to_the_same_weights() {
    let prepared = endless();
    let worker = loaded(&prepared);
    send(&worker, TrainCommand::Play);
    wait_for(&worker, "a few epochs", |s| s.epoch > 3);
    let reset = settle(&worker, TrainCommand::Reset);
    assert_eq!(bits(&reset.parameters), bits(&prepared.initial_parameters()));
    assert_eq!((reset.epoch, reset.step, &reset.status), (0, 0, &Status::Paused));
    assert_eq!((reset.curve.points().len(), reset.checkpoints.len()), (1, 1));
    assert_eq!(reset.evaluations.gradients, 0);
    // The run after it is the run before it.
    let first = settle(&worker, TrainCommand::StepEpoch);
    settle(&worker, TrainCommand::Reset);
    let again = settle(&worker, TrainCommand::StepEpoch);
    assert_eq!(bits(&first.parameters), bits(&again.parameters));
}

#[test]
fn another_document_takes_over_while_training() {
    let worker = loaded(&endless());
    send(&worker, TrainCommand::Play);
    let before = wait_for(&worker, "training", |s| s.step > 0);
    let other = prepare(small("xor", 100, &[5], 3));
    load(&worker, &other);
    let snapshot = settle(&worker, TrainCommand::SetPace(Pace::Full));
    assert!(snapshot.number > before.number);
    assert_eq!(snapshot.status, Status::Paused, "a new document waits");
    assert_eq!(bits(&snapshot.parameters), bits(&other.initial_parameters()));
}

#[test]
fn settings_change_while_training() {
    let prepared = endless();
    let worker = loaded(&prepared);
    send(&worker, TrainCommand::Play);
    wait_for(&worker, "training", |s| s.step > 10);
    let mut training = prepared.spec.training.clone();
    training.learning_rate = 0.001;
    training.optimizer = "rmsprop".to_owned();
    training.batch_size = 50;
    let changed = edited(&prepared, Edit::SetTraining(training, "change"));
    send(&worker, TrainCommand::Reconfigure(Box::new(changed)));
    let running = wait_for(&worker, "the new rate", |s| s.learning_rate == 0.001);
    assert_eq!(running.status, Status::Running, "it trains on");
    let later = wait_for(&worker, "epochs of two updates", |s| s.epoch > running.epoch + 50);
    let updates = (later.step - running.step) as f64 / (later.epoch - running.epoch) as f64;
    assert!((updates - 2.0).abs() < 0.3, "{updates} updates an epoch");
}

#[test]
fn layers_change_while_training_and_what_fits_is_kept() {
    let prepared = endless();
    let worker = loaded(&prepared);
    send(&worker, TrainCommand::Play);
    wait_for(&worker, "training", |s| s.epoch > 3);
    let paused = settle(&worker, TrainCommand::Pause);
    let id = prepared.spec.network.layers[1].id;
    let wider = edited(&prepared, Edit::SetUnits { id, units: 12 });
    let dense = |prepared: &Prepared| prepared.network.dense_layers().next().unwrap().clone();
    let (old, new) = (dense(&prepared), dense(&wider));
    send(&worker, TrainCommand::Replace(Box::new(wider)));
    let replaced = wait_for(&worker, "the wider layer", |s| s.number > paused.number);
    assert_eq!(
        bits(&replaced.parameters[new.weights.clone()][..16]),
        bits(&paused.parameters[old.weights]),
        "the eight old units have their weights"
    );
    assert_eq!(replaced.epoch, paused.epoch, "the run goes on");
    assert!(replaced.curve.points().len() >= paused.curve.points().len());
    let other = edited(
        &replaced.prepared,
        Edit::InsertLayer {
            at: 2,
            kind: LayerKind::Dense { units: 3, activation: Activation::Relu },
        },
    );
    send(&worker, TrainCommand::Play);
    send(&worker, TrainCommand::Replace(Box::new(other)));
    let running = wait_for(&worker, "the new layer", |s| s.prepared.layer_ids.len() == 4);
    wait_for(&worker, "training on", |s| s.step > running.step && s.status == Status::Running);
}

/// A learning rate at which the weights grow without bounds.
fn exploding() -> ExperimentSpec {
    let mut spec = small("plane", 200, &[8, 8], 50);
    spec.network = NetworkSpec::dense(&[8, 8], Activation::Relu);
    spec.training.optimizer = "sgd".to_owned();
    spec.training.learning_rate = 1e6;
    spec
}

#[test]
fn divergence_names_the_layer_and_the_step_and_gives_advice() {
    let worker = loaded(&prepare(exploding()));
    send(&worker, TrainCommand::Play);
    let reason = wait_stop(&worker);
    let StopReason::Diverged(diagnosis) = &reason else { panic!("{reason:?}") };
    assert!(diagnosis.step >= 1 && diagnosis.epoch >= 1);
    let layer = diagnosis.layer.expect("a layer");
    let snapshot = wait_for(&worker, "the end", |s| matches!(s.status, Status::Stopped(_)));
    assert!(snapshot.prepared.spec.network.layer(layer).is_some());
    let text = reason.to_string();
    for word in ["layer", "update", "learning rate", "100000"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    // There is nothing to save but the document.
    send(&worker, TrainCommand::Save);
    assert!(matches!(wait_event(&worker), TrainEvent::Saved(None)));
    // Reset brings the weights back.
    let reset = settle(&worker, TrainCommand::Reset);
    assert!(reset.parameters.iter().all(|value| value.is_finite()));
    assert_eq!(reset.status, Status::Paused);
}

#[test]
fn ascent_that_diverges_gives_other_advice() {
    let mut spec = exploding();
    spec.training.ascent = true;
    let worker = loaded(&prepare(spec));
    send(&worker, TrainCommand::Play);
    let reason = wait_stop(&worker);
    assert!(reason.to_string().contains("ascent"), "{reason}");
}

#[test]
fn early_stopping_restores_the_best_weights() {
    let mut spec = small("circle", 100, &[16, 16], 5000);
    if let DataSource::Synthetic(set) = &mut spec.data.source {
        set.noise = 0.2;
    }
    spec.training.stop.patience = Some(10);
    let worker = loaded(&prepare(spec));
    send(&worker, TrainCommand::Play);
    let reason = wait_stop(&worker);
    let StopReason::EarlyStopping { best_epoch, best_loss } = reason else { panic!("{reason:?}") };
    let end = wait_for(&worker, "the end", |s| matches!(s.status, Status::Stopped(_)));
    assert_eq!(end.epoch, best_epoch + 10);
    assert_eq!(end.metrics.validation.map(|part| part.loss), Some(best_loss));
    let best = end.checkpoints.iter().find(|checkpoint| checkpoint.epoch == best_epoch).unwrap();
    assert_eq!(bits(&best.parameters), bits(&end.parameters));
    let lowest = end.curve.points().iter().filter(|point| point.epoch > 0);
    let lowest = lowest.filter_map(|p| p.metrics.validation).map(|part| part.loss);
    assert_eq!(lowest.fold(f64::INFINITY, f64::min), best_loss);
}

#[test]
fn a_target_loss_ends_the_run() {
    let mut spec = small("gauss", 200, &[4], 5000);
    spec.training.stop.target_loss = Some(0.2);
    let worker = loaded(&prepare(spec));
    send(&worker, TrainCommand::Play);
    let reason = wait_stop(&worker);
    let StopReason::TargetLoss { loss } = reason else { panic!("{reason:?}") };
    assert!(loss <= 0.2 && loss > 0.01, "{loss}");
}

#[test]
fn a_finished_run_goes_on_when_played_again() {
    let worker = loaded(&prepare(small("xor", 100, &[4], 6)));
    let ended = |epoch| {
        send(&worker, TrainCommand::Play);
        assert_eq!(wait_stop(&worker), StopReason::Epochs { epochs: epoch });
        let end = wait_for(&worker, "the end", |s| s.epoch == epoch && s.status != Status::Running);
        assert_eq!(end.status, Status::Stopped(StopReason::Epochs { epochs: epoch }));
        assert_eq!(end.last_epoch, Some(epoch));
        assert_eq!(end.curve.last().map(|point| point.epoch), Some(epoch));
    };
    ended(6);
    ended(12);
    ended(18);
}

#[test]
fn a_weight_is_set_by_hand() {
    let worker = loaded(&endless());
    let before = settle(&worker, TrainCommand::Pause);
    let snapshot = settle(&worker, TrainCommand::SetParameter { index: 3, value: 2.5 });
    assert_eq!(snapshot.parameters[3], 2.5);
    assert_ne!(snapshot.metrics, before.metrics);
    let beyond = settle(&worker, TrainCommand::SetParameter { index: 1 << 30, value: 1.0 });
    assert_eq!(bits(&beyond.parameters), bits(&snapshot.parameters), "nothing there to set");
}

#[test]
fn without_a_document_commands_do_nothing() {
    let worker = worker();
    for command in [
        TrainCommand::Play,
        TrainCommand::StepUpdate,
        TrainCommand::StepEpoch,
        TrainCommand::Reset,
        TrainCommand::Pause,
        TrainCommand::SetParameter { index: 0, value: 1.0 },
        TrainCommand::Save,
    ] {
        send(&worker, command);
    }
    assert!(matches!(wait_event(&worker), TrainEvent::Saved(None)));
    assert!(worker.latest().is_none());
    load(&worker, &endless());
    settle(&worker, TrainCommand::Pause);
    send(&worker, TrainCommand::Unload);
    send(&worker, TrainCommand::Save);
    assert!(matches!(wait_event(&worker), TrainEvent::Saved(None)));
    assert!(worker.latest().is_none());
}

#[test]
fn dropping_a_busy_worker_ends_its_thread() {
    for command in [TrainCommand::Play, TrainCommand::Pause] {
        let worker = loaded(&endless());
        let busy = matches!(command, TrainCommand::Play);
        send(&worker, command);
        if busy {
            wait_for(&worker, "training", |s| s.step > 0);
        }
        let begin = Instant::now();
        drop(worker);
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }
}

#[test]
fn the_reader_is_woken_about_thirty_times_a_second() {
    let wakes = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&wakes);
    let worker = TrainWorker::start(Arc::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    }))
    .unwrap();
    load(&worker, &endless());
    send(&worker, TrainCommand::Play);
    wait_for(&worker, "training", |s| s.step > 0);
    let (begin, first) = (Instant::now(), wakes.load(Ordering::Relaxed));
    std::thread::sleep(Duration::from_millis(500));
    let woken = wakes.load(Ordering::Relaxed) - first;
    let most = begin.elapsed().as_millis() as usize / 33 + 2;
    assert!((1..=most).contains(&woken), "{woken} times");
    settle(&worker, TrainCommand::Pause);
    // An event is there a moment before its reader is woken.
    std::thread::sleep(Duration::from_millis(50));
    let quiet = wakes.load(Ordering::Relaxed);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(wakes.load(Ordering::Relaxed), quiet, "nobody is woken for nothing");
}

#[test]
fn a_panic_in_training_is_a_message_and_the_thread_lives() {
    let prepared = endless();
    let worker = loaded(&prepared);
    // Rows that are not there: only an error in the program could make such an experiment.
    let mut broken = prepared.clone();
    let mut samples = (*prepared.samples).clone();
    samples.inputs = samples.inputs.slice(ndarray::s![..1, ..]).to_owned();
    broken.samples = Arc::new(samples);
    send(&worker, TrainCommand::Reconfigure(Box::new(broken)));
    send(&worker, TrainCommand::Play);
    let TrainEvent::Failed(text) = wait_event(&worker) else { panic!("a failure was expected") };
    assert!(text.contains("error in Netsmith itself"), "{text}");
    assert!(worker.latest().is_none());
    load(&worker, &prepared);
    send(&worker, TrainCommand::Play);
    wait_for(&worker, "training again", |s| s.step > 0);
}

fn request(resolution: usize) -> InsightRequest {
    InsightRequest {
        x: 0,
        y: Some(1),
        held: Vec::new(),
        resolution,
        neuron_resolution: 8,
        rows: true,
    }
}

fn job(snapshot: u64, prepared: &Prepared, resolution: usize) -> InsightJob {
    InsightJob {
        snapshot,
        prepared: prepared.clone(),
        parameters: prepared.initial_parameters().into(),
        request: request(resolution),
        training: false,
    }
}

#[track_caller]
fn wait_answer(worker: &InsightWorker, snapshot: u64) -> Arc<InsightFrame> {
    let begin = Instant::now();
    loop {
        if let Some(frame) = worker.latest().filter(|frame| frame.snapshot == snapshot) {
            return frame;
        }
        assert!(begin.elapsed() < PATIENCE, "no answer about snapshot {snapshot}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn insight_answers_the_latest_job() {
    let answers = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&answers);
    let worker = InsightWorker::start(Arc::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    }))
    .unwrap();
    let prepared = endless();
    for snapshot in 0..200 {
        worker.ask(job(snapshot, &prepared, 100));
    }
    let frame = wait_answer(&worker, 199);
    assert!(frame.drawn.is_some() && frame.neurons.is_some() && frame.confusion.is_some());
    assert_eq!(frame.predicted.len(), 200);
    assert!(answers.load(Ordering::Relaxed) < 200, "jobs that are out of date are forgotten");
    // Another document and another size of the map.
    let other = prepare(named("iris"));
    worker.ask(job(200, &other, 20));
    assert_eq!(wait_answer(&worker, 200).predicted.len(), 150);
}

#[test]
fn insight_survives_a_job_that_cannot_be_done() {
    let worker = InsightWorker::start(Arc::new(|| {})).unwrap();
    let prepared = endless();
    // Too few weights for the network.
    let mut impossible = job(1, &prepared, 10);
    impossible.parameters = vec![0.0; 2].into();
    worker.ask(impossible);
    std::thread::sleep(Duration::from_millis(50));
    // Axes that are not there, and a map without points.
    let mut strange = job(2, &prepared, 0);
    strange.request.x = 99;
    worker.ask(strange);
    wait_answer(&worker, 2);
    worker.ask(job(3, &prepared, 0));
    wait_answer(&worker, 3);
    worker.ask(job(4, &prepared, 10));
    assert!(wait_answer(&worker, 4).drawn.is_some());
    // Dropping it while it is busy ends it.
    worker.ask(job(5, &prepared, 500));
    drop(worker);
}

#[test]
fn snapshots_are_numbered_and_whole() {
    let worker = loaded(&endless());
    send(&worker, TrainCommand::Play);
    let mut last: Option<Arc<Snapshot>> = None;
    for _ in 0..5 {
        let number = last.as_ref().map_or(0, |snapshot| snapshot.number);
        let next = wait_for(&worker, "the next snapshot", |s| s.number > number && s.step > 0);
        assert_eq!(next.parameters.len(), next.prepared.network.parameter_count());
        assert_eq!(next.status, Status::Running);
        if let Some(before) = &last {
            assert!(next.step >= before.step && next.epoch >= before.epoch);
        }
        last = Some(next);
    }
}
