//! A patched text is only good if it reads back.

use crate::format::PatchError;
use crate::format::yaml;
use crate::tree::{Body, Comment, NodeId, Tree};

/// Reads a patched text and compares it with the tree it is meant to hold.
pub(super) fn reads_back(text: &[u8], wanted: &Tree) -> Result<(), PatchError> {
    let (tree, _) = yaml::load(text).map_err(|_| PatchError::Unfaithful)?;
    let is_same = tree.same_content(wanted, true)
        || without_idle_flags(&tree).same_content(&without_idle_flags(wanted), true);
    if is_same {
        Ok(())
    } else {
        Err(PatchError::Unfaithful)
    }
}

/// Only a comment before a value can stand on its line. Before a map, before a list and at the end of a collection
/// the flag means nothing, and a text need not have a place for it.
fn without_idle_flags(tree: &Tree) -> Tree {
    let mut plain = tree.clone();
    let branches = tree
        .walk()
        .map(|step| step.id())
        .filter(|id| tree.node(*id).is_branch());
    for branch in branches.collect::<Vec<NodeId>>() {
        let mut is_idle = true;
        for child in tree.children(branch).iter().rev() {
            let node = tree.node(*child);
            match node.comment() {
                None => is_idle = node.is_branch(),
                Some(comment) if is_idle => {
                    let comment = Comment {
                        text: comment.text.clone(),
                        inline: false,
                    };
                    plain.set_body(*child, Body::Comment(comment));
                }
                Some(_) => {}
            }
        }
    }
    plain
}
