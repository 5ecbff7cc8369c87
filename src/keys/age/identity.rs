//! Identities as they are written.

use crate::keys::access::Refusal;
use crate::keys::locked::{LockedSsh, SshKey};
use crate::keys::{hybrid, plugin};
use age::Identity;

/// A private key, or the way to one.
pub enum AgeIdentity {
    /// `AGE-SECRET-KEY-1…`
    X25519(age::x25519::Identity),
    /// `AGE-SECRET-KEY-PQ-1…`
    Hybrid(hybrid::Identity),
    /// An SSH private key.
    Ssh(age::ssh::Identity),
    /// An SSH private key behind a passphrase.
    LockedSsh(LockedSsh),
    /// `AGE-PLUGIN-NAME-1…`
    Plugin(plugin::Identity),
}

impl AgeIdentity {
    /// As the age crate takes it, if it can be used without asking a person or starting a program.
    pub fn ready(&self) -> Option<&dyn Identity> {
        match self {
            Self::X25519(identity) => Some(identity),
            Self::Hybrid(identity) => Some(identity),
            Self::Ssh(identity) => Some(identity),
            Self::LockedSsh(_) | Self::Plugin(_) => None,
        }
    }

    /// The public key, where it is short enough to be shown.
    pub fn recipient(&self) -> Option<String> {
        match self {
            Self::X25519(identity) => Some(identity.to_public().to_string()),
            _ => None,
        }
    }
}

/// The identities of a text, several a line if separated by blanks; what is none is reported, without showing it. Empty
/// lines and those that begin with `#` are left out.
pub fn parse_all(text: &str) -> (Vec<AgeIdentity>, Option<String>) {
    let mut identities = Vec::new();
    let mut trouble = None;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with('#') {
            continue;
        }
        for word in line.split_whitespace() {
            match parse(word) {
                Ok(identity) => identities.push(identity),
                Err(problem) => trouble = Some(format!("line {number} {problem}")),
            }
        }
    }
    if identities.is_empty() && trouble.is_none() {
        trouble = Some("there is no identity in it".to_owned());
    }
    (identities, trouble)
}

fn parse(word: &str) -> Result<AgeIdentity, &'static str> {
    if word.starts_with("AGE-SECRET-KEY-PQ-1") {
        word.parse()
            .map(AgeIdentity::Hybrid)
            .map_err(|_| "is not a complete identity")
    } else if word.starts_with("AGE-SECRET-KEY-1") {
        word.parse()
            .map(AgeIdentity::X25519)
            .map_err(|_| "is not a complete identity")
    } else if word.starts_with("AGE-PLUGIN-") {
        plugin::Identity::parse(word)
            .map(AgeIdentity::Plugin)
            .ok_or("is not a complete identity of a plugin")
    } else if word.starts_with("age1") || word.starts_with("ssh-") {
        Err("is a public key, not an identity")
    } else {
        Err("is no age identity")
    }
}

/// An SSH private key file.
pub fn parse_ssh(text: &str, path: &str) -> Result<AgeIdentity, Refusal> {
    Ok(match SshKey::read(text, path)? {
        SshKey::Open(identity) => AgeIdentity::Ssh(identity),
        SshKey::Locked(key) => AgeIdentity::LockedSsh(key),
    })
}
