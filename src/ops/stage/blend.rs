//! One version of a SOPS file with some changes of another one.

use super::pick::pick;
use super::{Chosen, Picks};
use crate::failure::{Failure, Kind};
use crate::format::{Format, Style, sealed_format};
use crate::host::Environment;
use crate::metadata::Metadata;
use crate::ops::caution::Caution;
use crate::ops::compare::{Difference, matched};
use crate::ops::decrypt::{self, Unsealed};
use crate::ops::keyring::Keyring;
use crate::ops::rekey::{not_meant, same_groups};
use crate::ops::rewrite::{Base, Rewritten, reseal};
use crate::ops::set::Target;
use crate::ops::unlock::locked;
use crate::seal::selection::Selection;
use crate::seal::{self, Stash};
use std::path::Path;

/// The versions of a file.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'v> {
    /// The one that is to be changed: its layout stays.
    pub base: &'v [u8],
    /// The one that changes are taken from.
    pub donor: &'v [u8],
    /// Its path in the repository.
    pub path: &'v str,
    /// Whether the changes were told from `donor` to `base`, so that taking one over takes it back.
    pub is_backward: bool,
}

/// `base` with the changes that were picked. Once nothing is left to take, it is `donor`, byte for byte.
///
/// # Errors
/// When a version cannot be opened or its MAC does not hold, or the result would not open to what was meant.
pub fn blend(versions: &Versions<'_>, picks: &Picks, environment: &Environment) -> Result<Vec<u8>, Failure> {
    match picks {
        Picks::All => Ok(versions.donor.to_vec()),
        Picks::Some(chosen) => some(versions, chosen, environment),
    }
}

fn some(versions: &Versions<'_>, chosen: &Chosen, environment: &Environment) -> Result<Vec<u8>, Failure> {
    let name = versions.path;
    let keyring = Keyring::new(environment);
    let (base_target, base) = open(versions.base, name, &keyring, environment)?;
    let (_, donor) = open(versions.donor, name, &keyring, environment)?;
    if base.sealed.format != donor.sealed.format {
        let text = format!("{name}: its two versions are of different formats");
        return Err(Failure::new(Kind::Usage, text).hint("take the whole file"));
    }
    let (old, new) = if versions.is_backward {
        (&donor.opened.tree, &base.opened.tree)
    } else {
        (&base.opened.tree, &donor.opened.tree)
    };
    let found = matched(old, new);
    let differences: Vec<Difference> = chosen
        .values
        .iter()
        .filter_map(|number| found.differences.get(*number).copied())
        .collect();
    let (from, to) = (&base.opened.tree, &donor.opened.tree);
    let content = pick(from, to, &found, &differences, versions.is_backward);
    let settings = if chosen.settings { &donor } else { &base };
    let metadata = metadata(&base, settings);
    let stash = stash(&base, &donor, chosen)?;
    let selection = Selection::new(Some(metadata.effective_rule()), metadata.mac_only_encrypted)
        .map_err(|bad| Failure::new(Kind::Generic, format!("{name}: {bad}")))?;
    let from = base.base(&base_target);
    let after = Base {
        metadata: &metadata,
        selection: &selection,
        key: &settings.key,
        stash: &stash,
        ..from
    };
    let rewritten = reseal(&from, &after, &content, Style::default())?;
    let written = &rewritten.sealed.metadata;
    if written.threshold != metadata.threshold || !same_groups(&written.groups, &metadata.groups) {
        return Err(not_meant(name));
    }
    if is_all(&rewritten, settings, &donor) {
        return Ok(versions.donor.to_vec());
    }
    Ok(rewritten.bytes)
}

fn open<'v>(
    bytes: &'v [u8],
    name: &'v str,
    keyring: &Keyring<'_>,
    environment: &Environment,
) -> Result<(Target<'v>, Unsealed), Failure> {
    let suggested = Format::from_path(Path::new(name));
    let target = Target {
        name,
        bytes,
        format: sealed_format(bytes, suggested).unwrap_or(suggested),
        format_is_certain: true,
        indent: None,
    };
    let key = |metadata: &Metadata| keyring.key(metadata).ok_or_else(|| locked(metadata, name, &[]));
    let unsealed = decrypt::unseal_by(&target, false, key, environment, &mut Caution::default())
        .map_err(|failure| failure.hint("the whole file can be taken without opening it"))?;
    Ok((target, unsealed))
}

/// What the `sops` block will say: recipients, groups, rule and so on from one version, the rest from the base.
fn metadata(base: &Unsealed, settings: &Unsealed) -> Metadata {
    let (base, from) = (&base.sealed.metadata, &settings.sealed.metadata);
    Metadata {
        groups: from.groups.clone(),
        threshold: from.threshold,
        rule: from.rule.clone(),
        mac_only_encrypted: from.mac_only_encrypted,
        ..base.clone()
    }
}

/// The ciphertexts to be used again: those of the base for what stays, those of the donor for what is taken, as far as they are
/// of the data key that the result will have.
fn stash(base: &Unsealed, donor: &Unsealed, chosen: &Chosen) -> Result<Stash, Failure> {
    let again = seal::open_beside(
        &donor.sealed.content,
        &donor.key,
        &donor.selection,
        &base.opened.stash,
    )
    .map_err(|error| Failure::new(Kind::DecryptTree, format!("cannot decrypt: {error}")))?;
    let takes_key = chosen.settings && base.key != donor.key;
    if !takes_key && !chosen.reencrypted {
        let mut stash = base.opened.stash.clone();
        stash.add(&again.stash);
        return Ok(stash);
    }
    let mut stash = again.stash;
    stash.forget_nodes();
    let mut other = base.opened.stash.clone();
    other.forget_nodes();
    stash.add(&other);
    Ok(stash)
}

/// Whether a comparison of the result with the donor would have nothing to tell.
fn is_all(result: &Rewritten, settings: &Unsealed, donor: &Unsealed) -> bool {
    let (ours, theirs) = (&result.sealed.metadata, &donor.sealed.metadata);
    settings.key == donor.key
        && ours.threshold == theirs.threshold
        && same_groups(&ours.groups, &theirs.groups)
        && ours.effective_rule() == theirs.effective_rule()
        && ours.mac_only_encrypted == theirs.mac_only_encrypted
        && matched(&result.opened.tree, &donor.opened.tree)
            .differences
            .is_empty()
        && matched(&result.sealed.content, &donor.sealed.content)
            .differences
            .is_empty()
}
