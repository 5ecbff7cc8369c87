//! Where the versions of a file in conflict come from.

use super::markers::{Split, split};
use crate::failure::{Failure, Kind};
use crate::host::file::{self, Identity};
use crate::host::{Environment, Operation, Repository, Stages, Underway};
use std::path::Path;

/// Who has the versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The index of git, whole and as they were committed.
    Index,
    /// The markers in the text.
    Markers,
}

/// The versions, and what goes with them.
pub struct Parts {
    pub origin: Origin,
    pub stages: Stages,
    pub underway: Underway,
    pub repository: Option<Repository>,
    pub identity: Identity,
}

/// Finds the versions of a file in conflict.
pub fn find(path: &Path, environment: &Environment) -> Result<Parts, Failure> {
    let name = path.display().to_string();
    let read = file::read(path);
    let folder = path.parent().unwrap_or(environment.directory());
    let repository = Repository::around(folder, environment).ok();
    let stages = match &repository {
        Some(repository) => repository
            .stages(path)
            .map_err(|error| Failure::new(Kind::Generic, format!("{name}: {error}")))?,
        None => None,
    };
    if let (Some(stages), Some(repository)) = (stages, &repository) {
        return Ok(Parts {
            origin: Origin::Index,
            stages,
            underway: repository.underway(),
            // One side may have deleted it; there is nothing in the way of a new file then.
            identity: read.map(|(_, identity)| identity).unwrap_or_default(),
            repository: Some(repository.clone()),
        });
    }
    let (bytes, identity) =
        read.map_err(|error| Failure::new(Kind::Read, format!("{name}: cannot be read: {error}")))?;
    let Some(found) = split(&bytes) else {
        let text = format!("{name}: git knows of no conflict in it, and it has no conflict markers");
        return Err(Failure::new(Kind::Unmerged, text));
    };
    Ok(Parts {
        origin: Origin::Markers,
        underway: named(&found),
        stages: Stages {
            base: found.base,
            ours: Some(found.ours),
            theirs: Some(found.theirs),
        },
        repository: None,
        identity,
    })
}

fn named(found: &Split) -> Underway {
    let label = |label: &str, other: &str| if label.is_empty() { other } else { label }.to_owned();
    Underway {
        operation: Operation::Other,
        ours: label(&found.our_label, "ours"),
        theirs: label(&found.their_label, "theirs"),
    }
}
