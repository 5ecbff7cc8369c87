//! Encrypting a data key for all recipients of a file.

use super::access::{Access, Refusal};
use super::service::Services;
use crate::metadata::{Group, KeyEntry, Recipient};
use crate::seal::shamir::{self, ShamirError};
use crate::seal::{DataKey, Random};
use thiserror::Error;

/// Why a data key was not wrapped. Nobody is left out silently: one failed recipient fails all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WrapError {
    /// There is no group, or one without a key.
    #[error("empty key group provided")]
    EmptyGroup,
    /// The threshold does not fit the number of groups.
    #[error(transparent)]
    Split(#[from] ShamirError),
    /// A recipient cannot be encrypted for.
    #[error("{kind} recipient {name}: {refusal}")]
    Recipient {
        /// The kind of the recipient.
        kind: &'static str,
        /// The recipient as it is written.
        name: String,
        /// Why.
        refusal: Refusal,
    },
}

/// Wraps a data key for every key of every group: the key itself for one group, else a share for each group (spec §8).
/// Without a threshold all groups are needed. Everything but `enc` stays as given.
///
/// # Errors
/// When a group is empty, the threshold does not fit, or a recipient cannot be encrypted for.
pub fn wrap_with(
    groups: &[Group],
    threshold: Option<u32>,
    key: &DataKey,
    access: Access<'_>,
    random: &mut dyn Random,
) -> Result<Vec<Group>, WrapError> {
    if groups.is_empty() || groups.iter().any(|group| group.keys.is_empty()) {
        return Err(WrapError::EmptyGroup);
    }
    let services = Services::new(access);
    if let [group] = groups {
        return Ok(vec![wrap_group(&services, group, key.expose())?]);
    }
    let needed = threshold.filter(|threshold| *threshold != 0);
    let needed = needed.map_or(groups.len(), |needed| {
        usize::try_from(needed).unwrap_or(usize::MAX)
    });
    let shares = shamir::split(key.expose(), groups.len(), needed, random)?;
    groups
        .iter()
        .zip(&shares)
        .map(|(group, share)| wrap_group(&services, group, share))
        .collect()
}

/// Wraps a data key for those entries of a single group that are not wrapped yet, and leaves the others as they are.
///
/// # Errors
/// When a recipient cannot be encrypted for.
pub fn wrap_missing(group: &Group, key: &DataKey, access: Access<'_>) -> Result<Group, WrapError> {
    let services = Services::new(access);
    let wrap = |entry: &KeyEntry| match entry.enc.as_str() {
        "" => wrap_entry(&services, entry, key.expose()),
        _ => Ok(entry.clone()),
    };
    Ok(Group {
        keys: group.keys.iter().map(wrap).collect::<Result<_, _>>()?,
    })
}

fn wrap_group(services: &Services<'_>, group: &Group, secret: &[u8]) -> Result<Group, WrapError> {
    let keys = group.keys.iter().map(|entry| wrap_entry(services, entry, secret));
    Ok(Group {
        keys: keys.collect::<Result<_, _>>()?,
    })
}

fn wrap_entry(services: &Services<'_>, entry: &KeyEntry, secret: &[u8]) -> Result<KeyEntry, WrapError> {
    let wrapped = services
        .of(&entry.recipient)
        .and_then(|service| service.wrap(&entry.recipient, secret));
    let enc = wrapped.map_err(|refusal| WrapError::Recipient {
        kind: entry.recipient.kind(),
        name: name_of(&entry.recipient).to_owned(),
        refusal,
    })?;
    Ok(KeyEntry { enc, ..entry.clone() })
}

/// What a person knows a recipient by.
fn name_of(recipient: &Recipient) -> &str {
    match recipient {
        Recipient::Age { recipient } => recipient,
        Recipient::Pgp { fingerprint } => fingerprint,
        Recipient::Kms { arn, .. } => arn,
        Recipient::GcpKms { resource_id } => resource_id,
        Recipient::AzureKv { name, .. } => name,
        Recipient::HcVault { key_name, .. } => key_name,
        Recipient::HcKms { key_id } => key_id,
    }
}
