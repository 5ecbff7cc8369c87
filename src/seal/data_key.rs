//! The key that encrypts the values of one file.

use std::fmt;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

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
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct DataKey(Box<[u8; 32]>);

impl DataKey {
    /// Takes over a key that was unwrapped.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Box::new(bytes))
    }

    /// Takes over bytes that may be a key; `None` if there are not exactly 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Box::new([0; 32]);
        (bytes.len() == key.len()).then(|| {
            key.copy_from_slice(bytes);
            Self(key)
        })
    }

    /// A fresh key.
    ///
    /// # Errors
    /// When no randomness can be had.
    pub fn generate(random: &mut dyn Random) -> Result<Self, RandomError> {
        let mut key = Self(Box::new([0; 32]));
        random.fill(key.0.as_mut_slice())?;
        Ok(key)
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}
