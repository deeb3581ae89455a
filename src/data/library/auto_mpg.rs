//! Fuel economy of cars: a number from seven properties.

use super::LibrarySet;
use crate::data::TaskKind;

/// See `datasets/auto_mpg/SOURCE.txt`.
pub(super) static SET: LibrarySet = LibrarySet {
    id: "auto_mpg",
    name: "Cars",
    summary: "392 cars of 1970–82 and how many miles each goes on a gallon. The friendly regression: \
              the relation to weight is bent, so a small network beats a straight line. \
              The columns about the engine say nearly the same thing.",
    target: "mpg",
    // The name of the car is an identifier.
    ignored: &["name"],
    task: TaskKind::Regression,
    licence: "CC BY 4.0",
    source: "Quinlan (1993), Auto MPG, UCI Machine Learning Repository, doi:10.24432/C5859H; StatLib, 1983 ASA Exposition",
    csv: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/auto_mpg/auto_mpg.csv")),
};
