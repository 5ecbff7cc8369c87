//! From a tree to lines.

use crate::format::flat::{has_top_level, size, text_of, verifies_as_text};
use crate::format::{EmitError, dotted};
use crate::tree::{Body, Key, Leaf, NodeId, Tree};

/// The prefix of keys that carry metadata.
const METADATA: &[u8] = b"sops_";

/// Writes the document in sops's layout.
///
/// # Errors
/// When a value is a map or list, or a line would not read back to what it was written from. In an encrypted file also
/// when a value in clear would count differently in the MAC (spec §11.7).
pub fn emit(tree: &Tree) -> Result<Vec<u8>, EmitError> {
    let [root] = tree.documents() else {
        if tree.documents().is_empty() {
            return Ok(Vec::new());
        }
        return Err(EmitError::Unrepresentable {
            problem: "this format holds one document only",
            path: String::new(),
        });
    };
    let is_sealed = has_top_level(tree, METADATA, false);
    let mut out = Vec::with_capacity(size(tree));
    for id in tree.children(*root) {
        write_line(&mut out, tree, *id, is_sealed)?;
        out.push(b'\n');
    }
    Ok(out)
}

/// Writes one entry or comment without a line break.
pub(super) fn write_line(
    out: &mut Vec<u8>,
    tree: &Tree,
    id: NodeId,
    is_sealed: bool,
) -> Result<(), EmitError> {
    let node = tree.node(id);
    match &node.body {
        Body::Comment(_) => {
            out.push(b'#');
            write_value(out, tree, id, is_sealed)
        }
        _ => {
            write_key(out, tree, id)?;
            out.push(b'=');
            write_value(out, tree, id, is_sealed)
        }
    }
}

pub(super) fn write_key(out: &mut Vec<u8>, tree: &Tree, id: NodeId) -> Result<(), EmitError> {
    let key = tree.node(id).key.as_ref();
    let text = key.and_then(Key::text).unwrap_or_default();
    let problem = if key.is_none_or(|key| key.text().is_none()) {
        "a key that is no text cannot be written"
    } else if text.iter().any(|byte| matches!(byte, b'=' | b'\n')) {
        "a dotenv key cannot hold = or a line break"
    } else if text.first() == Some(&b'#') {
        "a dotenv key cannot begin with #"
    } else {
        out.extend_from_slice(text);
        return Ok(());
    };
    Err(EmitError::Unrepresentable {
        problem,
        path: dotted(tree, id),
    })
}

/// Writes what follows `=` or `#`.
pub(super) fn write_value(
    out: &mut Vec<u8>,
    tree: &Tree,
    id: NodeId,
    is_sealed: bool,
) -> Result<(), EmitError> {
    let node = tree.node(id);
    let lossy = || EmitError::Lossy {
        path: dotted(tree, id),
    };
    match &node.body {
        Body::Map(_) | Body::List(_) => Err(EmitError::Unrepresentable {
            problem: "cannot use complex value in dotenv file",
            path: dotted(tree, id),
        }),
        Body::Comment(comment) => {
            if comment.text.expose().contains(&b'\n') {
                return Err(lossy());
            }
            out.extend_from_slice(comment.text.expose());
            Ok(())
        }
        Body::Leaf(Leaf::Text(text)) => {
            if text.expose().windows(2).any(|pair| pair == b"\\n") {
                return Err(lossy());
            }
            escape(out, text.expose());
            Ok(())
        }
        Body::Leaf(leaf) => {
            if is_sealed && !is_metadata(tree, id) && !verifies_as_text(leaf) {
                return Err(lossy());
            }
            out.extend_from_slice(&text_of(leaf));
            Ok(())
        }
    }
}

fn is_metadata(tree: &Tree, id: NodeId) -> bool {
    let key = tree.node(id).key.as_ref().and_then(Key::text);
    key.is_some_and(|key| key.starts_with(METADATA))
}

fn escape(out: &mut Vec<u8>, text: &[u8]) {
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\\n");
        }
        out.extend_from_slice(line);
    }
}

#[cfg(test)]
mod tests {
    use super::emit;
    use crate::format::{EmitError, dotenv};
    use crate::tree::{Body, Comment, Key, Leaf, Tree};

    fn tree(entries: &[(&str, Leaf)]) -> Tree {
        let mut tree = Tree::new();
        let root = tree.push_document();
        for (key, leaf) in entries {
            tree.push(root, Some(Key::from(*key)), Body::Leaf(leaf.clone()));
        }
        tree
    }

    #[test]
    fn lines_are_those_of_sops() {
        let text = b"# c\nA= x\\ny\n#\nA=\xff\n=\n";
        let (tree, _) = dotenv::load(text).unwrap();
        assert_eq!(emit(&tree).unwrap(), text);
        assert_eq!(emit(&Tree::new()).unwrap(), b"");
    }

    #[test]
    fn values_of_other_formats_become_text() {
        let values = tree(&[
            ("b", Leaf::Bool(true)),
            ("n", Leaf::Null),
            ("g", Leaf::Float(3.0)),
            ("i", Leaf::Int(42)),
        ]);
        assert_eq!(emit(&values).unwrap(), b"b=true\nn=<nil>\ng=3.0\ni=42\n");
    }

    #[test]
    fn an_encrypted_file_never_holds_what_breaks_its_mac() {
        for (leaf, fits) in [
            (Leaf::Bool(true), false),
            (Leaf::Null, false),
            (Leaf::Float(1.0), false),
            (Leaf::Float(1.5), true),
            (Leaf::Int(42), true),
            (Leaf::text("x"), true),
        ] {
            let sealed = tree(&[("a", leaf), ("sops_mac_only_encrypted", Leaf::Bool(true))]);
            assert_eq!(emit(&sealed).is_ok(), fits);
        }
    }

    #[test]
    fn what_would_not_read_back_is_refused() {
        for (key, value) in [("a", "x\\ny"), ("a=b", "x"), ("#a", "x"), ("a\nb", "x")] {
            assert!(emit(&tree(&[(key, Leaf::text(value))])).is_err(), "{key}");
        }
        let mut nested = Tree::new();
        let root = nested.push_document();
        nested.push(root, Some("a".into()), Body::List(Vec::new()));
        assert_eq!(
            emit(&nested).unwrap_err().to_string(),
            "cannot use complex value in dotenv file (at a)"
        );
        let mut comment = Tree::new();
        let root = comment.push_document();
        let text = "a\nb".into();
        comment.push(root, None, Body::Comment(Comment { text, inline: false }));
        assert!(matches!(emit(&comment), Err(EmitError::Lossy { .. })));
    }
}
