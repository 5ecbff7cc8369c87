//! Values that Kubernetes manifests hold in base64: shown and edited decoded, stored encoded.
//!
//! Here belongs what a manifest means. What is encrypted does not depend on it.

use crate::tree::{Body, Leaf, NodeId, Secret, Tree};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Shorter texts are words that happen to be base64 (`password`, `postgres`).
const SHORTEST_DOUBLE: usize = 12;

/// Whether a value stands in base64 by the rules of its manifest: under `data` of a `kind: Secret`, or of a template of a
/// SopsSecret.
#[must_use]
pub fn is_encoded(tree: &Tree, id: NodeId) -> bool {
    let node = tree.node(id);
    matches!(node.leaf(), Some(Leaf::Text(_))) && node.parent.is_some_and(|map| holds_encoded(tree, map))
}

/// Whether the values of a map stand in base64.
#[must_use]
pub fn holds_encoded(tree: &Tree, map: NodeId) -> bool {
    let Some(manifest) = tree.node(map).parent else {
        return false;
    };
    has_key(tree, map, "data") && (is_secret(tree, manifest) || is_template(tree, manifest))
}

/// What a value means where [`is_encoded`] says that it is encoded; `None` when it is no base64.
#[must_use]
pub fn decode(leaf: &Leaf) -> Option<Zeroizing<Vec<u8>>> {
    let Leaf::Text(text) = leaf else { return None };
    // Manifests may fold long values over several lines.
    let mut packed = Zeroizing::new(Vec::with_capacity(text.len()));
    packed.extend(
        text.expose()
            .iter()
            .copied()
            .filter(|byte| !matches!(byte, b'\r' | b'\n')),
    );
    STANDARD.decode(packed.as_slice()).ok().map(Zeroizing::new)
}

/// The value that stands for these bytes.
#[must_use]
pub fn encode(bytes: &[u8]) -> Leaf {
    Leaf::Text(Secret::from(STANDARD.encode(bytes)))
}

/// Whether decoded bytes look as if somebody had encoded them before: base64 again, of printable text.
#[must_use]
pub fn looks_encoded_twice(decoded: &[u8]) -> bool {
    let inner = decoded.trim_ascii();
    if inner.len() < SHORTEST_DOUBLE || !inner.len().is_multiple_of(4) {
        return false;
    }
    let Ok(bytes) = STANDARD.decode(inner).map(Zeroizing::new) else {
        return false;
    };
    std::str::from_utf8(&bytes).is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
}

fn is_secret(tree: &Tree, manifest: NodeId) -> bool {
    tree.children(manifest).iter().any(|child| {
        let value = tree.node(*child).leaf();
        has_key(tree, *child, "kind") && matches!(value, Some(Leaf::Text(kind)) if kind.expose() == b"Secret")
    })
}

fn is_template(tree: &Tree, manifest: NodeId) -> bool {
    let list = tree.node(manifest).parent;
    list.is_some_and(|list| {
        matches!(tree.node(list).body, Body::List(_))
            && (has_key(tree, list, "secretTemplates") || has_key(tree, list, "secret_templates"))
    })
}

fn has_key(tree: &Tree, id: NodeId, key: &str) -> bool {
    tree.node(id).key.as_ref().and_then(|own| own.text()) == Some(key.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, is_encoded, looks_encoded_twice};
    use crate::format::{Format, load};
    use crate::tree::{Leaf, Step, Tree};

    fn encoded_keys(text: &str) -> Vec<String> {
        let tree: Tree = load(Format::Yaml, text.as_bytes()).unwrap().tree;
        let leaves = tree.walk().filter(|step| matches!(step, Step::Leaf(_)));
        leaves
            .filter(|step| is_encoded(&tree, step.id()))
            .map(|step| tree.node(step.id()).key.as_ref().unwrap().display().into_owned())
            .collect()
    }

    #[test]
    fn only_the_data_of_secrets_is_taken_for_base64() {
        let secret = "kind: Secret\ndata: {a: eA==}\nstringData: {b: x}\nmetadata: {name: n}\n";
        assert_eq!(encoded_keys(secret), ["a"]);
        assert_eq!(encoded_keys("kind: ConfigMap\ndata: {a: x}\n"), [""; 0]);
        let sops_secret = "kind: SopsSecret\nspec:\n  secretTemplates:\n  - name: n\n    data: {c: eA==}\n    stringData: {d: x}\n";
        assert_eq!(encoded_keys(sops_secret), ["c"]);
    }

    #[test]
    fn what_is_stored_encoded_comes_back_as_it_was() {
        for bytes in [b"".as_slice(), b"hunter2", b"\xff\x00\n"] {
            assert_eq!(decode(&encode(bytes)).unwrap().as_slice(), bytes);
        }
        assert_eq!(
            decode(&Leaf::text("aHVu\ndGVyMg==")).unwrap().as_slice(),
            b"hunter2"
        );
        assert_eq!(decode(&Leaf::text("no base64")), None);
    }

    #[test]
    fn a_value_that_was_encoded_twice_is_noticed_and_a_word_is_not() {
        assert!(looks_encoded_twice(b"aHVudGVyMmh1bnRlcjI="));
        assert!(!looks_encoded_twice(b"password"));
        assert!(!looks_encoded_twice(b"correct horse"));
        assert!(!looks_encoded_twice(b"0123456789abcdef"));
    }
}
