//! Asks after each epoch whether the run is to end.

use super::metrics::Metrics;
use super::saved::Best;
use super::stop::StopReason;
use crate::experiment::StopSpec;

/// What the stop rules remember of a run.
#[derive(Debug)]
pub struct StopRules {
    /// Epoch at which the run ends, if it does; moved on when a finished run goes on.
    pub last_epoch: Option<u64>,
    best: Option<Best>,
}

impl StopRules {
    /// A run that ends after so many epochs, if it does.
    pub const fn new(last_epoch: Option<u64>) -> Self {
        Self { last_epoch, best: None }
    }

    /// Forgets which epoch was the best.
    pub fn forget_best(&mut self) {
        self.best = None;
    }

    /// The weights with the lowest validation loss so far.
    pub const fn best(&self) -> Option<&Best> {
        self.best.as_ref()
    }

    /// Takes up the best weights of a saved run, if they are as many as the network has.
    pub fn restore_best(&mut self, best: Option<Best>, parameters: usize) {
        self.best = best.filter(|best| best.parameters.len() == parameters);
    }

    /// Whether the rules need a measurement at the end of this epoch.
    pub fn need_metrics(&self, rules: &StopSpec, epoch: u64) -> bool {
        rules.target_loss.is_some() || rules.patience.is_some() || self.is_last(epoch)
    }

    fn is_last(&self, epoch: u64) -> bool {
        self.last_epoch.is_some_and(|last| epoch >= last)
    }

    /// Asks each rule in turn. Early stopping puts the best weights back into `parameters`.
    pub fn ask(
        &mut self,
        rules: &StopSpec,
        epoch: u64,
        metrics: Option<Metrics>,
        parameters: &mut [f32],
    ) -> Option<StopReason> {
        if let Some(metrics) = metrics {
            if let Some(target) = rules.target_loss
                && metrics.train.loss <= target
            {
                return Some(StopReason::TargetLoss { loss: metrics.train.loss });
            }
            if let (Some(patience), Some(validation)) = (rules.patience, metrics.validation)
                && let Some(stop) = self.early_stop(patience, epoch, validation.loss, parameters)
            {
                return Some(stop);
            }
        }
        self.is_last(epoch).then_some(StopReason::Epochs { epochs: epoch })
    }

    fn early_stop(
        &mut self,
        patience: u64,
        epoch: u64,
        loss: f64,
        parameters: &mut [f32],
    ) -> Option<StopReason> {
        match &mut self.best {
            // A loss that is not a number is no improvement either.
            Some(best) if loss.is_nan() || loss >= best.loss => {
                if epoch < best.epoch + patience {
                    return None;
                }
                parameters.copy_from_slice(&best.parameters);
                Some(StopReason::EarlyStopping { best_epoch: best.epoch, best_loss: best.loss })
            }
            Some(best) => {
                best.epoch = epoch;
                best.loss = loss;
                best.parameters.copy_from_slice(parameters);
                None
            }
            None => {
                self.best = Some(Best { epoch, loss, parameters: parameters.to_vec() });
                None
            }
        }
    }
}
