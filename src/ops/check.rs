//! Secrets that are readable, or about to be: found without a key, in the working tree or in git's index (security P19). With a
//! key, and when it is asked for, values that are encrypted and no good.

mod blob;
mod gather;
mod health;
mod kubernetes;
mod plain;
mod references;
mod sealed;
mod settings;

pub use health::Wish;
pub use kubernetes::unusable;
pub use references::{Mention, mentions_below};

use super::config;
use super::parallel;
use super::rulebook::Rulebook;
use super::survey::Skipped;
use crate::failure::Failure;
use crate::host::Environment;
use crate::policy::lint::{self, Severity};
use blob::{Blob, Place};
use settings::Settings;
use std::path::PathBuf;

/// The codes of findings that compare a file with its rule.
const DRIFT: [&str; 5] = [
    "stale-recipient",
    "missing-recipient",
    "other-threshold",
    "other-selection",
    "other-mac",
];

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which file: its absolute path.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// 1-based, where known.
    pub line: Option<usize>,
    /// How bad it is; notes are no reason to fail.
    pub severity: Severity,
    /// A name for the kind of finding that does not change, in words with dashes.
    pub code: &'static str,
    /// What is wrong; no value.
    pub text: String,
    /// What to do.
    pub advice: String,
}

impl Finding {
    /// Whether it says that a SOPS file is not what its rule asks for.
    #[must_use]
    pub fn is_drift(&self) -> bool {
        DRIFT.contains(&self.code)
    }
}

/// What is to be checked.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files and folders; the working directory where there is none.
    pub paths: Vec<PathBuf>,
    /// Only what is staged for the next commit, as it is staged.
    pub staged: bool,
    /// Whether values are looked at, too, as far as a key opens them.
    pub health: Option<Wish>,
    /// The largest file that is looked into, in bytes, where that is less than a check takes on.
    pub largest: Option<u64>,
}

/// What came out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By file and line.
    pub findings: Vec<Finding>,
    /// Files that name another through `secrets://`.
    pub mentions: Vec<Mention>,
    /// How many files were looked into.
    pub files: usize,
    /// What was not, and why.
    pub skipped: Vec<Skipped>,
}

impl Report {
    /// Whether there is something to be put right.
    #[must_use]
    pub fn failed(&self) -> bool {
        let worst = self.findings.iter().map(|finding| finding.severity).max();
        worst.is_some_and(|worst| worst > Severity::Note)
    }
}

/// Looks for leaks. Whoever stops it gets a report of nothing.
///
/// # Errors
/// When a path is not there, or `staged` is asked for outside of a git repository.
pub fn check(request: &Request, book: &Rulebook<'_>, environment: &Environment) -> Result<Report, Failure> {
    let gathered = gather::gather(request, environment)?;
    let settings = Settings::read(gathered.root.as_deref(), environment);
    let blobs: Vec<&Blob> = gathered
        .blobs
        .iter()
        .filter(|blob| !settings.ignores(&blob.path))
        .collect();
    let all: Vec<PathBuf> = gathered.blobs.iter().map(|blob| blob.path.clone()).collect();
    let looked = parallel::map(&blobs, |blob| -> Result<_, Option<Skipped>> {
        let bytes = blob.read();
        if environment.cancel().is_cancelled() {
            return Ok((Vec::new(), Vec::new()));
        }
        let bytes = bytes.map_err(|error| blob.unread(&error))?;
        let findings = inspect(blob, &bytes, &all, book);
        Ok((findings, references::mentions(blob, &bytes)))
    });
    let mut report = Report {
        files: looked.iter().filter(|looked| looked.is_ok()).count(),
        skipped: gathered.skipped,
        ..Report::default()
    };
    for looked in looked {
        match looked {
            Ok((findings, mentions)) => {
                report.findings.extend(findings);
                report.mentions.extend(mentions);
            }
            Err(unread) => report.skipped.extend(unread),
        }
    }
    if let Some(wish) = request.health {
        health::check(&blobs, wish, book, environment, &mut report)?;
    }
    untold_rules(&blobs, book, &mut report);
    references::check(&mut report, &gathered.blobs, environment);
    let order = |a: &Finding, b: &Finding| {
        (&a.name, a.line, b.severity, a.code).cmp(&(&b.name, b.line, a.severity, b.code))
    };
    report.findings.sort_by(order);
    report.findings.dedup();
    Ok(report)
}

fn inspect(blob: &Blob, bytes: &[u8], all: &[PathBuf], book: &Rulebook<'_>) -> Vec<Finding> {
    match blob.file_name().as_ref() {
        ".sops.yaml" => return rules(blob, bytes, all),
        ".sops.yml" => {
            return vec![blob.finding(
                None,
                Severity::Warning,
                "wrong-name",
                "sops does not read a file of this name",
                "name it .sops.yaml",
            )];
        }
        _ => {}
    }
    if blob::is_sealed(bytes, &blob.path) {
        return sealed::check(blob, bytes, book);
    }
    plain::check(blob, bytes, book)
}

/// Rules that are not used must not make what they are for look clean: what no finding says yet about them is said once. Those from
/// outside of the repository may be for other files, which is only noted.
fn untold_rules(blobs: &[&Blob], book: &Rulebook<'_>, report: &mut Report) {
    for blob in blobs {
        let Err(failure) = book.of(&blob.path) else {
            continue;
        };
        let told = |finding: &Finding| {
            finding.text == failure.message
                || (finding.path.ends_with(".sops.yaml")
                    && failure.message.contains(&finding.path.display().to_string()))
        };
        if !report.findings.iter().any(told) {
            let mut finding = plain::unusable(blob, &failure);
            if config::is_outside(&failure) {
                finding.severity = Severity::Note;
            }
            report.findings.push(finding);
        }
    }
}

/// What is wrong with rules.
fn rules(blob: &Blob, bytes: &[u8], all: &[PathBuf]) -> Vec<Finding> {
    let folder = blob.path.parent().unwrap_or(&blob.path);
    let files: Vec<Vec<u8>> = all
        .iter()
        .filter(|_| blob.place == Place::Worktree)
        .filter_map(|path| path.strip_prefix(folder).ok())
        .map(|path| path.as_os_str().as_encoded_bytes().to_vec())
        .collect();
    let found = lint::lint(bytes, &files).into_iter();
    found
        .map(|finding| Finding {
            path: blob.path.clone(),
            name: blob.name.clone(),
            line: Some(finding.line),
            severity: finding.severity,
            code: finding.code,
            text: finding.text,
            advice: finding.advice,
        })
        .collect()
}
