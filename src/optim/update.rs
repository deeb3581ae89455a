//! The update of all parameters by a [`Rule`], quickly: with vector instructions, by several threads
//! if there are many, and with a gradient that is written down or one that is asked for in parts.
#![expect(
    clippy::inline_always,
    reason = "only code inlined into `dispatch` is compiled for this machine's instructions"
)]

use super::first_order::Rule;
use super::objective::{GradientParts, Rows};
use crate::threads::Threads;

/// Applies the rule to every parameter; the [gathered](Threads::gathered) threads share many of
/// them. No parameter's update depends on another's, so nor does it on who computes it.
pub(super) fn update_all<R: Rule<N>, const N: usize>(arch: pulp::Arch, rule: R, all: Part<'_, N>) {
    let update = |part: Part<'_, N>| match part.gradient {
        Gradient::Written(gradient) => {
            update_written(arch, rule, gradient, part.memory, part.parameters);
        }
        Gradient::Parts { parts, first } => {
            update_in_parts(arch, rule, parts, first, part.memory, part.parameters);
        }
    };
    if all.parameters.len() < 2 * PART {
        update(all);
    } else {
        Threads::gathered().for_each(Parts { rest: all }, update);
    }
}

/// Writes a gradient in parts down; the gathered threads share a long one.
pub(super) fn write_all(parts: &dyn GradientParts, parameters: &[f32], gradient: &mut [f32]) {
    if gradient.len() < 2 * PART {
        return parts.write(0, parameters, gradient);
    }
    let pieces = parameters.chunks(PART).zip(gradient.chunks_mut(PART)).enumerate();
    Threads::gathered().for_each(pieces, |(piece, (parameters, gradient))| {
        parts.write(piece * PART, parameters, gradient);
    });
}

/// Parameters that a thread updates at once: all their vectors together fit the cache next to a
/// core, and take long compared with handing over a part.
pub(super) const PART: usize = 1 << 13;

/// Numbers of a gradient in parts that are written at a time: so few that they stay in the cache
/// until they are used.
pub(super) const WRITTEN: usize = 1 << 10;

/// Such numbers, the first of them on a cache line.
#[repr(align(64))]
struct Written([f32; WRITTEN]);

/// Where a part's gradient is.
#[derive(Clone, Copy)]
pub(super) enum Gradient<'a> {
    Written(&'a [f32]),
    /// Nowhere yet: it begins with the one of parameter number `first`.
    Parts {
        parts: &'a dyn GradientParts,
        first: usize,
    },
}

impl Gradient<'_> {
    /// Before and from the place `at` of the part on.
    fn split_at(self, at: usize) -> (Self, Self) {
        match self {
            Self::Written(gradient) => {
                let (before, after) = gradient.split_at(at);
                (Self::Written(before), Self::Written(after))
            }
            Self::Parts { parts, first } => (self, Self::Parts { parts, first: first + at }),
        }
    }
}

/// The same part of all vectors.
pub(super) struct Part<'a, const N: usize> {
    pub(super) gradient: Gradient<'a>,
    pub(super) memory: [&'a mut [f32]; N],
    pub(super) parameters: &'a mut [f32],
}

/// All vectors, handed out part by part from both ends.
struct Parts<'a, const N: usize> {
    rest: Part<'a, N>,
}

impl<'a, const N: usize> Parts<'a, N> {
    /// Takes the elements before `end` out of every vector.
    fn take_front(&mut self, end: usize) -> Option<Part<'a, N>> {
        let Part { gradient, memory, parameters } = &mut self.rest;
        let (before, after) = gradient.split_at(end);
        *gradient = after;
        Some(Part {
            gradient: before,
            memory: memory.each_mut().map(|m| m.split_off_mut(..end).unwrap_or_default()),
            parameters: parameters.split_off_mut(..end)?,
        })
    }

    /// Takes the elements from `begin` on out of every vector.
    fn take_back(&mut self, begin: usize) -> Option<Part<'a, N>> {
        let Part { gradient, memory, parameters } = &mut self.rest;
        let (before, after) = gradient.split_at(begin);
        *gradient = before;
        Some(Part {
            gradient: after,
            memory: memory.each_mut().map(|m| m.split_off_mut(begin..).unwrap_or_default()),
            parameters: parameters.split_off_mut(begin..)?,
        })
    }
}

impl<'a, const N: usize> Iterator for Parts<'a, N> {
    type Item = Part<'a, N>;

    fn next(&mut self) -> Option<Part<'a, N>> {
        let left = self.rest.parameters.len();
        if left == 0 { None } else { self.take_front(left.min(PART)) }
    }
}

impl<const N: usize> DoubleEndedIterator for Parts<'_, N> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let left = self.rest.parameters.len();
        if left == 0 { None } else { self.take_back(left.saturating_sub(PART)) }
    }
}

/// Applies the rule to a part of the parameters, whose gradient is written down.
fn update_written<R: Rule<N>, const N: usize>(
    arch: pulp::Arch,
    rule: R,
    gradient: &[f32],
    memory: [&mut [f32]; N],
    parameters: &mut [f32],
) {
    arch.dispatch(
        #[inline(always)]
        || {
            // A known length lets the compiler drop the bounds checks in the loop.
            let gradient = &gradient[..parameters.len()];
            update_each(rule, |i| gradient[i], memory, parameters);
        },
    );
}

/// Applies the rule to a part of the parameters, from number `first` on, whose gradient is asked for
/// little by little.
fn update_in_parts<R: Rule<N>, const N: usize>(
    arch: pulp::Arch,
    rule: R,
    parts: &dyn GradientParts,
    mut first: usize,
    mut memory: [&mut [f32]; N],
    mut parameters: &mut [f32],
) {
    let mut gradient = Written([0.0; WRITTEN]);
    while !parameters.is_empty() {
        let rows = parts.rows(first);
        let count = parameters.len().min(rows.map_or(WRITTEN, |rows| rows.len()));
        let (piece, rest) = parameters.split_at_mut(count);
        let remembered = memory.each_mut().map(|m| m.split_off_mut(..count).unwrap_or_default());
        if let Some(rows) = rows {
            arch.dispatch(
                #[inline(always)]
                || update_rows(rule, rows, remembered, piece),
            );
        } else {
            let gradient = &mut gradient.0[..count];
            parts.write(first, piece, gradient);
            update_written(arch, rule, gradient, remembered, piece);
        }
        (first, parameters) = (first + count, rest);
    }
}

/// Applies the rule to parameters whose gradient is rows.
#[inline(always)]
fn update_rows<R: Rule<N>, const N: usize>(
    rule: R,
    rows: Rows<'_>,
    mut memory: [&mut [f32]; N],
    mut parameters: &mut [f32],
) {
    let mut skipped = rows.skipped;
    for &factor in rows.factors {
        let vector = rows.vector.get(skipped..).unwrap_or_default();
        skipped = 0;
        let (row, rest) = parameters.split_at_mut(vector.len().min(parameters.len()));
        let vector = &vector[..row.len()];
        let remembered =
            memory.each_mut().map(|m| m.split_off_mut(..row.len()).unwrap_or_default());
        update_each(rule, |i| factor * vector[i], remembered, row);
        parameters = rest;
    }
}

/// Applies the rule to each parameter, given its gradient.
///
/// The rule is passed by value: were it behind a reference, the compiler would have to assume that
/// writing a parameter might change it, and could not use vector instructions for every rule.
#[inline(always)]
fn update_each<R: Rule<N>, const N: usize>(
    rule: R,
    gradient: impl Fn(usize) -> f32,
    memory: [&mut [f32]; N],
    parameters: &mut [f32],
) {
    let n = parameters.len();
    // Vectors of one length, which the compiler knows, so that it checks no bounds in the loop. (It
    // loses sight of it in a `map`.)
    let mut memory = memory;
    for vector in &mut memory {
        *vector = &mut std::mem::take(vector)[..n];
    }
    for i in 0..n {
        let remembered = memory.each_ref().map(|vector| vector[i]);
        let (remembered, value) = rule.update(gradient(i), remembered, parameters[i]);
        parameters[i] = value;
        for (vector, value) in memory.iter_mut().zip(remembered) {
            vector[i] = value;
        }
    }
}
