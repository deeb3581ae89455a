//! A curve y = f(x) to fit.

use super::formula::Formula;
use super::points::uniform;
use super::{SetKind, SyntheticSet, SyntheticSettings};
use crate::data::table::{Column, Table, Values};
use crate::data::{DataError, MAP_RANGE};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// y = f(x).
pub(super) static SET: SyntheticSet = SyntheticSet {
    id: "curve",
    name: "Curve",
    summary: "One input, one output: the network draws a line through points of a curve that you choose. \
              Each ReLU neuron adds one bend, so one sees what every neuron does.",
    kind: SetKind::Curve,
    default_samples: 200,
    default_noise: 0.1,
    generate,
};

/// A curve that is there to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurvePreset {
    /// Stands for the formula in [`SyntheticSettings::formula`].
    pub id: &'static str,
    /// The name on screen.
    pub name: &'static str,
    /// The formula in x.
    pub formula: &'static str,
}

/// The curves there are to choose; any other formula can be typed.
pub const CURVES: &[CurvePreset] = &[
    CurvePreset { id: "sine", name: "Sine", formula: "sin(x)" },
    CurvePreset { id: "step", name: "Step", formula: "sign(x)" },
    CurvePreset { id: "polynomial", name: "Polynomial", formula: "0.02x^3 - 0.4x" },
];

/// x ~ U(−6, 6), y = f(x) + ν s n with n standard normal and s the standard deviation of f
/// over the range, so that the same noise blurs a flat curve and a steep one alike.
fn generate(settings: &SyntheticSettings, rng: &mut ChaCha8Rng) -> Result<Table, DataError> {
    settings.check()?;
    let preset = CURVES.iter().find(|curve| curve.id == settings.formula.trim());
    let text = preset.map_or(settings.formula.as_str(), |curve| curve.formula);
    let formula = Formula::parse(text)?;
    let (from, to) = MAP_RANGE;
    let spread = settings.noise * spread(&formula, text)?;
    let mut xs = Vec::with_capacity(settings.samples);
    let mut ys = Vec::with_capacity(settings.samples);
    for _ in 0..settings.samples {
        let x = uniform(rng, from, to);
        let blur: f64 = rng.sample(StandardNormal);
        xs.push(x);
        ys.push(finite(&formula, text, x)? + spread * blur);
    }
    let columns = vec![Column::new("x", Values::Number(xs)), Column::new("y", Values::Number(ys))];
    Table::new(SET.id, columns)
}

/// The standard deviation of f over 241 evenly spaced points; 1 for a constant.
fn spread(formula: &Formula, text: &str) -> Result<f64, DataError> {
    const STEPS: u32 = 240;
    let (from, to) = MAP_RANGE;
    let mut values = Vec::with_capacity(STEPS as usize + 1);
    for step in 0..=STEPS {
        let x = from + (to - from) * f64::from(step) / f64::from(STEPS);
        values.push(finite(formula, text, x)?);
    }
    let (_, scale) = crate::data::encoder::mean_and_scale(&values);
    Ok(scale)
}

fn finite(formula: &Formula, text: &str, x: f64) -> Result<f64, DataError> {
    // Beyond this a value is no longer finite for the network, which computes in f32.
    const LARGEST: f64 = 1e30;
    let y = formula.value(x);
    if y.abs() <= LARGEST {
        return Ok(y);
    }
    let (from, to) = MAP_RANGE;
    Err(DataError::FormulaValue { formula: text.to_owned(), x, from, to })
}
