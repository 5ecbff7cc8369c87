//! What sops refuses when it decodes the first document (§2.1).

use super::alias::Target;
use super::{Composer, Node, Value, content};
use crate::format::LoadError;
use crate::format::yaml::token::Text;
use std::borrow::Cow;
use std::collections::HashSet;

/// A key as duplicates are recognised: by its text before typing, aliases by their name.
type Spelling<'a> = (bool, Cow<'a, str>);

/// The keys of a map so far; a list while there are few, because most maps are small.
pub(super) enum Seen<'a> {
    Few(Vec<Spelling<'a>>),
    Many(HashSet<Spelling<'a>>),
}

impl<'a> Seen<'a> {
    const FEW: usize = 8;

    pub const fn new() -> Self {
        Self::Few(Vec::new())
    }

    /// Adds a key; false if it was there.
    fn insert(&mut self, key: Spelling<'a>) -> bool {
        match self {
            Self::Few(keys) if keys.contains(&key) => false,
            Self::Few(keys) => {
                keys.push(key);
                if keys.len() > Self::FEW {
                    *self = Self::Many(keys.drain(..).collect());
                }
                true
            }
            Self::Many(keys) => keys.insert(key),
        }
    }
}

impl<'a> Composer<'a> {
    /// Refuses a key that the map has already.
    pub(super) fn check_duplicate(&mut self, node: &Node<'a>) -> Result<(), LoadError> {
        if !self.visiting {
            return Ok(());
        }
        let spelling = match &node.value {
            Value::Alias(name) => (true, Cow::Borrowed(*name)),
            Value::Scalar(Text::Source(text), _) => (false, Cow::Borrowed(*text)),
            Value::Scalar(Text::Made(text), _) => (false, Cow::Owned(text.as_str().to_owned())),
            Value::Map { .. } | Value::List { .. } => return Ok(()),
        };
        let is_new = match self.frames.last_mut() {
            Some(frame) => frame.seen.insert(spelling),
            None => true,
        };
        if is_new {
            Ok(())
        } else {
            Err(content("the key is already defined in this map", node.start))
        }
    }

    /// Refuses what cannot be merged: a merge mark takes maps, aliases of maps, and a list of those.
    pub(super) fn check_merged(&self, node: &Node<'a>) -> Result<(), LoadError> {
        if !self.visiting {
            return Ok(());
        }
        let is_map = match &node.value {
            Value::Map { .. } => true,
            Value::Alias(name) => {
                matches!(self.target(name, node.start)?, Target::Branch(branch) if !branch.list)
            }
            Value::Scalar(..) | Value::List { .. } => false,
        };
        if is_map {
            Ok(())
        } else {
            Err(content(
                "a merge key (<<) needs a map or a list of maps",
                node.start,
            ))
        }
    }
}
