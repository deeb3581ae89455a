//! Netsmith: a desktop sandbox in which beginners build a neural network with the mouse, press
//! Train, and watch and understand what happens.
//!
//! Dependencies point one way, from the bottom of this list to its top; a test holds it:
//!
//! | module | is about | may use |
//! |---|---|---|
//! | [`threads`] | sharing work between processor threads | – |
//! | [`nn`] | networks: activations, losses, forward and backward passes | `threads` |
//! | [`krylov`] | linear solvers: A·x = b from products with A | – |
//! | [`data`] | tables, CSV, synthetic sets, encoding, division | – |
//! | [`optim`] | training methods over an abstract objective | `krylov`, `threads` |
//! | [`experiment`] | the document: what is saved and undone | `nn`, `optim`, `data` |
//! | [`train`] | the run: trainer, worker thread, curves | `experiment` and above |
//! | [`insight`] | questions put to a network | `train` and above |
//! | [`ui`], [`app`] | the window | everything |
//! | [`cli`] | the headless commands | everything |
//!
//! Only `ui` and `app` know egui.

pub mod app;

pub mod cli;
pub mod data;
pub mod experiment;
pub mod insight;
pub mod krylov;
pub mod nn;
pub mod optim;
pub mod threads;
pub mod train;

pub mod ui;
