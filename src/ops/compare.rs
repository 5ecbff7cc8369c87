//! What differs between two versions of a SOPS file: values by path, recipients, rules, the data key.

mod file;
mod trees;

pub use file::{Comparison, Seen, ValueChange, Version, body_print, compare, type_name};
pub use trees::{Difference, Matched, What, compare as trees, matched};
