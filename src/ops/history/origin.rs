//! Where a file that is new in a commit came from: git's own guess goes by lines, of which a file that was encrypted anew has
//! none in common with what it was. Keys stay.

use super::state::State;
use crate::ops::path::shown;
use crate::tree::{Step, Tree};
use std::collections::HashSet;

/// How many files that went in the same commit are looked into.
pub const MOST: usize = 200;

/// How much of the keys of two files are the same, from 0 to 100; 0 where one of them has none.
pub fn likeness(one: &State, other: &State) -> usize {
    let (Some(one), Some(other)) = (one.stored(), other.stored()) else {
        return 0;
    };
    let (one, other) = (paths(one), paths(other));
    let (both, all) = (one.intersection(&other).count(), one.union(&other).count());
    (both * 100).checked_div(all).unwrap_or_default()
}

/// From which likeness on a file is the same under another name.
pub const ENOUGH: usize = 50;

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
