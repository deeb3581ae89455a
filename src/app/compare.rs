//! What the window does beside the experiment's own run: the race between methods and the
//! learning-rate range test.

use std::sync::Arc;

use super::netsmith::Netsmith;
use super::notice::Gravity;
use super::race::{Race, RaceCommand};
use crate::experiment::{Edit, TrainingSpec};
use crate::insight::ascent::climb;
use crate::insight::{Ascent, InsightRequest, StartFrom};
use crate::train::TrainCommand;
use crate::train::range_test::range_test;

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
            RaceCommand::Take(index) => self.take_racer(index),
        }
    }

    fn start_race(&mut self, racers: Vec<TrainingSpec>) {
        let Some(prepared) = self.trainable() else { return };
        self.tell(TrainCommand::Pause);
        match Race::start(&prepared, racers, &self.waker) {
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

    /// Takes in what the racers have done. A race on data or layers that are no longer the
    /// experiment's is stopped, but can still be looked at.
    pub(super) fn update_race(&mut self) {
        let request = InsightRequest {
            x: self.view.x,
            y: self.view.y,
            held: self.typical_row(),
            resolution: RESOLUTION,
            neuron_resolution: 0,
            rows: false,
        };
        if let Some(race) = &mut self.race {
            race.update(&request);
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

    pub(super) fn start_range_test(&mut self) {
        let Some(prepared) = self.trainable() else { return };
        self.tell(TrainCommand::Pause);
        self.range_test.clear();
        self.range_test
            .start(move |report| range_test(prepared, report).map_err(|error| error.to_string()));
    }
}
