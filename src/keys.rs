//! Key services: wrap and unwrap data keys with age, PGP and cloud services; find out which keys are at hand.

pub mod access;
pub mod child;
pub mod hybrid;
pub mod locked;
pub mod pgp;
pub mod plugin;

use crate::host::Environment;
use crate::metadata::{Group, Metadata, Recipient};
use crate::seal::{DataKey, Random};

/// What became of one key while unlocking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which group the key is in, from 0.
    pub group: usize,
    /// Whose key it is.
    pub recipient: Recipient,
    /// What happened.
    pub outcome: Outcome,
}

/// What happened to one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It gave the data key, or its group's share.
    Opened {
        /// Which identity did it, e.g. `SOPS_AGE_KEY_FILE`; never the identity itself.
        by: String,
    },
    /// It was tried and failed.
    Failed {
        /// Why, one line each source that was tried.
        reasons: Vec<String>,
        /// What to do next.
        next: Option<String>,
    },
    /// It was not needed.
    NotTried,
}

/// The result of unlocking.
#[derive(Clone, Debug)]
pub struct Unlocked {
    /// The data key, if enough groups opened.
    pub key: Option<DataKey>,
    /// Every key of the file, in the order of the file.
    pub attempts: Vec<Attempt>,
}

/// Recovers the data key of a file (spec §8, §9).
#[must_use]
pub fn unlock(_metadata: &Metadata, _environment: &Environment) -> Unlocked {
    Unlocked {
        key: None,
        attempts: Vec::new(),
    }
}

/// Why a data key cannot be wrapped; a file that some recipient cannot open is never written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{recipient}: {reason}")]
pub struct WrapError {
    /// Whose key failed; empty when it is the groups as a whole.
    pub recipient: String,
    /// Why.
    pub reason: String,
}

/// Wraps the data key (or, for several groups, a share each) for every entry of every group (spec §8): the same entries in the
/// same order, with `enc` filled.
///
/// # Errors
/// When one recipient fails, a group is empty, or the threshold does not fit the number of groups.
pub fn wrap(
    _groups: &[Group],
    _threshold: Option<u32>,
    _key: &DataKey,
    _environment: &Environment,
    _random: &mut dyn Random,
) -> Result<Vec<Group>, WrapError> {
    Err(WrapError {
        recipient: String::new(),
        reason: "keys cannot be wrapped yet".to_owned(),
    })
}
