//! Writing what was decided, telling git, and what is left of the merge.

use super::{Choice, Dispute};
use crate::failure::{Failure, Kind};
use crate::host::file::{self, Place};
use crate::host::{Environment, Operation, Repository};
use crate::ops::counted::counted_as;
use crate::ops::save::not_written;
use crate::ops::stage::{Commit, conclude_merge};
use crate::ops::{pins, sealed};
use std::path::{Path, PathBuf};

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Whether git was told that the conflict of the file is over.
    pub added: bool,
    /// Whether there is no file any more, because a side that deleted it was taken.
    pub gone: bool,
    /// Why git was not told although that was asked for; the file is written.
    pub not_added: Option<String>,
    /// Files that are still in conflict, from the root of the repository.
    pub left: Vec<PathBuf>,
    /// What git is in the middle of.
    pub operation: Operation,
    /// Why the whole text was laid out anew, if it was.
    pub relaid: Option<String>,
}

impl Resolved {
    /// Tells git about a file that is as it should be, or gone, where that is wanted, and asks what is left.
    pub(super) fn of(
        path: &Path,
        repository: Option<&Repository>,
        add: bool,
        operation: Operation,
        relaid: Option<String>,
    ) -> Self {
        let told = repository.filter(|_| add).map(|repository| repository.add(path));
        Self {
            added: matches!(told, Some(Ok(()))),
            gone: false,
            not_added: told.and_then(Result::err).map(|error| error.to_string()),
            left: repository.map(Repository::conflicted).unwrap_or_default(),
            operation,
            relaid,
        }
    }
}

impl Dispute {
    /// Writes the file with what was chosen, all or nothing; with `add`, puts it into the index of git, too.
    ///
    /// # Errors
    /// When something is not chosen yet, it cannot be sealed, or somebody changed the file meanwhile; it is as it was then.
    pub fn write(
        &self,
        choices: &[Option<Choice>],
        add: bool,
        environment: &Environment,
    ) -> Result<Resolved, Failure> {
        let name = self.path.display().to_string();
        let open = self.points.len() - choices.iter().flatten().count().min(self.points.len());
        if open > 0 {
            let text = format!(
                "{name}: {} not decided",
                counted_as(open, "conflict is", "conflicts are")
            );
            return Err(Failure::new(Kind::Unmerged, text));
        }
        let (content, settings) = (self.decided(choices), self.settings(choices));
        let text = self.prepared.write(&content, &settings, environment)?;
        let expected = file::exists(&self.path).then_some(&self.identity);
        file::write(&self.path, &text.bytes, expected, Place::Replace)
            .map_err(|error| not_written(&name, &error))?;
        if let Ok(written) = sealed::read(&text.bytes, self.format(), true) {
            pins::remember(&self.path, &written.metadata, true, environment);
        }
        let repository = self.repository.as_ref();
        let operation = self.underway.operation;
        Ok(Resolved::of(&self.path, repository, add, operation, text.relaid))
    }

    /// Whether git can be told that the conflict is over.
    #[must_use]
    pub const fn is_in_git(&self) -> bool {
        self.repository.is_some()
    }
}

/// Ends the merge of the repository around a file: commits it with the message that git has prepared.
///
/// # Errors
/// When git refuses, with all that it and the hooks said.
pub fn proceed(path: &Path, environment: &Environment) -> Result<Commit, Failure> {
    let folder = path.parent().unwrap_or(environment.directory());
    let repository = Repository::around(folder, environment)
        .map_err(|error| Failure::new(Kind::Generic, error.to_string()))?;
    conclude_merge(&repository, environment)
}
