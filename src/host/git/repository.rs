//! A git repository, through the `git` program: what it holds, and what differs. Nothing here knows what a SOPS file is.

use super::is_harmless;
use crate::host::Environment;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use thiserror::Error;

/// Why git gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GitError {
    /// It cannot be run.
    #[error("git cannot be run: {0}")]
    Missing(String),
    /// It said no; the first line of why.
    #[error("git: {0}")]
    Refused(String),
}

/// What came of running git.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub output: Vec<u8>,
    /// What it said on standard error.
    pub messages: Vec<u8>,
}

/// Variables that git sets for its hooks and drivers: which repository and which index a commit is made from.
const OF_HOOKS: [&str; 3] = ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"];

/// A repository and its work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    root: PathBuf,
    variables: Vec<(OsString, OsString)>,
}

impl Repository {
    /// A folder of a repository, which git is run in.
    #[must_use]
    pub fn at(folder: &Path, environment: &Environment) -> Self {
        let variables = environment.variables().filter(|(name, _)| {
            let name = name.to_string_lossy();
            is_harmless(&name) || OF_HOOKS.contains(&name.as_ref())
        });
        Self {
            root: folder.to_owned(),
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    /// The repository around a folder.
    ///
    /// # Errors
    /// When there is none, or git cannot be run.
    pub fn around(folder: &Path, environment: &Environment) -> Result<Self, GitError> {
        let inside = Self::at(folder, environment);
        let answer = inside.run(["rev-parse", "--show-toplevel"], None)?;
        Ok(Self {
            root: PathBuf::from(OsStr::from_bytes(trim(&answer))),
            ..inside
        })
    }

    /// The folder of the work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Runs git in the work tree, with this on its standard input, and gives what it prints.
    ///
    /// # Errors
    /// When it cannot be run or fails.
    pub fn run<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        input: Option<&[u8]>,
    ) -> Result<Vec<u8>, GitError> {
        let answer = self.attempt(arguments, input)?;
        if answer.code == Some(0) {
            return Ok(answer.output);
        }
        let text = String::from_utf8_lossy(&answer.messages);
        let first = text.lines().next().unwrap_or("it failed and did not say why");
        Err(GitError::Refused(first.trim_start_matches("fatal: ").to_owned()))
    }

    /// Runs git, whatever comes of it.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn attempt<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        input: Option<&[u8]>,
    ) -> Result<Answer, GitError> {
        let missing = |error: std::io::Error| GitError::Missing(error.to_string());
        let mut child = self
            .command()
            .args(arguments)
            .stdin(if input.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .spawn()
            .map_err(missing)?;
        let pipe = child.stdin.take().zip(input);
        std::thread::scope(|scope| {
            if let Some((mut pipe, input)) = pipe {
                scope.spawn(move || {
                    // A git that does not want all of it has its reasons, and tells them with its exit code.
                    let _ = pipe.write_all(input);
                });
            }
            let output = child.wait_with_output().map_err(missing)?;
            Ok(Answer {
                code: output.status.code(),
                output: output.stdout,
                messages: output.stderr,
            })
        })
    }

    /// git in this repository, with what it prints to be read.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new("git");
        command
            // What a repository sets must not start programs; looking must not lock out somebody who writes.
            .args(["--no-optional-locks", "-c", "core.fsmonitor=false"])
            .current_dir(&self.root)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            // Messages are shown in one language.
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The paths that a git command lists with `-z`, from the root of the repository; none where it fails.
    #[must_use]
    pub fn paths(&self, arguments: &[&str]) -> Vec<PathBuf> {
        let output = self.run(arguments, None).unwrap_or_default();
        let parts = output.split(|byte| *byte == 0).filter(|part| !part.is_empty());
        parts.map(|part| PathBuf::from(OsStr::from_bytes(part))).collect()
    }

    /// What a revision has at a path: `HEAD` and a path, or the index by an empty revision, or one of its stages by `:1`, `:2`,
    /// `:3`. `None` where there is nothing.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn blob(&self, revision: &str, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let name = format!("{revision}:{path}");
        let answer = self.attempt(["cat-file", "blob", &name], None)?;
        Ok((answer.code == Some(0)).then_some(answer.output))
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\n").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::{GitError, Repository};
    use crate::host::{Environment, git};
    use std::fs;

    #[test]
    fn what_was_committed_is_found_again_and_what_was_not_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let environment =
            Environment::new([("PATH", path.as_str()), ("HOME", "/nonexistent")], folder.path());
        fs::write(folder.path().join("a"), "one").unwrap();
        assert!(matches!(
            Repository::around(folder.path(), &environment),
            Err(GitError::Refused(_))
        ));
        let first = git::Past {
            branch: "main",
            after: None,
            author: "ops",
            when: 0,
            subject: "first",
            renamed: Vec::new(),
            files: vec![("a", b"one".to_vec())],
        };
        assert!(git::replay(folder.path(), &[first], &environment));
        let repository = Repository::around(folder.path(), &environment).unwrap();
        assert_eq!(repository.blob("HEAD", "a").unwrap(), Some(b"one".to_vec()));
        assert_eq!(repository.blob("HEAD", "b").unwrap(), None);
    }
}
