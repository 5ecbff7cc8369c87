//! Tells a text again without keeping it.

use crate::host::SystemRandom;
use crate::seal::Random as _;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// A keyed hash of a text; the key is made for it and kept nowhere else.
pub struct Mark(Hmac<Sha256>, Vec<u8>);

impl Mark {
    /// The mark of a text; `None` when no random numbers can be had.
    pub fn of(text: &[u8]) -> Option<Self> {
        let mut key = [0; 32];
        SystemRandom.fill(&mut key).ok()?;
        let keyed = Hmac::new_from_slice(&key).ok()?;
        let hash = keyed.clone().chain_update(text).finalize().into_bytes().to_vec();
        Some(Self(keyed, hash))
    }

    /// Whether a text is the one of this mark.
    pub fn fits(&self, text: &[u8]) -> bool {
        self.0.clone().chain_update(text).verify_slice(&self.1).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Mark;

    #[test]
    fn a_text_is_told_from_all_others() {
        let mark = Mark::of(b"hunter2").unwrap();
        assert!(mark.fits(b"hunter2"));
        assert!(!mark.fits(b"hunter2\n") && !mark.fits(b""));
    }
}
