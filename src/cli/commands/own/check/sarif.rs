//! Findings in SARIF 2.1.0, which code hosts show beside the lines.

use crate::ops::check::Report;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub fn log(report: &Report) -> Value {
    let codes: BTreeSet<&str> = report.findings.iter().map(|finding| finding.code).collect();
    let rules = codes.iter().map(|code| json!({"id": code}));
    let results = report.findings.iter().map(|finding| {
        json!({
            "ruleId": finding.code,
            "level": finding.severity.name(),
            "message": {"text": format!("{}. {}", finding.text, finding.advice)},
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(&finding.name)},
                    "region": {"startLine": finding.line.unwrap_or(1)},
                },
            }],
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "lazysops",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Value>(),
            }},
            "results": results.collect::<Value>(),
        }],
    })
}

/// A path as a part of an address: what may not stand in one is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
