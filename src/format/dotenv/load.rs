//! From lines to a tree and its layout.

use crate::format::LoadError;
use crate::tree::{Body, Comment, Key, Leaf, NodeId, Secret, Tree};
use std::ops::Range;

/// Where one entry or comment stands, in bytes of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The line without its line break.
    pub line: Range<usize>,
    /// The key; empty at the start of the line for comments.
    pub key: Range<usize>,
    /// The value; for comments the text behind `#`.
    pub value: Range<usize>,
}

/// The layout of a whole text.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// By [`NodeId::index`]; the root has none.
    spans: Vec<Option<Span>>,
}

impl Layout {
    /// Where a node stands.
    #[must_use]
    pub fn span(&self, id: NodeId) -> Option<&Span> {
        self.spans.get(id.index())?.as_ref()
    }
}

/// Reads the lines of a text.
///
/// # Errors
/// When a line is no comment and has no `=`.
pub fn load(bytes: &[u8]) -> Result<(Tree, Layout), LoadError> {
    let mut tree = Tree::new();
    let root = tree.push_document();
    let mut spans = vec![None];
    let mut start = 0;
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let end = start + line.len();
        match line.split_first() {
            None => {}
            Some((b'#', text)) => {
                let comment = Comment {
                    text: text.into(),
                    inline: false,
                };
                tree.push(root, None, Body::Comment(comment));
                spans.push(Some(Span {
                    line: start..end,
                    key: start..start,
                    value: start + 1..end,
                }));
            }
            Some(_) => {
                let Some(equals) = memchr::memchr(b'=', line) else {
                    return Err(LoadError::Syntax {
                        problem: "a line that is no comment needs a key and =",
                        line: Some(index + 1),
                    });
                };
                let (key, value) = line.split_at(equals);
                let value = unescape(value.get(1..).unwrap_or_default());
                tree.push(root, Some(Key::from(key)), Body::Leaf(Leaf::Text(value)));
                spans.push(Some(Span {
                    line: start..end,
                    key: start..start + equals,
                    value: start + equals + 1..end,
                }));
            }
        }
        start = end + 1;
    }
    Ok((tree, Layout { spans }))
}

fn unescape(text: &[u8]) -> Secret {
    if memchr::memchr(b'\\', text).is_none() {
        return Secret::from(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = rest.split_first() {
        if let (b'\\', Some((b'n', after))) = (byte, tail.split_first()) {
            plain.push(b'\n');
            rest = after;
        } else {
            plain.push(*byte);
            rest = tail;
        }
    }
    Secret::new(plain)
}

#[cfg(test)]
mod tests {
    use super::load;
    use crate::format::LoadError;
    use crate::tree::{Body, Leaf};

    #[test]
    fn everything_is_taken_as_it_stands() {
        let text = b"\xef\xbb\xbfA = \"x\" # y\r\n\nexport B==z\n#\n# c \n=\nC=a\\nb\\\\nc\nD=\xff";
        let (tree, _) = load(text).unwrap();
        let read: Vec<(Option<Vec<u8>>, Vec<u8>)> = tree
            .children(tree.documents()[0])
            .iter()
            .map(|id| {
                let node = tree.node(*id);
                let value = match &node.body {
                    Body::Leaf(Leaf::Text(text)) => text.expose().to_vec(),
                    Body::Comment(comment) => comment.text.expose().to_vec(),
                    _ => panic!("neither value nor comment"),
                };
                (node.key.as_ref().map(|key| key.text().unwrap().to_vec()), value)
            })
            .collect();
        let entry = |key: &[u8], value: &[u8]| (Some(key.to_vec()), value.to_vec());
        assert_eq!(
            read,
            [
                entry(b"\xef\xbb\xbfA ", b" \"x\" # y\r"),
                entry(b"export B", b"=z"),
                (None, Vec::new()),
                (None, b" c ".to_vec()),
                entry(b"", b""),
                entry(b"C", b"a\nb\\\nc"),
                entry(b"D", b"\xff"),
            ]
        );
    }

    #[test]
    fn a_line_without_equals_is_refused_without_showing_it() {
        for text in ["A=1\nhunter2\n", "A=1\n  # indented\n", "A=1\n   \n"] {
            assert_eq!(
                load(text.as_bytes()).unwrap_err(),
                LoadError::Syntax {
                    problem: "a line that is no comment needs a key and =",
                    line: Some(2),
                }
            );
        }
    }
}
