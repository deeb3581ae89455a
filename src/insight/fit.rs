//! How far off a regression is: predicted against actual values, row by row.

use super::map::{MapValues, values};
use super::pass::Pass;
use crate::data::TargetEncoding;
use crate::experiment::Prepared;

/// One row of a regression, in the target's own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitPoint {
    /// Number of the row in the samples.
    pub row: u32,
    /// The target.
    pub actual: f64,
    /// The network's answer.
    pub predicted: f64,
    /// Whether the row is of the training part.
    pub train: bool,
}

/// All rows of a regression, at most [`Fit::SHOWN`], evenly chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fit {
    /// The rows.
    pub points: Vec<FitPoint>,
}

impl Fit {
    /// Most rows shown.
    pub const SHOWN: usize = 3000;
}

/// Passes the rows through the network; `None` for a classification.
pub fn fit(prepared: &Prepared, parameters: &[f32], pass: &mut Pass) -> Option<Fit> {
    let samples = &prepared.samples;
    let TargetEncoding::Number { mean, scale, .. } = &samples.encoder.target else { return None };
    let inputs = samples.inputs.as_slice()?;
    let MapValues::Number { values, .. } = values(prepared, parameters, inputs, pass) else {
        return None;
    };
    let stride = values.len().div_ceil(Fit::SHOWN).max(1);
    let parts = [(&samples.train, true), (&samples.validation, false)];
    let points = parts
        .into_iter()
        .flat_map(|(rows, train)| rows.iter().step_by(stride).map(move |&row| (row, train)))
        .filter_map(|(row, train)| {
            let predicted = f64::from(*values.get(row as usize)?);
            let target = f64::from(*samples.targets.get((row as usize, 0))?);
            Some(FitPoint { row, actual: target * scale + mean, predicted, train })
        })
        .collect();
    Some(Fit { points })
}
