//! What a key service may use: the variables of the process, a person to ask, and a way to be stopped.

pub use crate::host::{Ask, Cancel, Nobody, Question, Subject, plain_line};

use crate::host::Environment;
use std::ffi::{OsStr, OsString};

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

impl<'a> Access<'a> {
    /// What an environment gives: its variables, and whoever attends it.
    #[must_use]
    pub fn of(environment: &'a Environment) -> Self {
        Self {
            environment,
            ask: environment.ask(),
            cancel: environment.cancel(),
        }
    }

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
            ask: &Nobody { drop_in: false },
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
}
