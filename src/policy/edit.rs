//! Editing the recipients of rules in the text of a `.sops.yaml`: comments, anchors, quotes and order stay.

mod block;
mod check;
mod named;
mod selection;
mod sharing;

pub use selection::select;

use super::group::FLAT;
use super::reader::Reader;
use super::recipient::written;
use crate::format::yaml::Form;
use crate::format::{self, Format, Layout, LoadError, Loaded, PatchError};
use crate::metadata::Recipient;
use crate::tree::{Body, Comment, Key, Leaf, NodeId, Secret, Tree};
use named::{field_of, parse};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use thiserror::Error;

/// Somebody who comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// Who.
    pub recipient: Recipient,
    /// What people call it: written as a comment, where there is room for one.
    pub name: Option<String>,
}

/// Who comes and who goes.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The rules that are changed, by the 1-based lines they begin on.
    pub lines: Vec<usize>,
    /// Put into the flat fields, or into the first group, of those rules.
    pub add: Vec<Addition>,
    /// Taken out of all groups of those rules.
    pub remove: Vec<Recipient>,
}

/// Why a `.sops.yaml` was not edited.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// It is no YAML.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The text cannot be edited so that it says what was meant.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// A rule would be left without a key.
    #[error("line {line}: the rule, or one of its groups, would have no key left")]
    Nobody {
        /// 1-based.
        line: usize,
    },
    /// No rule begins there.
    #[error("line {line}: no rule begins here")]
    NoRule {
        /// 1-based.
        line: usize,
    },
    /// The edited text would not say what was meant.
    #[error("line {line}: the edited rule would not say what was meant")]
    NotMeant {
        /// 1-based.
        line: usize,
    },
}

/// The text after the change; `None` where it says that already.
///
/// # Errors
/// See [`EditError`].
pub fn edit(bytes: &[u8], change: &Change) -> Result<Option<Vec<u8>>, EditError> {
    let loaded = format::load(Format::Yaml, bytes)?;
    let reader = Reader::new(&loaded, bytes);
    // Lines move when a text of several lines gets or loses one; the place among the rules does not.
    let numbers: Vec<usize> = all_rules(&reader, &loaded)
        .iter()
        .enumerate()
        .filter(|(_, rule)| change.lines.contains(&reader.line(**rule)))
        .map(|(number, _)| number)
        .collect();
    let blocks = edit_blocks(bytes, change, &numbers)?;
    let text = blocks.as_deref().unwrap_or(bytes);
    let Some(after) = edit_tree(text, change, &numbers)?.or(blocks) else {
        return Ok(None);
    };
    check::check(bytes, &after, change, &numbers)?;
    Ok(Some(after))
}

/// The texts in block style (`|`, `>`), in which every line stays one.
fn edit_blocks(bytes: &[u8], change: &Change, numbers: &[usize]) -> Result<Option<Vec<u8>>, EditError> {
    let loaded = format::load(Format::Yaml, bytes)?;
    let reader = Reader::new(&loaded, bytes);
    let editor = Editor::new(&loaded, &reader, change);
    let mut texts = BTreeMap::new();
    for rule in numbered(&reader, &loaded, numbers) {
        editor.blocks(rule, &mut texts);
    }
    if texts.is_empty() {
        return Ok(None);
    }
    let mut after = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for (place, text) in texts.into_values() {
        after.extend_from_slice(bytes.get(done..place.start).unwrap_or_default());
        after.extend_from_slice(text.as_bytes());
        done = place.end;
    }
    after.extend_from_slice(bytes.get(done..).unwrap_or_default());
    Ok(Some(after))
}

/// Everything else.
fn edit_tree(bytes: &[u8], change: &Change, numbers: &[usize]) -> Result<Option<Vec<u8>>, EditError> {
    let loaded = format::load(Format::Yaml, bytes)?;
    let reader = Reader::new(&loaded, bytes);
    let mut editor = Editor::new(&loaded, &reader, change);
    for rule in numbered(&reader, &loaded, numbers) {
        editor.rule(rule)?;
    }
    if !editor.changed {
        return Ok(None);
    }
    Ok(Some(format::patch(bytes, &loaded, &editor.tree)?))
}

/// All rules.
fn all_rules(reader: &Reader<'_>, loaded: &Loaded) -> Vec<NodeId> {
    let root = loaded.tree.documents().first();
    let list = root.and_then(|root| reader.get(*root, "creation_rules"));
    let items = list.and_then(|list| reader.items(list, "creation_rules").ok());
    items.unwrap_or_default()
}

/// The rules at these places, from 0.
fn numbered(reader: &Reader<'_>, loaded: &Loaded, numbers: &[usize]) -> Vec<NodeId> {
    let rules = all_rules(reader, loaded).into_iter().enumerate();
    let wanted = rules.filter(|(number, _)| numbers.contains(number));
    wanted.map(|(_, rule)| rule).collect()
}

struct Editor<'e> {
    loaded: &'e Loaded,
    reader: &'e Reader<'e>,
    tree: Tree,
    change: &'e Change,
    changed: bool,
}

/// Where a text stands, and what comes in its place.
type Texts = BTreeMap<usize, (Range<usize>, String)>;

impl<'e> Editor<'e> {
    fn new(loaded: &'e Loaded, reader: &'e Reader<'e>, change: &'e Change) -> Self {
        Self {
            loaded,
            reader,
            tree: loaded.tree.clone(),
            change,
            changed: false,
        }
    }

    /// The texts in block style of a rule's flat fields, as they are to be.
    fn blocks(&self, rule: NodeId, texts: &mut Texts) {
        let groups = self.reader.get(rule, "key_groups");
        let groups = groups.and_then(|list| self.reader.items(list, "key_groups").ok());
        if !groups.unwrap_or_default().is_empty() {
            return;
        }
        let fields: Vec<&str> = FLAT.iter().map(|(field, _)| *field).collect();
        for field in &fields {
            let Some(id) = self.reader.get(rule, field) else {
                continue;
            };
            let added = self.change.add.iter().filter(|addition| {
                field_of(&addition.recipient, true) == *field
                    && !self.holds(rule, &fields, &addition.recipient)
            });
            let added: Vec<String> = added.map(|addition| written(&addition.recipient)).collect();
            let goes = |part: &str| {
                let named = parse(field, part).unwrap_or_default();
                !named.is_empty() && named.iter().all(|recipient| self.goes(recipient))
            };
            for id in self.copies(id) {
                if let Some((place, text)) = self.block(id)
                    && let Some(text) = block::edited(text, goes, &added)
                {
                    texts.insert(place.start, (place, text));
                }
            }
        }
    }

    /// The place and the text of a scalar in block style.
    fn block(&self, id: NodeId) -> Option<(Range<usize>, &'e str)> {
        let Layout::Yaml(layout) = &self.loaded.layout else {
            return None;
        };
        let span = layout.span(id)?;
        let text = matches!(span.form, Form::Literal | Form::Folded)
            .then(|| self.reader.source(span.value.clone()))??;
        Some((span.value.clone(), text))
    }

    fn rule(&mut self, rule: NodeId) -> Result<(), EditError> {
        let groups = self.reader.get(rule, "key_groups");
        let groups = groups.and_then(|list| self.reader.items(list, "key_groups").ok());
        let groups = groups.unwrap_or_default();
        if groups.is_empty() {
            let fields: Vec<&str> = FLAT.iter().map(|(field, _)| *field).collect();
            return self.map(rule, &fields, true, true);
        }
        for (number, group) in groups.into_iter().enumerate() {
            let mut maps = vec![group];
            let mut seen = HashSet::new();
            while let Some(map) = maps.pop() {
                if !seen.insert(map) || !self.reader.is_map(map) {
                    continue;
                }
                if let Some(list) = self.reader.get(map, "merge") {
                    maps.extend(self.reader.items(list, "merge").unwrap_or_default());
                }
                let fields = super::group::KEY_FIELDS;
                let own = map == group;
                match self.map(map, fields, false, number == 0 && own) {
                    // What is merged in may become empty; whether the group did is looked at when all is done.
                    Err(EditError::Nobody { .. }) if !own => {}
                    done => done?,
                }
            }
        }
        Ok(())
    }

    /// Edits the key fields of a rule or group.
    fn map(&mut self, map: NodeId, fields: &[&str], flat: bool, takes: bool) -> Result<(), EditError> {
        let mut left = 0;
        for field in fields {
            let Some(id) = self.reader.get(map, field) else {
                continue;
            };
            for shared in self.copies(id) {
                self.remove(shared, field);
            }
            left += self.count(id);
        }
        if takes {
            for addition in &self.change.add {
                let field = field_of(&addition.recipient, flat);
                left += 1;
                if self.holds(map, fields, &addition.recipient) {
                    continue;
                }
                match self.reader.get(map, field) {
                    Some(id) => {
                        let copies = self.copies(id);
                        let named = copies.iter().any(|copy| self.has_room_for_names(*copy));
                        for shared in copies {
                            self.add(shared, addition, flat, named);
                        }
                    }
                    None => self.new_field(map, field, addition, flat),
                }
                self.changed = true;
            }
        }
        // A group that merges others in has their keys, too.
        if left == 0 && self.reader.get(map, "merge").is_none() && !fields.is_empty() {
            let line = self.reader.line(map);
            return Err(EditError::Nobody { line });
        }
        Ok(())
    }

    fn remove(&mut self, id: NodeId, field: &str) {
        let Body::List(items) = self.tree.node(id).body.clone() else {
            self.remove_from_text(id, field);
            return;
        };
        let mut kept = Vec::new();
        for item in items {
            let all = self.recipients(item, field);
            if !all.is_empty() && all.iter().all(|recipient| self.goes(recipient)) {
                self.drop_name(id, item, &mut kept);
                self.changed = true;
            } else {
                self.remove_from_text(item, field);
                kept.push(item);
            }
        }
        if kept.len() != self.tree.children(id).len() {
            self.tree.set_children(id, kept);
        }
    }

    /// Takes the comment that names an item out of what is kept before it: the one beside it or, where comments stand above the items,
    /// the one above it. What stands above the first item of a list whose others have none is about the list.
    fn drop_name(&self, list: NodeId, item: NodeId, kept: &mut Vec<NodeId>) {
        let is_above = |id: &NodeId| {
            let comment = self.tree.node(*id).comment();
            comment.is_some_and(|comment| !comment.inline)
        };
        let Some(last) = kept.last().copied() else {
            return;
        };
        let Some(comment) = self.tree.node(last).comment() else {
            return;
        };
        let items = self.tree.children(list);
        let is_first = items.iter().find(|id| self.tree.node(**id).comment().is_none()) == Some(&item);
        let pairs = items.iter().zip(items.iter().skip(1));
        let others = pairs.filter(|(above, below)| is_above(above) && !is_above(below) && **below != item);
        if comment.inline || !is_first || others.count() > 0 {
            kept.pop();
        }
    }

    /// What stands between the keys of a text, as it was written.
    fn separator(&self, id: NodeId) -> &'static str {
        match self.loaded.tree.node(id).leaf() {
            Some(Leaf::Text(text)) if memchr::memmem::find(text.expose(), b", ").is_some() => ", ",
            _ => ",",
        }
    }

    /// Takes recipients out of a text with commas.
    fn remove_from_text(&mut self, id: NodeId, field: &str) {
        let Some(Leaf::Text(text)) = self.tree.node(id).leaf() else {
            return;
        };
        let text = text.expose_str().unwrap_or_default();
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let kept: Vec<&str> = parts
            .clone()
            .filter(|part| {
                let named = parse(field, part).unwrap_or_default();
                named.is_empty() || !named.iter().all(|recipient| self.goes(recipient))
            })
            .collect();
        if kept.len() == parts.count() {
            return;
        }
        let separator = self.separator(id);
        let body = Body::Leaf(Leaf::text(&kept.join(separator)));
        self.tree.set_body(id, body);
        self.changed = true;
    }

    fn add(&mut self, id: NodeId, addition: &Addition, flat: bool, named: bool) {
        let body = self.tree.node(id).body.clone();
        match &body {
            Body::List(items) => {
                let is_comment = |id: &NodeId| self.tree.node(*id).comment().is_some();
                if items.iter().all(is_comment) && self.reuse(id, items, addition, flat) {
                    return;
                }
                if let Some(name) = addition.name.as_ref().filter(|_| named) {
                    let comment = Comment {
                        text: Secret::from(format!(" {name}")),
                        inline: true,
                    };
                    self.tree.push(id, None, Body::Comment(comment));
                }
                let item = self.value(&addition.recipient, flat);
                self.tree.link(id, usize::MAX, item);
            }
            Body::Leaf(Leaf::Text(text)) => {
                let old = text.expose_str().unwrap_or_default();
                let separator = self.separator(id);
                let new = written(&addition.recipient);
                let joined = match old.trim_end().trim_end_matches(',') {
                    "" => new,
                    old => format!("{old}{separator}{new}"),
                };
                self.tree.set_body(id, Body::Leaf(Leaf::text(&joined)));
            }
            _ => {}
        }
    }

    /// Puts a recipient in the place of the first that went from a list in brackets, so that it stays one; whether there was such a
    /// place.
    fn reuse(&mut self, list: NodeId, comments: &[NodeId], addition: &Addition, flat: bool) -> bool {
        let Layout::Yaml(layout) = &self.loaded.layout else {
            return false;
        };
        let form = |id: NodeId| layout.span(id).map(|span| span.form);
        let is_text = |id: &&NodeId| {
            matches!(self.loaded.tree.node(**id).body, Body::Leaf(Leaf::Text(_)))
                && form(**id) != Some(Form::Alias)
        };
        let first = self.loaded.tree.children(list).iter().find(is_text).copied();
        let Some(item) = first.filter(|_| form(list) == Some(Form::FlowList)) else {
            return false;
        };
        let new = self.value(&addition.recipient, flat);
        let body = self.tree.node(new).body.clone();
        if !matches!(body, Body::Leaf(_)) {
            return false;
        }
        self.tree.set_body(item, body);
        let order = self.loaded.tree.children(list).iter().copied();
        let kept = order.filter(|id| *id == item || comments.contains(id)).collect();
        self.tree.set_children(list, kept);
        true
    }

    /// Whether a comment can stand beside an item: in block style.
    fn has_room_for_names(&self, list: NodeId) -> bool {
        let Layout::Yaml(layout) = &self.loaded.layout else {
            return false;
        };
        layout.span(list).is_some_and(|span| span.form == Form::BlockList)
    }

    fn new_field(&mut self, map: NodeId, field: &str, addition: &Addition, flat: bool) {
        if flat && field != "hckms" {
            let body = Body::Leaf(Leaf::text(&written(&addition.recipient)));
            self.tree.push(map, Some(Key::from(field)), body);
            return;
        }
        let list = self
            .tree
            .push(map, Some(Key::from(field)), Body::List(Vec::new()));
        let item = self.value(&addition.recipient, flat);
        self.tree.link(list, usize::MAX, item);
    }

    /// A recipient as an item of a list: a text, or the map that a group wants.
    fn value(&mut self, recipient: &Recipient, flat: bool) -> NodeId {
        let fields: Vec<(&str, &str)> = match recipient {
            Recipient::Kms {
                arn,
                role,
                aws_profile,
                ..
            } => vec![("arn", arn), ("role", role), ("aws_profile", aws_profile)],
            Recipient::GcpKms { resource_id } => vec![("resource_id", resource_id)],
            Recipient::HcKms { key_id } => vec![("key_id", key_id)],
            Recipient::AzureKv {
                vault_url,
                name,
                version,
            } => vec![("vaultUrl", vault_url), ("key", name), ("version", version)],
            _ => Vec::new(),
        };
        if flat || fields.is_empty() {
            let body = Body::Leaf(Leaf::text(&written(recipient)));
            return self.tree.new_node(None, body);
        }
        let map = self.tree.new_node(None, Body::Map(Vec::new()));
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            self.tree
                .push(map, Some(Key::from(name)), Body::Leaf(Leaf::text(value)));
        }
        map
    }
}

#[cfg(test)]
mod tests;
