//! Which files differ, as git tells it, and what they hold.

use super::span::{Point, Span};
use super::{Contents, no_git};
use crate::failure::Failure;
use crate::host::git::Entry;
use crate::host::{Repository, file};
use std::collections::HashSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;

/// The largest file that is looked into, in bytes.
const LARGEST: u64 = 256 << 20;

/// A file on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub path: String,
    pub mode: String,
    /// `None` in the work tree.
    pub object: Option<String>,
}

/// A file on both sides, or on the one that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    pub old: Option<Side>,
    pub new: Option<Side>,
    /// Whether git does not know it yet.
    pub untracked: bool,
    /// Why it cannot be compared.
    pub problem: Option<&'static str>,
}

impl Pair {
    /// Its path; the old one where it is gone.
    pub fn path(&self) -> Option<&str> {
        let side = self.new.as_ref().or(self.old.as_ref());
        side.map(|side| side.path.as_str())
    }
}

/// The files that differ, in the order of their paths.
pub fn changed(repository: &Repository, span: &Span) -> Result<Vec<Pair>, Failure> {
    let mut arguments: Vec<OsString> = ["diff", "--raw", "--no-abbrev", "-z", "-M", "--no-ext-diff"]
        .map(OsString::from)
        .to_vec();
    let unborn = span.new == Point::Index && span.old == Point::Commit("HEAD".to_owned());
    for point in [&span.old, &span.new] {
        match point {
            // Without a commit, git compares the index with HEAD, or with nothing where there is no commit yet.
            Point::Commit(_) if unborn => {}
            Point::Commit(commit) => arguments.push(commit.into()),
            Point::Index if span.new == Point::Index => arguments.push("--cached".into()),
            Point::Index | Point::Worktree => {}
        }
    }
    arguments.push("--".into());
    arguments.extend(span.paths.iter().map(|path| path.into()));
    let output = repository.run(arguments, None).map_err(|error| no_git(&error))?;
    let mut pairs = read_raw(&output, span.new == Point::Worktree);
    if span.untracked {
        pairs.extend(untracked(repository, span)?);
        pairs.sort_by(|one, other| one.path().cmp(&other.path()));
    }
    Ok(pairs)
}

/// Reads `git diff --raw -z`. Links and other repositories are left out.
fn read_raw(output: &[u8], to_worktree: bool) -> Vec<Pair> {
    let mut words = output.split(|byte| *byte == 0);
    let mut pairs = Vec::new();
    let mut in_conflict = HashSet::new();
    while let Some(head) = words.next().filter(|head| !head.is_empty()) {
        let head = String::from_utf8_lossy(head).into_owned();
        let mut head = head.trim_start_matches(':').split(' ');
        let mut next = || head.next().unwrap_or_default().to_owned();
        let (old_mode, new_mode, old_object, new_object, status) = (next(), next(), next(), next(), next());
        let Some(path) = words.next() else { break };
        let other = if status.starts_with(['R', 'C']) {
            words.next()
        } else {
            None
        };
        if status.starts_with('U') {
            in_conflict.insert(path);
        }
        let side = |path: &[u8], mode: &str, object: Option<String>| Side {
            path: String::from_utf8_lossy(path).into_owned(),
            mode: mode.to_owned(),
            object,
        };
        let mut pair = Pair {
            old: (old_mode != "000000").then(|| side(path, &old_mode, Some(old_object))),
            new: (new_mode != "000000").then(|| {
                let object = Some(new_object).filter(|_| !to_worktree);
                side(other.unwrap_or(path), &new_mode, object)
            }),
            ..Pair::default()
        };
        if std::str::from_utf8(path).is_err() || other.is_some_and(|path| std::str::from_utf8(path).is_err())
        {
            pair.problem = Some("its name is no text (UTF-8)");
        }
        let is_file = |side: &Option<Side>| {
            side.as_ref().is_none_or(|side| {
                Entry {
                    mode: side.mode.clone(),
                    object: String::new(),
                }
                .is_file()
            })
        };
        if is_file(&pair.old) && is_file(&pair.new) {
            pairs.push(pair);
        }
    }
    for path in in_conflict {
        let path = String::from_utf8_lossy(path).into_owned();
        pairs.retain(|pair| pair.path().is_some_and(|other| other != path));
        pairs.push(Pair {
            new: Some(Side {
                path,
                mode: Entry::mode_of(false).to_owned(),
                object: None,
            }),
            problem: Some("it is in conflict; resolve that first"),
            ..Pair::default()
        });
    }
    pairs.sort_by(|one, other| one.path().cmp(&other.path()));
    pairs
}

/// Files that git does not know and does not ignore, if they may be encrypted or hold rules.
fn untracked(repository: &Repository, span: &Span) -> Result<Vec<Pair>, Failure> {
    let mut arguments: Vec<OsString> = ["ls-files", "--others", "--exclude-standard", "-z", "--"]
        .map(OsString::from)
        .to_vec();
    arguments.extend(span.paths.iter().map(|path| path.into()));
    let output = repository.run(arguments, None).map_err(|error| no_git(&error))?;
    let paths = output.split(|byte| *byte == 0).filter(|path| !path.is_empty());
    let pairs = paths.filter_map(|path| {
        let place = repository.root().join(std::ffi::OsStr::from_bytes(path));
        let executable = file::executable(&place)?;
        file::read_marked(&place, b"sops", LARGEST).ok().flatten()?;
        Some(Pair {
            new: Some(Side {
                path: std::str::from_utf8(path).ok()?.to_owned(),
                mode: Entry::mode_of(executable).to_owned(),
                object: None,
            }),
            untracked: true,
            ..Pair::default()
        })
    });
    Ok(pairs.collect())
}

/// What the files hold; one git reads all that it keeps.
pub fn contents(repository: &Repository, pairs: &[Pair]) -> Result<Vec<Contents>, Failure> {
    let mut objects = repository.objects().map_err(|error| no_git(&error))?;
    let mut read = |side: &Option<Side>| -> Option<Vec<u8>> {
        let side = side.as_ref()?;
        if let Some(object) = &side.object {
            let found = objects.read(object.as_bytes()).ok().flatten();
            return found.map(|(_, bytes)| bytes);
        }
        let place = repository.root().join(&side.path);
        file::size(&place).filter(|size| *size <= LARGEST)?;
        file::read(&place).ok().map(|(bytes, _)| bytes)
    };
    let both = |pair: &Pair| (read(&pair.old), read(&pair.new));
    Ok(pairs.iter().map(both).collect())
}

#[cfg(test)]
mod tests {
    use super::read_raw;

    #[test]
    fn every_status_of_git_is_read_and_links_are_left_alone() {
        let list = b":100644 100755 aa bb M\0b.yaml\0:000000 100644 00 cc A\0\xc3\xa9.yaml\0:100644 000000 dd 00 D\0gone\0\
                     :100644 100644 ee ff R090\0was\0is\0:120000 120000 aa bb M\0link\0:000000 000000 00 00 U\0c\0\
                     :100644 100644 aa bb M\0c\0:100644 100644 aa bb M\0\xff\0";
        let pairs = read_raw(list, false);
        let told: Vec<String> = pairs
            .iter()
            .map(|pair| {
                let side = |side: &Option<super::Side>| {
                    side.as_ref().map_or("-".to_owned(), |side| {
                        let object = side.object.as_deref().unwrap_or("?");
                        format!("{} {} {object}", side.path, side.mode)
                    })
                };
                format!(
                    "{} | {}{}",
                    side(&pair.old),
                    side(&pair.new),
                    pair.problem.map_or("", |_| " !")
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "b.yaml 100644 aa | b.yaml 100755 bb",
                "- | c 100644 ? !",
                "gone 100644 dd | -",
                "was 100644 ee | is 100644 ff",
                "- | é.yaml 100644 cc",
                "\u{fffd} 100644 aa | \u{fffd} 100644 bb !",
            ]
        );
    }
}
