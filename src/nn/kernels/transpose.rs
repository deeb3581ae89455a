//! Turning rows into columns.
//!
//! A square of 16 × 16 numbers (or 8 × 8, 4 × 4: as many as a vector holds) is turned in registers,
//! in four steps. Seen as four squares of half the side, its transpose is
//!
//! ```text
//!     ⎛ A  B ⎞ᵀ   ⎛ Aᵀ  Cᵀ ⎞
//!     ⎝ C  D ⎠  = ⎝ Bᵀ  Dᵀ ⎠
//! ```
//!
//! so once the quarters are turned, only B and C have to change places. The quarters are turned in
//! the same way, and so on down to squares of four single numbers, with which the first step begins
//! (Eklundh 1972). Each step is two rotations and two selections for two rows.

use pulp::{Simd, WithSimd};

/// The distance between two rows of `count` numbers that are written one column at a time: whole
/// vectors, and an odd number of them. With an even number, a column's places would share a few
/// sets of the cache and push each other out.
pub(in crate::nn) const fn sample_stride(count: usize) -> usize {
    (count.div_ceil(super::LANES) | 1) * super::LANES
}

/// Writes `from` ([rows, columns], rows `from_stride` apart) transposed into `to` ([columns,
/// rows], rows `to_stride` apart), number by number.
///
/// Four rows are read side by side, whose numbers become neighbours and are written together.
#[inline(always)]
pub(super) fn transpose<T: Copy>(
    from: &[T],
    from_stride: usize,
    [rows, columns]: [usize; 2],
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

/// The same square by square, where rows and columns are as long as a vector.
#[inline(always)]
pub(super) fn transpose_squares<S: Simd>(
    simd: S,
    from: &[f32],
    from_stride: usize,
    size: [usize; 2],
    to: &mut [f32],
    to_stride: usize,
) {
    if S::F32_LANES < 4 || size[0].min(size[1]) < S::F32_LANES {
        return transpose(from, from_stride, size, to, to_stride);
    }
    // A function of its own, compiled once and not in each place that turns something.
    simd.vectorize(Call(&mut Squares { from, from_stride, size, to, to_stride }));
}

struct Call<'a, 'b>(&'b mut Squares<'a>);

impl WithSimd for Call<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::F32_LANES {
            16 => self.0.all::<S, 16>(simd),
            8 => self.0.all::<S, 8>(simd),
            _ => self.0.all::<S, 4>(simd),
        }
    }
}

struct Squares<'a> {
    from: &'a [f32],
    from_stride: usize,
    size: [usize; 2],
    to: &'a mut [f32],
    to_stride: usize,
}

impl Squares<'_> {
    /// Turns all squares of side `L`, the lanes of a vector: `L` rows at a time, read side by side.
    /// The last squares overlap with those before, so that they are whole.
    #[inline(always)]
    fn all<S: Simd, const L: usize>(&mut self, simd: S) {
        let [rows, columns] = self.size;
        let starts = |count: usize| (0..count).step_by(L).map(move |start| start.min(count - L));
        for row in starts(rows) {
            let from: [&[f32]; L] = std::array::from_fn(
                #[inline(always)]
                |below| &self.from[(row + below) * self.from_stride..][..columns],
            );
            for column in starts(columns) {
                let square = std::array::from_fn(
                    #[inline(always)]
                    |below| S::as_simd_f32s(&from[below][column..][..L]).0[0],
                );
                let to = &mut self.to[column * self.to_stride..][..L * self.to_stride];
                let to = to.chunks_exact_mut(self.to_stride);
                for (to, turned) in to.zip(turn::<S, L>(simd, square)) {
                    S::as_mut_simd_f32s(&mut to[row..][..L]).0[0] = turned;
                }
            }
        }
    }
}

/// Turns one square.
#[inline(always)]
fn turn<S: Simd, const L: usize>(simd: S, mut square: [S::f32s; L]) -> [S::f32s; L] {
    exchange::<S, L, 1>(simd, &mut square);
    exchange::<S, L, 2>(simd, &mut square);
    exchange::<S, L, 4>(simd, &mut square);
    exchange::<S, L, 8>(simd, &mut square);
    square
}

/// For each column, whether it is in the left or the right half of a square of twice the side `half`.
const fn side_of_each<T: Copy, const L: usize>(half: usize, left: T, right: T) -> [T; L] {
    let mut sides = [left; L];
    let mut column = 0;
    while column < L {
        if column & half != 0 {
            sides[column] = right;
        }
        column += 1;
    }
    sides
}

/// Exchanges the upper right and the lower left quarter of all squares of twice the side `HALF`.
/// All sizes are constants, so that the square stays in registers.
#[inline(always)]
fn exchange<S: Simd, const L: usize, const HALF: usize>(simd: S, square: &mut [S::f32s; L]) {
    if HALF >= L {
        return;
    }
    let is_left = is_left::<S, L, HALF>(simd);
    for upper in 0..L {
        if upper & HALF == 0 {
            let (a, b) = (square[upper], square[upper + HALF]);
            square[upper] = simd.select_f32s(is_left, a, simd.rotate_right_f32s(b, HALF));
            square[upper + HALF] = simd.select_f32s(is_left, simd.rotate_left_f32s(a, HALF), b);
        }
    }
}

/// Which columns are in the left half of a square of twice the side `HALF`.
#[inline(always)]
pub(super) fn is_left<S: Simd, const L: usize, const HALF: usize>(simd: S) -> S::m32s {
    // The same mask in two ways. From integers the compiler learns at once what is in it, and finds
    // instructions that rotate two vectors and select from them: 24 turn a square of 8. With vectors
    // of 16, one instruction rotates and selects by a mask: 64 turn a square, as long as the compiler
    // does not look into it.
    if L == 16 {
        let sides: [f32; L] = const { side_of_each(HALF, -1.0, 1.0) };
        simd.less_than_f32s(S::as_simd_f32s(&sides).0[0], simd.splat_f32s(0.0))
    } else {
        let sides: [u32; L] = const { side_of_each(HALF, 0, 1) };
        simd.equal_u32s(S::as_simd_u32s(&sides).0[0], simd.splat_u32s(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulp::Arch;

    struct Check;

    impl WithSimd for Check {
        type Output = ();

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) {
            for (rows, columns) in [(5, 35), (8, 1), (19, 16), (4, 4), (37, 50)] {
                let (from_stride, to_stride) = (64, 48);
                let from: Vec<f32> = (0..rows * from_stride).map(|value| value as f32).collect();
                let mut to = vec![-1.0; columns * to_stride];
                transpose_squares(simd, &from, from_stride, [rows, columns], &mut to, to_stride);
                for (place, &value) in to.iter().enumerate() {
                    let (column, row) = (place / to_stride, place % to_stride);
                    let expected = if row < rows { from[row * from_stride + column] } else { -1.0 };
                    assert_eq!(value, expected, "{rows} × {columns}");
                }
            }
        }
    }

    #[test]
    fn swaps_rows_and_columns() {
        Simd::vectorize(pulp::Scalar::new(), Check);
        // Vectors of every width in plain code: no machine has them all.
        Simd::vectorize(pulp::Scalar128b, Check);
        Simd::vectorize(pulp::Scalar256b, Check);
        Simd::vectorize(pulp::Scalar512b, Check);
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            Simd::vectorize(simd, Check);
        }
        Arch::new().dispatch(Check);
    }
}
