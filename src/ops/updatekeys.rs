//! Bringing the recipients of a file to what its rule asks for (spec §12.5).

use super::caution::Caution;
use super::config::Located;
use super::rekey::{cannot_wrap, rekeyed, wrap_since};
use super::sealed::Sealed;
use super::set::Target;
use super::style::style;
use super::{decrypt, unlock};
use crate::failure::{Failure, Kind};
use crate::format::Style;
use crate::host::{Environment, clock};
use crate::keys::complete;
use crate::metadata::{Group, KeyEntry, Metadata};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

/// What is to change in a file.
#[derive(Clone, Debug)]
pub struct Plan {
    sealed: Sealed,
    groups: Vec<Group>,
    threshold: Option<u32>,
    style: Style,
    /// The change for people: `+++` who comes, `---` who goes, group by group.
    pub changes: String,
}

/// Compares a file with the rule for its absolute path; `None` when nothing is to change. Azure keys that the rule names without
/// a version are looked up.
///
/// # Errors
/// When there is no rule for it, the file cannot be read, or the version of a key cannot be had.
pub fn plan(
    target: &Target<'_>,
    path: &Path,
    config: &Located,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Option<Plan>, Failure> {
    let rule = config
        .rule_for(path)
        .map_err(|error| config.failure(&error))?
        .ok_or_else(no_rules)?;
    let wanted: Vec<Group> = rule.groups().map_err(|error| config.failure(&error))?;
    let sealed = decrypt::read(
        target.name,
        target.bytes,
        target.format,
        target.format_is_certain,
        caution,
    )?;
    if wanted.iter().any(|group| group.keys.is_empty()) {
        let text = format!("{}: empty key group provided", target.name);
        return Err(Failure::new(Kind::Generic, text));
    }
    let wanted = complete(&wanted, environment).map_err(|error| cannot_wrap(target.name, &error))?;
    let groups = merged(&sealed.metadata.groups, &wanted);
    let threshold = threshold(sealed.metadata.threshold, groups.len());
    let mut changes = differences(&sealed.metadata.groups, &groups);
    if threshold != sealed.metadata.threshold {
        let number = |threshold: Option<u32>| threshold.unwrap_or(0);
        // Writing to a string cannot fail.
        let _ = writeln!(
            changes,
            "shamir_threshold: {} -> {}",
            number(sealed.metadata.threshold),
            number(threshold)
        );
    }
    if changes.is_empty() {
        return Ok(None);
    }
    Ok(Some(Plan {
        style: style(sealed.format, target.indent, Some(config))?,
        sealed,
        groups,
        threshold,
        changes,
    }))
}

/// The failure where there are no rules at all.
#[must_use]
pub fn no_rules() -> Failure {
    Failure::new(Kind::Generic, "config file not found, or has no creation rules")
        .hint("write a .sops.yaml with creation_rules")
}

impl Plan {
    /// The text of the file with the new recipients. Values stay as they are; so do wrapped keys, unless several groups need new shares.
    ///
    /// # Errors
    /// When the data key cannot be had, or somebody cannot be encrypted for.
    pub fn apply(
        &self,
        target: &Target<'_>,
        environment: &Environment,
        caution: &mut Caution,
    ) -> Result<Vec<u8>, Failure> {
        let name = target.name;
        let (key, _) = unlock::data_key(&self.sealed.metadata, name, environment)?;
        let before = &self.sealed.metadata;
        let before = (before.groups.as_slice(), before.threshold);
        let (groups, _) = wrap_since(before, &self.groups, self.threshold, &key, name, environment)?;
        let metadata = Metadata {
            groups,
            threshold: self.threshold,
            ..self.sealed.metadata.clone()
        };
        rekeyed(name, target.bytes, &self.sealed, &metadata, self.style, caution)
    }
}

/// What is wanted, with the entries of those who are in the same group of the file already.
pub(super) fn merged(old: &[Group], wanted: &[Group]) -> Vec<Group> {
    let now = clock::now();
    let merge = |(index, group): (usize, &Group)| {
        let mut there: HashMap<String, &KeyEntry> = HashMap::new();
        for entry in old.get(index).into_iter().flat_map(|group| &group.keys) {
            there.insert(unlock::identity(&entry.recipient), entry);
        }
        let mut seen = HashSet::new();
        let distinct = group
            .keys
            .iter()
            .filter(|entry| seen.insert(unlock::identity(&entry.recipient)));
        Group {
            keys: distinct
                .map(|entry| match there.get(&unlock::identity(&entry.recipient)) {
                    Some(old) => (*old).clone(),
                    None => KeyEntry::new(entry.recipient.clone(), &now),
                })
                .collect(),
        }
    };
    wanted.iter().enumerate().map(merge).collect()
}

/// The threshold of the file, as far as the groups go; what the rule says about it is not looked at, as in sops.
fn threshold(said: Option<u32>, groups: usize) -> Option<u32> {
    let count = u32::try_from(groups).unwrap_or(u32::MAX);
    match said.filter(|number| *number != 0) {
        // A single share is no secret sharing: a file that was of one group needs all of its groups from now on.
        Some(1) if groups > 1 => Some(count),
        Some(number) => Some(number.min(count)),
        None => (groups > 1).then_some(count),
    }
}

/// Who comes and who goes; empty when nobody does.
fn differences(old: &[Group], new: &[Group]) -> String {
    let mut text = String::new();
    for index in 0..old.len().max(new.len()) {
        let names = |groups: &[Group]| -> Vec<String> {
            let group = groups.get(index).map(|group| group.keys.as_slice());
            let keys = group.unwrap_or_default().iter();
            keys.map(|entry| unlock::identity(&entry.recipient)).collect()
        };
        let (before, after) = (names(old), names(new));
        let (was, is): (HashSet<&String>, HashSet<&String>) =
            (before.iter().collect(), after.iter().collect());
        if was == is {
            continue;
        }
        let kept = after
            .iter()
            .filter(|name| was.contains(name))
            .map(|name| ("    ", name));
        let added = after
            .iter()
            .filter(|name| !was.contains(name))
            .map(|name| ("+++ ", name));
        let removed = before
            .iter()
            .filter(|name| !is.contains(name))
            .map(|name| ("--- ", name));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "Group {}", index + 1);
        for (mark, name) in kept.chain(added).chain(removed) {
            let _ = writeln!(text, "{mark}{name}");
        }
    }
    text
}
