//! What became of a whole file in the user's own editor: the text is read, and everything that was left alone keeps its node.

use super::carry::carry;
use crate::failure::{Failure, Kind};
use crate::format::{self, Format};
use crate::metadata;
use crate::tree::Tree;

/// A clone of `tree` with the content of `text`. `shown` is the text that was handed out, which [`super::plain::text`] made of
/// `tree`.
///
/// # Errors
/// When the text is not of the format, uses the name of the `sops` block, or has no document.
pub fn take(tree: &Tree, format: Format, shown: &[u8], text: &[u8]) -> Result<Tree, Failure> {
    let read = |bytes| {
        format::load(format, bytes)
            .map(|loaded| loaded.tree)
            .map_err(|error| Failure::new(Kind::Read, format!("this is no {}: {error}", format.name())))
    };
    let after = read(text)?;
    if metadata::reserved(&after, format).is_some() {
        return Err(Failure::new(
            Kind::Usage,
            "`sops` at the top is where the keys of the file stand",
        ));
    }
    carry(tree, &read(shown)?, &after)
        .ok_or_else(|| Failure::new(Kind::Usage, "the text has no document any more"))
}
