//! Any bytes as one value under the key `data` (spec §11.6). The sealed form of a binary file is JSON
//! ([`super::Format::sealed`]); this is its plain form.

use super::{EmitError, LoadError, PatchError, Style, flat, json};
use crate::tree::{Body, Key, Leaf, NodeId, Tree};

/// The key of the value.
const DATA: &[u8] = b"data";

/// Takes the whole input as one text.
///
/// # Errors
/// Never; the signature is that of the other formats.
pub fn load(bytes: &[u8]) -> Result<Tree, LoadError> {
    let mut tree = Tree::new();
    let root = tree.push_document();
    tree.push(root, Some(Key::from(DATA)), Body::Leaf(Leaf::Text(bytes.into())));
    Ok(tree)
}

/// Writes the raw bytes of the value; a tree with a `sops` block is written in its sealed form.
///
/// # Errors
/// When there is no `data`, or it is no text.
pub fn emit(tree: &Tree, style: Style) -> Result<Vec<u8>, EmitError> {
    if flat::has_top_level(tree, b"sops", true) {
        return json::emit(tree, style);
    }
    let data = data(tree).ok_or(EmitError::Unrepresentable {
        problem: "no binary data found in tree",
        path: String::new(),
    })?;
    match tree.node(data).leaf() {
        Some(Leaf::Text(text)) => Ok(text.expose().to_vec()),
        _ => Err(EmitError::Unrepresentable {
            problem: "the value of a binary file must be a text",
            path: super::dotted(tree, data),
        }),
    }
}

/// Writes an edited clone of a tree that was read from plain bytes.
///
/// # Errors
/// When the bytes would not read back to the edited tree.
pub fn patch(edited: &Tree) -> Result<Vec<u8>, PatchError> {
    let bytes = emit(edited, Style::default())?;
    let again = if flat::has_top_level(edited, b"sops", true) {
        json::load(&bytes).map(|(tree, _)| tree)
    } else {
        load(&bytes)
    };
    match again {
        Ok(again) if again.same_content(edited, true) => Ok(bytes),
        _ => Err(PatchError::Unfaithful),
    }
}

fn data(tree: &Tree) -> Option<NodeId> {
    let root = tree.documents().first()?;
    let mut entries = tree.children(*root).iter().copied();
    entries.find(|id| tree.node(*id).key.as_ref().and_then(Key::text) == Some(DATA))
}

#[cfg(test)]
mod tests {
    use super::{emit, load, patch};
    use crate::format::Style;
    use crate::tree::{Body, Leaf, Tree};

    #[test]
    fn bytes_come_back_as_they_were() {
        for bytes in [&b""[..], b"\x00\xff\r\n", b"{\"data\":1}"] {
            let tree = load(bytes).unwrap();
            assert_eq!(emit(&tree, Style::default()).unwrap(), bytes);
            assert_eq!(patch(&tree).unwrap(), bytes);
        }
    }

    #[test]
    fn the_sealed_form_is_json() {
        let mut tree = load(b"x").unwrap();
        let root = tree.documents()[0];
        tree.push(root, Some("sops".into()), Body::Map(Vec::new()));
        assert_eq!(
            emit(&tree, Style { indent: Some(0) }).unwrap(),
            b"{\n\"data\": \"x\",\n\"sops\": {}\n}\n"
        );
        assert!(patch(&tree).is_ok());
    }

    #[test]
    fn a_tree_without_data_is_refused() {
        let mut tree = Tree::new();
        let root = tree.push_document();
        assert!(emit(&tree, Style::default()).is_err());
        tree.push(root, Some("data".into()), Body::Leaf(Leaf::Int(1)));
        assert!(emit(&tree, Style::default()).is_err());
    }
}
