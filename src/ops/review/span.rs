//! What is compared with what.

use super::no_git;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, Repository, file};
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
    /// Whether files that git does not know yet are looked for, too; they are new to the work tree.
    pub untracked: bool,
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
        let path = crate::ops::config::absolute(environment, Path::new(word));
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
    Ok(Span {
        old,
        new,
        paths,
        untracked: false,
    })
}

/// The id of the commit that a name stands for, if there is one; nothing stands for HEAD.
pub(super) fn commit(repository: &Repository, name: &str) -> Result<Option<String>, Failure> {
    let name = if name.is_empty() { "HEAD" } else { name };
    let asked = format!("{name}^{{commit}}");
    let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &asked];
    let answer = repository
        .attempt(arguments, None)
        .map_err(|error| no_git(&error))?;
    let text = String::from_utf8_lossy(&answer.output).trim().to_owned();
    Ok((answer.code == Some(0)).then_some(text))
}

/// The commits that a word names: one, or two for `A..B`; `A...B` is what B has done since it left A.
fn commits(repository: &Repository, word: &str) -> Result<Option<Vec<String>>, Failure> {
    let named = |name: &str| commit(repository, name);
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

/// The repository around the working directory.
///
/// # Errors
/// When there is none.
pub fn repository(environment: &Environment) -> Result<Repository, Failure> {
    Repository::around(environment.directory(), environment).map_err(|error| no_git(&error))
}
