//! Recipients that are named without a part that their service knows: Azure keys without a version (spec §9.5).

use super::access::{Access, Refusal};
use super::service::Services;
use super::wrap::{Unreached, WrapError};
use crate::host::Environment;
use crate::metadata::{Group, KeyEntry, Recipient};

/// Whether a part is missing.
fn is_partial(recipient: &Recipient) -> bool {
    matches!(recipient, Recipient::AzureKv { version, .. } if version.is_empty())
}

/// The groups with whole recipients. Asks services only where a part is missing.
///
/// # Errors
/// When services do not tell: all recipients that stay partial are named.
pub fn complete(groups: &[Group], environment: &Environment) -> Result<Vec<Group>, WrapError> {
    let mut whole = groups.to_vec();
    let mut unreached = Vec::new();
    let services = Services::new(Access::of(environment));
    for entry in whole.iter_mut().flat_map(|group| &mut group.keys) {
        match completed(&services, entry) {
            Ok(()) => {}
            Err(refusal) => unreached.push(Unreached::new(&entry.recipient, refusal)),
        }
    }
    if unreached.is_empty() {
        return Ok(whole);
    }
    Err(WrapError::Recipients(unreached))
}

/// An entry that something was wrapped for with an unknown version stays as it is: the version of today may be another one.
fn completed(services: &Services<'_>, entry: &mut KeyEntry) -> Result<(), Refusal> {
    if is_partial(&entry.recipient) && entry.enc.is_empty() {
        entry.recipient = services.of(&entry.recipient)?.complete(&entry.recipient)?;
    }
    Ok(())
}
