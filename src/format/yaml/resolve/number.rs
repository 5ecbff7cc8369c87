//! Integers and floats (`yaml-behaviour.md` §2.2, rules 2 and 3).

use crate::tree::Leaf;
use std::borrow::Cow;

/// The number a plain scalar stands for.
pub(super) fn read(text: &str) -> Option<Leaf> {
    match text.as_bytes().first()? {
        b'.' => fraction(text),
        b'0'..=b'9' | b'+' | b'-' => {
            let digits = without_underscores(text);
            integer(&digits).or_else(|| float(&digits))
        }
        _ => None,
    }
}

fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// A float that starts with its point: the one form where the place of underscores matters.
fn fraction(text: &str) -> Option<Leaf> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let misplaced =
        |(at, byte): (usize, &u8)| *byte == b'_' && !(digit(at.checked_sub(1)) && digit(Some(at + 1)));
    if bytes.iter().enumerate().any(misplaced) {
        return None;
    }
    float(&without_underscores(text))
}

fn integer(text: &str) -> Option<Leaf> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (radix, digits) = radix_of(unsigned);
    if digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return in_range(digits, radix, negative, text.starts_with('+'));
    }
    let has_inner_sign = text.starts_with("0b") || text.starts_with("0o");
    has_inner_sign
        .then(|| i64::from_str_radix(digits, radix).ok().map(Leaf::Int))
        .flatten()
}

fn radix_of(unsigned: &str) -> (u32, &str) {
    let after = |count| unsigned.get(count..).unwrap_or_default();
    match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, after(2)),
        [b'0', b'b' | b'B', ..] => (2, after(2)),
        [b'0', b'o' | b'O', ..] => (8, after(2)),
        [b'0', _, ..] => (8, after(1)),
        _ => (10, unsigned),
    }
}

fn in_range(digits: &str, radix: u32, negative: bool, plus: bool) -> Option<Leaf> {
    let size = u64::from_str_radix(digits, radix).ok()?;
    if negative {
        return 0i64.checked_sub_unsigned(size).map(Leaf::Int);
    }
    match i64::try_from(size) {
        Ok(number) => Some(Leaf::Int(number)),
        Err(_) if plus => None,
        Err(_) => Some(Leaf::Uint(size)),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, and not too large for an `f64`.
fn float(text: &str) -> Option<Leaf> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, rest) = split_digits(unsigned);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    if !rest.is_empty() {
        let exponent = rest.strip_prefix(['e', 'E'])?;
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        let (digits, rest) = split_digits(exponent);
        if digits.is_empty() || !rest.is_empty() {
            return None;
        }
    }
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some(Leaf::Float(number))
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::tree::Leaf;

    #[test]
    fn integers_in_every_notation_keep_their_value() {
        for (text, number) in [
            ("0", 0),
            ("-0", 0),
            ("+12", 12),
            ("007", 7),
            ("0777", 511),
            ("0o17", 15),
            ("0O7", 7),
            ("-0o7", -7),
            ("0x1F", 31),
            ("-0X1f", -31),
            ("0x_1F", 31),
            ("0b101", 5),
            ("0B1", 1),
            ("-0b11", -3),
            ("0b-1", -1),
            ("0b+1", 1),
            ("0o-1", -1),
            ("1_000", 1000),
            ("1__0", 10),
            ("1_", 1),
            ("-_1", -1),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(read(text), Some(Leaf::Int(number)), "{text}");
        }
        for text in ["18446744073709551615", "0xFFFFFFFFFFFFFFFF"] {
            assert_eq!(read(text), Some(Leaf::Uint(u64::MAX)), "{text}");
        }
    }

    #[test]
    fn floats_are_decimal_and_finite() {
        for (text, number) in [
            (".5", 0.5),
            ("-.5", -0.5),
            (".5_0", 0.5),
            ("08", 8.0),
            ("09.5", 9.5),
            ("-9223372036854775809", -9_223_372_036_854_775_809.0),
            ("18446744073709551616", 18_446_744_073_709_551_616.0),
            ("1.0", 1.0),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("1E-3", 0.001),
            ("1e-400", 0.0),
            ("1_0.5", 10.5),
            ("-0.0", -0.0),
        ] {
            assert_eq!(read(text), Some(Leaf::Float(number)), "{text}");
        }
    }

    #[test]
    fn lookalikes_stay_text() {
        for text in [
            ".5__0", "._5", ".5_", ".5e400", ".", "+", "-", "0o8", "0b2", "-0b-1", "0x-1", "_1", "1e",
            "1e400", "0x1p-2", "1.2.3", "1,000", "12:30:45", "0x", "0b", "0o", "1e+", "--1", "+-1", "١",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
