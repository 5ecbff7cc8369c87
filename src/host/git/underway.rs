//! What git has begun and not ended: a merge, a rebase, a cherry-pick; whose the sides of its conflicts are, and which files still
//! have some.

use super::{GitError, Repository};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How many letters of a commit's subject are shown.
const SUBJECT: usize = 40;

/// What git is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `git merge`, or `git pull`.
    Merge,
    /// `git rebase`.
    Rebase,
    /// `git cherry-pick`.
    CherryPick,
    /// `git revert`.
    Revert,
    /// Something that leaves no trace but the conflict, as `git stash pop`.
    Other,
}

impl Operation {
    /// What goes on once nothing is in conflict any more.
    #[must_use]
    pub const fn next(self) -> &'static str {
        match self {
            Self::Merge => "git merge --continue",
            Self::Rebase => "git rebase --continue",
            Self::CherryPick => "git cherry-pick --continue",
            Self::Revert => "git revert --continue",
            Self::Other => "git commit",
        }
    }
}

/// An operation, and whose the sides of its conflicts are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Underway {
    /// What git does.
    pub operation: Operation,
    /// Whose our side is: the branch that is changed.
    pub ours: String,
    /// Whose their side is: the branch or commit that is brought in.
    pub theirs: String,
}

/// The three versions of a file in conflict; `None` where a side does not have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stages {
    /// What both came from.
    pub base: Option<Vec<u8>>,
    /// Ours.
    pub ours: Option<Vec<u8>>,
    /// Theirs.
    pub theirs: Option<Vec<u8>>,
}

impl Repository {
    /// What git has begun here, and the names of the sides.
    #[must_use]
    pub fn underway(&self) -> Underway {
        let names = [
            "rebase-merge",
            "rebase-apply",
            "MERGE_HEAD",
            "CHERRY_PICK_HEAD",
            "REVERT_HEAD",
        ];
        let words = names.iter().flat_map(|name| ["--git-path", name]);
        let found = self
            .text(["rev-parse"].into_iter().chain(words))
            .unwrap_or_default();
        let paths: Vec<PathBuf> = found.lines().map(|line| self.root().join(line)).collect();
        let there = |number: usize| paths.get(number).filter(|path| path.exists());
        let head = || {
            self.text(["symbolic-ref", "--short", "-q", "HEAD"])
                .unwrap_or_else(|| "HEAD".to_owned())
        };
        // A rebase picks commits, so it is looked for before a cherry-pick.
        if let Some(state) = there(0).or_else(|| there(1)) {
            return self.rebase(state);
        }
        if there(2).is_some() {
            return Underway {
                operation: Operation::Merge,
                ours: head(),
                theirs: self.name_of("MERGE_HEAD"),
            };
        }
        for (number, operation, commit) in [
            (3, Operation::CherryPick, "CHERRY_PICK_HEAD"),
            (4, Operation::Revert, "REVERT_HEAD"),
        ] {
            if there(number).is_some() {
                let commit = self.commit_of(commit);
                return Underway {
                    operation,
                    ours: head(),
                    theirs: if operation == Operation::Revert {
                        format!("without {commit}")
                    } else {
                        commit
                    },
                };
            }
        }
        let stash = self.text(["rev-parse", "-q", "--verify", "refs/stash"]).is_some();
        Underway {
            operation: Operation::Other,
            ours: head(),
            theirs: if stash { "the stash" } else { "the other side" }.to_owned(),
        }
    }

    /// In a rebase, ours is what the commits are put on, and theirs is the user's own commit.
    fn rebase(&self, state: &Path) -> Underway {
        let read = |name: &str| {
            let text = std::fs::read_to_string(state.join(name)).unwrap_or_default();
            text.trim().to_owned()
        };
        let branch = read("head-name");
        let branch = branch.strip_prefix("refs/heads/").unwrap_or(&branch);
        let commit = self.commit_of("REBASE_HEAD");
        let separator = if branch.is_empty() || commit.is_empty() {
            ""
        } else {
            ": "
        };
        Underway {
            operation: Operation::Rebase,
            ours: self.name_of(&read("onto")),
            theirs: format!("{branch}{separator}{commit}"),
        }
    }

    /// A branch at a commit, or its short name.
    fn name_of(&self, commit: &str) -> String {
        let at = format!("--points-at={commit}");
        let format = "--format=%(refname:short)";
        let kinds = ["refs/heads", "refs/remotes", "refs/tags"];
        let words = ["for-each-ref", &at, format, "--count=1"]
            .into_iter()
            .chain(kinds);
        self.text(words)
            .filter(|name| !name.is_empty())
            .or_else(|| self.text(["rev-parse", "--short", "-q", "--verify", commit]))
            .unwrap_or_else(|| "the other side".to_owned())
    }

    /// A commit by its short name and subject.
    fn commit_of(&self, commit: &str) -> String {
        let text = self
            .text(["log", "-1", "--format=%h %s", commit])
            .unwrap_or_default();
        text.chars().take(SUBJECT).collect()
    }

    /// What git prints, without the line break at its end; `None` where it fails.
    fn text<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
        let output = self.run(words, None).ok()?;
        Some(String::from_utf8_lossy(&output).trim_end().to_owned())
    }

    /// The versions of a file between which git found a conflict; `None` where it is in none. The path is absolute, or from the
    /// root of the repository.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn stages(&self, path: &Path) -> Result<Option<Stages>, GitError> {
        let words = ["--literal-pathspecs", "ls-files", "-u", "-z", "--"].map(OsStr::new);
        let listed = self.run(words.into_iter().chain([path.as_os_str()]), None)?;
        let mut names: [Option<Vec<u8>>; 3] = [None, None, None];
        for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            let head = entry.split(|byte| *byte == b'\t').next().unwrap_or_default();
            let mut words = head.split(|byte| *byte == b' ').skip(1);
            let (Some(object), Some(stage)) = (words.next(), words.next()) else {
                continue;
            };
            let stage = match stage {
                b"1" => 0,
                b"2" => 1,
                _ => 2,
            };
            if let Some(slot) = names.get_mut(stage) {
                *slot = Some(object.to_vec());
            }
        }
        if names.iter().all(Option::is_none) {
            return Ok(None);
        }
        let known: Vec<Vec<u8>> = names.iter().flatten().cloned().collect();
        let mut contents = self.contents(&known).into_iter();
        let mut next = |name: &Option<Vec<u8>>| name.as_ref().and_then(|_| contents.next().flatten());
        let [base, ours, theirs] = &names;
        Ok(Some(Stages {
            base: next(base),
            ours: next(ours),
            theirs: next(theirs),
        }))
    }

    /// The files that are still in conflict, from the root of the repository.
    #[must_use]
    pub fn conflicted(&self) -> Vec<PathBuf> {
        let mut paths = self.paths(&["diff", "--name-only", "--diff-filter=U", "-z", "--no-ext-diff"]);
        paths.dedup();
        paths
    }

    /// Puts a file of the work tree into the index, which ends its conflict.
    ///
    /// # Errors
    /// When git refuses, as it does while somebody else writes the index.
    pub fn add(&self, path: &Path) -> Result<(), GitError> {
        let words = ["--literal-pathspecs", "add", "--"].map(OsStr::new);
        self.run(words.into_iter().chain([path.as_os_str()]), None)
            .map(drop)
    }
}
