//! Recipients as they are written: which kind, and how to encrypt for them.

use crate::keys::access::Refusal;
use crate::keys::hybrid;
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

/// Reads a recipient.
pub fn parse(text: &str) -> Result<Box<dyn age::Recipient>, Refusal> {
    match kind_of(text) {
        Some(RecipientKind::X25519) => match text.parse::<age::x25519::Recipient>() {
            Ok(recipient) => Ok(Box::new(recipient)),
            Err(_) => Err(mistyped()),
        },
        Some(RecipientKind::Hybrid) => match text.parse::<hybrid::Recipient>() {
            Ok(recipient) => Ok(Box::new(recipient)),
            Err(_) => Err(mistyped()),
        },
        Some(RecipientKind::Ssh) => match text.parse::<age::ssh::Recipient>() {
            Ok(recipient) => Ok(Box::new(recipient)),
            Err(error) => Err(Refusal::new(ssh_problem(&error))),
        },
        Some(RecipientKind::Plugin) => Err(Refusal::new("age plugins are not supported in this build yet")),
        None => Err(Refusal::new("unknown recipient type").next("age recipients begin with age1 or ssh-")),
    }
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
