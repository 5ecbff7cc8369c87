//! Recipients as they are written in a rule.

use super::fields;
use super::{Findings, Severity};
use crate::policy::group::{FLAT, KEY_FIELDS};
use crate::tree::{Leaf, NodeId};
use std::collections::HashMap;

/// The shortest OpenPGP key id that gpg takes as one key, in digits.
const SHORTEST_ID: usize = 16;

/// Checks the flat fields of a rule; says whether one of them names a key.
pub fn flat(findings: &mut Findings<'_>, rule: NodeId) -> bool {
    let mut any = false;
    for (field, _) in FLAT {
        let Some(id) = findings.reader.get(rule, field) else {
            continue;
        };
        for item in texts_of(findings, id) {
            any |= text(findings, item, field);
        }
    }
    any
}

/// Checks one entry of `key_groups`: gives its keys as they are compared, with where they stand.
pub fn group(findings: &mut Findings<'_>, group: NodeId) -> Vec<(String, NodeId)> {
    let mut keys = Vec::new();
    let mut waiting = vec![group];
    let mut seen = std::collections::HashSet::new();
    let known = [&["merge"], KEY_FIELDS].concat();
    while let Some(map) = waiting.pop() {
        if !seen.insert(map) || !findings.reader.is_map(map) {
            continue;
        }
        fields::unknown(findings, map, &known);
        if let Some(list) = findings.reader.get(map, "merge") {
            waiting.extend(findings.reader.items(list, "merge").unwrap_or_default());
        }
        for field in KEY_FIELDS {
            let Some(list) = findings.reader.get(map, field) else {
                continue;
            };
            for item in findings.reader.items(list, field).unwrap_or_default() {
                if let Some(known) = fields::entry(field).filter(|_| findings.reader.is_map(item)) {
                    fields::unknown(findings, item, known);
                    keys.push((entry_name(findings, item, known), item));
                    continue;
                }
                text(findings, item, field);
                if let Ok(name) = findings.reader.text(item, field) {
                    keys.push((name.trim().to_owned(), item));
                }
            }
        }
    }
    let mut seen = HashMap::new();
    for (name, id) in &keys {
        if seen.insert(name, *id).is_some_and(|before| before != *id) {
            findings.add(
                *id,
                Severity::Note,
                "duplicate-recipient",
                "this key stands in the group already",
                "take one of the two out",
            );
        }
    }
    keys
}

fn entry_name(findings: &Findings<'_>, item: NodeId, known: &[&str]) -> String {
    let parts = known
        .iter()
        .filter_map(|field| findings.reader.text_field(item, field).ok()?);
    parts.collect::<Vec<_>>().join("\n")
}

/// The texts of a field that is a text or a list of texts.
fn texts_of(findings: &Findings<'_>, id: NodeId) -> Vec<NodeId> {
    findings.reader.items(id, "").unwrap_or_else(|_| vec![id])
}

/// Checks a text with recipients, separated by commas; says whether there is one.
fn text(findings: &mut Findings<'_>, id: NodeId, field: &str) -> bool {
    let Some(Leaf::Text(text)) = findings.reader.node(id).leaf() else {
        return false;
    };
    let Some(text) = text.expose_str().map(str::to_owned) else {
        return false;
    };
    if super::holds_private_key(text.as_bytes()) {
        return true;
    }
    let parts: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    for part in &parts {
        if is_several(part, field) {
            findings.add(
                id,
                Severity::Error,
                "separator",
                "several keys stand behind each other without a comma, and are taken for one",
                "put a comma between them, or write a list",
            );
        } else if let Some(problem) = problem(part, field) {
            findings.add(
                id,
                Severity::Error,
                "bad-recipient",
                problem,
                "copy the whole public key again",
            );
        }
    }
    !parts.is_empty()
}

/// Whether a part that should be one key is several.
fn is_several(part: &str, field: &str) -> bool {
    let count = |mark: &str| part.matches(mark).count();
    match field {
        "age" if part.starts_with("ssh-") => count("ssh-ed25519 ") + count("ssh-rsa ") > 1,
        "age" => part.contains(char::is_whitespace) || part.contains(';') || part.contains('|'),
        "pgp" => {
            let digits = part.chars().filter(|sign| !sign.is_whitespace()).count();
            part.contains(';') || (digits > 64 && part.contains(char::is_whitespace)) || digits >= 80
        }
        "kms" => count("arn:aws") - count("+arn:aws") - count("+ arn:aws") > 1 || part.contains(';'),
        "gcp_kms" => count("projects/") > 1,
        _ => count("://") > 1,
    }
}

/// What is wrong with one key.
fn problem(part: &str, field: &str) -> Option<String> {
    let what = match field {
        "age" if part.starts_with("ssh-ed25519 ") || part.starts_with("ssh-rsa ") => return None,
        "age" if part.starts_with("age1") => {
            let bad = part
                .bytes()
                .any(|byte| !byte.is_ascii_lowercase() && !byte.is_ascii_digit());
            let native = part.matches('1').count() == 1;
            if !bad && (!native || is_whole(part)) {
                return None;
            }
            "this is not a complete age recipient"
        }
        "age" => "age recipients begin with age1, ssh-ed25519 or ssh-rsa",
        "pgp" => {
            let bare = part.trim_end_matches('!');
            let bare = bare
                .strip_prefix("0x")
                .or(bare.strip_prefix("0X"))
                .unwrap_or(bare);
            let digits: Vec<char> = bare.chars().filter(|sign| !sign.is_whitespace()).collect();
            if digits.iter().any(|sign| !sign.is_ascii_hexdigit()) {
                "this is no fingerprint; names and addresses do not work"
            } else if digits.len() < SHORTEST_ID {
                "this id is too short: gpg does not take it for one key"
            } else {
                return None;
            }
        }
        "kms" if part.starts_with("arn:") && part.contains(":kms:") => return None,
        "kms" => "an AWS KMS key is written arn:aws:kms:REGION:ACCOUNT:key/ID",
        "gcp_kms" if part.starts_with("projects/") && part.contains("/cryptoKeys/") => return None,
        "gcp_kms" => "a GCP key is written projects/P/locations/L/keyRings/R/cryptoKeys/K",
        _ => return None,
    };
    Some(what.to_owned())
}

/// Whether the checksum of a native age recipient is right.
fn is_whole(part: &str) -> bool {
    bech32::primitives::decode::CheckedHrpstring::new::<bech32::Bech32>(part)
        .is_ok_and(|decoded| decoded.byte_iter().count() == 32)
}
