//! Why a file opens or does not: every key of it, whose it is, what became of it, and what to do next. The editor shows the same.

use super::mismatch::{self, Explanation};
use super::open::{self, Access, Document};
use super::people::Person;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::keys::{Attempt, Outcome};
use crate::metadata::Metadata;
use std::path::Path;

/// What was found out about a file.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// How many groups there are, are needed, and opened.
    pub groups: GroupCount,
    /// Every key, in the order of the file.
    pub keys: Vec<Key>,
    /// Why the file does not open, or opens for reading only; `None` where all is well.
    pub problem: Option<Failure>,
    /// Why its MAC does not hold, or its values do not decrypt, where that is the problem.
    pub mismatch: Option<Explanation>,
}

/// Key groups of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupCount {
    /// How many there are.
    pub all: usize,
    /// How many are needed.
    pub needed: usize,
    /// How many a key was at hand for.
    pub opened: usize,
}

/// One key of the file.
#[derive(Clone, Debug)]
pub struct Key {
    /// What became of it.
    pub attempt: Attempt,
    /// Whose it is.
    pub person: Person,
}

impl GroupCount {
    /// Of a file, after its keys were tried.
    #[must_use]
    pub fn of(metadata: &Metadata, attempts: &[Attempt]) -> Self {
        let all = metadata.groups.len();
        let needed = match metadata.threshold {
            Some(threshold) if threshold > 0 => usize::try_from(threshold).unwrap_or(all).min(all),
            _ => all,
        };
        let opened = (0..all).filter(|group| has_opened(attempts, *group)).count();
        Self { all, needed, opened }
    }

    /// In words; nothing where there is one group, whose keys say it all.
    #[must_use]
    pub fn words(self) -> Option<String> {
        let Self { all, needed, opened } = self;
        (all > 1).then(|| format!("{opened} of {all} groups opened, {needed} are needed"))
    }
}

/// Whether a key of this group was at hand.
#[must_use]
pub fn has_opened(attempts: &[Attempt], group: usize) -> bool {
    attempts
        .iter()
        .any(|attempt| attempt.group == group && matches!(attempt.outcome, Outcome::Opened { .. }))
}

/// What became of a key, in a word or two.
#[must_use]
pub const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Opened { .. } => "opened",
        Outcome::Failed { .. } => "failed",
        Outcome::NotTried => "not tried",
    }
}

/// Opens a file as far as the keys at hand allow, and tells all about it.
///
/// # Errors
/// When it cannot be read, or is not encrypted.
pub fn examine(path: &Path, environment: &Environment) -> Result<Diagnosis, Failure> {
    let document = open::open(path, environment)?;
    let groups = GroupCount::of(&document.metadata, &document.attempts);
    let mismatch = match &document.access {
        Access::ReadOnly(failure) if matches!(failure.kind, Kind::MacMismatch | Kind::DecryptTree) => {
            mismatch::explain(path, &document.source, environment)?
        }
        _ => None,
    };
    let Document {
        attempts,
        people,
        access,
        ..
    } = document;
    Ok(Diagnosis {
        groups,
        keys: attempts
            .into_iter()
            .zip(people)
            .map(|(attempt, person)| Key { attempt, person })
            .collect(),
        problem: match access {
            Access::Open(_) => None,
            Access::ReadOnly(failure) | Access::Locked(failure) => Some(failure),
        },
        mismatch,
    })
}
