//! Looking things up in the tree of a `.sops.yaml`.

use super::PolicyError;
use crate::format::{Layout, Loaded};
use crate::tree::{Body, Key, Leaf, Node, NodeId, Tree, Walk};
use std::borrow::Cow;
use std::collections::HashSet;

/// A tree and the text it came from.
pub struct Reader<'l> {
    tree: &'l Tree,
    layout: &'l Layout,
    source: &'l [u8],
    line_starts: Vec<usize>,
}

impl<'l> Reader<'l> {
    pub fn new(loaded: &'l Loaded, source: &'l [u8]) -> Self {
        let breaks = source.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        Self {
            tree: &loaded.tree,
            layout: &loaded.layout,
            source,
            line_starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect(),
        }
    }

    /// The 1-based line a node begins on.
    pub fn line(&self, id: NodeId) -> usize {
        let start = match self.layout {
            Layout::Yaml(layout) => layout.span(id).map_or(0, |span| span.start),
            _ => 0,
        };
        self.line_starts.partition_point(|line| *line <= start)
    }

    pub fn problem(&self, id: NodeId, problem: impl Into<String>) -> PolicyError {
        PolicyError::Field {
            line: self.line(id),
            problem: problem.into(),
        }
    }

    /// A part of the text.
    pub fn source(&self, place: std::ops::Range<usize>) -> Option<&'l str> {
        std::str::from_utf8(self.source.get(place)?).ok()
    }

    /// A node of the file.
    pub fn node(&self, id: NodeId) -> &'l Node {
        self.tree.node(id)
    }

    /// All of the file, in order.
    pub fn walk(&self) -> Walk<'l> {
        self.tree.walk()
    }

    pub fn is_map(&self, id: NodeId) -> bool {
        matches!(self.tree.node(id).body, Body::Map(_))
    }

    fn is_null(&self, id: NodeId) -> bool {
        matches!(self.tree.node(id).body, Body::Leaf(Leaf::Null))
    }

    /// The entries of a map: key as text, and value.
    pub fn entries(&self, map: NodeId) -> impl Iterator<Item = (Cow<'_, str>, NodeId)> {
        self.tree
            .children(map)
            .iter()
            .filter_map(|child| Some((self.tree.node(*child).key.as_ref()?.display(), *child)))
    }

    /// The value of a field, also from a map that was merged in with `<<`; `None` where it is missing or null.
    pub fn get(&self, map: NodeId, field: &str) -> Option<NodeId> {
        let mut maps = vec![map];
        let mut seen = HashSet::new();
        while let Some(map) = maps.pop() {
            if !seen.insert(map) {
                continue;
            }
            if let Some(found) = self.own(map, field) {
                return Some(found).filter(|found| !self.is_null(*found));
            }
            if let Some(merged) = self.own(map, "<<") {
                match &self.tree.node(merged).body {
                    Body::Map(_) => maps.push(merged),
                    Body::List(items) => maps.extend(items.iter().rev()),
                    _ => {}
                }
            }
        }
        None
    }

    /// The value of a field that stands in the map itself; null counts, too.
    pub fn own(&self, map: NodeId, field: &str) -> Option<NodeId> {
        let named =
            |id: &&NodeId| self.tree.node(**id).key.as_ref().and_then(Key::text) == Some(field.as_bytes());
        self.tree.children(map).iter().find(named).copied()
    }

    /// The items of a list, comments left out.
    pub fn items(&self, list: NodeId, field: &str) -> Result<Vec<NodeId>, PolicyError> {
        match &self.tree.node(list).body {
            Body::List(items) => Ok(items
                .iter()
                .copied()
                .filter(|item| self.tree.node(*item).comment().is_none())
                .collect()),
            _ => Err(self.problem(list, format!("{field} must be a list"))),
        }
    }

    /// A value as text. What YAML takes for a number or a bool counts as it is written; null is no text.
    pub fn text(&self, id: NodeId, field: &str) -> Result<String, PolicyError> {
        let text = match self.tree.node(id).leaf() {
            Some(Leaf::Text(text)) => text.expose_str().map(str::to_owned),
            Some(Leaf::Null) | None => None,
            Some(_) => self.written(id),
        };
        text.ok_or_else(|| self.problem(id, format!("{field} must be a text")))
    }

    /// A value that YAML takes for a text.
    pub fn strict_text(&self, id: NodeId, field: &str) -> Result<String, PolicyError> {
        match self.tree.node(id).leaf() {
            Some(Leaf::Text(_)) => self.text(id, field),
            _ => Err(self.problem(id, format!("{field} must be a text"))),
        }
    }

    /// The anchor of a value.
    pub fn anchor(&self, id: NodeId) -> Option<String> {
        let Layout::Yaml(layout) = self.layout else {
            return None;
        };
        let properties = self.source.get(layout.span(id)?.properties.clone())?;
        let text = std::str::from_utf8(properties).ok()?;
        let name = text.split_whitespace().find_map(|word| word.strip_prefix('&'))?;
        Some(name.to_owned())
    }

    fn written(&self, id: NodeId) -> Option<String> {
        match self.layout {
            Layout::Yaml(layout) => {
                let text = self.source.get(layout.span(id)?.value.clone())?;
                String::from_utf8(text.to_vec()).ok()
            }
            _ => None,
        }
    }

    pub fn text_field(&self, map: NodeId, field: &str) -> Result<Option<String>, PolicyError> {
        self.get(map, field).map(|id| self.text(id, field)).transpose()
    }

    pub fn number_field(&self, map: NodeId, field: &str) -> Result<Option<i64>, PolicyError> {
        let Some(id) = self.get(map, field) else {
            return Ok(None);
        };
        match self.tree.node(id).leaf() {
            Some(Leaf::Int(number)) => Ok(Some(*number)),
            _ => Err(self.problem(id, format!("{field} must be a whole number"))),
        }
    }

    /// A bool, also in the spellings of YAML 1.1 that sops takes here.
    pub fn bool_field(&self, map: NodeId, field: &str) -> Result<bool, PolicyError> {
        let Some(id) = self.get(map, field) else {
            return Ok(false);
        };
        match self.tree.node(id).leaf() {
            Some(Leaf::Bool(value)) => return Ok(*value),
            Some(Leaf::Text(text)) => match text.expose() {
                b"y" | b"Y" | b"yes" | b"on" => return Ok(true),
                b"n" | b"N" | b"no" | b"off" => return Ok(false),
                _ => {}
            },
            _ => {}
        }
        Err(self.problem(id, format!("{field} must be true or false")))
    }
}
