//! What lets unchanged values keep their ciphertext (spec §4).
//!
//! For every decrypted leaf the stash has its nonce and tag, a keyed fingerprint of (path, type, plaintext), and no
//! plaintext. A leaf is found again by its node, else by its fingerprint in document order. A fingerprint only proposes:
//! the nonce is used again only if encrypting gives the old tag too, which means that path and plaintext are the same.

use super::DataKey;
use super::kind::Kind;
use crate::tree::NodeId;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

/// Remembers, for every decrypted leaf, its ciphertext, so that unchanged values keep theirs (spec §4): by node for
/// edits of the tree, else by (path, type, plaintext) in document order. Holds keyed hashes, no plaintext.
#[derive(Clone, Default)]
pub struct Stash {
    hasher: RandomState,
    /// Fingerprint of the data key the entries were encrypted with.
    key: u64,
    entries: Entries,
    /// By [`NodeId::index`]: one more than the place in `entries`; 0 for none.
    places: Vec<u32>,
    /// Texts that would not come out the same if the value were encrypted again, by place in `entries`.
    odd: HashMap<u32, Box<[u8]>>,
}

/// One decrypted leaf: bytes alone, so that it takes no more room than they do.
#[derive(Clone)]
pub(super) struct Entry {
    pub fingerprint: [u8; 8],
    pub nonce: [u8; 32],
    pub tag: [u8; 16],
    /// Whether it is a comment that stood in a list as an item.
    pub item: bool,
}

/// How many entries stand together: little enough for the memory that the opened ciphertexts have left.
const PIECE: usize = 64;

/// All entries, in document order.
#[derive(Clone, Default)]
struct Entries {
    /// All but the last are full.
    pieces: Vec<Vec<Entry>>,
    len: usize,
}

impl Entries {
    fn push(&mut self, entry: Entry) {
        self.len += 1;
        match self.pieces.last_mut() {
            Some(last) if last.len() < PIECE => last.push(entry),
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(entry);
                self.pieces.push(piece);
            }
            None => self.pieces.push(vec![entry]),
        }
    }

    fn get(&self, place: usize) -> Option<&Entry> {
        self.pieces.get(place / PIECE)?.get(place % PIECE)
    }

    fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.pieces.iter().flatten()
    }
}

impl Stash {
    /// An empty one for texts encrypted with `key`.
    pub(super) fn for_key(key: &DataKey) -> Self {
        let hasher = RandomState::new();
        Self {
            key: hasher.hash_one(key.expose()),
            hasher,
            ..Self::default()
        }
    }

    /// An empty one whose entries can be told from those of this one: see [`Self::add`].
    pub(super) fn sibling(&self, key: &DataKey) -> Self {
        Self {
            hasher: self.hasher.clone(),
            key: self.hasher.hash_one(key.expose()),
            ..Self::default()
        }
    }

    /// Adds the ciphertexts of another version of the file, to be found by path and content after those that are here; its nodes
    /// mean nothing here. Those of a tree that was not opened beside this one, or with another key, are of no use and left out.
    pub fn add(&mut self, other: &Self) {
        if other.key != self.key {
            return;
        }
        let offset = u32::try_from(self.entries.len).unwrap_or(u32::MAX);
        for entry in other.entries.iter() {
            self.entries.push(entry.clone());
        }
        let odd = other.odd.iter();
        self.odd
            .extend(odd.map(|(place, text)| (place.saturating_add(offset), text.clone())));
    }

    /// Forgets which node each ciphertext belongs to: for a tree that was read anew and has ids of its own. Leaves are
    /// then found by their path and content.
    pub fn forget_nodes(&mut self) {
        self.places = Vec::new();
    }

    /// Whether there is something to take over for texts of this key.
    pub(super) fn serves(&self, key: &DataKey) -> bool {
        self.entries.len > 0 && self.hasher.hash_one(key.expose()) == self.key
    }

    pub(super) fn fingerprint(&self, aad: &[u8], kind: Kind, plaintext: &[u8]) -> [u8; 8] {
        self.hasher.hash_one((aad, kind, plaintext)).to_le_bytes()
    }

    /// Makes room for the entries of a tree with so many nodes.
    pub(super) fn expect(&mut self, nodes: usize) {
        self.places.resize(nodes, 0);
    }

    /// Adds the entry of a node, in document order; `odd` is its text if it has to be kept as it is.
    pub(super) fn push(&mut self, id: NodeId, entry: Entry, odd: Option<&[u8]>) {
        let place = u32::try_from(self.entries.len).unwrap_or(u32::MAX);
        if let Some(text) = odd {
            self.odd.insert(place, text.into());
        }
        self.entries.push(entry);
        if let Some(slot) = self.places.get_mut(id.index()) {
            *slot = place.saturating_add(1);
        }
    }

    pub(super) fn entry(&self, place: u32) -> Option<&Entry> {
        self.entries.get(usize::try_from(place).ok()?)
    }

    pub(super) fn odd(&self, place: u32) -> Option<&[u8]> {
        self.odd.get(&place).map(AsRef::as_ref)
    }

    /// Whether this node was a comment that stood in a list as an item.
    pub(super) fn was_item(&self, id: NodeId) -> bool {
        self.place(id)
            .and_then(|place| self.entry(place))
            .is_some_and(|entry| entry.item)
    }

    fn place(&self, id: NodeId) -> Option<u32> {
        self.places.get(id.index())?.checked_sub(1)
    }

    /// Finds an entry for each (node, fingerprint): first all by node, then what is left by fingerprint in order. No entry
    /// is given out twice.
    pub(super) fn claim(&self, wanted: &[Option<(NodeId, [u8; 8])>]) -> Vec<Option<u32>> {
        let mut taken = vec![false; self.entries.len];
        let mut claims: Vec<Option<u32>> = Vec::with_capacity(wanted.len());
        for leaf in wanted {
            let place = leaf.and_then(|(id, fingerprint)| {
                let place = self.place(id)?;
                (self.entry(place)?.fingerprint == fingerprint).then_some(place)
            });
            if let Some(slot) = place.and_then(|place| taken.get_mut(place as usize)) {
                *slot = true;
            }
            claims.push(place);
        }
        if claims.iter().any(Option::is_none) {
            let mut queues = Queues::new(&self.entries, &taken);
            for (leaf, claim) in wanted.iter().zip(&mut claims) {
                if let (Some((_, fingerprint)), None) = (leaf, &claim) {
                    *claim = queues.take(*fingerprint);
                }
            }
        }
        claims
    }
}

/// The entries nobody has taken, by fingerprint, in document order.
struct Queues {
    first: HashMap<[u8; 8], u32>,
    /// By place: the next entry of the same fingerprint.
    next: Vec<Option<u32>>,
}

impl Queues {
    fn new(entries: &Entries, taken: &[bool]) -> Self {
        let mut queues = Self {
            first: HashMap::with_capacity(entries.len),
            next: vec![None; entries.len],
        };
        let places = (0..).zip(entries.iter()).zip(taken).zip(&mut queues.next);
        let mut free: Vec<_> = places.filter(|((_, taken), _)| !**taken).collect();
        while let Some((((place, entry), _), next)) = free.pop() {
            *next = queues.first.insert(entry.fingerprint, place);
        }
        queues
    }

    fn take(&mut self, fingerprint: [u8; 8]) -> Option<u32> {
        let place = self.first.remove(&fingerprint)?;
        if let Some(Some(next)) = self.next.get(place as usize) {
            self.first.insert(fingerprint, *next);
        }
        Some(place)
    }
}

impl fmt::Debug for Stash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stash({} values)", self.entries.len)
    }
}

#[cfg(test)]
mod tests;
