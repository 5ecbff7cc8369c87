//! Making a commit of what is staged, as `git commit` does: hooks run, and what they say is told.

use crate::failure::{Failure, Kind};
use crate::host::{Environment, Repository};
use crate::keys::child::{ChildError, Program};
use std::ffi::OsString;
use std::time::Duration;

/// How long hooks may take.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Tells gpg on which terminal it may ask.
const TERMINAL: &str = "GPG_TTY";

/// A commit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// What the hooks said, line by line; not escaped for a terminal.
    pub said: Vec<String>,
}

/// Commits what is staged, with a message.
///
/// # Errors
/// With all that git and the hooks said, when there is no commit.
pub fn commit(repository: &Repository, message: &str, environment: &Environment) -> Result<Commit, Failure> {
    if message.trim().is_empty() {
        return Err(Failure::new(
            Kind::Usage,
            "a commit needs a message; nothing was committed",
        ));
    }
    run(repository, "--file=-", message, environment)
}

/// Ends a merge whose conflicts are resolved, with the message that git has prepared.
///
/// # Errors
/// With all that git and the hooks said, when there is no commit.
pub fn conclude_merge(repository: &Repository, environment: &Environment) -> Result<Commit, Failure> {
    run(repository, "--no-edit", "", environment)
}

/// git and its hooks get the variables of the user, no terminal, and no standard input but the message.
fn run(
    repository: &Repository,
    how: &str,
    message: &str,
    environment: &Environment,
) -> Result<Commit, Failure> {
    let mine = environment.variables().filter(|(name, _)| *name != TERMINAL);
    let mut variables: Vec<(OsString, OsString)> = mine
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    // Nothing may ask, and nothing may open an editor on the screen that is in use.
    for (name, value) in [("GIT_TERMINAL_PROMPT", "0"), ("GIT_EDITOR", ":")] {
        variables.push((name.into(), value.into()));
    }
    let program = Program {
        program: "git".into(),
        arguments: ["commit", "--quiet", how].map(OsString::from).to_vec(),
        variables,
        directory: repository.root().to_owned(),
    };
    let failure = |text: String| Failure::new(Kind::Generic, text);
    let output = program
        .run(message.as_bytes(), PATIENCE, environment.cancel())
        .map_err(|error| match error {
            ChildError::Cancelled => {
                failure("git commit was stopped; `git log` tells whether there is a commit".to_owned())
            }
            error => failure(format!("git {error}")),
        })?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let said: Vec<String> = output
        .stderr
        .lines()
        .chain(stdout.lines())
        .map(str::to_owned)
        .collect();
    if output.success {
        return Ok(Commit { said });
    }
    let told = if said.is_empty() {
        "git did not say why".to_owned()
    } else {
        said.join("\n")
    };
    Err(failure(format!("nothing was committed:\n{told}")))
}
