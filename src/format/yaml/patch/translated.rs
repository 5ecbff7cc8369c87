//! UTF-16 texts: edited as UTF-8, and written as they were.

use crate::format::PatchError;
use crate::format::yaml::{self, chars};
use crate::tree::Tree;

const REFUSED: PatchError = PatchError::NoPlace("a UTF-16 text cannot be edited in place");

/// Writes an edited clone of `tree` into a UTF-16 text.
pub(super) fn patch(source: &[u8], tree: &Tree, edited: &Tree) -> Result<Vec<u8>, PatchError> {
    let unit: fn(u16) -> [u8; 2] = match source {
        [0xff, 0xfe, ..] => u16::to_le_bytes,
        [0xfe, 0xff, ..] => u16::to_be_bytes,
        _ => return Err(REFUSED),
    };
    let text = chars::decode(source).map_err(|_| REFUSED)?;
    // The same text gives the same ids.
    let (again, layout) = yaml::load(text.text.as_bytes()).map_err(|_| REFUSED)?;
    if again.len() != tree.len() || again.documents() != tree.documents() || layout.opaque {
        return Err(REFUSED);
    }
    let patched = super::patch(text.text.as_bytes(), &again, &layout, edited)?;
    let patched = String::from_utf8(patched).map_err(|_| PatchError::Unfaithful)?;
    let units = std::iter::once(0xfeff).chain(patched.encode_utf16());
    Ok(units.flat_map(unit).collect())
}
