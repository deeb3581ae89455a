//! Turning rows into columns, a block at a time.

use super::LANES;

/// Writes `from` ([rows, columns], rows `from_stride` apart) transposed into `to` ([columns,
/// rows], rows `to_stride` apart).
///
/// Works through the columns in blocks, so that the cache lines being written stay in the cache
/// until they are full.
#[inline(always)]
pub(in crate::nn) fn transpose<T: Copy>(
    from: &[T],
    from_stride: usize,
    rows: usize,
    columns: usize,
    to: &mut [T],
    to_stride: usize,
) {
    for block in (0..columns).step_by(LANES) {
        let end = (block + LANES).min(columns);
        for (row, values) in from.chunks(from_stride).take(rows).enumerate() {
            let targets = to[block * to_stride..].chunks_mut(to_stride);
            for (target, &value) in targets.zip(&values[block..end]) {
                target[row] = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_rows_and_columns() {
        let (rows, columns, from_stride, to_stride) = (5, 35, 48, 16);
        let from: Vec<usize> = (0..rows * from_stride).collect();
        let mut to = vec![0; columns * to_stride];
        transpose(&from, from_stride, rows, columns, &mut to, to_stride);
        for row in 0..rows {
            for column in 0..columns {
                assert_eq!(
                    to[column * to_stride + row],
                    from[row * from_stride + column]
                );
            }
        }
    }
}
