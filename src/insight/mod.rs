//! Questions put to a network: what it answers over a plane, what each neuron responds to, what
//! it confuses, how far off it is.
//!
//! Everything here takes a prepared experiment and a parameter vector and returns numbers; drawing
//! them is the window's part. [`worker`] answers on a thread of its own, so that looking never
//! slows training.

pub mod answer;
pub mod ascent;
pub mod axis;
pub mod confusion;
pub mod fit;
pub mod linear;
pub mod map;
pub mod neuron;
pub mod pass;
pub mod picture;
pub mod worker;

pub use answer::{Answer, ask};
pub use ascent::{Ascent, StartFrom};
pub use axis::{Axis, Scale};
pub use confusion::Confusion;
pub use fit::{Fit, FitPoint};
pub use linear::{LinearSpec, LinearStudy};
pub use map::{Map, MapValues, Plane, Profile};
pub use neuron::NeuronMaps;
pub use worker::{InsightFrame, InsightRequest, InsightWorker};
