//! Walking a folder as git sees it.

use super::file::is_temporary;
use ignore::{DirEntry, Walk, WalkBuilder};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// The regular files below a folder, hidden ones too, without what `.gitignore` leaves out and without `.git` itself; at most
/// `limit` of them, in the order of their names. Links to folders are not followed. Also says whether there were more.
#[must_use]
pub fn files_below(folder: &Path, limit: usize) -> (Vec<PathBuf>, bool) {
    let Some((walk, _)) = entries(folder) else {
        return (Vec::new(), false);
    };
    let mut files = walk
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(DirEntry::into_path);
    let found: Vec<PathBuf> = files.by_ref().take(limit).collect();
    (found, files.next().is_some())
}

/// Folders that were not entered, because of [`holds_up`].
type HeldUp = Arc<Mutex<Vec<PathBuf>>>;

/// A walk, and the folders that it did not enter, which are known at its end. `None` when it would never begin.
fn entries(folder: &Path) -> Option<(Walk, HeldUp)> {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    if whole.ancestors().any(holds_up) {
        return None;
    }
    let held_up = HeldUp::default();
    let notes = Arc::clone(&held_up);
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if !is_content(entry) || !is_folder || !holds_up(entry.path()) {
                return is_content(entry);
            }
            if let Ok(mut notes) = notes.lock() {
                notes.push(entry.path().to_owned());
            }
            false
        })
        .build();
    Some((walk, held_up))
}

/// Whether an entry is neither git's own nor what a save that was killed left behind.
fn is_content(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    name != ".git" && !name.to_str().is_some_and(is_temporary)
}

/// Whether what a folder says about ignored files is a pipe or a device: reading that may never end.
fn holds_up(folder: &Path) -> bool {
    let names = [".gitignore", ".ignore", ".git/info/exclude"];
    names.map(|name| folder.join(name)).iter().any(|path| {
        let plain = |found: Metadata| found.is_file() || found.is_dir();
        std::fs::metadata(path).is_ok_and(|found| !plain(found))
            && std::fs::canonicalize(path).is_ok_and(|path| path != Path::new("/dev/null"))
    })
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
    let Some((walk, held_up)) = entries(folder) else {
        walked.unread.push(without_end(folder.to_owned()));
        return walked;
    };
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
    if let Ok(mut held_up) = held_up.lock() {
        walked.unread.extend(held_up.drain(..).map(without_end));
    }
    walked
}

fn without_end(folder: PathBuf) -> (PathBuf, String) {
    (
        folder,
        "its list of ignored files is a pipe or a device".to_owned(),
    )
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

#[cfg(test)]
mod tests {
    use super::{files_below, walk_below};
    use std::fs::{create_dir, write};
    use std::os::unix::fs::symlink;

    #[test]
    fn a_list_of_ignored_files_that_never_ends_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("below");
        create_dir(&below).unwrap();
        write(below.join("a.yaml"), "a: 1\n").unwrap();
        write(folder.path().join("b.yaml"), "b: 1\n").unwrap();
        symlink("/dev/zero", below.join(".gitignore")).unwrap();
        let walked = walk_below(folder.path(), 10, 1 << 20);
        assert_eq!(walked.files, [folder.path().join("b.yaml")]);
        let (unread, why) = &walked.unread[0];
        assert_eq!(
            (unread, why.contains("device")),
            (&below, true),
            "it is told, not passed over"
        );
        let walked = walk_below(&below, 10, 1 << 20);
        assert_eq!((walked.files.len(), walked.unread.len()), (0, 1));
        assert_eq!(files_below(&below, 10).0.len(), 0);
    }
}
