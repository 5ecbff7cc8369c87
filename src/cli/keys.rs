//! Key and selection flags, and the environment variables that stand in for them, as the use cases take them.

use super::args::recipients::{GroupKeys, KeyChanges};
use super::args::{Keys, Selections};
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::metadata::{Group, Recipient};
use crate::ops::rotate::KeyChange;
use crate::policy::recipient::{self, BadRecipient};
use crate::seal::selection::Rule;

/// Reads a list of recipients.
type Reader = fn(&str) -> Result<Vec<Recipient>, BadRecipient>;

/// The group of the flags or, flag by flag, of the environment; `None` when neither names a key.
///
/// # Errors
/// When a list has no meaning.
pub fn group(keys: &Keys, environment: &Environment) -> Result<Option<Group>, Failure> {
    // The order in which sops puts them together.
    let lists: [(&str, &Option<String>, &str, Reader); 7] = [
        ("--kms", &keys.kms, "SOPS_KMS_ARN", recipient::kms),
        ("--gcp-kms", &keys.gcp_kms, "SOPS_GCP_KMS_IDS", recipient::gcp_kms),
        (
            "--hckms",
            &keys.hckms,
            "SOPS_HUAWEICLOUD_KMS_IDS",
            recipient::hckms,
        ),
        (
            "--azure-kv",
            &keys.azure_kv,
            "SOPS_AZURE_KEYVAULT_URLS",
            recipient::azure,
        ),
        ("--pgp", &keys.pgp, "SOPS_PGP_FP", recipient::pgp),
        (
            "--hc-vault-transit",
            &keys.hc_vault_transit,
            "SOPS_VAULT_URIS",
            recipient::vault,
        ),
        ("--age", &keys.age, "SOPS_AGE_RECIPIENTS", recipient::age),
    ];
    let context = context(keys.encryption_context.as_deref())?;
    let mut group = Group::default();
    for (flag, given, variable, read) in lists {
        let (name, list) = match given {
            Some(list) => (flag, Some(list.as_str())),
            None => (variable, environment.text(variable)),
        };
        let Some(list) = list.filter(|list| !list.is_empty()) else {
            continue;
        };
        if flag == "--age" && list.trim_end().ends_with(',') {
            return Err(Failure::new(
                Kind::Generic,
                format!("{name}: the list ends with a comma"),
            ));
        }
        let recipients = read(list).map_err(|bad| Failure::new(Kind::Generic, format!("{name}: {bad}")))?;
        group
            .keys
            .extend(recipients.into_iter().map(recipient::unwrapped));
    }
    for key in &mut group.keys {
        if let Recipient::Kms {
            context: slot,
            aws_profile,
            ..
        } = &mut key.recipient
        {
            slot.clone_from(&context);
            *aws_profile = keys.aws_profile.clone().unwrap_or_default();
        }
    }
    Ok((!group.keys.is_empty()).then_some(group))
}

/// The group of the flags alone, which may stand several times.
///
/// # Errors
/// When a list has no meaning.
pub fn new_group(keys: &GroupKeys) -> Result<Option<Group>, Failure> {
    let joined = |parts: &[String]| (!parts.is_empty()).then(|| parts.join(","));
    let keys = Keys {
        age: joined(&keys.age),
        pgp: joined(&keys.pgp),
        kms: joined(&keys.kms),
        aws_profile: keys.aws_profile.clone(),
        encryption_context: keys.encryption_context.clone(),
        gcp_kms: joined(&keys.gcp_kms),
        hckms: joined(&keys.hckms),
        azure_kv: joined(&keys.azure_kv),
        hc_vault_transit: joined(&keys.hc_vault_transit),
        shamir_secret_sharing_threshold: None,
    };
    group(&keys, &Environment::default())
}

/// Who comes and who goes by the flags of `rotate`.
///
/// # Errors
/// When a list has no meaning.
pub fn change(changes: &KeyChanges) -> Result<KeyChange, Failure> {
    let keys = |added: bool| Keys {
        age: pick(added, &changes.add_age, &changes.rm_age),
        pgp: pick(added, &changes.add_pgp, &changes.rm_pgp),
        kms: pick(added, &changes.add_kms, &changes.rm_kms),
        aws_profile: changes.aws_profile.clone(),
        encryption_context: changes.encryption_context.clone(),
        gcp_kms: pick(added, &changes.add_gcp_kms, &changes.rm_gcp_kms),
        hckms: pick(added, &changes.add_hckms, &changes.rm_hckms),
        azure_kv: pick(added, &changes.add_azure_kv, &changes.rm_azure_kv),
        hc_vault_transit: pick(added, &changes.add_hc_vault_transit, &changes.rm_hc_vault_transit),
        shamir_secret_sharing_threshold: None,
    };
    let recipients = |added: bool| -> Result<Vec<Recipient>, Failure> {
        let group = group(&keys(added), &Environment::default())?.unwrap_or_default();
        Ok(group.keys.into_iter().map(|entry| entry.recipient).collect())
    };
    Ok(KeyChange {
        add: recipients(true)?,
        remove: recipients(false)?,
    })
}

fn pick(first: bool, one: &Option<String>, other: &Option<String>) -> Option<String> {
    if first { one.clone() } else { other.clone() }
}

/// `name:value` pairs, sorted by name.
fn context(pairs: Option<&str>) -> Result<Vec<(String, String)>, Failure> {
    let mut context = Vec::new();
    for pair in pairs
        .into_iter()
        .flat_map(|pairs| pairs.split(','))
        .filter(|pair| !pair.is_empty())
    {
        match pair.split_once(':') {
            Some((name, value)) if !value.contains(':') => context.push((name.to_owned(), value.to_owned())),
            _ => {
                let text = "--encryption-context takes pairs name:value, separated by commas";
                return Err(Failure::new(Kind::EncryptionContext, text));
            }
        }
    }
    context.sort();
    Ok(context)
}

/// The rule of the flags.
///
/// # Errors
/// When there is more than one.
pub fn rule(selections: &Selections) -> Result<Option<Rule>, Failure> {
    let fields = [
        ("unencrypted_suffix", &selections.unencrypted_suffix),
        ("encrypted_suffix", &selections.encrypted_suffix),
        ("unencrypted_regex", &selections.unencrypted_regex),
        ("encrypted_regex", &selections.encrypted_regex),
        ("unencrypted_comment_regex", &selections.unencrypted_comment_regex),
        ("encrypted_comment_regex", &selections.encrypted_comment_regex),
    ];
    let mut given = fields.into_iter().filter_map(|(field, value)| {
        Rule::from_field(field, value.clone().filter(|value| !value.is_empty())?)
    });
    match (given.next(), given.next()) {
        (rule, None) => Ok(rule),
        _ => Err(Failure::new(
            Kind::Conflict,
            "cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex, unencrypted_regex, \
             encrypted_comment_regex, or unencrypted_comment_regex in the same file",
        )),
    }
}
