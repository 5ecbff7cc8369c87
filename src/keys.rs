//! Key services: wrap and unwrap data keys with age, PGP and cloud services; find out which keys are at hand.

pub mod access;
pub mod age;
pub mod child;
pub mod generate;
pub mod hybrid;
pub mod locked;
pub mod pgp;
pub mod plugin;

mod order;
pub mod service;
mod unlock;
mod wrap;

pub use unlock::unlock_with;
pub use wrap::{WrapError, wrap_missing, wrap_with};

use crate::host::Environment;
use crate::metadata::{Group, Metadata, Recipient};
use crate::seal::{DataKey, Random};
use access::Access;

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

/// Recovers the data key of a file (spec §8, §9); asks whoever attends the environment. `SOPS_DECRYPTION_ORDER` is honoured.
#[must_use]
pub fn unlock(metadata: &Metadata, environment: &Environment) -> Unlocked {
    unlock_with(metadata, Access::of(environment))
}

/// Wraps a data key for every recipient; asks whoever attends the environment.
///
/// # Errors
/// As [`wrap_with`].
pub fn wrap(
    groups: &[Group],
    threshold: Option<u32>,
    key: &DataKey,
    environment: &Environment,
    random: &mut dyn Random,
) -> Result<Vec<Group>, WrapError> {
    wrap_with(groups, threshold, key, Access::of(environment), random)
}
