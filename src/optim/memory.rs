//! Saving and restoring the memory of a method: what all of them check in the same way.
//!
//! A restore looks at everything before it changes anything, so a state that does not fit leaves
//! the memory whole. Knows no method.

use super::method::list;
use super::optimizer::{OptimizerError, OptimizerState};

/// A state to be saved: steps taken and named vectors.
pub(super) fn save<'a>(
    step: u64,
    vectors: impl IntoIterator<Item = (&'a str, Vec<f32>)>,
) -> OptimizerState {
    let named = vectors.into_iter().map(|(name, vector)| (name.to_owned(), vector));
    OptimizerState { step, vectors: named.collect() }
}

/// Refuses a state that holds a vector which the method does not remember.
pub(super) fn only(state: &OptimizerState, names: &[&str]) -> Result<(), OptimizerError> {
    match state.vectors.keys().find(|key| !names.contains(&key.as_str())) {
        None => Ok(()),
        Some(name) => Err(OptimizerError::UnknownVector {
            name: name.clone(),
            expected: list(names.iter().copied()),
        }),
    }
}

/// The vector `name` of a saved state, of any length.
pub(super) fn any<'a>(state: &'a OptimizerState, name: &str) -> Result<&'a [f32], OptimizerError> {
    state.vectors.get(name).map(Vec::as_slice).ok_or_else(|| OptimizerError::MissingVector {
        name: name.to_owned(),
        found: list(state.vectors.keys().map(String::as_str)),
    })
}

/// The vector `name` of a saved state, if it has the length needed.
pub(super) fn find<'a>(
    state: &'a OptimizerState,
    name: &str,
    expected: usize,
) -> Result<&'a [f32], OptimizerError> {
    let vector = any(state, name)?;
    if vector.len() == expected {
        Ok(vector)
    } else {
        Err(OptimizerError::WrongLength { name: name.to_owned(), expected, found: vector.len() })
    }
}

/// The single number that a saved state holds under `name`, as a vector of one element.
pub(super) fn number(state: &OptimizerState, name: &str) -> Result<f32, OptimizerError> {
    let vector = find(state, name, 1)?;
    // `find` has made sure that there is one.
    Ok(vector.first().copied().unwrap_or_default())
}
