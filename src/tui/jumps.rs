//! Places that were left by a jump, and the way back to them and forth again. A place is a file and a path in it, so that it
//! is found again after the file was read anew.

use super::open_file::OpenFile;
use crate::ops::path::shown;
use crate::tree::{Key, NodeId, Tree};
use std::path::PathBuf;

/// How many places are remembered.
const MOST: usize = 100;

/// One step from a branch to what is in it.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(Key),
    /// Among all children, for what has no key.
    Number(usize),
    /// The whole way, as it is written for people.
    Written(String),
}

/// A place.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// The file.
    pub file: PathBuf,
    steps: Vec<Step>,
}

impl Spot {
    /// The place of a node, or of what it stood in when it is gone.
    #[must_use]
    pub fn of(file: &OpenFile, id: NodeId) -> Self {
        let tree = if file.deleted(id) {
            file.base()
        } else {
            file.tree()
        };
        let mut steps = Vec::new();
        let mut at = id;
        while let Some(parent) = tree.node(at).parent {
            steps.push(step(tree, parent, at));
            at = parent;
        }
        let document = tree.documents().iter().position(|root| *root == at);
        steps.push(Step::Number(document.unwrap_or_default()));
        steps.reverse();
        Self {
            file: file.document.path.clone(),
            steps,
        }
    }

    /// A place by its path as it is written for people, or a file as a whole.
    #[must_use]
    pub fn named(file: PathBuf, path: Option<String>) -> Self {
        Self {
            file,
            steps: path.into_iter().map(Step::Written).collect(),
        }
    }

    /// The node of the place in the same file as it is now, or the last on the way that is still there.
    #[must_use]
    pub fn find(&self, file: &OpenFile) -> Option<NodeId> {
        let tree = file.tree();
        let (first, steps) = self.steps.split_first()?;
        let document = match first {
            Step::Number(document) => document,
            Step::Written(path) => {
                let mut ids = tree.walk().map(|step| step.id());
                return ids.find(|id| shown(tree, *id) == *path);
            }
            Step::Key(_) => return None,
        };
        let mut at = *tree.documents().get(*document)?;
        for step in steps {
            let children = tree.children(at);
            let next = match step {
                Step::Key(key) => children
                    .iter()
                    .find(|id| tree.node(**id).key.as_ref() == Some(key)),
                Step::Number(number) => children.get(*number),
                Step::Written(_) => None,
            };
            match next {
                Some(next) => at = *next,
                None => break,
            }
        }
        Some(at)
    }
}

fn step(tree: &Tree, parent: NodeId, id: NodeId) -> Step {
    match &tree.node(id).key {
        Some(key) => Step::Key(key.clone()),
        None => {
            let number = tree.children(parent).iter().position(|child| *child == id);
            Step::Number(number.unwrap_or_default())
        }
    }
}

/// A line of a file on disk, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: usize,
}

/// The places, oldest first.
#[derive(Debug, Default)]
pub struct Jumps {
    spots: Vec<Spot>,
    /// Where in the list the user is; at its end, anywhere else than in it.
    at: usize,
    /// Where to go once its file is open.
    pub target: Option<Spot>,
    /// The line to go to instead.
    pub line: Option<Line>,
}

impl Jumps {
    /// Notes the place that a jump leaves. What lay ahead is forgotten.
    pub fn leave(&mut self, spot: Spot) {
        self.spots.truncate(self.at);
        if self.spots.last() != Some(&spot) {
            self.spots.push(spot);
        }
        if self.spots.len() > MOST {
            self.spots.remove(0);
        }
        self.at = self.spots.len();
    }

    /// The place before, when `here` is where the user is.
    pub fn back(&mut self, here: Option<Spot>) -> Option<Spot> {
        if self.at == self.spots.len()
            && let Some(here) = here
        {
            // So that there is a way forth to where the way back began.
            let last = self.spots.last() == Some(&here);
            if !last {
                self.spots.push(here);
            }
            self.at = self.spots.len().checked_sub(1)?;
        }
        let at = self.at.checked_sub(1)?;
        self.at = at;
        self.spots.get(at).cloned()
    }

    /// The place after.
    pub fn forth(&mut self) -> Option<Spot> {
        let spot = self.spots.get(self.at + 1)?.clone();
        self.at += 1;
        Some(spot)
    }

    /// Whether there is a place before.
    #[must_use]
    pub fn has_back(&self) -> bool {
        self.at > 0
    }

    /// Whether there is a place after.
    #[must_use]
    pub fn has_forth(&self) -> bool {
        self.at + 1 < self.spots.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Jumps, MOST, Spot};
    use crate::tui::open_file::{OpenFile, show_path};
    use crate::tui::testing::{gatus, read};
    use std::path::PathBuf;

    fn spot(name: &str) -> Spot {
        Spot {
            file: PathBuf::from(name),
            steps: Vec::new(),
        }
    }

    #[test]
    fn the_way_back_is_the_way_forth_again() {
        let mut jumps = Jumps::default();
        jumps.leave(spot("a"));
        jumps.leave(spot("b"));
        assert_eq!(jumps.back(Some(spot("c"))), Some(spot("b")));
        assert_eq!(jumps.back(Some(spot("b"))), Some(spot("a")));
        assert_eq!(jumps.back(Some(spot("a"))), None);
        assert_eq!(jumps.forth(), Some(spot("b")));
        assert_eq!(jumps.forth(), Some(spot("c")));
        assert_eq!(jumps.forth(), None);
        jumps.back(None);
        jumps.leave(spot("d"));
        assert!(!jumps.has_forth(), "a new jump forgets what lay ahead");
        for number in 0..2 * MOST {
            jumps.leave(spot(&number.to_string()));
        }
        assert_eq!(jumps.spots.len(), MOST);
    }

    #[test]
    fn every_node_is_found_again_in_a_file_that_was_read_anew() {
        let open = || {
            let read = read(gatus());
            OpenFile::new(read.document, read.tree, false)
        };
        let (before, mut after) = (open(), open());
        let ids: Vec<_> = before.tree().walk().map(|step| step.id()).collect();
        for id in &ids {
            let found = Spot::of(&before, *id).find(&after).unwrap();
            assert_eq!(show_path(after.tree(), found), show_path(before.tree(), *id));
        }
        let leaves = before.tree().walk().map(|step| step.id());
        let last = leaves
            .filter(|id| !before.tree().node(*id).is_branch())
            .last()
            .unwrap();
        let parent = after.tree().node(last).parent.unwrap();
        after.delete(last).unwrap();
        assert_eq!(Spot::of(&before, last).find(&after), Some(parent));
        assert_eq!(Spot::of(&after, last).find(&before), Some(last));
    }
}
