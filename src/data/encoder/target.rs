//! The target column: how answers become numbers, and a network's outputs answers.

use crate::data::table::{Cell, Values};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// What is to be predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// One of several classes.
    Classification,
    /// A number.
    Regression,
}

/// How the target is encoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TargetEncoding {
    /// A number y becomes (y − mean) / scale: one output.
    Number {
        /// The name in the table.
        name: String,
        /// Mean of the training part.
        mean: f64,
        /// Standard deviation of the training part; 1 when constant.
        scale: f64,
    },
    /// Two classes become 0 and 1 in one output; more become one output each (one-hot).
    Classes {
        /// The name in the table.
        name: String,
        /// The classes in order.
        classes: Vec<String>,
    },
}

/// A network's answer in the words of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prediction<'a> {
    /// A number in the target's own unit.
    Number(f64),
    /// The likeliest class.
    Class {
        /// Its place in the list of classes.
        index: usize,
        /// Its name.
        name: &'a str,
        /// How sure the network is, 0…1, when its outputs are probabilities.
        probability: f32,
    },
    /// The outputs hold `NaN`: there is no answer.
    Undefined,
}

impl TargetEncoding {
    /// The name of the target column.
    pub fn name(&self) -> &str {
        match self {
            Self::Number { name, .. } | Self::Classes { name, .. } => name,
        }
    }

    /// Number of network outputs: 1 for a number or two classes, else one a class.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Classes { classes, .. } if classes.len() > 2 => classes.len(),
            Self::Number { .. } | Self::Classes { .. } => 1,
        }
    }

    /// A name for each network output.
    pub fn output_names(&self) -> Vec<String> {
        match self {
            Self::Number { name, .. } => vec![name.clone()],
            Self::Classes { classes, .. } if classes.len() > 2 => classes.clone(),
            // One output that says how much it is the second class.
            Self::Classes { classes, .. } => classes.get(1).cloned().into_iter().collect(),
        }
    }

    /// Classification or regression.
    pub fn task(&self) -> TaskKind {
        match self {
            Self::Number { .. } => TaskKind::Regression,
            Self::Classes { .. } => TaskKind::Classification,
        }
    }

    /// The classes; empty for a number.
    pub fn classes(&self) -> &[String] {
        match self {
            Self::Number { .. } => &[],
            Self::Classes { classes, .. } => classes,
        }
    }

    /// The class of one row of a column, by its place in the list.
    pub fn class_of(&self, values: &Values, row: usize) -> Option<usize> {
        match values {
            Values::Number(numbers) => {
                let x = numbers.get(row)?;
                self.classes().iter().position(|class| class.parse() == Ok(*x))
            }
            Values::Category { .. } | Values::Text(_) => {
                let word = values.word(row)?;
                self.classes().iter().position(|class| class == word)
            }
        }
    }

    /// The targets of a column, `[rows, outputs]`. Rows without a target, or of a class
    /// that is not in the list, are `NaN`.
    pub fn encode(&self, values: &Values) -> Array2<f32> {
        let outputs = self.outputs();
        let mut targets = Array2::from_elem((values.len(), outputs), f32::NAN);
        for (row, mut target) in targets.rows_mut().into_iter().enumerate() {
            match self {
                Self::Number { mean, scale, .. } => {
                    if let Some(y) = values.cell(row).as_number() {
                        target.fill(((y - mean) / scale) as f32);
                    }
                }
                Self::Classes { .. } => {
                    let Some(class) = self.class_of(values, row) else {
                        continue;
                    };
                    if outputs == 1 {
                        target.fill(class as f32);
                    } else {
                        target.fill(0.0);
                        if let Some(own) = target.get_mut(class) {
                            *own = 1.0;
                        }
                    }
                }
            }
        }
        targets
    }

    /// What the outputs of a network mean: the number in its own unit, or the likeliest
    /// class (for two classes, the second from an output of one half on).
    pub fn decode(&self, outputs: &[f32]) -> Prediction<'_> {
        if outputs.is_empty() || outputs.iter().any(|output| output.is_nan()) {
            return Prediction::Undefined;
        }
        match self {
            Self::Number { mean, scale, .. } => {
                outputs.first().map_or(Prediction::Undefined, |&o| {
                    Prediction::Number(mean + scale * f64::from(o))
                })
            }
            Self::Classes { classes, .. } => {
                let (index, probability) = likeliest(outputs);
                match classes.get(index) {
                    Some(name) => Prediction::Class { index, name, probability },
                    None => Prediction::Undefined,
                }
            }
        }
    }
}

/// The largest of several outputs, or the side of one half on which a single one lies.
fn likeliest(outputs: &[f32]) -> (usize, f32) {
    if let [output] = outputs {
        return if *output >= 0.5 {
            (1, output.clamp(0.0, 1.0))
        } else {
            (0, (1.0 - output).clamp(0.0, 1.0))
        };
    }
    let mut best = (0, f32::NEG_INFINITY);
    for (index, &output) in outputs.iter().enumerate() {
        if output > best.1 {
            best = (index, output);
        }
    }
    (best.0, best.1.clamp(0.0, 1.0))
}

impl Prediction<'_> {
    /// The answer as a cell of a table.
    pub fn cell(&self) -> Cell {
        match self {
            Self::Number(value) => Cell::Number(*value),
            Self::Class { name, .. } => Cell::Category((*name).to_owned()),
            Self::Undefined => Cell::Missing,
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    fn classes(names: &[&str]) -> TargetEncoding {
        TargetEncoding::Classes {
            name: "t".into(),
            classes: names.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn two_classes_share_one_output() {
        let target = classes(&["no", "yes"]);
        let encoded = target.encode(&Values::category(&["yes", "no", "maybe"]));
        assert_eq!(encoded.shape(), [3, 1]);
        assert_eq!((encoded[[0, 0]], encoded[[1, 0]]), (1.0, 0.0));
        assert!(encoded[[2, 0]].is_nan());
        assert_eq!(target.decode(&[0.75]).cell(), Cell::Category("yes".into()));
        let Prediction::Class { index: 0, probability, .. } = target.decode(&[0.25]) else {
            panic!("expected the first class");
        };
        assert_eq!(probability, 0.75);
        assert_eq!(target.output_names(), ["yes"]);
    }

    #[test]
    fn several_classes_are_one_hot() {
        let target = classes(&["0", "1", "2"]);
        let encoded = target.encode(&Values::Number(vec![2.0, 0.0]));
        assert_eq!(encoded.row(0).to_vec(), [0.0, 0.0, 1.0]);
        assert_eq!(target.decode(&[0.1, 0.7, 0.2]).cell(), Cell::Category("1".into()));
        assert_eq!(target.decode(&[f32::NAN, 0.0, 0.0]), Prediction::Undefined);
    }

    #[test]
    fn numbers_go_there_and_back() {
        let target = TargetEncoding::Number { name: "mpg".into(), mean: 20.0, scale: 4.0 };
        let encoded = target.encode(&Values::Number(vec![28.0, f64::NAN]));
        assert_eq!(encoded[[0, 0]], 2.0);
        assert!(encoded[[1, 0]].is_nan());
        assert_eq!(target.decode(&[2.0]), Prediction::Number(28.0));
    }
}
