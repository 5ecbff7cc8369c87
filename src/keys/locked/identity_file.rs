//! Passphrase-encrypted age identity files (spec §9.1).

use super::{Tried, ask};
use crate::keys::access::{Access, Refusal, Subject};
use age::armor::ArmoredReader;
use age::{DecryptError, Decryptor};
use std::io::Read;
use zeroize::Zeroizing;

/// The most work an identity file may ask for, as the power of two that scrypt takes: what age allows too. It takes
/// some seconds and 4 GiB.
const MOST_WORK: u8 = 22;

/// The longest identity file, in bytes.
const LONGEST: u64 = 16 << 20;

/// Whether the bytes of an identity source are an age file, which then has to be opened first.
#[must_use]
pub fn is_locked(source: &[u8]) -> bool {
    source.starts_with(b"age-encryption") || source.starts_with(b"-----BEGIN AGE")
}

/// The text of an identity file behind a passphrase. `name` is its source as a person knows it, e.g. its path.
///
/// # Errors
/// When nobody gives the right passphrase, the file is broken, or it is encrypted for a key instead of a passphrase.
pub fn open(access: &Access<'_>, name: &str, source: &[u8]) -> Result<Zeroizing<String>, Refusal> {
    let broken = || Refusal::new("is not a readable age file");
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(source)).map_err(|_| broken())?;
    if !decryptor.is_scrypt() {
        return Err(
            Refusal::new("is encrypted for another key, not with a passphrase")
                .next("decrypt it with `age -d` first"),
        );
    }
    let subject = Subject::Identity(name.to_owned());
    let bytes = ask(access, &subject, |passphrase| {
        let mut identity = age::scrypt::Identity::new(passphrase);
        identity.set_max_work_factor(MOST_WORK);
        let decryptor = Decryptor::new_buffered(ArmoredReader::new(source)).map_err(|_| broken())?;
        match decryptor.decrypt(std::iter::once(&identity as _)) {
            Ok(reader) => read(reader).map(Tried::Opened),
            Err(DecryptError::DecryptionFailed | DecryptError::NoMatchingKeys) => Ok(Tried::Wrong),
            Err(DecryptError::ExcessiveWork { .. }) => {
                Err(Refusal::new("asks for too much work (scrypt above 2^22)"))
            }
            Err(_) => Err(broken()),
        }
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Refusal::new("does not contain text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Reads to the end without leaving copies behind.
fn read(mut reader: impl Read) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let mut part = Zeroizing::new([0; 4096]);
    loop {
        let count = reader
            .read(part.as_mut_slice())
            .map_err(|_| Refusal::new("is damaged"))?;
        let Some(read) = part.get(..count).filter(|read| !read.is_empty()) else {
            return Ok(bytes);
        };
        if (bytes.len() + count) as u64 > LONGEST {
            return Err(Refusal::new("is longer than 16 MiB"));
        }
        if bytes.len() + count > bytes.capacity() {
            let mut bigger = Vec::with_capacity(bytes.len() * 2 + count);
            bigger.extend_from_slice(&bytes);
            bytes = Zeroizing::new(bigger);
        }
        bytes.extend_from_slice(read);
    }
}
