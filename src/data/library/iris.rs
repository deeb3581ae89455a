//! Fisher's iris flowers: three species from four lengths.

use super::LibrarySet;
use crate::data::TaskKind;

/// See `datasets/iris/SOURCE.txt`.
pub(super) static SET: LibrarySet = LibrarySet {
    id: "iris",
    name: "Iris",
    summary: "150 flowers of three species, four lengths each: the first set of every course. \
              One species stands apart, the other two touch. With 150 rows, accuracy jumps \
              by more than a point for every two flowers.",
    target: "species",
    ignored: &[],
    task: TaskKind::Classification,
    licence: "CC BY 4.0",
    source: "Fisher (1936), Annals of Eugenics 7:179–188; UCI Machine Learning Repository, doi:10.24432/C56C76",
    csv: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/iris/iris.csv")),
};
