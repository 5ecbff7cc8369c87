//! New values that nobody can guess: passwords, passphrases, random bytes, keys. All randomness is the caller's.

mod password;
mod words;

pub use password::{Class, Rules};

use crate::failure::{Failure, Kind};
use crate::keys::generate as keys;
use crate::seal::{Random, RandomError};
use crate::tree::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// The most random bytes in one value.
pub const MOST_BYTES: usize = 1024;
/// The most words of a passphrase.
pub const MOST_WORDS: usize = 32;

/// What is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// Characters of some classes.
    Password(Rules),
    /// So many words, joined by dashes.
    Passphrase(usize),
    /// So many bytes as hexadecimal digits.
    Hex(usize),
    /// So many bytes in base64.
    Base64(usize),
    /// A random UUID (version 4, RFC 9562).
    Uuid,
    /// A native age key (X25519).
    AgeKey,
    /// A post-quantum age key (ML-KEM-768 with X25519).
    HybridAgeKey,
    /// An SSH key (ed25519) as OpenSSH writes it, without a passphrase.
    SshKey,
}

/// A new value.
#[derive(Debug)]
pub struct Made {
    /// The value.
    pub secret: Secret,
    /// The public half, for keys.
    pub public: Option<String>,
}

impl Recipe {
    /// How many bits of randomness are in it.
    #[must_use]
    pub fn entropy(&self) -> f64 {
        let bits = |bytes: usize| f64::from(u32::try_from(bytes * 8).unwrap_or(u32::MAX));
        match self {
            Self::Password(rules) => rules.entropy(),
            Self::Passphrase(count) => bits(*count) / 8.0 * words::BITS,
            Self::Hex(count) | Self::Base64(count) => bits(*count),
            // Six of the 128 bits are fixed.
            Self::Uuid => 122.0,
            Self::AgeKey | Self::HybridAgeKey | Self::SshKey => 256.0,
        }
    }

    /// Makes a value.
    ///
    /// # Errors
    /// When no randomness can be had, or nothing fits the rules.
    pub fn make(&self, random: &mut dyn Random) -> Result<Made, Failure> {
        let secret = match self {
            Self::Password(rules) => rules.make(random)?,
            Self::Passphrase(count) => words::phrase(*count, random).map_err(no_random)?,
            Self::Hex(count) => hex(&bytes(*count, random)?),
            Self::Base64(count) => Zeroizing::new(STANDARD.encode(bytes(*count, random)?.as_slice())),
            Self::Uuid => uuid(random)?,
            Self::AgeKey => return Ok(pair(keys::age_key())),
            Self::HybridAgeKey => return keys::hybrid_age_key(random).map(pair).map_err(no_random),
            Self::SshKey => return keys::ssh_key(random).map(pair).map_err(no_random),
        };
        Ok(Made {
            secret: Secret::from(secret.as_str()),
            public: None,
        })
    }
}

fn pair(pair: keys::KeyPair) -> Made {
    Made {
        secret: pair.secret,
        public: Some(pair.recipient),
    }
}

fn no_random(error: RandomError) -> Failure {
    Failure::new(Kind::Generic, error.to_string())
}

fn bytes(count: usize, random: &mut dyn Random) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(vec![0; count.clamp(1, MOST_BYTES)]);
    random.fill(&mut bytes).map_err(no_random)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn uuid(random: &mut dyn Random) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = bytes(16, random)?;
    if let Some(byte) = bytes.get_mut(6) {
        *byte = (*byte & 0x0f) | 0x40;
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = (*byte & 0x3f) | 0x80;
    }
    let digits = hex(&bytes);
    let mut text = Zeroizing::new(String::with_capacity(36));
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    Ok(text)
}

/// A number below `limit`, every one as likely as any other.
fn below(limit: u32, random: &mut dyn Random) -> Result<u32, RandomError> {
    let limit = limit.max(1);
    // Numbers past the last whole multiple would make the small ones likelier.
    let end = u32::MAX - u32::MAX % limit;
    let mut bytes = Zeroizing::new([0; 4]);
    loop {
        random.fill(bytes.as_mut_slice())?;
        let number = u32::from_le_bytes(*bytes);
        if number < end {
            return Ok(number % limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Recipe, Rules, below};
    use crate::host::SystemRandom;

    fn make(recipe: &Recipe) -> String {
        let made = recipe.make(&mut SystemRandom).unwrap();
        made.secret.expose_str().unwrap().to_owned()
    }

    #[test]
    fn every_value_has_its_shape_and_is_new_each_time() {
        assert_eq!(make(&Recipe::Hex(32)).len(), 64);
        assert!(make(&Recipe::Base64(32)).ends_with('='));
        let uuid = make(&Recipe::Uuid);
        let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
        assert_eq!(make(&Recipe::Passphrase(6)).split('-').count(), 6);
        assert!(make(&Recipe::AgeKey).contains("AGE-SECRET-KEY-1"));
        assert!(make(&Recipe::HybridAgeKey).contains("AGE-SECRET-KEY-PQ-1"));
        for recipe in [
            Recipe::Password(Rules::default()),
            Recipe::Passphrase(6),
            Recipe::Hex(16),
            Recipe::Base64(16),
            Recipe::Uuid,
            Recipe::AgeKey,
            Recipe::HybridAgeKey,
            Recipe::SshKey,
        ] {
            assert_ne!(make(&recipe), make(&recipe), "{recipe:?}");
        }
    }

    #[test]
    fn numbers_of_a_range_are_equally_likely() {
        let mut counts = [0_u32; 5];
        for _ in 0..10_000 {
            counts[below(5, &mut SystemRandom).unwrap() as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (1_700..2_300).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn entropy_is_that_of_the_choices() {
        assert!((Recipe::Passphrase(6).entropy() - 66.0).abs() < 1e-9);
        assert!((Recipe::Hex(32).entropy() - 256.0).abs() < 1e-9);
        assert!((Recipe::Uuid.entropy() - 122.0).abs() < 1e-9);
    }
}
