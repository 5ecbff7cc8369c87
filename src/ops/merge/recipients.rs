//! Merging who can read a file, and the other settings of its `sops` block: what either side took out is gone.

use super::change::RecipientChange;
use crate::metadata::{Group, KeyEntry, Metadata};
use crate::ops::unlock::identity;
use crate::seal::selection::Rule;
use std::collections::{HashMap, HashSet};

/// The settings of the merged file.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who can read it; entries have the wrapped key of the side they come from, or of ours.
    pub groups: Vec<Group>,
    /// How many groups are needed.
    pub threshold: Option<u32>,
    /// Which leaves are encrypted.
    pub rule: Option<Rule>,
    /// Whether the MAC covers encrypted values only.
    pub mac_only_encrypted: bool,
    /// What both sides changed to something different, by the name of the setting; there ours stays.
    pub conflicts: Vec<&'static str>,
    /// Who came and who went through theirs.
    pub changes: Vec<RecipientChange>,
}

/// Merges the settings of two sides that came from `base`.
#[must_use]
pub fn merge(base: Option<&Metadata>, ours: &Metadata, theirs: &Metadata) -> Settings {
    let mut conflicts = Vec::new();
    let mut note = |name: &'static str| conflicts.push(name);
    let groups = groups(base, ours, theirs).unwrap_or_else(|| {
        note("key groups");
        ours.groups.clone()
    });
    let threshold =
        three(base.map(|was| was.threshold), ours.threshold, theirs.threshold).unwrap_or_else(|| {
            note("threshold");
            ours.threshold
        });
    let rule_of = |side: &Metadata| side.rule.clone();
    let rule = three(base.map(rule_of), rule_of(ours), rule_of(theirs)).unwrap_or_else(|| {
        note("rule of encryption");
        rule_of(ours)
    });
    let mac_only_encrypted = three(
        base.map(|was| was.mac_only_encrypted),
        ours.mac_only_encrypted,
        theirs.mac_only_encrypted,
    )
    .unwrap_or(ours.mac_only_encrypted);
    Settings {
        changes: changes(&ours.groups, &groups),
        groups,
        threshold,
        rule,
        mac_only_encrypted,
        conflicts,
    }
}

/// What a setting is after both sides had their say; `None` where they contradict each other.
fn three<T: PartialEq>(base: Option<T>, ours: T, theirs: T) -> Option<T> {
    if ours == theirs || base.as_ref() == Some(&theirs) {
        Some(ours)
    } else if base.as_ref() == Some(&ours) {
        Some(theirs)
    } else {
        None
    }
}

fn names(group: &Group) -> HashSet<String> {
    group
        .keys
        .iter()
        .map(|entry| identity(&entry.recipient))
        .collect()
}

fn groups(base: Option<&Metadata>, ours: &Metadata, theirs: &Metadata) -> Option<Vec<Group>> {
    let all = |groups: &[Group]| -> Vec<HashSet<String>> { groups.iter().map(names).collect() };
    let was = base.map(|was| all(&was.groups));
    let same_shape = ours.groups.len() == theirs.groups.len()
        && was.as_ref().is_none_or(|was| was.len() == ours.groups.len());
    if same_shape {
        let merged: Vec<Group> = ours
            .groups
            .iter()
            .zip(&theirs.groups)
            .enumerate()
            .map(|(index, (ours, theirs))| {
                let was = was.as_ref().and_then(|was| was.get(index));
                group(was, ours, theirs)
            })
            .collect();
        return merged
            .iter()
            .all(|group| !group.keys.is_empty())
            .then_some(merged);
    }
    let (our, their) = (all(&ours.groups), all(&theirs.groups));
    if was.as_ref() == Some(&their) {
        Some(ours.groups.clone())
    } else if was.as_ref() == Some(&our) {
        Some(theirs.groups.clone())
    } else {
        None
    }
}

fn group(was: Option<&HashSet<String>>, ours: &Group, theirs: &Group) -> Group {
    let (our, their) = (names(ours), names(theirs));
    let before = |name: &String| was.is_some_and(|was| was.contains(name));
    let stays = |entry: &&KeyEntry| {
        let name = identity(&entry.recipient);
        their.contains(&name) || !before(&name)
    };
    let comes = |entry: &&KeyEntry| {
        let name = identity(&entry.recipient);
        !our.contains(&name) && !before(&name)
    };
    Group {
        keys: ours
            .keys
            .iter()
            .filter(stays)
            .chain(theirs.keys.iter().filter(comes))
            .cloned()
            .collect(),
    }
}

/// Who came and who went from `before` to `after`, wherever they stand.
#[must_use]
pub fn changes(before: &[Group], after: &[Group]) -> Vec<RecipientChange> {
    let missing = |from: &[Group], others: &[Group], came: bool| -> Vec<RecipientChange> {
        let keys = from.iter().flat_map(|group| &group.keys);
        let there: HashSet<String> = keys.map(|entry| identity(&entry.recipient)).collect();
        let keys = others.iter().flat_map(|group| &group.keys);
        let new = keys.filter(|entry| !there.contains(&identity(&entry.recipient)));
        new.map(|entry| RecipientChange::new(came, entry.recipient.clone()))
            .collect()
    };
    [missing(before, after, true), missing(after, before, false)].concat()
}

/// The wrapped keys of these groups that were made for the data key of `side`, filled in by recipient; others are emptied.
pub fn with_wrapped(groups: &[Group], side: &[Group]) -> Vec<Group> {
    let wrapped: HashMap<String, &KeyEntry> = side
        .iter()
        .flat_map(|group| &group.keys)
        .map(|entry| (identity(&entry.recipient), entry))
        .collect();
    let fill = |entry: &KeyEntry| match wrapped.get(&identity(&entry.recipient)) {
        Some(found) => (*found).clone(),
        None => KeyEntry {
            enc: String::new(),
            ..entry.clone()
        },
    };
    groups
        .iter()
        .map(|group| Group {
            keys: group.keys.iter().map(fill).collect(),
        })
        .collect()
}

/// Whether two lists of groups name the same recipients, group by group.
#[must_use]
pub fn same_names(ours: &[Group], theirs: &[Group]) -> bool {
    ours.len() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|(ours, theirs)| names(ours) == names(theirs))
}

#[cfg(test)]
mod tests {
    use super::merge;
    use crate::metadata::{Group, KeyEntry, Metadata, Recipient};
    use crate::tree::{Secret, Time};

    fn metadata(groups: &[&[&str]]) -> Metadata {
        let entry = |name: &&str| KeyEntry {
            recipient: Recipient::Age {
                recipient: (*name).to_owned(),
            },
            enc: "x".to_owned(),
            created_at: None,
        };
        Metadata {
            groups: groups
                .iter()
                .map(|keys| Group {
                    keys: keys.iter().map(entry).collect(),
                })
                .collect(),
            threshold: None,
            last_modified: Time::from_unix(0),
            mac: Secret::from(""),
            rule: None,
            mac_only_encrypted: false,
            version: String::new(),
        }
    }

    fn merged(base: &[&[&str]], ours: &[&[&str]], theirs: &[&[&str]]) -> String {
        let settings = merge(Some(&metadata(base)), &metadata(ours), &metadata(theirs));
        let groups: Vec<String> = settings
            .groups
            .iter()
            .map(|group| {
                let names: Vec<String> = group
                    .keys
                    .iter()
                    .map(|entry| crate::ops::unlock::identity(&entry.recipient))
                    .collect();
                names.join(",")
            })
            .collect();
        format!("{} {}", groups.join(" | "), settings.conflicts.join(","))
    }

    #[test]
    fn a_recipient_that_one_side_removed_does_not_come_back() {
        assert_eq!(merged(&[&["a", "b"]], &[&["a", "b", "c"]], &[&["a"]]), "a,c ");
        assert_eq!(merged(&[&["a", "b"]], &[&["a"]], &[&["a", "b", "d"]]), "a,d ");
        assert_eq!(merged(&[&["a"]], &[&["a", "c"]], &[&["a", "d"]]), "a,c,d ");
    }

    #[test]
    fn groups_that_only_one_side_changed_are_taken_and_others_are_a_conflict() {
        assert_eq!(merged(&[&["a"]], &[&["a"]], &[&["a"], &["b"]]), "a | b ");
        assert_eq!(
            merged(&[&["a"]], &[&["a", "c"]], &[&["a"], &["b"]]),
            "a,c key groups"
        );
        assert_eq!(merged(&[&["a", "b"]], &[&["a"]], &[&["b"]]), "a key groups");
    }
}
