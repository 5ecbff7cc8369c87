//! Save an edited document: only what changed changes.

mod keys;

pub use keys::Rekey;

use super::config::absolute;
use super::open::{self, Access, Document, Unsealed};
use super::pins;
use super::readers::Readers;
use super::rewrite::{Base, Rewritten, reseal, rewrite};
use super::rulebook::{Rulebook, Source};
use crate::failure::{Failure, Kind};
use crate::format::{Loaded, Style};
use crate::host::Environment;
use crate::host::file::{self, Identity, Obstacle, Place, WriteError, Written};
use crate::metadata::Metadata;
use crate::seal::DataKey;
use crate::seal::selection::{Rule, Selection};
use crate::tree::Tree;
use std::path::Path;

/// What saving led to.
#[derive(Clone, Debug)]
pub enum Saved {
    /// Nothing differed; nothing was written.
    Unchanged,
    /// Written; the document as it is now (ids of `edited` are not kept).
    Written {
        /// The document, read back and verified.
        document: Box<Document>,
        /// Whether the whole text had to be laid out anew, and why.
        relaid: Option<String>,
    },
    /// The file on disk is no longer what was opened; nothing was written.
    ChangedOnDisk,
    /// The file is not there any more; nothing was written.
    Gone,
    /// The file cannot be replaced for this reason, but perhaps overwritten where it stands; nothing was written.
    Obstructed(Obstacle),
}

/// What the user agreed to beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreed {
    /// That somebody else may have changed who can read the file.
    pub metadata: bool,
    /// That the file is overwritten where it stands, which a crash can tear.
    pub in_place: bool,
}

impl Agreed {
    /// That somebody else may have changed who can read the file.
    pub const METADATA: Self = Self {
        metadata: true,
        in_place: false,
    };

    /// Everything: who is asked about the place was asked about the rest, or there was nothing to ask.
    pub const ALL: Self = Self {
        metadata: true,
        in_place: true,
    };

    const fn place(self) -> Place {
        if self.in_place {
            Place::Overwrite
        } else {
            Place::Replace
        }
    }
}

/// Where a save writes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    /// The file that was opened.
    Old(Place),
    /// Its name, which is free.
    Anew,
}

/// Why somebody else may have changed who can read a document, or what is encrypted, before this user saves it (security P6): each
/// reason with the changes it is about. Nothing where all is as it was when they last wrote it. A save remembers it as it is. `wanted`
/// is the selection that it is about to get.
#[must_use]
pub fn suspicions(
    document: &Document,
    wanted: Option<&Rule>,
    environment: &Environment,
) -> Vec<(&'static str, Vec<String>)> {
    let path = absolute(environment, &document.path);
    let book = Rulebook::new(Source::default(), environment);
    let rules = book.of(&path).ok().flatten();
    let reviewed = |metadata| pins::review(&path, metadata, document.format, rules.as_deref(), environment);
    let mut review = reviewed(&document.metadata);
    if let Some(rule) = wanted {
        let metadata = Metadata {
            rule: Some(rule.clone()),
            ..document.metadata.clone()
        };
        review.beside_rule = reviewed(&metadata).beside_rule;
    }
    let reasons = review.reasons().into_iter();
    reasons.map(|(what, changes)| (what, changes.to_vec())).collect()
}

/// Seals `edited` (a clone of `document.content` with edits) and writes it in place of the file.
///
/// # Errors
/// When it cannot be sealed, written or verified; the file is as it was then.
pub fn save(document: &Document, edited: &Tree, environment: &Environment) -> Result<Saved, Failure> {
    save_for(document, edited, None, Agreed::default(), environment)
}

/// As [`save`], perhaps for other recipients than before, and perhaps where the file stands: a power cut in the middle of that
/// leaves a torn file.
///
/// # Errors
/// When it cannot be sealed for them, written or verified; the file is as it was then.
pub fn save_for(
    document: &Document,
    edited: &Tree,
    rekey: Option<&Rekey>,
    agreed: Agreed,
    environment: &Environment,
) -> Result<Saved, Failure> {
    save_by(document, edited, rekey, Target::Old(agreed.place()), environment)
}

/// As [`save_for`], for a file that is not there any more: it is made anew, folders above it too, and only if its name is still free.
///
/// # Errors
/// When it cannot be sealed or written.
pub fn save_anew(
    document: &Document,
    edited: &Tree,
    rekey: Option<&Rekey>,
    environment: &Environment,
) -> Result<Saved, Failure> {
    save_by(document, edited, rekey, Target::Anew, environment)
}

fn save_by(
    document: &Document,
    edited: &Tree,
    rekey: Option<&Rekey>,
    target: Target,
    environment: &Environment,
) -> Result<Saved, Failure> {
    let unsealed = match &document.access {
        Access::Open(unsealed) => unsealed,
        Access::ReadOnly(failure) | Access::Locked(failure) => return Err(failure.clone()),
    };
    let before = Readers::of(&document.metadata);
    let rekey = rekey.filter(|rekey| !rekey.readers.changes_since(&before).is_empty());
    let same = edited.same_content(&document.content, true);
    if rekey.is_none() && document.accepted.is_none() && same && target != Target::Anew {
        return Ok(Saved::Unchanged);
    }
    let name = document.path.display().to_string();
    environment.tell("step 1 of 2: encrypting and checking");
    let loaded = document
        .load()
        .map_err(|error| Failure::new(Kind::Generic, format!("{name}: {error}")))?;
    let base = base(document, unsealed, &loaded, &name);
    let (rewritten, key) = match rekey {
        None => (rewrite(&base, edited, Style::default())?, unsealed.key.clone()),
        Some(rekey) => keys::rewrite_for(&base, document, edited, rekey, environment)?,
    };
    put(document, key, rewritten, target, environment)
}

/// Encrypts a document anew by another selection and writes it in place of the file: values that are encrypted before and after keep
/// their ciphertext, and nothing else of it changes.
///
/// # Errors
/// When the rule cannot be used, or the document cannot be sealed, written or verified.
pub fn reselect(
    document: &Document,
    rule: &Rule,
    agreed: Agreed,
    environment: &Environment,
) -> Result<Saved, Failure> {
    let unsealed = match &document.access {
        Access::Open(unsealed) => unsealed,
        Access::ReadOnly(failure) | Access::Locked(failure) => return Err(failure.clone()),
    };
    if document.metadata.effective_rule() == *rule {
        return Ok(Saved::Unchanged);
    }
    let name = document.path.display().to_string();
    let failure = |text: String| Failure::new(Kind::Generic, format!("{name}: {text}"));
    let selection = Selection::new(Some(rule.clone()), document.metadata.mac_only_encrypted)
        .map_err(|bad| failure(bad.to_string()))?;
    environment.tell("step 1 of 2: encrypting and checking");
    let loaded = document.load().map_err(|error| failure(error.to_string()))?;
    let metadata = Metadata {
        rule: Some(rule.clone()),
        ..document.metadata.clone()
    };
    let before = base(document, unsealed, &loaded, &name);
    let after = Base {
        metadata: &metadata,
        selection: &selection,
        ..before
    };
    let rewritten = reseal(&before, &after, &document.content, Style::default())?;
    put(
        document,
        unsealed.key.clone(),
        rewritten,
        Target::Old(agreed.place()),
        environment,
    )
}

/// Writes what was sealed with a data key, and reads it back.
fn put(
    document: &Document,
    key: DataKey,
    rewritten: Rewritten,
    target: Target,
    environment: &Environment,
) -> Result<Saved, Failure> {
    let name = document.path.display().to_string();
    environment.tell("step 2 of 2: writing");
    let place = match target {
        Target::Old(place) => place,
        Target::Anew if file::occupied(&document.path) => return Ok(Saved::ChangedOnDisk),
        Target::Anew => {
            make(&document.path, &rewritten.bytes)
                .map_err(|error| Failure::new(Kind::Write, format!("{name}: cannot be made: {error}")))?;
            let identity = reread(document, &rewritten.bytes, &name)?;
            return Ok(done(document, key, rewritten, identity, environment));
        }
    };
    let identity = match file::write(&document.path, &rewritten.bytes, Some(&document.identity), place) {
        Ok(Written::Replaced(identity)) => identity,
        Ok(Written::Overwritten(_) | Written::Plainly) => reread(document, &rewritten.bytes, &name)?,
        Err(_) if !file::exists(&document.path) => return Ok(Saved::Gone),
        Err(WriteError::Changed) => return Ok(Saved::ChangedOnDisk),
        Err(WriteError::Obstacle(obstacle)) => return Ok(Saved::Obstructed(obstacle)),
        Err(error) => return Err(not_written(&name, &error)),
    };
    Ok(done(document, key, rewritten, identity, environment))
}

/// Makes a file where there is none, with the folders that were deleted with it.
fn make(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        file::make_folders(folder)?;
    }
    file::create(path, bytes)
}

/// The document as it is after it was written.
fn done(
    document: &Document,
    key: DataKey,
    rewritten: Rewritten,
    identity: Identity,
    environment: &Environment,
) -> Saved {
    let relaid = rewritten.relaid.clone();
    pins::remember(&document.path, &rewritten.sealed.metadata, true, environment);
    let mut after = Document::after(document, rewritten, identity, key);
    let before = Readers::of(&document.metadata);
    if !Readers::of(&after.metadata).changes_since(&before).is_empty() {
        after.people = open::people(&after.metadata, environment);
    }
    Saved::Written {
        document: Box::new(after),
        relaid,
    }
}

/// What the file is after it was overwritten where it stands.
fn reread(document: &Document, written: &[u8], name: &str) -> Result<Identity, Failure> {
    match file::read(&document.path) {
        Ok((bytes, identity)) if bytes == written => Ok(identity),
        Ok(_) => Err(Failure::new(
            Kind::Write,
            format!("{name}: the file holds something else than what was written"),
        )),
        Err(error) => Err(Failure::new(
            Kind::Write,
            format!("{name}: cannot be read back: {error}"),
        )),
    }
}

fn base<'d>(document: &'d Document, unsealed: &'d Unsealed, loaded: &'d Loaded, name: &'d str) -> Base<'d> {
    Base {
        name,
        source: &document.source,
        format: document.format,
        loaded,
        detached: &document.detached,
        metadata: &document.metadata,
        selection: &document.selection,
        key: &unsealed.key,
        stash: &unsealed.stash,
    }
}

/// The failure of a write.
#[must_use]
pub fn not_written(name: &str, error: &WriteError) -> Failure {
    let failure = Failure::new(Kind::Write, format!("{name}: not saved: {error}"));
    match error {
        WriteError::Obstacle(Obstacle::HardLinks) => {
            failure.hint("writing in place would change the file under all its names")
        }
        WriteError::Obstacle(_) => {
            failure.hint("writing in place may work; a power cut then leaves a torn file")
        }
        WriteError::Changed => failure.hint("read it again; nothing was overwritten"),
        WriteError::System { .. } => failure,
    }
}

#[cfg(test)]
mod tests;
