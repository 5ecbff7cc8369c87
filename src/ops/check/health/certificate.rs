//! When X.509 certificates in PEM end (RFC 5280 §4.1.2.5). Nothing else of them is looked at.

use crate::tree::Time;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// When the first of the certificates of a text ends, in seconds since 1970; `None` where it has none.
///
/// # Errors
/// When one of them cannot be read.
pub fn ends(text: &str) -> Option<Result<i64, ()>> {
    let mut earliest: Option<i64> = None;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let Some((body, after)) = after.split_once(END) else {
            return Some(Err(()));
        };
        rest = after;
        let packed: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let Some(end) = STANDARD.decode(packed).ok().and_then(|der| not_after(&der)) else {
            return Some(Err(()));
        };
        earliest = Some(earliest.map_or(end, |known| known.min(end)));
    }
    earliest.map(Ok)
}

/// `tbsCertificate.validity.notAfter`
fn not_after(der: &[u8]) -> Option<i64> {
    let (certificate, _) = take(der, 0x30)?;
    let (to_be_signed, _) = take(certificate, 0x30)?;
    // The version is there from version 2 on.
    let rest = take(to_be_signed, 0xa0).map_or(to_be_signed, |(_, rest)| rest);
    let (_, rest) = take(rest, 0x02)?;
    let (_, rest) = take(rest, 0x30)?;
    let (_, rest) = take(rest, 0x30)?;
    let (validity, _) = take(rest, 0x30)?;
    let (_, rest) = time(validity)?;
    time(rest).map(|(end, _)| end)
}

/// The content of an element with this tag at the beginning of some bytes, and what stands behind it.
fn take(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*length) {
        short @ 0..=0x7f => (short, rest),
        long => {
            let count = long - 0x80;
            let digits = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
            let length = digits
                .iter()
                .fold(0_usize, |sum, digit| (sum << 8) | usize::from(*digit));
            (length, rest.get(count..)?)
        }
    };
    (*first == tag).then_some(())?;
    Some((rest.get(..length)?, rest.get(length..)?))
}

/// A time in seconds since 1970, and what stands behind it: `YYMMDDhhmmssZ`, or with four digits of the year.
fn time(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (text, rest, year) = match (take(bytes, 0x17), take(bytes, 0x18)) {
        (Some((text, rest)), _) => (text, rest, 2),
        (None, Some((text, rest))) => (text, rest, 4),
        (None, None) => return None,
    };
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let years = text.get(..year)?;
    let years = match (year, years.parse::<u32>().ok()?) {
        (2, short) if short < 50 => 2000 + short,
        (2, short) => 1900 + short,
        (_, whole) => whole,
    };
    let pair = |at: usize| text.get(year + 2 * at..year + 2 * at + 2);
    let (month, day, hour, minute, second) = (pair(0)?, pair(1)?, pair(2)?, pair(3)?, pair(4)?);
    let written = format!("{years:04}-{month}-{day}T{hour}:{minute}:{second}Z");
    Some((Time::parse_rfc3339(&written)?.unix(), rest))
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn the_end_of_certificates_that_openssl_made_is_read() {
        let expired = include_str!("../../../../tests/data/certificates/expired.pem");
        let valid = include_str!("../../../../tests/data/certificates/valid.pem");
        assert_eq!(ends(expired), Some(Ok(1_609_459_200)));
        assert_eq!(ends(valid), Some(Ok(4_070_908_800)));
        assert_eq!(ends(&format!("{valid}\n{expired}")), Some(Ok(1_609_459_200)));
        assert_eq!(ends("no certificate"), None);
    }

    #[test]
    fn what_is_no_certificate_is_said_to_be_none_wherever_it_is_cut() {
        let valid = include_str!("../../../../tests/data/certificates/valid.pem");
        let body: String = valid.lines().filter(|line| !line.starts_with('-')).collect();
        for length in (0..400).step_by(4) {
            let cut = body.get(..length).unwrap_or(&body);
            let text = format!("-----BEGIN CERTIFICATE-----\n{cut}\n-----END CERTIFICATE-----\n");
            let end = ends(&text).unwrap();
            assert!(end.is_err() || end == Ok(4_070_908_800));
        }
        assert_eq!(ends("-----BEGIN CERTIFICATE-----\n"), Some(Err(())));
    }
}
