//! What there is to know about a training method before it runs: its page and its settings.
//!
//! Owns [`Method`], [`Setting`], the chosen [`Settings`] and their check. The lists, tooltips and
//! sliders of the window and the options of the command line are made from these; nothing here
//! takes a step.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::optimizer::Optimizer;

/// A training method as the lists show it, with the function that builds it.
#[derive(Debug)]
pub struct Method {
    /// The name in files and on the command line, for example `adam`.
    pub id: &'static str,
    /// The name for people, for example “Adam”.
    pub name: &'static str,
    /// The family it is listed under.
    pub family: Family,
    /// Whether it works on mini-batches or needs the whole training set in each step.
    pub batch: BatchUse,
    /// A learning rate that works on small networks with batches of about ten samples.
    pub default_learning_rate: f64,
    /// Whether the learning rate matters at all.
    pub uses_learning_rate: bool,
    /// What it does, in one to three sentences.
    pub summary: &'static str,
    /// The update, a few lines of mathematics. θ are the parameters, g is the gradient of the
    /// loss, η the learning rate, t counts steps from 1.
    pub formula: &'static str,
    /// Where it is a good choice.
    pub good_for: &'static str,
    /// Where it is not.
    pub weak_at: &'static str,
    /// Where it was published.
    pub source: &'static str,
    /// What can be set, besides the learning rate.
    pub settings: &'static [Setting],
    /// Builds it for so many parameters, with an empty memory.
    pub build: fn(&Settings, usize) -> Box<dyn Optimizer>,
}

/// How much of the training set a step looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchUse {
    /// All of it: one step an epoch.
    Full,
    /// All of it unless a (large) mini-batch is asked for: it measures the loss several times
    /// within a step, or remembers differences of gradients, and noise misleads it.
    Large,
    /// A mini-batch: many steps an epoch.
    Mini,
}

/// A group of training methods that share an idea.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Steps along the negative gradient, with or without momentum.
    GradientDescent,
    /// A learning rate of its own for every parameter, adapted to the gradients seen so far.
    Adaptive,
    /// Only the sign of the gradient (or of its average) counts, not its size.
    SignBased,
    /// The curvature is guessed from how gradients change between steps.
    QuasiNewton,
    /// Newton steps whose linear system is solved by a Krylov method.
    NewtonKrylov,
    /// Only losses are looked at, never a gradient.
    RandomSearch,
}

impl Family {
    /// Every family, in the order of the lists.
    pub const ALL: &[Self] = &[
        Self::GradientDescent,
        Self::Adaptive,
        Self::SignBased,
        Self::QuasiNewton,
        Self::NewtonKrylov,
        Self::RandomSearch,
    ];

    /// The name in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::GradientDescent => "gradient",
            Self::Adaptive => "adaptive",
            Self::SignBased => "sign",
            Self::QuasiNewton => "quasi_newton",
            Self::NewtonKrylov => "krylov",
            Self::RandomSearch => "random_search",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::GradientDescent => "Gradient descent",
            Self::Adaptive => "Adaptive learning rates",
            Self::SignBased => "Sign-based",
            Self::QuasiNewton => "Quasi-Newton and conjugate directions",
            Self::NewtonKrylov => "Newton–Krylov",
            Self::RandomSearch => "Random search",
        }
    }

    /// Whether its methods look at the gradient alone, once a step.
    pub const fn is_first_order(self) -> bool {
        matches!(self, Self::GradientDescent | Self::Adaptive | Self::SignBased)
    }

    /// The idea its methods share, in a sentence.
    pub fn summary(self) -> &'static str {
        match self {
            Self::GradientDescent => {
                "Steps along the negative gradient, the direction in which the loss falls fastest; \
                 momentum smooths the path."
            }
            Self::Adaptive => {
                "Every parameter gets a learning rate of its own, smaller where gradients have \
                 been large, so badly scaled problems need less tuning."
            }
            Self::SignBased => {
                "Only the direction of each gradient counts, not its size, so tiny and huge \
                 gradients move a parameter equally far."
            }
            Self::QuasiNewton => {
                "The way the gradient changed from step to step tells how the loss curves, and a \
                 curve, unlike a slope, has a lowest point to aim at."
            }
            Self::NewtonKrylov => {
                "Each step aims at the lowest point of a bowl that fits the loss here. Where that \
                 is, a Krylov method finds out from products of the curvature with vectors."
            }
            Self::RandomSearch => {
                "Try, compare, keep the better. No gradient is needed, so any loss will do, but \
                 the more parameters there are, the rarer a lucky try becomes."
            }
        }
    }
}

/// One number of a method that a person may choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// The name in files and on the command line, for example `beta1`.
    pub id: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// The value when nothing is chosen.
    pub default: f64,
    /// The smallest value allowed.
    pub min: f64,
    /// The largest value allowed.
    pub max: f64,
    /// Whether a slider should move by factors rather than by differences. `min` may still be 0.
    pub logarithmic: bool,
    /// What the values 0, 1, … mean, for a setting that is a choice; empty for a number.
    pub choices: &'static [Choice],
    /// What it does and what to try.
    pub help: &'static str,
}

/// One of the possibilities of a setting that is a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The name on the command line, for example `gauss_newton`.
    pub id: &'static str,
    /// The name for people.
    pub name: &'static str,
}

/// The choices of a setting that is a switch.
pub const OFF_ON: &[Choice] = &[Choice { id: "off", name: "Off" }, Choice { id: "on", name: "On" }];

impl Setting {
    /// The value that a text stands for: the name of a choice, or a number.
    ///
    /// ```
    /// # use netsmith::optim::method;
    /// let momentum = &method("momentum").ok_or("no such method")?.settings[0];
    /// assert_eq!(momentum.parse("0.5"), Some(0.5));
    /// assert_eq!(momentum.parse("much"), None);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn parse(&self, text: &str) -> Option<f64> {
        let choice = self.choices.iter().position(|choice| choice.id == text);
        choice.map(|index| index as f64).or_else(|| text.parse().ok())
    }

    /// The value as a person reads it: the name of the choice, or the number.
    pub fn text(&self, value: f64) -> String {
        match self.choices.get(value.round().max(0.0) as usize) {
            Some(choice) => choice.name.to_owned(),
            None => value.to_string(),
        }
    }

    /// The nearest value allowed; NaN becomes the default.
    ///
    /// ```
    /// # use netsmith::optim::method;
    /// let momentum = &method("momentum").ok_or("no such method")?.settings[0];
    /// assert_eq!(momentum.clamp(2.0), momentum.max);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn clamp(&self, value: f64) -> f64 {
        let value = if self.choices.is_empty() { value } else { value.round() };
        if value.is_nan() { self.default } else { value.clamp(self.min, self.max) }
    }
}

/// The values chosen for the settings of a method; what is absent takes its default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(BTreeMap<String, f64>);

impl Settings {
    /// No choice made: every setting at its default.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value chosen for `setting`, or its default. Not clamped: see [`check`](Self::check).
    pub fn get(&self, setting: &Setting) -> f64 {
        self.0.get(setting.id).copied().unwrap_or(setting.default)
    }

    /// Whether a setting that is a switch ([`OFF_ON`]) is on.
    pub fn is_on(&self, setting: &Setting) -> bool {
        self.get(setting) >= 0.5
    }

    /// Chooses a value.
    pub fn set(&mut self, id: impl Into<String>, value: f64) {
        self.0.insert(id.into(), value);
    }

    /// Goes back to the default.
    pub fn reset(&mut self, id: &str) {
        self.0.remove(id);
    }

    /// The choices made, by id, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(id, &value)| (id.as_str(), value))
    }

    /// Everything that is wrong with these choices for a method with the settings `known`;
    /// empty when all is well.
    pub fn check(&self, known: &[Setting]) -> Vec<SettingError> {
        self.iter()
            .filter_map(|(id, value)| {
                let Some(setting) = known.iter().find(|setting| setting.id == id) else {
                    return Some(SettingError::Unknown {
                        id: id.to_owned(),
                        known: list(known.iter().map(|setting| setting.id)),
                    });
                };
                let inside = (setting.min..=setting.max).contains(&value);
                (!inside).then(|| SettingError::OutOfRange {
                    id: id.to_owned(),
                    name: setting.name,
                    value,
                    min: setting.min,
                    max: setting.max,
                })
            })
            .collect()
    }
}

impl<S: Into<String>> FromIterator<(S, f64)> for Settings {
    fn from_iter<I: IntoIterator<Item = (S, f64)>>(choices: I) -> Self {
        Self(choices.into_iter().map(|(id, v)| (id.into(), v)).collect())
    }
}

/// What can be wrong with a chosen value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// The method has no such setting.
    #[error("there is no setting “{id}” here (there is: {known}); remove it or correct its name")]
    Unknown {
        /// The id found.
        id: String,
        /// The ids there are, separated by commas.
        known: String,
    },
    /// The value is not a number within the limits.
    #[error("{name} ({id}) is {value}, but must be a number from {min} to {max}")]
    OutOfRange {
        /// The setting's id.
        id: String,
        /// The setting's name.
        name: &'static str,
        /// The value found.
        value: f64,
        /// The smallest allowed.
        min: f64,
        /// The largest allowed.
        max: f64,
    },
}

/// Names joined for a sentence.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
