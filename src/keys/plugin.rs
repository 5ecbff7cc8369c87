//! age plugins: recipients `age1NAME1…`, identities `AGE-PLUGIN-NAME-1…`, programs `age-plugin-NAME` (spec §9.1,
//! security P9).
//!
//! The age crate has this too; there, a plugin inherits all variables of the process, `SOPS_AGE_KEY` among them, and may
//! hang forever. Here it gets the variables it may have, is started from `PATH` only, and is given up in time.

mod name;
mod protocol;
pub mod stanza;

pub use name::PluginName;

use super::access::{Access, Refusal};
use super::consent;
use age::{DecryptError, EncryptError};
use age_core::format::{FILE_KEY_BYTES, FileKey, Stanza};
use age_core::secrecy::ExposeSecret;
use protocol::{Kind, Session};
use std::cell::RefCell;
use std::collections::HashSet;
use std::io;
use zeroize::Zeroizing;

/// A recipient of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    name: PluginName,
    text: String,
}

/// An identity of a plugin. It is kept secret, although most plugins have only a pointer to a hardware key in it.
#[derive(Clone)]
pub struct Identity {
    name: PluginName,
    text: Zeroizing<String>,
}

impl Recipient {
    /// Reads `age1NAME1…`; `None` where it is something else, or names no decent program.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = name::of_recipient(text)?;
        Some(Self {
            name,
            text: text.to_owned(),
        })
    }

    /// Which plugin.
    #[must_use]
    pub const fn plugin(&self) -> &PluginName {
        &self.name
    }

    /// The recipient as the age crate uses it. Asks first whether the plugin may run: a file named it.
    #[must_use]
    pub const fn with_access<'a>(&'a self, access: Access<'a>) -> RecipientWithAccess<'a> {
        RecipientWithAccess {
            recipient: self,
            access,
        }
    }
}

impl Identity {
    /// Reads `AGE-PLUGIN-NAME-1…`; `None` where it is something else, or names no decent program.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = name::of_identity(text)?;
        Some(Self {
            name,
            text: Zeroizing::new(text.to_owned()),
        })
    }

    /// Which plugin.
    #[must_use]
    pub const fn plugin(&self) -> &PluginName {
        &self.name
    }

    /// The identity as the age crate uses it. The user named the plugin in an identity file, so nobody is asked.
    #[must_use]
    pub const fn with_access<'a>(&'a self, access: Access<'a>) -> IdentityWithAccess<'a> {
        IdentityWithAccess {
            identity: self,
            access,
            refusal: RefCell::new(None),
        }
    }
}

/// A recipient that may start its plugin.
pub struct RecipientWithAccess<'a> {
    recipient: &'a Recipient,
    access: Access<'a>,
}

impl RecipientWithAccess<'_> {
    fn wrap(&self, file_key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), Refusal> {
        let name = &self.recipient.name;
        let program = name.find(self.access.environment)?;
        if !consent::may_run(&self.access, &name.program()) {
            return Err(Refusal::new(format!(
                "{} may not run: a recipient names it, and nobody agreed",
                name.program()
            ))
            .next("agree when you are asked, or run the drop-in command"));
        }
        let mut session = Session::start(self.access, name, &program, Kind::Recipient)?;
        session.say("add-recipient", &[&self.recipient.text], b"");
        session.say("wrap-file-key", &[], file_key.expose_secret());
        session.say("extension-labels", &[], b"");
        session.say("done", &[], b"");
        let (mut stanzas, mut labels) = (Vec::new(), HashSet::new());
        session.answer(|command| match (command.tag.as_str(), command.args.as_slice()) {
            ("recipient-stanza", [file, tag, args @ ..]) if file == "0" => {
                stanzas.push(Stanza {
                    tag: tag.clone(),
                    args: args.to_vec(),
                    body: command.body.to_vec(),
                });
                true
            }
            ("labels", new) => {
                labels = new.iter().cloned().collect();
                true
            }
            _ => false,
        })?;
        if stanzas.is_empty() {
            return Err(Refusal::new(format!("{} gave no stanza", name.program())));
        }
        Ok((stanzas, labels))
    }
}

impl age::Recipient for RecipientWithAccess<'_> {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        self.wrap(file_key)
            .map_err(|refusal| EncryptError::Io(io::Error::other(refusal)))
    }
}

/// An identity that may start its plugin.
pub struct IdentityWithAccess<'a> {
    identity: &'a Identity,
    access: Access<'a>,
    refusal: RefCell<Option<Refusal>>,
}

impl IdentityWithAccess<'_> {
    /// Why the plugin did not open the file, if it was asked and did not.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.refusal.borrow().clone()
    }

    fn unwrap(&self, stanzas: &[Stanza]) -> Result<Option<FileKey>, Refusal> {
        let name = &self.identity.name;
        let program = name.find(self.access.environment)?;
        let mut session = Session::start(self.access, name, &program, Kind::Identity)?;
        session.say("add-identity", &[&self.identity.text], b"");
        for stanza in stanzas {
            let mut arguments = vec!["0", &stanza.tag];
            arguments.extend(stanza.args.iter().map(String::as_str));
            session.say("recipient-stanza", &arguments, &stanza.body);
        }
        session.say("done", &[], b"");
        let mut opened = None;
        session.answer(|command| {
            let fits = command.tag == "file-key"
                && command.args.as_slice() == ["0"]
                && command.body.len() == FILE_KEY_BYTES
                && opened.is_none();
            if fits {
                opened = Some(FileKey::init_with_mut(|key| key.copy_from_slice(&command.body)));
            }
            fits
        })?;
        Ok(opened)
    }
}

impl age::Identity for IdentityWithAccess<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        self.unwrap_stanzas(std::slice::from_ref(stanza))
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        match self.unwrap(stanzas) {
            Ok(opened) => opened.map(Ok),
            Err(refusal) => {
                // No match, so that the next identity is tried; `refusal` tells it.
                self.refusal.replace(Some(refusal));
                None
            }
        }
    }
}
