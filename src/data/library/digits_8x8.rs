//! Hand-written digits: ten classes from 64 pixels.

use super::LibrarySet;
use crate::data::TaskKind;

/// See `datasets/digits_8x8/SOURCE.txt`.
pub(super) static SET: LibrarySet = LibrarySet {
    id: "digits_8x8",
    name: "Digits",
    summary: "1,797 hand-written digits as pictures of 8×8 pixels: a whole picture task that trains in a second. \
              Three pixels at the edge never change. Digits of one writer stand near one another, \
              so a random split is a little kind.",
    target: "digit",
    ignored: &[],
    task: TaskKind::Classification,
    licence: "CC BY 4.0",
    source: "Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, doi:10.24432/C50P49",
    csv: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/digits_8x8/digits_8x8.csv")),
};
