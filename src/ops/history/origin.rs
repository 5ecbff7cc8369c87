//! Where a file that is new in a commit came from: git's own guess goes by lines, of which a file that was encrypted anew has
//! none in common with what it was. Keys stay.

use super::state::State;
use crate::host::Repository;
use crate::host::git::Objects;
use crate::ops::path::shown;
use crate::tree::{Step, Tree};
use std::collections::HashSet;
use std::convert::Infallible;
use std::path::Path;
use std::rc::Rc;

/// How many files that went in the same commit are looked into.
const MOST: usize = 200;

/// How much of the keys of two files are the same, from 0 to 100; 0 where one of them has none.
fn likeness(one: &State, other: &State) -> usize {
    let (Some(one), Some(other)) = (one.stored(), other.stored()) else {
        return 0;
    };
    let (one, other) = (paths(one), paths(other));
    let (both, all) = (one.intersection(&other).count(), one.union(&other).count());
    (both * 100).checked_div(all).unwrap_or_default()
}

/// From which likeness on a file is the same under another name.
const ENOUGH: usize = 50;

/// Where a commit began; without one, the last commit.
pub fn before(commit: Option<&str>) -> String {
    commit.map_or_else(|| "HEAD".to_owned(), |commit| format!("{commit}^"))
}

/// Which of the files that went is the one that came, read by `read`; `None` where none is like it. `now` is the nearest version of what
/// came that could be read, and `object` what git calls what came, which may be a text that nobody can read.
pub fn origin<E>(
    now: &State,
    object: &str,
    gone: Vec<(Vec<u8>, String)>,
    mut read: impl FnMut(&[u8]) -> Result<Rc<State>, E>,
) -> Result<Option<Vec<u8>>, E> {
    let mut best: Option<(usize, Vec<u8>)> = None;
    for (path, other) in gone.into_iter().take(MOST) {
        let likeness = if other == now.object || other == object {
            // Nothing is more like it.
            101
        } else {
            likeness(now, &*read(&path)?)
        };
        if likeness >= ENOUGH && best.as_ref().is_none_or(|(most, _)| likeness > *most) {
            best = Some((likeness, path));
        }
    }
    Ok(best.map(|(_, path)| path))
}

/// The name that a file had before this commit, or what is not committed yet, gave it this one; and from where its commits are listed
/// under that name.
pub fn name_before(
    repository: &Repository,
    objects: &mut Objects,
    commit: Option<&str>,
    path: &Path,
    bytes: &[u8],
) -> Option<(String, Vec<u8>)> {
    let before = before(commit);
    let now = State::read(String::new(), Some(bytes), path);
    let read = |old: &[u8]| -> Result<Rc<State>, Infallible> {
        let name = [before.as_bytes(), b":", old].concat();
        let found = objects.read(&name).ok().flatten();
        let bytes = found.as_ref().map(|(_, bytes)| bytes.as_slice());
        Ok(Rc::new(State::read(String::new(), bytes, path)))
    };
    let Ok(origin) = origin(&now, "", repository.taken_away(commit), read);
    origin.map(|path| (before, path))
}

fn paths(tree: &Tree) -> HashSet<String> {
    let leaves = tree.walk().filter(|step| matches!(step, Step::Leaf(_)));
    leaves.map(|step| shown(tree, step.id())).collect()
}

#[cfg(test)]
mod tests {
    use super::{ENOUGH, State, likeness};
    use std::path::Path;

    #[test]
    fn a_file_is_known_by_its_keys_whatever_it_holds() {
        let state = |text: &str| State::read(String::new(), Some(text.as_bytes()), Path::new("a.yaml"));
        let one = state("a: 1\nb: 2\nc: {d: 3}\n");
        assert!(likeness(&one, &state("a: x\nb: y\nc: {d: z}\ne: 1\n")) >= ENOUGH);
        assert!(likeness(&one, &state("a: 1\nx: 2\ny: 3\n")) < ENOUGH);
        assert_eq!(likeness(&one, &state("")), 0);
    }
}
