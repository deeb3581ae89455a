//! Loading a batch: from samples that lie anywhere in the data, one after the other, to one row for
//! each feature.

use std::ops::Range;

use super::kernels::{Kernels, Pass, is_narrow, sample_stride};
use super::network::Network;
use super::real::Real;
use super::workspace::Workspace;

/// Samples that a thread copies at a time.
const LOADED: usize = 8;

/// From so many numbers to the next, one is read to [ask memory](ask_for) for a sample.
const ASKED: usize = 256;

impl Network {
    /// Loads the samples `rows` as the batch of the next passes.
    ///
    /// `inputs` is [samples, inputs] and `targets` [samples, outputs], both row by row.
    ///
    /// # Panics
    /// If a row is outside `inputs` or `targets`.
    pub fn load<T: Real>(
        &self,
        workspace: &mut Workspace<T>,
        inputs: &[T],
        targets: &[T],
        rows: &[u32],
    ) {
        workspace.resize(self, rows.len());
        let row = |slot: usize| rows[slot] as usize;
        let width = workspace.layout.width;
        take(targets, self.outputs(), row, rows.len(), &mut workspace.targets, width);
        self.gather(workspace, inputs, row, rows.len());
    }

    /// Loads samples without answers, for prediction only: no loss, no gradient.
    ///
    /// # Panics
    /// If a row is outside `inputs` ([samples, inputs], row by row).
    pub fn load_inputs<T: Real>(
        &self,
        workspace: &mut Workspace<T>,
        inputs: &[T],
        rows: Range<usize>,
    ) {
        workspace.resize(self, rows.len());
        self.gather(workspace, inputs, |slot| rows.start + slot, rows.len());
    }

    /// Copies the inputs of `row(0)`, `row(1)`… as they are and, sooner or later, feature-major; if
    /// they are narrow, only the latter.
    #[inline(always)]
    fn gather<T: Real>(
        &self,
        workspace: &mut Workspace<T>,
        inputs: &[T],
        row: impl Fn(usize) -> usize + Sync,
        samples: usize,
    ) {
        let count = self.inputs();
        if is_narrow(count) {
            let width = workspace.layout.width;
            workspace.turned = true;
            return take(inputs, count, row, samples, &mut workspace.inputs, width);
        }
        let values = |slot: usize| &inputs[row(slot) * count..][..count];
        T::run(workspace.threads, Gather { count, workspace, values });
    }
}

/// Copies `samples` samples of `count` values, the one of `row(0)` first, into a row of `width`
/// numbers for each value.
#[inline(always)]
fn take<T: Real>(
    values: &[T],
    count: usize,
    row: impl Fn(usize) -> usize,
    samples: usize,
    to: &mut [T],
    width: usize,
) {
    match count {
        1 => take_few::<1, T>(values, row, samples, to, width),
        2 => take_few::<2, T>(values, row, samples, to, width),
        3 => take_few::<3, T>(values, row, samples, to, width),
        4 => take_few::<4, T>(values, row, samples, to, width),
        _ => {
            for (value, to) in to.chunks_exact_mut(width).take(count).enumerate() {
                for (slot, to) in to[..samples].iter_mut().enumerate() {
                    *to = values[row(slot) * count + value];
                }
            }
        }
    }
}

/// The same for a number of values that the compiler knows: each sample is looked up once.
#[inline(always)]
fn take_few<const N: usize, T: Real>(
    values: &[T],
    row: impl Fn(usize) -> usize,
    samples: usize,
    mut to: &mut [T],
    width: usize,
) {
    let mut rows: [&mut [T]; N] = std::array::from_fn(|_| {
        let (row, after) = std::mem::take(&mut to).split_at_mut(width);
        to = after;
        &mut row[..samples]
    });
    let (values, _) = values.as_chunks::<N>();
    for slot in 0..samples {
        for (to, &value) in rows.iter_mut().zip(&values[row(slot)]) {
            to[slot] = value;
        }
    }
}

/// Loads a batch of inputs.
struct Gather<'a, T: Real, Values> {
    /// The number of inputs.
    count: usize,
    workspace: &'a mut Workspace<T>,
    /// The inputs of one sample.
    values: Values,
}

impl<'v, T: Real, Values: Fn(usize) -> &'v [T] + Sync> Pass<T> for Gather<'_, T, Values> {
    type Output = ();

    #[inline(always)]
    fn run<K: Kernels<T>>(self, kernels: K) {
        let Self { count, workspace, values } = self;
        let stride = sample_stride(count);
        let Workspace { input_samples: samples, batch, .. } = &mut *workspace;
        let blocks = samples[..*batch * stride].chunks_mut(LOADED * stride).enumerate();
        let copy = |(block, samples): (usize, &mut [T])| {
            let values = |slot: usize| values(block * LOADED + slot);
            (0..samples.len() / stride).for_each(|slot| ask_for(values(slot)));
            for (slot, sample) in samples.chunks_exact_mut(stride).enumerate() {
                sample[..count].copy_from_slice(values(slot));
            }
        };
        if kernels.is_shared(*batch * count) {
            kernels.share(blocks, copy);
        } else {
            blocks.for_each(copy);
        }
        workspace.turned = false;
        if !workspace.has_few_samples() {
            turn_inputs(kernels, count, workspace);
        }
    }
}

/// Writes the inputs feature-major, if that has not been done since they were loaded: for a few
/// samples it is left until a pass wants them so.
#[inline(always)]
pub(super) fn turn_inputs<T: Real, K: Kernels<T>>(
    kernels: K,
    count: usize,
    workspace: &mut Workspace<T>,
) {
    if !std::mem::replace(&mut workspace.turned, true) {
        let Workspace { inputs, input_samples, batch, layout, .. } = workspace;
        let size = [*batch, count];
        kernels.transpose(input_samples, sample_stride(count), size, inputs, layout.width);
    }
}

/// Lets memory begin to fetch a sample, by reading a number here and there.
///
/// Samples lie anywhere in the data, and it takes long until memory answers; what lies behind, up to
/// the end of a page, then comes by itself. So all samples of a block are asked for at once.
fn ask_for<T: Real>(values: &[T]) {
    for &value in values.iter().step_by(ASKED) {
        std::hint::black_box(value);
    }
}
