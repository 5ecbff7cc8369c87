//! age keys: X25519, post-quantum and SSH (spec §9.1).
//!
//! Each recipient gets an age file of its own around the data key. Identities come from several sources at once; one that
//! fails says why and does not stop the others.

mod identity;
mod recipient;
mod source;

pub use recipient::{RecipientKind, kind_of};

use super::access::{Access, Refusal};
use super::service::{Denied, KeyService, Unwrapped};
use crate::metadata::{KeyEntry, Recipient};
use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, Encryptor, Identity};
use source::{Source, Sources};
use std::cell::OnceCell;
use std::io::{Read, Write};
use zeroize::Zeroizing;

/// The longest secret inside a wrapped key, in bytes; a share has 33.
const LONGEST_SECRET: u64 = 4096;

/// Wraps and unwraps with age. Reads the sources of identities once.
pub struct AgeService<'a> {
    access: Access<'a>,
    sources: OnceCell<Sources>,
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

    fn try_source(&self, enc: &str, source: &Source) -> Result<Unwrapped, Option<String>> {
        if source.identities.is_empty() {
            return Err(source
                .trouble
                .as_ref()
                .map(|trouble| format!("{}: {trouble}", source.name)));
        }
        let identities = source.identities.iter().map(identity::AgeIdentity::as_age);
        let reason = match decrypt(enc, identities) {
            Ok(secret) => {
                return Ok(Unwrapped {
                    secret,
                    by: source.name.clone(),
                });
            }
            Err(Miss::NoMatch) => match source.identities.len() {
                1 => "its identity is not the one this was sealed for".to_owned(),
                count => format!("none of its {count} identities is the one this was sealed for"),
            },
            Err(Miss::Damaged) => "an identity fits, but the wrapped key is damaged".to_owned(),
        };
        let trouble = source
            .trouble
            .as_ref()
            .map(|trouble| format!("; {trouble}"))
            .unwrap_or_default();
        Err(Some(format!("{}: {reason}{trouble}", source.name)))
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
        let recipient = recipient::parse(text_of(recipient)?)?;
        encrypt(recipient.as_ref(), secret)
            .ok_or_else(|| Refusal::new("age cannot encrypt for this recipient"))
    }

    fn unwrap(&self, entry: &KeyEntry) -> Result<Unwrapped, Denied> {
        let recipient = text_of(&entry.recipient)?;
        if Decryptor::new_buffered(ArmoredReader::new(entry.enc.as_bytes())).is_err() {
            return Err(Refusal::new("the wrapped key is no readable age file").into());
        }
        let sources = self
            .sources
            .get_or_init(|| Sources::read(self.access.environment));
        let mut reasons = Vec::new();
        for source in sources.all() {
            match self.try_source(&entry.enc, source) {
                Ok(unwrapped) => return Ok(unwrapped),
                Err(reason) => reasons.extend(reason),
            }
        }
        for command in sources.commands() {
            let source = command.run(&self.access, recipient);
            match self.try_source(&entry.enc, &source) {
                Ok(unwrapped) => return Ok(unwrapped),
                Err(reason) => reasons.extend(reason),
            }
        }
        reasons.extend(sources.unset());
        Err(Denied {
            reasons,
            next: Some(self.advice(recipient, sources)),
        })
    }
}

fn text_of(recipient: &Recipient) -> Result<&str, Refusal> {
    match recipient {
        Recipient::Age { recipient } => Ok(recipient.trim()),
        _ => Err(Refusal::new("this is no age recipient")),
    }
}

/// Encrypts for one recipient, armoured.
fn encrypt(recipient: &dyn age::Recipient, secret: &[u8]) -> Option<String> {
    let encryptor = Encryptor::with_recipients(std::iter::once(recipient)).ok()?;
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
