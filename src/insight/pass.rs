//! Forward passes over many rows, in chunks, with the buffers kept.

use crate::nn::{Network, Workspace};

/// Rows passed at a time.
const CHUNK: usize = 256;

/// Passes rows through networks of one shape.
#[derive(Debug)]
pub struct Pass {
    workspace: Workspace<f32>,
}

impl Pass {
    /// Buffers for this network.
    pub fn new(network: &Network) -> Self {
        Self { workspace: Workspace::new(network, CHUNK) }
    }

    /// Passes all rows of `inputs` (`[rows, inputs]`, row-major) and hands each chunk's workspace
    /// to `visit`, with the number of its first row.
    pub fn run(
        &mut self,
        network: &Network,
        parameters: &[f32],
        inputs: &[f32],
        mut visit: impl FnMut(usize, &Workspace<f32>),
    ) {
        let rows = inputs.len() / network.inputs().max(1);
        network.clear_dropout(&mut self.workspace);
        for first in (0..rows).step_by(CHUNK) {
            let last = (first + CHUNK).min(rows);
            network.load_inputs(&mut self.workspace, inputs, first..last);
            network.forward(parameters, &mut self.workspace);
            visit(first, &self.workspace);
        }
    }
}
