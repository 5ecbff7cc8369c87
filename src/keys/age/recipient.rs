//! Recipients as they are written: which kind, and how to encrypt for them.

use crate::keys::access::Refusal;
use crate::keys::{hybrid, plugin};
use age::ssh::ParseRecipientKeyError;

/// The kinds of age recipients sops knows (spec §9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipientKind {
    /// `age1…`
    X25519,
    /// `age1pq1…`
    Hybrid,
    /// `age1NAME1…`
    Plugin,
    /// `ssh-ed25519 …`, `ssh-rsa …`
    Ssh,
}

/// The kind of a recipient by how it begins; `None` is what sops calls an unknown recipient type.
#[must_use]
pub fn kind_of(text: &str) -> Option<RecipientKind> {
    let text = text.trim();
    if text.starts_with("age1pq1") {
        Some(RecipientKind::Hybrid)
    } else if let Some(rest) = text.strip_prefix("age1") {
        Some(if rest.contains('1') {
            RecipientKind::Plugin
        } else {
            RecipientKind::X25519
        })
    } else if text.starts_with("ssh-") {
        Some(RecipientKind::Ssh)
    } else {
        None
    }
}

/// A recipient that was read.
pub enum Parsed {
    /// It encrypts by itself.
    Ready(Box<dyn age::Recipient>),
    /// A plugin encrypts for it.
    Plugin(plugin::Recipient),
}

/// Reads a recipient.
pub fn parse(text: &str) -> Result<Parsed, Refusal> {
    let ready: Box<dyn age::Recipient> = match kind_of(text) {
        Some(RecipientKind::X25519) => {
            Box::new(text.parse::<age::x25519::Recipient>().map_err(|_| mistyped())?)
        }
        Some(RecipientKind::Hybrid) => Box::new(text.parse::<hybrid::Recipient>().map_err(|_| mistyped())?),
        Some(RecipientKind::Ssh) => Box::new(
            text.parse::<age::ssh::Recipient>()
                .map_err(|error| Refusal::new(ssh_problem(&error)))?,
        ),
        Some(RecipientKind::Plugin) => {
            return plugin::Recipient::parse(text)
                .map(Parsed::Plugin)
                .ok_or_else(mistyped);
        }
        None => {
            let refusal = Refusal::new("unknown recipient type");
            return Err(refusal.next("age recipients begin with age1 or ssh-"));
        }
    };
    Ok(Parsed::Ready(ready))
}

fn mistyped() -> Refusal {
    Refusal::new("it is not a complete age recipient").next("copy the whole public key again")
}

const fn ssh_problem(error: &ParseRecipientKeyError) -> &'static str {
    match error {
        ParseRecipientKeyError::RsaModulusTooLarge => "the RSA key is larger than age supports",
        ParseRecipientKeyError::RsaModulusTooSmall => "the RSA key has fewer than 2048 bits",
        ParseRecipientKeyError::Unsupported(_) | ParseRecipientKeyError::Ignore => {
            "age supports SSH keys of the kinds ed25519 and rsa only"
        }
        _ => "it is not a complete SSH public key",
    }
}

#[cfg(test)]
mod tests {
    use super::{RecipientKind, kind_of, parse};

    #[test]
    fn recipients_are_told_apart_by_how_they_begin() {
        for (text, wanted) in [
            (
                "age1xtm5tgwf82v6jssfeu86h935f6vr4xd4355hgc0m30k0tzd2waysqsekz9",
                Some(RecipientKind::X25519),
            ),
            (" age1pq1abc ", Some(RecipientKind::Hybrid)),
            ("age1yubikey1abc", Some(RecipientKind::Plugin)),
            ("ssh-ed25519 AAAA ops-laptop", Some(RecipientKind::Ssh)),
            ("AGE1XTM5", None),
            ("ecdsa-sha2-nistp256 AAAA", None),
            ("", None),
        ] {
            assert_eq!(kind_of(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_recipient_is_refused_with_the_reason() {
        for (text, reason) in [
            ("age1xtm5", "it is not a complete age recipient"),
            ("ssh-ed25519 AAAA", "it is not a complete SSH public key"),
            ("somebody", "unknown recipient type"),
        ] {
            assert_eq!(parse(text).err().unwrap().reason, reason);
        }
    }
}
