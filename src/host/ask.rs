//! Asking a person, and being stopped by one.
//!
//! The faces implement [`Ask`]; key services call it through [`super::Environment`] and never touch a terminal themselves.

use super::bunch::Bunch;
use crate::tree::Secret;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whose passphrase is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A passphrase-encrypted identity file, by the name of its source.
    Identity(String),
    /// An SSH private key, by its path.
    SshKey(String),
    /// A PGP key, by its fingerprint.
    Pgp(String),
    /// A plugin asks for a PIN or the like, in its own words, made safe to print.
    Plugin {
        /// The program, `age-plugin-…`.
        program: String,
        /// What it asks for.
        description: String,
    },
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity(source) => write!(f, "Enter passphrase for identity '{source}'"),
            Self::Pgp(fingerprint) => write!(f, "Enter passphrase for PGP key {fingerprint}"),
            Self::SshKey(path) => write!(f, "Enter passphrase for key '{path}'"),
            Self::Plugin { program, description } => write!(f, "{program}: {description}"),
        }
    }
}

/// A passphrase is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Whose.
    pub subject: Subject,
    /// How many answers were wrong already. Who allows no second try answers `None` when this is not 0.
    pub attempt: u32,
}

/// A person, or nobody.
pub trait Ask: Send + Sync {
    /// A passphrase or PIN; `None` where nobody can or wants to answer.
    fn passphrase(&self, question: &Question) -> Option<Secret>;

    /// A text that is not secret; `None` where nobody can or wants to answer.
    fn text(&self, description: &str) -> Option<String>;

    /// A decision between two answers; `None` where nobody can take it. Without `no` there is one answer only.
    fn choose(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool>;

    /// A message of a key service, e.g. "touch your key".
    fn show(&self, message: &str);

    /// Whether this age plugin, which a file's recipient names, may be started (security P9).
    fn may_run(&self, program: &str) -> bool;

    /// Whether a credential, e.g. "the Vault token", may go to this server, which a file names (security P7).
    fn may_send(&self, credential: &str, server: &str) -> bool;

    /// Whether somebody is there; key services that wait for a person wait longer then.
    fn present(&self) -> bool;

    /// Whether what [`Self::may_run`] and [`Self::may_send`] say is the decision of a person, to be kept for the next time.
    fn decides(&self) -> bool {
        false
    }

    /// Whether programs must not use the terminal, because a screen is drawn on it.
    fn owns_screen(&self) -> bool {
        false
    }
}

/// Nobody is there to ask.
#[derive(Clone, Copy, Debug)]
pub struct Nobody {
    /// Whether this is a drop-in command, which does what sops does: starts the plugins and calls the servers that a
    /// file names.
    pub drop_in: bool,
}

impl Ask for Nobody {
    fn passphrase(&self, _: &Question) -> Option<Secret> {
        None
    }

    fn text(&self, _: &str) -> Option<String> {
        None
    }

    fn choose(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn show(&self, _: &str) {}

    fn may_run(&self, _: &str) -> bool {
        self.drop_in
    }

    fn may_send(&self, _: &str, _: &str) -> bool {
        self.drop_in
    }

    fn present(&self) -> bool {
        false
    }
}

/// Stops key services that are at work; clones stop together.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Stop>);

#[derive(Debug, Default)]
struct Stop {
    stopped: AtomicBool,
    above: Option<Cancel>,
}

impl Cancel {
    /// One that stops by itself, and when this one stops.
    #[must_use]
    pub fn below(&self) -> Self {
        Self(Arc::new(Stop {
            stopped: AtomicBool::new(false),
            above: Some(self.clone()),
        }))
    }

    /// Stops them: programs are ended within 100 ms.
    pub fn cancel(&self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether they are to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let mut at = Some(self);
        while let Some(cancel) = at {
            if cancel.0.stopped.load(Ordering::Relaxed) {
                return true;
            }
            at = cancel.0.above.as_ref();
        }
        false
    }
}

/// Hears how far a use case got.
pub(super) type Hear = dyn Fn(&str) + Send + Sync;

/// Who attends a use case: answers its questions, hears how far it got, and can stop it.
#[derive(Clone)]
pub(super) struct Attendant {
    pub ask: Arc<dyn Ask>,
    pub hear: Arc<Hear>,
    pub cancel: Cancel,
    /// What was opened already, where that serves for more than one file.
    pub bunch: Option<Bunch>,
}

impl Default for Attendant {
    fn default() -> Self {
        Self {
            ask: Arc::new(Nobody { drop_in: false }),
            hear: Arc::new(|_| {}),
            cancel: Cancel::default(),
            bunch: None,
        }
    }
}

impl fmt::Debug for Attendant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attendant(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Cancel;

    #[test]
    fn a_part_stops_with_the_whole_and_not_the_other_way() {
        let whole = Cancel::default();
        let (one, other) = (whole.below(), whole.below());
        one.cancel();
        assert!(one.is_cancelled() && !other.is_cancelled() && !whole.is_cancelled());
        whole.clone().cancel();
        assert!(other.below().is_cancelled());
    }
}
