//! Why the MAC of a file does not hold: what differs from the last version in git whose MAC held, line by line, in plain words.
//! And the repair: the file as it stands with a MAC that fits, or that version again.

mod findings;
mod good;
mod repair;
mod words;

pub use findings::{Fault, Finding};
pub use good::Good;
pub use repair::{Repaired, Way, repair};

use super::carry::carry;
use super::unlock;
use crate::failure::{Failure, Kind};
use crate::format::{Format, Loaded};
use crate::host::Environment;
use crate::metadata::{Detached, Metadata};
use crate::ops::counted::counted;
use crate::seal::selection::{Rule, Selection};
use crate::seal::{self, DataKey, MacError, Opened, Partly};
use crate::tree::Tree;
use std::path::Path;

/// Why the MAC of a file does not hold.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What is wrong with the MAC itself, in a sentence.
    pub verdict: String,
    /// The last version in git whose MAC held; `None` where there is none.
    pub good: Option<Good>,
    /// How many versions in git were looked at.
    pub versions: usize,
    /// What differs from it in what the MAC covers, in the order of the file.
    pub findings: Vec<Finding>,
    /// What else can be said.
    pub remarks: Vec<String>,
    /// The content of the file with everything taken back that differs; ids as in the file.
    pub reverted: Option<Tree>,
}

impl Explanation {
    /// All of it in lines for people; not made safe to print.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("The MAC does not hold: {}.", self.verdict)];
        lines.push(match &self.good {
            Some(good) => format!("It held last in {}. Since then:", good.described()),
            None if self.versions > 0 => {
                format!("It held in none of {} in git.", counted(self.versions, "version"))
            }
            None => "git has no other version to compare with.".to_owned(),
        });
        lines.extend(self.findings.iter().map(|finding| format!("  {}", finding.words)));
        lines.extend(self.remarks.iter().map(|remark| format!("  {remark}")));
        if self.good.is_none() {
            lines.extend(words::next_steps(self.is_whole()).map(str::to_owned));
        }
        lines
    }

    /// Whether every value decrypts, so that the file can be accepted as it stands.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.findings.iter().any(|finding| finding.fault.is_unreadable())
    }
}

/// A file that was read, and opened as far as it goes.
struct Case {
    format: Format,
    loaded: Loaded,
    detached: Detached,
    sealed: Tree,
    metadata: Metadata,
    selection: Selection,
    key: DataKey,
    partly: Partly,
}

/// Says why the MAC of a file does not hold; `None` where it holds. `bytes` is what the file has now.
///
/// # Errors
/// When it is no SOPS file, or no key at hand opens it.
pub fn explain(path: &Path, bytes: &[u8], environment: &Environment) -> Result<Option<Explanation>, Failure> {
    let case = Case::read(path, bytes, environment)?;
    let opened = case.opened();
    let checked = opened.as_ref().map(|opened| case.check(opened));
    if checked == Some(Ok(())) {
        return Ok(None);
    }
    let (good, versions) = good::find(path, bytes, environment);
    let (findings, told) = match &good {
        Some(good) => findings::compare(&case, good, bytes),
        None => (findings::unreadable(&case, bytes), Vec::new()),
    };
    let mut remarks = told;
    remarks.extend(case.remarks(&checked, good.as_ref(), findings.is_empty()));
    let reverted = good.as_ref().filter(|_| case.partly.failed.is_empty());
    Ok(Some(Explanation {
        verdict: words::verdict(&checked),
        reverted: reverted.and_then(|good| carry(&case.partly.tree, &case.partly.tree, &good.tree)),
        good,
        versions,
        findings,
        remarks,
    }))
}

impl Case {
    fn read(path: &Path, bytes: &[u8], environment: &Environment) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let sealed = super::sealed::detect(bytes, Format::from_path(path), true)
            .map_err(|error| error.failure(&name))?;
        let (key, _) = unlock::data_key(&sealed.metadata, &name, environment)?;
        let rule = sealed.metadata.rule.clone().unwrap_or_else(Rule::default_suffix);
        let (selection, _) = Selection::for_reading(Some(rule), sealed.metadata.mac_only_encrypted);
        let partly = seal::open_partly(&sealed.content, &key, &selection)
            .map_err(|error| Failure::new(Kind::DecryptTree, format!("{name}: cannot decrypt: {error}")))?;
        Ok(Self {
            format: sealed.format,
            loaded: sealed.loaded,
            detached: sealed.detached,
            sealed: sealed.content,
            metadata: sealed.metadata,
            selection,
            key,
            partly,
        })
    }

    /// The content, where every value decrypts.
    fn opened(&self) -> Option<Opened> {
        seal::open(&self.sealed, &self.key, &self.selection).ok()
    }

    fn check(&self, opened: &Opened) -> Result<(), MacError> {
        let Metadata {
            mac, last_modified, ..
        } = &self.metadata;
        seal::verify_mac(mac, &self.key, last_modified, &opened.mac)
    }

    /// What can be said without looking at single values.
    fn remarks(
        &self,
        checked: &Option<Result<(), MacError>>,
        good: Option<&Good>,
        no_findings: bool,
    ) -> Vec<String> {
        let mut told = Vec::new();
        if let Some(good) = good {
            told.extend(words::metadata(&good.metadata, &self.metadata));
        }
        if matches!(checked, Some(Err(MacError::Mismatch))) && self.holds_otherwise() {
            told.push(if self.metadata.mac_only_encrypted {
                "the MAC is right for all values: `mac_only_encrypted` was added by hand".to_owned()
            } else {
                "the MAC is right for the encrypted values alone: `mac_only_encrypted` was taken out by hand"
                    .to_owned()
            });
        }
        if told.is_empty() && no_findings {
            told.push(words::guess(checked, good.is_some()).to_owned());
        }
        told
    }

    /// Whether the MAC fits when it is taken over the other set of values.
    fn holds_otherwise(&self) -> bool {
        let rule = self.selection.rule().cloned();
        let (selection, _) = Selection::for_reading(rule, !self.metadata.mac_only_encrypted);
        let opened = seal::open(&self.sealed, &self.key, &selection);
        opened.is_ok_and(|opened| self.check(&opened).is_ok())
    }
}
