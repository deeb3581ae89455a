//! Training methods: ways to change the parameters so that the loss falls.
//!
//! Owns the [`Objective`] a method works on, the [`Optimizer`] trait, one file per method with its
//! page ([`Method`]), the list of all of them ([`METHODS`]), and the learning-rate [`Schedule`]s.
//! Must not know networks, data, the training loop or the window: a method sees a function of a
//! flat vector and nothing else.
//!
//! Updates and defaults are those of the library `PyTorch` (“torch” in the comments here) wherever
//! it has the method, so that results can be compared.
//!
//! A new method is one new file here, its `mod` line, and one line in [`METHODS`]; lists, options,
//! tooltips and the tests over all methods follow from its page.
//!
//! ```
//! use netsmith::optim::{self, Evaluations, Objective, Settings, StepContext};
//! use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//!
//! /// A bowl: L(p) = Σ p², with its lowest point at zero.
//! struct Bowl(Evaluations);
//!
//! impl Objective for Bowl {
//!     fn dimension(&self) -> usize { 2 }
//!     fn loss(&mut self, p: &[f32]) -> f32 {
//!         self.0.losses += 1;
//!         p.iter().map(|x| x * x).sum()
//!     }
//!     fn loss_and_gradient(&mut self, p: &[f32], g: &mut [f32]) -> f32 {
//!         self.0.gradients += 1;
//!         for (g, x) in g.iter_mut().zip(p) { *g = 2.0 * x; }
//!         p.iter().map(|x| x * x).sum()
//!     }
//!     fn hessian_vector(&mut self, _p: &[f32], v: &[f32], out: &mut [f32]) {
//!         self.0.curvature_products += 1;
//!         for (out, v) in out.iter_mut().zip(v) { *out = 2.0 * v; }
//!     }
//!     fn gauss_newton_vector(&mut self, p: &[f32], v: &[f32], out: &mut [f32]) {
//!         self.hessian_vector(p, v, out);
//!     }
//!     fn evaluations(&self) -> Evaluations { self.0 }
//! }
//!
//! let adam = optim::method("adam").ok_or("no such method")?;
//! let mut optimizer = (adam.build)(&Settings::new(), 2);
//! let mut bowl = Bowl(Evaluations::default());
//! let mut rng = ChaCha8Rng::seed_from_u64(1);
//! let mut parameters = [3.0, -2.0];
//! for _ in 0..200 {
//!     let mut context = StepContext {
//!         learning_rate: 0.1,
//!         rng: &mut rng,
//!         same_objective: true,
//!         observe: false,
//!         watch: [0, 1],
//!     };
//!     optimizer.step(&mut bowl, &mut parameters, &mut context);
//! }
//! assert!(bowl.loss(&parameters) < 1e-3);
//! assert_eq!(bowl.evaluations().gradients, 200);
//! # Ok::<(), &str>(())
//! ```

mod cholesky;
pub mod detail;
mod direction;
mod ending;
mod first_order;
mod line_method;
mod line_search;
mod memory;
pub mod method;
mod newton;
pub mod objective;
pub mod optimizer;
pub mod schedule;
pub mod schedule_page;
mod search;
mod search_memory;
mod update;
mod vector;
mod words;

pub mod adadelta;
pub mod adagrad;
pub mod adam;
pub mod adamw;
pub mod amsgrad;
pub mod annealing;
pub mod cma_es;
pub mod evolution;
pub mod gd;
pub mod lbfgs;
pub mod levenberg_marquardt;
pub mod lion;
pub mod momentum;
pub mod nadam;
pub mod nesterov;
pub mod newton_bicg;
pub mod newton_bicgstab;
pub mod newton_cg;
pub mod newton_gmres;
pub mod newton_minres;
pub mod nonlinear_cg;
pub mod random_search;
pub mod rmsprop;
pub mod rprop;
pub mod sgd;
pub mod solis_wets;

pub use detail::{Candidate, Halt, HaltKind, Picture, Quantity, StepDetail};
pub use method::{BatchUse, Choice, Family, Method, OFF_ON, Setting, SettingError, Settings};
pub use objective::{Evaluations, GradientParts, Objective, Rows};
pub use optimizer::{
    Moved, Observed, Optimizer, OptimizerError, OptimizerState, StepContext, StepReport,
};
pub use schedule::{Progress, Schedule};

/// Every training method, in the order of the lists.
pub static METHODS: &[&Method] = &[
    &gd::METHOD,
    &sgd::METHOD,
    &momentum::METHOD,
    &nesterov::METHOD,
    &adagrad::METHOD,
    &adadelta::METHOD,
    &rmsprop::METHOD,
    &adam::METHOD,
    &amsgrad::METHOD,
    &adamw::METHOD,
    &nadam::METHOD,
    &lion::METHOD,
    &rprop::METHOD,
    &lbfgs::METHOD,
    &nonlinear_cg::METHOD,
    &levenberg_marquardt::METHOD,
    &newton_cg::METHOD,
    &newton_minres::METHOD,
    &newton_gmres::METHOD,
    &newton_bicg::METHOD,
    &newton_bicgstab::METHOD,
    &random_search::METHOD,
    &solis_wets::METHOD,
    &annealing::METHOD,
    &cma_es::METHOD,
    &evolution::METHOD,
];

/// The method with this id, if there is one.
///
/// ```
/// use netsmith::optim::method;
/// assert_eq!(method("adam").map(|m| m.name), Some("Adam"));
/// assert!(method("magic").is_none());
/// ```
pub fn method(id: &str) -> Option<&'static Method> {
    METHODS.iter().copied().find(|method| method.id == id)
}
