//! Decimal forms of floating-point numbers in JSON, dotenv and INI. The digits are always the shortest that read back.

/// As sops writes a float in JSON (spec §11.3): no exponent from 1e-6 up to 1e21. `None` for infinities and NaN, which
/// JSON cannot hold. Negative zero keeps its point, so that it reads back as what it is.
pub(super) fn json(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    if number == 0.0 && number.is_sign_negative() {
        return Some("-0.0".to_owned());
    }
    let size = number.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let (digits, exponent) = scientific(number);
        let sign = if exponent < 0 { '-' } else { '+' };
        return Some(format!("{digits}e{sign}{}", exponent.unsigned_abs()));
    }
    Some(format!("{number}"))
}

/// The same, but certain to be read as a float again: whole numbers keep a `.0`.
pub(super) fn json_typed(number: f64) -> Option<String> {
    let text = json(number)?;
    let whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    Some(if whole { text + ".0" } else { text })
}

/// As sops writes a float where there are no types (spec §11.4): an exponent of at least two digits below 1e-4 and
/// from 1e6 on, else at least one decimal.
pub(super) fn flat(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let (digits, exponent) = scientific(number);
    if number != 0.0 && !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}E{sign}{:02}", exponent.unsigned_abs());
    }
    let text = format!("{number}");
    if text.contains('.') { text } else { text + ".0" }
}

/// Digits with sign and point, and the power of ten.
fn scientific(number: f64) -> (String, i32) {
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => (digits.to_owned(), exponent.parse().unwrap_or_default()),
        None => (text, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::{flat, json, json_typed};

    #[test]
    fn json_floats_are_those_of_sops() {
        for (number, text) in [
            (1.0, "1"),
            (1e-6, "0.000001"),
            (9.99e-7, "9.99e-7"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (9_223_372_036_854_775_808.0, "9223372036854776000"),
            (5e-324, "5e-324"),
            (-0.0, "-0.0"),
            (0.0, "0"),
        ] {
            assert_eq!(json(number).unwrap(), text);
        }
        assert_eq!(json(f64::NAN), None);
        assert_eq!(json_typed(3.0).unwrap(), "3.0");
        assert_eq!(json_typed(1e21).unwrap(), "1e+21");
    }

    #[test]
    fn floats_without_types_are_those_of_sops() {
        for (number, text) in [
            (1.0, "1.0"),
            (1e6, "1E+06"),
            (999_999.0, "999999.0"),
            (1e-5, "1E-05"),
            (0.0001, "0.0001"),
            (1.234_567_8e6, "1.2345678E+06"),
            (1.2345e100, "1.2345E+100"),
            (-2e10, "-2E+10"),
            (-0.0, "-0.0"),
            (f64::INFINITY, "+Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(flat(number), text);
        }
    }
}
