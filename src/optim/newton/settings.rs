//! What can be set on all Newton–Krylov methods.

use super::super::method::{Choice, OFF_ON, Setting};

/// Which matrix stands for the curvature. Methods differ in their default.
pub(in super::super) const fn curvature(default: f64) -> Setting {
    Setting {
        id: "curvature",
        name: "Curvature",
        default,
        min: 0.0,
        max: 1.0,
        logarithmic: false,
        choices: &[
            Choice { id: "gauss_newton", name: "Gauss–Newton G" },
            Choice { id: "hessian", name: "Hessian H" },
        ],
        help: "The matrix of the bowl that is fitted to the loss. H is exact but may curve \
               downwards, where a bowl has no bottom. G leaves out how the network itself bends; \
               it never curves downwards and is the safer choice.",
    }
}

/// λ at the start.
pub(in super::super) const DAMPING: Setting = Setting {
    id: "damping",
    name: "First damping λ₀",
    default: 0.01,
    min: 1e-8,
    max: 1e4,
    logarithmic: true,
    choices: &[],
    help: "λ is added to the curvature and keeps steps short where the bowl is not to be trusted. \
           It adapts itself: down after steps that kept their promise, up after those that did \
           not. Raise it when the first steps are rejected. Changed in the middle of a run, it is where λ \
           begins again.",
};

/// The relative residual at which the solver may stop.
pub(in super::super) const TOLERANCE: Setting = Setting {
    id: "tolerance",
    name: "Residual tolerance",
    default: 0.3,
    min: 1e-10,
    max: 0.9,
    logarithmic: true,
    choices: &[],
    help: "The solver stops when the residual of the linear system is this share of the gradient. \
           0.1 gives many cheap, inexact steps, 1e-6 few expensive ones.",
};

/// ε of Martens' test.
pub(in super::super) const PROGRESS: Setting = Setting {
    id: "progress",
    name: "Least progress ε",
    default: 5e-4,
    min: 0.0,
    max: 0.1,
    logarithmic: true,
    choices: &[],
    help: "Martens' test: the solver also stops when its last k iterations (k = 10, or a tenth of \
           all) lowered the bowl by less than the share k·ε of what was gained in all. 0 switches \
           the test off.",
};

/// The most iterations of the solver in a step.
pub(in super::super) const ITERATIONS: Setting = Setting {
    id: "inner_iterations",
    name: "Most inner iterations",
    default: 50.0,
    min: 1.0,
    max: 1000.0,
    logarithmic: true,
    choices: &[],
    help: "Each inner iteration costs a curvature product, about two gradients (for BiCG and \
           BiCGSTAB two products). Stopping early is no harm: a rough solution is a good step too.",
};

/// Whether to use a diagonal preconditioner.
pub(in super::super) const PRECONDITIONER: Setting = Setting {
    id: "preconditioner",
    name: "Preconditioner",
    default: 0.0,
    min: 0.0,
    max: 1.0,
    logarithmic: false,
    choices: OFF_ON,
    help: "Divides by a rough guess of each parameter's own curvature, (g² + λ) to the power 3/4, \
           where g is its slope (after Martens, who sums squared slopes of single samples). It \
           helps when parameters differ much in scale, and may hurt when they do not.",
};

/// Whether to begin where the last step's solver ended.
pub(in super::super) const WARM_START: Setting = Setting {
    id: "warm_start",
    name: "Warm start",
    default: 1.0,
    min: 0.0,
    max: 1.0,
    logarithmic: false,
    choices: OFF_ON,
    help: "Begins the solver at 0.95 times the last solution instead of at zero. Good when the \
           solver is cut short every time: it then goes on across steps. Costs one product more.",
};

/// m of GMRES(m).
pub(in super::super) const RESTART: Setting = Setting {
    id: "restart",
    name: "Restart after m",
    default: 20.0,
    min: 1.0,
    max: 200.0,
    logarithmic: true,
    choices: &[],
    help: "GMRES keeps a vector as long as the network for each iteration. After m of them it \
           forgets them and begins again from where it is, which saves memory and slows it down.",
};
