//! Other recipients for a file: wrapping its data key for them, and writing them down while the values stay as they are.

use super::caution::Caution;
use super::encrypt::cannot_emit;
use super::sealed::{self, Sealed};
use super::unlock::identity;
use crate::failure::{Failure, Kind};
use crate::format::{self, Style};
use crate::host::{Environment, SystemRandom};
use crate::keys::{self, WrapError};
use crate::metadata::{self, Group, KeyEntry, Metadata};
use crate::seal::DataKey;
use std::collections::HashSet;

/// Wraps the data key for everybody in the groups.
///
/// # Errors
/// When a group is empty, the threshold does not fit, or somebody cannot be encrypted for.
pub fn wrap(
    groups: &[Group],
    threshold: Option<u32>,
    key: &DataKey,
    name: &str,
    environment: &Environment,
) -> Result<Vec<Group>, Failure> {
    let wrapped = keys::wrap(groups, threshold, key, environment, &mut SystemRandom);
    let (groups, _) = wrapped.map_err(|error| cannot_wrap(name, &error))?;
    Ok(groups)
}

/// Wraps the data key for the groups that a file of the groups `before` is to have: for those who come only where all others can keep what
/// is wrapped for them, else for everybody, with new shares. The key that is given back knows the shares that are in force then.
///
/// # Errors
/// As [`wrap`].
pub fn wrap_since(
    before: (&[Group], Option<u32>),
    wanted: &[Group],
    threshold: Option<u32>,
    key: &DataKey,
    name: &str,
    environment: &Environment,
) -> Result<(Vec<Group>, DataKey), Failure> {
    if entries_stay(before, wanted, threshold) {
        let wrapped = keys::wrap_missing(wanted, key, environment);
        if let Some(groups) = wrapped.map_err(|error| cannot_wrap(name, &error))? {
            return Ok((groups, key.clone()));
        }
    }
    let wrapped = keys::wrap(wanted, threshold, key, environment, &mut SystemRandom);
    wrapped.map_err(|error| cannot_wrap(name, &error))
}

/// Whether those who stay in a file keep what is wrapped for them while the data key stays. In a single group they do. Of several groups
/// the shares are made anew where somebody goes or moves, or another number of groups is needed: one share cannot fit both.
#[must_use]
pub fn entries_stay(before: (&[Group], Option<u32>), wanted: &[Group], threshold: Option<u32>) -> bool {
    let (before, was) = before;
    if let ([_], [_]) = (before, wanted) {
        return true;
    }
    let within = |(before, after): (&Group, &Group)| {
        let after: HashSet<String> = after
            .keys
            .iter()
            .map(|entry| identity(&entry.recipient))
            .collect();
        before
            .keys
            .iter()
            .all(|entry| after.contains(&identity(&entry.recipient)))
    };
    before.len() > 1
        && before.len() <= wanted.len()
        && was.is_some_and(|was| was > 1)
        && was == threshold
        && before.iter().zip(wanted).all(within)
}

/// The failure of wrapping: everybody who cannot be encrypted for, and what to do. Nothing was written.
#[must_use]
pub fn cannot_wrap(name: &str, error: &WrapError) -> Failure {
    let mut failure = Failure::new(Kind::Generic, format!("{name}: {error}"));
    let mut told = HashSet::new();
    for hint in error.hints().filter(|hint| told.insert(*hint)) {
        failure = failure.hint(hint);
    }
    failure
}

/// The text of a file with other wrapped keys; values, MAC and time stay.
///
/// # Errors
/// When it cannot be written so that it says what was meant.
pub fn rekeyed(
    name: &str,
    source: &[u8],
    sealed: &Sealed,
    metadata: &Metadata,
    style: Style,
    caution: &mut Caution,
) -> Result<Vec<u8>, Failure> {
    let text = sealed.format.sealed();
    let mut tree = sealed.content.clone();
    metadata::update(&mut tree, text, &sealed.detached, &sealed.metadata, metadata);
    let reason = match format::patch(source, &sealed.loaded, &tree) {
        Ok(bytes) if says(sealed, metadata, &bytes) => return Ok(bytes),
        Ok(_) => "the edited text would not read back".to_owned(),
        Err(error) => error.to_string(),
    };
    caution.warn(format!("{name}: the whole file is laid out anew: {reason}"))?;
    let mut tree = sealed.content.clone();
    metadata::attach(&mut tree, text, metadata)
        .map_err(|error| Failure::new(Kind::Serialise, format!("{name}: {error}")))?;
    let bytes = format::emit(text, &tree, style).map_err(|error| cannot_emit(name, &error))?;
    if says(sealed, metadata, &bytes) {
        return Ok(bytes);
    }
    Err(not_meant(name))
}

/// Whether a text has the values of `sealed` and this `sops` block.
fn says(sealed: &Sealed, metadata: &Metadata, bytes: &[u8]) -> bool {
    sealed::read(bytes, sealed.format, false).is_ok_and(|again| {
        let rest = |metadata: &Metadata| Metadata {
            groups: Vec::new(),
            ..metadata.clone()
        };
        again.content.same_content(&sealed.content, true)
            && rest(&again.metadata) == rest(metadata)
            && same_groups(&again.metadata.groups, &metadata.groups)
    })
}

/// Whether the groups are the same but for the order of kinds, which no file keeps.
pub fn same_groups(ours: &[Group], theirs: &[Group]) -> bool {
    let sorted = |group: &Group| -> Vec<KeyEntry> {
        let mut keys = group.keys.clone();
        keys.sort_by_key(|entry| entry.recipient.kind());
        keys
    };
    ours.len() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|(ours, theirs)| sorted(ours) == sorted(theirs))
}

/// The failure of a text that would say something else.
pub fn not_meant(name: &str) -> Failure {
    let text = format!("{name}: the result would not say what was meant; nothing was written");
    Failure::new(Kind::Serialise, text)
}
