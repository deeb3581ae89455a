//! A buffer that starts on a cache line, so that no vector straddles two of them.

use std::ops::{Deref, DerefMut};

/// The size of a cache line, and of the widest vector, in bytes.
const LINE: usize = 64;

/// A fixed number of values, the first of them on a cache line.
///
/// Works without `unsafe` by allocating a little more and starting a little later.
#[derive(Debug)]
pub(in crate::nn) struct Aligned<T> {
    /// Ends where the values end.
    storage: Vec<T>,
    start: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// `length` zeros.
    pub(in crate::nn) fn zeros(length: usize) -> Self {
        let slack = LINE / size_of::<T>().max(1);
        let mut storage = vec![T::default(); length + slack];
        // `align_offset` may decline to answer; an unaligned buffer is only slower.
        let start = storage.as_ptr().align_offset(LINE);
        let start = if start <= slack { start } else { 0 };
        storage.truncate(start + length);
        Self { storage, start }
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.storage[self.start..]
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.storage[self.start..]
    }
}

impl<T: Copy + Default> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.len());
        copy.copy_from_slice(self);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_on_a_cache_line_also_as_a_clone() {
        for length in [0, 1, 100, 10_000] {
            let mut buffer = Aligned::<f32>::zeros(length);
            assert_eq!(buffer.len(), length);
            assert_eq!(buffer.as_ptr() as usize % LINE, 0);
            buffer.fill(2.0);
            let copy = buffer.clone();
            assert_eq!(copy.as_ptr() as usize % LINE, 0);
            assert_eq!(*copy, *buffer);
        }
    }
}
