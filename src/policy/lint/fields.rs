//! Fields that sops ignores, and what they were meant to be.

use super::{Findings, Severity};
use crate::tree::NodeId;

const TOP: &[&str] = &["creation_rules", "destination_rules", "stores"];
const STORES: &[&str] = &["yaml", "json", "json_binary", "dotenv", "ini"];
const KMS: &[&str] = &["arn", "role", "context", "aws_profile"];
const GCP_KMS: &[&str] = &["resource_id"];
const AZURE: &[&str] = &["vaultUrl", "key", "version"];
const HCKMS: &[&str] = &["key_id"];
/// Names of other places that mean something here: (written, meant).
const ELSEWHERE: &[(&str, &str)] = &[
    ("hc_vault", "hc_vault_transit_uri"),
    ("hc_vault_transit", "hc_vault_transit_uri"),
    ("hc_vault_transit_uri", "hc_vault"),
    ("azure_kv", "azure_keyvault"),
    ("azure_key_vault", "azure_keyvault"),
    ("filename_regex", "path_regex"),
    ("regex", "path_regex"),
    ("path", "path_regex"),
    ("threshold", "shamir_threshold"),
    ("vault_url", "vaultUrl"),
    ("name", "key"),
    ("rules", "creation_rules"),
    ("fingerprint", "pgp"),
    ("recipients", "age"),
    ("keys", "key_groups"),
    ("groups", "key_groups"),
];

/// How far a name may be from the one that is meant, of 1.
const CLOSE: f64 = 0.8;

/// The field that was meant by a name nobody knows.
pub fn meant<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain = name.replace(['-', ' ', '.'], "_").to_ascii_lowercase();
    if let Some(same) = known.iter().find(|known| {
        known
            .replace('_', "")
            .eq_ignore_ascii_case(&plain.replace('_', ""))
    }) {
        return Some(same);
    }
    let elsewhere = ELSEWHERE
        .iter()
        .filter(|(written, _)| *written == plain)
        .find_map(|(_, meant)| known.iter().find(|known| *known == meant));
    let distance = |known: &&&str| strsim::normalized_damerau_levenshtein(&plain, known);
    let close = || {
        known
            .iter()
            .filter(|known| distance(known) >= CLOSE)
            .max_by(|a, b| distance(a).total_cmp(&distance(b)))
    };
    elsewhere.or_else(close).copied()
}

/// Reports the fields of a map that are not among `known`.
pub fn unknown(findings: &mut Findings<'_>, map: NodeId, known: &[&str]) {
    let entries: Vec<_> = findings.reader.entries(map).collect();
    for (name, id) in entries {
        if name == "<<" || known.contains(&name.as_ref()) {
            continue;
        }
        let advice = meant(&name, known).map_or_else(
            || format!("take it out; known here are {}", known.join(", ")),
            |meant| format!("did you mean `{meant}`?"),
        );
        findings.add(
            id,
            Severity::Warning,
            "unknown-field",
            "sops does not know this field and ignores it in silence",
            advice,
        );
    }
}

/// The top level. Other names are fine there: people keep anchors under them.
pub fn top(findings: &mut Findings<'_>, root: NodeId) {
    let entries: Vec<_> = findings.reader.entries(root).collect();
    for (name, id) in entries {
        if TOP.contains(&name.as_ref()) {
            continue;
        }
        if let Some(meant) = meant(&name, TOP) {
            findings.add(
                id,
                Severity::Error,
                "unknown-field",
                "sops does not know this field and ignores it in silence",
                format!("did you mean `{meant}`?"),
            );
        }
    }
}

/// `stores`.
pub fn stores(findings: &mut Findings<'_>, root: NodeId) {
    let Some(stores) = findings.reader.get(root, "stores") else {
        return;
    };
    unknown(findings, stores, STORES);
    let kinds: Vec<_> = findings.reader.entries(stores).collect();
    for (name, id) in kinds {
        let known: &[&str] = match name.as_ref() {
            "yaml" | "json" | "json_binary" => &["indent"],
            "dotenv" | "ini" => &[],
            _ => continue,
        };
        if !known.is_empty() {
            unknown(findings, id, known);
        }
        let lowest = if name == "yaml" { 0 } else { -1 };
        let indent = findings.reader.number_field(id, "indent");
        if !known.is_empty() && indent.is_ok_and(|step| step.is_some_and(|step| step < lowest)) {
            findings.add(
                id,
                Severity::Error,
                "type",
                "the indentation is below what sops takes",
                format!("write {lowest} or more"),
            );
        }
    }
}

/// The fields of an entry of a key group that is a map.
pub fn entry(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "kms" => Some(KMS),
        "gcp_kms" => Some(GCP_KMS),
        "azure_keyvault" => Some(AZURE),
        "hckms" => Some(HCKMS),
        _ => None,
    }
}
