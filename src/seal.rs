//! What makes a SOPS file: the value cipher, the MAC, the rules that select what is encrypted, key splitting.
//!
//! Trees go in, trees with the same ids come out. Bytes in, bytes out: randomness comes from the caller.
//! The trees given to [`open`] and [`seal`] have no `sops` block ([`crate::metadata::detach`] takes it out).

mod cipher;
mod data_key;
mod jobs;
mod kind;
mod mac;
mod opening;
mod path;
mod residue;
mod sealing;
pub mod selection;
pub mod shamir;
mod stash;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod token;
#[cfg(test)]
mod wycheproof;

pub use data_key::{DataKey, Random, RandomError};
pub use mac::{MacError, seal_mac, verify_mac};
pub use opening::{Partly, open, open_beside, open_in_place, open_partly};
pub use residue::wipe_stack;
pub use sealing::{seal, seal_as};
pub use stash::Stash;
pub use token::looks_encrypted;

use crate::tree::{Body, NodeId, Tree};
use std::fmt;
use thiserror::Error;

/// An opened tree. `Debug` leaves the MAC out.
#[derive(Clone)]
pub struct Opened {
    /// The content, with the ids of the sealed tree.
    pub tree: Tree,
    /// What is needed to give unchanged values their old ciphertext back.
    pub stash: Stash,
    /// The MAC of the content: 128 upper-case hexadecimal digits. Never to be shown: it is an unkeyed hash of values.
    pub mac: String,
    /// What was odd but no reason to stop.
    pub warnings: Vec<Warning>,
    /// The comments that were encrypted, in document order.
    pub decrypted_comments: Vec<NodeId>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("tree", &self.tree)
            .field("stash", &self.stash)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

impl Opened {
    /// Forgets which decrypted comments stood behind a value on the same line: what sops prints has them above it.
    pub fn drop_inline(&mut self) {
        for id in &self.decrypted_comments {
            let mut body = self.tree.node(*id).body.clone();
            if let Body::Comment(comment) = &mut body
                && comment.inline
            {
                comment.inline = false;
                self.tree.set_body(*id, body);
            }
        }
    }
}

/// The leaves of a tree, comments included, and whether each is to be encrypted. In a `sealed` tree an encrypted comment that
/// stands in a list as an item counts as a comment. Empty for a tree that cannot be encrypted at all.
#[must_use]
pub fn selected(tree: &Tree, selection: &selection::Selection, sealed: bool) -> Vec<(NodeId, bool)> {
    let jobs = jobs::plan(tree, selection, sealed).unwrap_or_default();
    jobs.into_iter().map(|job| (job.id, job.encrypted)).collect()
}

/// How encrypted comments in lists are written. Readers accept both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListComments {
    /// As items, `- ENC[…]`, the way sops does: for [`crate::format::emit`].
    AsItems,
    /// As comments, `#ENC[…]`, which every version of sops opens: for [`crate::format::patch`]. Those that were read as
    /// items stay items.
    AsComments,
}

/// Something odd met while opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A comment that should be encrypted is not, or does not decrypt; it is kept as it stands (spec §6.2).
    CommentKept(NodeId),
}

/// Why a tree cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// A leaf does not decrypt, or is not encrypted although it is selected.
    #[error("{problem} (at {path})")]
    Leaf {
        /// What is wrong with it.
        problem: &'static str,
        /// Where, as a dotted path of keys.
        path: String,
    },
    /// A key of the tree is no text.
    #[error("the key at {path} is not a string")]
    Key {
        /// Where, as a dotted path of keys.
        path: String,
    },
}

/// Why a tree cannot be sealed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// A key of the tree is no text.
    #[error("the key at {path} is not a string")]
    Key {
        /// Where, as a dotted path of keys.
        path: String,
    },
    /// A value has a type the format cannot encrypt, or a comment would not decrypt again.
    #[error("{problem} (at {path})")]
    Leaf {
        /// What is wrong with it.
        problem: &'static str,
        /// Where, as a dotted path of keys.
        path: String,
    },
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] RandomError),
}
