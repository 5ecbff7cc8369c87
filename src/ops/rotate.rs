//! A new data key for a file, and with it other recipients if asked for (spec §12.4).

use super::audit::{self, Deed};
use super::caution::Caution;
use super::config::Located;
use super::decrypt::Unsealed;
use super::rekey::{cannot_wrap, not_meant, same_groups, wrap};
use super::rewrite::{Base, Rewritten, reseal};
use super::set::Target;
use super::style::style;
use super::{decrypt, unlock};
use crate::failure::{Failure, Kind};
use crate::host::{Environment, SystemRandom, clock};
use crate::keys;
use crate::metadata::{Group, KeyEntry, Metadata, Recipient};
use crate::seal::DataKey;
use std::collections::HashSet;

/// Who comes and who goes.
#[derive(Clone, Debug, Default)]
pub struct KeyChange {
    /// Put into the first group, unless they are in the file already.
    pub add: Vec<Recipient>,
    /// Taken out of all groups; unknown ones are no error.
    pub remove: Vec<Recipient>,
}

/// Encrypts a file with a new data key and fresh nonces.
///
/// # Errors
/// When the file cannot be opened, nobody is left to read it, or somebody cannot be encrypted for.
pub fn rotate(
    target: &Target<'_>,
    change: &KeyChange,
    ignore_mac: bool,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Rewritten, Failure> {
    let name = target.name;
    audit::note(Deed::Rotate, name, environment)?;
    let unsealed = decrypt::unseal(target, ignore_mac, environment, caution)?;
    let sealed = &unsealed.sealed;
    let change = KeyChange {
        add: whole(&change.add, name, environment)?,
        remove: whole(&change.remove, name, environment)?,
    };
    let groups = changed(&sealed.metadata.groups, &change);
    let threshold = sealed.metadata.threshold;
    with_groups(
        target,
        &unsealed,
        &groups,
        threshold,
        config,
        environment,
        caution,
    )
}

/// Encrypts an opened file with a new data key for these groups.
pub(super) fn with_groups(
    target: &Target<'_>,
    unsealed: &Unsealed,
    groups: &[Group],
    threshold: Option<u32>,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Rewritten, Failure> {
    let name = target.name;
    let sealed = &unsealed.sealed;
    let key = DataKey::generate(&mut SystemRandom)
        .map_err(|error| Failure::new(Kind::Generic, error.to_string()))?;
    let metadata = Metadata {
        groups: wrap(groups, threshold, &key, name, environment)?,
        threshold,
        ..sealed.metadata.clone()
    };
    // Nonces belong to the old key, so none of its stash is used again.
    let base = unsealed.base(target);
    let after = Base {
        metadata: &metadata,
        key: &key,
        ..base
    };
    let style = style(sealed.format, target.indent, config)?;
    audit::note(Deed::Encrypt, name, environment)?;
    let rewritten = reseal(&base, &after, &unsealed.opened.tree, style)?;
    let found = &rewritten.sealed.metadata;
    if found.threshold != metadata.threshold || !same_groups(&found.groups, &metadata.groups) {
        return Err(not_meant(name));
    }
    if let Some(reason) = &rewritten.relaid {
        caution.warn(format!("{name}: the whole file is laid out anew: {reason}"))?;
    }
    Ok(rewritten)
}

/// The recipients, with the version of today where an Azure key is named without one.
fn whole(recipients: &[Recipient], name: &str, environment: &Environment) -> Result<Vec<Recipient>, Failure> {
    let now = clock::now();
    let keys = recipients
        .iter()
        .map(|recipient| KeyEntry::new(recipient.clone(), &now));
    let group = Group { keys: keys.collect() };
    let whole = keys::complete(&[group], environment).map_err(|error| cannot_wrap(name, &error))?;
    Ok(whole
        .into_iter()
        .flat_map(|group| group.keys)
        .map(|entry| entry.recipient)
        .collect())
}

/// The groups after the change; new entries are not wrapped yet.
pub(super) fn changed(groups: &[Group], change: &KeyChange) -> Vec<Group> {
    let mut groups = groups.to_vec();
    let mut there: HashSet<String> = groups
        .iter()
        .flat_map(|group| &group.keys)
        .map(|entry| unlock::identity(&entry.recipient))
        .collect();
    let now = clock::now();
    if let Some(first) = groups.first_mut() {
        for recipient in &change.add {
            if there.insert(unlock::identity(recipient)) {
                first.keys.push(KeyEntry::new(recipient.clone(), &now));
            }
        }
    }
    let gone: HashSet<String> = change.remove.iter().map(unlock::identity).collect();
    for group in &mut groups {
        group
            .keys
            .retain(|entry| !gone.contains(&unlock::identity(&entry.recipient)));
    }
    groups
}
