//! What sops refuses when it decodes the first document (§2.1).

use super::alias::Target;
use super::{Composer, Node, Value, content};
use crate::format::LoadError;
use crate::format::yaml::token::Text;
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// A key as duplicates are recognised: by its text before typing, aliases by their name.
type Spelling<'a> = (bool, Cow<'a, str>);

/// The keys of a map so far; a list while there are few, because most maps are small.
pub(super) enum Seen<'a> {
    Few(Vec<Spelling<'a>>),
    Many(Box<Table<'a>>),
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
                    let mut table = Table::default();
                    for key in keys.drain(..) {
                        table.insert(key);
                    }
                    *self = Self::Many(Box::new(table));
                }
                true
            }
            Self::Many(table) => table.insert(key),
        }
    }
}

/// Many keys by their hashes, which are kept: growing must not read the text of 100,000 keys again.
#[derive(Default)]
pub(super) struct Table<'a> {
    seed: RandomState,
    by_hash: HashMap<u64, Spelling<'a>, BuildHasherDefault<Hashed>>,
    /// Keys whose hash another key has too; as good as never one.
    others: Vec<Spelling<'a>>,
}

impl<'a> Table<'a> {
    fn insert(&mut self, key: Spelling<'a>) -> bool {
        match self.by_hash.entry(self.seed.hash_one(&key)) {
            Entry::Vacant(place) => {
                place.insert(key);
                true
            }
            Entry::Occupied(place) if *place.get() == key || self.others.contains(&key) => false,
            Entry::Occupied(_) => {
                self.others.push(key);
                true
            }
        }
    }
}

/// The hash of a number that is a hash already.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
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
