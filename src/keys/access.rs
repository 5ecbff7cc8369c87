//! What a key service may use: the variables of the process, a person to ask, and a way to be stopped.
//!
//! The faces implement [`Ask`]; key services call it and never touch a terminal themselves.

use crate::host::Environment;
use crate::tree::Secret;
use std::ffi::{OsStr, OsString};
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

    /// Whether somebody is there; key services that wait for a person wait longer then.
    fn present(&self) -> bool;
}

/// Nobody is there to ask.
#[derive(Clone, Copy, Debug)]
pub struct Nobody {
    /// Whether plugins that a file names are started: yes in drop-in commands, as sops does; no in our own.
    pub runs_plugins: bool,
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
        self.runs_plugins
    }

    fn present(&self) -> bool {
        false
    }
}

/// Stops key services that are at work; clones stop together.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Stops them: programs are ended within 100 ms.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether they are to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Everything a key service gets.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// Variables, working directory, home.
    pub environment: &'a Environment,
    /// Who answers questions.
    pub ask: &'a dyn Ask,
    /// Who stops it.
    pub cancel: &'a Cancel,
}

/// Identities in plain text; no child gets them (security P16).
const IDENTITIES: &[&str] = &["SOPS_AGE_KEY"];

/// Credentials of the other key services; programs that cannot need them do not get them.
const CREDENTIALS: &[&str] = &[
    "AGE_PASSPHRASE",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_SECRET",
    "AZURE_PASSWORD",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "HUAWEICLOUD_SDK_SK",
    "VAULT_TOKEN",
];

impl Access<'_> {
    /// The variables for a program that may call a key service itself, such as a plugin or an identity command.
    #[must_use]
    pub fn variables(&self) -> Vec<(OsString, OsString)> {
        self.without(&[IDENTITIES])
    }

    /// The variables for a program that needs no credentials of key services, such as gpg.
    #[must_use]
    pub fn variables_without_credentials(&self) -> Vec<(OsString, OsString)> {
        self.without(&[IDENTITIES, CREDENTIALS])
    }

    fn without(&self, lists: &[&[&str]]) -> Vec<(OsString, OsString)> {
        let secret = |name: &OsStr| lists.iter().copied().flatten().any(|secret| name == *secret);
        self.environment
            .variables()
            .filter(|(name, _)| !secret(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// Why a key service did not do it: one line without a secret, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// Why.
    pub reason: String,
    /// What to do next.
    pub next: Option<String>,
}

impl Refusal {
    /// A refusal without advice.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            next: None,
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

/// Longest text of another program that is passed on, in characters.
const LONGEST_LINE: usize = 300;

/// Text of another program as one line that is safe to print: control and invisible characters as escapes, cut where it
/// gets long.
#[must_use]
pub fn plain_line(text: &str) -> String {
    let mut line = String::new();
    for character in text.trim().chars().take(LONGEST_LINE) {
        match character {
            '\n' | '\t' | '\r' => line.push(' '),
            hidden if is_hidden(hidden) => line.extend(hidden.escape_unicode()),
            shown => line.push(shown),
        }
    }
    line
}

/// Control characters, and those that change direction or take no room.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_never_get_the_identity_of_the_user() {
        let environment = Environment::new(
            [
                ("SOPS_AGE_KEY", "AGE-SECRET-KEY-1"),
                ("VAULT_TOKEN", "t"),
                ("PATH", "/bin"),
            ],
            "/",
        );
        let cancel = Cancel::default();
        let access = Access {
            environment: &environment,
            ask: &Nobody { runs_plugins: false },
            cancel: &cancel,
        };
        let names = |variables: Vec<(OsString, OsString)>| {
            variables
                .into_iter()
                .map(|(name, _)| name.into_string().unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(access.variables()), ["PATH", "VAULT_TOKEN"]);
        assert_eq!(names(access.variables_without_credentials()), ["PATH"]);
    }

    #[test]
    fn text_of_a_program_cannot_move_the_cursor() {
        assert_eq!(
            plain_line("touch\u{1b}[2J it\nnow\u{202e}"),
            "touch\\u{1b}[2J it now\\u{202e}"
        );
        assert_eq!(plain_line(&"x".repeat(1000)).len(), LONGEST_LINE);
    }
}
