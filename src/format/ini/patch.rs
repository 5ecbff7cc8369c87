//! Edits of a tree as replacements in its INI text.

mod comment;
mod habits;
mod section;

use super::emit::{Shape, Unit, name, units, write_section};
use super::layout::{Layout, Section};
use super::{DEFAULT, METADATA, load};
use crate::format::PatchError;
use crate::format::diff::kept;
use crate::format::flat::has_top_level;
use crate::format::splice::Splices;
use crate::tree::{Body, NodeId, Tree};
use habits::Habits;
use std::collections::HashMap;

/// Writes an edited clone of `tree` into the text it was read from; what no edit touches stays byte for byte, the
/// alignment of other lines included.
///
/// # Errors
/// When INI cannot hold an edit, or the text would not read back to the edited tree.
pub fn patch(source: &[u8], tree: &Tree, layout: &Layout, edited: &Tree) -> Result<Vec<u8>, PatchError> {
    let ([root], true) = (edited.documents(), tree.documents() == edited.documents()) else {
        return Err(PatchError::NoPlace("an INI file holds one document"));
    };
    let mut patcher = Patcher {
        source,
        tree,
        layout,
        edited,
        habits: Habits::of(source, tree, layout),
        comments: comments(tree),
        seals: has_top_level(edited, METADATA, true) && !has_top_level(tree, METADATA, true),
        splices: Splices::default(),
    };
    patcher.sections(*root)?;
    if patcher.seals {
        for range in &layout.ignored {
            patcher.splices.delete(range.clone());
        }
    }
    let text = patcher.splices.apply(source).ok_or(PatchError::Unfaithful)?;
    if reads_back(&text, edited, *root) {
        Ok(text)
    } else {
        Err(PatchError::Unfaithful)
    }
}

/// Whether a text is read as the tree; the empty section `DEFAULT`, which every text has, may be missing in the tree.
fn reads_back(text: &[u8], edited: &Tree, root: NodeId) -> bool {
    let Ok((mut again, _)) = load(text) else {
        return false;
    };
    let has_default = edited
        .children(root)
        .first()
        .is_some_and(|first| name(edited, *first) == DEFAULT);
    let first = again
        .documents()
        .first()
        .and_then(|root| again.children(*root).first());
    if let (false, Some(first)) = (has_default, first.copied())
        && again.children(first).is_empty()
    {
        again.unlink(first);
    }
    again.same_content(edited, true)
}

fn comments(tree: &Tree) -> HashMap<NodeId, NodeId> {
    let sections = tree.documents().iter().flat_map(|root| tree.children(*root));
    sections
        .flat_map(|section| units(tree, *section).entries)
        .filter_map(|unit| Some((unit.entry, unit.comment?)))
        .collect()
}

struct Patcher<'s> {
    source: &'s [u8],
    tree: &'s Tree,
    layout: &'s Layout,
    edited: &'s Tree,
    habits: Habits,
    /// The comments of the keys in the text.
    comments: HashMap<NodeId, NodeId>,
    /// Whether a plain file becomes an encrypted one: then what no node stands for must not stay readable.
    seals: bool,
    splices: Splices,
}

impl<'s> Patcher<'s> {
    fn slice(&self, range: std::ops::Range<usize>) -> &'s [u8] {
        self.source.get(range).unwrap_or_default()
    }

    fn old_section(&self, id: NodeId) -> Result<&'s Section, PatchError> {
        self.layout.section(id).ok_or(PatchError::Unfaithful)
    }

    fn sections(&mut self, root: NodeId) -> Result<(), PatchError> {
        let was = self.tree.children(root);
        let now = self.edited.children(root);
        let mut stays = vec![false; was.len()];
        let mut at = self.layout.start;
        for (id, place) in now.iter().zip(kept(was, now)) {
            if !matches!(self.edited.node(*id).body, Body::Map(_)) {
                return Err(PatchError::NoPlace("an INI file holds sections only"));
            }
            let Some(place) = place else {
                self.new_section(*id, at)?;
                continue;
            };
            if let Some(stay) = stays.get_mut(place) {
                *stay = true;
            }
            self.section(*id)?;
            at = self.old_section(*id)?.end;
        }
        for (place, id) in was.iter().enumerate() {
            if stays.get(place) == Some(&false) {
                let before = place
                    .checked_sub(1)
                    .filter(|before| stays.get(*before) == Some(&true));
                let before = before.and_then(|before| was.get(before)).copied();
                self.drop_section(*id, before, was.get(place + 1).copied())?;
            }
        }
        Ok(())
    }

    /// Puts a whole section behind the one that ends at `at`.
    fn new_section(&mut self, id: NodeId, at: usize) -> Result<(), PatchError> {
        let shape = Shape {
            newline: self.habits.newline,
            has_header: true,
            is_spaced: self.habits.is_spaced,
        };
        let mut text = Vec::new();
        let is_first = at == self.layout.start;
        if self.habits.is_separated && !is_first {
            text.extend_from_slice(shape.newline);
        }
        match (self.section_as_it_was(id), self.layout.section(id)) {
            (Some(lines), _) => self.push_lines(&mut text, lines),
            (None, Some(section)) if !section.header.is_empty() => {
                self.moved_section(&mut text, id, section)?;
            }
            _ => write_section(&mut text, self.edited, id, &shape, |entry| self.as_it_was(entry)),
        }
        if self.habits.is_separated && is_first && at < self.source.len() {
            text.extend_from_slice(shape.newline);
        }
        self.splices
            .insert_lines(self.source, at, text, self.habits.newline);
        Ok(())
    }

    /// Lines of the source, ended even where the source is not.
    fn push_lines(&self, out: &mut Vec<u8>, lines: &[u8]) {
        out.extend_from_slice(lines);
        if !lines.ends_with(b"\n") {
            out.extend_from_slice(self.habits.newline);
        }
    }

    /// Takes a whole section out, with the blank lines up to the next one; the last one with those before it.
    fn drop_section(
        &mut self,
        id: NodeId,
        before: Option<NodeId>,
        after: Option<NodeId>,
    ) -> Result<(), PatchError> {
        let section = self.old_section(id)?;
        let range = match (after, before) {
            (Some(after), _) => section.start..self.old_section(after)?.start,
            (None, Some(before)) => self.old_section(before)?.end..section.end,
            (None, None) => section.start..section.end,
        };
        self.splices.delete(range);
        Ok(())
    }

    /// The lines of a section that was moved, but not changed.
    fn section_as_it_was(&self, id: NodeId) -> Option<&'s [u8]> {
        let section = self
            .layout
            .section(id)
            .filter(|section| !section.header.is_empty())?;
        let (was, now) = (self.tree.node(id), self.edited.node(id));
        let same_child = |child: &NodeId| {
            let (was, now) = (self.tree.node(*child), self.edited.node(*child));
            was.key == now.key && was.body == now.body
        };
        let same = was.key == now.key && was.body == now.body && now.children().iter().all(same_child);
        self.source.get(section.start..section.end).filter(|_| same)
    }

    /// The lines of a key that was moved with its comment, but not changed.
    fn unit_as_it_was(&self, unit: Unit) -> Option<&'s [u8]> {
        let entry = self
            .layout
            .entry(unit.entry)
            .filter(|entry| entry.shadows.is_empty())?;
        let same = |id: NodeId| {
            let (was, now) = (self.tree.node(id), self.edited.node(id));
            was.key == now.key && was.body == now.body
        };
        let is_whole = self.comments.get(&unit.entry).copied() == unit.comment;
        let is_same = is_whole && same(unit.entry) && unit.comment.is_none_or(same);
        self.source.get(entry.start..entry.lines.end).filter(|_| is_same)
    }

    /// The text of a value that was moved, but not changed.
    fn as_it_was(&self, id: NodeId) -> Option<&'s [u8]> {
        let same = self.tree.node(id).leaf() == self.edited.node(id).leaf();
        let entry = self.layout.entry(id).filter(|_| same)?;
        self.source.get(entry.value.clone())
    }
}

#[cfg(test)]
mod tests;
