//! The pairs of states that are looked at one after the other.

use super::no_git;
use super::span::{Point, Span, commit};
use crate::failure::{Failure, Kind};
use crate::host::Repository;

/// What is held against what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sides {
    /// What is not staged yet: the index and the work tree.
    #[default]
    Unstaged,
    /// What the next commit changes: HEAD and the index.
    Staged,
    /// What changed since a revision: it and HEAD.
    Revision(String),
    /// What this branch did since it left the one it goes back to.
    Branch,
}

/// Branches that others usually come from, in the order in which they are tried.
const TRUNKS: [&str; 6] = [
    "@{upstream}",
    "origin/HEAD",
    "main",
    "master",
    "origin/main",
    "origin/master",
];

impl Sides {
    /// The points, and what they are for people: older and newer.
    ///
    /// # Errors
    /// When there is no such revision, or no branch that this one left.
    pub fn span(&self, repository: &Repository) -> Result<(Span, [String; 2]), Failure> {
        let head = || Point::Commit("HEAD".to_owned());
        let (old, new, names) = match self {
            Self::Unstaged => (
                Point::Index,
                Point::Worktree,
                ["index".to_owned(), "work tree".to_owned()],
            ),
            Self::Staged => (head(), Point::Index, ["HEAD".to_owned(), "index".to_owned()]),
            Self::Revision(name) => {
                let Some(found) = commit(repository, name)? else {
                    return Err(Failure::new(Kind::Usage, "there is no such revision here"));
                };
                (Point::Commit(found), head(), [name.clone(), "HEAD".to_owned()])
            }
            Self::Branch => {
                let (trunk, base) = trunk(repository)?;
                let name = format!("where {trunk} was left");
                (Point::Commit(base), head(), [name, "HEAD".to_owned()])
            }
        };
        let span = Span {
            untracked: new == Point::Worktree,
            old,
            new,
            paths: Vec::new(),
        };
        Ok((span, names))
    }
}

/// The branch that this one left, and the commit at which it did.
fn trunk(repository: &Repository) -> Result<(&'static str, String), Failure> {
    let here = commit(repository, "HEAD")?;
    for name in TRUNKS {
        let Some(tip) = commit(repository, name)?.filter(|tip| Some(tip) != here.as_ref()) else {
            continue;
        };
        let answer = repository
            .attempt(["merge-base", &tip, "HEAD"], None)
            .map_err(|error| no_git(&error))?;
        let base = String::from_utf8_lossy(&answer.output).trim().to_owned();
        if answer.code == Some(0) && !base.is_empty() {
            return Ok((name, base));
        }
    }
    Err(Failure::new(
        Kind::Usage,
        "there is no branch that this one left: no upstream, main or master",
    ))
}

/// Branches and tags, by name.
#[must_use]
pub fn names(repository: &Repository) -> Vec<String> {
    let kinds = ["refs/heads", "refs/tags", "refs/remotes"];
    let arguments = ["for-each-ref", "--format=%(refname:short)"];
    let output = repository.run(arguments.iter().chain(&kinds), None);
    let text = String::from_utf8_lossy(&output.unwrap_or_default()).into_owned();
    text.lines().map(str::to_owned).collect()
}
