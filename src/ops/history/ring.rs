//! Data keys of many versions: versions with the same wrapped keys are unlocked once.

use crate::host::Environment;
use crate::keys;
use crate::metadata::Metadata;
use crate::ops::unlock::identity;
use crate::seal::DataKey;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;

/// Keys that were found, and those that were not.
pub struct Ring<'e> {
    environment: &'e Environment,
    known: RefCell<HashMap<[u8; 32], Option<DataKey>>>,
}

impl<'e> Ring<'e> {
    /// Without keys.
    pub fn new(environment: &'e Environment) -> Self {
        Self {
            environment,
            known: RefCell::default(),
        }
    }

    /// The data key of a version; `None` where no key at hand gives it.
    pub fn key(&self, metadata: &Metadata) -> Option<DataKey> {
        let wrapped = wrapped(metadata);
        if let Some(known) = self.known.borrow().get(&wrapped) {
            return known.clone();
        }
        let key = keys::unlock(metadata, self.environment).key;
        // What was given up because somebody stopped it is not known.
        if key.is_some() || !self.environment.cancel().is_cancelled() {
            self.known.borrow_mut().insert(wrapped, key.clone());
        }
        key
    }
}

/// What tells one set of wrapped keys from another.
fn wrapped(metadata: &Metadata) -> [u8; 32] {
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
