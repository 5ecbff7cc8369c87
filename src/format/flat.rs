//! Values as plain text, the way dotenv, INI and environment variables hold them (spec §11.4).

use crate::tree::{Body, Key, Leaf, Step, Time, Tree};
use zeroize::Zeroizing;

/// The text sops writes for a value where there are no types: `true`, `1.0`, `1E+21`, RFC 3339 without fraction,
/// `<nil>` for null.
#[must_use]
pub fn text_of(leaf: &Leaf) -> Zeroizing<Vec<u8>> {
    match leaf {
        Leaf::Null => Zeroizing::new(b"<nil>".to_vec()),
        Leaf::Bool(value) => Zeroizing::new(value.to_string().into_bytes()),
        Leaf::Float(number) => Zeroizing::new(super::float::flat(*number).into_bytes()),
        Leaf::Time(time) => {
            let whole = Time {
                nanosecond: 0,
                ..*time
            };
            Zeroizing::new(whole.to_string().into_bytes())
        }
        Leaf::Int(_) | Leaf::Uint(_) | Leaf::Text(_) => leaf.canonical(),
    }
}

/// Gives the text of a value to `then`, without a copy where it is a text already.
pub(super) fn with_text<T>(leaf: &Leaf, then: impl FnOnce(&[u8]) -> T) -> T {
    match leaf {
        Leaf::Text(text) => then(text.expose()),
        other => then(&text_of(other)),
    }
}

/// About how many bytes the keys, values and comments of a tree take when written, with a little for marks and line breaks.
/// A buffer of that size does not have to grow, which would leave copies of values behind in memory.
pub(super) fn size(tree: &Tree) -> usize {
    let of = |step: Step| {
        let node = tree.node(step.id());
        let key = node.key.as_ref().and_then(Key::text).map_or(0, <[u8]>::len);
        let value = match &node.body {
            Body::Leaf(Leaf::Text(text)) => text.len(),
            Body::Leaf(_) => 24,
            Body::Comment(comment) => comment.text.len(),
            Body::Map(_) | Body::List(_) => 0,
        };
        key + value + 12
    };
    64 + tree.walk().map(of).sum::<usize>()
}

/// Whether a value in clear still counts the same in the MAC, and can be decrypted, after it became text (spec §11.7).
pub(super) fn verifies_as_text(leaf: &Leaf) -> bool {
    match leaf {
        Leaf::Text(_) => true,
        Leaf::Null => false,
        other => *text_of(other) == *other.canonical(),
    }
}

/// Whether a top-level key of the tree begins with `prefix` (`exact`: is it): then it carries the metadata of an
/// encrypted file.
pub(super) fn has_top_level(tree: &Tree, name: &[u8], exact: bool) -> bool {
    tree.documents()
        .iter()
        .take(1)
        .flat_map(|root| tree.children(*root))
        .filter_map(|id| tree.node(*id).key.as_ref()?.text())
        .any(|key| if exact { key == name } else { key.starts_with(name) })
}

#[cfg(test)]
mod tests {
    use super::text_of;
    use crate::tree::{Leaf, Time};

    #[test]
    fn values_are_written_as_sops_writes_them() {
        let time = Time::parse_rfc3339("2001-12-14T21:59:43.1-05:00").unwrap();
        for (leaf, text) in [
            (Leaf::Null, "<nil>"),
            (Leaf::Bool(true), "true"),
            (Leaf::Int(-7), "-7"),
            (Leaf::Float(3.0), "3.0"),
            (Leaf::Time(time), "2001-12-14T21:59:43-05:00"),
            (Leaf::text("a\nb"), "a\nb"),
        ] {
            assert_eq!(text_of(&leaf).as_slice(), text.as_bytes());
        }
    }
}
