//! Taking some changes of a file over to another version of it: from the work tree to the index (stage), from HEAD to the index
//! (unstage), from the index to the work tree (discard). What is written is a whole SOPS file each time; nothing here merges.

mod blend;
mod commit;
mod discard;
mod index;
mod pick;

pub use commit::{Commit, commit, conclude_merge};
pub use discard::{Discarded, discard, restore};
pub use index::{preview, stage, unstage};

use super::compare::Comparison;
use super::review::{Outcome, Reviewed};
use crate::failure::{Failure, Kind};
use std::collections::BTreeSet;

/// Which changes of a file are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picks {
    /// All of them, and whatever else differs: the file becomes the other version, byte for byte. Needs no key.
    All,
    /// Some of them.
    Some(Chosen),
}

/// Some changes of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Values and comments, by their numbers in [`Comparison::values`].
    pub values: BTreeSet<usize>,
    /// Who can read it, the groups, the rule, and the data key: they belong together.
    pub settings: bool,
    /// The new ciphertexts of values that are the same.
    pub reencrypted: bool,
}

impl Picks {
    /// Whether taking them would put a value into git in clear that was encrypted.
    #[must_use]
    pub fn exposes(&self, file: &Reviewed) -> bool {
        match (&file.outcome, self) {
            (Outcome::Exposed, _) => true,
            (Outcome::Compared { comparison, .. }, Self::All) => comparison.readable() > 0,
            (Outcome::Compared { comparison, .. }, Self::Some(chosen)) => {
                let changes = comparison.values.iter().enumerate();
                changes
                    .filter(|(number, change)| {
                        chosen.values.contains(number) || chosen.settings && change.by_rule
                    })
                    .any(|(_, change)| change.becomes_readable())
            }
            _ => false,
        }
    }
}

impl Chosen {
    /// One value. One that only comes with another rule brings the rule.
    #[must_use]
    pub fn value(number: usize, comparison: &Comparison) -> Self {
        if comparison.values.get(number).is_some_and(|change| change.by_rule) {
            return Self {
                settings: true,
                ..Self::default()
            };
        }
        Self {
            values: BTreeSet::from([number]),
            ..Self::default()
        }
    }
}

/// Whether some changes of a file can be taken without the others, or why not.
///
/// # Errors
/// When they cannot.
pub fn can_be_parted(file: &Reviewed) -> Result<&Comparison, Failure> {
    let refuse = |reason: &str| {
        let text = format!("{}: {reason}", file.path);
        Failure::new(Kind::Usage, text).hint("take the whole file")
    };
    match &file.outcome {
        Outcome::Compared {
            exists: (true, true),
            comparison,
        } if comparison.locked != (false, false) => {
            Err(refuse("a version that no key here opens cannot be taken apart"))
        }
        Outcome::Compared {
            exists: (true, true),
            comparison,
        } => Ok(comparison),
        Outcome::Compared {
            exists: (false, _), ..
        } => Err(refuse("a new file is taken as a whole")),
        Outcome::Compared { .. } => Err(refuse("a deleted file is taken as a whole")),
        Outcome::Rules(_) => Err(refuse("rules are taken as a whole")),
        Outcome::Exposed | Outcome::Sealed => Err(refuse("only one of its versions is encrypted")),
        Outcome::Unreadable(reason) => Err(Failure::new(Kind::Usage, format!("{}: {reason}", file.path))),
    }
}

/// The failure of a file that is not any more what was reviewed.
fn changed_meanwhile(path: &str, place: &str) -> Failure {
    Failure::new(
        Kind::Usage,
        format!("{path}: {place} has something else by now; nothing was changed"),
    )
    .hint("look at the changes again")
}
