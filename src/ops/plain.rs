//! The text of an open file as it would be without encryption: comments, blank lines and quotes where they stand.

use super::open::Document;
use crate::failure::{Failure, Kind};
use crate::format::{self, Format, Style};
use crate::tree::Tree;
use zeroize::Zeroizing;

/// The plain text of `edited`, a clone of the content of `document` with edits. Laid out anew where the layout of the file
/// has no place for an edit.
///
/// # Errors
/// When the format cannot hold it.
pub fn text(document: &Document, edited: &Tree) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if document.format != Format::Binary
        && let Ok(loaded) = document.load()
        && let Ok(bytes) = format::patch(&document.source, &loaded, edited)
    {
        return Ok(Zeroizing::new(bytes));
    }
    format::emit(document.format, edited, Style::default())
        .map(Zeroizing::new)
        .map_err(|error| {
            let name = document.path.display();
            Failure::new(
                Kind::Serialise,
                format!("{name}: cannot be written as plain text: {error}"),
            )
        })
}
