//! A `.sops.yaml` to be looked at: its lines, and what is wrong in them.

use crate::failure::{Failure, Kind};
use crate::host::file::Identity;
use crate::host::{Environment, file, files_below};
use crate::ops::config::absolute;
use crate::ops::survey::name_of;
use crate::policy::lint::{Finding, holds_private_key, lint};
use crate::tree::Secret;
use std::path::{Path, PathBuf};

/// How many files are looked at, to find rules that are for none.
const MOST_FILES: usize = 20_000;

/// The text, and its findings.
#[derive(Clone, Debug)]
pub struct RulesText {
    /// The `.sops.yaml`.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// Its lines; none where a private key stands in it.
    pub lines: Vec<String>,
    /// What is wrong, by line.
    pub findings: Vec<Finding>,
    /// All of it, to be edited.
    pub text: Secret,
    /// Which file was read.
    pub identity: Identity,
}

/// Reads a `.sops.yaml`, or the one that is nearest to a file or folder.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn read(subject: &Path, environment: &Environment) -> Result<RulesText, Failure> {
    let subject = absolute(environment, subject);
    let path = if subject.file_name().is_some_and(|name| name == ".sops.yaml") {
        subject
    } else {
        nearest(&subject, environment)?
    };
    let name = name_of(&path, environment);
    let (bytes, identity) = file::read(&path)
        .map_err(|error| Failure::new(Kind::Read, format!("{name}: cannot be read: {error}")))?;
    let findings = findings_of(&path, &bytes);
    // Also where it is no YAML, and nothing in it was looked at one by one.
    let has_secret = holds_private_key(&bytes);
    let text = String::from_utf8_lossy(&bytes);
    Ok(RulesText {
        path,
        name,
        lines: text.lines().filter(|_| !has_secret).map(str::to_owned).collect(),
        findings,
        text: Secret::from(bytes.as_slice()),
        identity,
    })
}

/// What is wrong in the text of a `.sops.yaml` at this place, by line.
pub(super) fn findings_of(path: &Path, bytes: &[u8]) -> Vec<Finding> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let (below, truncated) = files_below(folder, MOST_FILES);
    let below = below.iter().filter(|_| !truncated);
    let files: Vec<Vec<u8>> = below
        .filter_map(|file| file.strip_prefix(folder).ok())
        .map(|file| file.as_os_str().as_encoded_bytes().to_vec())
        .collect();
    lint(bytes, &files)
}

/// The `.sops.yaml` named by `SOPS_CONFIG`, or the nearest from a file or folder upwards.
fn nearest(subject: &Path, environment: &Environment) -> Result<PathBuf, Failure> {
    if let Some(named) = environment.raw("SOPS_CONFIG").filter(|name| !name.is_empty()) {
        return Ok(absolute(environment, Path::new(named)));
    }
    let folders = subject.ancestors();
    let mut found = folders
        .map(|folder| folder.join(".sops.yaml"))
        .filter(|path| file::exists(path));
    found.next().ok_or_else(|| {
        let text = format!("{}: there is no .sops.yaml for it", name_of(subject, environment));
        Failure::new(Kind::Usage, text)
            .hint("write one with `creation_rules`; `lazysops check` tells what is wrong in it")
    })
}
