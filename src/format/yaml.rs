//! YAML as sops reads and writes it (spec `yaml-behaviour.md`): a lossless layer of our own, because a comment's place
//! in the tree is part of what SOPS authenticates.
//!
//! ```text
//! bytes -> chars (encoding, breaks) -> scan (tokens, comment records) -> parse (events) -> compose (tree + layout)
//! tree  -> emit (sops's layout)      tree + layout + source -> patch
//! ```

mod chars;
mod comment;
mod compose;
mod cursor;
mod emit;
mod event;
pub mod layout;
mod limits;
mod parse;
mod patch;
pub mod resolve;
mod scan;
mod token;

pub use layout::{Form, Layout};
pub use patch::patch;

use super::{EmitError, LoadError, Style};
use crate::tree::{Body, NodeId, Tree};
use std::sync::Arc;

/// Reads all documents of a stream.
///
/// # Errors
/// When sops would refuse the text, or it is hostile.
pub fn load(bytes: &[u8]) -> Result<(Tree, Layout), LoadError> {
    let source = chars::decode(bytes)?;
    let (tree, layout) = compose::compose(&source.text, source.start)?;
    if source.is_translated() {
        let layout = Layout {
            opaque: true,
            ..Layout::default()
        };
        return Ok((tree, layout));
    }
    Ok((tree, layout))
}

/// As [`load`] without the layout, and without copies of the ciphertexts: they are parts of `bytes`.
///
/// # Errors
/// As [`load`].
pub fn load_tree(bytes: &Arc<Vec<u8>>) -> Result<Tree, LoadError> {
    let source = chars::decode(bytes)?;
    let same = (!source.is_translated()).then_some(bytes);
    compose::compose_tree(&source.text, source.start, same)
}

/// Writes all documents in sops's layout, so that keys and values read back.
///
/// # Errors
/// When the text would not read back.
pub fn emit(tree: &Tree, style: Style) -> Result<Vec<u8>, EmitError> {
    emit::careful(tree, style)
}

/// Writes one node alone in sops's layout, as a file whose root it is.
///
/// # Errors
/// When the text would not read back.
pub fn emit_value(tree: &Tree, id: NodeId, style: Style) -> Result<Vec<u8>, EmitError> {
    const KEY: &str = "k";
    match &tree.node(id).body {
        Body::List(items) if !items.is_empty() => {
            let place = emit::Place {
                column: 0,
                step: style.indent.map_or(4, usize::from),
                flush_lists: false,
            };
            emit::entries(tree, id, items, place)
        }
        // A value alone is written as behind a key, which is taken away again.
        body => {
            let mut alone = Tree::new();
            let root = alone.push_document();
            alone.push(root, Some(KEY.into()), body.clone());
            let text = emit::careful(&alone, style)?;
            Ok(text.get(KEY.len() + 2..).unwrap_or_default().to_vec())
        }
    }
}

/// Writes all documents with exactly the bytes of sops, also where those do not read back. `step` is the indentation:
/// 0 stands for 4, and what is not in 2 to 9 for 2.
#[must_use]
pub fn emit_strict(tree: &Tree, step: u8) -> Vec<u8> {
    emit::strict(tree, step)
}
