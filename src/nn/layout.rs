//! How the rows of a batch lie in memory.

use super::kernels::{padded, sample_stride};

/// Rows of at least so many samples lie an odd number of vectors apart. In smaller batches the
/// cache holds what a product reads of them either way. Measured.
const APART_FROM: usize = 256;

/// How the rows of a batch lie in memory: one for each feature, one column for each sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The samples, padded to whole vectors: the columns that products compute. Never 0.
    pub(super) columns: usize,
    /// The distance between two rows, at least as many.
    ///
    /// A product reads a few vectors of every row. If the distance is a power of two, they share a
    /// few sets of the cache and push each other out: large batches have one vector more.
    pub(super) width: usize,
}

impl Layout {
    /// The layout of a batch of so many samples.
    pub(super) fn of(batch: usize) -> Self {
        let columns = padded(batch.max(1));
        let width = if columns < APART_FROM { columns } else { sample_stride(columns) };
        Self { columns, width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_the_batch_and_those_of_large_batches_lie_an_odd_number_of_vectors_apart() {
        let mut before = 0;
        for batch in 0..2_000 {
            let Layout { columns, width } = Layout::of(batch);
            assert!(batch.max(1) <= columns && columns <= width, "{batch}");
            assert!(columns < batch.max(1) + 16 && width <= columns + 16, "{batch}");
            assert!(batch < APART_FROM || width / 16 % 2 == 1, "{batch}");
            // What holds a batch holds any smaller one.
            assert!(before <= width, "{batch}");
            before = width;
        }
    }
}
