//! Reading an encrypted file as far as it goes without a key.

use crate::failure::{Failure, Kind};
use crate::format::{self, Format, LoadError, Loaded};
use crate::metadata::{self, Detached, Metadata, MetadataError};
use crate::tree::Tree;
use std::sync::Arc;
use thiserror::Error;

/// An encrypted file without its `sops` block.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Its format. [`Format::Binary`] is JSON on the outside: see [`Format::sealed`].
    pub format: Format,
    /// Its tree as it stands, `sops` block included, and the layout.
    pub loaded: Loaded,
    /// The content alone, still encrypted; ids as in `loaded`.
    pub content: Tree,
    /// Where the `sops` block stands.
    pub detached: Detached,
    /// What the `sops` block says.
    pub metadata: Metadata,
}

/// Why a text is no encrypted file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// It is no text of the format.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// It has no usable `sops` block.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

impl Unreadable {
    /// As sops reports it: with the exit code 1, whatever it is.
    #[must_use]
    pub fn failure(&self, name: &str) -> Failure {
        let text = format!("{name}: {self}");
        match self {
            Self::Metadata(MetadataError::Missing) => Failure::new(Kind::NotEncrypted, text)
                .hint("the file is not encrypted, or not in this format"),
            _ => Failure::new(Kind::Generic, text),
        }
    }
}

/// Reads an encrypted file of a known format. `lenient` is the editor's way (see [`metadata::detach`]).
///
/// # Errors
/// When it is no text of the format, or has no usable `sops` block.
pub fn read(bytes: &[u8], format: Format, lenient: bool) -> Result<Sealed, Unreadable> {
    let text = format.sealed();
    let loaded = format::load(text, bytes)?;
    format::ends(bytes, &loaded)?;
    let mut content = loaded.tree.clone();
    let (metadata, detached) = metadata::detach(&mut content, text, lenient)?;
    Ok(Sealed {
        format,
        loaded,
        content,
        detached,
        metadata,
    })
}

/// Reads an encrypted file of the format its name suggests or, if it is none of that format, of the one its content has.
///
/// # Errors
/// What is wrong with it in the suggested format.
pub fn detect(bytes: &[u8], suggested: Format, lenient: bool) -> Result<Sealed, Unreadable> {
    detect_by(bytes, suggested, |format| read(bytes, format, lenient))
}

/// What an encrypted file holds, without what can be read from its text again.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its format.
    pub format: Format,
    /// The content alone, still encrypted.
    pub content: Tree,
    /// Where the `sops` block stands.
    pub detached: Detached,
    /// What the `sops` block says.
    pub metadata: Metadata,
    /// Why sops would refuse the `sops` block, if it would.
    pub odd: Option<MetadataError>,
}

impl From<Sealed> for Held {
    fn from(sealed: Sealed) -> Self {
        let odd = metadata::read(&sealed.loaded.tree, sealed.format.sealed(), false).err();
        Self {
            format: sealed.format,
            content: sealed.content,
            detached: sealed.detached,
            metadata: sealed.metadata,
            odd,
        }
    }
}

/// As [`detect`] in the way of the editor, with one copy of the content only.
///
/// # Errors
/// What is wrong with it in the suggested format.
pub fn hold(bytes: &[u8], suggested: Format) -> Result<Held, Unreadable> {
    hold_in(&Arc::new(bytes.to_vec()), suggested)
}

/// As [`hold`] where the bytes stay anyway: ciphertexts are parts of them.
///
/// # Errors
/// As [`hold`].
pub fn hold_in(bytes: &Arc<Vec<u8>>, suggested: Format) -> Result<Held, Unreadable> {
    detect_by(bytes, suggested, |format| {
        let mut content = match format.sealed() {
            Format::Json => {
                let loaded = format::load(Format::Json, bytes)?;
                format::ends(bytes, &loaded)?;
                loaded.tree
            }
            text => format::load_tree(text, bytes)?,
        };
        let odd = metadata::read(&content, format.sealed(), false).err();
        let (metadata, detached) = metadata::detach(&mut content, format.sealed(), true)?;
        Ok(Held {
            format,
            content,
            detached,
            metadata,
            odd,
        })
    })
}

fn detect_by<T>(
    bytes: &[u8],
    suggested: Format,
    read: impl Fn(Format) -> Result<T, Unreadable>,
) -> Result<T, Unreadable> {
    let error = match read(suggested) {
        Ok(sealed) => return Ok(sealed),
        Err(error @ Unreadable::Metadata(MetadataError::Invalid { .. })) => return Err(error),
        Err(error) => error,
    };
    let found = format::sealed_format(bytes, suggested).filter(|format| *format != suggested);
    found.and_then(|format| read(format).ok()).ok_or(error)
}

#[cfg(test)]
mod tests {
    use super::{Unreadable, hold, read};
    use crate::format::{Format, LoadError};
    use crate::metadata::MetadataError;

    #[test]
    fn text_that_somebody_put_behind_an_encrypted_object_is_not_passed_over() {
        for format in [Format::Json, Format::Binary] {
            for behind in ["x", "{}", "}", "\n\u{202e}", "\u{a0}", "\u{c}"] {
                let text = format!("{{\n}}{behind}");
                for error in [
                    read(text.as_bytes(), format, false).map(|_| ()),
                    hold(text.as_bytes(), format).map(|_| ()),
                ] {
                    assert!(
                        matches!(
                            error,
                            Err(Unreadable::Load(LoadError::Syntax { line: Some(2..), .. }))
                        ),
                        "{behind:?}: {error:?}"
                    );
                }
            }
            let error = read(b"{} \t\r\n", format, false).map(|_| ());
            assert_eq!(error, Err(Unreadable::Metadata(MetadataError::Missing)));
        }
    }
}
