//! A tree in sops's own layout, byte for byte (`yaml-behaviour.md` §4, §5).
//!
//! sops's writer has defects: some of what it writes cannot be read again, or reads as something else. [`strict`]
//! repeats them, for comparison with recorded output. [`careful`] writes such values differently, or refuses, so that
//! keys and values always come back. Neither promises that a comment comes back at the same level: sops moves some.
//!
//! Here belongs how a tree is laid out from nothing. Changing a text that exists is the patch writer's business.

mod analysis;
mod check;
mod note;
mod number;
mod scalar;
mod walk;
mod writer;

pub(super) use analysis::{Allowed, is_break};
pub(super) use scalar::{Scalar, Style as ScalarStyle};
pub(super) use writer::double;

use crate::format::{EmitError, Style};
use crate::tree::{NodeId, Tree};
use walk::Walker;
use writer::Writer;

/// How closely sops is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// To the byte, defects included.
    Sops,
    /// To the byte, except where keys or values would not read back.
    Readable,
    /// In its style, but so that every type and comment reads back: for parts of a text that exists.
    Faithful,
}

/// Writes all documents in sops's layout, so that keys and values read back.
///
/// # Errors
/// When the tree holds what YAML cannot, such as two equal keys in one map.
pub fn careful(tree: &Tree, style: Style) -> Result<Vec<u8>, EmitError> {
    check::tree(tree)?;
    let writer = Writer::new(usize::from(style.indent.unwrap_or(0)), Manner::Readable);
    Ok(Walker::new(tree, writer).documents())
}

/// Writes all documents with exactly the bytes of sops, also where those do not read back. `step` is the indentation:
/// 0 stands for 4, and what is not in 2 to 9 for 2.
#[must_use]
pub fn strict(tree: &Tree, step: u8) -> Vec<u8> {
    Walker::new(tree, Writer::new(usize::from(step), Manner::Sops)).documents()
}

/// How a part of a tree is laid out inside a text that exists.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The column of the keys or dashes.
    pub column: usize,
    /// Characters of one level.
    pub step: usize,
    /// Whether lists stand at the column of their key.
    pub flush_lists: bool,
}

/// Writes some children of a map or list as lines of their own; every line ends with a line feed.
///
/// # Errors
/// When a child holds what YAML cannot.
pub(super) fn entries(
    tree: &Tree,
    parent: NodeId,
    children: &[NodeId],
    place: Place,
) -> Result<Vec<u8>, EmitError> {
    check::children(tree, children)?;
    let writer = Writer::inside(place);
    Ok(Walker::new(tree, writer).children(parent, children))
}
