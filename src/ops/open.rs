//! Open a file for the editor: as far as the keys at hand allow.

use crate::failure::Failure;
use crate::format::{Format, Loaded};
use crate::host::Environment;
use crate::host::file::Identity;
use crate::keys::Attempt;
use crate::metadata::{Detached, Metadata};
use crate::seal::selection::Selection;
use crate::seal::{DataKey, Stash};
use crate::tree::Tree;
use std::path::{Path, PathBuf};

/// A SOPS file that was read. Edits happen on a clone of `content`; `loaded` stays as the file was.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub format: Format,
    /// Its bytes.
    pub source: Vec<u8>,
    /// What the file was when it was read; a save first checks that it still is.
    pub identity: Identity,
    /// Its sealed tree, `sops` block included, and the layout.
    pub loaded: Loaded,
    /// Where the `sops` block stands.
    pub detached: Detached,
    /// What the `sops` block says.
    pub metadata: Metadata,
    /// Which leaves are encrypted.
    pub selection: Selection,
    /// The content without the `sops` block: decrypted, or as in the file where it is locked. Ids as in `loaded`.
    pub content: Tree,
    /// Whether it can be shown and changed.
    pub access: Access,
    /// What became of each key.
    pub attempts: Vec<Attempt>,
    /// What the user should know: odd metadata, comments that do not decrypt.
    pub notices: Vec<String>,
}

/// How far a document could be opened.
#[derive(Clone, Debug)]
pub enum Access {
    /// Decrypted, the MAC holds: it can be changed.
    Open(Unsealed),
    /// Decrypted, but the MAC does not hold, or the file asks for care: it is shown and cannot be changed.
    ReadOnly(Failure),
    /// No key at hand opens it: structure, recipients and rule are shown.
    Locked(Failure),
}

/// What is needed to seal again.
#[derive(Clone, Debug)]
pub struct Unsealed {
    /// The data key.
    pub key: DataKey,
    /// Ciphertexts of unchanged values.
    pub stash: Stash,
}

/// Opens a file for the editor. A file that cannot be decrypted still opens, as [`Access::Locked`].
///
/// # Errors
/// When the file cannot be read, is no text of its format, or is not encrypted.
pub fn open(path: &Path, _environment: &Environment) -> Result<Document, Failure> {
    Err(Failure::new(
        crate::failure::Kind::Read,
        format!("{}: cannot be opened yet", path.display()),
    ))
}
