//! Another selection for the creation rule of a file: the lines that change are shown before anything is written.

use super::config::absolute;
use super::rulebook::{Rulebook, Source};
use super::save::not_written;
use super::survey::name_of;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::file::{self, Identity, Place};
use crate::policy;
use crate::policy::edit::select;
use crate::policy::lint::{Finding, lint};
use crate::seal::selection::Rule;
use similar::{ChangeTag, TextDiff};
use std::path::{Path, PathBuf};

/// A `.sops.yaml` with one rule changed; not written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// The `.sops.yaml`.
    pub config: PathBuf,
    /// What it is called.
    pub name: String,
    /// The 1-based line on which the rule begins.
    pub line: usize,
    /// What the rule is to select.
    pub rule: Rule,
    /// The lines that go (`-`) and come (`+`), as they stand in the file.
    pub lines: Vec<(char, String)>,
    /// What would be wrong in the changed rules and is not yet: what, and what to do.
    pub findings: Vec<Finding>,
    text: Vec<u8>,
    identity: Identity,
}

/// Plans another selection for the rule that is used for a file; `None` where it says that already.
///
/// # Errors
/// When no rule is for the file, the rules are not believed, or their text cannot be edited.
pub fn plan(path: &Path, rule: &Rule, environment: &Environment) -> Result<Option<RuleChange>, Failure> {
    let path = absolute(environment, path);
    let book = Rulebook::new(Source::default(), environment);
    let none = || {
        Failure::new(
            Kind::Usage,
            format!("{}: no creation rule is for it", path.display()),
        )
    };
    let located = book.of(&path)?.ok_or_else(none)?;
    let line = match located.rule_for(&path) {
        Ok(rule) => rule.ok_or_else(none)?.line,
        Err(error) => return Err(located.failure(&error)),
    };
    let name = name_of(&located.path, environment);
    let failure = |text: String| Failure::new(Kind::Usage, format!("{name}: {text}"));
    let (bytes, identity) = file::read(&located.path).map_err(|error| failure(error.to_string()))?;
    let Some(text) = select(&bytes, line, rule).map_err(|error| failure(error.to_string()))? else {
        return Ok(None);
    };
    policy::parse(&text).map_err(|_| failure("the edited rules could not be read".to_owned()))?;
    Ok(Some(RuleChange {
        config: located.path.clone(),
        line,
        rule: rule.clone(),
        lines: differing(&bytes, &text),
        findings: worse(&bytes, &text),
        text,
        identity,
        name,
    }))
}

/// What the linter says of a text and did not say of the one before.
fn worse(before: &[u8], after: &[u8]) -> Vec<Finding> {
    let known = lint(before, &[]);
    let is_new = |finding: &Finding| {
        let same = |other: &&Finding| other.code == finding.code && other.text == finding.text;
        known.iter().find(same).is_none()
    };
    lint(after, &[]).into_iter().filter(is_new).collect()
}

/// The lines in which two texts differ.
pub(super) fn differing(before: &[u8], after: &[u8]) -> Vec<(char, String)> {
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    let diff = TextDiff::from_lines(before.as_ref(), after.as_ref());
    let changes = diff.iter_all_changes();
    changes
        .filter_map(|change| {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => return None,
            };
            Some((sign, change.value().trim_end().to_owned()))
        })
        .collect()
}

impl RuleChange {
    /// Writes the changed rules.
    ///
    /// # Errors
    /// When somebody else changed them since they were read, or they cannot be written.
    pub fn write(&self) -> Result<(), Failure> {
        file::write(&self.config, &self.text, Some(&self.identity), Place::Replace)
            .map(|_| ())
            .map_err(|error| not_written(&self.name, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::plan;
    use crate::host::Environment;
    use crate::seal::selection::Rule;

    const RULES: &str = "creation_rules:\n  - path_regex: ^other$\n    age: age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg\n  - path_regex: a\\.yaml$\n    encrypted_suffix: _s\n    age: age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg\n";

    #[test]
    fn what_a_changed_rule_gets_wrong_is_told_and_what_was_wrong_before_is_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".sops.yaml"), RULES).unwrap();
        let environment = Environment::new([("HOME", folder.path())], folder.path());
        let path = folder.path().join("a.yaml");
        let planned = |rule| plan(&path, &rule, &environment).unwrap().unwrap().findings;
        assert_eq!(planned(Rule::EncryptedSuffix("_secret".to_owned())), []);
        let worse = planned(Rule::EncryptedSuffix("^data$".to_owned()));
        let codes: Vec<_> = worse.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["suffix-is-regex"]);
    }
}
