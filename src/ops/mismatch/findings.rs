//! What differs between a file and the version whose MAC held, as far as the MAC covers it.

use super::words::{readable, with_line};
use super::{Case, Good};
use crate::ops::compare::{self, Difference, What};
use crate::ops::path::shown;
use crate::tree::{Body, Leaf, NodeId, Tree};
use std::collections::{HashMap, HashSet};

/// What was done to a value by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A readable value is another one.
    Edited,
    /// An encrypted value is another one, sealed with the right key.
    Replaced,
    /// An encrypted value is readable now.
    Opened,
    /// A readable value is encrypted now.
    Closed,
    /// A value came.
    Added,
    /// A value went.
    Removed,
    /// A readable key has another name.
    Renamed,
    /// It stands elsewhere among its neighbours.
    Moved,
    /// An encrypted value was carried here from another path: it does not decrypt.
    Carried,
    /// The ciphertext does not decrypt.
    Broken,
    /// The rule encrypts it, and it stands there in clear.
    Plain,
}

impl Fault {
    /// One word for scripts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Replaced => "replaced",
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Moved => "moved",
            Self::Carried => "carried",
            Self::Broken => "broken",
            Self::Plain => "plain",
        }
    }

    /// Whether the value does not decrypt.
    #[must_use]
    pub const fn is_unreadable(self) -> bool {
        matches!(self, Self::Carried | Self::Broken | Self::Plain)
    }
}

/// One thing that was done by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub fault: Fault,
    /// The path of the value; the old one where it is gone.
    pub path: String,
    /// The line of the file, counted from 1, where it stands in it and that is known.
    pub line: Option<usize>,
    /// The whole sentence, without any encrypted value.
    pub words: String,
}

/// What does not decrypt, where there is nothing to compare with.
pub fn unreadable(case: &Case, bytes: &[u8]) -> Vec<Finding> {
    let ids = case.partly.failed.iter().map(|(id, _)| *id);
    ids.map(|id| {
        let fault = if is_ciphertext(case, id) {
            Fault::Broken
        } else {
            Fault::Plain
        };
        finding(
            case,
            bytes,
            fault,
            Some(id),
            shown(&case.partly.tree, id),
            String::new(),
        )
    })
    .collect()
}

/// What differs; and sentences about what is not covered by the MAC.
pub fn compare(case: &Case, good: &Good, bytes: &[u8]) -> (Vec<Finding>, Vec<String>) {
    let failed: HashSet<NodeId> = case.partly.failed.iter().map(|(id, _)| *id).collect();
    let origins = Origins::of(good);
    let mut found = Vec::new();
    let mut carried = HashSet::new();
    let mut uncovered = 0;
    let differences = compare::trees(&good.tree, &case.partly.tree);
    for id in &failed {
        if let Some(from) = origins.of_ciphertext(&case.sealed, *id) {
            carried.insert(from);
        }
    }
    for difference in &differences {
        let Difference { what, old, new } = *difference;
        let is_comment =
            |tree: &Tree, id: Option<NodeId>| id.is_some_and(|id| tree.node(id).comment().is_some());
        if is_comment(&good.tree, old) || is_comment(&case.partly.tree, new) {
            continue;
        }
        let path = new.map_or_else(
            || old.map(|id| shown(&good.tree, id)).unwrap_or_default(),
            |id| shown(&case.partly.tree, id),
        );
        if let Some(id) = new.filter(|id| failed.contains(id)) {
            let from = origins.of_ciphertext(&case.sealed, id);
            let (fault, from) = match from {
                Some(from) => (Fault::Carried, shown(&good.tree, from)),
                None if is_ciphertext(case, id) => (Fault::Broken, String::new()),
                None => (Fault::Plain, String::new()),
            };
            found.push(finding(case, bytes, fault, new, path, from));
            continue;
        }
        if what == What::Removed && old.is_some_and(|id| carried.contains(&id)) {
            continue;
        }
        let was = old.is_some_and(|id| is_sealed(&good.sealed, &good.tree, id));
        let is = new.is_some_and(|id| is_sealed(&case.sealed, &case.partly.tree, id));
        if case.metadata.mac_only_encrypted && !was && !is && !is_branch(&good.tree, old) {
            uncovered += 1;
            continue;
        }
        let fault = match (what, was, is) {
            (What::Added, ..) => Fault::Added,
            (What::Removed, ..) => Fault::Removed,
            (What::Renamed, ..) => Fault::Renamed,
            (What::Moved, ..) => Fault::Moved,
            (What::Changed, true, true) => Fault::Replaced,
            (What::Changed, true, false) => Fault::Opened,
            (What::Changed, false, true) => Fault::Closed,
            (What::Changed, false, false) => Fault::Edited,
        };
        let more = match fault {
            Fault::Edited => old
                .zip(new)
                .and_then(|(old, new)| readable(&good.tree, old, &case.partly.tree, new)),
            Fault::Renamed => old.map(|id| shown(&good.tree, id)),
            _ => None,
        };
        found.push(finding(case, bytes, fault, new, path, more.unwrap_or_default()));
    }
    let remarks = match uncovered {
        0 => Vec::new(),
        1 => vec!["one readable value differs, too; this MAC covers encrypted values only".to_owned()],
        count => vec![format!(
            "{count} readable values differ, too; this MAC covers encrypted values only"
        )],
    };
    (found, remarks)
}

fn finding(
    case: &Case,
    bytes: &[u8],
    fault: Fault,
    id: Option<NodeId>,
    path: String,
    more: String,
) -> Finding {
    let start = id.and_then(|id| case.loaded.layout.start_of(id));
    let line =
        start.map(|start| 1 + memchr::memchr_iter(b'\n', bytes.get(..start).unwrap_or_default()).count());
    let encrypted = id.is_some_and(|id| is_sealed(&case.sealed, &case.partly.tree, id));
    Finding {
        fault,
        line,
        words: with_line(fault, line, &path, &more, encrypted),
        path,
    }
}

/// Whether a value is stored encrypted.
fn is_sealed(sealed: &Tree, opened: &Tree, id: NodeId) -> bool {
    let stored = sealed.node(id);
    !stored.is_branch() && stored.body != opened.node(id).body
}

fn is_branch(tree: &Tree, id: Option<NodeId>) -> bool {
    id.is_some_and(|id| tree.node(id).is_branch())
}

fn is_ciphertext(case: &Case, id: NodeId) -> bool {
    case.sealed
        .node(id)
        .leaf()
        .is_some_and(crate::seal::looks_encrypted)
}

/// Where each ciphertext stood in the version whose MAC held.
struct Origins<'g>(HashMap<&'g [u8], NodeId>);

impl<'g> Origins<'g> {
    fn of(good: &'g Good) -> Self {
        let leaves = good.sealed.walk().filter_map(|step| {
            let id = step.id();
            match &good.sealed.node(id).body {
                Body::Leaf(leaf @ Leaf::Text(text)) if crate::seal::looks_encrypted(leaf) => {
                    Some((text.expose(), id))
                }
                _ => None,
            }
        });
        Self(leaves.collect())
    }

    fn of_ciphertext(&self, sealed: &Tree, id: NodeId) -> Option<NodeId> {
        match sealed.node(id).leaf()? {
            Leaf::Text(text) => self.0.get(text.expose()).copied(),
            _ => None,
        }
    }
}
