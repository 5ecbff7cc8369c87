//! Data keys of many files and versions, each asked for once. Held while one task runs, and wiped with it.

use crate::host::Environment;
use crate::keys;
use crate::metadata::Metadata;
use crate::ops::unlock::identity;
use crate::seal::DataKey;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

/// What a data key is known by before it is unwrapped: a hash of how it is wrapped for everybody, and of how many groups are needed.
type Wrapped = [u8; 32];

/// What became of unwrapping a key; several threads may wait for it.
type Slot = Arc<OnceLock<Option<DataKey>>>;

/// The keys that were unwrapped so far.
pub struct Keyring<'e> {
    environment: &'e Environment,
    known: Mutex<HashMap<Wrapped, Slot>>,
}

impl<'e> Keyring<'e> {
    /// Keys that are unwrapped with the identities of this environment.
    #[must_use]
    pub fn new(environment: &'e Environment) -> Self {
        Self {
            environment,
            known: Mutex::default(),
        }
    }

    /// The data key of a file, where an identity at hand opens it. Versions of a file that are wrapped alike are opened once.
    #[must_use]
    pub fn key(&self, metadata: &Metadata) -> Option<DataKey> {
        let slot = match self.known.lock() {
            Ok(mut known) => Arc::clone(known.entry(wrapped(metadata)).or_default()),
            Err(_) => Slot::default(),
        };
        slot.get_or_init(|| keys::unlock(metadata, self.environment).key)
            .clone()
    }
}

/// What tells one set of wrapped keys from another.
fn wrapped(metadata: &Metadata) -> Wrapped {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    };
    part(&metadata.threshold.unwrap_or_default().to_le_bytes());
    for group in &metadata.groups {
        part(b"group");
        for entry in &group.keys {
            part(identity(&entry.recipient).as_bytes());
            part(entry.enc.as_bytes());
        }
    }
    hash.finalize().into()
}

impl fmt::Debug for Keyring<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring")
    }
}
