//! What a value was in the version before.

use super::What;
use super::partner::partner;
use super::state::State;
use super::walk::{Point, Walk};
use crate::ops::compare::Seen;
use crate::ops::path::Step;
use crate::ops::why;
use crate::tree::{Body, NodeId};
use std::rc::Rc;

/// What a version is to the one after it.
pub enum Link {
    /// The value is the same, here.
    Same(Option<NodeId>),
    /// It differs.
    Differs {
        what: What,
        node: Option<NodeId>,
        renamed: bool,
    },
    /// It cannot be read.
    PassedOver,
}

impl Link {
    /// Whether the version has the value.
    pub const fn has_value(&self) -> bool {
        matches!(self, Self::Same(Some(_)) | Self::Differs { node: Some(_), .. })
    }
}

impl Walk<'_> {
    /// What `before` is to the version at this point.
    pub(super) fn link(&self, at: &Point, steps: &[Step], before: &Rc<State>) -> Link {
        if Rc::ptr_eq(&at.state, before) {
            return Link::Same(at.node);
        }
        if before.is_broken() {
            return Link::PassedOver;
        }
        let gone = || before.stored().and_then(|tree| why::at(tree, steps));
        match (at.node, at.state.is_broken()) {
            (Some(id), _) => self.link_of(id, &at.state, before),
            // As if it had not been: what it did shows in the version after it.
            (None, true) => Link::Same(gone()),
            (None, false) => match gone() {
                None => Link::Same(None),
                Some(node) => Link::Differs {
                    what: What::Removed,
                    node: Some(node),
                    renamed: false,
                },
            },
        }
    }

    /// As [`Self::link`], for a value that the later version has.
    fn link_of(&self, id: NodeId, after: &State, before: &State) -> Link {
        let added = Link::Differs {
            what: What::Added,
            node: None,
            renamed: false,
        };
        let (Some(is), Some(was)) = (after.stored(), before.stored()) else {
            return added;
        };
        // Most often the key is the same, and so is the ciphertext: nothing has to be decrypted.
        let quick = partner(is, id, was, false);
        if let Some(found) = quick
            && is.node(id).body == was.node(found.id).body
        {
            return Link::Same(Some(found.id));
        }
        let found = match quick.filter(|found| !found.in_list) {
            Some(found) => Some(found),
            None => match (after.opened(&self.ring), before.opened(&self.ring)) {
                (Some(is), Some(was)) => partner(is, id, was, true),
                _ => partner(is, id, was, true).or(quick),
            },
        };
        let Some(found) = found else { return added };
        let (new, old) = (after.value(id, &self.ring), before.value(found.id, &self.ring));
        let differs = |what| Link::Differs {
            what,
            node: Some(found.id),
            renamed: found.renamed,
        };
        match (new, old) {
            (Some(new), Some(old)) if new != old => differs(What::Changed),
            (Some(_), Some(_)) => {
                let encrypted =
                    |state: &State, id| self.seen(state, id).is_some_and(|seen| seen.is_encrypted);
                match (encrypted(before, found.id), encrypted(after, id)) {
                    (false, true) => differs(What::Encrypted),
                    (true, false) => differs(What::Exposed),
                    _ if found.renamed => differs(What::Renamed),
                    _ => Link::Same(Some(found.id)),
                }
            }
            _ => differs(What::Untold),
        }
    }

    /// What is known of a value.
    pub(super) fn seen(&self, state: &State, id: NodeId) -> Option<Seen> {
        let stored = &state.stored()?.node(id).body;
        let value = state.value(id, &self.ring).map(Body::Leaf);
        Some(Seen::of(stored, value.as_ref(), &self.user))
    }
}
