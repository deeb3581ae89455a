//! Numbers as people read them.

/// A number with about four significant digits: `0.0431`, `12.4`, `1 234 567`, `3.2e-9`.
///
/// ```
/// use netsmith::ui::format::number;
/// assert_eq!(number(0.043_126), "0.0431");
/// assert_eq!(number(-1.5), "−1.5");
/// assert_eq!(number(1_234_567.0), "1\u{202f}234\u{202f}567");
/// assert_eq!(number(3.2e-9), "3.2e−9");
/// assert_eq!(number(f64::NAN), "NaN");
/// ```
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    let size = value.abs();
    let text = if size == 0.0 {
        return "0".to_owned();
    } else if !(1e-4..1e9).contains(&size) {
        let text = format!("{value:.2e}");
        match text.split_once('e') {
            Some((digits, power)) => format!("{}e{power}", without_zeros(digits)),
            None => text,
        }
    } else if size >= 1000.0 {
        return with_sign(&count(size.round() as u64), value);
    } else {
        let before = if size >= 1.0 { size.log10().floor() as usize + 1 } else { 0 };
        let decimals = if size >= 0.1 { 4_usize.saturating_sub(before.max(1)) } else { 4 };
        let decimals = if size < 0.01 { 5 } else { decimals };
        without_zeros(&format!("{value:.decimals$}"))
    };
    text.replace('-', "−")
}

fn with_sign(text: &str, value: f64) -> String {
    if value < 0.0 { format!("−{text}") } else { text.to_owned() }
}

fn without_zeros(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

/// A number with exactly so many decimals, for values that change while they are read.
pub fn fixed(value: f64, decimals: usize) -> String {
    if value.is_finite() && value.abs() < 1e6 {
        format!("{value:.decimals$}").replace('-', "−")
    } else {
        number(value)
    }
}

/// A loss: four decimals, so that it does not jump about while it changes; small ones in full.
pub fn loss(value: f64) -> String {
    if value.abs() >= 1e-3 { fixed(value, 4) } else { number(value) }
}

/// A share as a percentage with one decimal: `98.1 %`.
pub fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1}\u{a0}%", share * 100.0) } else { "–".to_owned() }
}

/// A count with thin spaces between thousands: `1 234 567`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A rate, short: `1.3 M`, `450 k`, `12`.
pub fn rate(value: f64) -> String {
    if !value.is_finite() {
        "–".to_owned()
    } else if value >= 1e7 {
        format!("{:.0}\u{a0}M", value / 1e6)
    } else if value >= 1e6 {
        format!("{:.1}\u{a0}M", value / 1e6)
    } else if value >= 1e4 {
        format!("{:.0}\u{a0}k", value / 1e3)
    } else if value >= 1e3 {
        format!("{:.1}\u{a0}k", value / 1e3)
    } else {
        format!("{value:.0}")
    }
}

/// `1 neuron`, `2 neurons`.
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{}\u{a0}{}", count(value), if value == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_short() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (123.456, "123.5"),
            (0.001_234_5, "0.00123"),
            (999.96, "1000"),
            (-0.25, "−0.25"),
            (2.5e12, "2.5e12"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn rates_have_units() {
        assert_eq!(rate(950.0), "950");
        assert_eq!(rate(1500.0), "1.5\u{a0}k");
        assert_eq!(rate(22_400_000.0), "22\u{a0}M");
    }
}
