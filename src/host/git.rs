//! The `git` program, if there is one.

mod index;
mod log;
mod objects;
mod replay;
mod repository;
mod underway;

pub use index::Entry;
pub use log::{Commit, Log};
pub use objects::Objects;
pub use replay::{Past, replay};
pub use repository::{GitError, Repository};
pub use underway::{Operation, Stages, Underway};

use super::Environment;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What git says of the files below a folder that are not as in the last commit: `?` new to git, `A` added, `M` changed, `R`
/// renamed, `U` in conflict. Empty where there is no repository or no git.
#[must_use]
pub fn states(folder: &Path, environment: &Environment) -> HashMap<PathBuf, char> {
    let repository = Repository::at(folder, environment);
    let output = |arguments: &[&str]| repository.run(arguments, None).ok();
    let prefix = output(&["rev-parse", "--show-prefix"]);
    let list = output(&[
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=all",
        "--",
        ".",
    ]);
    let (Some(prefix), Some(list)) = (prefix, list) else {
        return HashMap::new();
    };
    read_states(&list, prefix.trim_ascii_end())
        .into_iter()
        .map(|(path, state)| (folder.join(path), state))
        .collect()
}

/// The lines of `git status --porcelain=v1 -z`, as paths below `prefix`.
fn read_states(list: &[u8], prefix: &[u8]) -> Vec<(PathBuf, char)> {
    let mut states = Vec::new();
    let mut parts = list.split(|byte| *byte == 0);
    while let Some(part) = parts.next() {
        let (Some([index, tree, b' ']), Some(path)) = (part.first_chunk::<3>(), part.get(3..)) else {
            continue;
        };
        if matches!(index, b'R' | b'C') {
            // Where it came from.
            parts.next();
        }
        let state = match (index, tree) {
            (b'?', _) => '?',
            (b'U', _) | (_, b'U') | (b'A', b'A') | (b'D', b'D') => 'U',
            (b'A', _) => 'A',
            (b'R' | b'C', _) => 'R',
            (_, b'D') | (b'D', _) => continue,
            _ => 'M',
        };
        if let Some(path) = path.strip_prefix(prefix) {
            states.push((PathBuf::from(OsStr::from_bytes(path)), state));
        }
    }
    states
}

fn command(folder: &Path, arguments: &[&str], environment: &Environment) -> Command {
    let mut command = Command::new("git");
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(
            environment
                .variables()
                .filter(|(name, _)| is_harmless(name.to_string_lossy().as_ref())),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Variables git may see: none with keys, none that point it at another repository.
fn is_harmless(name: &str) -> bool {
    matches!(name, "PATH" | "HOME" | "LANG" | "TMPDIR" | "XDG_CONFIG_HOME") || name.starts_with("LC_")
}

#[cfg(test)]
mod tests {
    use super::read_states;
    use std::path::PathBuf;

    #[test]
    fn the_state_of_each_file_is_read() {
        let list = b"?? sub/new.yaml\0 M sub/a b.yaml\0A  sub/c.env\0R  sub/d\0sub/old\0UU sub/e\0 D sub/gone\0M  x\0";
        let found = read_states(list, b"sub/");
        let expected = [
            ("new.yaml", '?'),
            ("a b.yaml", 'M'),
            ("c.env", 'A'),
            ("d", 'R'),
            ("e", 'U'),
        ];
        assert_eq!(found, expected.map(|(path, state)| (PathBuf::from(path), state)));
    }
}
