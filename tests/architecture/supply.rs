//! What a release says it is made of: complete, in the form it claims, and not more than agreed on (security P18).

use crate::support::{installed, skipped};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Most crates in the default build.
const MOST: usize = 450;

/// What cargo says of the default build, `name version` each, without what only builds or tests it.
fn crates(root: &Path) -> BTreeSet<String> {
    let arguments = [
        "tree", "--locked", "-e", "normal", "--prefix", "none", "--format", "{p}",
    ];
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        Some(format!(
            "{} {}",
            words.next()?,
            words.next()?.trim_start_matches('v')
        ))
    };
    text.lines().filter_map(named).collect()
}

/// `name version` of a component, after a look at each field that CycloneDX 1.5 asks for, or that makes it of use.
fn checked(component: &Value, own: bool) -> String {
    let text = |field: &str| {
        component[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field}: {component}"))
    };
    let (name, version) = (text("name"), text("version"));
    assert_eq!(text("type"), if own { "application" } else { "library" });
    assert_eq!(text("purl"), format!("pkg:cargo/{name}@{version}"));
    let licence = &component["licenses"][0];
    let said = licence["expression"]
        .as_str()
        .or(licence["license"]["name"].as_str());
    assert!(said.is_some_and(|said| !said.is_empty()), "{component}");
    if !own {
        let hash = &component["hashes"][0];
        assert_eq!(hash["alg"], "SHA-256", "{component}");
        let sum = hash["content"].as_str().unwrap();
        assert!(
            sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{component}"
        );
    }
    format!("{name} {version}")
}

#[test]
fn the_bill_of_materials_and_the_licences_name_every_crate_that_is_built_in() {
    if !installed("python3") {
        skipped("the bill of materials", "python3 is not installed");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(root.join(".ci/sbom"))
        .arg(folder.path())
        .current_dir(root)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let bill = std::fs::read(folder.path().join("lazysops.cdx.json")).unwrap();
    let bill: Value = serde_json::from_slice(&bill).unwrap();
    assert_eq!(bill["bomFormat"], "CycloneDX");
    assert_eq!(bill["specVersion"], "1.5");
    assert_eq!(bill["version"], 1);
    let own = checked(&bill["metadata"]["component"], true);
    assert_eq!(own, concat!("lazysops ", env!("CARGO_PKG_VERSION")));
    let components = bill["components"].as_array().unwrap();
    let mut named: BTreeSet<String> = components
        .iter()
        .map(|component| checked(component, false))
        .collect();
    assert_eq!(named.len(), components.len(), "one is named twice");

    let licences = std::fs::read_to_string(folder.path().join("THIRD-PARTY.txt")).unwrap();
    let without: Vec<&String> = named
        .iter()
        .filter(|name| !licences.contains(&format!("{name}: ")))
        .collect();
    assert!(without.is_empty(), "no licence text is named for {without:?}");

    named.insert(own);
    let built = crates(root);
    let missing: Vec<&String> = built.symmetric_difference(&named).collect();
    assert!(missing.is_empty(), "built in or named, not both: {missing:?}");
    assert!(built.len() <= MOST, "{} crates, {MOST} at most", built.len());
}
