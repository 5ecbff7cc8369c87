//! JSON as sops reads and writes it (spec §11.3), with the place of every node in the text.
//!
//! What the text of a JSON file means belongs here; binary files use it for their sealed form.

mod emit;
mod house;
mod layout;
mod load;
mod patch;
mod scan;

pub use emit::{emit, emit_value};
pub use layout::{Layout, Span};
pub use load::{ends, load};
pub use patch::patch;

use crate::tree::{Body, Comment, Leaf, NodeId, Tree};

/// How deep maps and lists may nest, as in sops.
const MAX_DEPTH: usize = 10_000;

/// What a node is in JSON, which has no comments: an encrypted comment in a list is a string, as in sops; every other
/// comment is nothing at all.
enum Written<'t> {
    Branch(&'static [u8; 2]),
    Leaf(&'t Leaf),
    Comment(&'t Comment),
    Nothing,
}

fn written(tree: &Tree, id: NodeId) -> Written<'_> {
    let node = tree.node(id);
    match &node.body {
        Body::Map(_) => Written::Branch(b"{}"),
        Body::List(_) => Written::Branch(b"[]"),
        Body::Leaf(leaf) => Written::Leaf(leaf),
        Body::Comment(comment) => {
            let in_list = node
                .parent
                .is_some_and(|parent| matches!(tree.node(parent).body, Body::List(_)));
            if in_list && comment.text.expose().starts_with(b"ENC[") {
                Written::Comment(comment)
            } else {
                Written::Nothing
            }
        }
    }
}
