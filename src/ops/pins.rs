//! What this user has seen a file be: its recipients, groups, threshold and selection, kept outside of the repository and
//! compared before it is written again (security P6). Whoever can write to a repository can add a recipient to a file without a
//! key; the next new data key would then be theirs, too.
//!
//! First use trusts. Where there is no state, as in CI, nothing is pinned, and the rules and the last commit are what is left to
//! compare with.

mod store;

use super::caution::Caution;
use super::config::Located;
use super::drift::{self, Difference};
use super::sealed;
use super::unlock::identity;
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::host::git::Repository;
use crate::host::{Environment, file};
use crate::metadata::Metadata;
use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

/// What of a `sops` block is pinned, as lines: one for each recipient, and for what else decides who can read what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot(BTreeSet<String>);

impl Snapshot {
    /// What a `sops` block says.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let mut lines = BTreeSet::new();
        let several = metadata.groups.len() > 1;
        for (number, group) in metadata.groups.iter().enumerate() {
            for entry in &group.keys {
                let kind = entry.recipient.kind();
                let who = identity(&entry.recipient).replace(['\n', '\r'], " ");
                lines.insert(if several {
                    format!("{kind} {who} in group {number}")
                } else {
                    format!("{kind} {who}")
                });
            }
        }
        if several {
            let all = u32::try_from(metadata.groups.len()).unwrap_or(u32::MAX);
            let needed = metadata.threshold.filter(|number| *number != 0).unwrap_or(all);
            lines.insert(format!("{needed} of {all} groups needed"));
        }
        let rule = metadata.effective_rule();
        let pattern = rule.pattern().replace(['\n', '\r'], " ");
        lines.insert(format!("{} {pattern}", rule.field()));
        if metadata.mac_only_encrypted {
            lines.insert("mac_only_encrypted".to_owned());
        }
        Self(lines)
    }

    /// What is here and was not there, and the other way round; in words.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let new = self.0.difference(&before.0).map(|line| format!("+ {line}"));
        let gone = before.0.difference(&self.0).map(|line| format!("- {line}"));
        new.chain(gone).collect()
    }
}

/// How a file stands to what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// Whether this user has not seen the file before, although things are remembered.
    pub first: bool,
    /// Whether nothing is remembered at all here.
    pub stateless: bool,
    /// What changed since this user last wrote or accepted it.
    pub since_seen: Vec<String>,
    /// What differs from the last commit.
    pub since_commit: Vec<String>,
    /// In what it differs from its rule.
    pub beside_rule: Vec<String>,
}

impl Review {
    /// Whether somebody else may have changed who can read the file. What is as it was seen is fine, whatever the rules say; what is
    /// not known is compared with the rules and the last commit.
    #[must_use]
    pub fn is_suspicious(&self) -> bool {
        !self.warnings("").is_empty()
    }

    /// One line for each reason, for a file of this name.
    #[must_use]
    pub fn warnings(&self, name: &str) -> Vec<String> {
        let reasons = self.reasons().into_iter();
        reasons
            .map(|(what, changes)| format!("{name}: {what}: {}", changes.join("; ")))
            .collect()
    }

    /// Each reason, and the changes it is about.
    #[must_use]
    pub fn reasons(&self) -> Vec<(&'static str, &[String])> {
        let unknown = self.first || self.stateless;
        let reasons = [
            (
                "who can read it, or what is encrypted, changed since you last wrote it",
                &self.since_seen,
                true,
            ),
            (
                "differs from the last commit in who can read it, or what is encrypted",
                &self.since_commit,
                unknown,
            ),
            ("differs from its rule", &self.beside_rule, unknown),
        ];
        let reasons = reasons.into_iter();
        reasons
            .filter(|(_, changes, counts)| *counts && !changes.is_empty())
            .map(|(what, changes, _)| (what, changes.as_slice()))
            .collect()
    }
}

/// Compares a file with what is remembered of it and, where that is nothing, with its rule and the last commit.
#[must_use]
pub fn review(
    path: &Path,
    metadata: &Metadata,
    format: Format,
    config: Option<&Located>,
    environment: &Environment,
) -> Review {
    let now = Snapshot::of(metadata);
    let mut review = Review::default();
    match store::recall(path, environment) {
        store::Memory::None => review.stateless = true,
        store::Memory::First => review.first = true,
        store::Memory::Seen(before) => {
            review.since_seen = now.changes_since(&before);
            return review;
        }
    }
    review.since_commit = committed(path, environment)
        .map(|before| now.changes_since(&before))
        .unwrap_or_default();
    review.beside_rule = beside_rule(path, metadata, format, config);
    review
}

/// What is remembered of a file alone: nothing is started, and no rule is read.
#[must_use]
pub fn since_seen(path: &Path, metadata: &Metadata, environment: &Environment) -> Vec<String> {
    match store::recall(path, environment) {
        store::Memory::Seen(before) => Snapshot::of(metadata).changes_since(&before),
        store::Memory::None | store::Memory::First => Vec::new(),
    }
}

/// Remembers what a file is now. `make` says whether to begin remembering where nothing is remembered yet: drop-in commands leave no
/// traces of their own.
pub fn remember(path: &Path, metadata: &Metadata, make: bool, environment: &Environment) {
    store::keep(path, &Snapshot::of(metadata), make, environment);
}

/// Remembers a file as it was written, given its bytes.
pub fn remember_bytes(path: &Path, bytes: &[u8], make: bool, environment: &Environment) {
    if let Ok(sealed) = sealed::detect(bytes, Format::from_path(path), true) {
        remember(path, &sealed.metadata, make, environment);
    }
}

/// Warns before a drop-in command writes a file that somebody else may have changed; says whether all is well.
///
/// # Errors
/// The first warning, when strict.
pub fn guard(
    path: &Path,
    bytes: &[u8],
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<bool, Failure> {
    if config.is_none() && !store::is_there(environment) && !in_repository(path) {
        return Ok(true);
    }
    // What cannot be read is told by the command itself.
    let Ok(sealed) = sealed::detect(bytes, Format::from_path(path), true) else {
        return Ok(false);
    };
    let review = review(path, &sealed.metadata, sealed.format, config, environment);
    let warnings = review.warnings(&path.display().to_string());
    let fine = warnings.is_empty();
    for warning in warnings {
        caution.warn(warning)?;
    }
    Ok(fine)
}

/// The failure of an own command that will not write a file somebody else may have changed.
#[must_use]
pub fn refusal(name: &str, changes: &[String]) -> Failure {
    let text = format!(
        "{name}: who can read it, or what is encrypted, changed since you last wrote it: {}",
        changes.join("; ")
    );
    Failure::new(Kind::Usage, text)
        .hint("ask who changed it: `git log -p` shows when; --accept-metadata takes it as it is")
}

fn in_repository(path: &Path) -> bool {
    let mut folders = path.ancestors().skip(1);
    folders.any(|folder| file::exists(&folder.join(".git")))
}

/// The file in the last commit.
fn committed(path: &Path, environment: &Environment) -> Option<Snapshot> {
    let folder = path.parent().filter(|_| in_repository(path))?;
    let mut name = b"HEAD:./".to_vec();
    name.extend_from_slice(path.file_name()?.as_bytes());
    let contents = Repository::at(folder, environment).contents(&[name]);
    let bytes = contents.into_iter().next()??;
    let sealed = sealed::detect(&bytes, Format::from_path(path), true).ok()?;
    Some(Snapshot::of(&sealed.metadata))
}

/// In what a file differs from its rule, in words.
fn beside_rule(path: &Path, metadata: &Metadata, format: Format, config: Option<&Located>) -> Vec<String> {
    let Some(Ok(Some(rule))) = config.map(|located| located.rule_for(path)) else {
        return Vec::new();
    };
    let differences = drift::differences(metadata, rule, format == Format::Binary).unwrap_or_default();
    let words = differences.into_iter().filter_map(|difference| match difference {
        Difference::Extra { recipient, .. } => {
            Some(format!("+ {} {}", recipient.kind(), identity(&recipient)))
        }
        // Somebody who is to come is no danger.
        Difference::Missing { .. } => None,
        Difference::Threshold { file, rule } => Some(format!(
            "needed: {}, {} by the rule",
            drift::needed(file),
            drift::needed(rule)
        )),
        Difference::Selection { file, rule } => Some(format!(
            "encrypted by {} {}, {} {} by the rule",
            file.field(),
            file.pattern(),
            rule.field(),
            rule.pattern()
        )),
        Difference::MacOnlyEncrypted { file } => {
            Some(format!("mac_only_encrypted is {file}, {} by the rule", !file))
        }
    });
    words.collect()
}
