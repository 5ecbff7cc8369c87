//! Identities behind a passphrase: age identity files, and SSH private keys.
//!
//! The passphrase is asked only when it is needed, and again while the person goes on answering.

mod identity_file;
mod ssh;

pub use identity_file::{is_locked, open};
pub use ssh::{LockedSsh, SshKey, WithAccess};

use super::access::{Access, Question, Refusal, Subject};
use age::secrecy::SecretString;

/// More wrong passphrases than this are not taken: a face that answers by itself must not turn forever.
const MOST_ATTEMPTS: u32 = 10;

/// What became of one passphrase.
pub(super) enum Tried<T> {
    /// It opened.
    Opened(T),
    /// It was the wrong one.
    Wrong,
}

/// Asks for passphrases until one opens.
pub(super) fn ask<T>(
    access: &Access<'_>,
    subject: &Subject,
    mut open: impl FnMut(SecretString) -> Result<Tried<T>, Refusal>,
) -> Result<T, Refusal> {
    for attempt in 0..MOST_ATTEMPTS {
        if access.cancel.is_cancelled() {
            return Err(Refusal::new("cancelled"));
        }
        let question = Question {
            subject: subject.clone(),
            attempt,
        };
        let Some(answer) = access.ask.passphrase(&question) else {
            return Err(unanswered(access, attempt));
        };
        let Some(text) = answer.expose_str().filter(|text| !text.is_empty()) else {
            continue;
        };
        let passphrase = SecretString::from(text);
        if let Tried::Opened(opened) = open(passphrase)? {
            return Ok(opened);
        }
    }
    Err(unanswered(access, MOST_ATTEMPTS))
}

/// Nobody gives a passphrase, or nobody gives another one.
fn unanswered(access: &Access<'_>, attempts: u32) -> Refusal {
    if attempts > 0 {
        Refusal::new("incorrect passphrase")
    } else if access.ask.present() {
        Refusal::new("no passphrase was given").next("open the file again to be asked again")
    } else {
        Refusal::new("needs a passphrase").next("open the file on a terminal, where it can be asked")
    }
}
