//! Keys of map entries.

use super::{Leaf, Name};
use std::borrow::Cow;

/// The key of an entry. Text everywhere but in YAML, where any scalar can be one; those are read, shown and
/// refused when the tree is encrypted or decrypted (spec §1).
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A text key; bytes, because dotenv files and `!!binary` keys need not be UTF-8.
    Text(Name),
    /// A YAML key that is no string: null, bool, number or time. Rare, so it takes no room in other keys.
    Scalar(Box<Leaf>),
}

impl Key {
    /// The bytes of a text key, as they enter paths and selection rules.
    #[must_use]
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(bytes) => Some(bytes),
            Self::Scalar(_) => None,
        }
    }

    /// The key for a person to read; not escaped for a terminal.
    #[must_use]
    pub fn display(&self) -> Cow<'_, str> {
        match self {
            Self::Text(bytes) => String::from_utf8_lossy(bytes),
            Self::Scalar(leaf) => Cow::Owned(String::from_utf8_lossy(&leaf.canonical()).into_owned()),
        }
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::from(text.as_bytes())
    }
}

impl From<&[u8]> for Key {
    fn from(bytes: &[u8]) -> Self {
        Self::Text(bytes.into())
    }
}

impl From<Leaf> for Key {
    fn from(leaf: Leaf) -> Self {
        Self::Scalar(Box::new(leaf))
    }
}
