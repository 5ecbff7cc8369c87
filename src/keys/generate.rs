//! New keys: of age and of SSH.

mod ssh;

pub use ssh::ssh_key;

use super::hybrid;
use crate::seal::{Random, RandomError};
use crate::tree::Secret;
use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use zeroize::Zeroizing;

/// A new pair of keys.
#[derive(Debug)]
pub struct KeyPair {
    /// The private half, as a key file holds it; for age with a comment that names the public half.
    pub secret: Secret,
    /// The public half.
    pub recipient: String,
}

/// Makes a native age key (X25519).
#[must_use]
pub fn age_key() -> KeyPair {
    let identity = Identity::generate();
    let recipient = identity.to_public().to_string();
    let secret = identity.to_string();
    KeyPair {
        secret: Secret::from(format!("# public key: {recipient}\n{}\n", secret.expose_secret())),
        recipient,
    }
}

/// Makes a post-quantum age key (ML-KEM-768 with X25519).
///
/// # Errors
/// When no randomness can be had.
pub fn hybrid_age_key(random: &mut dyn Random) -> Result<KeyPair, RandomError> {
    let mut seed = Zeroizing::new([0; 32]);
    random.fill(seed.as_mut_slice())?;
    let identity = hybrid::Identity::from_seed(&seed);
    let recipient = identity.to_recipient().to_string();
    let secret = identity.to_text();
    Ok(KeyPair {
        secret: Secret::from(format!("# public key: {recipient}\n{}\n", secret.as_str())),
        recipient,
    })
}
