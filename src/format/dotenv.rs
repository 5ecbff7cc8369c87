//! `KEY=value` lines as sops reads and writes them (spec §11.4): nothing is trimmed or unquoted; the two characters
//! `\n` in a value are a line break.

mod emit;
mod load;
mod patch;

pub use emit::emit;
pub use load::{Layout, Span, load};
pub use patch::patch;
