//! The SOPS files that differ between two points of a repository, each compared by its values.

use super::compare::{Comparison, Version, compare};
use super::parallel;
use crate::failure::{Failure, Kind};
use crate::format::{Format, sealed_format};
use crate::host::{Environment, GitError, Repository, UserKey, file};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A point that a file can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Point {
    /// The files as they lie in the work tree.
    Worktree,
    /// What the next commit would have.
    Index,
    /// A commit.
    Commit(String),
}

/// What is compared with what, and in which files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The older side.
    pub old: Point,
    /// The newer side.
    pub new: Point,
    /// Only files below these; all where there are none.
    pub paths: Vec<PathBuf>,
}

/// One file of a review.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// Its path in the repository; the old one where it is gone.
    pub path: String,
    /// The path it had, where it was renamed.
    pub old_path: Option<String>,
    /// What differs.
    pub outcome: Outcome,
}

/// What became of a file.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is a SOPS file on the sides on which it exists.
    Compared {
        /// Whether it exists on the old and on the new side.
        exists: (bool, bool),
        /// What differs.
        comparison: Box<Comparison>,
    },
    /// It was encrypted, and is not any more.
    Exposed,
    /// It was plain, and is encrypted now.
    Sealed,
    /// It cannot be read as the SOPS file that it looks like.
    Unreadable(String),
}

impl Outcome {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Compared { exists: (true, true), comparison } if comparison.is_empty())
    }
}

/// Reads what a person means by these words, as `git diff` does: revisions first, then files.
///
/// # Errors
/// When there are more than two revisions, or git cannot be asked.
pub fn span(
    repository: &Repository,
    words: &[OsString],
    staged: bool,
    environment: &Environment,
) -> Result<Span, Failure> {
    let mut revisions: Vec<String> = Vec::new();
    let mut paths = Vec::new();
    for word in words {
        let path = super::config::absolute(environment, Path::new(word));
        let text = word.to_str().filter(|_| paths.is_empty() && !file::exists(&path));
        match text.map(|text| commits(repository, text)).transpose()?.flatten() {
            Some(found) => revisions.extend(found),
            None => paths.push(path),
        }
    }
    let head = || Point::Commit("HEAD".to_owned());
    let (old, new) = match (revisions.as_slice(), staged) {
        ([], true) => (head(), Point::Index),
        ([], false) => (Point::Index, Point::Worktree),
        ([one], true) => (Point::Commit(one.clone()), Point::Index),
        ([one], false) => (Point::Commit(one.clone()), Point::Worktree),
        ([old, new], false) => (Point::Commit(old.clone()), Point::Commit(new.clone())),
        _ => {
            let text = "compare two revisions at most, and one with --staged";
            return Err(Failure::new(Kind::Usage, text));
        }
    };
    Ok(Span { old, new, paths })
}

/// The commits that a word names: one, or two for `A..B`; `A...B` is what B has done since it left A.
fn commits(repository: &Repository, word: &str) -> Result<Option<Vec<String>>, Failure> {
    let named = |name: &str| -> Result<Option<String>, Failure> {
        let name = if name.is_empty() { "HEAD" } else { name };
        let asked = format!("{name}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &asked];
        let answer = repository
            .attempt(arguments, None)
            .map_err(|error| no_git(&error))?;
        let text = String::from_utf8_lossy(&answer.output).trim().to_owned();
        Ok((answer.code == Some(0)).then_some(text))
    };
    if let Some((old, new)) = word.split_once("...") {
        let (Some(old), Some(new)) = (named(old)?, named(new)?) else {
            return Ok(None);
        };
        let base = repository
            .run(["merge-base", &old, &new], None)
            .map_err(|error| no_git(&error))?;
        let base = String::from_utf8_lossy(&base).trim().to_owned();
        return Ok(Some(vec![base, new]));
    }
    if let Some((old, new)) = word.split_once("..") {
        return Ok(named(old)?.zip(named(new)?).map(|(old, new)| vec![old, new]));
    }
    Ok(named(word)?.map(|commit| vec![commit]))
}

fn no_git(error: &GitError) -> Failure {
    Failure::new(Kind::Usage, error.to_string())
}

/// The repository around the working directory.
///
/// # Errors
/// When there is none.
pub fn repository(environment: &Environment) -> Result<Repository, Failure> {
    Repository::around(environment.directory(), environment).map_err(|error| no_git(&error))
}

/// Compares every SOPS file that differs. Files that are no SOPS files on either side are left out.
///
/// # Errors
/// When git cannot tell what differs, or there is no key for fingerprints.
pub fn review(
    repository: &Repository,
    span: &Span,
    environment: &Environment,
) -> Result<Vec<Reviewed>, Failure> {
    let key = UserKey::load(environment).map_err(|error| {
        let text = format!("the key for fingerprints cannot be had: {error}");
        Failure::new(Kind::Usage, text)
    })?;
    let pairs = changed(repository, span)?;
    let reviewed = parallel::map(&pairs, |pair| one(repository, span, pair, &key, environment));
    Ok(reviewed
        .into_iter()
        .flatten()
        .filter(|found| !found.outcome.is_empty())
        .collect())
}

/// The path of a file on either side.
struct Pair {
    old: Option<String>,
    new: Option<String>,
}

fn changed(repository: &Repository, span: &Span) -> Result<Vec<Pair>, Failure> {
    let mut arguments: Vec<OsString> = ["diff", "--name-status", "-z", "-M", "--no-ext-diff"]
        .map(OsString::from)
        .to_vec();
    for point in [&span.old, &span.new] {
        match point {
            Point::Commit(commit) => arguments.push(commit.into()),
            Point::Index if span.new == Point::Index => arguments.push("--cached".into()),
            Point::Index | Point::Worktree => {}
        }
    }
    arguments.push("--".into());
    arguments.extend(span.paths.iter().map(|path| path.into()));
    let output = repository.run(arguments, None).map_err(|error| no_git(&error))?;
    let mut words = output
        .split(|byte| *byte == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned());
    let mut pairs = Vec::new();
    while let Some(status) = words.next().filter(|status| !status.is_empty()) {
        let Some(path) = words.next() else { break };
        pairs.push(match status.get(..1) {
            Some("A") => Pair {
                old: None,
                new: Some(path),
            },
            Some("D") => Pair {
                old: Some(path),
                new: None,
            },
            Some("R" | "C") => Pair {
                old: Some(path),
                new: words.next(),
            },
            _ => Pair {
                old: Some(path.clone()),
                new: Some(path),
            },
        });
    }
    Ok(pairs)
}

fn bytes(repository: &Repository, point: &Point, path: Option<&String>) -> Option<Vec<u8>> {
    let path = path?;
    match point {
        Point::Worktree => file::read(&repository.root().join(path))
            .ok()
            .map(|(bytes, _)| bytes),
        Point::Index => repository.blob("", path).ok()?,
        Point::Commit(commit) => repository.blob(commit, path).ok()?,
    }
}

fn one(
    repository: &Repository,
    span: &Span,
    pair: &Pair,
    key: &UserKey,
    environment: &Environment,
) -> Option<Reviewed> {
    let path = pair.new.clone().or_else(|| pair.old.clone())?;
    let old = bytes(repository, &span.old, pair.old.as_ref());
    let new = bytes(repository, &span.new, pair.new.as_ref());
    let format = |bytes: &Option<Vec<u8>>, path: &Option<String>| {
        let suggested = Format::from_path(Path::new(path.as_deref()?));
        sealed_format(bytes.as_ref()?, suggested)
    };
    let (was, is) = (format(&old, &pair.old), format(&new, &pair.new));
    let outcome = match (was, is, old.is_some(), new.is_some()) {
        (None, None, ..) => return None,
        (Some(_), None, _, true) => Outcome::Exposed,
        (None, Some(_), true, _) => Outcome::Sealed,
        _ => {
            let read = |bytes: Option<&Vec<u8>>, format: Option<Format>| {
                bytes
                    .zip(format)
                    .map(|(bytes, format)| Version::read(bytes, format, &path, environment))
                    .transpose()
            };
            match (read(old.as_ref(), was), read(new.as_ref(), is)) {
                (Ok(old), Ok(new)) => Outcome::Compared {
                    exists: (old.is_some(), new.is_some()),
                    comparison: Box::new(compare(old.as_ref(), new.as_ref(), key)),
                },
                (Err(failure), _) | (_, Err(failure)) => Outcome::Unreadable(failure.message),
            }
        }
    };
    Some(Reviewed {
        old_path: pair.old.clone().filter(|old| *old != path),
        path,
        outcome,
    })
}
