//! Which files are checked: those on disk and in git, or those that are staged.

use super::Request;
use super::blob::{Blob, LARGEST, Place, is_sealed};
use crate::failure::{Failure, Kind};
use crate::host::{Environment, Repository, file};
use crate::ops::config::absolute;
use crate::ops::survey::{self, Skipped, name_of};
use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// All files, and where they belong.
pub struct Gathered {
    /// The root of the repository, if there is one.
    pub root: Option<PathBuf>,
    /// The files.
    pub blobs: Vec<Blob>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

pub fn gather(request: &Request, environment: &Environment) -> Result<Gathered, Failure> {
    let start = request.paths.first().map(|path| absolute(environment, path));
    let start = start.unwrap_or_else(|| environment.directory().to_owned());
    let folder = if file::list(&start).is_ok() {
        start.as_path()
    } else {
        start.parent().unwrap_or(environment.directory())
    };
    // git gives the path without links; that of the user is kept where it leads to the same place.
    let repository = Repository::around(folder, environment).ok();
    let repository = repository.map(|found| {
        let root = as_written(folder, found.root().to_owned());
        Repository::at(&root, environment)
    });
    let root = repository.as_ref().map(|found| found.root().to_owned());
    if request.staged {
        let Some(repository) = &repository else {
            let text = "--staged needs a git repository";
            return Err(Failure::new(Kind::Usage, text));
        };
        let blobs = staged(request, repository, environment);
        return Ok(Gathered {
            root,
            blobs,
            skipped: Vec::new(),
        });
    }
    let listing = survey::list(&request.paths, environment)?;
    let mut skipped = listing.skipped;
    let mut paths = listing.paths;
    if let Some(repository) = &repository {
        add_tracked(&mut paths, request, repository, environment);
    }
    let sealed_before = repository.as_ref().map(sealed_in_head).unwrap_or_default();
    let largest = request.largest.map_or(LARGEST, |largest| largest.min(LARGEST));
    let mut blobs = Vec::with_capacity(paths.len());
    for path in paths {
        match file::size(&path) {
            Some(size) if size > largest => skipped.push(Skipped {
                name: name_of(&path, environment),
                reason: format!("larger than {} MiB", largest >> 20),
                unread: false,
            }),
            _ => blobs.push(Blob {
                name: name_of(&path, environment),
                was_sealed: sealed_before.contains(&path),
                path,
                place: Place::Worktree,
                content: None,
            }),
        }
    }
    if let Some(repository) = &repository {
        blobs.extend(decrypted_in_index(request, repository, environment));
    }
    Ok(Gathered { root, blobs, skipped })
}

/// The root as a prefix of `folder`, where it is one but for symbolic links.
fn as_written(folder: &Path, root: PathBuf) -> PathBuf {
    let written = folder
        .ancestors()
        .find(|above| file::exists(&above.join(".git")) && file::same(above, &root));
    written.map_or(root, Path::to_owned)
}

/// Tracked files that `.gitignore` names all the same.
fn add_tracked(
    paths: &mut Vec<PathBuf>,
    request: &Request,
    repository: &Repository,
    environment: &Environment,
) {
    let ignored = ["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"];
    let seen: HashSet<PathBuf> = paths.iter().cloned().collect();
    for path in repository.paths(&ignored) {
        let path = repository.root().join(path);
        if !seen.contains(&path) && is_asked_for(&path, request, environment) && file::exists(&path) {
            paths.push(path);
        }
    }
}

fn is_asked_for(path: &Path, request: &Request, environment: &Environment) -> bool {
    if request.paths.is_empty() {
        return path.starts_with(environment.directory());
    }
    let mut asked = request.paths.iter();
    asked.any(|asked| path.starts_with(absolute(environment, asked)))
}

/// What is staged, as it is staged.
fn staged(request: &Request, repository: &Repository, environment: &Environment) -> Vec<Blob> {
    let changed = [
        "diff",
        "--cached",
        "--name-only",
        "-z",
        "--diff-filter=ACMRT",
        "--no-renames",
    ];
    let mut changed = repository.paths(&changed);
    // A commit is of the whole index; only paths that were named narrow it.
    changed.retain(|path| {
        request.paths.is_empty() || is_asked_for(&repository.root().join(path), request, environment)
    });
    let now = repository.contents(&names(b":", &changed));
    let before = repository.contents(&names(b"HEAD:", &changed));
    let mut blobs = Vec::new();
    for ((path, now), before) in changed.iter().zip(now).zip(before) {
        let path = repository.root().join(path);
        let Some(now) = now.map(Zeroizing::new) else {
            continue;
        };
        blobs.push(Blob {
            name: name_of(&path, environment),
            was_sealed: before.is_some_and(|bytes| is_sealed(&bytes, &path)),
            path,
            place: Place::Index,
            content: Some(now),
        });
    }
    blobs
}

/// Files that are encrypted on disk, and staged in clear.
fn decrypted_in_index(request: &Request, repository: &Repository, environment: &Environment) -> Vec<Blob> {
    let changed = ["diff", "--name-only", "-z", "--no-renames"];
    let mut changed = repository.paths(&changed);
    changed.retain(|path| is_asked_for(&repository.root().join(path), request, environment));
    let staged = repository.contents(&names(b":", &changed));
    let mut blobs = Vec::new();
    for (path, staged) in changed.iter().zip(staged) {
        let path = repository.root().join(path);
        let on_disk = file::read(&path).is_ok_and(|(bytes, _)| is_sealed(&bytes, &path));
        let Some(staged) = staged.map(Zeroizing::new) else {
            continue;
        };
        if on_disk && !is_sealed(&staged, &path) {
            blobs.push(Blob {
                name: name_of(&path, environment),
                path,
                place: Place::Index,
                content: Some(staged),
                was_sealed: true,
            });
        }
    }
    blobs
}

/// Files that differ from the last commit, and are encrypted there.
fn sealed_in_head(repository: &Repository) -> HashSet<PathBuf> {
    let changed = ["diff", "--name-only", "-z", "--no-renames", "HEAD"];
    let changed = repository.paths(&changed);
    let before = repository.contents(&names(b"HEAD:", &changed));
    let both = changed.iter().zip(before);
    both.filter(|(path, before)| before.as_ref().is_some_and(|bytes| is_sealed(bytes, path)))
        .map(|(path, _)| repository.root().join(path))
        .collect()
}

fn names(prefix: &[u8], paths: &[PathBuf]) -> Vec<Vec<u8>> {
    let name = |path: &PathBuf| [prefix, path.as_os_str().as_bytes()].concat();
    paths.iter().map(name).collect()
}
