//! Files whose `sops` block is not what their rule asks for now; found without a key.

use super::rulebook::Rulebook;
use super::sealed::Sealed;
use super::survey::{Skipped, Surveyed, survey};
use super::unlock::identity;
use crate::failure::Failure;
use crate::format::Format;
use crate::host::Environment;
use crate::metadata::{Group, Metadata, Recipient};
use crate::policy::{CreationRule, PolicyError};
use crate::seal::selection::Rule;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// How much is needed to open a file, by the number in [`Difference::Threshold`].
#[must_use]
pub fn needed(groups: u32) -> String {
    match groups {
        0 | 1 => "any one key".to_owned(),
        several => format!("{several} groups"),
    }
}

/// One thing in which a file differs from its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The rule has a recipient that cannot read the file yet.
    Missing {
        /// Of which group, from 0.
        group: usize,
        /// Who.
        recipient: Recipient,
    },
    /// Somebody can read the file whom the rule does not have.
    Extra {
        /// Of which group, from 0.
        group: usize,
        /// Who.
        recipient: Recipient,
    },
    /// Another number of groups is needed.
    Threshold {
        /// As the file says.
        file: u32,
        /// As the rule says.
        rule: u32,
    },
    /// Other values are encrypted.
    Selection {
        /// By the file.
        file: Rule,
        /// By the rule.
        rule: Rule,
    },
    /// The MAC covers other values.
    MacOnlyEncrypted {
        /// By the file; the rule says the opposite.
        file: bool,
    },
}

/// How a file stands to its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no `.sops.yaml` with rules.
    NoRules,
    /// There are rules, and none is for it.
    NoRule {
        /// Which `.sops.yaml`.
        config: PathBuf,
    },
    /// A rule is for it.
    Ruled {
        /// Which `.sops.yaml`.
        config: PathBuf,
        /// The line on which the rule begins.
        line: usize,
        /// In what the file differs; nothing where it is as it should be.
        differences: Vec<Difference>,
    },
    /// The rules cannot be read, or are not believed.
    Unknown(Failure),
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDrift {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// How it stands to its rule.
    pub standing: Standing,
}

impl FileDrift {
    /// Whether it differs from its rule.
    #[must_use]
    pub fn drifted(&self) -> bool {
        matches!(&self.standing, Standing::Ruled { differences, .. } if !differences.is_empty())
    }
}

/// All files.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Every SOPS file that was found.
    pub files: Vec<FileDrift>,
    /// What was not looked into, and why.
    pub skipped: Vec<Skipped>,
}

/// Compares all SOPS files below some paths with their rules.
///
/// # Errors
/// When a path is not there.
pub fn drift(paths: &[PathBuf], book: &Rulebook<'_>, environment: &Environment) -> Result<Report, Failure> {
    let survey = survey(paths, environment, |file| of_file(&file, book))?;
    Ok(Report {
        files: survey.files,
        skipped: survey.skipped,
    })
}

/// Compares one file with its rule.
#[must_use]
pub fn of_file(file: &Surveyed, book: &Rulebook<'_>) -> FileDrift {
    FileDrift {
        path: file.path.clone(),
        name: file.name.clone(),
        standing: standing(&file.path, &file.sealed, book),
    }
}

/// How a file that was read stands to its rule; `path` is absolute.
#[must_use]
pub fn standing(path: &Path, sealed: &Sealed, book: &Rulebook<'_>) -> Standing {
    match book.of(path) {
        Err(failure) => Standing::Unknown(failure),
        Ok(None) => Standing::NoRules,
        Ok(Some(located)) => match located.rule_for(path) {
            Ok(None) => Standing::NoRules,
            Err(PolicyError::NoMatch) => Standing::NoRule {
                config: located.path.clone(),
            },
            Err(error) => Standing::Unknown(located.failure(&error)),
            Ok(Some(rule)) => {
                let is_binary = sealed.format == Format::Binary;
                match differences(&sealed.metadata, rule, is_binary) {
                    Ok(differences) => Standing::Ruled {
                        config: located.path.clone(),
                        line: rule.line,
                        differences,
                    },
                    Err(error) => Standing::Unknown(located.failure(&error)),
                }
            }
        },
    }
}

/// In what a `sops` block differs from a rule. Binary files are encrypted whole, whatever a rule selects.
///
/// # Errors
/// When the rule cannot be used.
pub fn differences(
    metadata: &Metadata,
    rule: &CreationRule,
    is_binary: bool,
) -> Result<Vec<Difference>, PolicyError> {
    let wanted = rule.groups()?;
    let mut found = recipients(&metadata.groups, &wanted);
    let needed = |said: Option<u32>, groups: usize| {
        let all = u32::try_from(groups).unwrap_or(u32::MAX);
        said.filter(|number| *number != 0).unwrap_or(all)
    };
    let said = rule
        .shamir_threshold
        .as_ref()
        .and_then(|claim| u32::try_from(claim.value).ok());
    if wanted.len() > 1 || metadata.groups.len() > 1 {
        let (file, rule) = (
            needed(metadata.threshold, metadata.groups.len()).max(1),
            needed(said, wanted.len()).max(1),
        );
        if file != rule {
            found.push(Difference::Threshold { file, rule });
        }
    }
    if is_binary {
        return Ok(found);
    }
    let selection = rule.selection()?.cloned().unwrap_or_else(Rule::default_suffix);
    let file = metadata.effective_rule();
    if file != selection {
        found.push(Difference::Selection {
            file,
            rule: selection,
        });
    }
    if metadata.mac_only_encrypted != rule.mac_only_encrypted {
        found.push(Difference::MacOnlyEncrypted {
            file: metadata.mac_only_encrypted,
        });
    }
    Ok(found)
}

/// Who comes and who goes to get from one set of groups to another.
#[must_use]
pub fn recipients(file: &[Group], wanted: &[Group]) -> Vec<Difference> {
    let keys = |groups: &[Group], index: usize| -> Vec<Recipient> {
        let group = groups.get(index).map(|group| group.keys.as_slice());
        let keys = group.unwrap_or_default().iter();
        keys.map(|entry| entry.recipient.clone()).collect()
    };
    let mut found = Vec::new();
    for group in 0..file.len().max(wanted.len()) {
        let (is, should) = (keys(file, group), keys(wanted, group));
        let names = |list: &[Recipient]| -> HashSet<String> { list.iter().map(identity).collect() };
        let (has, wants) = (names(&is), names(&should));
        let missing = should
            .into_iter()
            .filter(|recipient| !has.contains(&identity(recipient)));
        found.extend(missing.map(|recipient| Difference::Missing { group, recipient }));
        let extra = is
            .into_iter()
            .filter(|recipient| !wants.contains(&identity(recipient)));
        found.extend(extra.map(|recipient| Difference::Extra { group, recipient }));
    }
    found
}
