//! A `.sops.yaml` that was edited as text: what differs and what is wrong in it is told before it is written.

use super::rule_change::differing;
use super::rules_text::{RulesText, findings_of};
use super::save::not_written;
use crate::failure::{Failure, Kind};
use crate::host::file::{self, Identity, Place};
use crate::policy;
use crate::policy::lint::{Finding, holds_private_key};
use crate::tree::Secret;
use std::path::PathBuf;

/// The edited rules; not written yet.
#[derive(Clone, Debug, PartialEq)]
pub struct RulesEdit {
    /// The `.sops.yaml`.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// The lines that go (`-`) and come (`+`); none where a private key stands in them.
    pub lines: Vec<(char, String)>,
    /// All that is wrong in the edited rules, by line.
    pub findings: Vec<Finding>,
    text: Secret,
    identity: Identity,
}

/// Looks at a text that is to take the place of a `.sops.yaml`.
///
/// # Errors
/// When it cannot be read as rules.
pub fn plan(before: &RulesText, text: &Secret) -> Result<RulesEdit, Failure> {
    let bytes = text.expose();
    let findings = findings_of(&before.path, bytes);
    policy::parse(bytes).map_err(|_| {
        let first = findings.first();
        let why = first.map_or("it is no .sops.yaml".to_owned(), |finding| {
            format!("line {}: {}", finding.line, finding.text)
        });
        Failure::new(Kind::Usage, format!("{}: {why}", before.name))
    })?;
    let shown = !holds_private_key(bytes) && !holds_private_key(before.text.expose());
    Ok(RulesEdit {
        path: before.path.clone(),
        name: before.name.clone(),
        lines: if shown {
            differing(before.text.expose(), bytes)
        } else {
            Vec::new()
        },
        findings,
        text: text.clone(),
        identity: before.identity.clone(),
    })
}

impl RulesEdit {
    /// Writes the edited rules.
    ///
    /// # Errors
    /// When somebody else changed them since they were read, or they cannot be written.
    pub fn write(&self) -> Result<(), Failure> {
        let written = file::write(
            &self.path,
            self.text.expose(),
            Some(&self.identity),
            Place::Replace,
        );
        written
            .map(|_| ())
            .map_err(|error| not_written(&self.name, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::plan;
    use crate::host::Environment;
    use crate::ops::rules_text::read;
    use crate::tree::Secret;

    const RULES: &str = "creation_rules:\n  - path_regex: a$\n    age: age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg\n";

    #[test]
    fn edited_rules_are_written_unless_they_are_none_or_somebody_else_was_faster() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".sops.yaml");
        std::fs::write(&path, RULES).unwrap();
        std::fs::write(folder.path().join("a"), "x").unwrap();
        let environment = Environment::new([("HOME", folder.path())], folder.path());
        let before = read(&path, &environment).unwrap();
        let planned = |text: &str| plan(&before, &Secret::from(text));
        let broken = planned("creation_rules: [").unwrap_err().message;
        assert!(broken.contains("line "), "{broken}");
        let edit = planned(&RULES.replace("path_regex", "path-regex")).unwrap();
        assert_eq!(edit.lines.len(), 2, "{:?}", edit.lines);
        assert!(!edit.findings.is_empty());
        let edit = planned(&RULES.replace("a$", "b$")).unwrap();
        edit.write().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), RULES.replace("a$", "b$"));
        let late = planned(&RULES.replace("a$", "c$")).unwrap();
        assert!(late.write().is_err(), "it was written meanwhile");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), RULES.replace("a$", "b$"));
    }

    #[test]
    fn a_private_key_among_the_rules_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".sops.yaml");
        let key = crate::keys::generate::age_key();
        let with = format!("# {}\n{RULES}", key.secret.expose_str().unwrap());
        std::fs::write(&path, &with).unwrap();
        let environment = Environment::new([("HOME", folder.path())], folder.path());
        let before = read(&path, &environment).unwrap();
        let edit = plan(&before, &Secret::from(RULES)).unwrap();
        assert!(edit.lines.is_empty());
        let told = format!("{edit:?}{before:?}");
        assert!(!told.contains("AGE-SECRET-KEY-1"), "{told}");
    }
}
