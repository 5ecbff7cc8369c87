//! Repairing a file whose MAC does not hold: as it stands, with a MAC that fits; or the version again whose MAC held.

use super::{Case, Explanation, explain};
use crate::failure::{Failure, Kind};
use crate::format::Style;
use crate::host::Environment;
use crate::host::file::{self, Place};
use crate::ops::pins;
use crate::ops::rewrite::{Base, rewrite};
use crate::ops::save::not_written;
use std::path::Path;

/// How to repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Accept what the file says now, and make its MAC new.
    Accept,
    /// Bring back the last version whose MAC held.
    Restore,
}

/// A repair that is ready to be written.
#[derive(Debug)]
pub struct Repaired {
    /// What is wrong.
    pub explanation: Explanation,
    bytes: Vec<u8>,
    identity: file::Identity,
    path: std::path::PathBuf,
}

/// Prepares the repair of a file; `None` where its MAC holds. Nothing is written before [`Repaired::write`].
///
/// # Errors
/// When it cannot be read or opened, a value does not decrypt so that it cannot be accepted, or there is no version to bring back.
pub fn repair(path: &Path, way: Way, environment: &Environment) -> Result<Option<Repaired>, Failure> {
    let name = path.display().to_string();
    let (source, identity) = file::read(path)
        .map_err(|error| Failure::new(Kind::Read, format!("{name}: cannot be read: {error}")))?;
    let Some(explanation) = explain(path, &source, environment)? else {
        return Ok(None);
    };
    let bytes = match (way, &explanation.good) {
        (Way::Restore, Some(good)) => good.bytes.clone(),
        (Way::Restore, None) => {
            let text = format!("{name}: git has no version of it whose MAC holds");
            return Err(Failure::new(Kind::MacMismatch, text));
        }
        (Way::Accept, _) if !explanation.is_whole() => return Err(not_whole(&name, &explanation)),
        (Way::Accept, _) => accepted(path, &name, &source, environment)?,
    };
    Ok(Some(Repaired {
        explanation,
        bytes,
        identity,
        path: path.to_owned(),
    }))
}

fn not_whole(name: &str, explanation: &Explanation) -> Failure {
    let broken = explanation
        .findings
        .iter()
        .filter(|finding| finding.fault.is_unreadable());
    let lines: Vec<&str> = broken.map(|finding| finding.words.as_str()).collect();
    let text = format!("{name}: it cannot be accepted as it stands\n{}", lines.join("\n"));
    Failure::new(Kind::DecryptTree, text).hint(match &explanation.good {
        Some(good) => format!("--restore brings back the version of {}", good.name()),
        None => "take these lines from a version that opens".to_owned(),
    })
}

fn accepted(path: &Path, name: &str, source: &[u8], environment: &Environment) -> Result<Vec<u8>, Failure> {
    let case = Case::read(path, source, environment)?;
    let opened = case
        .opened()
        .ok_or_else(|| Failure::new(Kind::DecryptTree, format!("{name}: cannot decrypt")))?;
    let base = Base {
        name,
        source,
        format: case.format,
        loaded: &case.loaded,
        detached: &case.detached,
        metadata: &case.metadata,
        selection: &case.selection,
        key: &case.key,
        stash: &opened.stash,
    };
    Ok(rewrite(&base, &opened.tree, Style::default())?.bytes)
}

impl Repaired {
    /// Writes it, all or nothing.
    ///
    /// # Errors
    /// When somebody changed the file meanwhile, or it cannot be written; it is as it was then.
    pub fn write(&self, environment: &Environment) -> Result<(), Failure> {
        let name = self.path.display().to_string();
        file::write(&self.path, &self.bytes, Some(&self.identity), Place::Replace)
            .map_err(|error| not_written(&name, &error))?;
        let format = crate::format::Format::from_path(&self.path);
        if let Ok(sealed) = crate::ops::sealed::detect(&self.bytes, format, true) {
            pins::remember(&self.path, &sealed.metadata, true, environment);
        }
        Ok(())
    }
}
