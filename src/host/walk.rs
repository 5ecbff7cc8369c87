//! Walking a folder as git sees it.

use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// The regular files below a folder, hidden ones too, without what `.gitignore` leaves out and without `.git` itself; at most
/// `limit` of them, in the order of their names. Links to folders are not followed. Also says whether there were more.
#[must_use]
pub fn files_below(folder: &Path, limit: usize) -> (Vec<PathBuf>, bool) {
    let walk = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut files = walk
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(ignore::DirEntry::into_path);
    let found: Vec<PathBuf> = files.by_ref().take(limit).collect();
    (found, files.next().is_some())
}
