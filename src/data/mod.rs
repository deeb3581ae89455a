//! Data: where it comes from, and how it becomes numbers.
//!
//! Owns tables ([`Table`]), reading and writing CSV ([`read_csv_file`]), synthetic point
//! sets ([`SYNTHETIC`]), the library of real ones ([`LIBRARY`]), and the way from table
//! rows to network inputs and back ([`Encoder`], made by [`prepare_table`] and
//! [`prepare_points`]). Must not know networks, training or the window: it is a leaf.
//!
//! A network sees only vectors of numbers of similar size. Numbers are centred and
//! scaled, words become one 0/1 input a level, missing values are filled or become a
//! level, and whatever is learnt on the way is learnt from the training part alone.
//! Nothing is changed in silence: see [`Note`].

mod csv;
mod encoder;
mod error;
mod feature;
mod library;
mod note;
mod number;
mod points;
mod prepare;
mod split;
mod synthetic;
mod table;
mod target;

pub use csv::{Loaded, MOST_CELLS, read_csv, read_csv_file, read_rows_file, write_csv};
pub use encoder::{Encoder, InputColumn, InputKind, Prediction, TargetEncoding, TaskKind};
pub use error::DataError;
pub use feature::Feature;
pub use library::{LIBRARY, LibrarySet, library_set};
pub use note::Note;
pub use points::{MAP_RANGE, prepare_points};
pub use prepare::{Samples, TableChoice, prepare_table};
pub use split::{Parts, Split};
pub use synthetic::{
    CURVES, CurvePreset, Formula, Generate, SYNTHETIC, SetKind, SyntheticSet, SyntheticSettings,
    synthetic_set,
};
pub use table::{Cell, Column, MISSING, Table, Texts, Values};
pub use target::{default_target, guess_task};
