//! Edits inside one section: its header and its keys.

use super::Patcher;
use super::habits::{LineHabits, is_blank};
use crate::format::PatchError;
use crate::format::diff::kept;
use crate::format::ini::emit::{Unit, name, units, write_value};
use crate::format::ini::layout::{Entry, Section};
use crate::format::ini::write;
use crate::tree::{Body, NodeId, Tree};

impl<'s> Patcher<'s> {
    /// Writes the changes of a section that stays where it was.
    pub(super) fn section(&mut self, id: NodeId) -> Result<(), PatchError> {
        let section = self.old_section(id)?;
        if self.tree.node(id).key != self.edited.node(id).key {
            if section.header.is_empty() {
                return Err(PatchError::NoPlace("keys before the first section have no name"));
            }
            self.splices.replace(section.name.clone(), name(self.edited, id));
        }
        let was = units(self.tree, id);
        let now = units(self.edited, id);
        if now.is_lossy {
            return Err(PatchError::NoPlace("an INI key has one comment only"));
        }
        if section.header.is_empty() && now.comment.is_some() {
            return Err(PatchError::NoPlace(
                "keys before the first section have no common comment",
            ));
        }
        self.comment(section.header.start, b"", false, was.comment, now.comment);
        let entries: Vec<NodeId> = was.entries.iter().map(|unit| unit.entry).collect();
        self.entries(section, &entries, &now.entries)
    }

    fn entries(&mut self, section: &'s Section, was: &[NodeId], now: &[Unit]) -> Result<(), PatchError> {
        let first = was.first().and_then(|id| self.layout.entry(*id));
        let mut stays = vec![false; was.len()];
        let mut beside = first;
        let mut at = match first {
            Some(first) if section.header.is_empty() => first.start,
            _ => section.header.end,
        };
        let mut fresh = Vec::new();
        let ids: Vec<NodeId> = now.iter().map(|unit| unit.entry).collect();
        for (unit, place) in now.iter().zip(kept(was, &ids)) {
            let Some(place) = place else {
                self.write_unit(&mut fresh, *unit, beside)?;
                continue;
            };
            self.insert(at, std::mem::take(&mut fresh));
            if let Some(stay) = stays.get_mut(place) {
                *stay = true;
            }
            let entry = self.layout.entry(unit.entry).ok_or(PatchError::Unfaithful)?;
            self.entry(entry, *unit)?;
            beside = Some(entry);
            at = entry.head.end;
        }
        let opens_text = section.header.is_empty() && was.is_empty();
        if opens_text && !fresh.is_empty() && at < self.source.len() {
            fresh.extend_from_slice(self.habits.newline);
        }
        self.insert(at, fresh);
        for (id, _) in was.iter().zip(stays).filter(|(_, stays)| !stays) {
            self.drop_entry(*id);
        }
        Ok(())
    }

    fn insert(&mut self, at: usize, lines: Vec<u8>) {
        if !lines.is_empty() {
            self.splices
                .insert_lines(self.source, at, lines, self.habits.newline);
        }
    }

    fn drop_entry(&mut self, id: NodeId) {
        if let Some(entry) = self.layout.entry(id) {
            self.splices.delete(entry.lines.clone());
            for shadow in &entry.shadows {
                self.splices.delete(shadow.clone());
            }
        }
        if let Some(comment) = self.comments.get(&id).copied() {
            self.drop_comment(comment);
        }
    }

    /// Writes a key that stands elsewhere, or nowhere yet, laid out like the line beside it.
    fn write_unit(&self, out: &mut Vec<u8>, unit: Unit, beside: Option<&'s Entry>) -> Result<(), PatchError> {
        if !matches!(self.edited.node(unit.entry).body, Body::Leaf(_)) {
            return Err(PatchError::NoPlace(
                "an INI file cannot hold maps or lists inside a section",
            ));
        }
        if let Some(lines) = self.unit_as_it_was(unit) {
            self.push_lines(out, lines);
            return Ok(());
        }
        let habits = match beside {
            Some(entry) => LineHabits::of(self.source, entry),
            None => LineHabits::default_for(self.habits.is_spaced),
        };
        if let Some(comment) = unit.comment {
            self.write_comment(out, comment, true, habits.indentation);
        }
        out.extend_from_slice(habits.indentation);
        let key = name(self.edited, unit.entry);
        write::key(out, key);
        habits.write_gap(out, write::key_width(key));
        match self.as_it_was(unit.entry) {
            Some(text) => out.extend_from_slice(text),
            None => write_value(out, self.edited, unit.entry),
        }
        out.extend_from_slice(self.habits.newline);
        Ok(())
    }

    /// Writes a section that was moved and changed: what was not changed keeps its spelling.
    pub(super) fn moved_section(
        &self,
        out: &mut Vec<u8>,
        id: NodeId,
        section: &Section,
    ) -> Result<(), PatchError> {
        let (was, now) = (units(self.tree, id), units(self.edited, id));
        let note = |comment: Option<NodeId>, tree: &'s Tree| comment.and_then(|id| tree.node(id).comment());
        let comment = note(now.comment, self.edited);
        let key = &self.edited.node(id).key;
        if *key == self.tree.node(id).key && comment == note(was.comment, self.tree) {
            self.push_lines(out, self.slice(section.start..section.header.end));
        } else {
            if let Some(comment) = now.comment {
                self.write_comment(out, comment, false, b"");
            }
            out.push(b'[');
            out.extend_from_slice(name(self.edited, id));
            out.push(b']');
            out.extend_from_slice(self.habits.newline);
        }
        let first = was.entries.first().and_then(|unit| self.layout.entry(unit.entry));
        for unit in &now.entries {
            let beside = self.layout.entry(unit.entry).or(first);
            self.write_unit(out, *unit, beside)?;
        }
        Ok(())
    }

    /// Writes the changes of a key that stays where it was.
    fn entry(&mut self, entry: &'s Entry, unit: Unit) -> Result<(), PatchError> {
        let old_comment = self.comments.get(&unit.entry).copied();
        let (was, now) = (self.tree.node(unit.entry), self.edited.node(unit.entry));
        if !matches!(now.body, Body::Leaf(_)) {
            return Err(PatchError::NoPlace(
                "an INI file cannot hold maps or lists inside a section",
            ));
        }
        let is_renamed = was.key != now.key;
        let is_changed = was.body != now.body;
        let note = |comment: Option<NodeId>, tree: &'s Tree| comment.and_then(|id| tree.node(id).comment());
        let is_noted = note(old_comment, self.tree) != note(unit.comment, self.edited);
        if !entry.shadows.is_empty() && (is_renamed || is_changed || is_noted || self.seals) {
            return self.unite(entry, unit);
        }
        if is_renamed {
            let mut key = Vec::new();
            write::key(&mut key, name(self.edited, unit.entry));
            self.splices.replace(entry.key.clone(), key);
        }
        let mut value = Vec::new();
        if is_changed {
            write_value(&mut value, self.edited, unit.entry);
        }
        let indentation = self.slice(entry.lines.start..entry.key.start);
        let lifts = write::bars_comment(&value);
        self.comment(entry.lines.start, indentation, lifts, old_comment, unit.comment);
        if is_changed {
            self.value(entry, value, old_comment.filter(|_| !lifts));
        }
        Ok(())
    }

    /// Writes a repeated key once, in the place of its first line.
    fn unite(&mut self, entry: &'s Entry, unit: Unit) -> Result<(), PatchError> {
        let mut lines = Vec::new();
        self.write_unit(&mut lines, unit, Some(entry))?;
        self.insert(entry.start, lines);
        self.drop_entry(unit.entry);
        Ok(())
    }

    /// Replaces a value; one that was empty gets the blanks it needs.
    fn value(&mut self, entry: &Entry, value: Vec<u8>, comment: Option<NodeId>) {
        let was_empty = self.slice(entry.value.clone()).iter().all(is_blank);
        if !was_empty || value.is_empty() {
            self.splices.replace(entry.value.clone(), value);
            return;
        }
        let mut text = Vec::new();
        if self.source.get(entry.key.end).is_some_and(is_blank) {
            text.push(b' ');
        }
        text.extend_from_slice(&value);
        let pieces = comment.map_or(&[][..], |comment| self.layout.pieces(comment));
        if pieces.iter().any(|piece| piece.inline) {
            text.push(b' ');
        }
        self.splices.replace(entry.value.clone(), text);
    }
}
