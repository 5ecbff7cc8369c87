//! What is wrong with a `.sops.yaml`, or other than its author thinks: findings with line, reason and advice. Nothing of the
//! file's content is in them but names of fields that sops knows.

mod fields;
mod keys;
mod paths;
mod pattern;
mod rules;

use super::reader::Reader;
use crate::format::{self, Format, LoadError};
use crate::tree::{Leaf, NodeId};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing breaks.
    Note,
    /// Something is ignored, or means something else than it looks like.
    Warning,
    /// sops refuses it, secrets stay readable, or nobody could open a file.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`, as SARIF has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// 1-based.
    pub line: usize,
    /// How bad it is.
    pub severity: Severity,
    /// A name for the kind of finding that does not change, in words with dashes.
    pub code: &'static str,
    /// What is wrong.
    pub text: String,
    /// What to do.
    pub advice: String,
}

/// Collects findings.
struct Findings<'l> {
    reader: &'l Reader<'l>,
    list: Vec<Finding>,
}

impl Findings<'_> {
    fn add(
        &mut self,
        id: NodeId,
        severity: Severity,
        code: &'static str,
        text: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.list.push(Finding {
            line: self.reader.line(id),
            severity,
            code,
            text: text.into(),
            advice: advice.into(),
        });
    }
}

/// Everything that is wrong with the text of a `.sops.yaml`, by line. `files` are the paths its rules are for, relative to its
/// folder: with them it is also told which rules are for no file. An empty list stands for "not known".
#[must_use]
pub fn lint(bytes: &[u8], files: &[Vec<u8>]) -> Vec<Finding> {
    let loaded = match format::load(Format::Yaml, bytes) {
        Ok(loaded) => loaded,
        Err(LoadError::Empty) => return vec![nothing_in_it()],
        Err(error) => return vec![unreadable(&error)],
    };
    let reader = Reader::new(&loaded, bytes);
    let mut findings = Findings {
        reader: &reader,
        list: Vec::new(),
    };
    private_keys(&mut findings);
    let mut documents = loaded.tree.documents().iter().copied();
    if let Some(root) = documents.next() {
        fields::top(&mut findings, root);
        fields::stores(&mut findings, root);
        if let Some(rules) = rules::all(&mut findings, root) {
            paths::check(&mut findings, &rules, files);
        }
    }
    if let Some(second) = documents.next() {
        findings.add(
            second,
            Severity::Warning,
            "second-document",
            "only the first document is read",
            "put all rules under one `creation_rules`",
        );
    }
    let mut list = findings.list;
    list.sort_by_key(|finding| (finding.line, std::cmp::Reverse(finding.severity), finding.code));
    list.dedup();
    list
}

/// Whether an expression matches everything.
#[must_use]
pub fn is_for_all(pattern: &str) -> bool {
    pattern::Pattern::new(pattern).is_ok_and(|pattern| pattern.is_for_all())
}

fn nothing_in_it() -> Finding {
    Finding {
        line: 1,
        severity: Severity::Warning,
        code: "empty",
        text: "there is nothing in it".to_owned(),
        advice: "write `creation_rules` with one rule".to_owned(),
    }
}

fn unreadable(error: &LoadError) -> Finding {
    let (problem, line) = match error {
        LoadError::Empty => ("there is nothing in it", None),
        LoadError::Bytes { problem, line }
        | LoadError::Syntax { problem, line }
        | LoadError::Content { problem, line }
        | LoadError::Limit { problem, line } => (*problem, *line),
    };
    let duplicate = problem.contains("already defined");
    Finding {
        line: line.unwrap_or(1),
        severity: Severity::Error,
        code: if duplicate { "duplicate-field" } else { "not-yaml" },
        text: problem.to_owned(),
        advice: if duplicate {
            "keep one of the two; lists can be joined".to_owned()
        } else {
            "every command of sops fails until this is valid YAML".to_owned()
        },
    }
}

/// Private keys in values and comments.
fn private_keys(findings: &mut Findings<'_>) {
    let reader = findings.reader;
    for step in reader.walk() {
        let id = step.id();
        let node = reader.node(id);
        let text = match (node.leaf(), node.comment()) {
            (Some(Leaf::Text(text)), _) => text,
            (_, Some(comment)) => &comment.text,
            _ => continue,
        };
        if holds_private_key(text.expose()) {
            findings.add(
                id,
                Severity::Error,
                "private-key",
                "this is a private key",
                "take it out, replace the key everywhere, and write the public one (age1…) here",
            );
        }
    }
}

/// Whether a text holds a private key of age, SSH or OpenPGP.
#[must_use]
pub fn holds_private_key(text: &[u8]) -> bool {
    let upper = text.to_ascii_uppercase();
    [
        b"AGE-SECRET-KEY-".as_slice(),
        b"AGE-PLUGIN-",
        b"PRIVATE KEY-----",
        b"PRIVATE KEY BLOCK-----",
    ]
    .iter()
    .any(|mark| memchr::memmem::find(&upper, mark).is_some())
}

#[cfg(test)]
mod tests;
