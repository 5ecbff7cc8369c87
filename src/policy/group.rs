//! The keys of a creation rule: flat, or in groups (spec §10.3).

use super::PolicyError;
use super::reader::Reader;
use super::recipient::{self, BadRecipient};
use crate::metadata::{Group, Recipient};
use crate::tree::NodeId;

/// Reads a flat field: how its texts become recipients.
pub(super) type Flat = (&'static str, fn(&str) -> Result<Vec<Recipient>, BadRecipient>);

/// The flat fields in the order in which sops puts their keys together.
pub(super) const FLAT: [Flat; 7] = [
    ("age", recipient::age),
    ("pgp", recipient::pgp),
    ("kms", recipient::kms),
    ("gcp_kms", recipient::gcp_kms),
    ("hckms", recipient::hckms),
    ("azure_keyvault", recipient::azure),
    ("hc_vault_transit_uri", recipient::vault),
];

/// The fields of a key group that hold keys; there is also `merge`.
pub(super) const KEY_FIELDS: &[&str] = &[
    "age",
    "pgp",
    "kms",
    "gcp_kms",
    "hckms",
    "azure_keyvault",
    "hc_vault",
];

pub fn read(reader: &Reader, rule: NodeId) -> Result<Vec<Group>, PolicyError> {
    let groups = reader
        .get(rule, "key_groups")
        .map_or(Ok(Vec::new()), |list| reader.items(list, "key_groups"))?;
    if groups.is_empty() {
        return Ok(vec![flat(reader, rule)?]);
    }
    groups.into_iter().map(|map| group(reader, map)).collect()
}

fn flat(reader: &Reader, rule: NodeId) -> Result<Group, PolicyError> {
    let profile = reader.text_field(rule, "aws_profile")?.unwrap_or_default();
    let mut group = Group::default();
    for (field, make) in FLAT {
        let Some(id) = reader.get(rule, field) else {
            continue;
        };
        let texts = match reader.items(id, field) {
            Ok(items) => items
                .into_iter()
                .map(|item| reader.strict_text(item, field))
                .collect::<Result<Vec<_>, _>>()?,
            Err(error) if field == "hckms" => return Err(error),
            Err(_) => vec![reader.strict_text(id, field)?],
        };
        for text in texts {
            add(&mut group, reader, id, field, make(&text))?;
        }
    }
    for key in &mut group.keys {
        if let Recipient::Kms { aws_profile, .. } = &mut key.recipient {
            aws_profile.clone_from(&profile);
        }
    }
    Ok(group)
}

fn add(
    group: &mut Group,
    reader: &Reader,
    id: NodeId,
    field: &str,
    recipients: Result<Vec<Recipient>, BadRecipient>,
) -> Result<(), PolicyError> {
    let recipients = recipients.map_err(|bad| reader.problem(id, format!("{field}: {bad}")))?;
    group
        .keys
        .extend(recipients.into_iter().map(recipient::unwrapped));
    Ok(())
}

/// One entry of `key_groups`: what is merged in comes first, and no key stands twice.
fn group(reader: &Reader, map: NodeId) -> Result<Group, PolicyError> {
    let mut group = Group::default();
    let mut waiting = vec![(map, false)];
    while let Some((map, merged)) = waiting.pop() {
        if !reader.is_map(map) {
            return Err(reader.problem(map, "a key group must be a map of lists"));
        }
        if merged {
            own_keys(reader, map, &mut group)?;
            continue;
        }
        waiting.push((map, true));
        if let Some(list) = reader.get(map, "merge") {
            waiting.extend(
                reader
                    .items(list, "merge")?
                    .into_iter()
                    .rev()
                    .map(|map| (map, false)),
            );
        }
    }
    let mut seen = std::collections::HashSet::new();
    group.keys.retain(|key| seen.insert(key.recipient.clone()));
    Ok(group)
}

fn own_keys(reader: &Reader, map: NodeId, group: &mut Group) -> Result<(), PolicyError> {
    for field in KEY_FIELDS.iter().copied() {
        let Some(list) = reader.get(map, field) else {
            continue;
        };
        for item in reader.items(list, field)? {
            let recipients = match field {
                "age" => recipient::age(&reader.text(item, field)?),
                "pgp" => recipient::pgp(&reader.text(item, field)?),
                "hc_vault" => recipient::vault(&reader.text(item, field)?),
                "kms" => Ok(vec![kms(reader, item)?]),
                "gcp_kms" => recipient::gcp_kms(&part(reader, item, field, "resource_id")?),
                "hckms" => recipient::hckms(&part(reader, item, field, "key_id")?),
                _ => Ok(vec![Recipient::AzureKv {
                    vault_url: part(reader, item, field, "vaultUrl")?,
                    name: part(reader, item, field, "key")?,
                    version: reader.text_field(item, "version")?.unwrap_or_default(),
                }]),
            };
            add(group, reader, item, field, recipients)?;
        }
    }
    Ok(())
}

fn part(reader: &Reader, item: NodeId, field: &str, name: &str) -> Result<String, PolicyError> {
    if !reader.is_map(item) {
        return Err(reader.problem(item, format!("an entry of {field} must be a map with `{name}`")));
    }
    reader
        .text_field(item, name)?
        .ok_or_else(|| reader.problem(item, format!("an entry of {field} has no `{name}`")))
}

fn kms(reader: &Reader, item: NodeId) -> Result<Recipient, PolicyError> {
    let mut context = Vec::new();
    if let Some(map) = reader.get(item, "context") {
        for (name, value) in reader.entries(map) {
            context.push((name.into_owned(), reader.text(value, "a value of context")?));
        }
        context.sort();
    }
    Ok(Recipient::Kms {
        arn: part(reader, item, "kms", "arn")?,
        role: reader.text_field(item, "role")?.unwrap_or_default(),
        context,
        aws_profile: reader.text_field(item, "aws_profile")?.unwrap_or_default(),
    })
}
