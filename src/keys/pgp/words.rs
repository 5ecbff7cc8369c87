//! What gpg's complaints mean, in one line, and what to do next.

use super::keyring::Trouble;
use crate::keys::access::{Refusal, plain_line};
use crate::tree::Time;

/// A phrase of gpg, what it means, and what to do next; `{}` is the fingerprint.
struct Phrase {
    said: &'static str,
    reason: &'static str,
    next: &'static str,
}

/// What gpg says when it cannot encrypt.
const ENCRYPT: &[Phrase] = &[
    Phrase {
        said: "No public key",
        reason: "no public key for {} in the gpg keyring",
        next: "import it: `gpg --import FILE`, or `gpg --receive-keys {}`",
    },
    Phrase {
        said: "Unusable public key",
        reason: "the key {} cannot encrypt",
        next: "look at it: `gpg --list-keys {}`",
    },
    Phrase {
        said: "not a valid long keyID",
        reason: "{} is not the fingerprint of a PGP key",
        next: "use the fingerprint that `gpg --list-keys` prints",
    },
];

/// What gpg says of a wrong passphrase.
pub const WRONG_PASSPHRASE: &str = "Bad passphrase";

/// What gpg says when it cannot decrypt; first those that explain the others.
const DECRYPT: &[Phrase] = &[
    Phrase {
        said: "setting pinentry mode 'loopback' failed",
        reason: "gpg-agent does not let the editor ask for the passphrase of {}",
        next: "remove no-allow-loopback-pinentry from gpg-agent.conf, or use the key once on the command line before",
    },
    Phrase {
        said: "Operation cancelled",
        reason: "the passphrase of {} was not given",
        next: "try again",
    },
    Phrase {
        said: WRONG_PASSPHRASE,
        reason: "wrong passphrase for {}",
        next: "try again",
    },
    Phrase {
        said: "No pinentry",
        reason: "gpg has no pinentry to ask for the passphrase of {}",
        next: "install a pinentry, e.g. pinentry-curses",
    },
    Phrase {
        said: "Inappropriate ioctl",
        reason: "gpg found no terminal to ask for the passphrase of {}",
        next: "set it: `export GPG_TTY=$(tty)`",
    },
    Phrase {
        said: "No such device or address",
        reason: "gpg found no terminal to ask for the passphrase of {}",
        next: "set it: `export GPG_TTY=$(tty)`",
    },
    Phrase {
        said: "Card not present",
        reason: "the smart card with {} is not there",
        next: "insert it and try again",
    },
    Phrase {
        said: "Timeout",
        reason: "nobody gave the passphrase of {} in time",
        next: "try again",
    },
    Phrase {
        said: "No secret key",
        reason: "no secret key for {}",
        next: "import it: `gpg --import FILE`, or point GNUPGHOME at the keyring that has it",
    },
    Phrase {
        said: "connect to the agent",
        reason: "gpg cannot reach its agent",
        next: "start it: `gpgconf --launch gpg-agent`",
    },
    Phrase {
        said: "connect to the gpg-agent",
        reason: "gpg cannot reach its agent",
        next: "start it: `gpgconf --launch gpg-agent`",
    },
    Phrase {
        said: "no valid OpenPGP data",
        reason: "the data key for {} is no PGP message",
        next: "restore the `enc` field of this key from git",
    },
    Phrase {
        said: "encrypted message has been manipulated",
        reason: "the data key for {} was tampered with",
        next: "restore the `enc` field of this key from git",
    },
];

/// Why nothing was encrypted: by what the keyring knows of the key, else by what gpg said.
pub fn cannot_encrypt(trouble: Option<Trouble>, stderr: &str, fingerprint: &str) -> Refusal {
    let key = plain_line(fingerprint);
    match trouble {
        Some(Trouble::Expired(at)) => {
            let time = Time::from_unix(at).to_string();
            let day = time.get(..10).unwrap_or_default();
            Refusal::new(format!("the key {key} expired on {day}"))
                .next("ask its owner to extend it, and import the new public key")
        }
        Some(Trouble::Revoked) => Refusal::new(format!("the key {key} was revoked"))
            .next("ask its owner for the new key, and replace the recipient"),
        Some(Trouble::Disabled) => Refusal::new(format!("the key {key} is disabled in the gpg keyring"))
            .next(format!("enable it: `gpg --edit-key {key} enable save`")),
        Some(Trouble::SignsOnly) => Refusal::new(format!("the key {key} has no subkey for encryption"))
            .next("ask its owner for a key that can encrypt"),
        None => explain(ENCRYPT, stderr, fingerprint, "encrypt"),
    }
}

/// Why nothing was decrypted.
pub fn cannot_decrypt(stderr: &str, fingerprint: &str) -> Refusal {
    explain(DECRYPT, stderr, fingerprint, "decrypt")
}

fn explain(phrases: &[Phrase], stderr: &str, fingerprint: &str, verb: &str) -> Refusal {
    let fingerprint = plain_line(fingerprint);
    if let Some(phrase) = phrases.iter().find(|phrase| stderr.contains(phrase.said)) {
        return Refusal::new(phrase.reason.replace("{}", &fingerprint))
            .next(phrase.next.replace("{}", &fingerprint));
    }
    let last = stderr.lines().rev().find(|line| !line.trim().is_empty());
    let said = last.map_or_else(String::new, |line| {
        format!(": {}", plain_line(line.strip_prefix("gpg: ").unwrap_or(line)))
    });
    Refusal::new(format!("gpg could not {verb} for {fingerprint}{said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_named_before_its_consequence() {
        let stderr =
            "gpg: public key decryption failed: Operation cancelled\ngpg: decryption failed: No secret key\n";
        assert_eq!(
            cannot_decrypt(stderr, "FP").reason,
            "the passphrase of FP was not given"
        );
    }

    #[test]
    fn an_unknown_complaint_is_passed_on_in_one_safe_line() {
        let refusal = cannot_decrypt("gpg: one\ngpg: two\u{1b}[31m\n\n", "FP");
        assert_eq!(refusal.reason, "gpg could not decrypt for FP: two\\u{1b}[31m");
        assert_eq!(
            cannot_encrypt(None, "", "FP").reason,
            "gpg could not encrypt for FP"
        );
    }
}
