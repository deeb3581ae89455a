//! The sums of many vectors, a square of them at a time.
//!
//! To add up the numbers of one vector takes about seven instructions. Of two vectors, the left and
//! the right halves of all pairs can be added at once:
//!
//! ```text
//!     a = (a₀ a₁ a₂ a₃)
//!     b = (b₀ b₁ b₂ b₃)   →   (a₀+a₁  b₀+b₁  a₂+a₃  b₂+b₃)
//! ```
//!
//! and then of two such results, with halves of two numbers, and so on, until the square is one
//! vector: that of the sums of its rows. The exchange of halves is the one of `transpose.rs`.

use pulp::Simd;

use super::transpose::is_left;

/// The sum of the numbers in each of the first vectors, as many as `out` asks for. There must be as
/// many vectors, rounded up to whole squares.
#[inline(always)]
pub(super) fn sums<S: Simd>(simd: S, vectors: &[S::f32s], out: &mut [f32]) {
    match S::F32_LANES {
        16 => sums_by_squares::<S, 16>(simd, vectors, out),
        8 => sums_by_squares::<S, 8>(simd, vectors, out),
        4 => sums_by_squares::<S, 4>(simd, vectors, out),
        _ => {
            for (&vector, out) in vectors.iter().zip(out) {
                *out = simd.reduce_sum_f32s(vector);
            }
        }
    }
}

#[inline(always)]
fn sums_by_squares<S: Simd, const L: usize>(simd: S, vectors: &[S::f32s], out: &mut [f32]) {
    let (whole, rest) = S::as_mut_simd_f32s(out);
    let mut squares = vectors.as_chunks::<L>().0.iter();
    for (sums, square) in whole.iter_mut().zip(&mut squares) {
        *sums = sums_of_rows::<S, L>(simd, *square);
    }
    if let Some(square) = squares.next()
        && !rest.is_empty()
    {
        simd.partial_store_f32s(rest, sums_of_rows::<S, L>(simd, *square));
    }
}

/// The sum of each row of a square.
#[inline(always)]
fn sums_of_rows<S: Simd, const L: usize>(simd: S, mut square: [S::f32s; L]) -> S::f32s {
    fold::<S, L, 1>(simd, &mut square);
    fold::<S, L, 2>(simd, &mut square);
    fold::<S, L, 4>(simd, &mut square);
    fold::<S, L, 8>(simd, &mut square);
    square[0]
}

/// Adds left halves to right halves of `HALF` numbers, of two rows in one. The results are left in
/// every row of twice the number `HALF`.
#[inline(always)]
fn fold<S: Simd, const L: usize, const HALF: usize>(simd: S, square: &mut [S::f32s; L]) {
    if HALF >= L {
        return;
    }
    let is_left = is_left::<S, L, HALF>(simd);
    // Over all rows, so that the compiler knows each by its number and keeps it in a register.
    for row in 0..L {
        if row % (2 * HALF) == 0 {
            let (a, b) = (square[row], square[row + HALF]);
            let left = simd.select_f32s(is_left, a, simd.rotate_right_f32s(b, HALF));
            let right = simd.select_f32s(is_left, simd.rotate_left_f32s(a, HALF), b);
            square[row] = simd.add_f32s(left, right);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::nn::kernels::{Kernels, Pass, run_in_every_width};

    #[derive(Clone, Copy)]
    struct Check;

    impl Pass<f32> for Check {
        type Output = usize;

        #[inline(always)]
        fn run<K: Kernels<f32>>(self, kernels: K) -> usize {
            for count in [0, 1, 2, 7, 16, 19, 40] {
                let numbers: Vec<f32> = (0..48 * K::LANES).map(|i| (i * i % 37) as f32).collect();
                let mut out = vec![-1.0; count];
                kernels.sums(K::vectors(&numbers), &mut out);
                let expected: Vec<f32> =
                    numbers.chunks(K::LANES).take(count).map(|row| row.iter().sum()).collect();
                assert_eq!(out, expected, "{} lanes", K::LANES);
            }
            K::LANES
        }
    }

    #[test]
    fn adds_up_each_of_any_number_of_vectors() {
        let lanes = run_in_every_width(Check);
        assert_eq!(lanes[..3], [4, 8, 16]);
    }
}
