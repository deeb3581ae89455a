//! Algebra on parameter vectors: stored in f32, summed in f64.
//!
//! A dot product of a million f32 products loses half of its digits when it is summed in f32, and
//! methods that look at curvature live on differences of such sums. Knows no method.

/// xᵀy.
pub(super) fn dot(x: &[f32], y: &[f32]) -> f64 {
    // Four sums side by side: as exact as one, and the processor need not wait for each addition.
    let mut sums = [0.0_f64; 4];
    let (x_fours, x_rest) = x.as_chunks::<4>();
    let (y_fours, y_rest) = y.as_chunks::<4>();
    for (x, y) in x_fours.iter().zip(y_fours) {
        for (sum, (&x, &y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += f64::from(x) * f64::from(y);
        }
    }
    let rest = x_rest.iter().zip(y_rest).map(|(&x, &y)| f64::from(x) * f64::from(y));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

/// The Euclidean length |x|.
pub(super) fn norm(x: &[f32]) -> f64 {
    dot(x, x).sqrt()
}

/// The Euclidean distance |x − y|.
pub(super) fn distance(x: &[f32], y: &[f32]) -> f64 {
    x.iter().zip(y).map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum::<f64>().sqrt()
}

/// Whether every element is a number.
pub(super) fn is_finite(x: &[f32]) -> bool {
    x.iter().all(|x| x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_lose_small_terms() {
        let mut x = vec![1.0_f32; 7];
        x[0] = 1e10;
        // 1e20 + 6 needs more digits than f32 has, 1e10·1 + 6 fits f64.
        assert_eq!(dot(&x, &[1.0; 7]), 1e10 + 6.0);
        assert_eq!(norm(&[3.0, 0.0, 0.0, 0.0, 4.0]), 5.0);
        assert_eq!(distance(&[1.0, 2.0], &[4.0, 6.0]), 5.0);
        assert!(norm(&[f32::MAX, f32::MAX]).is_finite());
        assert!(!is_finite(&[0.0, f32::NAN]));
    }
}
