//! Commits that are told to git instead of being made one by one.

use super::command;
use crate::host::Environment;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

/// A commit to be made. Paths are plain: no blanks at their ends, no quotes, no line breaks.
#[derive(Clone, Debug)]
pub struct Past<'p> {
    /// The branch it is on.
    pub branch: &'p str,
    /// The commit before it, by its number in the list; for the first commit of a branch only.
    pub after: Option<usize>,
    /// The name of the author; the address is made from it.
    pub author: &'p str,
    /// When, in seconds since 1970.
    pub when: i64,
    /// The first line of its message.
    pub subject: &'p str,
    /// Paths that get another name: old and new.
    pub renamed: Vec<(&'p str, &'p str)>,
    /// Files with their content.
    pub files: Vec<(&'p str, Vec<u8>)>,
}

/// Makes a repository of a folder, with these commits, `main` checked out, and no file of the folder touched. Two runs of git,
/// however many commits there are. Best effort: says whether it worked.
pub fn replay(folder: &Path, past: &[Past<'_>], environment: &Environment) -> bool {
    run(folder, &["init", "-q", "-b", "main"], &[], environment)
        && run(folder, &["fast-import", "--quiet"], &stream(past), environment)
        && run(folder, &["reset", "-q"], &[], environment)
}

fn run(folder: &Path, arguments: &[&str], input: &[u8], environment: &Environment) -> bool {
    let child = command(folder, arguments, environment)
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return false };
    // A git that stops reading says so with its exit code.
    let _ = child.stdin.take().map(|mut pipe| pipe.write_all(input));
    child.wait().is_ok_and(|status| status.success())
}

/// The commits as `git fast-import` reads them.
fn stream(past: &[Past<'_>]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (number, commit) in (1..).zip(past) {
        let (author, when) = (commit.author, commit.when);
        let who = format!("{author} <{author}@localhost> {when} +0000");
        let head = format!(
            "commit refs/heads/{}\nmark :{number}\nauthor {who}\ncommitter {who}\ndata {}\n{}\n",
            commit.branch,
            commit.subject.len(),
            commit.subject
        );
        stream.extend_from_slice(head.as_bytes());
        if let Some(before) = commit.after {
            stream.extend_from_slice(format!("from :{}\n", before + 1).as_bytes());
        }
        for (old, new) in &commit.renamed {
            stream.extend_from_slice(format!("R {old} {new}\n").as_bytes());
        }
        for (path, content) in &commit.files {
            stream.extend_from_slice(format!("M 100644 inline {path}\ndata {}\n", content.len()).as_bytes());
            stream.extend_from_slice(content);
            stream.push(b'\n');
        }
        stream.push(b'\n');
    }
    stream
}

#[cfg(test)]
mod tests {
    use super::{Past, replay};
    use crate::host::{Environment, Repository};

    #[test]
    fn commits_that_are_told_are_there_with_their_dates_and_branches() {
        let folder = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let environment = Environment::new([("PATH", path.as_str()), ("HOME", "/nowhere")], folder.path());
        let past = |branch, after, subject, renamed, files| Past {
            branch,
            after,
            author: "ops",
            when: 1_700_000_000,
            subject,
            renamed,
            files,
        };
        std::fs::write(folder.path().join("b"), "two\n").unwrap();
        let story = [
            past("main", None, "first", vec![], vec![("a", b"one\n".to_vec())]),
            past(
                "main",
                None,
                "second",
                vec![("a", "b")],
                vec![("b", b"two\n".to_vec())],
            ),
            past(
                "other",
                Some(0),
                "third",
                vec![],
                vec![("a", b"three\n".to_vec())],
            ),
        ];
        assert!(replay(folder.path(), &story, &environment));
        let repository = Repository::around(folder.path(), &environment).unwrap();
        let run = |words: &[&str]| String::from_utf8(repository.run(words, None).unwrap()).unwrap();
        assert_eq!(run(&["status", "--porcelain"]), "");
        assert_eq!(
            run(&["log", "--format=%an %at %s"]),
            "ops 1700000000 second\nops 1700000000 first\n"
        );
        assert_eq!(run(&["log", "--format=%s", "other"]), "third\nfirst\n");
        assert_eq!(repository.blob("main", "a").unwrap(), None);
    }
}
