//! The matrix of a Newton step, B + λI, as something a linear solver can multiply with.
//!
//! B is the Hessian or the Gauss–Newton matrix of the loss at θ. Parameters are f32 and solvers
//! compute in f64; this file is the bridge.

use super::super::objective::Objective;
use crate::krylov::LinearOperator;

/// B + λI at a fixed point.
pub(super) struct DampedCurvature<'a> {
    pub objective: &'a mut dyn Objective,
    /// θ.
    pub point: &'a [f32],
    /// Whether B is the Hessian; otherwise it is the Gauss–Newton matrix.
    pub hessian: bool,
    /// λ.
    pub damping: f64,
    /// The vector and its product in f32; kept so that a product allocates nothing.
    pub scratch: &'a mut [Vec<f32>; 2],
}

impl LinearOperator for DampedCurvature<'_> {
    fn dimension(&self) -> usize {
        self.point.len()
    }

    /// The vector is brought to length 1 for the product and the result back to size, since
    /// vectors of a solver can be too short or too long for f32.
    fn apply(&mut self, v: &[f64], out: &mut [f64]) {
        let size = v.iter().map(|v| v * v).sum::<f64>().sqrt();
        if size == 0.0 {
            out.fill(0.0);
            return;
        }
        let [vector, product] = &mut *self.scratch;
        for (narrow, v) in vector.iter_mut().zip(v) {
            *narrow = (v / size) as f32;
        }
        if self.hessian {
            self.objective.hessian_vector(self.point, vector, product);
        } else {
            self.objective.gauss_newton_vector(self.point, vector, product);
        }
        for (out, (&product, v)) in out.iter_mut().zip(product.iter().zip(v)) {
            *out = f64::from(product) * size + self.damping * v;
        }
    }
}
