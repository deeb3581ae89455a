//! The thread itself: one turn after the other, commands first, then a slice of training.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use super::message::{Pace, Snapshot, Status, TrainCommand, TrainEvent};
use super::rate::Rate;
use super::{Waker, panic_message};
use crate::experiment::{PrepareError, Prepared};
use crate::train::saved::SavedRun;
use crate::train::stop::StopReason;
use crate::train::trainer::{Measuring, Trainer};

/// How often snapshots are published while training.
const PUBLISH_EVERY: Duration = Duration::from_millis(33);
/// How long the trainer works before it looks for commands.
const SLICE: Duration = Duration::from_millis(4);
/// Share of the time the run may spend measuring itself.
const MEASURING_SHARE: f64 = 0.05;

/// What the thread is about to do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Paused,
    Playing,
    /// To the end of the epoch that is under way.
    ToEpochEnd {
        epoch: u64,
    },
}

/// Everything the thread has.
pub(super) struct Worker {
    inbox: Receiver<TrainCommand>,
    outbox: Sender<TrainEvent>,
    latest: Arc<ArcSwapOption<Snapshot>>,
    waker: Waker,
    trainer: Option<Trainer>,
    /// What was being trained when training panicked; Reset begins it again.
    failed: Option<Prepared>,
    mode: Mode,
    pace: Pace,
    measuring: Measuring,
    /// Updates the pace has allowed and that were not made yet.
    credit: f64,
    last_slice: Instant,
    last_publish: Option<Instant>,
    published: u64,
    rate: Rate,
}

impl Worker {
    /// Nothing loaded, as fast as the machine can.
    pub(super) fn new(
        inbox: Receiver<TrainCommand>,
        outbox: Sender<TrainEvent>,
        latest: Arc<ArcSwapOption<Snapshot>>,
        waker: Waker,
    ) -> Self {
        Self {
            inbox,
            outbox,
            latest,
            waker,
            trainer: None,
            failed: None,
            mode: Mode::Paused,
            pace: Pace::Full,
            measuring: Measuring::ShareOfTime(MEASURING_SHARE),
            credit: 0.0,
            last_slice: Instant::now(),
            last_publish: None,
            published: 0,
            rate: Rate::default(),
        }
    }

    /// Works until whoever holds the other end is gone.
    pub(super) fn run(mut self) {
        loop {
            let turn = catch_unwind(AssertUnwindSafe(|| self.turn()));
            match turn {
                Ok(true) => {}
                Ok(false) => return,
                Err(panic) => self.report_panic(&*panic),
            }
        }
    }

    /// One round: commands, then a slice of training. Returns whether to go on.
    fn turn(&mut self) -> bool {
        while let Some(command) = match self.next_command() {
            Ok(command) => command,
            Err(()) => return false,
        } {
            self.carry_out(command);
        }
        if self.mode != Mode::Paused {
            self.train_slice();
        }
        true
    }

    /// The next command, if any; waits for one while there is nothing to train.
    fn next_command(&self) -> Result<Option<TrainCommand>, ()> {
        let wait = match (self.mode, self.pace) {
            (Mode::Paused, _) => return self.inbox.recv().map(Some).map_err(|_| ()),
            (Mode::Playing, Pace::Updates(rate)) if self.credit < 1.0 => {
                let seconds = (1.0 - self.credit) / rate.max(0.1);
                Duration::from_secs_f64(seconds.clamp(0.0, 0.1))
            }
            _ => Duration::ZERO,
        };
        match self.inbox.recv_timeout(wait) {
            Ok(command) => Ok(Some(command)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(()),
        }
    }

    fn carry_out(&mut self, command: TrainCommand) {
        match command {
            TrainCommand::Load { prepared, saved } => self.load(*prepared, saved),
            TrainCommand::Reconfigure(prepared) => self.change(*prepared, Trainer::reconfigure),
            TrainCommand::Replace(prepared) => self.change(*prepared, Trainer::replace),
            TrainCommand::Unload => {
                self.failed = None;
                self.trainer = None;
                self.mode = Mode::Paused;
                self.latest.store(None);
                (self.waker)();
                return;
            }
            TrainCommand::Play => self.play(),
            TrainCommand::Pause => self.pause(),
            TrainCommand::StepUpdate => self.step_update(),
            TrainCommand::StepEpoch => {
                if let Some(trainer) = &mut self.trainer {
                    trainer.extend();
                    self.mode = Mode::ToEpochEnd { epoch: trainer.epoch() };
                }
            }
            TrainCommand::Reset => self.reset(),
            TrainCommand::SetPace(pace) => {
                self.pace = pace;
                self.credit = self.credit.min(1.0);
                return;
            }
            TrainCommand::SetMeasuring(measuring) => {
                self.measuring = measuring;
                return;
            }
            TrainCommand::SetParameter { index, value } => {
                if let Some(trainer) = &mut self.trainer {
                    trainer.set_parameter(index, value);
                }
            }
            TrainCommand::SetWatch(watch) => {
                if let Some(trainer) = &mut self.trainer {
                    trainer.set_watch(watch);
                }
                return;
            }
            TrainCommand::Save => {
                let finite = self.trainer.as_ref().filter(|trainer| trainer.is_finite());
                let saved = finite.map(|trainer| Box::new(trainer.save()));
                self.emit(TrainEvent::Saved(saved));
                return;
            }
        }
        self.publish();
    }

    fn load(&mut self, prepared: Prepared, saved: Option<Box<SavedRun>>) {
        self.mode = Mode::Paused;
        let trainer = match saved {
            Some(saved) => Trainer::resume(prepared.clone(), *saved).or_else(|error| {
                self.emit(TrainEvent::Failed(error.to_string()));
                Trainer::new(prepared)
            }),
            None => Trainer::new(prepared),
        };
        match trainer {
            Ok(mut trainer) => {
                trainer.set_measuring(self.measuring);
                self.trainer = Some(trainer);
            }
            Err(error) => {
                self.trainer = None;
                self.emit(TrainEvent::Failed(error.to_string()));
            }
        }
    }

    fn change(
        &mut self,
        prepared: Prepared,
        apply: fn(&mut Trainer, Prepared) -> Result<(), PrepareError>,
    ) {
        let result = match &mut self.trainer {
            Some(trainer) => apply(trainer, prepared),
            None => return self.load(prepared, None),
        };
        if let Err(error) = result {
            self.mode = Mode::Paused;
            self.emit(TrainEvent::Failed(error.to_string()));
        }
    }

    fn play(&mut self) {
        if let Some(trainer) = &mut self.trainer {
            trainer.extend();
            self.mode = Mode::Playing;
            self.last_slice = Instant::now();
            self.credit = 1.0;
        }
    }

    fn step_update(&mut self) {
        self.mode = Mode::Paused;
        if let Some(trainer) = &mut self.trainer {
            trainer.extend();
            trainer.set_observe(true);
            let stop = trainer.step();
            trainer.measure_standing();
            self.finish(stop);
        }
    }

    fn reset(&mut self) {
        self.mode = Mode::Paused;
        match (&mut self.trainer, self.failed.take()) {
            (Some(trainer), _) => trainer.reset(),
            (None, Some(prepared)) => self.load(prepared, None),
            (None, None) => {}
        }
    }

    fn pause(&mut self) {
        self.mode = Mode::Paused;
        if let Some(trainer) = &mut self.trainer {
            trainer.measure_standing();
        }
    }

    fn train_slice(&mut self) {
        let now = Instant::now();
        let Some(trainer) = &mut self.trainer else {
            self.mode = Mode::Paused;
            return;
        };
        let paced = match (self.mode, self.pace) {
            (Mode::Playing, Pace::Updates(rate)) => {
                let passed = now.duration_since(self.last_slice).as_secs_f64();
                // A slow machine falls behind the pace; it does not have to catch up later.
                self.credit = (self.credit + passed * rate).min((rate * 0.1).max(1.0));
                Some(self.credit as usize)
            }
            _ => None,
        };
        self.last_slice = now;
        let before = trainer.step_count();
        let mut stop = None;
        // One update of each slice reports its norms; the others go without the extra passes.
        trainer.set_observe(true);
        while stop.is_none() {
            let done = (trainer.step_count() - before) as usize;
            let room = paced.map_or(64, |allowed| allowed.saturating_sub(done).min(64));
            if room == 0 {
                break;
            }
            let epoch = trainer.epoch();
            stop = trainer.run_updates(if done == 0 { 1 } else { room });
            trainer.set_observe(false);
            if let Mode::ToEpochEnd { epoch: begun } = self.mode
                && (epoch != trainer.epoch() || begun != epoch)
            {
                self.mode = Mode::Paused;
                break;
            }
            if now.elapsed() >= SLICE {
                break;
            }
        }
        let updates = trainer.step_count() - before;
        if paced.is_some() {
            self.credit -= updates as f64;
        }
        let (epoch_rows, seconds) = (trainer.samples_seen(), trainer.training_seconds());
        self.rate.update(epoch_rows, seconds);
        let ended = stop.is_some() || self.mode == Mode::Paused;
        if ended && let Some(trainer) = &mut self.trainer {
            trainer.measure_standing();
        }
        self.finish(stop);
        if ended || self.last_publish.is_none_or(|last| last.elapsed() >= PUBLISH_EVERY) {
            self.publish();
        }
    }

    fn finish(&mut self, stop: Option<StopReason>) {
        if let Some(reason) = stop {
            self.mode = Mode::Paused;
            self.emit(TrainEvent::Stopped(reason));
        }
    }

    fn publish(&mut self) {
        let Some(trainer) = &self.trainer else { return };
        self.published += 1;
        let status = match (self.mode, trainer.stopped()) {
            (Mode::Paused, Some(reason)) => Status::Stopped(reason.clone()),
            (Mode::Paused, None) => Status::Paused,
            _ => Status::Running,
        };
        let snapshot = Snapshot {
            number: self.published,
            prepared: trainer.prepared().clone(),
            parameters: trainer.parameters().into(),
            epoch: trainer.epoch(),
            step: trainer.step_count(),
            last_epoch: trainer.last_epoch(),
            status,
            metrics: trainer.metrics(),
            curve: Arc::new(trainer.curve().clone()),
            checkpoints: trainer.timeline().checkpoints().into(),
            learning_rate: trainer.learning_rate(),
            report: trainer.report().cloned(),
            evaluations: trainer.evaluations(),
            samples_per_second: self.rate.value,
            seconds: trainer.training_seconds(),
        };
        self.latest.store(Some(Arc::new(snapshot)));
        self.last_publish = Some(Instant::now());
        (self.waker)();
    }

    fn emit(&self, event: TrainEvent) {
        // Nobody listens any more while the worker is being dropped.
        self.outbox.send(event).ok();
        (self.waker)();
    }

    fn report_panic(&mut self, panic: &(dyn Any + Send)) {
        self.mode = Mode::Paused;
        self.failed = self.trainer.take().map(|trainer| trainer.prepared().clone());
        self.latest.store(None);
        self.emit(TrainEvent::Failed(format!(
            "Training failed because of an error in Netsmith itself: {}. The experiment is \
             unharmed; press Reset to begin again.",
            panic_message(panic)
        )));
    }
}
