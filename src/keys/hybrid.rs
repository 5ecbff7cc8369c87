//! Post-quantum age keys: recipients `age1pq1…`, identities `AGE-SECRET-KEY-PQ-1…`, stanza `mlkem768x25519` (spec §9.1).
//!
//! The file key is sealed with HPKE over the X-Wing KEM (ML-KEM-768 and X25519 together: both have to be broken). The age
//! crate has the file format and not this kind of key; here it becomes a [`age::Recipient`] and a [`age::Identity`].

mod hpke;
mod xwing;

use crate::host::SystemRandom;
use crate::seal::Random as _;
use age::{DecryptError, EncryptError};
use age_core::format::{FILE_KEY_BYTES, FileKey, Stanza};
use age_core::primitives::{bech32_decode, bech32_encode};
use age_core::secrecy::ExposeSecret;
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

const RECIPIENT_PREFIX: &str = "age1pq";
const IDENTITY_PREFIX: &str = "AGE-SECRET-KEY-PQ-";
const TAG: &str = "mlkem768x25519";
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";

/// Recipients with this label may share a file only with others that have it.
const LABEL: &str = "postquantum";

/// Length of the sealed file key: 16 bytes and the tag.
const BODY: usize = FILE_KEY_BYTES + 16;

/// The text is no key of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a post-quantum age key")]
pub struct NotHybrid;

/// A public key.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(xwing::PublicKey);

/// A private key.
#[derive(Clone)]
pub struct Identity(xwing::PrivateKey);

/// The bytes of a Bech32 text with this prefix, compared as written: the lower case of recipients and the upper case of
/// identities are part of them.
fn decode(text: &str, prefix: &str) -> Result<Zeroizing<Vec<u8>>, NotHybrid> {
    bech32_decode(
        text,
        |_| NotHybrid,
        |found| (found.as_str() == prefix).then_some(()).ok_or(NotHybrid),
        |_, bytes| Ok(Zeroizing::new(bytes.collect())),
    )
}

impl FromStr for Recipient {
    type Err = NotHybrid;

    fn from_str(text: &str) -> Result<Self, NotHybrid> {
        let bytes = decode(text, RECIPIENT_PREFIX)?;
        xwing::PublicKey::from_bytes(&bytes).map(Self).ok_or(NotHybrid)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = bech32::Hrp::parse(RECIPIENT_PREFIX).map_err(|_| fmt::Error)?;
        f.write_str(&bech32_encode(prefix, self.0.as_bytes()))
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Identity {
    type Err = NotHybrid;

    fn from_str(text: &str) -> Result<Self, NotHybrid> {
        let seed = decode(text, IDENTITY_PREFIX)?;
        let seed = <&[u8; 32]>::try_from(seed.as_slice()).map_err(|_| NotHybrid)?;
        Ok(Self(xwing::PrivateKey::from_seed(seed)))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl Identity {
    /// A fresh identity from 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(xwing::PrivateKey::from_seed(seed))
    }

    /// Whose identity it is.
    #[must_use]
    pub fn to_recipient(&self) -> Recipient {
        Recipient(self.0.public_key())
    }

    /// The text for an identity file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut lower = bech32::Hrp::parse(IDENTITY_PREFIX)
            .map(|prefix| bech32_encode(prefix, self.0.seed()))
            .unwrap_or_default();
        lower.make_ascii_uppercase();
        Zeroizing::new(lower)
    }
}

impl age::Recipient for Recipient {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let mut random = Zeroizing::new([0; xwing::RANDOM]);
        SystemRandom
            .fill(random.as_mut_slice())
            .map_err(std::io::Error::other)?;
        let (shared, encapsulated) = self
            .0
            .encapsulate(&random)
            .ok_or_else(|| std::io::Error::other("the post-quantum recipient is broken"))?;
        let body = hpke::seal(&shared, INFO, file_key.expose_secret());
        let stanza = Stanza {
            tag: TAG.to_owned(),
            args: vec![BASE64_STANDARD_NO_PAD.encode(encapsulated)],
            body: body.ok_or_else(|| std::io::Error::other("the file key cannot be sealed"))?,
        };
        Ok((vec![stanza], HashSet::from([LABEL.to_owned()])))
    }
}

impl age::Identity for Identity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag != TAG {
            return None;
        }
        let Some(encapsulated) = encapsulated(stanza) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        let Some(shared) = self.0.decapsulate(&encapsulated) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        let opened = hpke::open(&shared, INFO, &stanza.body)?;
        Some(FileKey::try_init_with_mut(|file_key| {
            if opened.len() != file_key.len() {
                return Err(DecryptError::InvalidHeader);
            }
            file_key.copy_from_slice(&opened);
            Ok(())
        }))
    }
}

/// The encapsulated key of a stanza whose shape is right.
fn encapsulated(stanza: &Stanza) -> Option<[u8; xwing::ENCAPSULATED]> {
    let [argument] = stanza.args.as_slice() else {
        return None;
    };
    if stanza.body.len() != BODY {
        return None;
    }
    let mut bytes = BASE64_STANDARD_NO_PAD.decode(argument).ok()?;
    let encapsulated = bytes.as_slice().try_into().ok();
    bytes.zeroize();
    encapsulated
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::{Identity as _, Recipient as _};

    #[test]
    fn keys_survive_their_text() {
        let identity = Identity::from_seed(&[7; 32]);
        let text = identity.to_text();
        assert!(text.starts_with("AGE-SECRET-KEY-PQ-1"));
        let recipient = text.parse::<Identity>().unwrap().to_recipient();
        assert_eq!(recipient.to_string().parse::<Recipient>().unwrap(), recipient);
        assert!(recipient.to_string().starts_with("age1pq1"));
    }

    #[test]
    fn the_wrong_case_is_no_key() {
        let identity = Identity::from_seed(&[7; 32]);
        assert!(
            identity
                .to_text()
                .to_ascii_lowercase()
                .parse::<Identity>()
                .is_err()
        );
        let recipient = identity.to_recipient().to_string().to_ascii_uppercase();
        assert!(recipient.parse::<Recipient>().is_err());
        assert!("age1pq1".parse::<Recipient>().is_err());
    }

    #[test]
    fn only_its_own_identity_unwraps_a_file_key() {
        let (ours, other) = (Identity::from_seed(&[1; 32]), Identity::from_seed(&[2; 32]));
        let file_key = FileKey::new(Box::new([9; 16]));
        let (mut stanzas, labels) = ours.to_recipient().wrap_file_key(&file_key).unwrap();
        assert_eq!(labels, HashSet::from(["postquantum".to_owned()]));
        let unwrapped = ours.unwrap_stanzas(&stanzas).unwrap().unwrap();
        assert_eq!(unwrapped.expose_secret(), &[9; 16]);
        assert!(other.unwrap_stanzas(&stanzas).is_none());
        stanzas[0].body[0] ^= 1;
        assert!(ours.unwrap_stanzas(&stanzas).is_none());
    }

    #[test]
    fn no_identity_is_ever_printed() {
        assert_eq!(format!("{:?}", Identity::from_seed(&[1; 32])), "Identity(…)");
    }
}
