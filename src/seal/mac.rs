//! The MAC over the values of a file (spec §5).

use super::cipher::{Cipher, Scratch};
use super::kind::{Kind, Plain, plaintext};
use super::{DataKey, Random, RandomError};
use crate::tree::{Leaf, Secret, Time};
use sha2::{Digest, Sha512};
use std::fmt::Write;
use thiserror::Error;

/// Fed first where only encrypted values count; SHA-256 of `sops`.
const ONLY_ENCRYPTED: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b, 0x0b,
    0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

/// The MAC of a tree while its values are fed.
pub struct Mac(Sha512);

impl Mac {
    /// Starts one.
    pub fn new(only_encrypted: bool) -> Self {
        let mut hash = Sha512::new();
        if only_encrypted {
            hash.update(ONLY_ENCRYPTED);
        }
        Self(hash)
    }

    /// Feeds the next value.
    pub fn feed(&mut self, leaf: &Leaf) {
        self.0.update(&*plaintext(leaf));
    }

    /// 128 upper-case hexadecimal digits.
    pub fn finish(self) -> String {
        let mut text = String::with_capacity(128);
        for byte in self.0.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02X}");
        }
        text
    }
}

/// Why the content of a file cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MacError {
    /// The file has none.
    #[error("MAC mismatch. File has no MAC")]
    Missing,
    /// It does not decrypt; somebody may have changed `lastmodified`.
    #[error("Cannot decrypt MAC: {0}")]
    Undecryptable(&'static str),
    /// It is not the one of the values in the file.
    #[error("MAC mismatch. The values are not those that were sealed")]
    Mismatch,
}

/// Compares the MAC of a file with the one computed when it was opened.
///
/// # Errors
/// When it is missing, does not decrypt, or differs.
pub fn verify_mac(
    sealed: &Secret,
    key: &DataKey,
    last_modified: &Time,
    computed: &str,
) -> Result<(), MacError> {
    if sealed.is_empty() {
        return Err(MacError::Missing);
    }
    let cipher = Cipher::new(key);
    let mut scratch = Scratch::default();
    let mut open = |time: &Time| cipher.decrypt(sealed.expose(), time.to_string().as_bytes(), &mut scratch);
    let utc = last_modified.to_utc_seconds();
    let as_written = Time {
        nanosecond: 0,
        ..*last_modified
    };
    let opened = open(&utc)
        .or_else(|error| {
            if as_written == utc {
                Err(error)
            } else {
                open(&as_written)
            }
        })
        .map_err(|error| MacError::Undecryptable(error.problem()))?;
    match &opened.plain {
        Plain::Leaf(Leaf::Text(text)) if text.expose() == computed.as_bytes() => Ok(()),
        _ => Err(MacError::Mismatch),
    }
}

/// Encrypts the MAC for the `sops` block.
///
/// # Errors
/// When no randomness can be had.
pub fn seal_mac(
    mac: &str,
    key: &DataKey,
    last_modified: &Time,
    random: &mut dyn Random,
) -> Result<Secret, RandomError> {
    let mut nonce = [0; 32];
    random.fill(&mut nonce)?;
    let aad = last_modified.to_utc_seconds().to_string();
    let mut scratch = Scratch::default();
    Cipher::new(key)
        .encrypt(
            (Kind::Str, mac.as_bytes()),
            aad.as_bytes(),
            &nonce,
            None,
            &mut scratch,
        )
        .map(Secret::new)
        .ok_or(RandomError)
}

#[cfg(test)]
mod tests {
    use super::{Cipher, Kind, Mac, MacError, ONLY_ENCRYPTED, Scratch, seal_mac, verify_mac};
    use crate::seal::testing::Counter;
    use crate::seal::{DataKey, Random};
    use crate::tree::{Leaf, Secret, Time};
    use sha2::Digest;

    #[test]
    fn the_macs_of_the_specification_come_out() {
        let mut mac = Mac::new(true);
        mac.feed(&Leaf::text("one"));
        assert!(
            mac.finish()
                .starts_with("31DB1BC61204BF1546498CB4293302B4D65C2D448D1D036E")
        );
        let mut mac = Mac::new(false);
        [
            Leaf::Int(1),
            Leaf::text("x"),
            Leaf::Null,
            Leaf::Int(1),
            Leaf::Bool(true),
        ]
        .iter()
        .for_each(|leaf| mac.feed(leaf));
        assert!(mac.finish().starts_with("D644DD056EC10DC7"));
        assert_eq!(sha2::Sha256::digest(b"sops").as_slice(), ONLY_ENCRYPTED);
    }

    #[test]
    fn a_mac_holds_for_its_time_and_values_only() {
        let mut random = Counter::default();
        let key = DataKey::generate(&mut random).unwrap();
        let time = Time::from_unix(1_800_000_000);
        let sealed = seal_mac("AB", &key, &time, &mut random).unwrap();
        let other = Time::from_unix(1_800_000_001);
        assert_eq!(verify_mac(&sealed, &key, &time, "AB"), Ok(()));
        assert_eq!(
            verify_mac(
                &sealed,
                &key,
                &Time {
                    nanosecond: 5,
                    ..time
                },
                "AB"
            ),
            Ok(())
        );
        assert_eq!(verify_mac(&sealed, &key, &time, "AC"), Err(MacError::Mismatch));
        assert!(matches!(
            verify_mac(&sealed, &key, &other, "AB"),
            Err(MacError::Undecryptable(_))
        ));
        assert_eq!(
            verify_mac(&Secret::default(), &key, &time, "AB"),
            Err(MacError::Missing)
        );
        random.fill(&mut [0]).unwrap();
    }

    #[test]
    fn a_mac_under_a_time_that_was_written_with_its_offset_holds() {
        let key = DataKey::new([1; 32]);
        let time = Time::parse_rfc3339("2027-01-15T09:00:00.5+01:00").unwrap();
        for written in ["2027-01-15T08:00:00Z", "2027-01-15T09:00:00+01:00"] {
            let text = Cipher::new(&key).encrypt(
                (Kind::Str, b"AB"),
                written.as_bytes(),
                &[7; 32],
                None,
                &mut Scratch::default(),
            );
            let sealed = Secret::new(text.unwrap());
            assert_eq!(verify_mac(&sealed, &key, &time, "AB"), Ok(()), "{written}");
        }
    }

    #[test]
    fn what_decrypts_but_is_no_text_is_no_mac() {
        let key = DataKey::new([1; 32]);
        let time = Time::from_unix(1_800_000_000);
        let text = Cipher::new(&key).encrypt(
            (Kind::Int, b"7"),
            time.to_string().as_bytes(),
            &[7; 32],
            None,
            &mut Scratch::default(),
        );
        let sealed = Secret::new(text.unwrap());
        assert_eq!(verify_mac(&sealed, &key, &time, "7"), Err(MacError::Mismatch));
    }
}
