//! Fingerprints and long key ids, as they stand in files.

use crate::keys::access::{Refusal, plain_line};

/// How many hexadecimal digits name a key: a long id, and the fingerprints of versions 3, 4 and 5.
const LENGTHS: &[usize] = &[16, 32, 40, 64];

/// How many digits `--trusted-key` takes.
const LONG_ID: usize = 16;

/// A fingerprint without blanks, otherwise as written.
pub struct Fingerprint(String);

impl Fingerprint {
    /// Checks it. gpg would refuse the same ones, in words that name another option.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let kept: String = text.chars().filter(|character| *character != ' ').collect();
        let bare = kept.strip_suffix('!').unwrap_or(&kept);
        let digits = bare
            .strip_prefix("0x")
            .or_else(|| bare.strip_prefix("0X"))
            .unwrap_or(bare);
        if LENGTHS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(kept));
        }
        Err(Refusal::new(format!(
            "'{}' is not the fingerprint of a PGP key",
            plain_line(text)
        ))
        .next("use the fingerprint that `gpg --list-keys` prints, 40 hexadecimal digits"))
    }

    /// For `-r`: as written.
    pub fn recipient(&self) -> &str {
        &self.0
    }

    /// For `--trusted-key`: the long id, with the `!` that asks for exactly this subkey.
    pub fn trusted(&self) -> String {
        let (bare, mark) = match self.0.strip_suffix('!') {
            Some(bare) => (bare, "!"),
            None => (self.0.as_str(), ""),
        };
        let id = bare.get(bare.len().saturating_sub(LONG_ID)..).unwrap_or(bare);
        format!("{id}{mark}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_kept_as_written() {
        let text = "29debd26FEA087C58275 080174516A1B5A4CD0B4!";
        let fingerprint = Fingerprint::parse(text).unwrap();
        assert_eq!(
            fingerprint.recipient(),
            "29debd26FEA087C58275080174516A1B5A4CD0B4!"
        );
        assert_eq!(fingerprint.trusted(), "74516A1B5A4CD0B4!");
        let long_id = Fingerprint::parse("0x74516A1B5A4CD0B4").unwrap();
        assert_eq!(
            (long_id.recipient(), long_id.trusted().as_str()),
            ("0x74516A1B5A4CD0B4", "74516A1B5A4CD0B4")
        );
    }

    #[test]
    fn what_is_no_fingerprint_never_reaches_gpg() {
        for text in ["", "5A4CD0B4", "ops@example.invalid", "--output=/tmp/x", "ü", "!"] {
            assert!(Fingerprint::parse(text).is_err(), "{text}");
        }
    }
}
