//! From a tree to INI text in sops's layout.

use super::{DEFAULT, METADATA, load, write};
use crate::format::flat::{has_top_level, verifies_as_text};
use crate::format::{EmitError, dotted, flat};
use crate::tree::{Body, Key, Leaf, NodeId, Tree};
use std::collections::HashSet;

/// Writes the document in sops's layout. Comments of other formats that INI has no place for are lost, as in sops; keys
/// and values are certain to read back.
///
/// # Errors
/// When the tree is no list of sections with plain values, or would not read back. In an encrypted file also when a
/// value in clear would count differently in the MAC (spec §11.7).
pub fn emit(tree: &Tree) -> Result<Vec<u8>, EmitError> {
    let root = match tree.documents() {
        [] => return Ok(Vec::new()),
        [root] => *root,
        _ => {
            return Err(EmitError::Unrepresentable {
                problem: "this format holds one document only",
                path: String::new(),
            });
        }
    };
    let is_sealed = has_top_level(tree, METADATA, true);
    if is_sealed {
        keeps_comments(tree, root)?;
    }
    let mut out = Vec::with_capacity(flat::size(tree) + flat::size(tree) / 8);
    for (index, id) in values(tree, root).enumerate() {
        check(tree, id, is_sealed)?;
        let has_header = index > 0 || name(tree, id) != DEFAULT;
        if !has_header && tree.children(id).is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(b'\n');
        }
        let shape = Shape {
            newline: b"\n",
            has_header,
            is_spaced: true,
        };
        write_section(&mut out, tree, id, &shape, |_| None);
    }
    if !is_plain(tree, root) {
        verify(tree, root, &out)?;
    }
    Ok(out)
}

/// How a section is laid out.
pub(super) struct Shape<'a> {
    pub newline: &'a [u8],
    pub has_header: bool,
    /// Whether `=` has blanks around it and is aligned.
    pub is_spaced: bool,
}

/// Writes a whole section. `raw` gives the text of values that are to be written as they were.
pub(super) fn write_section<'s>(
    out: &mut Vec<u8>,
    tree: &Tree,
    section: NodeId,
    shape: &Shape<'_>,
    raw: impl Fn(NodeId) -> Option<&'s [u8]>,
) {
    let units = units(tree, section);
    if let Some(text) = units.comment.and_then(|id| tree.node(id).comment()) {
        write::comment(out, text.text.expose(), false, b"", shape.newline);
    }
    if shape.has_header {
        out.push(b'[');
        out.extend_from_slice(name(tree, section));
        out.push(b']');
        out.extend_from_slice(shape.newline);
    }
    let widest = units
        .entries
        .iter()
        .map(|unit| write::key_width(name(tree, unit.entry)))
        .max()
        .unwrap_or_default();
    for unit in &units.entries {
        if let Some(text) = unit.comment.and_then(|id| tree.node(id).comment()) {
            write::comment(out, text.text.expose(), true, b"", shape.newline);
        }
        let key = name(tree, unit.entry);
        write::key(out, key);
        if shape.is_spaced {
            out.resize(out.len() + widest - write::key_width(key), b' ');
            out.extend_from_slice(b" = ");
        } else {
            out.push(b'=');
        }
        match raw(unit.entry) {
            Some(text) => out.extend_from_slice(text),
            None => write_value(out, tree, unit.entry),
        }
        out.extend_from_slice(shape.newline);
    }
}

/// Writes the value of an entry.
pub(super) fn write_value(out: &mut Vec<u8>, tree: &Tree, entry: NodeId) {
    if let Some(leaf) = tree.node(entry).leaf() {
        flat::with_text(leaf, |text| write::value(out, text));
    }
}

/// A key with the comment that follows it in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub entry: NodeId,
    pub comment: Option<NodeId>,
}

/// The content of a section.
#[derive(Default)]
pub(super) struct Units {
    pub comment: Option<NodeId>,
    pub entries: Vec<Unit>,
    /// Whether a comment had no place of its own.
    pub is_lossy: bool,
}

/// Groups the children of a section: the first comment is the section's, the last one behind a key is the key's.
pub(super) fn units(tree: &Tree, section: NodeId) -> Units {
    let mut units = Units::default();
    for (index, id) in tree.children(section).iter().enumerate() {
        if tree.node(*id).comment().is_none() {
            units.entries.push(Unit {
                entry: *id,
                comment: None,
            });
        } else if index == 0 {
            units.comment = Some(*id);
        } else {
            match units.entries.last_mut() {
                Some(unit) => units.is_lossy |= unit.comment.replace(*id).is_some(),
                None => units.is_lossy = true,
            }
        }
    }
    units
}

/// The name of a section or key; empty where it has none, which nothing reads back to.
pub(super) fn name(tree: &Tree, id: NodeId) -> &[u8] {
    let key = tree.node(id).key.as_ref();
    key.and_then(Key::text).unwrap_or_default()
}

/// The children that are no comments.
fn values(tree: &Tree, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let children = tree.children(id).iter().copied();
    children.filter(|id| tree.node(*id).comment().is_none())
}

fn check(tree: &Tree, section: NodeId, is_sealed: bool) -> Result<(), EmitError> {
    let impossible = |problem, id| {
        Err(EmitError::Unrepresentable {
            problem,
            path: dotted(tree, id),
        })
    };
    if !matches!(tree.node(section).body, Body::Map(_)) {
        return impossible("section values should always be maps in an INI file", section);
    }
    let counts = is_sealed && name(tree, section) != METADATA;
    for id in values(tree, section) {
        match tree.node(id).leaf() {
            None => return impossible("an INI file cannot hold maps or lists inside a section", id),
            Some(_) if name(tree, id).is_empty() => {
                return impossible("an INI file needs keys that are texts and not empty", id);
            }
            Some(leaf) if counts && !verifies_as_text(leaf) => {
                return Err(EmitError::Lossy {
                    path: dotted(tree, id),
                });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// An encrypted tree that was read from INI, as its first section shows, must not lose a comment somebody added to it. Trees
/// of other formats lose those that INI has no place for, as in sops.
fn keeps_comments(tree: &Tree, root: NodeId) -> Result<(), EmitError> {
    let children = tree.children(root);
    if children.first().is_none_or(|first| name(tree, *first) != DEFAULT) {
        return Ok(());
    }
    let is_lossy = |id: &&NodeId| tree.node(**id).comment().is_some() || units(tree, **id).is_lossy;
    match children.iter().find(is_lossy) {
        None => Ok(()),
        Some(id) => Err(EmitError::Unrepresentable {
            problem: "an INI key has one comment only, and comments stand in sections",
            path: dotted(tree, *id),
        }),
    }
}

/// Whether all names and values are such that they certainly read back: no quotes, marks, blanks at the ends, repetitions.
/// Spares the comparison in all but odd cases.
fn is_plain(tree: &Tree, root: NodeId) -> bool {
    values(tree, root).all(|section| {
        let mut seen = HashSet::new();
        !name(tree, section).is_empty()
            && !name(tree, section).contains(&b'\n')
            && values(tree, section).all(|entry| {
                let key = name(tree, entry);
                let leaf = tree.node(entry).leaf();
                write::is_plain_key(key)
                    && seen.insert(key)
                    && leaf.is_some_and(|leaf| flat::with_text(leaf, write::is_plain_value))
            })
    })
}

/// Reads the text again and compares all names and values.
fn verify(tree: &Tree, root: NodeId, text: &[u8]) -> Result<(), EmitError> {
    let lossy = |id| {
        Err(EmitError::Lossy {
            path: dotted(tree, id),
        })
    };
    let Ok((again, _)) = load(text) else {
        return lossy(culprit(tree, root).unwrap_or(root));
    };
    let mut sections = again.documents().iter().flat_map(|root| values(&again, *root));
    let first = values(tree, root).next();
    if first.is_none_or(|first| name(tree, first) != DEFAULT) {
        sections.next();
    }
    for section in values(tree, root) {
        let Some(other) = sections
            .next()
            .filter(|other| name(&again, *other) == name(tree, section))
        else {
            return lossy(section);
        };
        let mut entries = values(&again, other);
        for entry in values(tree, section) {
            let other = entries
                .next()
                .filter(|other| name(&again, *other) == name(tree, entry));
            let same = match (
                tree.node(entry).leaf(),
                other.and_then(|id| again.node(id).leaf()),
            ) {
                (Some(leaf), Some(Leaf::Text(other))) => flat::with_text(leaf, |text| text == other.expose()),
                _ => false,
            };
            if !same {
                return lossy(entry);
            }
        }
        if entries.next().is_some() {
            return lossy(section);
        }
    }
    match sections.next() {
        None => Ok(()),
        Some(_) => lossy(root),
    }
}

/// The first key whose line alone cannot be read, to name it.
fn culprit(tree: &Tree, root: NodeId) -> Option<NodeId> {
    values(tree, root)
        .flat_map(|section| values(tree, section))
        .find(|entry| {
            let mut line = Vec::new();
            write::key(&mut line, name(tree, *entry));
            line.extend_from_slice(b" = ");
            write_value(&mut line, tree, *entry);
            load(&line).is_err()
        })
}

#[cfg(test)]
mod tests;
