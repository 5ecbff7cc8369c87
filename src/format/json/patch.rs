//! Edits of a tree as replacements in its JSON text.

use super::emit::{Problem, write_key, write_leaf, write_node};
use super::house::{Habits, House, Text};
use super::{Layout, Written, load, written};
use crate::format::diff::kept;
use crate::format::splice::Splices;
use crate::format::{EmitError, PatchError};
use crate::tree::{Body, Leaf, NodeId, Tree};
use std::borrow::Cow;

/// Writes an edited clone of `tree` into the text it was read from; what no edit touches stays byte for byte.
///
/// # Errors
/// When JSON cannot hold an edit, or the text would not read back to the edited tree.
pub fn patch(source: &[u8], tree: &Tree, layout: &Layout, edited: &Tree) -> Result<Vec<u8>, PatchError> {
    let edited = without_comments(edited);
    if tree.documents() != edited.documents() {
        return Err(PatchError::NoPlace("a JSON file holds one document"));
    }
    let old = Text { source, tree, layout };
    let mut patcher = Patcher {
        old,
        house: old.house(),
        edited: &edited,
        splices: Splices::default(),
        todo: tree.documents().to_vec(),
    };
    while let Some(id) = patcher.todo.pop() {
        patcher.branch(id)?;
    }
    patcher.drop_trailing_text();
    let text = patcher.splices.apply(source).ok_or(PatchError::Unfaithful)?;
    match load(&text) {
        Ok((again, _)) if again.same_content(&edited, true) => Ok(text),
        _ => Err(PatchError::Unfaithful),
    }
}

/// The tree as JSON holds it: comments are strings in lists where they are encrypted, and nothing elsewhere.
fn without_comments(tree: &Tree) -> Cow<'_, Tree> {
    let comments: Vec<NodeId> = tree
        .walk()
        .map(|step| step.id())
        .filter(|id| tree.node(*id).comment().is_some())
        .collect();
    if comments.is_empty() {
        return Cow::Borrowed(tree);
    }
    let mut plain = tree.clone();
    let mut parents = Vec::new();
    for id in comments {
        match written(tree, id) {
            Written::Comment(comment) => {
                plain.set_body(id, Body::Leaf(Leaf::Text(comment.text.clone())));
            }
            _ => parents.extend(tree.node(id).parent),
        }
    }
    parents.dedup();
    for parent in parents {
        let children = plain.children(parent).iter().copied();
        let values = children
            .filter(|id| plain.node(*id).comment().is_none())
            .collect();
        plain.set_children(parent, values);
    }
    Cow::Owned(plain)
}

struct Patcher<'s> {
    old: Text<'s>,
    house: House<'s>,
    edited: &'s Tree,
    splices: Splices,
    /// Maps and lists that are in the text and in the edited tree, and still to be compared.
    todo: Vec<NodeId>,
}

impl<'s> Patcher<'s> {
    /// Compares the entries of one map or list.
    fn branch(&mut self, id: NodeId) -> Result<(), PatchError> {
        let was = self.old.tree.children(id);
        let now = self.edited.children(id);
        let places = kept(was, now);
        let mut habits = None;
        let mut left: Option<usize> = None;
        let mut fresh: Vec<NodeId> = Vec::new();
        let end = std::iter::once((None, Some(was.len())));
        let steps = now.iter().copied().map(Some).zip(places).chain(end);
        for (child, place) in steps {
            let Some(right) = place else {
                fresh.extend(child);
                continue;
            };
            let untouched = fresh.is_empty() && right == left.map_or(0, |left| left + 1);
            if !untouched {
                let habits = self.habits(&mut habits, id)?;
                self.gap(id, habits, left, right, &std::mem::take(&mut fresh))?;
            }
            if let Some(child) = child {
                self.entry(id, child, &mut habits)?;
            }
            left = Some(right);
        }
        Ok(())
    }

    /// The habits of a map or list, found once.
    fn habits<'c>(
        &self,
        cache: &'c mut Option<Habits<'s>>,
        branch: NodeId,
    ) -> Result<&'c Habits<'s>, PatchError> {
        if cache.is_none() {
            *cache = self.old.habits(branch, &self.house);
        }
        cache.as_ref().ok_or(PatchError::Unfaithful)
    }

    /// Writes what stands between two kept entries (or the brackets): nothing but new entries.
    fn gap(
        &mut self,
        branch: NodeId,
        habits: &Habits<'_>,
        left: Option<usize>,
        right: usize,
        fresh: &[NodeId],
    ) -> Result<(), PatchError> {
        let was = self.old.tree.children(branch);
        let span = |place: usize| was.get(place).and_then(|id| self.old.span(*id));
        let inside = self.old.span(branch).ok_or(PatchError::Unfaithful)?.inside();
        let start = left.and_then(span).map_or(inside.start, |span| span.end());
        let end = span(right).map_or(inside.end, |span| span.start());
        let mut text = Vec::new();
        for (index, id) in fresh.iter().enumerate() {
            let is_first = left.is_none() && index == 0;
            text.extend_from_slice(if is_first { &habits.lead } else { &habits.between });
            self.write_entry(&mut text, *id, habits)?;
        }
        let is_empty = left.is_none() && fresh.is_empty();
        if right < was.len() {
            let before = right
                .checked_sub(1)
                .and_then(span)
                .and_then(|before| self.old.source.get(before.end()..end));
            text.extend_from_slice(match before {
                _ if is_empty => &habits.lead,
                Some(gap) => gap,
                None => &habits.between,
            });
        } else if !is_empty {
            text.extend_from_slice(&habits.tail);
        }
        self.splices.replace(start..end, text);
        Ok(())
    }

    fn write_entry(&self, out: &mut Vec<u8>, id: NodeId, habits: &Habits<'_>) -> Result<(), EmitError> {
        if let Some(key) = &self.edited.node(id).key {
            write_key(out, key).map_err(|problem| problem.at(self.edited, id))?;
            out.extend_from_slice(habits.colon);
        }
        write_node(out, self.edited, id, &self.house.shape(habits), |leaf| {
            self.as_it_was(leaf)
        })
    }

    /// The text of a value that was moved, but not changed.
    fn as_it_was(&self, id: NodeId) -> Option<&'s [u8]> {
        let old = self.old.tree.node(id).leaf()?;
        let same = self.old.tree.contains(id) && Some(old) == self.edited.node(id).leaf();
        let value = self.old.span(id).filter(|_| same)?.value.clone();
        self.old.source.get(value)
    }

    /// Writes the changes of an entry that stays where it was.
    fn entry(
        &mut self,
        branch: NodeId,
        id: NodeId,
        habits: &mut Option<Habits<'s>>,
    ) -> Result<(), PatchError> {
        let (was, now) = (self.old.tree.node(id), self.edited.node(id));
        let span = self.old.span(id).ok_or(PatchError::Unfaithful)?;
        let at = |problem: Problem| problem.at(self.edited, id);
        if let (true, Some(key)) = (was.key != now.key, &now.key) {
            let mut text = Vec::new();
            write_key(&mut text, key).map_err(at)?;
            self.splices.replace(span.key.clone(), text);
        }
        match (&was.body, &now.body) {
            (Body::Map(_), Body::Map(_)) | (Body::List(_), Body::List(_)) => self.todo.push(id),
            (Body::Leaf(old), Body::Leaf(new)) if old == new => {}
            (_, Body::Leaf(new)) => {
                let mut text = Vec::new();
                write_leaf(&mut text, new, true).map_err(at)?;
                self.splices.replace(span.value.clone(), text);
            }
            _ => {
                let mut text = Vec::new();
                let habits = self.habits(habits, branch)?;
                write_node(&mut text, self.edited, id, &self.house.shape(habits), |leaf| {
                    self.as_it_was(leaf)
                })?;
                self.splices.replace(span.value.clone(), text);
            }
        }
        Ok(())
    }

    /// When a plain file becomes an encrypted one, text behind the object would stay readable: sops drops it, and so
    /// does this.
    fn drop_trailing_text(&mut self) {
        let has_metadata = |tree: &Tree| crate::format::flat::has_top_level(tree, b"sops", true);
        if has_metadata(self.old.tree) || !has_metadata(self.edited) {
            return;
        }
        let root = self.old.tree.documents().first();
        if let Some(span) = root.and_then(|root| self.old.span(*root)) {
            let rest = self.old.source.get(span.end()..).unwrap_or_default();
            if !rest.iter().all(u8::is_ascii_whitespace) {
                let newline: &[u8] = if rest.contains(&b'\n') { b"\n" } else { b"" };
                self.splices.replace(span.end()..self.old.source.len(), newline);
            }
        }
    }
}

#[cfg(test)]
mod tests;
