//! Reading from a repository: what is staged, what was committed. Nothing is changed.

use super::is_harmless;
use crate::host::Environment;
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Variables that git sets for its hooks: which repository and which index a commit is made from.
const OF_HOOKS: [&str; 3] = ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"];

/// The root of the repository that a folder is in; `None` where there is none, or no git.
#[must_use]
pub fn root(folder: &Path, environment: &Environment) -> Option<PathBuf> {
    let output = output(folder, &["rev-parse", "--show-toplevel"], environment)?;
    let line = output.strip_suffix(b"\n").unwrap_or(&output);
    Some(PathBuf::from(OsStr::from_bytes(line)))
}

/// What a git command that changes nothing prints; `None` when it fails.
#[must_use]
pub fn output(folder: &Path, arguments: &[&str], environment: &Environment) -> Option<Vec<u8>> {
    let output = reading(folder, environment).args(arguments).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The paths that a git command lists with `-z`, from the root of the repository.
#[must_use]
pub fn paths(root: &Path, arguments: &[&str], environment: &Environment) -> Option<Vec<PathBuf>> {
    let output = output(root, arguments, environment)?;
    let parts = output.split(|byte| *byte == 0).filter(|part| !part.is_empty());
    Some(parts.map(|part| PathBuf::from(OsStr::from_bytes(part))).collect())
}

/// The contents of objects, named as in `HEAD:path` or `:path`; `None` for those that are not there, or no files. One process
/// reads all of them.
#[must_use]
pub fn contents(root: &Path, names: &[Vec<u8>], environment: &Environment) -> Vec<Option<Vec<u8>>> {
    let nothing = || vec![None; names.len()];
    if names.is_empty() {
        return nothing();
    }
    let mut command = reading(root, environment);
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        return nothing();
    };
    let stdin = child.stdin.take();
    let answer = std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                for name in names {
                    // A name with a line break cannot be asked for; an empty line asks for nothing and is answered.
                    let line: &[u8] = if name.contains(&b'\n') { b"" } else { name };
                    if stdin
                        .write_all(line)
                        .and_then(|()| stdin.write_all(b"\n"))
                        .is_err()
                    {
                        break;
                    }
                }
            }
        });
        child.wait_with_output()
    });
    let Ok(answer) = answer else {
        return nothing();
    };
    let mut rest = answer.stdout.as_slice();
    let mut contents = Vec::with_capacity(names.len());
    for _ in names {
        contents.push(next_object(&mut rest));
    }
    contents
}

/// Takes one answer of `git cat-file --batch`.
fn next_object(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let end = memchr::memchr(b'\n', rest)?;
    let (head, after) = (rest.get(..end)?, rest.get(end + 1..)?);
    *rest = after;
    let mut words = head.rsplit(|byte| *byte == b' ');
    let size: usize = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let kind = words.next()?;
    let content = after.get(..size)?.to_vec();
    *rest = after.get(size + 1..)?;
    (kind == b"blob").then_some(content)
}

fn reading(folder: &Path, environment: &Environment) -> Command {
    let variables = environment.variables().filter(|(name, _)| {
        let name = name.to_string_lossy();
        is_harmless(&name) || OF_HOOKS.contains(&name.as_ref())
    });
    let mut command = Command::new("git");
    command
        // What a repository sets must not start programs.
        .args(["--no-optional-locks", "-c", "core.fsmonitor=false"])
        .current_dir(folder)
        .env_clear()
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}
