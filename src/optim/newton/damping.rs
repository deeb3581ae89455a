//! The damping λ: how much the bowl fitted to the loss is trusted.
//!
//! ρ compares what a step achieved with what the bowl promised. λ ← 2/3·λ when ρ > 3/4,
//! λ ← 3/2·λ when ρ < 1/4 (J. Martens, *Deep learning via Hessian-free optimization*, 2010,
//! section 4.1, after Levenberg and Marquardt).

/// A step this strongly damped is as good as none.
const HOPELESS: f32 = 1e8;

/// Below this λ no longer matters to numbers in f32.
const SMALLEST: f32 = 1e-10;

/// λ, in the precision in which it is saved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Damping(pub f32);

impl Damping {
    /// Learns from the ratio ρ of a step that lowered the loss; `None` where there is no ratio,
    /// because the bowl promised nothing.
    pub fn accepted(&mut self, ratio: Option<f64>, indefinite: bool) {
        let factor = match ratio {
            _ if indefinite => 1.5,
            Some(ratio) if ratio > 0.75 => 2.0 / 3.0,
            Some(ratio) if ratio < 0.25 => 1.5,
            _ => 1.0,
        };
        self.0 = (self.0 * factor).max(SMALLEST);
    }

    /// Learns from a step that did not lower the loss at any length. Larger than the other
    /// factors: a rejected step costs as much as any and gains nothing.
    pub fn rejected(&mut self) {
        self.0 *= 4.0;
    }

    /// Whether steps have become too short to be of use.
    pub fn is_hopeless(self) -> bool {
        self.0 > HOPELESS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_won_and_lost() {
        let after = |ratio| {
            let mut damping = Damping(3.0);
            damping.accepted(ratio, false);
            damping.0
        };
        assert_eq!(after(Some(0.9)), 2.0);
        assert_eq!(after(Some(0.5)), 3.0);
        assert_eq!(after(Some(0.1)), 4.5);
        assert_eq!(after(Some(-2.0)), 4.5);
        assert_eq!(after(None), 3.0);
        let mut damping = Damping(1e-10);
        damping.accepted(Some(1.0), false);
        assert_eq!(damping.0, SMALLEST);
        for _ in 0..30 {
            damping.rejected();
        }
        assert!(damping.is_hopeless());
    }
}
