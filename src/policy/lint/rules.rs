//! Creation rules, one by one.

use super::pattern::Pattern;
use super::{Findings, Severity, fields, keys};
use crate::policy::group::FLAT;
use crate::policy::rule::FIELDS;
use crate::policy::{PolicyError, rule};
use crate::seal::selection::Rule;
use crate::tree::NodeId;
use std::collections::HashMap;

/// A rule as far as its order among the others matters.
pub struct Entry {
    /// The entry of `creation_rules`.
    pub id: NodeId,
    /// Where its `path_regex` stands.
    pub pattern_id: NodeId,
    /// The text of its `path_regex`; `None` for all paths.
    pub text: Option<String>,
    /// The pattern, where it compiles.
    pub pattern: Option<Pattern>,
}

/// Checks all rules; `None` where there is no list of them.
pub fn all(findings: &mut Findings<'_>, root: NodeId) -> Option<Vec<Entry>> {
    let list = findings.reader.get(root, "creation_rules")?;
    let Ok(items) = findings.reader.items(list, "creation_rules") else {
        wrong_type(findings, list, "creation_rules must be a list of rules");
        return None;
    };
    if items.is_empty() {
        findings.add(
            list,
            Severity::Error,
            "no-rules",
            "the list is empty: no file has a rule, and sops refuses to encrypt",
            "write a rule, or take `creation_rules` out",
        );
    }
    let mut rules = Vec::new();
    for id in items {
        if !findings.reader.is_map(id) {
            wrong_type(findings, id, "a creation rule must be a map");
            continue;
        }
        fields::unknown(findings, id, &FIELDS);
        types(findings, id);
        selection(findings, id);
        groups(findings, id);
        rules.push(path(findings, id));
    }
    Some(rules)
}

fn wrong_type(findings: &mut Findings<'_>, id: NodeId, text: &str) {
    findings.add(
        id,
        Severity::Error,
        "type",
        text,
        "every command of sops fails until this is put right",
    );
}

/// What the reader of rules itself refuses.
fn types(findings: &mut Findings<'_>, id: NodeId) {
    let errors = match rule::read(findings.reader, id) {
        Ok(rule) => rule.groups().err(),
        Err(error) => Some(error),
    };
    if let Some(PolicyError::Field { line, problem }) = errors
        && !problem.contains("private key")
    {
        findings.list.push(super::Finding {
            line,
            severity: Severity::Error,
            code: "type",
            text: problem,
            advice: "sops fails when it comes to this rule".to_owned(),
        });
    }
}

fn path(findings: &mut Findings<'_>, id: NodeId) -> Entry {
    let at = findings.reader.get(id, "path_regex");
    let text = at.and_then(|at| findings.reader.text(at, "path_regex").ok());
    let text = text.filter(|text| !text.is_empty());
    let pattern_id = at.unwrap_or(id);
    let pattern = text
        .as_ref()
        .and_then(|text| compiled(findings, pattern_id, text, "path_regex"));
    Entry {
        id,
        pattern_id,
        text,
        pattern,
    }
}

fn compiled(findings: &mut Findings<'_>, id: NodeId, text: &str, field: &str) -> Option<Pattern> {
    match Pattern::new(text) {
        Ok(pattern) => Some(pattern),
        Err(problem) => {
            let glob = text.starts_with('*') || text.contains("**");
            let advice = if glob {
                "this looks like a file pattern of the shell; `*` is written `.*`, and `.` is written `\\.`"
            } else if text.contains("(?=") || text.contains("(?!") || text.contains("(?<") {
                "Go has no look-ahead and look-behind; say it with the opposite rule"
            } else {
                "it is read as Go's RE2 syntax"
            };
            let what = if field == "path_regex" {
                "sops fails when it comes to this rule"
            } else {
                "sops takes it for matching nothing, in silence"
            };
            findings.add(
                id,
                Severity::Error,
                "bad-regex",
                format!("{field} does not compile ({problem}); {what}"),
                advice,
            );
            None
        }
    }
}

/// Which values are encrypted.
fn selection(findings: &mut Findings<'_>, rule: NodeId) {
    let mut given = Vec::new();
    for field in Rule::FIELDS {
        let Some(id) = findings.reader.get(rule, field) else {
            continue;
        };
        let Ok(text) = findings.reader.text(id, field) else {
            continue;
        };
        if text.is_empty() {
            continue;
        }
        given.push(id);
        let Some(rule) = Rule::from_field(field, text.clone()) else {
            continue;
        };
        if field.ends_with("_suffix") {
            suffix(findings, id, &text, field);
        } else if let Some(pattern) = compiled(findings, id, &text, field) {
            let nothing = if rule.match_encrypts() {
                pattern.is_for_none()
            } else {
                pattern.is_for_all() && !rule.reads_comments()
            };
            if nothing {
                findings.add(
                    id,
                    Severity::Error,
                    "encrypts-nothing",
                    format!("{field} leaves every value in clear"),
                    "say which keys are to be encrypted",
                );
            } else if pattern.is_for_none() {
                never(findings, id, field);
            }
        }
    }
    if let [_, second, ..] = given.as_slice() {
        findings.add(
            *second,
            Severity::Error,
            "two-selections",
            "a rule may have one of the six fields that select values; sops refuses more",
            "keep one; a regex can hold alternatives: a|b",
        );
    }
}

fn suffix(findings: &mut Findings<'_>, id: NodeId, text: &str, field: &str) {
    if text.ends_with('$') || text.starts_with('^') || text.contains(".*") || text.contains('|') {
        findings.add(
            id,
            Severity::Warning,
            "suffix-is-regex",
            format!("{field} is a plain ending, and this looks like a regular expression"),
            format!(
                "write the ending alone, or use `{}`",
                field.replace("suffix", "regex")
            ),
        );
    }
}

fn never(findings: &mut Findings<'_>, id: NodeId, field: &str) {
    findings.add(
        id,
        Severity::Error,
        "regex-matches-nothing",
        format!("{field} can match nothing: it asks for something before the start or behind the end"),
        "`^` belongs at the start, `$` at the end",
    );
}

/// Keys, groups and threshold.
fn groups(findings: &mut Findings<'_>, rule: NodeId) {
    let flat = keys::flat(findings, rule);
    let list = findings.reader.get(rule, "key_groups");
    let items = list.and_then(|list| findings.reader.items(list, "key_groups").ok());
    let items = items.unwrap_or_default();
    let keys: Vec<Vec<(String, NodeId)>> = items.iter().map(|group| keys::group(findings, *group)).collect();
    if items.is_empty() {
        if !flat {
            findings.add(
                rule,
                Severity::Error,
                "no-keys",
                "the rule names no key; sops refuses to encrypt by it",
                "name a key: age, pgp, kms …, or key_groups",
            );
        }
    } else {
        if flat || findings.reader.get(rule, "aws_profile").is_some() {
            ignored_flat(findings, rule);
        }
        for (group, keys) in items.iter().zip(&keys) {
            if keys.is_empty() {
                findings.add(
                    *group,
                    Severity::Error,
                    "empty-group",
                    "this group has no key; sops refuses to encrypt by the rule",
                    "put a key into it, or take the group out",
                );
            }
        }
    }
    let threshold = threshold(findings, rule, items.len());
    if items.len() > 1 {
        stray_dash(findings, rule, &items);
        several_groups_of_one(findings, &keys, threshold.unwrap_or(items.len()));
    }
}

fn ignored_flat(findings: &mut Findings<'_>, rule: NodeId) {
    for field in FLAT.iter().map(|(field, _)| *field).chain(["aws_profile"]) {
        if let Some(id) = findings.reader.get(rule, field) {
            findings.add(
                id,
                Severity::Warning,
                "flat-ignored",
                format!("`{field}` beside `key_groups` is ignored: its keys get nothing"),
                "move the keys into a group",
            );
        }
    }
}

/// Checks the threshold and gives it, where it can be used.
fn threshold(findings: &mut Findings<'_>, rule: NodeId, groups: usize) -> Option<usize> {
    let id = findings.reader.get(rule, "shamir_threshold")?;
    let number = findings.reader.number_field(rule, "shamir_threshold").ok()??;
    let groups = groups.max(1);
    if number != 0 && groups == 1 {
        findings.add(
            id,
            Severity::Note,
            "threshold",
            "with a single group the threshold means nothing: any one key opens the file",
            "write several key_groups, or take the threshold out",
        );
        return None;
    }
    let usable = usize::try_from(number).ok();
    match usable {
        Some(0) => None,
        Some(number) if number > groups => {
            findings.add(
                id,
                Severity::Error,
                "threshold",
                format!("{number} groups are needed and there are {groups}: nobody could open a file"),
                format!("write {groups} or less"),
            );
            None
        }
        Some(number) if number > 1 => Some(number),
        _ => {
            findings.add(
                id,
                Severity::Error,
                "threshold",
                "of several groups at least 2 must be needed; sops refuses less",
                "write 2 or more, or put all keys into one group",
            );
            None
        }
    }
}

/// Groups that look as if a dash had split one group into two: none has a kind of key twice, and nobody said how many are needed.
fn stray_dash(findings: &mut Findings<'_>, rule: NodeId, items: &[NodeId]) {
    if findings.reader.get(rule, "shamir_threshold").is_some() {
        return;
    }
    let mut kinds = HashMap::new();
    for item in items {
        let own: Vec<String> = findings
            .reader
            .entries(*item)
            .map(|(name, _)| name.into_owned())
            .collect();
        if own.len() != 1 || own.iter().any(|kind| kind == "merge") {
            return;
        }
        for kind in own {
            if kinds.insert(kind, ()).is_some() {
                return;
            }
        }
    }
    if let Some(second) = items.get(1) {
        findings.add(
            *second,
            Severity::Warning,
            "stray-dash",
            format!(
                "the dash here begins another key group: {} groups, and keys of all of them are needed to open a file",
                items.len()
            ),
            "without the dash all keys are in one group and each opens it; if it is meant, write `shamir_threshold`",
        );
    }
}

/// One key in as many groups as are needed opens the file alone.
fn several_groups_of_one(findings: &mut Findings<'_>, groups: &[Vec<(String, NodeId)>], needed: usize) {
    let mut count: HashMap<&str, (usize, NodeId)> = HashMap::new();
    for group in groups {
        let mut own: HashMap<&str, NodeId> = HashMap::new();
        own.extend(group.iter().map(|(name, id)| (name.as_str(), *id)));
        for (name, id) in own {
            let slot = count.entry(name).or_insert((0, id));
            *slot = (slot.0 + 1, id);
        }
    }
    let mut alone: Vec<NodeId> = count
        .into_values()
        .filter(|(groups, _)| *groups >= needed)
        .map(|(_, id)| id)
        .collect();
    alone.sort_unstable();
    for id in alone {
        findings.add(
            id,
            Severity::Warning,
            "one-key-is-enough",
            "this key is in as many groups as are needed: it opens the files alone",
            "put each key into one group",
        );
    }
}
