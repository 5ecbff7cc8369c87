//! Writing chosen changes to the index.

use super::blend::{Versions, blend};
use super::{Picks, can_be_parted, changed_meanwhile};
use crate::failure::{Failure, Kind};
use crate::host::git::Entry;
use crate::host::{Environment, GitError, Repository, file};
use crate::ops::review::{Reviewed, Stored, digest};
use zeroize::Zeroizing;

/// Puts changes of a file into the index that were told between the index and the work tree.
///
/// # Errors
/// When the file or the index is not any more what was told, the changes cannot be taken, or git cannot write; the index is as
/// it was then.
pub fn stage(
    repository: &Repository,
    file: &Reviewed,
    picks: &Picks,
    environment: &Environment,
) -> Result<(), Failure> {
    let entry = staged_entry(repository, file, picks, environment)?;
    put(repository, file, file.sides.0.as_ref(), entry.as_ref())
}

/// What [`stage`] would put into the index: its bytes; `None` where the file would be taken out.
///
/// # Errors
/// As [`stage`].
pub fn preview(
    repository: &Repository,
    file: &Reviewed,
    picks: &Picks,
    environment: &Environment,
) -> Result<Option<Vec<u8>>, Failure> {
    staged_bytes(repository, file, picks, environment)
}

fn staged_bytes(
    repository: &Repository,
    file: &Reviewed,
    picks: &Picks,
    environment: &Environment,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(new) = &file.sides.1 else {
        if *picks != Picks::All {
            can_be_parted(file)?;
        }
        return Ok(None);
    };
    let donor = worktree(repository, file, new)?;
    if *picks == Picks::All {
        return Ok(Some(donor.to_vec()));
    }
    can_be_parted(file)?;
    let base = object(repository, file, file.sides.0.as_ref())?;
    let versions = Versions {
        base: &base,
        donor: &donor,
        path: &file.path,
        is_backward: false,
    };
    blend(&versions, picks, environment).map(Some)
}

fn staged_entry(
    repository: &Repository,
    file: &Reviewed,
    picks: &Picks,
    environment: &Environment,
) -> Result<Option<Entry>, Failure> {
    let Some(bytes) = staged_bytes(repository, file, picks, environment)? else {
        return Ok(None);
    };
    let is_whole = file
        .sides
        .1
        .as_ref()
        .is_some_and(|new| new.digest == digest(&bytes));
    // The bit that lets a file be run is a change of the whole file.
    let mode = if is_whole { &file.sides.1 } else { &file.sides.0 };
    let object = repository
        .store(&bytes, is_whole.then_some(file.path.as_str()))
        .map_err(|error| refused(&error))?;
    let mode = mode
        .as_ref()
        .map_or(Entry::mode_of(false), |side| &side.mode)
        .to_owned();
    Ok(Some(Entry { mode, object }))
}

/// Takes changes of a file out of the index that were told between HEAD and the index.
///
/// # Errors
/// As [`stage`].
pub fn unstage(
    repository: &Repository,
    file: &Reviewed,
    picks: &Picks,
    environment: &Environment,
) -> Result<(), Failure> {
    let now = file.sides.1.as_ref();
    let head = file.sides.0.as_ref().and_then(entry_of);
    let Picks::Some(_) = picks else {
        return put(repository, file, now, head.as_ref());
    };
    can_be_parted(file)?;
    let base = object(repository, file, now)?;
    let donor = object(repository, file, file.sides.0.as_ref())?;
    let versions = Versions {
        base: &base,
        donor: &donor,
        path: &file.path,
        is_backward: true,
    };
    let bytes = blend(&versions, picks, environment)?;
    let object = repository.store(&bytes, None).map_err(|error| refused(&error))?;
    let side = if bytes == *donor {
        &file.sides.0
    } else {
        &file.sides.1
    };
    let mode = side
        .as_ref()
        .map_or(Entry::mode_of(false), |side| &side.mode)
        .to_owned();
    // Where the file was renamed, it stays so: its name is a change of the whole file.
    let entry = Entry { mode, object };
    still(repository, &file.path, now)?;
    repository
        .put_in_index(&[(&file.path, Some(&entry))])
        .map_err(|error| refused(&error))
}

/// Writes an entry if the index still has what was told. A file that was renamed, and is taken as a whole, leaves its other name,
/// or gets it back.
fn put(
    repository: &Repository,
    file: &Reviewed,
    told: Option<&Stored>,
    entry: Option<&Entry>,
) -> Result<(), Failure> {
    let is_staging = file.sides.1.as_ref().is_none_or(|new| new.object.is_none());
    let entries = match &file.old_path {
        // Told between HEAD and the index: the old name comes back, the new one goes.
        Some(old) if !is_staging => {
            still(repository, &file.path, told)?;
            vec![(file.path.as_str(), None), (old.as_str(), entry)]
        }
        Some(old) => {
            still(repository, old, told)?;
            vec![(old.as_str(), None), (file.path.as_str(), entry)]
        }
        None => {
            still(repository, &file.path, told)?;
            vec![(file.path.as_str(), entry)]
        }
    };
    repository.put_in_index(&entries).map_err(|error| refused(&error))
}

/// Makes sure that the index has what was told.
fn still(repository: &Repository, path: &str, told: Option<&Stored>) -> Result<(), Failure> {
    let now = repository.staged(path).map_err(|error| refused(&error))?;
    let is_same = match (told.and_then(entry_of), now) {
        (None, None) => true,
        (Some(told), Some(now)) => told == now,
        _ => false,
    };
    if is_same {
        Ok(())
    } else {
        Err(changed_meanwhile(path, "the index"))
    }
}

fn entry_of(side: &Stored) -> Option<Entry> {
    Some(Entry {
        mode: side.mode.clone(),
        object: side.object.clone()?,
    })
}

/// The file in the work tree, if it still is what was told.
pub(super) fn worktree(
    repository: &Repository,
    file: &Reviewed,
    told: &Stored,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let found = file::read(&repository.root().join(&file.path));
    match found.map(|(bytes, _)| Zeroizing::new(bytes)) {
        Ok(bytes) if digest(&bytes) == told.digest => Ok(bytes),
        _ => Err(changed_meanwhile(&file.path, "the work tree")),
    }
}

/// What git keeps of one side.
pub(super) fn object(
    repository: &Repository,
    file: &Reviewed,
    side: Option<&Stored>,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let object = side.and_then(|side| side.object.clone());
    let found = object.and_then(|object| repository.contents(&[object.into_bytes()]).pop().flatten());
    found.map(Zeroizing::new).ok_or_else(|| {
        let text = format!("{}: git does not have that version any more", file.path);
        Failure::new(Kind::Read, text)
    })
}

/// git said no.
pub(super) fn refused(error: &GitError) -> Failure {
    let failure = Failure::new(Kind::Write, format!("nothing was changed: {error}"));
    if error.to_string().contains("index.lock") {
        return failure
            .hint("another git is at work in this repository; if none is, remove the lock it left behind");
    }
    failure
}
