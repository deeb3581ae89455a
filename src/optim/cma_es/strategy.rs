//! The constants of CMA-ES, which follow from the number of parameters and of candidates.
//!
//! As in table 1 of N. Hansen, *The CMA Evolution Strategy: A Tutorial* (arXiv 1604.00772v2), with
//! its names. For the separable variant the rates c₁ and `c_μ` are (n+2)/3 times as large (Ros and
//! Hansen, 2008), because a diagonal has so many fewer numbers to learn.

/// λ = 4 + ⌊3·ln n⌋.
pub(super) fn default_population(n: usize) -> usize {
    4 + (3.0 * (n.max(1) as f64).ln()).floor() as usize
}

/// The constants.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Strategy {
    /// wᵢ for the candidates from the best to the worst: positive ones that add up to 1 for the
    /// better half, then negative ones.
    pub weights: Vec<f64>,
    /// μ, the number of positive weights.
    pub parents: usize,
    /// `μ_eff`, the number of candidates that the mean effectively averages.
    pub effective: f64,
    /// `c_σ` and `d_σ`: rate and damping of the step size.
    pub path_rate: f64,
    /// See [`path_rate`](Self::path_rate).
    pub damping: f64,
    /// `c_c`: rate of the evolution path.
    pub covariance_path_rate: f64,
    /// c₁: rate at which the covariance learns from the path.
    pub rank_one: f64,
    /// `c_μ`: rate at which it learns from the candidates.
    pub rank_mu: f64,
    /// E|N(0, I)|.
    pub expected_length: f64,
}

impl Strategy {
    /// For `n` ≥ 1 parameters and `population` ≥ 2 candidates.
    pub(super) fn new(n: usize, population: usize, separable: bool) -> Self {
        let n = n.max(1) as f64;
        let lambda = population.max(2);
        let raw: Vec<f64> = (1..=lambda)
            .map(|i| f64::midpoint(lambda as f64, 1.0).ln() - (i as f64).ln())
            .collect();
        let parents = raw.iter().filter(|&&w| w > 0.0).count();
        let (positive, negative) = raw.split_at(parents);
        let effective = effective(positive);
        let (c1, cmu) = rates(n, effective, separable);

        let limit = (1.0 + c1 / cmu)
            .min(1.0 + 2.0 * self::effective(negative) / (effective + 2.0))
            .min((1.0 - c1 - cmu) / (n * cmu));
        let (up, down) = (sum(positive), sum(negative).abs().max(f64::MIN_POSITIVE));
        let weight = |w: &f64| if *w >= 0.0 { w / up } else { limit.max(0.0) * w / down };

        let path_rate = (effective + 2.0) / (n + effective + 5.0);
        Self {
            weights: raw.iter().map(weight).collect(),
            parents,
            effective,
            path_rate,
            damping: 1.0
                + 2.0 * (((effective - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0)
                + path_rate,
            covariance_path_rate: (4.0 + effective / n) / (n + 4.0 + 2.0 * effective / n),
            rank_one: c1,
            rank_mu: cmu,
            expected_length: n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
        }
    }

    /// Steps between two eigendecompositions. The covariance changes by a share of c₁ + `c_μ` in a
    /// step and has n directions, so that in so many steps little is missed.
    pub(super) fn decomposition_gap(&self, n: usize) -> u64 {
        let gap = 0.5 / (n.max(1) as f64 * (self.rank_one + self.rank_mu));
        gap.floor().max(1.0) as u64
    }
}

/// c₁ and `c_μ`.
fn rates(n: f64, effective: f64, separable: bool) -> (f64, f64) {
    let faster = if separable { (n + 2.0) / 3.0 } else { 1.0 };
    let c1 = (faster * 2.0 / ((n + 1.3).powi(2) + effective)).min(1.0);
    let cmu =
        faster * 2.0 * (0.25 + effective + 1.0 / effective - 2.0) / ((n + 2.0).powi(2) + effective);
    (c1, cmu.min(1.0 - c1))
}

/// (Σw)²/Σw².
fn effective(weights: &[f64]) -> f64 {
    let squares = weights.iter().map(|w| w * w).sum::<f64>();
    if squares == 0.0 { 0.0 } else { sum(weights).powi(2) / squares }
}

fn sum(weights: &[f64]) -> f64 {
    weights.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// n, λ, separable; `μ_eff`, `c_σ`, `d_σ`, `c_c`, c₁, `c_μ`, E|N(0, I)|, first and last weight.
    ///
    /// From the formulas of the tutorial, typed once more in Python:
    ///
    /// ```python
    /// raw = [log((lam + 1) / 2) - log(i) for i in range(1, lam + 1)]
    /// pos, neg = [w for w in raw if w > 0], [w for w in raw if w <= 0]
    /// me, mn = (sum(s)**2 / sum(w * w for w in s) for s in (pos, neg))
    /// f = (n + 2) / 3 if separable else 1
    /// c1 = f * 2 / ((n + 1.3)**2 + me)
    /// cmu = min(1 - c1, f * 2 * (1/4 + me + 1/me - 2) / ((n + 2)**2 + me))
    /// a = min(1 + c1/cmu, 1 + 2*mn/(me + 2), (1 - c1 - cmu) / (n * cmu))
    /// cs = (me + 2) / (n + me + 5)
    /// ds = 1 + 2 * max(0, sqrt((me - 1) / (n + 1)) - 1) + cs
    /// cc = (4 + me/n) / (n + 4 + 2 * me/n)
    /// print(me, cs, ds, cc, c1, cmu, sqrt(n) * (1 - 1/(4*n) + 1/(21*n*n)),
    ///       raw[0] / sum(pos), a * raw[-1] / -sum(neg))
    /// ```
    #[expect(clippy::unreadable_literal, reason = "as Python prints them")]
    const EXPECTED: &[(usize, usize, bool, [f64; 9])] = &[
        (
            2,
            6,
            false,
            [
                2.02861146461,
                0.446204987378,
                1.44620498738,
                0.624554539027,
                0.154815399896,
                0.0855927794267,
                1.25427274282,
                0.637042571241,
                -1.15598177816,
            ],
        ),
        (
            10,
            10,
            false,
            [
                3.16729928141,
                0.284428587946,
                1.28442858795,
                0.294990383036,
                0.0152838245248,
                0.0235517766504,
                3.08472656517,
                0.456272646903,
                -0.549749917697,
            ],
        ),
        (
            10,
            100,
            false,
            [
                26.9666550647,
                0.690230255903,
                2.76308235509,
                0.345307647356,
                0.0129318715652,
                0.295422962909,
                3.08472656517,
                0.0823582365647,
                -0.00834685311211,
            ],
        ),
        (
            100,
            17,
            false,
            [
                5.09618887861,
                0.064454446161,
                1.06445444616,
                0.0389134200578,
                0.000194802926954,
                0.000680638141971,
                9.97504761905,
                0.315095875268,
                -0.261726449239,
            ],
        ),
        (
            1000,
            24,
            true,
            [
                7.02637555759,
                0.00891911097932,
                1.00891911098,
                0.00399100626588,
                0.000666261911641,
                0.00360522855799,
                31.6148724134,
                0.244704886897,
                -0.0401369918012,
            ],
        ),
    ];

    #[test]
    fn constants_are_those_of_the_tutorial() {
        for &(n, population, separable, expected) in EXPECTED {
            let s = Strategy::new(n, population, separable);
            let found = [
                s.effective,
                s.path_rate,
                s.damping,
                s.covariance_path_rate,
                s.rank_one,
                s.rank_mu,
                s.expected_length,
                s.weights[0],
                s.weights[population - 1],
            ];
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() <= 1e-10 * expected.abs(), "{found} {expected}");
            }
        }
    }

    #[test]
    fn constants_are_sound_for_every_size() {
        for n in [1, 2, 3, 5, 30, 300, 10_000] {
            assert!(default_population(n) >= 4);
            for population in [2, 3, 4, 7, default_population(n), 50, 1000] {
                for separable in [false, true] {
                    let s = Strategy::new(n, population, separable);
                    assert!(s.weights.iter().all(|w| w.is_finite()));
                    assert!(s.weights.is_sorted_by(|a, b| a >= b));
                    let (up, down) = s.weights.split_at(s.parents);
                    assert!((sum(up) - 1.0).abs() < 1e-12);
                    assert!(s.rank_one > 0.0 && s.rank_mu >= 0.0);
                    // What keeps C positive: nothing learnt from a bad step of |z|² = n takes more
                    // than is there.
                    let least = 1.0 - s.rank_one - s.rank_mu * sum(&s.weights)
                        + s.rank_mu * n as f64 * sum(down);
                    assert!(least >= -1e-9, "{n} {population} {separable}: {least}");
                    assert!(s.decomposition_gap(n) >= 1);
                }
            }
        }
    }
}
