//! Changing a run: going on with a saved one, other settings, other layers, other rows, beginning
//! again.

use super::super::saved::SavedRun;
use super::super::timeline::Timeline;
use super::{Shaping, StopRules, Trainer};
use crate::experiment::{PrepareError, Prepared, transplant};
use crate::optim::OptimizerState;

impl Trainer {
    /// Goes on with a run that was saved.
    ///
    /// # Errors
    /// When the saved run does not belong to this document.
    pub fn resume(prepared: Prepared, saved: SavedRun) -> Result<Self, PrepareError> {
        let mut trainer = Self::new(prepared)?;
        if saved.parameters.len() != trainer.parameters.len() {
            return Err(PrepareError::OtherRun {
                expected: trainer.parameters.len(),
                found: saved.parameters.len(),
            });
        }
        // A state of another method is of no use; training goes on with a fresh memory.
        if let Err(error) = trainer.optimizer.restore(&saved.optimizer) {
            tracing::warn!("the training method starts with an empty memory: {error}");
        }
        trainer.parameters = saved.parameters;
        trainer.frozen_values = trainer.shaping.frozen_values(&trainer.parameters);
        trainer.epoch = saved.epoch;
        trainer.step = saved.step;
        trainer.begin_epoch();
        trainer.position = saved.position.min(trainer.order.len());
        trainer.evaluations = saved.evaluations;
        trainer.work = saved.work;
        trainer.stop_rules.last_epoch = saved.last_epoch.or(trainer.stop_rules.last_epoch);
        trainer.training_seconds = saved.seconds;
        trainer.curve = saved.curve;
        trainer.timeline = Timeline::new(trainer.parameters.len());
        trainer.timeline.push(trainer.epoch, &trainer.parameters);
        trainer.stop_rules.restore_best(saved.best, trainer.parameters.len());
        trainer.stopped = saved.stopped;
        trainer.measure_now();
        Ok(trainer)
    }

    /// The run as it is now, to be saved.
    pub fn save(&self) -> SavedRun {
        let asked = self.prepared.spec.training.stop.epochs;
        // A memory that has grown beyond all numbers (the weights may still be fine) cannot be
        // written; the method begins with an empty one then.
        let optimizer = Some(self.optimizer.state()).filter(OptimizerState::is_finite);
        SavedRun {
            epoch: self.epoch,
            step: self.step,
            position: self.position,
            parameters: self.parameters.clone(),
            encoder: self.prepared.samples.encoder.clone(),
            optimizer: optimizer.unwrap_or_default(),
            last_epoch: self.stop_rules.last_epoch.filter(|&last| Some(last) != asked),
            evaluations: self.evaluations,
            work: self.work,
            seconds: self.training_seconds,
            curve: self.curve.clone(),
            best: self.stop_rules.best().cloned(),
            stopped: self.stopped.clone(),
        }
    }

    /// Goes back to the starting weights; the run begins again.
    pub fn reset(&mut self) {
        match Self::new(self.prepared.clone()) {
            Ok(fresh) => {
                let (measuring, observe, threads) = (self.measuring, self.observe, self.threads);
                let watch = self.watch;
                *self = fresh;
                self.watch = watch;
                self.measuring = measuring;
                self.observe = observe;
                self.set_threads(threads);
            }
            // The document has not changed since it was prepared, so this cannot happen; a run
            // that stays as it is loses nothing.
            Err(error) => tracing::error!("the run cannot be reset: {error}"),
        }
    }

    /// Lets a finished run go on: for as many epochs again as it was asked for at first. A run that
    /// was only paused goes on as if it had not been.
    pub fn extend(&mut self) {
        if self.stopped.take().is_some() {
            self.stop_rules.forget_best();
        }
        let epochs = self.prepared.spec.training.stop.epochs;
        if let (Some(last), Some(epochs)) = (self.stop_rules.last_epoch, epochs)
            && self.epoch >= last
        {
            self.stop_rules.last_epoch = Some(self.epoch + epochs.max(1));
        }
    }

    /// Goes on with other training settings, other frozen weights: same data, same layers.
    ///
    /// # Errors
    /// When the document names a training method that does not exist.
    pub fn reconfigure(&mut self, prepared: Prepared) -> Result<(), PrepareError> {
        let method = prepared.method()?;
        let training = &prepared.spec.training;
        if method.id == self.method.id {
            self.optimizer.configure(&training.settings);
        } else {
            self.optimizer = (method.build)(&training.settings, self.parameters.len());
            self.report = None;
        }
        if training.stop != self.prepared.spec.training.stop {
            self.stop_rules = StopRules::new(training.stop.epochs);
        }
        let loss_changed = prepared.loss != self.prepared.loss;
        self.method = method;
        self.same_objective = false;
        self.shaping = Shaping::new(training, &prepared.network, prepared.frozen());
        self.frozen_values = self.shaping.frozen_values(&self.parameters);
        self.prepared = prepared;
        self.fit_workspace();
        if loss_changed {
            self.measure();
        }
        Ok(())
    }

    /// Goes on with other layers or other rows, keeping the weights that still fit, the epoch and
    /// the curves. The training method's memory starts anew, unless all weights stay.
    ///
    /// # Errors
    /// When the document names a training method that does not exist.
    pub fn replace(&mut self, prepared: Prepared) -> Result<(), PrepareError> {
        let fresh = prepared.initial_parameters();
        let parameters = transplant::transplant(&self.prepared, &self.parameters, &prepared, fresh);
        let mut next = Self::with_parameters(prepared, parameters)?;
        next.epoch = self.epoch;
        next.step = self.step;
        next.stop_rules.last_epoch = self.stop_rules.last_epoch;
        next.set_threads(self.threads);
        next.measuring = self.measuring;
        next.observe = self.observe;
        next.evaluations = self.evaluations;
        next.work = self.work;
        next.watch = self.watch;
        next.training_seconds = self.training_seconds;
        next.measuring_seconds = self.measuring_seconds;
        if next.method.id == self.method.id
            && next.parameters.len() == self.parameters.len()
            && next.prepared.layer_ids == self.prepared.layer_ids
        {
            // Another activation or dropout rate: what the method remembers still belongs to the
            // same weights. A memory of other lengths is refused, and the fresh one stays.
            next.optimizer.restore(&self.optimizer.state()).ok();
        }
        next.curve = std::mem::take(&mut self.curve);
        next.timeline = Timeline::new(next.parameters.len());
        next.timeline.push(next.epoch, &next.parameters);
        next.begin_epoch();
        next.measure();
        *self = next;
        Ok(())
    }

    /// Sets one weight or bias by hand.
    pub fn set_parameter(&mut self, index: usize, value: f32) {
        if let Some(place) = self.parameters.get_mut(index) {
            *place = value;
            self.frozen_values = self.shaping.frozen_values(&self.parameters);
            self.stopped = None;
            self.measure_now();
        }
    }
}
