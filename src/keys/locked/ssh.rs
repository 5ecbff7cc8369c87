//! SSH private keys, with and without a passphrase.

use super::{Tried, ask};
use crate::keys::access::{Access, Refusal, Subject};
use age::DecryptError;
use age::ssh::{Identity, UnsupportedKey};
use age_core::format::{FileKey, Stanza};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use zeroize::Zeroizing;

/// What OpenSSH's private key files begin with, once decoded.
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The stanzas of age that an SSH key opens.
const STANZAS: &[&str] = &["ssh-ed25519", "ssh-rsa"];

/// A private key file.
pub enum SshKey {
    /// Usable as it is.
    Open(Identity),
    /// Behind a passphrase.
    Locked(LockedSsh),
}

/// A private key behind a passphrase.
pub struct LockedSsh {
    path: String,
    /// Of the public key, as it stands in stanzas; the file shows it without the passphrase.
    tag: String,
    key: age::ssh::EncryptedKey,
}

impl SshKey {
    /// Reads a private key file. `path` is for the question and for messages.
    ///
    /// # Errors
    /// When it is none, or of a kind that age cannot use.
    pub fn read(text: &str, path: &str) -> Result<Self, Refusal> {
        // Files with CRLF or without a line feed at the end are read by OpenSSH too.
        let mut lines = Zeroizing::new(String::with_capacity(text.len() + 1));
        for line in text.trim().lines() {
            lines.push_str(line.trim_end());
            lines.push('\n');
        }
        let identity = Identity::from_buffer(lines.as_bytes(), Some(path.to_owned()))
            .map_err(|_| unread(&lines, path))?;
        match identity {
            Identity::Encrypted(key) => Ok(Self::Locked(LockedSsh {
                path: path.to_owned(),
                tag: tag_of_public_part(&lines).ok_or_else(|| Refusal::new("is a damaged SSH key"))?,
                key,
            })),
            Identity::Unsupported(unsupported) => Err(explain(&unsupported, path)),
            open @ Identity::Unencrypted(_) => Ok(Self::Open(open)),
        }
    }
}

impl LockedSsh {
    /// Whether the key opens this stanza; asking for the passphrase of another key would help nobody.
    #[must_use]
    pub fn fits(&self, stanza: &Stanza) -> bool {
        STANZAS.contains(&stanza.tag.as_str()) && stanza.args.first() == Some(&self.tag)
    }

    /// Asks for the passphrase and opens the key; once in a run over many files.
    ///
    /// # Errors
    /// When nobody gives the right one.
    pub fn unlock(&self, access: &Access<'_>) -> Result<Identity, Refusal> {
        let open = || {
            let subject = Subject::SshKey(self.path.clone());
            ask(access, &subject, |passphrase| {
                Ok(match self.key.decrypt(passphrase) {
                    Ok(key) => Tried::Opened(Identity::Unencrypted(key)),
                    Err(_) => Tried::Wrong,
                })
            })
        };
        access.environment.once(&format!("ssh {}", self.path), open)
    }
}

/// A locked key as an identity of age: it asks when a stanza fits, once, and remembers the answer.
pub struct WithAccess<'a> {
    key: &'a LockedSsh,
    access: Access<'a>,
    unlocked: OnceCell<Result<Identity, Refusal>>,
}

impl<'a> WithAccess<'a> {
    /// For one unlocking.
    #[must_use]
    pub const fn new(key: &'a LockedSsh, access: Access<'a>) -> Self {
        Self {
            key,
            access,
            unlocked: OnceCell::new(),
        }
    }

    /// Why it did not open, if it was needed and did not.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.unlocked.get().and_then(|unlocked| unlocked.as_ref().err())
    }
}

impl age::Identity for WithAccess<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if !self.key.fits(stanza) {
            return None;
        }
        let unlocked = self.unlocked.get_or_init(|| self.key.unlock(&self.access));
        // A refusal is no match, so that the next identity is tried; `refusal` tells it.
        unlocked.as_ref().ok()?.unwrap_stanza(stanza)
    }
}

/// What to say about a file that age does not read.
fn unread(text: &str, path: &str) -> Refusal {
    let pkcs8 = [
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
    ];
    if pkcs8.iter().any(|head| text.starts_with(head)) {
        return Refusal::new("is a private key in PKCS#8 form, which age does not read")
            .next(format!("convert a copy of it: `ssh-keygen -p -f {path}`"));
    }
    Refusal::new("is not a private SSH key of kind ed25519 or rsa")
}

/// What to say about keys that age cannot use.
fn explain(unsupported: &UnsupportedKey, path: &str) -> Refusal {
    match unsupported {
        UnsupportedKey::EncryptedPem => Refusal::new("is encrypted in the old PEM form")
            .next(format!("convert it: `ssh-keygen -p -f {path}`")),
        UnsupportedKey::EncryptedSsh(_) => Refusal::new("is encrypted with a cipher that age does not know")
            .next(format!("convert it: `ssh-keygen -p -Z aes256-ctr -f {path}`")),
        UnsupportedKey::Hardware(_) => Refusal::new("is on a security key, which cannot decrypt"),
        UnsupportedKey::Type(_) => Refusal::new("is not of kind ed25519 or rsa"),
    }
}

/// The tag of the public key that stands in clear in OpenSSH's form of a private key.
fn tag_of_public_part(text: &str) -> Option<String> {
    let body: Zeroizing<String> =
        Zeroizing::new(text.lines().filter(|line| !line.starts_with('-')).collect());
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(body.as_bytes()).ok()?);
    let mut rest = bytes.strip_prefix(MAGIC)?;
    for _cipher_kdf_and_its_options in 0..3 {
        rest = string(rest)?.1;
    }
    let (_count_of_keys, rest) = rest.split_first_chunk::<4>()?;
    let (public, _) = string(rest)?;
    let hash = Sha256::digest(public);
    Some(BASE64_STANDARD_NO_PAD.encode(hash.first_chunk::<4>()?))
}

/// A string of SSH's encoding, and what follows it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}
