//! A patched text is only good if it reads back.

use crate::format::PatchError;
use crate::format::yaml;
use crate::tree::{Body, Comment, NodeId, Tree};

/// Reads a patched text and compares it with the tree it is meant to hold.
pub(super) fn reads_back(text: &[u8], wanted: &Tree) -> Result<(), PatchError> {
    let (tree, _) = yaml::load(text).map_err(|_| PatchError::Unfaithful)?;
    let is_same = tree.same_content(wanted, true)
        || with_plain_ends(&tree).same_content(&with_plain_ends(wanted), true);
    if is_same {
        Ok(())
    } else {
        Err(PatchError::Unfaithful)
    }
}

/// A comment behind the last entry of a collection has no value to be inline with, whatever its flag says.
fn with_plain_ends(tree: &Tree) -> Tree {
    let mut plain = tree.clone();
    let branches: Vec<NodeId> = tree
        .walk()
        .map(|step| step.id())
        .filter(|id| tree.node(*id).is_branch())
        .collect();
    for branch in branches {
        for child in tree.children(branch).iter().rev() {
            let Some(comment) = tree.node(*child).comment() else {
                break;
            };
            let comment = Comment {
                text: comment.text.clone(),
                inline: false,
            };
            plain.set_body(*child, Body::Comment(comment));
        }
    }
    plain
}
