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
const MISSING_WORDS: [&[u8]; 11] =
    [b"NA", b"N/A", b"n/a", b"#N/A", b"NaN", b"nan", b"null", b"NULL", b"?", b"-", b"Null"];

/// Powers of ten that `f64` holds exactly.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

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

/// Digits with at most one point, at most fifteen digits: an integer and one division.
fn parse_short(cell: &[u8], decimal_comma: bool) -> Option<f64> {
    // The sign of measurements is often chance, and a branch on chance is slow: hence no `if`.
    let first = *cell.first()?;
    let negative = first == b'-';
    let unsigned = cell.get(usize::from(matches!(first, b'-' | b'+'))..)?;
    let point = if decimal_comma && unsigned.contains(&b',') { b',' } else { b'.' };
    let (mantissa, decimals) = if unsigned.len() <= 8 {
        eight_at_once(unsigned, point)?
    } else {
        one_by_one(unsigned, point)?
    };
    // Below 10¹⁵ the signed conversion is the same, and one instruction.
    let value = mantissa.cast_signed() as f64 / POWERS.get(decimals)?;
    let sign = u64::from(negative) << 63;
    Some(f64::from_bits(value.to_bits() | sign))
}

/// Reads up to eight digits and a point without a loop, as one 64-bit word: no branch
/// depends on how long the number is, and long columns are mostly short numbers.
/// (The three multiplications are Lemire's, "Quickly parsing eight digits", 2018.)
///
/// Returns the digits as an integer and how many of them follow the point.
fn eight_at_once(bytes: &[u8], point: u8) -> Option<(u64, usize)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
    let mut word = last_byte_highest(bytes);
    let mut digits = bytes.len();
    let mut decimals = 0;
    // The lowest byte equal to the point: its difference is the first zero byte.
    let difference = word ^ (ONES * u64::from(point));
    let zero = difference.wrapping_sub(ONES) & !difference & HIGH_BITS;
    if zero != 0 {
        let place = zero.trailing_zeros() / 8;
        let below = (1_u64 << (8 * place)) - 1;
        // The digits before the point move up over it.
        word = (word & !(below << 8 | 0xff)) | ((word & below) << 8);
        digits -= 1;
        decimals = 7 - place as usize;
    }
    if digits == 0 {
        return None;
    }
    // Leading places without a digit become '0'.
    let empty = u32::try_from(8 - digits).ok()?;
    word |= (ONES * u64::from(b'0')) & !u64::MAX.checked_shl(8 * empty).unwrap_or(0);
    let all_digits =
        (word & (ONES * 0xf0)) | ((word.wrapping_add(ONES * 0x06) & (ONES * 0xf0)) >> 4);
    if all_digits != ONES * 0x33 {
        return None;
    }
    word -= ONES * u64::from(b'0');
    // Neighbouring digits become pairs, pairs become fours, fours become eight.
    word = word.wrapping_mul(10).wrapping_add(word >> 8);
    let fours = |pairs: u64, weights: u64| (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(weights);
    let number = fours(word, 0x000f_4240_0000_0064)
        .wrapping_add(fours(word >> 16, 0x0000_2710_0000_0001))
        >> 32;
    Some((number, decimals))
}

/// Up to eight bytes as a word in which the last is the highest; the rest is zero.
fn last_byte_highest(bytes: &[u8]) -> u64 {
    if let Some(all) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*all);
    }
    let shift = 8 * (8 - bytes.len().min(8));
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        // Two halves that overlap in equal bytes.
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) << shift | u64::from(last) << 32;
    }
    let word = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    bytes.iter().rev().fold(0, word).checked_shl(shift as u32).unwrap_or(0)
}

/// Reads nine to fifteen digits and a point.
fn one_by_one(bytes: &[u8], point: u8) -> Option<(u64, usize)> {
    if bytes.len() > 16 {
        return None;
    }
    let (whole, rest) = digits(0, bytes);
    let Some((&separator, fraction)) = rest.split_first() else {
        return (bytes.len() <= 15).then_some((whole, 0));
    };
    let (mantissa, rest) = digits(whole, fraction);
    (separator == point && rest.is_empty()).then_some((mantissa, fraction.len()))
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
        assert_eq!(parse(b"-12345678901234,5678", true), Parsed::Number(-12_345_678_901_234.568));
        assert_eq!(parse(b"1,5", false), Parsed::Word);
        assert_eq!(parse(b"1.234,5", true), Parsed::Word);
    }

    #[test]
    fn missing_words_and_other_words() {
        for text in ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "?", "-"] {
            assert_eq!(plain(text), Parsed::Missing, "{text}");
        }
        for text in ["yes", "1a", "--1", "1-2", "0x10", ".", "+", "1_000", "e5", "Inf.", "12:30"] {
            assert_eq!(plain(text), Parsed::Word, "{text}");
        }
        for text in ["inf", "-inf", "Infinity", "1e999"] {
            assert_eq!(plain(text), Parsed::Infinite, "{text}");
        }
    }

    #[test]
    fn every_place_of_the_point_and_every_length() {
        let digits = "1234567890123456";
        for length in 1..=digits.len() {
            let whole = &digits[..length];
            for place in 0..=length {
                let text = format!("{}.{}", &whole[..place], &whole[place..]);
                for text in [text.clone(), format!("-{text}"), format!("+{text}")] {
                    assert_eq!(plain(&text), Parsed::Number(text.parse().unwrap()), "{text}");
                    let comma = text.replace('.', ",");
                    assert_eq!(parse(comma.as_bytes(), true), plain(&text), "{comma}");
                }
            }
            assert_eq!(plain(whole), Parsed::Number(whole.parse().unwrap()));
        }
    }

    proptest! {
        #[test]
        fn exactly_what_the_standard_library_reads_is_a_number(text in "[-+]?[0-9.,:/e]{0,10}") {
            let expected = text.parse::<f64>().ok().filter(|x| x.is_finite());
            let found = match plain(&text) {
                Parsed::Number(x) => Some(x.to_bits()),
                Parsed::Missing | Parsed::Infinite | Parsed::Word => None,
            };
            prop_assert_eq!(found, expected.map(f64::to_bits));
        }

        #[test]
        fn the_quick_way_is_the_exact_way(whole in 0_u64..1_000_000_000, part in 0_u32..1_000_000, digits in 1_usize..7) {
            let text = format!("{whole}.{:0digits$}", part % 10_u32.pow(digits as u32));
            let exact: f64 = text.parse().unwrap_or(f64::NAN);
            prop_assert_eq!(plain(&text), Parsed::Number(exact));
        }
    }
}
