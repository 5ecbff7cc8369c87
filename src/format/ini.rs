//! INI as sops reads and writes it (spec §11.5): the rules of its library, quirks included, because what a value is
//! decides what is authenticated.
//!
//! A tree holds one map a section, `DEFAULT` first. The comment of a section is its first child, the comment of a key
//! follows the key.

mod blank;
mod emit;
mod layout;
mod load;
mod patch;
mod scan;
mod write;

pub use emit::emit;
pub use layout::{Entry, Layout, Piece, Section, Span};
pub use load::load;
pub use patch::patch;

/// The section of keys that stand before any header.
const DEFAULT: &[u8] = b"DEFAULT";
/// The section of the metadata.
const METADATA: &[u8] = b"sops";
