//! The few operations on vectors that the solvers are made of.
//!
//! Owns inner products, norms and sums of plain slices; knows nothing of matrices or solvers. All
//! vectors of one call have the same length; what a shorter one lacks is left out.

/// Partial sums of an inner product: enough for the processor to add several at once.
const LANES: usize = 8;

/// u·v = Σ uᵢ·vᵢ.
///
/// Summed in [`LANES`] interleaved partial sums, always in the same order, so that the bits do not
/// depend on the machine.
pub(super) fn dot(u: &[f64], v: &[f64]) -> f64 {
    let (heads, tail) = u.as_chunks::<LANES>();
    let (others, other_tail) = v.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (head, other) in heads.iter().zip(others) {
        for ((sum, a), b) in sums.iter_mut().zip(head).zip(other) {
            *sum += a * b;
        }
    }
    let rest: f64 = tail.iter().zip(other_tail).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// |v| = √(v·v), also where the squares are too large or too small for a number.
pub(super) fn norm(v: &[f64]) -> f64 {
    let square = dot(v, v);
    if square.is_normal() {
        return square.sqrt();
    }
    let largest = v.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 || !is_finite(v) {
        // Zero, or NaN and infinity, which `max` may have passed over.
        return square.sqrt();
    }
    let sum: f64 = v.iter().map(|value| (value / largest).powi(2)).sum();
    largest * sum.sqrt()
}

/// v ← v + a·u.
pub(super) fn add(v: &mut [f64], a: f64, u: &[f64]) {
    for (v, u) in v.iter_mut().zip(u) {
        *v += a * u;
    }
}

/// v ← u + a·v.
pub(super) fn scale_and_add(v: &mut [f64], a: f64, u: &[f64]) {
    for (v, u) in v.iter_mut().zip(u) {
        *v = u + a * *v;
    }
}

/// v ← a·u.
pub(super) fn set_scaled(v: &mut [f64], a: f64, u: &[f64]) {
    for (v, u) in v.iter_mut().zip(u) {
        *v = a * u;
    }
}

/// v ← a·v.
pub(super) fn scale(v: &mut [f64], a: f64) {
    for v in v {
        *v *= a;
    }
}

/// Whether no value is NaN or infinite.
pub(super) fn is_finite(v: &[f64]) -> bool {
    v.iter().all(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_counts_every_element_once() {
        let u: Vec<f64> = (1..=19).map(f64::from).collect();
        assert_eq!(dot(&u, &[1.0; 19]), 190.0);
        assert_eq!(dot(&u, &u), 2470.0);
        assert_eq!(dot(&[], &[]), 0.0);
    }

    #[test]
    fn norms_survive_huge_and_tiny_numbers() {
        assert_eq!(norm(&[3.0, -4.0]), 5.0);
        assert!((norm(&[3e200, -4e200]) / 5e200 - 1.0).abs() < 1e-15);
        assert!((norm(&[3e-200, -4e-200]) / 5e-200 - 1.0).abs() < 1e-15);
        assert_eq!(norm(&[0.0, -0.0]), 0.0);
        assert!(norm(&[0.0, f64::NAN]).is_nan());
        assert_eq!(norm(&[1.0, f64::NEG_INFINITY]), f64::INFINITY);
    }

    #[test]
    fn sums_are_as_their_formulas_say() {
        let mut v = [1.0, 2.0];
        add(&mut v, 2.0, &[10.0, 20.0]);
        assert_eq!(v, [21.0, 42.0]);
        scale_and_add(&mut v, 0.5, &[1.0, 1.0]);
        assert_eq!(v, [11.5, 22.0]);
        set_scaled(&mut v, -1.0, &[1.0, 2.0]);
        assert_eq!(v, [-1.0, -2.0]);
        scale(&mut v, 3.0);
        assert_eq!(v, [-3.0, -6.0]);
    }
}
