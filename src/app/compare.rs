//! What the window does beside the experiment's own run: the race between methods and the
//! learning-rate range test.

use std::sync::Arc;

use super::dispatch::pace;
use super::netsmith::Netsmith;
use super::notice::Gravity;
use super::race::{Race, RaceCommand};
use crate::experiment::{Edit, ExperimentSpec, TrainingSpec};
use crate::insight::ascent::climb;
use crate::insight::{Ascent, InsightRequest, StartFrom};
use crate::train::range_test::range_test;
use crate::train::{RangeTest, TrainCommand};
use crate::ui::view::Workbench;

/// A learning-rate range test and the experiment it was made on.
#[derive(Clone, Debug)]
pub struct RateSearch {
    /// The experiment.
    pub spec: Arc<ExperimentSpec>,
    /// What was found.
    pub test: RangeTest,
}

/// Points along each axis of a racer's map.
const RESOLUTION: usize = 64;

impl Netsmith {
    pub(super) fn command_race(&mut self, command: RaceCommand) {
        match command {
            RaceCommand::Start(racers) => self.start_race(racers),
            RaceCommand::Pause(pause) => {
                if let Some(race) = &self.race {
                    race.pause(pause);
                }
            }
            RaceCommand::Clear => self.race = None,
            RaceCommand::Grow(request) => self.start_growth(request),
            RaceCommand::StopGrowing => self.growth.cancel(),
            RaceCommand::Take(index) => self.take_racer(index),
        }
    }

    fn start_race(&mut self, racers: Vec<TrainingSpec>) {
        let Some(prepared) = self.trainable() else { return };
        self.tell(TrainCommand::Pause);
        match Race::start(&prepared, racers, pace(self.preferences.speed), &self.waker) {
            Ok(race) => self.race = Some(race),
            Err(error) => self.notices.show(Gravity::Error, error),
        }
    }

    /// The racer's method becomes the experiment's, with its settings; when to stop stays as it is.
    fn take_racer(&mut self, index: usize) {
        let Some(racer) = self.race.as_ref().and_then(|race| race.racers.get(index)) else {
            return;
        };
        let mut training = racer.training.clone();
        training.stop = self.spec().training.stop.clone();
        self.edit(Edit::SetTraining(training, "take method"));
        let text = "The experiment now trains with this method. Press Train, or undo.";
        self.notices.show(Gravity::Information, text.to_owned());
    }

    /// Takes in what the racers have done. A race that nobody looks at waits, so that the
    /// experiment has the processors to itself; one on data or layers that are no longer the
    /// experiment's can still be looked at.
    pub(super) fn update_race(&mut self) {
        let request = self.racer_request();
        let watched = self.view.bench == Workbench::Race;
        if let Some(race) = &mut self.race {
            race.update(&request);
            if !watched && race.is_running() {
                race.pause(true);
            }
        }
        if !watched {
            self.growth.cancel();
        }
        self.growth.update();
    }

    /// Stops the race on screen or lets it go on. Returns whether there is one that has not ended.
    pub(super) fn toggle_race(&mut self) -> bool {
        let Some(race) = &self.race else { return false };
        let open = self.view.bench == Workbench::Race && !race.is_over();
        if open {
            race.pause(race.is_running());
        }
        open
    }

    /// What is looked at of each racer.
    pub(super) fn racer_request(&self) -> InsightRequest {
        InsightRequest {
            x: self.view.x,
            y: self.view.y,
            held: self.typical_row(),
            resolution: RESOLUTION,
            neuron_resolution: 0,
            rows: false,
        }
    }

    fn typical_row(&self) -> Vec<crate::data::Cell> {
        self.race
            .as_ref()
            .map(|race| race.prepared.samples.encoder.typical_row())
            .unwrap_or_default()
    }

    /// Climbs with the weights that are shown.
    pub(super) fn climb(&mut self, layer: u32, unit: usize, start: StartFrom) {
        let Some(snapshot) = self.snapshot() else { return };
        let Some(parameters) = self.link.shown_parameters(Some(&snapshot)) else { return };
        self.ascent.start(move |_| {
            climb(&snapshot.prepared, &parameters, (layer, unit), &start).map(Some).ok_or_else(
                || {
                    "There is nothing to climb: no input is a number, or the neuron is gone."
                        .to_owned()
                },
            )
        });
    }

    /// The last climb, as long as its columns are those of the rows shown.
    pub(super) fn shown_ascent(&self) -> Option<Arc<Ascent>> {
        let ascent = self.ascent.result()?.as_ref().ok()?;
        let columns = self.link.samples()?.encoder.columns.len();
        let fits = ascent.path.first().is_some_and(|point| point.cells.len() == columns)
            && self.spec().network.layer(ascent.layer).is_some();
        fits.then(|| Arc::clone(ascent))
    }

    /// Tries learning rates on the experiment as it is; its page says why not, where the method
    /// has none.
    pub(super) fn start_range_test(&mut self) {
        self.range_test.clear();
        let method = crate::optim::method(&self.spec().training.optimizer);
        if method.is_some_and(|method| !method.uses_learning_rate) {
            return;
        }
        let Some(prepared) = self.trainable() else { return };
        self.tell(TrainCommand::Pause);
        let spec = Arc::clone(&prepared.spec);
        self.range_test.start(move |report| {
            let test = range_test(prepared, report).map_err(|error| error.to_string())?;
            Ok(test.map(|test| RateSearch { spec, test }))
        });
    }
}
