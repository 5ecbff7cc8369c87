//! Keys, values and items.

use super::alias::Target;
use super::frame::{AfterValue, Frame, PendingKey, Role};
use super::{Composer, Form, Node, Value, content, resolve};
use crate::format::LoadError;
use crate::tree::{Body, Key, Leaf, NodeId};

const KEY_IS_COLLECTION: &str = "a key is a map or a list";

impl<'a> Composer<'a> {
    /// Takes a key and the comments above its entry.
    pub(super) fn key(&mut self, mut node: Node<'a>) -> Result<(), LoadError> {
        let key = match &node.value {
            Value::Scalar(text, form) => self.scalar_key(&node, text.as_str(), *form)?,
            Value::Alias(name) => match self.target(name, node.start)? {
                Target::Leaf(leaf) => {
                    self.pay(&leaf, node.start)?;
                    key_of(leaf)
                }
                Target::Open | Target::Branch(_) => return Err(content(KEY_IS_COLLECTION, node.start)),
            },
            Value::Map { .. } | Value::List { .. } => return Err(content(KEY_IS_COLLECTION, node.start)),
        };
        self.check_duplicate(&node)?;
        self.ratio.decoded += 1;
        let is_root = self.frames.len() == 1;
        let Some(frame) = self.frames.last_mut() else {
            return Ok(());
        };
        if !frame.flow && frame.pairs && !node.notes.foot.is_empty() {
            frame.foot = std::mem::take(&mut node.notes.foot);
        }
        let (map, before) = (frame.node, std::mem::take(&mut frame.foot));
        let start = node.lead.unwrap_or_else(|| node.outer_start());
        frame.key = Some(PendingKey {
            span: node.outer_start().byte..node.end.byte,
            start,
            merge: is_merge(&node),
            after: AfterValue {
                foot: std::mem::take(&mut node.notes.foot),
                visit: self.visiting
                    && is_root
                    && matches!(&key, Key::Scalar(leaf) if matches!(**leaf, Leaf::Null)),
            },
            key,
        });
        self.comments(map, &before, false);
        self.comments(map, &node.notes.head, false);
        self.comments(map, &node.notes.line, false);
        Ok(())
    }

    fn scalar_key(&mut self, node: &Node<'a>, text: &str, form: Form) -> Result<Key, LoadError> {
        if node.properties.is_empty() {
            let is_plain = matches!(form, Form::Plain | Form::Empty);
            let typed = is_plain.then(|| resolve::typed(text)).flatten();
            return Ok(typed.map_or_else(|| Key::from(text), Key::from));
        }
        let leaf = self.leaf(node)?;
        self.define_leaf(node, &leaf);
        Ok(key_of(leaf))
    }

    /// Takes the value of the pending key.
    pub(super) fn value(&mut self, node: Node<'a>) -> Result<(), LoadError> {
        let Some(frame) = self.frames.last_mut() else {
            return Ok(());
        };
        let Some(key) = frame.key.take() else {
            return Ok(());
        };
        let map = frame.node;
        self.visiting &= !key.after.visit;
        self.ratio.decoded += 1;
        if let Value::Map { flow } | Value::List { flow } = node.value {
            let list = matches!(node.value, Value::List { .. });
            frame.after = key.after;
            let span = self.span(&node, Some((key.span, key.start)));
            let id = self.add(map, Some(key.key), empty_branch(list), span);
            self.comments(id, &node.notes.head, false);
            let frame = Frame {
                front: self.tree.children(id).len(),
                merge: key.merge && list,
                ..Frame::new(id, Role::Entry, list, flow)
            };
            self.open(frame, &node);
            return Ok(());
        }
        self.comments(map, &node.notes.head, false);
        self.comments(map, &node.notes.line, true);
        if key.merge {
            self.check_merged(&node)?;
        }
        let span = self.span(&node, Some((key.span, key.start)));
        let id = self.add(map, Some(key.key), Body::Leaf(Leaf::Null), span);
        self.fill(id, &node)?;
        self.end_entry(key.after, map, node.notes.foot);
        Ok(())
    }

    /// Takes an item of a list.
    pub(super) fn item(&mut self, node: Node<'a>) -> Result<(), LoadError> {
        let Some((list_node, merge)) = self.frames.last().map(|frame| (frame.node, frame.merge)) else {
            return Ok(());
        };
        if merge {
            self.check_merged(&node)?;
        }
        self.ratio.decoded += 1;
        let span = self.span(&node, None);
        self.comments(list_node, &node.notes.head, false);
        if let Value::Map { flow } | Value::List { flow } = node.value {
            let list = matches!(node.value, Value::List { .. });
            let id = self.add(list_node, None, empty_branch(list), span);
            let frame = Frame {
                head: node.notes.head.clone(),
                ..Frame::new(id, Role::Item, list, flow)
            };
            self.open(frame, &node);
            return Ok(());
        }
        self.comments(list_node, &node.notes.line, true);
        let id = self.add(list_node, None, Body::Leaf(Leaf::Null), span);
        self.fill(id, &node)?;
        self.comments(list_node, &node.notes.foot, false);
        Ok(())
    }

    /// Gives a new node the value of a scalar or alias.
    fn fill(&mut self, id: NodeId, node: &Node<'a>) -> Result<(), LoadError> {
        let Value::Alias(name) = node.value else {
            let leaf = self.leaf(node)?;
            self.define_leaf(node, &leaf);
            self.tree.set_body(id, Body::Leaf(leaf));
            return Ok(());
        };
        match self.target(name, node.start)? {
            Target::Open => {}
            Target::Leaf(leaf) => {
                self.pay(&leaf, node.start)?;
                self.tree.set_body(id, Body::Leaf(leaf));
            }
            Target::Branch(branch) => {
                self.tree.set_body(id, empty_branch(branch.list));
                self.copy(&branch, id, node.start)?;
            }
        }
        Ok(())
    }
}

const fn empty_branch(list: bool) -> Body {
    if list {
        Body::List(Vec::new())
    } else {
        Body::Map(Vec::new())
    }
}

fn key_of(leaf: Leaf) -> Key {
    match &leaf {
        Leaf::Text(text) => Key::from(text.expose()),
        _ => leaf.into(),
    }
}

/// Whether a key is `<<` and means a merge (§2.5).
fn is_merge(node: &Node<'_>) -> bool {
    let Value::Scalar(text, form) = &node.value else {
        return false;
    };
    text.as_str() == "<<"
        && match node.properties.tag.as_deref() {
            None | Some("!") => *form == Form::Plain,
            Some(tag) => tag == "tag:yaml.org,2002:merge",
        }
}
