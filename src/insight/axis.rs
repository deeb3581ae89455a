//! An axis of the decision map: one input column, from one value to another.

use crate::data::{Cell, Encoder, InputKind};

/// One input column laid out along an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Index into [`Encoder::columns`].
    pub column: usize,
    /// The column's name.
    pub name: String,
    /// What lies along it.
    pub scale: Scale,
}

/// What lies along an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum Scale {
    /// Numbers between two values.
    Number {
        /// Value at the left or lower end.
        minimum: f64,
        /// Value at the right or upper end.
        maximum: f64,
    },
    /// The levels of a category, each one wide, the first centred on 0.
    Category {
        /// Their names.
        levels: Vec<String>,
    },
}

/// Half the side of the plane that points are drawn on.
const POINTS: f64 = 6.0;
/// Space beyond the smallest and the largest value of a table's column, as a share of the range.
const MARGIN: f64 = 0.06;

impl Axis {
    /// The axis of an input column; `None` if there is no such column.
    pub fn of(encoder: &Encoder, column: usize) -> Option<Self> {
        let input = encoder.columns.get(column)?;
        let scale = match &input.kind {
            InputKind::Category { levels, .. } => Scale::Category { levels: levels.clone() },
            InputKind::Number { minimum, maximum, .. } => {
                number_scale(!encoder.features.is_empty(), *minimum, *maximum)
            }
        };
        Some(Self { column, name: input.name.clone(), scale })
    }

    /// Both ends, as numbers.
    pub fn range(&self) -> (f64, f64) {
        match &self.scale {
            Scale::Number { minimum, maximum } => (*minimum, *maximum),
            Scale::Category { levels } => (-0.5, levels.len() as f64 - 0.5),
        }
    }

    /// What a row holds at this place of the axis.
    pub fn cell(&self, value: f64) -> Cell {
        match &self.scale {
            Scale::Number { .. } => Cell::Number(value),
            Scale::Category { levels } => {
                let last = levels.len().saturating_sub(1);
                let level = value.round().clamp(0.0, last as f64) as usize;
                levels.get(level).map_or(Cell::Missing, |name| Cell::Category(name.clone()))
            }
        }
    }

    /// Where a row lies on this axis; `None` if its value is missing.
    pub fn value(&self, cell: &Cell) -> Option<f64> {
        match (&self.scale, cell) {
            (Scale::Number { .. }, Cell::Number(value)) => value.is_finite().then_some(*value),
            (Scale::Category { levels }, Cell::Category(name)) => {
                levels.iter().position(|level| level == name).map(|level| level as f64)
            }
            _ => None,
        }
    }

    /// The value `index` of `count` evenly spaced ones, each in the middle of its cell.
    pub fn at(&self, index: usize, count: usize) -> f64 {
        let (low, high) = self.range();
        low + (high - low) * (index as f64 + 0.5) / count.max(1) as f64
    }
}

fn number_scale(points: bool, minimum: f64, maximum: f64) -> Scale {
    if points {
        let reach = minimum.abs().max(maximum.abs()).max(POINTS);
        let reach = if reach.is_finite() { reach } else { POINTS };
        return Scale::Number { minimum: -reach, maximum: reach };
    }
    let (minimum, maximum) = if minimum.is_finite() && maximum.is_finite() && minimum < maximum {
        (minimum, maximum)
    } else if minimum.is_finite() {
        (minimum - 1.0, minimum + 1.0)
    } else {
        (-1.0, 1.0)
    };
    let margin = (maximum - minimum) * MARGIN;
    Scale::Number { minimum: minimum - margin, maximum: maximum + margin }
}
