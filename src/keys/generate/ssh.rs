//! New SSH keys (ed25519) in the format of OpenSSH (PROTOCOL.key of its sources): a list of length-prefixed texts in base64,
//! without a passphrase, because the file they go into is encrypted.

use super::KeyPair;
use crate::seal::{Random, RandomError};
use crate::tree::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use curve25519_dalek::edwards::EdwardsPoint;
use sha2::{Digest as _, Sha512};
use zeroize::{Zeroize as _, Zeroizing};

const KIND: &[u8] = b"ssh-ed25519";
const MAGIC: &[u8] = b"openssh-key-v1\0";
/// What the private part is padded to without a cipher, in bytes.
const BLOCK: usize = 8;
/// Columns of the text.
const COLUMNS: usize = 70;
/// More than a whole key has, so that no buffer with a part of it moves.
const ROOM: usize = 512;

/// Makes a key.
///
/// # Errors
/// When no randomness can be had.
pub fn ssh_key(random: &mut dyn Random) -> Result<KeyPair, RandomError> {
    let mut seed = Zeroizing::new([0; 32]);
    random.fill(seed.as_mut_slice())?;
    let mut check = [0; 4];
    random.fill(&mut check)?;
    let public = public(&seed);
    let mut blob = Vec::new();
    for part in [KIND, &public] {
        text(&mut blob, part);
    }
    Ok(KeyPair {
        secret: Secret::from(private_text(&seed, &public, &blob, check).as_str()),
        recipient: format!("ssh-ed25519 {}", STANDARD.encode(&blob)),
    })
}

/// The public key of a seed (RFC 8032, 5.1.5).
fn public(seed: &[u8; 32]) -> [u8; 32] {
    let mut digest = Sha512::digest(seed);
    let mut scalar = Zeroizing::new([0; 32]);
    for (to, from) in scalar.iter_mut().zip(&digest) {
        *to = *from;
    }
    digest.as_mut_slice().zeroize();
    EdwardsPoint::mul_base_clamped(*scalar).compress().to_bytes()
}

fn private_text(seed: &[u8; 32], public: &[u8; 32], blob: &[u8], check: [u8; 4]) -> Zeroizing<String> {
    let mut pair = Zeroizing::new([0; 64]);
    for (to, from) in pair.iter_mut().zip(seed.iter().chain(public)) {
        *to = *from;
    }
    let mut private = Zeroizing::new(Vec::with_capacity(ROOM));
    private.extend(check);
    private.extend(check);
    // The last one is the comment.
    for part in [KIND, public, pair.as_slice(), b""] {
        text(&mut private, part);
    }
    let padding = private.len().next_multiple_of(BLOCK) - private.len();
    private.extend((1..).take(padding));
    let mut whole = Zeroizing::new(Vec::with_capacity(ROOM));
    whole.extend(MAGIC);
    // Cipher, key derivation and its options.
    for part in [b"none".as_slice(), b"none", b""] {
        text(&mut whole, part);
    }
    whole.extend(1_u32.to_be_bytes());
    text(&mut whole, blob);
    text(&mut whole, &private);
    let encoded = Zeroizing::new(STANDARD.encode(whole.as_slice()));
    let mut lines = Zeroizing::new(String::with_capacity(ROOM * 2));
    lines.push_str("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(COLUMNS));
        lines.push_str(line);
        lines.push('\n');
        rest = more;
    }
    lines.push_str("-----END OPENSSH PRIVATE KEY-----\n");
    lines
}

/// A text after its length.
fn text(out: &mut Vec<u8>, part: &[u8]) {
    out.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(part);
}

#[cfg(test)]
mod tests {
    use super::{public, ssh_key};
    use crate::host::SystemRandom;

    #[test]
    fn the_public_key_is_that_of_the_standard() {
        // RFC 8032, 7.1, test 1.
        let bytes = |text: &str| -> [u8; 32] {
            std::array::from_fn(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap())
        };
        let seed = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let expected = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert_eq!(public(&seed), expected);
    }

    #[test]
    fn the_key_is_one_that_other_programs_read() {
        let pair = ssh_key(&mut SystemRandom).unwrap();
        let identity = age::ssh::Identity::from_buffer(pair.secret.expose(), None).unwrap();
        assert!(matches!(identity, age::ssh::Identity::Unencrypted(_)));
        let recipient = age::ssh::Recipient::try_from(identity).unwrap();
        assert_eq!(recipient.to_string(), pair.recipient);
    }
}
