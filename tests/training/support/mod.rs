//! What the tests of runs share: small experiments, and waiting for the trainer's thread.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use netsmith::experiment::{DataSource, ExperimentSpec, NetworkSpec, Prepared, TableStore};
use netsmith::nn::Activation;
use netsmith::train::{Snapshot, StopReason, TrainCommand, TrainEvent, TrainWorker, Trainer};

/// Longer than anything takes, even on a machine that is busy with other things.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// An experiment on a set that comes with the program.
pub fn named(id: &str) -> ExperimentSpec {
    ExperimentSpec::named(id).unwrap()
}

/// As [`named`], with so many points, these hidden layers and so many epochs.
pub fn small(id: &str, samples: usize, widths: &[usize], epochs: u64) -> ExperimentSpec {
    let mut spec = named(id);
    if let DataSource::Synthetic(set) = &mut spec.data.source {
        set.samples = samples;
    }
    spec.network = NetworkSpec::dense(widths, Activation::Tanh);
    spec.training.stop.epochs = Some(epochs);
    spec
}

/// Makes an experiment ready to be trained.
pub fn prepare(spec: ExperimentSpec) -> Prepared {
    Prepared::load(spec, &TableStore::default(), &|_| ControlFlow::Continue(())).unwrap()
}

/// Trains to the end, without threads.
pub fn train(prepared: &Prepared) -> (Trainer, StopReason) {
    let mut trainer = Trainer::new(prepared.clone()).unwrap();
    let stop = finish(&mut trainer);
    (trainer, stop)
}

/// Trains on to the end.
pub fn finish(trainer: &mut Trainer) -> StopReason {
    loop {
        if let Some(stop) = trainer.run_epoch() {
            return stop;
        }
    }
}

/// The parameters as bits: equal only if nothing differs, not even the sign of a zero.
pub fn bits(parameters: &[f32]) -> Vec<u32> {
    parameters.iter().map(|value| value.to_bits()).collect()
}

/// A trainer's thread that wakes nobody.
pub fn worker() -> TrainWorker {
    TrainWorker::start(Arc::new(|| {})).unwrap()
}

/// A trainer's thread with an experiment loaded.
pub fn loaded(prepared: &Prepared) -> TrainWorker {
    let worker = worker();
    load(&worker, prepared);
    worker
}

/// Loads an experiment.
pub fn load(worker: &TrainWorker, prepared: &Prepared) {
    let prepared = Box::new(prepared.clone());
    assert!(worker.send(TrainCommand::Load { prepared, saved: None }));
}

/// Sends a command.
pub fn send(worker: &TrainWorker, command: TrainCommand) {
    assert!(worker.send(command));
}

/// Waits for a snapshot of which `condition` holds.
#[track_caller]
pub fn wait_for(
    worker: &TrainWorker,
    what: &str,
    condition: impl Fn(&Snapshot) -> bool,
) -> Arc<Snapshot> {
    let begin = Instant::now();
    loop {
        let latest = worker.latest();
        if let Some(snapshot) = latest.as_ref().filter(|snapshot| condition(snapshot)) {
            return Arc::clone(snapshot);
        }
        assert!(
            begin.elapsed() < PATIENCE,
            "{what} did not happen; the latest is {:?}",
            latest.map(|snapshot| (snapshot.epoch, snapshot.step, snapshot.status.clone()))
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Sends a command and waits for the first snapshot after it that is not of a running run.
#[track_caller]
pub fn settle(worker: &TrainWorker, command: TrainCommand) -> Arc<Snapshot> {
    // Saving is answered in order, so everything sent before it has been carried out by then.
    send(worker, command);
    send(worker, TrainCommand::Save);
    loop {
        match wait_event(worker) {
            TrainEvent::Saved(_) => break,
            TrainEvent::Stopped(_) | TrainEvent::Failed(_) => {}
        }
    }
    wait_for(worker, "standing still", |snapshot| {
        snapshot.status != netsmith::train::Status::Running
    })
}

/// The next event.
#[track_caller]
pub fn wait_event(worker: &TrainWorker) -> TrainEvent {
    worker.wait_event(PATIENCE).expect("an event")
}

/// Waits until the run ends by itself.
#[track_caller]
pub fn wait_stop(worker: &TrainWorker) -> StopReason {
    loop {
        match wait_event(worker) {
            TrainEvent::Stopped(reason) => return reason,
            TrainEvent::Failed(text) => panic!("{text}"),
            TrainEvent::Saved(_) => {}
        }
    }
}
