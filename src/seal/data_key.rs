//! The key that encrypts the values of one file.

use std::fmt;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The source of randomness is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the system gave no random numbers")]
pub struct RandomError;

/// A source of random bytes fit for keys and nonces; the real one is in [`crate::host`].
pub trait Random {
    /// Fills the whole buffer.
    ///
    /// # Errors
    /// When no randomness can be had; the buffer must not be used then.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// 32 bytes, wiped when dropped, never shown. They stay in one place: a value that moves leaves copies behind.
///
/// A key that several groups gave knows the shares it was combined from, so that somebody can come to a group without new shares for
/// all; two keys are the same whatever gave them.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey {
    bytes: Box<[u8; 32]>,
    shares: Vec<Zeroizing<Vec<u8>>>,
}

impl PartialEq for DataKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for DataKey {}

impl DataKey {
    /// Takes over a key that was unwrapped.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self::of(Box::new(bytes))
    }

    const fn of(bytes: Box<[u8; 32]>) -> Self {
        Self {
            bytes,
            shares: Vec::new(),
        }
    }

    /// Takes over bytes that may be a key; `None` if there are not exactly 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Box::new([0; 32]);
        (bytes.len() == key.len()).then(|| {
            key.copy_from_slice(bytes);
            Self::of(key)
        })
    }

    /// A fresh key.
    ///
    /// # Errors
    /// When no randomness can be had.
    pub fn generate(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut key = Self::of(Box::new([0; 32]));
        random.fill(key.bytes.as_mut_slice())?;
        Ok(key)
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// With the shares it was combined from: at least as many as are needed, and of the group number i the one with x = i + 1.
    #[must_use]
    pub fn with_shares(mut self, shares: Vec<Zeroizing<Vec<u8>>>) -> Self {
        self.shares = shares;
        self
    }

    /// The shares it was combined from; none where they are not known, or not as many as are needed for certain.
    #[must_use]
    pub fn shares(&self) -> &[Zeroizing<Vec<u8>>] {
        &self.shares
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::DataKey;

    #[test]
    fn a_data_key_is_32_bytes_and_debug_output_shows_none_of_them() {
        for (length, is_key) in [(0, false), (31, false), (32, true), (33, false)] {
            let bytes: Vec<u8> = (0..length).collect();
            let key = DataKey::from_slice(&bytes);
            assert_eq!(key.is_some(), is_key, "{length}");
            if let Some(key) = key {
                assert_eq!(key.expose().as_slice(), bytes);
                assert_eq!(format!("{key:?}"), "DataKey(…)");
                let shared = key.clone().with_shares(vec![vec![7; 33].into()]);
                assert_eq!(shared, key, "what gave a key is no part of it");
                assert_eq!(format!("{shared:?}"), "DataKey(…)");
            }
        }
    }

    #[test]
    fn a_key_knows_what_it_was_combined_from_and_is_the_same_without() {
        let key = DataKey::new([1; 32]);
        let shared = key.clone().with_shares(vec![vec![7; 33].into()]);
        assert!(key.shares().is_empty());
        let [share] = shared.shares() else {
            panic!("one share");
        };
        assert_eq!(share.as_slice(), [7; 33]);
        assert_eq!(shared, key);
        assert_ne!(key, DataKey::new([2; 32]));
    }
}
