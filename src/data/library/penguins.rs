//! Penguins of the Palmer Archipelago: three species from four measurements.

use super::LibrarySet;
use crate::data::TaskKind;

/// See `datasets/penguins/SOURCE.txt`.
pub(super) static SET: LibrarySet = LibrarySet {
    id: "penguins",
    name: "Penguins",
    summary: "344 penguins of three species, told apart by bill, flippers, weight, sex and island. \
              A friendly start: words beside numbers, some values missing, classes that nearly separate. \
              The island gives part of the answer away: Gentoo penguins live on Biscoe only.",
    target: "species",
    // When a bird was measured says nothing about what it is.
    ignored: &["year"],
    task: TaskKind::Classification,
    licence: "CC0 1.0",
    source: "Horst, Hill & Gorman (2020), palmerpenguins, doi:10.5281/zenodo.3960218; \
             data: Gorman, Williams & Fraser (2014), PLoS ONE 9(3):e90081",
    csv: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/penguins/penguins.csv")),
};
