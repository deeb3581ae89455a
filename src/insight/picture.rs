//! Inputs that are the pixels of a square picture.

use crate::data::{Encoder, InputKind};

/// Width and height of the picture that the inputs form; `None` if they form none.
///
/// A table is taken for pictures when its inputs are numbers, their count is the square of 4 or
/// more, and their names are one word with digits behind it (`p00`, `pixel17`).
pub fn shape(encoder: &Encoder) -> Option<(usize, usize)> {
    let count = encoder.columns.len();
    let side = (1..=64).find(|side| side * side >= count)?;
    if side < 4 || side * side != count || !encoder.features.is_empty() {
        return None;
    }
    let stem = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let first = stem(&encoder.columns.first()?.name);
    let pixels = encoder.columns.iter().all(|column| {
        matches!(column.kind, InputKind::Number { .. })
            && stem(&column.name) == first
            && column.name.len() > first.len()
    });
    pixels.then_some((side, side))
}
