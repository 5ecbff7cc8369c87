//! A file that one side of a merge deleted as a whole, and the other changed: it is kept or goes.

use super::write::Resolved;
use crate::failure::{Failure, Kind};
use crate::host::file::{self, Identity, Place};
use crate::host::{Environment, Repository, Underway};
use crate::ops::pins;
use crate::ops::save::not_written;
use crate::ops::sealed;
use std::path::{Path, PathBuf};

/// Such a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneSide {
    /// Whether our side has it.
    pub is_ours: bool,
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    pub(super) underway: Underway,
    pub(super) repository: Option<Repository>,
    pub(super) identity: Identity,
}

impl OneSide {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who changed it, and who deleted it.
    #[must_use]
    pub fn sides(&self) -> (&str, &str) {
        let Underway { ours, theirs, .. } = &self.underway;
        if self.is_ours {
            (ours, theirs)
        } else {
            (theirs, ours)
        }
    }

    /// What it is, and what can be done, where nothing was chosen.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let name = self.path.display();
        let (kept, deleted) = self.sides();
        let (has, lacks) = if self.is_ours {
            ("ours", "theirs")
        } else {
            ("theirs", "ours")
        };
        let text = format!("{name}: the whole file was deleted by {deleted} and changed by {kept}");
        Failure::new(Kind::Unmerged, text)
            .hint(format!(
                "git add {name} or lazysops resolve --rest {has} {name} keeps it"
            ))
            .hint(format!(
                "git rm {name} or lazysops resolve --rest {lacks} {name} lets it go"
            ))
    }

    /// Keeps the file as it is on the side that has it, or lets it go; with `add`, tells git.
    ///
    /// # Errors
    /// When it cannot be written or removed, or somebody changed it meanwhile; it is as it was then.
    pub fn take(&self, keep: bool, add: bool, environment: &Environment) -> Result<Resolved, Failure> {
        let name = self.path.display().to_string();
        let there = file::exists(&self.path);
        if keep {
            let expected = there.then_some(&self.identity);
            file::write(&self.path, &self.bytes, expected, Place::Replace)
                .map_err(|error| not_written(&name, &error))?;
            if let Ok(written) =
                sealed::detect(&self.bytes, crate::format::Format::from_path(&self.path), true)
            {
                pins::remember(&self.path, &written.metadata, true, environment);
            }
        } else if there {
            let refuse = |why: &dyn std::fmt::Display| {
                Failure::new(Kind::Write, format!("{name}: cannot be removed: {why}"))
            };
            let (_, now) = file::read(&self.path).map_err(|error| refuse(&error))?;
            if now != self.identity {
                return Err(refuse(&"somebody else changed it meanwhile"));
            }
            file::remove(&self.path).map_err(|error| refuse(&error))?;
        }
        let repository = self.repository.as_ref();
        let told = Resolved::of(&self.path, repository, add, self.underway.operation, None);
        Ok(Resolved { gone: !keep, ..told })
    }
}
