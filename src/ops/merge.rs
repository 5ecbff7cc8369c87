//! The three-way merge of SOPS files: values by path, recipients as sets, with a data key and a MAC that fit.

mod change;
mod file;
mod recipients;
mod sequence;
#[cfg(test)]
mod tests;
mod tree;
mod versions;

pub use change::{RecipientChange, name as name_recipients, words as recipient_words};
pub use file::{Contradiction, Merged, Prepared, Side, Text, prepare};
pub use recipients::{Settings, changes as recipient_changes};
pub use tree::{MergedTree, merge as merge_trees};
pub use versions::{Checks, Verdict, Versions, merge_versions, prepare_versions};

use crate::tree::NodeId;

/// How two sides contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// Both changed it, to something different.
    Changed,
    /// Both added it, with different content.
    Added,
    /// We took it out, they changed it.
    DeletedByUs,
    /// They took it out, we changed it.
    DeletedByThem,
    /// Both renamed it, to different names.
    Renamed,
}

impl Clash {
    /// What happened, for people.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Changed => "changed on both sides",
            Self::Added => "added on both sides",
            Self::DeletedByUs => "deleted by us, changed by them",
            Self::DeletedByThem => "deleted by them, changed by us",
            Self::Renamed => "renamed on both sides",
        }
    }
}

/// A place where two sides contradict each other. Ids are those of the three trees; those of ours are valid in the result, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// How.
    pub clash: Clash,
    /// What it was.
    pub base: Option<NodeId>,
    /// What it is in ours; `None` where it was taken out.
    pub ours: Option<NodeId>,
    /// What it is in theirs; `None` where it was taken out.
    pub theirs: Option<NodeId>,
    /// The branch of ours in which it stands, or would stand; `None` for whole documents.
    pub parent: Option<NodeId>,
}
