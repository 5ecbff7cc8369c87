//! The SOPS files of folders, read as far as it goes without a key; and what was left out.

use super::config::absolute;
use super::parallel;
use super::sealed::{self, Sealed};
use crate::failure::{Failure, Kind};
use crate::format::{Format, sealed_format};
use crate::host::file::{self, Identity};
use crate::host::{Environment, walk_below};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How many files are looked at.
const MOST_FILES: usize = 200_000;
/// The largest file that is looked into, in bytes.
const LARGEST: u64 = 256 << 20;

/// A SOPS file.
#[derive(Clone, Debug)]
pub struct Surveyed {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it is called: the path from the working directory where it lies below, else the absolute one.
    pub name: String,
    /// Its content, still encrypted.
    pub sealed: Sealed,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it was when it was read.
    pub identity: Identity,
}

/// Something that was not looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What it is called.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Whether it may be, or hold, a SOPS file.
    pub unread: bool,
}

/// The files of a command.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Absolute paths, in the order in which they were named and found.
    pub paths: Vec<PathBuf>,
    /// Whether a path was named itself, parallel to `paths`.
    pub named: Vec<bool>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

/// The files that are named, and those below the folders that are named; the working directory where nothing is. What
/// `.gitignore` leaves out is left out.
///
/// # Errors
/// When something that is named is not there.
pub fn list(paths: &[PathBuf], environment: &Environment) -> Result<Listing, Failure> {
    let here = [PathBuf::from(".")];
    let mut listing = Listing::default();
    let mut seen = std::collections::HashSet::new();
    for path in if paths.is_empty() { &here[..] } else { paths } {
        let path = absolute(environment, path);
        if !file::exists(&path) {
            let text = format!("{}: there is no such file or folder", path.display());
            return Err(Failure::new(Kind::Usage, text));
        }
        let walked = walk_below(&path, MOST_FILES, LARGEST);
        let named = walked.files.as_slice() == std::slice::from_ref(&path);
        for found in walked.files {
            if seen.insert(found.clone()) {
                listing.paths.push(found);
                listing.named.push(named);
            }
        }
        for (unread, list) in [(true, walked.unread), (false, walked.skipped)] {
            listing
                .skipped
                .extend(list.into_iter().map(|(path, reason)| Skipped {
                    name: name_of(&path, environment),
                    reason,
                    unread,
                }));
        }
        if walked.truncated {
            listing.skipped.push(Skipped {
                name: name_of(&path, environment),
                reason: format!("there are more than {MOST_FILES} files; the rest was not looked at"),
                unread: true,
            });
        }
    }
    Ok(listing)
}

/// What a file is called.
#[must_use]
pub fn name_of(path: &Path, environment: &Environment) -> String {
    match path.strip_prefix(environment.directory()) {
        Ok(rest) if rest.as_os_str().is_empty() => ".".to_owned(),
        Ok(rest) => rest.display().to_string(),
        Err(_) => path.display().to_string(),
    }
}

/// What looking into one file gave.
#[derive(Clone, Debug)]
pub enum Look {
    /// A SOPS file.
    Sealed(Box<Surveyed>),
    /// Something else.
    Other,
    /// It looks like a SOPS file and cannot be read as one, or cannot be read at all.
    Skipped(Skipped),
}

/// Looks into a file.
#[must_use]
pub fn look(path: &Path, environment: &Environment) -> Look {
    let name = name_of(path, environment);
    let skipped = |reason: String| {
        Look::Skipped(Skipped {
            name: name.clone(),
            reason,
            unread: true,
        })
    };
    match file::read_marked(path, b"sops", LARGEST) {
        Ok(Some(bytes)) if sealed_format(&bytes, Format::from_path(path)).is_some() => {}
        Ok(_) => return Look::Other,
        Err(error) if error.kind() == ErrorKind::NotFound => return Look::Other,
        Err(error) => return skipped(format!("cannot be read ({})", error.kind())),
    }
    let (bytes, identity) = match file::read(path) {
        Ok(read) => read,
        Err(error) => return skipped(format!("cannot be read ({})", error.kind())),
    };
    match sealed::detect(&bytes, Format::from_path(path), true) {
        Ok(sealed) => Look::Sealed(Box::new(Surveyed {
            path: path.to_owned(),
            name,
            sealed,
            bytes,
            identity,
        })),
        Err(error) => skipped(format!("it has a sops block, and is broken: {error}")),
    }
}

/// The results of work on SOPS files, in their order, and what was left out.
#[derive(Clone, Debug, Default)]
pub struct Survey<T> {
    /// One for each SOPS file.
    pub files: Vec<T>,
    /// What was not looked into, and why.
    pub skipped: Vec<Skipped>,
}

/// Looks into all files at once and does `work` on those that are SOPS files; a file is forgotten after its work. A file
/// that was named itself and is none is told as left out.
///
/// # Errors
/// When something that is named is not there.
pub fn survey<T: Send>(
    paths: &[PathBuf],
    environment: &Environment,
    work: impl Fn(Surveyed) -> T + Sync,
) -> Result<Survey<T>, Failure> {
    let listing = list(paths, environment)?;
    let jobs: Vec<(PathBuf, bool)> = listing.paths.into_iter().zip(listing.named).collect();
    let looked = parallel::map(&jobs, |(path, named)| match look(path, environment) {
        Look::Sealed(file) => (Some(work(*file)), None),
        Look::Skipped(skipped) => (None, Some(skipped)),
        Look::Other if *named => {
            let name = name_of(path, environment);
            let reason = "it is not a SOPS file".to_owned();
            (
                None,
                Some(Skipped {
                    name,
                    reason,
                    unread: false,
                }),
            )
        }
        Look::Other => (None, None),
    });
    let mut survey = Survey {
        files: Vec::new(),
        skipped: listing.skipped,
    };
    for (result, skipped) in looked {
        survey.files.extend(result);
        survey.skipped.extend(skipped);
    }
    Ok(survey)
}
