//! Identities behind a passphrase.
