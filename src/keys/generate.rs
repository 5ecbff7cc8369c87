//! New age keys.

use crate::tree::Secret;
use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;

/// A new pair of keys.
#[derive(Debug)]
pub struct KeyPair {
    /// The private half, as a key file holds it, with a comment that names the public half.
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
