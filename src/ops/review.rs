//! The SOPS files that differ between two points of a repository, each compared by its values; and the rules that do.

mod changed;
mod lines;
mod reveal;
mod sides;
mod span;

pub use lines::{Line, diff, line_changes};
pub use reveal::{Revealed, reveal};
pub use sides::{Sides, names};
pub use span::{Point, Span, repository, span};

use super::compare::{Comparison, Version, compare};
use super::keyring::Keyring;
use super::merge::name_recipients;
use super::parallel;
use crate::failure::{Failure, Kind};
use crate::format::{Format, sealed_format};
use crate::host::{Environment, GitError, Repository, UserKey};
use changed::Pair;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::path::Path;

/// How many files are in memory at once.
const AT_ONCE: usize = 256;

/// One file of a review.
#[derive(Clone, Debug)]
pub struct Reviewed {
    /// Its path in the repository; the old one where it is gone.
    pub path: String,
    /// The path it had, where it was renamed.
    pub old_path: Option<String>,
    /// Whether git does not know it yet.
    pub untracked: bool,
    /// What is stored on the old and on the new side; `None` where there is no file.
    pub sides: (Option<Stored>, Option<Stored>),
    /// What differs.
    pub outcome: Outcome,
}

/// One side of a file, by which it is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// What kind of file it is, as git writes it: `100644`, `100755`.
    pub mode: String,
    /// The id of the content where git keeps it; `None` in the work tree.
    pub object: Option<String>,
    /// The SHA-256 of the content.
    pub digest: [u8; 32],
}

/// What became of a file.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is a SOPS file on the sides on which it exists.
    Compared {
        /// Whether it exists on the old and on the new side.
        exists: (bool, bool),
        /// What differs.
        comparison: Box<Comparison>,
    },
    /// It was encrypted, and is not any more.
    Exposed,
    /// It was plain, and is encrypted now.
    Sealed,
    /// It holds the rules by which files are encrypted: the lines that differ.
    Rules(Vec<Line>),
    /// It cannot be read as the SOPS file that it looks like.
    Unreadable(String),
}

impl Outcome {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Compared { exists: (true, true), comparison } if comparison.is_empty())
    }
}

/// The fingerprint of a file's content.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn no_git(error: &GitError) -> Failure {
    Failure::new(Kind::Usage, error.to_string())
}

/// Fingerprints of texts, with the path of each.
type Texts = Vec<([u8; 32], String)>;

/// A file, and the fingerprints of the texts it has now, to be found in others.
struct Found {
    file: Reviewed,
    texts: Texts,
}

/// Compares every SOPS file that differs. Files that are no SOPS files on either side are left out, but for `.sops.yaml`.
///
/// # Errors
/// When git cannot tell what differs, or there is no key for fingerprints, or it was cancelled.
pub fn review(
    repository: &Repository,
    span: &Span,
    environment: &Environment,
) -> Result<Vec<Reviewed>, Failure> {
    let key = UserKey::load(environment).map_err(|error| {
        let text = format!("the key for fingerprints cannot be had: {error}");
        Failure::new(Kind::Usage, text)
    })?;
    let keyring = Keyring::new(environment);
    let mut found = Vec::new();
    for pairs in changed::changed(repository, span)?.chunks(AT_ONCE) {
        let contents = changed::contents(repository, pairs)?;
        let work: Vec<_> = pairs.iter().zip(contents).collect();
        let some = parallel::map(&work, |(pair, contents)| {
            let is_wanted = !environment.cancel().is_cancelled();
            is_wanted.then(|| one(pair, contents, &key, &keyring)).flatten()
        });
        found.extend(some.into_iter().flatten());
    }
    if environment.cancel().is_cancelled() {
        return Err(Failure::new(Kind::Usage, "cancelled"));
    }
    find_same(&mut found);
    name_everybody(&mut found, repository, environment);
    let files = found.into_iter().map(|found| found.file);
    Ok(files.filter(|file| !file.outcome.is_empty()).collect())
}

/// Looks up what those are called who came or went.
fn name_everybody(found: &mut [Found], repository: &Repository, environment: &Environment) {
    let mut paths = Vec::new();
    let mut changes = Vec::new();
    for found in found {
        if let Outcome::Compared { comparison, .. } = &mut found.file.outcome
            && !comparison.recipients.is_empty()
        {
            paths.push(repository.root().join(&found.file.path));
            changes.extend(&mut comparison.recipients);
        }
    }
    name_recipients(&paths, changes, environment);
}

/// What both sides hold.
type Contents = (Option<Vec<u8>>, Option<Vec<u8>>);

fn one(pair: &Pair, contents: &Contents, key: &UserKey, keyring: &Keyring<'_>) -> Option<Found> {
    let path = pair.path()?.to_owned();
    let stored = |side: &Option<changed::Side>, bytes: &Option<Vec<u8>>| {
        side.as_ref().zip(bytes.as_ref()).map(|(side, bytes)| Stored {
            mode: side.mode.clone(),
            object: side.object.clone(),
            digest: digest(bytes),
        })
    };
    let reviewed = |outcome: Outcome, texts| Found {
        file: Reviewed {
            old_path: pair
                .old
                .as_ref()
                .map(|side| side.path.clone())
                .filter(|old| *old != path),
            path: path.clone(),
            untracked: pair.untracked,
            sides: (stored(&pair.old, &contents.0), stored(&pair.new, &contents.1)),
            outcome,
        },
        texts,
    };
    if let Some(problem) = pair.problem {
        return Some(reviewed(Outcome::Unreadable(problem.to_owned()), Vec::new()));
    }
    let (old, new) = (contents.0.as_deref(), contents.1.as_deref());
    if Path::new(&path)
        .file_name()
        .is_some_and(|name| name == ".sops.yaml")
    {
        let lines = line_changes(old.unwrap_or_default(), new.unwrap_or_default());
        return Some(reviewed(Outcome::Rules(lines), Vec::new()));
    }
    let (outcome, texts) = compared(pair, old, new, &path, key, keyring)?;
    Some(reviewed(outcome, texts))
}

fn compared(
    pair: &Pair,
    old: Option<&[u8]>,
    new: Option<&[u8]>,
    path: &str,
    key: &UserKey,
    keyring: &Keyring<'_>,
) -> Option<(Outcome, Texts)> {
    let format = |bytes: Option<&[u8]>, side: &Option<changed::Side>| {
        let suggested = Format::from_path(Path::new(&side.as_ref()?.path));
        sealed_format(bytes?, suggested)
    };
    let (was, is) = (format(old, &pair.old), format(new, &pair.new));
    match (was, is) {
        (None, None) => return None,
        (Some(_), None) if new.is_some() => return Some((Outcome::Exposed, Vec::new())),
        (None, Some(_)) if old.is_some() => return Some((Outcome::Sealed, Vec::new())),
        _ => {}
    }
    let read = |bytes: Option<&[u8]>, format: Option<Format>| {
        bytes
            .zip(format)
            .map(|(bytes, format)| Version::read_with(bytes, format, path, keyring))
            .transpose()
    };
    Some(match (read(old, was), read(new, is)) {
        (Ok(old), Ok(new)) => {
            let outcome = Outcome::Compared {
                exists: (old.is_some(), new.is_some()),
                comparison: Box::new(compare(old.as_ref(), new.as_ref(), key)),
            };
            let texts = new.as_ref().map(|new| new.texts(key)).unwrap_or_default();
            (outcome, texts)
        }
        (Err(failure), _) | (_, Err(failure)) => (Outcome::Unreadable(failure.message), Vec::new()),
    })
}

/// Tells of values that came which other places of these files have, too.
fn find_same(found: &mut [Found]) {
    let mut places: HashMap<[u8; 32], Vec<(usize, String)>> = HashMap::new();
    for (number, found) in found.iter_mut().enumerate() {
        for (print, path) in std::mem::take(&mut found.texts) {
            places.entry(print).or_default().push((number, path));
        }
    }
    let names: Vec<String> = found.iter().map(|found| found.file.path.clone()).collect();
    for (number, found) in found.iter_mut().enumerate() {
        let Outcome::Compared { comparison, .. } = &mut found.file.outcome else {
            continue;
        };
        for change in &mut comparison.values {
            let print = change.new.as_ref().and_then(|new| new.print);
            let others = print.and_then(|print| places.get(&print)).into_iter().flatten();
            let other = others
                .filter(|(file, path)| *file != number || *path != change.path)
                .min_by_key(|(file, _)| *file != number);
            change.same_as = other.map(|(file, path)| match names.get(*file) {
                Some(name) if *file != number => format!("{path} in {name}"),
                _ => path.clone(),
            });
        }
    }
}
