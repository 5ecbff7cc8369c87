//! Merging the three versions of a file that git hands to a merge driver.

use super::file::{Merged, Prepared, Side, prepare};
use crate::failure::{Failure, Kind};
use crate::format::{Format, sealed_format};
use crate::host::Environment;
use crate::ops::caution::Caution;
use std::path::Path;

/// The three versions.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'v> {
    /// What both came from; empty where both sides have added the file.
    pub base: &'v [u8],
    /// Ours; the result takes its layout from here.
    pub ours: &'v [u8],
    /// Theirs.
    pub theirs: &'v [u8],
    /// The path of the file in the repository: it suggests the format, and names the file in messages.
    pub path: &'v Path,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// SOPS files, merged; there may be conflicts.
    Merged(Box<Merged>),
    /// Neither side is a SOPS file: merging them is the business of git.
    Foreign,
}

/// What is asked of each version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// That its MAC holds.
    Mac,
    /// That it decrypts: it was put together from a text with conflict markers.
    Decryption,
}

/// Merges the versions in memory.
///
/// # Errors
/// When a side cannot be decrypted, its MAC does not hold, only one side is encrypted, or the result cannot be sealed.
pub fn merge_versions(
    versions: &Versions<'_>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Verdict, Failure> {
    let prepared = prepare_versions(
        versions,
        ["base", "ours", "theirs"],
        Checks::Mac,
        environment,
        caution,
    )?;
    Ok(match prepared {
        None => Verdict::Foreign,
        Some(prepared) => Verdict::Merged(Box::new(prepared.merged(environment)?)),
    })
}

/// Decrypts the versions and merges what they hold; `None` when neither side is a SOPS file. `labels` are what base, ours and
/// theirs are called in messages.
///
/// # Errors
/// When a side cannot be decrypted, its MAC does not hold, or only one side is encrypted.
pub fn prepare_versions(
    versions: &Versions<'_>,
    labels: [&str; 3],
    checks: Checks,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Option<Prepared>, Failure> {
    let name = versions.path.display().to_string();
    let [base_label, our_label, their_label] = labels;
    let suggested = Format::from_path(versions.path);
    let ours = sealed_format(versions.ours, suggested);
    let theirs = sealed_format(versions.theirs, suggested);
    let (ours, theirs) = match (ours, theirs) {
        (None, None) => return Ok(None),
        (Some(ours), Some(theirs)) => (ours, theirs),
        (ours, _) => {
            let side = if ours.is_none() { our_label } else { their_label };
            let text = format!("{name}: {side} is not encrypted, the other side is");
            return Err(
                Failure::new(Kind::NotEncrypted, text).hint("encrypt it on its own branch, then merge again")
            );
        }
    };
    let mut open = |bytes: &[u8], format: Format, side: &str| {
        let name = format!("{name} ({side})");
        let open = match checks {
            Checks::Mac => Side::open,
            Checks::Decryption => Side::open_unchecked,
        };
        open(bytes.to_vec(), format, &name, environment, caution)
    };
    // A base that was not encrypted yet says nothing that could be trusted about the values.
    let base = sealed_format(versions.base, suggested)
        .map(|format| open(versions.base, format, base_label))
        .transpose()?;
    let ours = open(versions.ours, ours, our_label)?;
    let theirs = open(versions.theirs, theirs, their_label)?;
    prepare(base, ours, theirs, &name).map(Some)
}
