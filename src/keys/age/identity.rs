//! Identities as they are written.

use crate::keys::access::Refusal;
use crate::keys::hybrid;
use age::Identity;

/// A private key that can be used without asking anybody.
pub enum AgeIdentity {
    /// `AGE-SECRET-KEY-1…`
    X25519(age::x25519::Identity),
    /// `AGE-SECRET-KEY-PQ-1…`
    Hybrid(hybrid::Identity),
    /// An SSH private key.
    Ssh(age::ssh::Identity),
}

impl AgeIdentity {
    /// As the age crate takes it.
    pub fn as_age(&self) -> &dyn Identity {
        match self {
            Self::X25519(identity) => identity,
            Self::Hybrid(identity) => identity,
            Self::Ssh(identity) => identity,
        }
    }

    /// The public key, where it is cheap to know.
    pub fn recipient(&self) -> Option<String> {
        match self {
            Self::X25519(identity) => Some(identity.to_public().to_string()),
            Self::Hybrid(_) | Self::Ssh(_) => None,
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
        Err("is an identity of a plugin, which is not supported in this build yet")
    } else if word.starts_with("age1") || word.starts_with("ssh-") {
        Err("is a public key, not an identity")
    } else {
        Err("is no age identity")
    }
}

/// An SSH private key file.
pub fn parse_ssh(text: &str) -> Result<AgeIdentity, Refusal> {
    match age::ssh::Identity::from_buffer(text.as_bytes(), None) {
        Ok(identity @ age::ssh::Identity::Unencrypted(_)) => Ok(AgeIdentity::Ssh(identity)),
        Ok(age::ssh::Identity::Encrypted(_)) => Err(Refusal::new("needs a passphrase")),
        Ok(age::ssh::Identity::Unsupported(_)) => Err(Refusal::new("is a kind of SSH key age cannot use")),
        Err(_) => Err(Refusal::new("is not a private SSH key of kind ed25519 or rsa")),
    }
}
