//! Strength of concrete: a number from a recipe and an age.

use super::LibrarySet;
use crate::data::TaskKind;

/// See `datasets/concrete/SOURCE.txt`.
pub(super) static SET: LibrarySet = LibrarySet {
    id: "concrete",
    name: "Concrete",
    summary: "1,030 samples of concrete: what went in, how old it is, how much it bears. Here a network shines: \
              strength grows like the logarithm of age, so a straight line explains 60 % and a small network 90 %. \
              One mixture was tested at several ages, so a random split is a little kind.",
    target: "strength_mpa",
    ignored: &[],
    task: TaskKind::Regression,
    licence: "CC BY 4.0",
    source: "Yeh (1998), Cement and Concrete Research 28(12):1797–1808; UCI Machine Learning Repository, doi:10.24432/C5PK67",
    csv: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/concrete/concrete.csv")),
};
