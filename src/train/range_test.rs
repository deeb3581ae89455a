//! The learning-rate range test (Smith 2017): one short run in which the learning rate grows from
//! far too small to far too large, and the loss tells where it works.
//!
//! Owns the sweep and what can be read from it. Knows no window; may run on any thread.

use std::ops::ControlFlow;

use super::metrics::Meter;
use super::trainer::Trainer;
use crate::experiment::{PrepareError, Prepared};

/// The smallest rate tried.
pub const SMALLEST: f64 = 1e-6;
/// The largest rate tried.
pub const LARGEST: f64 = 10.0;
/// Rates tried, evenly spread by factor.
pub const RATES: usize = 140;
/// Most rows on which the loss is measured after each update.
const PROBE: usize = 512;
/// A loss so many times the smallest has left the region that works.
const BLOWN_UP: f64 = 4.0;

/// The loss at one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// The learning rate.
    pub rate: f64,
    /// The loss of the batch before the update with it.
    pub batch_loss: f64,
    /// The loss after the update, on the same training rows every time. Batches of ten rows differ
    /// more from each other than the loss falls; this the eye can follow.
    pub loss: f64,
}

/// What a range test found.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeTest {
    /// The rates tried, ascending, and the losses.
    pub points: Vec<RatePoint>,
    /// The rate from which on the loss explodes, if one of those tried was too large.
    pub diverges_from: Option<f64>,
    /// A rate that works: where the loss falls most steeply, at most a third of the rate at which
    /// it is lowest. `None` where it never falls.
    pub suggestion: Option<f64>,
}

/// Runs the test from the starting weights; the experiment's own learning rate and schedule play
/// no part. `None` if `progress`, which is told the share that is done, breaks it off.
///
/// # Errors
/// When the document names a training method that does not exist.
pub fn range_test(
    prepared: Prepared,
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<Option<RangeTest>, PrepareError> {
    let mut probe = Probe::new(&prepared);
    let mut trainer = Trainer::new(prepared)?;
    let growth = (LARGEST / SMALLEST).powf(1.0 / (RATES - 1) as f64);
    let mut points: Vec<RatePoint> = Vec::with_capacity(RATES);
    let mut lowest = f64::INFINITY;
    let mut rate = SMALLEST;
    for index in 0..RATES {
        if progress(index as f32 / RATES as f32).is_break() {
            return Ok(None);
        }
        let Some(batch_loss) = trainer.step_at(rate) else { break };
        let loss = probe.loss(&trainer);
        if !loss.is_finite() {
            break;
        }
        points.push(RatePoint { rate, batch_loss, loss });
        lowest = lowest.min(loss);
        let start = points.first().map_or(loss, |point| point.loss);
        if loss > BLOWN_UP * lowest.max(1e-3 * start) && loss > start {
            break;
        }
        rate *= growth;
    }
    Ok(Some(read(points)))
}

/// Measures the loss on some of the training rows, always the same.
struct Probe {
    meter: Meter,
    rows: Vec<u32>,
}

impl Probe {
    fn new(prepared: &Prepared) -> Self {
        let train = &prepared.samples.train;
        let every = train.len().div_ceil(PROBE).max(1);
        let rows: Vec<u32> = train.iter().step_by(every).copied().collect();
        Self { meter: Meter::new(&prepared.network, rows.len()), rows }
    }

    fn loss(&mut self, trainer: &Trainer) -> f64 {
        let prepared = trainer.prepared();
        let (network, samples) = (&prepared.network, &prepared.samples);
        let parameters = trainer.parameters();
        let found =
            self.meter.measure_rows(network, parameters, prepared.loss, samples, &self.rows);
        found.map_or(f64::NAN, |part| part.loss)
    }
}

/// Reads the curve.
fn read(points: Vec<RatePoint>) -> RangeTest {
    let lowest = points.iter().min_by(|a, b| a.loss.total_cmp(&b.loss)).copied();
    let complete = points.len() >= RATES;
    let Some(lowest) = lowest else {
        return RangeTest { points, diverges_from: Some(SMALLEST), suggestion: None };
    };
    // Beyond the lowest point: the first rate at which the loss is back where it began.
    let start = points.first().map_or(lowest.loss, |point| point.loss);
    let diverges_from = points
        .iter()
        .find(|point| point.rate > lowest.rate && point.loss > start.max(1.5 * lowest.loss))
        .or_else(|| points.last().filter(|_| !complete))
        .map(|point| point.rate);
    let falls = start - lowest.loss > 0.01 * start.abs();
    let steepest = points
        .windows(9)
        .filter_map(|window| Some((window.get(4)?, window.last()?.loss - window.first()?.loss)))
        .filter(|(point, _)| point.rate <= lowest.rate / 3.0)
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(point, _)| point.rate);
    let suggestion = falls.then(|| round(steepest.unwrap_or(lowest.rate / 10.0)));
    RangeTest { points, diverges_from, suggestion }
}

/// A number a person would have chosen: one significant digit of 1, 2, 3 or 5.
fn round(rate: f64) -> f64 {
    let power = 10.0_f64.powf(rate.log10().floor());
    let digit = rate / power;
    let nice = [1.0, 2.0, 3.0, 5.0, 10.0];
    let near = |a: f64| (a / digit).ln().abs();
    let best = nice.into_iter().min_by(|&a, &b| near(a).total_cmp(&near(b)));
    let exponent = rate.log10().floor() as i32;
    // Parsed rather than multiplied, so that 0.03 is 0.03.
    format!("{}e{exponent}", best.unwrap_or(1.0)).parse().unwrap_or(rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{ExperimentSpec, TableStore};

    fn load(spec: ExperimentSpec) -> Prepared {
        let go_on = |_| ControlFlow::Continue(());
        Prepared::load(spec, &TableStore::default(), &go_on).unwrap()
    }

    fn test(optimizer: &str) -> RangeTest {
        let mut spec = ExperimentSpec::named("circle").unwrap();
        spec.training.choose(crate::optim::method(optimizer).unwrap());
        let prepared = load(spec);
        range_test(prepared, &|_| ControlFlow::Continue(())).unwrap().unwrap()
    }

    #[test]
    fn a_suggestion_lies_where_the_loss_falls() {
        for optimizer in ["sgd", "adam"] {
            let found = test(optimizer);
            let rate = found.suggestion.unwrap();
            assert!((1e-4..=1.0).contains(&rate), "{optimizer}: {rate}");
            assert!(found.points.windows(2).all(|pair| pair[0].rate < pair[1].rate));
            if let Some(limit) = found.diverges_from {
                assert!(rate < limit, "{optimizer}: {rate} is not below {limit}");
            }
        }
    }

    #[test]
    fn it_can_be_broken_off() {
        let spec = ExperimentSpec::named("circle").unwrap();
        let prepared = load(spec);
        let stopped = range_test(prepared, &|share| {
            if share > 0.5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(stopped.unwrap(), None);
    }

    #[test]
    fn a_loss_that_never_falls_suggests_nothing() {
        let points = (0..RATES)
            .map(|i| RatePoint { rate: 1e-6 * 1.1_f64.powi(i as i32), batch_loss: 0.7, loss: 0.7 })
            .collect();
        assert_eq!(read(points).suggestion, None);
    }

    #[test]
    fn rates_are_rounded_to_what_people_choose() {
        for (rate, nice) in [(0.034, 0.03), (0.0009, 0.001), (4.4, 5.0), (1.2e-5, 1e-5)] {
            assert_eq!(round(rate), nice);
        }
    }
}
