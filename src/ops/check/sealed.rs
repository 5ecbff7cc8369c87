//! Encrypted files in which something is readable, or that the wrong people can read.

use super::blob::{Blob, line_of};
use super::{Finding, kubernetes, plain, references};
use crate::format::Format;
use crate::ops::drift::{self, Difference, Standing};
use crate::ops::rulebook::Rulebook;
use crate::ops::sealed::{self, Sealed};
use crate::ops::unlock::identity;
use crate::policy::lint::Severity;
use crate::seal::selection::Selection;
use crate::seal::{looks_encrypted, selected};
use crate::tree::{Body, Key, Leaf, NodeId, Tree};

/// What is found in a file with a `sops` block.
pub fn check(blob: &Blob, bytes: &[u8], book: &Rulebook<'_>) -> Vec<Finding> {
    let sealed = match sealed::detect(bytes, Format::from_path(&blob.path), true) {
        Ok(sealed) => sealed,
        Err(error) => {
            return vec![blob.finding(
                None,
                Severity::Error,
                "broken-sops-block",
                format!("it has a sops block, and cannot be read: {error}"),
                "restore it from the history of the file",
            )];
        }
    };
    let mut findings = values(blob, bytes, &sealed);
    findings.extend(recipients(blob, &sealed, book));
    findings.extend(kubernetes::check(blob, bytes, &sealed));
    findings
}

/// Values and comments that should be encrypted, and are not.
fn values(blob: &Blob, bytes: &[u8], sealed: &Sealed) -> Vec<Finding> {
    let rule = (sealed.format != Format::Binary).then(|| sealed.metadata.effective_rule());
    let (selection, bad) = Selection::for_reading(rule, false);
    if let Some(bad) = bad {
        return vec![blob.finding(
            None,
            Severity::Error,
            "bad-regex",
            format!("{bad}; sops takes it for matching nothing"),
            "encrypt the file anew with an expression that compiles",
        )];
    }
    let tree = &sealed.content;
    let line = |id: NodeId| line_of(&sealed.loaded, bytes, id);
    let mut findings = Vec::new();
    let (mut encrypted, mut values) = (0_usize, 0_usize);
    for (id, is_selected) in selected(tree, &selection, true) {
        match &tree.node(id).body {
            Body::Leaf(Leaf::Null) => {}
            Body::Leaf(Leaf::Text(text)) if text.is_empty() => {}
            Body::Leaf(leaf) => {
                values += 1;
                if looks_encrypted(leaf) {
                    encrypted += 1;
                } else if is_selected {
                    findings.push(blob.finding(
                        line(id),
                        Severity::Error,
                        "clear-value",
                        "a value that the file says is encrypted stands in clear",
                        "it was written by hand: take it out and set it with `lazysops set` or the editor; the secret is known now",
                    ));
                }
            }
            Body::Comment(comment) => {
                let clear = !comment.text.expose().starts_with(b"ENC[");
                if clear && holds_secret(comment.text.expose(), &selection) {
                    findings.push(blob.finding(
                        line(id),
                        Severity::Warning,
                        "clear-comment",
                        "a comment looks like an entry whose value would be encrypted, and stands in clear",
                        "take the value out of the comment",
                    ));
                }
            }
            Body::Map(_) | Body::List(_) => {}
        }
    }
    if values > 0 && encrypted == 0 && findings.is_empty() {
        findings.push(blob.finding(
            None,
            Severity::Error,
            "nothing-encrypted",
            format!(
                "the file counts as encrypted, and every value is readable: {} {} selects none of its keys",
                sealed.metadata.effective_rule().field(),
                sealed.metadata.effective_rule().pattern()
            ),
            "correct the selection of the rule, and encrypt the file anew",
        ));
    }
    findings
}

/// Whether a comment is an entry somebody took out: `key: value` or `key=value`, with a key that the selection encrypts.
fn holds_secret(comment: &[u8], selection: &Selection) -> bool {
    // By default everything would be: sentences with a colon are no secrets.
    if !selection
        .rule()
        .is_some_and(|rule| rule.match_encrypts() && !rule.reads_comments())
    {
        return false;
    }
    let text = comment.trim_ascii();
    let Some(at) = memchr::memchr2(b':', b'=', text) else {
        return false;
    };
    let (Some(key), Some(value)) = (text.get(..at), text.get(at + 1..)) else {
        return false;
    };
    let (key, value) = (key.trim_ascii(), value.trim_ascii());
    if key.is_empty()
        || key.iter().any(u8::is_ascii_whitespace)
        || value.is_empty()
        || references::is_reference(value)
    {
        return false;
    }
    let mut tree = Tree::new();
    let root = tree.push_document();
    let id = tree.push(root, Some(Key::Text(key.into())), Body::Leaf(Leaf::Null));
    selection.decide(&tree, id).encrypted
}

/// Who can read it, beside who should.
fn recipients(blob: &Blob, sealed: &Sealed, book: &Rulebook<'_>) -> Vec<Finding> {
    let differences = match drift::standing(&blob.path, sealed, book) {
        Standing::Unknown(failure) => return vec![plain::unusable(blob, &failure)],
        Standing::NoRules | Standing::NoRule { .. } => return Vec::new(),
        Standing::Ruled { differences, .. } => differences,
    };
    let updatekeys = "lazysops updatekeys, or lazysops rekey to give it a new data key, too";
    let found = differences.iter().map(|difference| match difference {
        Difference::Extra { recipient, .. } => (
            "stale-recipient",
            format!("{} can read it, and is not in the rule", identity(recipient)),
            updatekeys,
        ),
        Difference::Missing { recipient, .. } => (
            "missing-recipient",
            format!("{} is in the rule, and cannot read it", identity(recipient)),
            updatekeys,
        ),
        Difference::Threshold { file, rule } => (
            "other-threshold",
            format!(
                "needed to open it: {}, {} by the rule",
                drift::needed(*file),
                drift::needed(*rule)
            ),
            "lazysops rekey",
        ),
        Difference::Selection { file, rule } => (
            "other-selection",
            format!(
                "encrypted by {} {}, and the rule says {} {}",
                file.field(),
                file.pattern(),
                rule.field(),
                rule.pattern()
            ),
            "decrypt it and encrypt it anew",
        ),
        Difference::MacOnlyEncrypted { file } => (
            "other-mac",
            format!("mac_only_encrypted is {file}, and the rule says {}", !file),
            "decrypt it and encrypt it anew",
        ),
    });
    found
        .map(|(code, text, advice)| blob.finding(None, Severity::Warning, code, text, advice))
        .collect()
}
