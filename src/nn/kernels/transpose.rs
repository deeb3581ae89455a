//! Turning rows into columns.

use super::MANY;
use crate::threads::Threads;

/// The distance between two rows of `count` numbers that are written one column at a time: whole
/// vectors, and an odd number of them. With an even number, a column's places would share a few
/// sets of the cache and push each other out.
pub(in crate::nn) const fn sample_stride(count: usize) -> usize {
    (count.div_ceil(super::LANES) | 1) * super::LANES
}

/// Writes `from` ([rows, columns], rows `from_stride` apart) transposed into `to` ([columns,
/// rows], rows `to_stride` apart).
///
/// Four rows are read side by side, whose numbers become neighbours and are written together.
#[inline(always)]
pub(in crate::nn) fn transpose<T: Copy>(
    from: &[T],
    from_stride: usize,
    rows: usize,
    columns: usize,
    to: &mut [T],
    to_stride: usize,
) {
    let source = |row: usize| from[row * from_stride..][..columns].iter();
    let mut row = 0;
    while row + 4 <= rows {
        let four = source(row).zip(source(row + 1)).zip(source(row + 2)).zip(source(row + 3));
        for (column, (((&a, &b), &c), &d)) in four.enumerate() {
            to[column * to_stride + row..][..4].copy_from_slice(&[a, b, c, d]);
        }
        row += 4;
    }
    while row < rows {
        for (column, &value) in source(row).enumerate() {
            to[column * to_stride + row] = value;
        }
        row += 1;
    }
}

/// [`transpose`], with a large matrix shared between threads, each of which writes some of the rows
/// of `to`.
#[inline(always)]
pub(in crate::nn) fn transpose_on<T: Copy + Send + Sync>(
    threads: Threads,
    from: &[T],
    from_stride: usize,
    [rows, columns]: [usize; 2],
    to: &mut [T],
    to_stride: usize,
) {
    if threads == Threads::ONE || rows * columns < MANY {
        return transpose(from, from_stride, rows, columns, to, to_stride);
    }
    let count = columns.div_ceil(4 * threads.count()).next_multiple_of(super::LANES);
    let pieces = to[..columns * to_stride].chunks_mut(count * to_stride).enumerate();
    threads.for_each(pieces, |(index, to)| {
        let columns = to.len() / to_stride;
        transpose(&from[index * count..], from_stride, rows, columns, to, to_stride);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_rows_and_columns() {
        for (rows, columns) in [(5, 35), (8, 1), (19, 16)] {
            let (from_stride, to_stride) = (48, 32);
            let from: Vec<usize> = (0..rows * from_stride).collect();
            let mut to = vec![0; columns * to_stride];
            transpose(&from, from_stride, rows, columns, &mut to, to_stride);
            for row in 0..rows {
                for column in 0..columns {
                    assert_eq!(to[column * to_stride + row], from[row * from_stride + column]);
                }
            }
        }
    }
}
