//! Taking changes out of the work tree, and giving them back.

use super::blend::{Versions, blend};
use super::index::{object, worktree};
use super::{Picks, can_be_parted, changed_meanwhile};
use crate::failure::{Failure, Kind};
use crate::host::file::{self, Identity, Place};
use crate::host::{Environment, Repository};
use crate::ops::review::{Reviewed, digest};
use crate::ops::save::not_written;
use std::fmt;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// What was discarded, so that it can be given back.
pub struct Discarded {
    /// The file.
    pub path: PathBuf,
    /// What it held; `None` where it was not there. It may have been plain, so it is wiped.
    before: Option<Zeroizing<Vec<u8>>>,
    /// What it holds since.
    after: [u8; 32],
}

impl fmt::Debug for Discarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Discarded(…)")
    }
}

/// Takes changes of a file out of the work tree that were told between the index and the work tree.
///
/// # Errors
/// When the file is not any more what was told, the changes cannot be told apart, or it cannot be written; it is as it was then.
pub fn discard(
    repository: &Repository,
    file: &Reviewed,
    picks: &Picks,
    environment: &Environment,
) -> Result<Discarded, Failure> {
    let refuse = |reason: &str| Err(Failure::new(Kind::Usage, format!("{}: {reason}", file.path)));
    if file.untracked {
        return refuse("git has no other version of it, so nothing of it is discarded");
    }
    if *picks != Picks::All {
        can_be_parted(file)?;
    }
    let Some(new) = &file.sides.1 else {
        return bring_back(repository, file);
    };
    if file.old_path.is_some() && *picks == Picks::All {
        return refuse("it was renamed; discard its changes one by one");
    }
    if file.sides.0.is_none() {
        return refuse("the index has no other content of it, so nothing of it is discarded");
    }
    let path = repository.root().join(&file.path);
    let before = worktree(repository, file, new)?;
    let donor = object(repository, file, file.sides.0.as_ref())?;
    let versions = Versions {
        base: &before,
        donor: &donor,
        path: &file.path,
        is_backward: true,
    };
    let after = blend(&versions, picks, environment)?;
    let identity =
        unchanged(&path, new.digest).ok_or_else(|| changed_meanwhile(&file.path, "the work tree"))?;
    write(&path, &after, Some(&identity))?;
    Ok(Discarded {
        path,
        before: Some(before),
        after: digest(&after),
    })
}

/// Brings a file back that was deleted from the work tree.
fn bring_back(repository: &Repository, file: &Reviewed) -> Result<Discarded, Failure> {
    let path = repository.root().join(&file.path);
    let content = object(repository, file, file.sides.0.as_ref())?;
    let failure = |error: std::io::Error| {
        Failure::new(
            Kind::Write,
            format!("{}: cannot be brought back: {error}", file.path),
        )
    };
    if let Some(folder) = path.parent() {
        file::make_folders(folder).map_err(failure)?;
    }
    file::create(&path, &content).map_err(failure)?;
    Ok(Discarded {
        path,
        before: None,
        after: digest(&content),
    })
}

/// Gives back what was discarded last, byte for byte.
///
/// # Errors
/// When the file was changed since, or cannot be written.
pub fn restore(discarded: &Discarded) -> Result<(), Failure> {
    let name = discarded.path.display().to_string();
    let identity = unchanged(&discarded.path, discarded.after)
        .ok_or_else(|| changed_meanwhile(&name, "the work tree"))?;
    match &discarded.before {
        Some(before) => write(&discarded.path, before, Some(&identity)),
        None => file::remove(&discarded.path)
            .map_err(|error| Failure::new(Kind::Write, format!("{name}: cannot be removed: {error}"))),
    }
}

/// The file on disk, if it still holds this.
fn unchanged(path: &std::path::Path, expected: [u8; 32]) -> Option<Identity> {
    let (bytes, identity) = file::read(path).ok()?;
    let bytes = Zeroizing::new(bytes);
    (digest(&bytes) == expected).then_some(identity)
}

fn write(path: &std::path::Path, bytes: &[u8], expected: Option<&Identity>) -> Result<(), Failure> {
    file::write(path, bytes, expected, Place::Replace)
        .map(|_| ())
        .map_err(|error| not_written(&path.display().to_string(), &error))
}
