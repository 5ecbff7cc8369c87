//! Walking a folder as git sees it.

use super::file::is_temporary;
use ignore::{DirEntry, WalkBuilder};
use std::path::{Path, PathBuf};

/// The regular files below a folder, hidden ones too, without what `.gitignore` leaves out and without `.git` itself; at most
/// `limit` of them, in the order of their names. Links to folders are not followed. Also says whether there were more.
#[must_use]
pub fn files_below(folder: &Path, limit: usize) -> (Vec<PathBuf>, bool) {
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(is_content)
        .build();
    let mut files = walk
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(DirEntry::into_path);
    let found: Vec<PathBuf> = files.by_ref().take(limit).collect();
    (found, files.next().is_some())
}

/// Whether an entry is neither git's own nor what a save that was killed left behind.
fn is_content(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    name != ".git" && !name.to_str().is_some_and(is_temporary)
}

/// What a walk of a folder found.
#[derive(Debug, Default)]
pub struct Walked {
    /// Regular files, in the order of their paths.
    pub files: Vec<PathBuf>,
    /// What was left out, and why.
    pub skipped: Vec<(PathBuf, String)>,
    /// What cannot be read, and why: nobody knows what is in there.
    pub unread: Vec<(PathBuf, String)>,
    /// Whether there were more than the limit.
    pub truncated: bool,
}

/// As [`files_below`], and tells what it left out: folders and links that cannot be read, files of more than `largest` bytes.
#[must_use]
pub fn walk_below(folder: &Path, limit: usize, largest: u64) -> Walked {
    let mut walked = Walked::default();
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(is_content)
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                walked.unread.push(unreadable(folder, &error));
                continue;
            }
        };
        // Follows links to files, as reading them would.
        let Ok(metadata) = std::fs::metadata(entry.path()) else {
            walked
                .skipped
                .push((entry.into_path(), "a link to nothing, or not readable".to_owned()));
            continue;
        };
        if metadata.is_dir() && entry.path_is_symlink() {
            walked.skipped.push((
                entry.into_path(),
                "a link to a folder, which is not followed".to_owned(),
            ));
        } else if metadata.is_file() && metadata.len() > largest {
            let text = format!("larger than {} MiB", largest >> 20);
            walked.skipped.push((entry.into_path(), text));
        } else if metadata.is_file() {
            if walked.files.len() == limit {
                walked.truncated = true;
                break;
            }
            walked.files.push(entry.into_path());
        }
    }
    walked
}

fn unreadable(folder: &Path, error: &ignore::Error) -> (PathBuf, String) {
    let mut at = error;
    let mut path = folder.to_owned();
    loop {
        match at {
            ignore::Error::WithPath { path: named, err } => {
                path.clone_from(named);
                at = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => at = err,
            ignore::Error::Io(error) => return (path, format!("cannot be read ({})", error.kind())),
            _ => return (path, "cannot be read".to_owned()),
        }
    }
}
