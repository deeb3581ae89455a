//! Gradient descent: one step down the slope of the loss over the whole training set.
//!
//! θ ← θ − η·g. The update is the one of [`sgd`](super::sgd); only the batch differs, so the code
//! is shared and this file holds the page.

use super::first_order::build;
use super::method::{BatchUse, Family, Method};
use super::sgd::Descent;

/// The page of this method.
pub static METHOD: Method = Method {
    id: "gd",
    name: "Gradient descent (full batch)",
    family: Family::GradientDescent,
    batch: BatchUse::Full,
    default_learning_rate: 0.3,
    uses_learning_rate: true,
    summary: "Computes the exact gradient over the whole training set, then takes one step against \
              it. An epoch is a single step.",
    formula: "g = ∂L/∂θ  over all training samples\nθ ← θ − η·g",
    good_for: "Seeing what a gradient and a learning rate are: the path is smooth, repeatable and \
               free of noise.",
    weak_at: "Large data sets, where one careful step costs as much as thousands of rough ones; \
              flat regions and narrow valleys. On a sine with 16 neurons it diverges at its own \
              rate; at 0.1 its R² is below 0.96 after 5000 steps and above 0.97 after 60 000.",
    source: "A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, \
             Comptes rendus, 1847",
    settings: &[],
    build: build::<Descent, 0>,
};
