//! A patched text is only good if it reads back. Where the metadata stands among the comments of a document makes no
//! difference: it is no content.

use crate::format::PatchError;
use crate::format::yaml;
use crate::tree::{Body, Comment, NodeId, Tree};

/// Reads a patched text and compares it with the tree it is meant to hold.
pub(super) fn reads_back(text: &[u8], wanted: &Tree) -> Result<(), PatchError> {
    let (tree, _) = yaml::load(text).map_err(|_| PatchError::Unfaithful)?;
    let is_same = tree.same_content(wanted, true) || normal(&tree).same_content(&normal(wanted), true);
    if is_same {
        Ok(())
    } else {
        Err(PatchError::Unfaithful)
    }
}

/// A tree without the differences that mean nothing.
fn normal(tree: &Tree) -> Tree {
    let mut normal = without_idle_flags(tree);
    for root in tree.documents() {
        let is_metadata =
            |id: &NodeId| tree.node(*id).key.as_ref().and_then(|key| key.text()) == Some(b"sops");
        let (metadata, mut content): (Vec<NodeId>, Vec<NodeId>) =
            tree.children(*root).iter().partition(|id| is_metadata(id));
        content.extend(metadata);
        normal.set_children(*root, content);
    }
    normal
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
