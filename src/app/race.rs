//! A race in the window: two to six training methods on the same task, each with a trainer and an
//! insight thread of its own.
//!
//! Owns the threads; what is fair about it is in [`crate::train::race`]. The experiment's own run
//! is paused while a race is on, so that the processors are free for it.

use std::sync::Arc;

use super::growth::GrowthRequest;
use crate::experiment::{Prepared, TrainingSpec};
use crate::insight::worker::InsightJob;
use crate::insight::{InsightFrame, InsightRequest, InsightWorker};
use crate::train::race::{Standing, entry};
use crate::train::trainer::Measuring;
use crate::train::worker::Waker;
use crate::train::{Pace, Snapshot, Status, TrainCommand, TrainEvent, TrainWorker};

/// What a person asks of a race.
#[derive(Clone, Debug)]
pub enum RaceCommand {
    /// Begins a race between these methods on the experiment as it is.
    Start(Vec<TrainingSpec>),
    /// Stops all racers, or lets them go on.
    Pause(bool),
    /// Ends the race and forgets it.
    Clear,
    /// Makes this racer's method and settings the experiment's.
    Take(usize),
    /// Tries methods on a network of another width.
    Grow(GrowthRequest),
    /// Gives up trying.
    StopGrowing,
}

/// One method in the race.
#[derive(Debug)]
pub struct Racer {
    /// Its training part of the document.
    pub training: TrainingSpec,
    trainer: TrainWorker,
    insight: InsightWorker,
    asked: Option<u64>,
    failure: Option<String>,
}

/// A race.
#[derive(Debug)]
pub struct Race {
    /// What is raced on.
    pub prepared: Prepared,
    /// The racers, as they were chosen.
    pub racers: Vec<Racer>,
}

impl Race {
    /// Starts the racers.
    ///
    /// # Errors
    /// When the system gives no thread, or a racer's method does not exist; in a sentence.
    pub fn start(
        prepared: &Prepared,
        racers: Vec<TrainingSpec>,
        pace: Pace,
        waker: &Waker,
    ) -> Result<Self, String> {
        let racers = racers
            .into_iter()
            .map(|training| {
                let entry = entry(prepared, &training).map_err(|error| error.to_string())?;
                let thread = |error: std::io::Error| format!("The system gives no thread: {error}");
                let trainer = TrainWorker::start(Arc::clone(waker)).map_err(thread)?;
                let insight = InsightWorker::start(Arc::clone(waker)).map_err(thread)?;
                // After every epoch, so that when a problem counts as solved does not depend on how
                // busy the machine is.
                trainer.send(TrainCommand::SetMeasuring(Measuring::EveryEpoch));
                trainer.send(TrainCommand::Load { prepared: Box::new(entry), saved: None });
                Ok(Racer { training, trainer, insight, asked: None, failure: None })
            })
            .collect::<Result<_, String>>()?;
        let race = Self { prepared: prepared.clone(), racers };
        race.set_pace(pace);
        for racer in &race.racers {
            racer.trainer.send(TrainCommand::Play);
        }
        Ok(race)
    }

    /// Stops or goes on with all racers that have not ended.
    pub fn pause(&self, pause: bool) {
        for racer in &self.racers {
            let ended = matches!(racer.status(), Some(Status::Stopped(_)));
            if !ended {
                racer.trainer.send(if pause { TrainCommand::Pause } else { TrainCommand::Play });
            }
        }
    }

    /// Sets the watching speed: the racer with most updates an epoch makes as many a second as
    /// the pace says, and the others keep step with it, epoch by epoch. At full speed everybody
    /// runs as fast as the machine can.
    pub fn set_pace(&self, pace: Pace) {
        let rows = self.prepared.samples.train.len();
        let updates: Vec<f64> =
            self.racers.iter().map(|racer| updates_an_epoch(&racer.training, rows)).collect();
        let most = updates.iter().copied().fold(1.0, f64::max);
        for (racer, updates) in self.racers.iter().zip(updates) {
            let own = match pace {
                Pace::Full => Pace::Full,
                Pace::Updates(rate) => Pace::Updates(rate * updates / most),
            };
            racer.trainer.send(TrainCommand::SetPace(own));
        }
    }

    /// Takes in what has come, and asks for new maps. To be called once a frame.
    pub fn update(&mut self, request: &InsightRequest) {
        for racer in &mut self.racers {
            for event in racer.trainer.events() {
                if let TrainEvent::Failed(text) = event {
                    racer.failure = Some(text);
                }
            }
            let Some(snapshot) = racer.trainer.latest() else { continue };
            if racer.asked == Some(snapshot.number) {
                continue;
            }
            racer.asked = Some(snapshot.number);
            racer.insight.ask(InsightJob {
                snapshot: snapshot.number,
                prepared: snapshot.prepared.clone(),
                parameters: Arc::clone(&snapshot.parameters),
                request: request.clone(),
                training: snapshot.status == Status::Running,
            });
        }
    }

    /// Whether any racer is still on its way.
    pub fn is_running(&self) -> bool {
        self.racers.iter().any(|racer| racer.status() == Some(Status::Running))
    }

    /// Whether all racers have ended by themselves.
    pub fn is_over(&self) -> bool {
        self.racers.iter().all(|racer| {
            racer.failure.is_some() || matches!(racer.status(), Some(Status::Stopped(_)))
        })
    }
}

/// Updates that a method makes in an epoch.
fn updates_an_epoch(training: &TrainingSpec, rows: usize) -> f64 {
    let whole = crate::optim::method(&training.optimizer)
        .is_some_and(|method| training.uses_whole_batch(method.batch));
    if whole { 1.0 } else { rows.div_ceil(training.batch_size.max(1)).max(1) as f64 }
}

impl Racer {
    /// The run as it was last published.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.trainer.latest()
    }

    /// The latest look into its network.
    pub fn insight(&self) -> Option<Arc<InsightFrame>> {
        self.insight.latest()
    }

    /// What went wrong in its thread.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn status(&self) -> Option<Status> {
        self.trainer.latest().map(|snapshot| snapshot.status.clone())
    }

    /// Where it stands.
    pub fn standing(&self) -> Option<Standing> {
        let snapshot = self.trainer.latest()?;
        let stop = match &snapshot.status {
            Status::Stopped(reason) => Some(reason),
            Status::Running | Status::Paused => None,
        };
        let optimizer = &self.training.optimizer;
        Some(Standing::new(optimizer, &snapshot.curve, snapshot.evaluations, stop))
    }
}
