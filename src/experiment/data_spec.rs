//! The data part of the document: where the rows come from and how they are divided.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data::{self, Feature, LibrarySet, SetKind, SyntheticSet, TaskKind};

/// Everything the document says about its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// Where the rows come from.
    pub source: DataSource,
    /// Share of the rows that is trained on, 0.1 to 0.9 (1.0 leaves nothing to validate with);
    /// the rest is the validation part.
    pub train_share: f64,
    /// How often "new data" was asked for: other random points, another division into parts.
    #[serde(default)]
    pub draw: u32,
}

/// Where the rows come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DataSource {
    /// Random points drawn by a rule.
    Synthetic(SyntheticSpec),
    /// Points the person painted on the map.
    Points(PointsSpec),
    /// A table: one of the library's or a CSV file.
    Table(TableSpec),
}

/// Random points drawn by a rule, such as the two circles or the spiral.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyntheticSpec {
    /// Identifier of the set, see [`data::SYNTHETIC`].
    pub set: String,
    /// Number of points.
    pub samples: usize,
    /// Noise, 0 to 0.5, on the scale of the set.
    pub noise: f64,
    /// Number of classes, where the set lets one choose (blobs: 2 to 6).
    #[serde(default = "default_classes")]
    pub classes: usize,
    /// Formula in `x`, for the curve.
    #[serde(default = "default_formula")]
    pub formula: String,
    /// The inputs made from x₁ and x₂.
    pub features: Vec<Feature>,
}

/// Points the person painted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsSpec {
    /// Number of classes to paint with, 2 to 6.
    pub classes: usize,
    /// The points, in the order in which they were painted.
    pub points: Vec<PaintedPoint>,
    /// The inputs made from x₁ and x₂.
    pub features: Vec<Feature>,
}

/// One painted point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaintedPoint {
    /// First coordinate, about −6 to 6.
    pub x1: f64,
    /// Second coordinate, about −6 to 6.
    pub x2: f64,
    /// Class, from 0.
    pub class: usize,
}

/// A table and the columns chosen from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// The table.
    pub origin: TableOrigin,
    /// Column to predict; `None` takes the set's own or the last usable column.
    #[serde(default)]
    pub target: Option<String>,
    /// Columns to predict from; `None` takes all that are usable.
    #[serde(default)]
    pub inputs: Option<Vec<String>>,
    /// Regression or classification; `None` follows the target column.
    #[serde(default)]
    pub task: Option<TaskKind>,
}

/// Where a table comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum TableOrigin {
    /// A set that comes with the program, see [`data::LIBRARY`].
    Library {
        /// Its identifier.
        id: String,
    },
    /// A CSV file.
    File {
        /// Its path.
        path: PathBuf,
    },
}

impl fmt::Display for TableOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library { id } => f.write_str(id),
            Self::File { path } => f.write_str(&file_name(path)),
        }
    }
}

/// The last part of a path, as text.
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn default_classes() -> usize {
    2
}

fn default_formula() -> String {
    "sin(x)".to_owned()
}

impl SyntheticSpec {
    /// The set's own default settings, with x₁ and x₂ as inputs.
    pub fn of(set: &SyntheticSet) -> Self {
        Self {
            set: set.id.to_owned(),
            samples: set.default_samples,
            noise: set.default_noise,
            classes: if set.id == "blobs" { 3 } else { default_classes() },
            formula: default_formula(),
            features: default_features(set.kind),
        }
    }
}

/// The inputs a set starts with.
pub fn default_features(kind: SetKind) -> Vec<Feature> {
    match kind {
        SetKind::Curve => vec![Feature::X1],
        SetKind::Classification | SetKind::Regression => vec![Feature::X1, Feature::X2],
    }
}

impl DataSource {
    /// The set named `id`: a synthetic one or one of the library's tables.
    pub fn named(id: &str) -> Option<Self> {
        if let Some(set) = data::synthetic_set(id) {
            return Some(Self::Synthetic(SyntheticSpec::of(set)));
        }
        data::library_set(id).map(|set| Self::Table(TableSpec::library(set)))
    }

    /// What to call the data in a title.
    pub fn title(&self) -> String {
        match self {
            Self::Synthetic(spec) => data::synthetic_set(&spec.set)
                .map_or_else(|| spec.set.clone(), |s| s.name.to_owned()),
            Self::Points(_) => "Painted points".to_owned(),
            Self::Table(spec) => match &spec.origin {
                TableOrigin::Library { id } => {
                    data::library_set(id).map_or_else(|| id.clone(), |s| s.name.to_owned())
                }
                TableOrigin::File { path } => file_name(path),
            },
        }
    }

    /// The inputs made from x₁ and x₂, where the data are points.
    pub fn features(&self) -> Option<&[Feature]> {
        match self {
            Self::Synthetic(spec) => Some(&spec.features),
            Self::Points(spec) => Some(&spec.features),
            Self::Table(_) => None,
        }
    }

    /// As [`features`](Self::features), to change them.
    pub fn features_mut(&mut self) -> Option<&mut Vec<Feature>> {
        match self {
            Self::Synthetic(spec) => Some(&mut spec.features),
            Self::Points(spec) => Some(&mut spec.features),
            Self::Table(_) => None,
        }
    }

    /// Whether the data are a function of one variable, y = f(x).
    pub fn is_curve(&self) -> bool {
        matches!(self, Self::Synthetic(spec)
            if data::synthetic_set(&spec.set).is_some_and(|set| set.kind == SetKind::Curve))
    }
}

impl TableSpec {
    /// A set of the library, with its own target.
    pub fn library(set: &LibrarySet) -> Self {
        Self {
            origin: TableOrigin::Library { id: set.id.to_owned() },
            target: None,
            inputs: None,
            task: None,
        }
    }

    /// A CSV file, everything chosen automatically.
    pub fn file(path: PathBuf) -> Self {
        Self { origin: TableOrigin::File { path }, target: None, inputs: None, task: None }
    }
}
