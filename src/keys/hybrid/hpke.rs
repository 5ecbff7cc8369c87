//! One message by HPKE (RFC 9180): base mode, HKDF-SHA256, ChaCha20-Poly1305, no additional data.
//!
//! What comes before, the key encapsulation, is [`super::xwing`].

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::{Hkdf, HkdfExtract};
use sha2::Sha256;
use zeroize::Zeroizing;

/// `HPKE`, the KEM (X-Wing), the KDF, the AEAD.
const SUITE: &[u8] = b"HPKE\x64\x7a\x00\x01\x00\x03";
const VERSION: &[u8] = b"HPKE-v1";

/// Without a pre-shared key.
const MODE_BASE: &[u8] = &[0];

/// Seals a message under a shared secret that is used once.
pub fn seal(shared: &[u8; 32], info: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let (cipher, nonce) = schedule(shared, info)?;
    cipher.encrypt(&nonce, message).ok()
}

/// Opens it; `None` where it was sealed under another secret.
pub fn open(shared: &[u8; 32], info: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (cipher, nonce) = schedule(shared, info)?;
    cipher.decrypt(&nonce, sealed).ok().map(Zeroizing::new)
}

/// The key schedule (RFC 9180, 5.1), for the first message.
fn schedule(shared: &[u8; 32], info: &[u8]) -> Option<(ChaCha20Poly1305, Nonce)> {
    let (no_key, _) = extract(b"", b"psk_id_hash", b"");
    let (hashed_info, _) = extract(b"", b"info_hash", info);
    let (_, secret) = extract(shared, b"secret", b"");
    let context = [MODE_BASE, no_key.as_slice(), hashed_info.as_slice()];
    let mut key = Zeroizing::new([0; 32]);
    let mut nonce = [0; 12];
    expand(&secret, b"key", &context, key.as_mut_slice())?;
    expand(&secret, b"base_nonce", &context, &mut nonce)?;
    Some((
        ChaCha20Poly1305::new(Key::from_slice(key.as_slice())),
        Nonce::from(nonce),
    ))
}

/// `LabeledExtract`
fn extract(salt: &[u8], label: &[u8], input: &[u8]) -> (Zeroizing<[u8; 32]>, Hkdf<Sha256>) {
    let mut extract = HkdfExtract::<Sha256>::new(Some(salt));
    for part in [VERSION, SUITE, label, input] {
        extract.input_ikm(part);
    }
    let (bytes, expander) = extract.finalize();
    (Zeroizing::new(bytes.into()), expander)
}

/// `LabeledExpand`
fn expand(secret: &Hkdf<Sha256>, label: &[u8], context: &[&[u8]; 3], out: &mut [u8]) -> Option<()> {
    let length = u16::try_from(out.len()).ok()?.to_be_bytes();
    let [mode, no_key, info] = *context;
    let parts = [&length, VERSION, SUITE, label, mode, no_key, info];
    secret.expand_multi_info(&parts, out).ok()
}
