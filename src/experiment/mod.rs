//! The experiment: the document that a person edits, saves and opens.
//!
//! Owns what is saved and undone: which data, which layers, which training settings
//! ([`ExperimentSpec`]), the edits that change it ([`Edit`]), its history ([`History`]), what is
//! wrong with it ([`check`]), its file format ([`mod@file`]) and the step from the document to
//! something that can be trained ([`prepare`]). It must not know about threads, windows or a
//! run's progress.

pub mod check;
pub mod data_spec;
pub mod edit;
pub mod file;
pub mod history;
pub mod prepare;
pub mod random;
pub mod spec;
pub mod transplant;

pub use check::{Place, Problem};
pub use data_spec::{DataSource, DataSpec, PaintedPoint, TableOrigin};
pub use edit::Edit;
pub use file::{ExperimentFile, FileError};
pub use history::History;
pub use prepare::{PrepareError, Prepared, TableStore};
pub use spec::{ExperimentSpec, LayerKind, LayerSpec, NetworkSpec, StopSpec, TrainingSpec};
