//! The commits in which a path changed, as git finds them; and what changed in one commit.

use super::Repository;
use super::repository::GitError;
use crate::host::Cancel;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

/// How often a waiting thread looks whether it is cancelled.
const TICK: Duration = Duration::from_millis(40);
/// How many commits are read ahead.
const AHEAD: usize = 64;

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name, in hexadecimal digits.
    pub id: String,
    /// Of the commits before it, those next to it in which the path changed.
    pub parents: Vec<String>,
    /// Who wrote it; not made safe to print.
    pub author: String,
    /// When it was written, in seconds since 1970.
    pub when: i64,
    /// The first line of its message; not made safe to print.
    pub subject: String,
}

/// Commits as they are found: a commit comes before its parents. git is stopped when this is dropped.
#[derive(Debug)]
pub struct Log {
    child: Child,
    lines: Receiver<Vec<u8>>,
    cancel: Cancel,
}

impl Repository {
    /// The commits up to `from` in which `path` changed, the newest first. Where a merge took the file of one side as it was, the
    /// other side is left out.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn log(&self, from: &str, path: &[u8], cancel: &Cancel) -> Result<Log, GitError> {
        let missing = |error: std::io::Error| GitError::Missing(error.to_string());
        let mut child = self
            .command()
            .args([
                "--literal-pathspecs",
                "log",
                "--parents",
                "--no-follow",
                "--no-color",
            ])
            .args(["--no-show-signature", "--encoding=UTF-8"])
            .args([
                "--format=%H%x00%P%x00%an%x00%at%x00%s",
                "--end-of-options",
                from,
                "--",
            ])
            .arg(OsStr::from_bytes(path))
            .stderr(Stdio::null())
            .spawn()
            .map_err(missing)?;
        let (send, lines) = sync_channel(AHEAD);
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                // Ends when git does, or when nobody listens any more.
                let lines = BufReader::new(output).split(b'\n');
                lines.map_while(Result::ok).all(|line| send.send(line).is_ok())
            });
        }
        let cancel = cancel.clone();
        Ok(Log { child, lines, cancel })
    }

    /// The files that a commit took away, with the names of what they held; without a commit, those that are gone since the last
    /// one. Nothing of a merge.
    #[must_use]
    pub fn taken_away(&self, commit: Option<&str>) -> Vec<(Vec<u8>, String)> {
        let mut words = vec!["diff-index", "-r", "-z", "--no-renames", "--no-ext-diff", "HEAD"];
        if let Some(commit) = commit {
            words.truncate(5);
            words.splice(..1, ["diff-tree", "--root", "--no-commit-id"]);
            words.push(commit);
        }
        let output = self.run(words, None).unwrap_or_default();
        let mut parts = output.split(|byte| *byte == 0);
        let mut gone = Vec::new();
        while let (Some(head), Some(path)) = (parts.next(), parts.next()) {
            let head = String::from_utf8_lossy(head);
            let words: Vec<&str> = head.split(' ').collect();
            if let [_, _, old, _, "D"] = words.as_slice() {
                gone.push((path.to_vec(), (*old).to_owned()));
            }
        }
        gone
    }
}

impl Iterator for Log {
    type Item = Commit;

    /// The next commit; `None` at the end, or when cancelled.
    fn next(&mut self) -> Option<Commit> {
        loop {
            match self.lines.recv_timeout(TICK) {
                Ok(line) => return read(&line),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if self.cancel.is_cancelled() => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(line: &[u8]) -> Option<Commit> {
    let text = String::from_utf8_lossy(line);
    let parts: Vec<&str> = text.splitn(5, '\0').collect();
    let [id, parents, author, when, subject] = parts.as_slice() else {
        return None;
    };
    Some(Commit {
        id: (*id).to_owned(),
        parents: parents.split_whitespace().map(str::to_owned).collect(),
        author: (*author).to_owned(),
        when: when.parse().unwrap_or_default(),
        subject: (*subject).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_line_of_the_log_is_read_whatever_the_message_says() {
        let commit = read(b"ab\0cd ef\0ops \xff\x001700000000\0a: b\0c").unwrap();
        assert_eq!(commit.parents, ["cd", "ef"]);
        assert_eq!(commit.when, 1_700_000_000);
        assert_eq!(commit.subject, "a: b\0c");
        assert!(read(b"").is_none());
    }
}
