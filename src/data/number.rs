//! From the bytes of one cell to a number, or to "missing".
//!
//! Almost all numbers in tables have at most fifteen digits. Such a number is an
//! integer below 2⁵³ divided by a power of ten that `f64` holds exactly, so one
//! division gives the correctly rounded value (Clinger 1990). Everything longer or
//! with an exponent goes through the standard library, which is exact too.

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Parsed {
    /// A finite number.
    Number(f64),
    /// Empty, or one of the words for a missing value.
    Missing,
    /// A number too large to be one, or the word "infinity".
    Infinite,
    /// Anything else.
    Word,
}

/// Words that stand for a missing value, beside the empty cell.
const MISSING_WORDS: [&[u8]; 11] = [
    b"NA", b"N/A", b"n/a", b"#N/A", b"NaN", b"nan", b"null", b"NULL", b"?", b"-", b"Null",
];

/// Powers of ten that `f64` holds exactly.
const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// Reads one cell that has been trimmed. With `decimal_comma`, a comma is accepted where a point is.
pub(super) fn parse(cell: &[u8], decimal_comma: bool) -> Parsed {
    let Some(&first) = cell.first() else {
        return Parsed::Missing;
    };
    if let Some(number) = parse_short(cell, decimal_comma) {
        return Parsed::Number(number);
    }
    if is_missing(cell) {
        return Parsed::Missing;
    }
    if !matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.' | b',' | b'i' | b'I') {
        return Parsed::Word;
    }
    parse_long(cell, decimal_comma)
}

/// Whether these bytes, already trimmed, mean "no value".
pub(super) fn is_missing(cell: &[u8]) -> bool {
    cell.is_empty() || (cell.len() <= 4 && MISSING_WORDS.contains(&cell))
}

/// Digits with at most one point, at most fifteen digits: one pass, one division.
fn parse_short(cell: &[u8], decimal_comma: bool) -> Option<f64> {
    let (negative, unsigned) = match cell.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, cell),
    };
    if unsigned.len() > 16 {
        return None;
    }
    let (whole, rest) = digits(0, unsigned);
    let mantissa;
    let decimals;
    if let Some((&point, fraction)) = rest.split_first() {
        if point != b'.' && !(decimal_comma && point == b',') {
            return None;
        }
        let rest;
        (mantissa, rest) = digits(whole, fraction);
        if !rest.is_empty() || unsigned.len() == 1 {
            return None;
        }
        decimals = fraction.len();
    } else {
        if unsigned.is_empty() || unsigned.len() > 15 {
            return None;
        }
        (mantissa, decimals) = (whole, 0);
    }
    // Below 10¹⁵ the signed conversion is the same, and one instruction.
    let value = mantissa.cast_signed() as f64 / POWERS.get(decimals)?;
    Some(if negative { -value } else { value })
}

/// Appends the leading digits of `bytes` to a number; also returns what follows them. At
/// most sixteen digits fit.
fn digits(mut number: u64, mut bytes: &[u8]) -> (u64, &[u8]) {
    while let Some((&byte, rest)) = bytes.split_first() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number * 10 + u64::from(digit);
        bytes = rest;
    }
    (number, bytes)
}

/// Long numbers and exponents.
fn parse_long(cell: &[u8], decimal_comma: bool) -> Parsed {
    let Ok(text) = std::str::from_utf8(cell) else {
        return Parsed::Word;
    };
    let value = if decimal_comma && text.matches(',').count() == 1 && !text.contains('.') {
        text.replace(',', ".").parse::<f64>()
    } else {
        text.parse::<f64>()
    };
    match value {
        Ok(value) if value.is_nan() => Parsed::Missing,
        Ok(value) if value.is_infinite() => Parsed::Infinite,
        Ok(value) => Parsed::Number(value),
        Err(_) => Parsed::Word,
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these values are exact")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(cell: &str) -> Parsed {
        parse(cell.as_bytes(), false)
    }

    #[test]
    fn numbers_of_every_shape() {
        for (text, value) in [
            ("0", 0.0),
            ("-7", -7.0),
            ("+3.50", 3.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("007", 7.0),
            ("1e3", 1000.0),
            ("-2.5E-3", -0.0025),
            ("123456789012345678", 123_456_789_012_345_680.0),
            ("0.1234567890123456789", 0.123_456_789_012_345_68),
        ] {
            assert_eq!(plain(text), Parsed::Number(value), "{text}");
        }
        assert_eq!(parse(b"1,5", true), Parsed::Number(1.5));
        assert_eq!(
            parse(b"-12345678901234,5678", true),
            Parsed::Number(-12_345_678_901_234.568)
        );
        assert_eq!(parse(b"1,5", false), Parsed::Word);
        assert_eq!(parse(b"1.234,5", true), Parsed::Word);
    }

    #[test]
    fn missing_words_and_other_words() {
        for text in ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?", "-"] {
            assert_eq!(plain(text), Parsed::Missing, "{text}");
        }
        for text in [
            "yes", "1a", "--1", "1-2", "0x10", ".", "+", "1_000", "e5", "Inf.", "12:30",
        ] {
            assert_eq!(plain(text), Parsed::Word, "{text}");
        }
        for text in ["inf", "-inf", "Infinity", "1e999"] {
            assert_eq!(plain(text), Parsed::Infinite, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_is_the_exact_way(whole in 0_u64..1_000_000_000, part in 0_u32..1_000_000, digits in 1_usize..7) {
            let text = format!("{whole}.{:0digits$}", part % 10_u32.pow(digits as u32));
            let exact: f64 = text.parse().unwrap_or(f64::NAN);
            prop_assert_eq!(plain(&text), Parsed::Number(exact));
        }
    }
}
