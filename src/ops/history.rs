//! The commits in which one value changed: through renames of its key and of its file. A new data key, or the same value under
//! another ciphertext, is no change.
//!
//! Told one by one, the newest first, as they are found. Here belongs what a change is; how git is asked belongs to `host::git`.

mod ages;
mod link;
mod origin;
mod partner;
mod since;
mod state;
mod tell;
#[cfg(test)]
mod tests;
mod walk;

pub use ages::ages;
pub(in crate::ops) use origin::name_before;
pub use since::{Since, since};

use super::compare::Seen;
use super::path::Step;
use super::rulebook::Rulebook;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, GitError, git, plain_line};
use crate::tree::{Leaf, NodeId};
use std::path::Path;

/// Whose history is told.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The absolute path of the file.
    pub path: &'s Path,
    /// The file as it is now; `None` where it is gone.
    pub bytes: Option<&'s [u8]>,
    /// The value.
    pub value: &'s Value,
}

/// The value that is asked about.
#[derive(Clone, Debug)]
pub enum Value {
    /// A node of the file as it is now.
    Node(NodeId),
    /// A path, of a value that may be gone.
    Path(Vec<Step>),
}

/// What a commit did to the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is there from now on.
    Added,
    /// It is another value.
    Changed,
    /// It is gone.
    Removed,
    /// Its key is another one, and the value is the same.
    Renamed,
    /// It was readable by everybody, and is encrypted.
    Encrypted,
    /// It was encrypted, and is readable by everybody.
    Exposed,
    /// It is stored otherwise; no key at hand tells whether it is another value.
    Untold,
}

impl What {
    /// One word for scripts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Encrypted => "encrypted",
            Self::Exposed => "exposed",
            Self::Untold => "locked",
        }
    }
}

/// The commit of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name, in hexadecimal digits.
    pub id: String,
    /// Who wrote it; safe to print.
    pub author: String,
    /// When, in seconds since 1970.
    pub when: i64,
    /// The first line of its message; safe to print.
    pub subject: String,
}

impl Commit {
    /// A commit as git tells it, made safe to print.
    fn told(commit: &git::Commit) -> Self {
        Self {
            id: commit.id.clone(),
            author: plain_line(&commit.author),
            when: commit.when,
            subject: plain_line(&commit.subject),
        }
    }
}

/// One change of the value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The commit; `None` for the file as it is now, not committed yet.
    pub commit: Option<Commit>,
    /// The path of the file in the repository at that time.
    pub file: String,
    /// The path of the value at that time: before the commit, where it is gone after it.
    pub path: String,
    /// Its path before the commit, or after it where it lives on under that name; where that differs.
    pub other_path: Option<String>,
    /// What happened.
    pub what: What,
    /// What is known of it before.
    pub old: Option<Seen>,
    /// What is known of it after.
    pub new: Option<Seen>,
    /// Who can read the version of this commit: names, or what identifies them. Nobody where the file was not encrypted.
    pub readers: Vec<String>,
    /// Whether the version of this commit was not encrypted at all.
    pub in_clear: bool,
    /// The value after the commit, or before it where it is gone; `None` where no key opens it.
    pub value: Option<Leaf>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many changes were found.
    pub entries: usize,
    /// How many versions of the file were looked at.
    pub versions: usize,
    /// How many of them could not be read; what they did to the value is told of the commit before them.
    pub unreadable: usize,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// Tells the history of a value, entry by entry, until `found` says no or the environment is cancelled.
///
/// # Errors
/// When there is no repository, git cannot be run, or the value never was in the file.
pub fn history(
    subject: &Subject<'_>,
    book: &Rulebook<'_>,
    environment: &Environment,
    found: &mut dyn FnMut(Entry) -> bool,
) -> Result<Told, Failure> {
    let (told, met) = walk::Walk::new(subject, book, environment)?.run(found)?;
    if met || told.stopped {
        return Ok(told);
    }
    let text = format!("{}: no version of it has such a value", subject.path.display());
    Err(Failure::new(Kind::Usage, text)
        .hint("a path is written '[\"key\"][0]', or key.0 where no key has a dot"))
}

/// Reads the path of a value: `["key"][0]`, or keys joined by dots.
///
/// # Errors
/// When it has no meaning.
pub fn value(path: &str) -> Result<Value, Failure> {
    super::why::steps(path).map(Value::Path)
}

fn no_git(error: &GitError) -> Failure {
    Failure::new(Kind::Usage, error.to_string())
}
