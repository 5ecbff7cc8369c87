//! From the text of a scalar to its type (`yaml-behaviour.md` §2.2, §2.3).

use crate::tree::Leaf;

/// What an untagged plain scalar means.
#[must_use]
pub fn plain(text: &str) -> Leaf {
    Leaf::text(text)
}

/// What a scalar with an explicit tag means; `tag` after expansion of its handle (`tag:yaml.org,2002:int`, `!x`, `!`).
/// `None` when the text does not fit the tag.
#[must_use]
pub fn tagged(_tag: &str, text: &str, _is_plain: bool) -> Option<Leaf> {
    Some(plain(text))
}
