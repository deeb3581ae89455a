//! Networks: what they compute, and how much each weight is to blame.
//!
//! This module owns the mathematics of a feed-forward network: [activations](Activation),
//! [losses](Loss), [starting weights](Initialization), the [forward](Network::forward) and
//! [backward](Network::backward) passes and the curvature products. It knows nothing of data
//! files, training methods or windows. [Large work](Threads) may be shared between threads, without
//! changing a bit of the result.
//!
//! To learn how a network works, read `forward.rs`, then `backward.rs`. A pass goes like this:
//!
//! ```
//! use netsmith::nn::{
//!     Activation, Initialization, LayerShape, Loss, Network, NetworkShape, OutputActivation,
//!     Workspace,
//! };
//! use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//!
//! // Two inputs, four hidden units, one output: a network that can learn XOR.
//! let network = Network::new(NetworkShape {
//!     inputs: 2,
//!     hidden: vec![LayerShape::Dense { units: 4, activation: Activation::Tanh }],
//!     outputs: 1,
//!     output_activation: OutputActivation::Sigmoid,
//! })?;
//! let inputs = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0_f32];
//! let targets = [0.0, 1.0, 1.0, 0.0_f32];
//!
//! let mut parameters = vec![0.0_f32; network.parameter_count()];
//! let mut rng = ChaCha8Rng::seed_from_u64(1);
//! network.initialize(Initialization::XavierUniform, &mut parameters, &mut rng);
//!
//! // One batch of all four samples; a thousand large steps down the gradient.
//! let mut workspace = Workspace::new(&network, 4);
//! let mut gradient = vec![0.0_f32; network.parameter_count()];
//! network.load(&mut workspace, &inputs, &targets, &[0, 1, 2, 3]);
//! let loss = Loss::BinaryCrossEntropy;
//! let before = network.loss_and_gradient(&parameters, loss, &mut workspace, &mut gradient);
//! for _ in 0..1000 {
//!     network.loss_and_gradient(&parameters, loss, &mut workspace, &mut gradient);
//!     for (parameter, slope) in parameters.iter_mut().zip(&gradient) {
//!         *parameter -= 2.0 * slope;
//!     }
//! }
//! network.forward(&parameters, &mut workspace);
//! assert!(network.loss(loss, &workspace) < 0.1 * before);
//! # Ok::<(), netsmith::nn::NetworkError>(())
//! ```
#![expect(
    clippy::inline_always,
    reason = "code is compiled for the machine's vector instructions only where it is inlined"
)]

mod activation;
mod backward;
mod curvature;
mod few_samples;
mod forward;
mod gauss_newton_matrix;
mod head;
mod initialization;
mod input_gradient;
mod kernels;
mod layout;
mod load;
mod loss;
mod network;
mod number;
mod output;
mod real;
mod shape;
mod small;
mod workspace;

pub use activation::Activation;
pub use few_samples::GradientRows;
pub use initialization::Initialization;
pub use loss::Loss;
pub use network::{Dense, DenseActivation, Layer, Network};
pub use output::OutputActivation;
pub use real::Real;
pub use shape::{LayerShape, MAX_PARAMETERS, NetworkError, NetworkShape};
pub use workspace::Workspace;

pub use crate::threads::Threads;
