//! The trainer's thread: takes commands, trains in short slices, publishes what there is to see.
//!
//! Three ways lead in and out, and no lock is held while working:
//! * commands come in through a channel and are looked at between slices;
//! * the latest [`Snapshot`] lies in a slot that the reader empties when it likes (an older one is
//!   simply replaced);
//! * events that must arrive (a run ended, something failed) have a channel of their own.
//!
//! Whoever owns the worker hands in a closure that wakes it when there is something new.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;

use super::curve::Curve;
use super::metrics::Metrics;
use super::saved::SavedRun;
use super::stop::StopReason;
use super::timeline::Checkpoint;
use super::trainer::{Measuring, Trainer};
use crate::experiment::{PrepareError, Prepared};
use crate::optim::{Evaluations, StepReport};

/// What the trainer is asked to do.
#[derive(Debug)]
pub enum TrainCommand {
    /// Begins a new run, from saved weights or from the start.
    Load {
        /// What to train.
        prepared: Box<Prepared>,
        /// A run to go on with.
        saved: Option<Box<SavedRun>>,
    },
    /// Other training settings, same data, same layers.
    Reconfigure(Box<Prepared>),
    /// Other layers or other rows; weights that still fit are kept.
    Replace(Box<Prepared>),
    /// Ends the run: the document cannot be trained as it is.
    Unload,
    /// Trains until told otherwise. A finished run goes on.
    Play,
    /// Stops training.
    Pause,
    /// Makes one update and pauses.
    StepUpdate,
    /// Trains to the end of the epoch and pauses.
    StepEpoch,
    /// Goes back to the starting weights and pauses.
    Reset,
    /// Sets the watching speed.
    SetPace(Pace),
    /// Sets one weight or bias by hand.
    SetParameter {
        /// Where it lies in the flat vector.
        index: usize,
        /// Its new value.
        value: f32,
    },
    /// Sets the two parameters over which pictures of steps are drawn.
    SetWatch([usize; 2]),
    /// Asks for the run as it is now, answered with [`TrainEvent::Saved`].
    Save,
}

/// How fast the run goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many updates a second.
    Updates(f64),
    /// As fast as the machine can.
    Full,
}

/// What must reach the person.
#[derive(Debug)]
pub enum TrainEvent {
    /// The run ended by itself.
    Stopped(StopReason),
    /// The experiment could not be loaded.
    Failed(String),
    /// The answer to [`TrainCommand::Save`]; `None` while nothing is loaded, and for a run that
    /// diverged: its weights are no longer numbers.
    Saved(Option<Box<SavedRun>>),
}

/// What the run is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Status {
    /// Waiting for the person.
    #[default]
    Paused,
    /// Training.
    Running,
    /// Ended by itself.
    Stopped(StopReason),
}

/// The run at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Grows with every snapshot of a worker.
    pub number: u64,
    /// What is trained.
    pub prepared: Prepared,
    /// Weights and biases.
    pub parameters: Arc<[f32]>,
    /// Epochs finished.
    pub epoch: u64,
    /// Updates made.
    pub step: u64,
    /// Epoch at which the run will end.
    pub last_epoch: Option<u64>,
    /// What it is doing.
    pub status: Status,
    /// The latest measurement.
    pub metrics: Metrics,
    /// The curves.
    pub curve: Arc<Curve>,
    /// The checkpoints.
    pub checkpoints: Arc<[Checkpoint]>,
    /// The learning rate of the next update.
    pub learning_rate: f64,
    /// What the last observed update reported.
    pub report: Option<StepReport>,
    /// What was computed so far.
    pub evaluations: Evaluations,
    /// Rows trained on in a second of training, lately.
    pub samples_per_second: f64,
    /// Seconds spent training.
    pub seconds: f64,
}

/// How often snapshots are published while training.
const PUBLISH_EVERY: Duration = Duration::from_millis(33);
/// How long the trainer works before it looks for commands.
const SLICE: Duration = Duration::from_millis(4);
/// Share of the time the run may spend measuring itself.
const MEASURING_SHARE: f64 = 0.1;

/// What wakes the reader up.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// A trainer on a thread of its own. Dropping it ends the thread.
#[derive(Debug)]
pub struct TrainWorker {
    commands: Option<Sender<TrainCommand>>,
    events: Receiver<TrainEvent>,
    latest: Arc<ArcSwapOption<Snapshot>>,
    thread: Option<JoinHandle<()>>,
}

impl TrainWorker {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(waker: Waker) -> std::io::Result<Self> {
        let (commands, inbox) = channel();
        let (outbox, events) = channel();
        let latest = Arc::new(ArcSwapOption::empty());
        let worker = Worker {
            inbox,
            outbox,
            latest: Arc::clone(&latest),
            waker,
            trainer: None,
            failed: None,
            mode: Mode::Paused,
            pace: Pace::Full,
            credit: 0.0,
            last_slice: Instant::now(),
            last_publish: None,
            published: 0,
            rate: Rate::default(),
        };
        let thread = std::thread::Builder::new()
            .name("netsmith-trainer".to_owned())
            .spawn(move || worker.run())?;
        Ok(Self { commands: Some(commands), events, latest, thread: Some(thread) })
    }

    /// Sends a command. Returns whether the thread is there to take it.
    pub fn send(&self, command: TrainCommand) -> bool {
        self.commands.as_ref().is_some_and(|commands| commands.send(command).is_ok())
    }

    /// The latest snapshot; `None` while nothing is loaded.
    pub fn latest(&self) -> Option<Arc<Snapshot>> {
        self.latest.load_full()
    }

    /// The events since the last call.
    pub fn events(&self) -> Vec<TrainEvent> {
        self.events.try_iter().collect()
    }

    /// Waits for the next event, at most so long.
    pub fn wait_event(&self, timeout: Duration) -> Option<TrainEvent> {
        self.events.recv_timeout(timeout).ok()
    }
}

impl Drop for TrainWorker {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic was already reported as an event.
            thread.join().ok();
        }
    }
}

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

struct Worker {
    inbox: Receiver<TrainCommand>,
    outbox: Sender<TrainEvent>,
    latest: Arc<ArcSwapOption<Snapshot>>,
    waker: Waker,
    trainer: Option<Trainer>,
    /// What was being trained when training panicked; Reset begins it again.
    failed: Option<Prepared>,
    mode: Mode,
    pace: Pace,
    /// Updates the pace has allowed and that were not made yet.
    credit: f64,
    last_slice: Instant,
    last_publish: Option<Instant>,
    published: u64,
    rate: Rate,
}

impl Worker {
    fn run(mut self) {
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
            TrainCommand::Play => {
                if let Some(trainer) = &mut self.trainer {
                    trainer.extend();
                    self.mode = Mode::Playing;
                    self.last_slice = Instant::now();
                    self.credit = 1.0;
                }
            }
            TrainCommand::Pause => self.pause(),
            TrainCommand::StepUpdate => {
                self.mode = Mode::Paused;
                if let Some(trainer) = &mut self.trainer {
                    trainer.extend();
                    trainer.set_observe(true);
                    let stop = trainer.step();
                    trainer.measure_standing();
                    self.finish(stop);
                }
            }
            TrainCommand::StepEpoch => {
                if let Some(trainer) = &mut self.trainer {
                    trainer.extend();
                    self.mode = Mode::ToEpochEnd { epoch: trainer.epoch() };
                }
            }
            TrainCommand::Reset => {
                self.mode = Mode::Paused;
                match (&mut self.trainer, self.failed.take()) {
                    (Some(trainer), _) => trainer.reset(),
                    (None, Some(prepared)) => self.load(prepared, None),
                    (None, None) => {}
                }
            }
            TrainCommand::SetPace(pace) => {
                self.pace = pace;
                self.credit = self.credit.min(1.0);
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
                trainer.set_measuring(Measuring::ShareOfTime(MEASURING_SHARE));
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

/// The text of a panic.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown".to_owned())
}

/// Rows a second, smoothed.
#[derive(Debug, Default)]
struct Rate {
    value: f64,
    rows: u64,
    seconds: f64,
}

impl Rate {
    /// Takes the totals of the run; looks at what came since the last look, a fifth of a second of
    /// training at the least.
    fn update(&mut self, rows: u64, seconds: f64) {
        if seconds < self.seconds || rows < self.rows {
            *self = Self { value: 0.0, rows, seconds };
        }
        let passed = seconds - self.seconds;
        if passed > 0.2 || (self.value == 0.0 && passed > 0.0) {
            self.value = (rows - self.rows) as f64 / passed;
            self.rows = rows;
            self.seconds = seconds;
        }
    }
}
