//! New nodes in flow style, on one line.

use super::{new_setting, text};
use crate::format::PatchError;
use crate::format::yaml::patch::source::Source;
use crate::tree::{Body, Node, NodeId, Step, Tree};

/// An entry with its key, or an item.
pub(super) fn entry(tree: &Tree, id: NodeId, quoted: bool) -> Result<Vec<u8>, PatchError> {
    let mut out = Vec::new();
    let mut is_first = true;
    for step in tree.walk_from(id) {
        let node = tree.node(step.id());
        if !is_first && !matches!(step, Step::Leave(_)) {
            out.extend_from_slice(b", ");
        }
        is_first = matches!(step, Step::Enter(_));
        match (&step, &node.body) {
            (Step::Leave(_), Body::Map(_)) => out.push(b'}'),
            (Step::Leave(_), _) => out.push(b']'),
            (_, Body::Comment(_)) => {
                return Err(PatchError::NoPlace("a new comment has no place between brackets"));
            }
            (_, body) => {
                key(node, quoted, &mut out)?;
                match body {
                    Body::Map(_) => out.push(b'{'),
                    Body::Leaf(leaf) => {
                        let value = text::value(leaf, new_setting(quoted), Source::new(b""));
                        out.extend_from_slice(&value.head);
                    }
                    Body::List(_) | Body::Comment(_) => out.push(b'['),
                }
            }
        }
    }
    Ok(out)
}

fn key(node: &Node, quoted: bool, out: &mut Vec<u8>) -> Result<(), PatchError> {
    if node.key.is_some() {
        let key = text::key(node.key.as_ref(), node.is_branch(), new_setting(quoted));
        let too_long = PatchError::NoPlace("a key of several lines has no place between brackets");
        out.extend_from_slice(&key.ok_or(too_long)?);
        out.extend_from_slice(b": ");
    }
    Ok(())
}
