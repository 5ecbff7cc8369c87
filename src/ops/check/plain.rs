//! Files that are not encrypted, and should be.

use super::Finding;
use super::blob::{Blob, Place, line_of};
use super::references::{is_reference, is_reference_manifest};
use crate::failure::Failure;
use crate::format::{self, Format, Loaded};
use crate::ops::counted::counted_as;
use crate::ops::rulebook::Rulebook;
use crate::policy::lint::Severity;
use crate::policy::{CreationRule, PolicyError};
use crate::seal::selected;
use crate::seal::selection::{Rule, Selection};
use crate::tree::{Leaf, NodeId, Tree};
use std::collections::HashSet;
use zeroize::Zeroizing;

/// Names of files that hold no secret, wherever they are.
const HARMLESS: [&str; 8] = [
    ".gitignore",
    ".gitattributes",
    ".gitkeep",
    ".keep",
    ".lazysops.toml",
    "kustomization.yaml",
    "LICENSE",
    "CODEOWNERS",
];
/// Parts of a name by which people mark files that are to be encrypted.
const MARKS: [&str; 4] = [".enc.", ".sops.", ".secret.", ".secrets."];

/// What is found in a file that is not encrypted.
pub fn check(blob: &Blob, bytes: &[u8], book: &Rulebook<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let identities: [&[u8]; 2] = [b"AGE-SECRET-KEY-1", b"AGE-SECRET-KEY-PQ-1"];
    let mut found = identities
        .iter()
        .filter_map(|mark| memchr::memmem::find(bytes, mark));
    if let Some(at) = found.next() {
        let line = bytes
            .get(..at)
            .map(|before| memchr::memchr_iter(b'\n', before).count() + 1);
        findings.push(blob.finding(
            line,
            Severity::Error,
            "private-key",
            "an age identity stands in the repository in clear",
            "take it out, make a new key, and rekey every file it opens",
        ));
    }
    if bytes.trim_ascii().is_empty() || is_harmless(blob) {
        return findings;
    }
    if is_decrypted_copy(&blob.file_name()) {
        findings.push(blob.finding(
            None,
            Severity::Error,
            "dec-file",
            "a decrypted copy of a file",
            "remove it, and put *.dec into .gitignore",
        ));
        return findings;
    }
    if blob.was_sealed {
        let (code, text) = match blob.place {
            Place::Worktree => (
                "decrypted",
                "the file is encrypted in the last commit, and is not here",
            ),
            Place::Index => (
                "decrypted-in-index",
                "the file is encrypted elsewhere, and staged in clear",
            ),
        };
        findings.push(blob.finding(
            None,
            Severity::Error,
            code,
            text,
            "encrypt it, and stage it again",
        ));
        return findings;
    }
    findings.extend(by_rule(blob, bytes, book));
    findings
}

fn is_harmless(blob: &Blob) -> bool {
    let name = blob.file_name();
    let lower = name.to_ascii_lowercase();
    HARMLESS.contains(&name.as_ref())
        || lower.ends_with(".md")
        || lower.ends_with(".pub")
        || blob.path.components().any(|part| part.as_os_str() == ".lazysops")
}

/// `x.yaml.dec`, and `x.dec.yaml`.
fn is_decrypted_copy(name: &str) -> bool {
    let inside = [".dec.yaml", ".dec.yml", ".dec.json", ".dec.env", ".dec.ini"];
    name.ends_with(".dec") || inside.iter().any(|end| name.ends_with(end))
}

/// Values that the rule for the file encrypts.
fn by_rule(blob: &Blob, bytes: &[u8], book: &Rulebook<'_>) -> Option<Finding> {
    let located = match book.of(&blob.path) {
        Ok(located) => located?,
        // A file of its own is to blame; it is told for each SOPS file, and once for others.
        Err(failure) => return is_marked(blob).then(|| unusable(blob, &failure)),
    };
    let rule = match located.rule_for(&blob.path) {
        Ok(rule) => rule?,
        Err(PolicyError::NoMatch) => return None,
        Err(error) => return is_marked(blob).then(|| unusable(blob, &located.failure(&error))),
    };
    // A rule for everything says nothing about this file.
    if rule.is_catch_all() && !is_marked(blob) {
        return None;
    }
    let (count, line) = readable(blob, bytes, rule)?;
    let config = located.path.file_name().unwrap_or_default().to_string_lossy();
    let what = match count {
        0 => "the file stands in clear".to_owned(),
        count => counted_as(count, "value stands in clear", "values stand in clear"),
    };
    Some(blob.finding(
        line,
        Severity::Error,
        "plaintext",
        format!("{what}, and the rule at {config}:{} encrypts", rule.line),
        "encrypt it: lazysops encrypt -i FILE; or leave it out in .lazysops.toml, [check] ignore",
    ))
}

fn is_marked(blob: &Blob) -> bool {
    let name = blob.file_name();
    MARKS.iter().any(|mark| name.contains(mark))
}

/// Rules that cannot be used.
pub fn unusable(blob: &Blob, failure: &Failure) -> Finding {
    blob.finding(
        None,
        Severity::Error,
        "rules-not-used",
        failure.message.clone(),
        failure
            .hints
            .first()
            .cloned()
            .unwrap_or_else(|| "put the rules right first".to_owned()),
    )
}

/// How many values the rule would encrypt, 0 for a file that is one, and the line of the first.
fn readable(blob: &Blob, bytes: &[u8], rule: &CreationRule) -> Option<(usize, Option<usize>)> {
    let selection = rule.selection().ok()?;
    let format = Format::from_path(&blob.path);
    if format == Format::Binary {
        return Some((0, None));
    }
    let Ok(loaded) = format::load(format, bytes) else {
        // A template that is no text of its format is as readable as any.
        return selection.is_none().then_some((0, None));
    };
    let selection = selection.cloned().unwrap_or_else(Rule::default_suffix);
    let selection = Selection::new(Some(selection), false).ok()?;
    let found = secrets(&loaded, &selection);
    let first = found.first()?;
    Some((found.len(), line_of(&loaded, bytes, *first)))
}

/// Values that are to be encrypted and are not; no references, nothing empty.
fn secrets(loaded: &Loaded, selection: &Selection) -> Vec<NodeId> {
    let tree = &loaded.tree;
    let references: HashSet<NodeId> = tree
        .documents()
        .iter()
        .copied()
        .filter(|root| is_reference_manifest(tree, *root))
        .collect();
    let leaves = selected(tree, selection, false).into_iter();
    leaves
        .filter(|(id, encrypted)| *encrypted && counts(tree, *id))
        .filter(|(id, _)| references.is_empty() || !references.contains(&tree.root_of(*id)))
        .map(|(id, _)| id)
        .collect()
}

/// Whether a leaf can be a secret.
fn counts(tree: &Tree, id: NodeId) -> bool {
    match tree.node(id).leaf() {
        None | Some(Leaf::Null) => false,
        Some(Leaf::Text(text)) => !text.is_empty() && !is_reference(text.expose()),
        Some(other) => !Zeroizing::new(other.canonical()).is_empty(),
    }
}
