//! Where the ticks of an axis stand and what is written at them.
//!
//! Owns numbers only; drawing them is the business of the figures.

use crate::ui::format;

/// Round values between `low` and `high`: steps of 1, 2 or 5 times a power of ten, at most `most`
/// of them (at least two where the range allows it).
pub fn ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return Vec::new();
    }
    let step = step(span, most);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last.min(first.saturating_add(100))).map(|number| number as f64 * step).collect()
}

/// The smallest round step that gives at most `most` ticks in `span`.
pub fn step(span: f64, most: usize) -> f64 {
    let coarse = span / most.max(1) as f64;
    let power = 10_f64.powf(coarse.log10().floor());
    let rounded = [1.0, 2.0, 5.0].into_iter().map(|factor| factor * power);
    rounded.into_iter().find(|&step| step >= coarse * 0.999).unwrap_or(10.0 * power)
}

/// The value at a tick, with as many decimals as its neighbours `step` away need.
pub fn label(value: f64, step: f64) -> String {
    let decimals = (-step.log10() - 1e-9).ceil().max(0.0);
    if value.abs() >= 1e6 || decimals > 4.0 {
        return format::number(value);
    }
    let text = format!("{value:.0$}", decimals as usize);
    if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        return text.trim_start_matches('-').to_owned();
    }
    text.replace('-', "−")
}

/// Round values between two powers of ten, given and returned as logarithms: 1, 10, 100, … and,
/// where these are few, 2 and 5 of each decade.
pub fn log_ticks(low: f64, high: f64) -> Vec<f64> {
    if !(high - low).is_finite() || high <= low {
        return Vec::new();
    }
    if high - low < 0.35 {
        let (bottom, top) = (10_f64.powf(low), 10_f64.powf(high));
        return ticks(bottom, top, 4).into_iter().map(f64::log10).collect();
    }
    let decades = low.floor() as i64..=high.ceil() as i64;
    let every = (((high - low) / 6.0).ceil() as usize).max(1);
    let factors: &[f64] = if high - low < 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    decades
        .step_by(every)
        .flat_map(|decade| factors.iter().map(move |factor| decade as f64 + factor.log10()))
        .filter(|value| (low..=high).contains(value))
        .collect()
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(-6.0, 6.0, 7), [-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0]);
        assert_eq!(ticks(172.0, 231.0, 4), [180.0, 200.0, 220.0]);
        assert!(ticks(1.0, 1.0, 5).is_empty());
        assert!(ticks(f64::NAN, 1.0, 5).is_empty());
    }

    #[test]
    fn labels_have_the_decimals_of_their_step() {
        assert_eq!(label(0.5, 0.5), "0.5");
        assert_eq!(label(-4.0, 2.0), "−4");
        assert_eq!(label(0.25, 0.05), "0.25");
        assert_eq!(label(-1e-17, 0.2), "0.0");
        assert_eq!(label(200.0, 20.0), "200");
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten_over_many_decades() {
        assert_eq!(log_ticks(-3.2, 0.1), [-3.0, -2.0, -1.0, 0.0]);
        let few = log_ticks(-1.0, 0.0);
        assert_eq!(few.len(), 4, "0.1, 0.2, 0.5, 1: {few:?}");
        assert!(!log_ticks(-1.02, -1.0).is_empty());
    }
}
