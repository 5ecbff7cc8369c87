//! Key services: wrap and unwrap data keys with age, PGP and cloud services; find out which keys are at hand.

pub mod access;
pub mod age;
#[cfg(feature = "audit")]
pub mod audit;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "azure")]
mod azure;
pub mod channels;
pub mod child;
pub mod consent;
pub mod destination;
#[cfg(feature = "gcp")]
mod gcp;
pub mod generate;
pub mod hybrid;
pub mod locked;
pub mod pgp;
pub mod plugin;

mod cloud;
mod complete;
#[cfg(any(feature = "aws", feature = "azure", feature = "gcp", feature = "vault"))]
#[cfg_attr(
    not(all(feature = "aws", feature = "azure", feature = "gcp", feature = "vault")),
    allow(
        dead_code,
        unused_imports,
        reason = "a build with some of the services uses a part of what they share"
    )
)]
mod net;
mod order;
pub mod remote;
#[cfg(feature = "runtime")]
pub mod runtime;
pub mod service;
mod unlock;
#[cfg(feature = "vault")]
mod vault;
mod wrap;

pub use complete::complete;
pub use unlock::unlock;
pub use wrap::{WrapError, wrap, wrap_missing};

use crate::metadata::Recipient;
use crate::seal::DataKey;

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
