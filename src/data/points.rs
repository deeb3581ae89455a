//! Point sets: two coordinates and a class or a value, or a curve y = f(x).
//!
//! Synthetic sets and points painted by hand come through here. As in the TensorFlow
//! Playground the coordinates are not normalised and the person chooses the features;
//! that shows why scaling and features matter.

use super::encoder::{Encoder, InputColumn, TaskKind};
use super::prepare::{Samples, class_numbers, finish};
use super::split::Split;
use super::table::{Table, Values};
use super::target::encoding;
use super::{DataError, Feature};

/// Points lie about in [−6, 6]²; a map shows at least that.
pub const MAP_RANGE: (f64, f64) = (-6.0, 6.0);

/// Encodes points: all columns but the last are coordinates, the last is the target.
///
/// Words become classes (those that occur, in the order of the levels), numbers stay as
/// they are (mean 0, scale 1).
///
/// ```
/// use netsmith::data::{Feature, Split, prepare_points, synthetic_set};
/// use rand::SeedableRng;
/// let xor = synthetic_set("xor").ok_or("not there")?;
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let table = (xor.generate)(&xor.settings(), &mut rng)?;
/// let samples = prepare_points(table, &[Feature::X1, Feature::X1X2], &Split::default())?;
/// assert_eq!(samples.encoder.input_names(), ["x₁", "x₁x₂"]);
/// assert_eq!(samples.encoder.target.classes(), ["orange", "blue"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DataError::NotPoints`] when the columns are others, [`DataError::NoFeatures`] or
/// [`DataError::FeatureNeedsPlane`] when the features do not fit, [`DataError::OneClass`]
/// and [`DataError::TooFewRows`] when there is nothing to learn.
pub fn prepare_points(
    table: Table,
    features: &[Feature],
    split: &Split,
) -> Result<Samples, DataError> {
    let Some((last, coordinates)) = table.columns.split_last() else {
        return Err(not_points("no column".to_owned()));
    };
    if coordinates.is_empty() || coordinates.len() > 2 {
        return Err(not_points(format!("{} columns", table.columns.len())));
    }
    check_features(features, coordinates.len())?;
    let mut columns = Vec::with_capacity(2);
    for column in coordinates {
        let Values::Number(numbers) = &column.values else {
            let found = format!("{} in “{}”", column.values.kind(), column.name);
            return Err(not_points(found));
        };
        let minimum = numbers.iter().copied().fold(MAP_RANGE.0, f64::min);
        let maximum = numbers.iter().copied().fold(MAP_RANGE.1, f64::max);
        columns.push(InputColumn::coordinate(&column.name, minimum, maximum));
    }
    let task = match last.values {
        Values::Number(_) => TaskKind::Regression,
        Values::Category { .. } | Values::Text(_) => TaskKind::Classification,
    };
    if table.rows() < 2 {
        return Err(DataError::TooFewRows { found: table.rows() });
    }
    let encoder = Encoder { columns, features: features.to_vec(), target: encoding(last, task)? };
    let missing = last.values.missing();
    if missing > 0 {
        return Err(not_points(format!("{missing} points without a target")));
    }
    let classes = class_numbers(&last.values, &encoder.target);
    let parts = split.divide(table.rows(), classes.as_deref())?;
    finish(table, encoder, parts, Vec::new())
}

fn not_points(found: String) -> DataError {
    DataError::NotPoints { found }
}

fn check_features(features: &[Feature], coordinates: usize) -> Result<(), DataError> {
    if features.is_empty() {
        return Err(DataError::NoFeatures);
    }
    let flat = features.iter().find(|feature| coordinates < 2 && feature.needs_plane());
    match flat {
        Some(feature) => Err(DataError::FeatureNeedsPlane { feature: feature.name() }),
        None => Ok(()),
    }
}
