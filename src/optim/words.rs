//! Numbers as they stand in the sentences that methods tell about their steps.

/// Three significant digits: `0.0123`, `1.5`, `−3.2e-7`; no zeros at the end.
pub(super) fn short(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return if value.is_nan() { "not a number" } else { "infinite" }.to_owned();
    }
    let size = value.abs();
    let text = if (0.000_999_5..99_950.0).contains(&size) {
        let before_point = size.log10().floor() as i32 + 1;
        let decimals = (3 - before_point).max(0) as usize;
        trim_zeros(&format!("{size:.decimals$}")).to_owned()
    } else {
        let text = format!("{size:.2e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{}e{exponent}", trim_zeros(digits))
    };
    if value < 0.0 { format!("−{text}") } else { text }
}

fn trim_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

/// A share in whole per cent: “93 %”.
pub(super) fn percent(share: f64) -> String {
    let whole = (100.0 * share).round();
    // Not “−0 %”.
    format!("{} %", short(if whole == 0.0 { 0.0 } else { whole }))
}

/// How the loss changed: “the loss fell by 0.012”.
pub(super) fn change(change: f64) -> String {
    if change == 0.0 {
        "the loss stayed the same".to_owned()
    } else if change < 0.0 {
        format!("the loss fell by {}", short(-change))
    } else {
        format!("the loss rose by {}", short(change))
    }
}

/// “1 length”, “3 lengths”.
pub(super) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_keep_their_sign() {
        for (value, text) in [
            (0.0, "0"),
            (0.5, "0.5"),
            (0.012_34, "0.0123"),
            (123.456, "123"),
            (12_345.6, "12346"),
            (-1.0, "−1"),
            (9.999, "10"),
            (-3.2e-7, "−3.2e-7"),
            (1.0e9, "1e9"),
            (f64::INFINITY, "infinite"),
        ] {
            assert_eq!(short(value), text);
        }
        assert_eq!(percent(0.934) + &percent(-0.001) + &percent(-0.5), "93 %0 %−50 %");
        assert_eq!(change(-0.25), "the loss fell by 0.25");
        assert_eq!(count(1, "length") + &count(2, "length"), "1 length2 lengths");
    }
}
