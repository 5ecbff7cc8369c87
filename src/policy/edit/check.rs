//! Whether an edited `.sops.yaml` says what was meant, by reading it again.

use super::{Change, EditError, written};
use crate::metadata::{Group, Recipient};
use crate::policy::{CreationRule, parse};
use std::collections::BTreeSet;

/// Compares the rules before and after: those at `numbers` have who comes and not who goes, and no rule lost its last key.
///
/// # Errors
/// When a rule is left without a key, or says something else.
pub fn check(before: &[u8], after: &[u8], change: &Change, numbers: &[usize]) -> Result<(), EditError> {
    let rules = |bytes: &[u8]| -> Vec<CreationRule> {
        let config = parse(bytes).ok();
        config.and_then(|config| config.rules).unwrap_or_default()
    };
    let (old, new) = (rules(before), rules(after));
    let mut pairs = old.iter().zip(&new).enumerate();
    if old.len() != new.len() {
        let line = old.first().map_or(1, |rule| rule.line);
        return Err(EditError::NotMeant { line });
    }
    pairs.try_for_each(|(number, (old, new))| {
        let line = old.line;
        let Ok(was) = old.groups() else { return Ok(()) };
        let Ok(is) = new.groups() else {
            return Err(EditError::NotMeant { line });
        };
        let empty = |groups: &[Group]| groups.iter().any(|group| group.keys.is_empty());
        if empty(&is) && !empty(&was) {
            return Err(EditError::Nobody { line });
        }
        let meant = !numbers.contains(&number) || is_meant(&was, &is, change);
        let same_rest = old.path_regex.as_ref().map(|claim| &claim.value)
            == new.path_regex.as_ref().map(|claim| &claim.value)
            && old.selection().ok() == new.selection().ok();
        if meant && same_rest {
            Ok(())
        } else {
            Err(EditError::NotMeant { line })
        }
    })
}

fn is_meant(was: &[Group], is: &[Group], change: &Change) -> bool {
    let gone: BTreeSet<String> = change.remove.iter().map(bare).collect();
    was.len() == is.len()
        && was.iter().zip(is).enumerate().all(|(number, (was, is))| {
            let mut wanted = names(was);
            wanted.retain(|name| !gone.contains(name));
            if number == 0 {
                wanted.extend(change.add.iter().map(|addition| bare(&addition.recipient)));
            }
            wanted == names(is)
        })
}

fn names(group: &Group) -> BTreeSet<String> {
    group.keys.iter().map(|entry| bare(&entry.recipient)).collect()
}

/// A recipient without what does not tell it apart.
fn bare(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Age { recipient } if recipient.starts_with("ssh-") => {
            let words: Vec<&str> = recipient.split_whitespace().take(2).collect();
            words.join(" ")
        }
        Recipient::Pgp { fingerprint } => fingerprint.to_ascii_uppercase(),
        other => written(other),
    }
}
