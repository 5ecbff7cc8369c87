//! Save an edited document: only what changed changes.

use super::open::Document;
use crate::failure::Failure;
use crate::host::Environment;
use crate::tree::Tree;

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
}

/// Seals `edited` (a clone of `document.content` with edits) and writes it in place of the file.
///
/// # Errors
/// When it cannot be sealed, written or verified; the file is as it was then.
pub fn save(document: &Document, _edited: &Tree, _environment: &Environment) -> Result<Saved, Failure> {
    Err(Failure::new(
        crate::failure::Kind::Write,
        format!("{}: cannot be saved yet", document.path.display()),
    ))
}
