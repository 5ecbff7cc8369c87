//! age keys: X25519, post-quantum and SSH (spec §9.1).
//!
//! Each recipient gets an age file of its own around the data key. Identities come from several sources at once; one that
//! fails says why and does not stop the others.

mod identity;
mod recipient;
mod source;

pub use recipient::{RecipientKind, kind_of};

use super::access::{Access, Refusal};
use super::locked::WithAccess;
use super::service::{Denied, KeyService, Unwrapped};
use crate::host::Environment;
use crate::metadata::{KeyEntry, Recipient};
use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, EncryptError, Encryptor, Identity};
use identity::AgeIdentity;
use recipient::Parsed;
use source::{Source, Sources};
use std::cell::OnceCell;
use std::io::{Read, Write};
use zeroize::Zeroizing;

/// The longest secret inside a wrapped key, in bytes; a share has 33.
const LONGEST_SECRET: u64 = 4096;

/// What is said where the age crate gives no reason a person could use.
const FAILED: &str = "age cannot encrypt for this recipient";

/// Wraps and unwraps with age. Reads the sources of identities once.
pub struct AgeService<'a> {
    access: Access<'a>,
    sources: OnceCell<Sources>,
}

/// The public keys of the age identities at hand; SSH keys are known by their `.pub` files. Nobody is asked, no program runs.
#[must_use]
pub fn own_recipients(environment: &Environment) -> Vec<String> {
    Sources::read(environment).own_recipients()
}

/// Whether a recipient is complete and of a kind that can be encrypted for; no plugin is started.
///
/// # Errors
/// Why not, and what to do.
pub fn check(recipient: &str) -> Result<(), Refusal> {
    recipient::parse(recipient).map(drop)
}

/// Where sops looks for age identities by default.
#[must_use]
pub fn default_identity_file(environment: &Environment) -> Option<std::path::PathBuf> {
    source::default_file(environment)
}

/// Why identities did not open an age file.
enum Miss {
    /// None of them is a recipient.
    NoMatch,
    /// The file is broken, or was changed.
    Damaged,
}

impl<'a> AgeService<'a> {
    /// A service that has not read anything yet.
    #[must_use]
    pub const fn new(access: Access<'a>) -> Self {
        Self {
            access,
            sources: OnceCell::new(),
        }
    }

    /// Tries all identities of the sources that need neither a person nor a program; says for each source why not.
    fn try_ready(enc: &str, sources: &[&Source], denied: &mut Denied) -> Option<Unwrapped> {
        for source in sources {
            let ready: Vec<_> = source.identities.iter().filter_map(AgeIdentity::ready).collect();
            let reason = match decrypt(enc, ready.iter().copied()) {
                Ok(secret) => return Some(opened(source, secret)),
                Err(Miss::Damaged) => Some("an identity fits, but the wrapped key is damaged".to_owned()),
                Err(Miss::NoMatch) => match ready.len() {
                    0 => None,
                    1 => Some("its identity is not the one this was sealed for".to_owned()),
                    count => Some(format!(
                        "none of its {count} identities is the one this was sealed for"
                    )),
                },
            };
            let lines = [reason, source.trouble.clone()];
            let lines: Vec<String> = lines.into_iter().flatten().collect();
            if !lines.is_empty() {
                denied
                    .reasons
                    .push(format!("{}: {}", source.name, lines.join("; ")));
            }
        }
        None
    }

    /// Tries the identities that ask a person or start a program.
    fn try_slow(&self, enc: &str, source: &Source, denied: &mut Denied) -> Option<Unwrapped> {
        for identity in &source.identities {
            let (result, refusal) = match identity {
                AgeIdentity::LockedSsh(key) => {
                    let key = WithAccess::new(key, self.access);
                    (decrypt(enc, std::iter::once(&key as _)), key.refusal().cloned())
                }
                AgeIdentity::Plugin(identity) => {
                    let identity = identity.with_access(self.access);
                    (decrypt(enc, std::iter::once(&identity as _)), identity.refusal())
                }
                _ => continue,
            };
            match result {
                Ok(secret) => return Some(opened(source, secret)),
                Err(_) => refuse(source, refusal, denied),
            }
        }
        match source.locked.as_ref()?.open(&self.access) {
            Ok(inside) => {
                Self::try_ready(enc, &[inside], denied).or_else(|| self.try_slow(enc, inside, denied))
            }
            Err(refusal) => {
                refuse(source, Some(refusal.clone()), denied);
                None
            }
        }
    }

    fn try_all(&self, entry: &KeyEntry, sources: &Sources, denied: &mut Denied) -> Option<Unwrapped> {
        let enc = entry.enc.as_str();
        let all: Vec<&Source> = sources.all().iter().collect();
        if let Some(unwrapped) = Self::try_ready(enc, &all, denied) {
            return Some(unwrapped);
        }
        for source in all {
            if let Some(unwrapped) = self.try_slow(enc, source, denied) {
                return Some(unwrapped);
            }
        }
        for command in sources.commands() {
            let source = command.run(&self.access, text_of(&entry.recipient).unwrap_or_default());
            let unwrapped = Self::try_ready(enc, &[&source], denied);
            if let Some(unwrapped) = unwrapped.or_else(|| self.try_slow(enc, &source, denied)) {
                return Some(unwrapped);
            }
        }
        None
    }

    /// What somebody without a fitting identity can do.
    fn advice(&self, recipient: &str, sources: &Sources) -> String {
        match sources.own_recipient() {
            Some(own) => format!(
                "ask somebody who can open the file to add {own} (`sops updatekeys`), or use the identity of {recipient}"
            ),
            None => {
                let file = source::default_file(self.access.environment);
                let file =
                    file.map_or_else(String::new, |file| format!(" or put it into {}", file.display()));
                format!("set SOPS_AGE_KEY_FILE to the file with the identity of {recipient}{file}")
            }
        }
    }
}

impl KeyService for AgeService<'_> {
    fn wrap(&self, recipient: &Recipient, secret: &[u8]) -> Result<String, Refusal> {
        match recipient::parse(text_of(recipient)?)? {
            Parsed::Ready(recipient) => encrypt(recipient.as_ref(), secret),
            Parsed::Plugin(recipient) => encrypt(&recipient.with_access(self.access), secret),
        }
    }

    fn unwrap(&self, entry: &KeyEntry) -> Result<Unwrapped, Denied> {
        let recipient = text_of(&entry.recipient)?;
        if Decryptor::new_buffered(ArmoredReader::new(entry.enc.as_bytes())).is_err() {
            return Err(Refusal::new("the wrapped key is no readable age file").into());
        }
        let sources = self
            .sources
            .get_or_init(|| Sources::read(self.access.environment));
        let mut denied = Denied {
            reasons: Vec::new(),
            next: None,
        };
        if let Some(unwrapped) = self.try_all(entry, sources, &mut denied) {
            return Ok(unwrapped);
        }
        denied.reasons.extend(sources.unset());
        denied.next = denied.next.or_else(|| Some(self.advice(recipient, sources)));
        Err(denied)
    }
}

fn opened(source: &Source, secret: Zeroizing<Vec<u8>>) -> Unwrapped {
    Unwrapped {
        secret,
        by: source.name.clone(),
    }
}

/// Notes why an identity that was asked for did not open; its advice is better than any other.
fn refuse(source: &Source, refusal: Option<Refusal>, denied: &mut Denied) {
    if let Some(Refusal { reason, next }) = refusal {
        denied.reasons.push(format!("{}: {reason}", source.name));
        denied.next = denied.next.take().or(next);
    }
}

fn text_of(recipient: &Recipient) -> Result<&str, Refusal> {
    match recipient {
        Recipient::Age { recipient } => Ok(recipient.trim()),
        _ => Err(Refusal::new("this is no age recipient")),
    }
}

/// Encrypts for one recipient, armoured.
fn encrypt(recipient: &dyn age::Recipient, secret: &[u8]) -> Result<String, Refusal> {
    let encryptor = Encryptor::with_recipients(std::iter::once(recipient)).map_err(|error| match error {
        EncryptError::Io(error) => *error
            .into_inner()
            .and_then(|inner| inner.downcast::<Refusal>().ok())
            .unwrap_or_else(|| Box::new(Refusal::new(FAILED))),
        _ => Refusal::new(FAILED),
    })?;
    armour(encryptor, secret).ok_or_else(|| Refusal::new(FAILED))
}

fn armour(encryptor: Encryptor, secret: &[u8]) -> Option<String> {
    let armour = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).ok()?;
    let mut writer = encryptor.wrap_output(armour).ok()?;
    writer.write_all(secret).ok()?;
    String::from_utf8(writer.finish().ok()?.finish().ok()?).ok()
}

/// Decrypts with the first identity that fits.
fn decrypt<'i>(
    enc: &str,
    identities: impl Iterator<Item = &'i dyn Identity>,
) -> Result<Zeroizing<Vec<u8>>, Miss> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(enc.as_bytes())).map_err(|_| Miss::Damaged)?;
    let reader = decryptor.decrypt(identities).map_err(|error| match error {
        DecryptError::NoMatchingKeys => Miss::NoMatch,
        _ => Miss::Damaged,
    })?;
    let mut secret = Zeroizing::new(Vec::with_capacity(64));
    reader
        .take(LONGEST_SECRET)
        .read_to_end(&mut secret)
        .map_err(|_| Miss::Damaged)?;
    Ok(secret)
}

#[cfg(test)]
mod tests;
