//! The constants of CMA-ES, which follow from the number of parameters and of candidates.
//!
//! As in table 1 of N. Hansen, *The CMA Evolution Strategy: A Tutorial* (arXiv 1604.00772v2), with
//! its names. For the separable variant the rates c₁ and c_μ are (n+2)/3 times as large (Ros and
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
    /// μ_eff, the number of candidates that the mean effectively averages.
    pub effective: f64,
    /// c_σ and d_σ: rate and damping of the step size.
    pub path_rate: f64,
    /// See [`path_rate`](Self::path_rate).
    pub damping: f64,
    /// c_c: rate of the evolution path.
    pub covariance_path_rate: f64,
    /// c₁: rate at which the covariance learns from the path.
    pub rank_one: f64,
    /// c_μ: rate at which it learns from the candidates.
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

    /// Steps between two eigendecompositions. The covariance changes by a share of c₁ + c_μ in a
    /// step and has n directions, so that in so many steps little is missed.
    pub(super) fn decomposition_gap(&self, n: usize) -> u64 {
        let gap = 0.5 / (n.max(1) as f64 * (self.rank_one + self.rank_mu));
        gap.floor().max(1.0) as u64
    }
}

/// c₁ and c_μ.
fn rates(n: f64, effective: f64, separable: bool) -> (f64, f64) {
    let faster = if separable { (n + 2.0) / 3.0 } else { 1.0 };
    let c1 = (faster * 2.0 / ((n + 1.3).powi(2) + effective)).min(1.0);
    let cmu = faster * 2.0 * (0.25 + effective + 1.0 / effective - 2.0)
        / ((n + 2.0).powi(2) + effective);
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
