//! Fingerprints of the nodes of one tree, to find what is the same in another one. They stay in memory and are never shown:
//! what is shown of a value is made with the key of the user.

use crate::tree::{Body, Key, NodeId, Step, Tree};
use sha2::{Digest as _, Sha256};

/// What a node and everything below it comes to; equal for equal content only.
pub type Print = [u8; 32];

/// The fingerprints of a tree.
#[derive(Clone, Debug)]
pub struct Prints(Vec<Print>);

impl Prints {
    /// Takes the fingerprints of all nodes, comments included. Linear.
    #[must_use]
    pub fn of(tree: &Tree) -> Self {
        let mut prints = vec![Print::default(); tree.len()];
        for step in tree.walk() {
            let id = step.id();
            let print = match step {
                Step::Enter(_) => continue,
                Step::Leave(_) => branch(tree, id, &prints),
                Step::Leaf(_) | Step::Comment(_) => single(tree, id),
            };
            if let Some(slot) = prints.get_mut(id.index()) {
                *slot = print;
            }
        }
        Self(prints)
    }

    /// The fingerprint of a node; its key does not count.
    #[must_use]
    pub fn get(&self, id: NodeId) -> Print {
        self.0.get(id.index()).copied().unwrap_or_default()
    }
}

fn single(tree: &Tree, id: NodeId) -> Print {
    let mut hash = Sha256::new();
    match &tree.node(id).body {
        Body::Leaf(leaf) => {
            hash.update(leaf.type_name());
            hash.update(b":");
            hash.update(leaf.canonical().as_slice());
        }
        Body::Comment(comment) => {
            hash.update(if comment.inline { b"##" } else { b"#." });
            hash.update(comment.text.expose());
        }
        Body::Map(_) | Body::List(_) => {}
    }
    hash.finalize().into()
}

fn branch(tree: &Tree, id: NodeId, prints: &[Print]) -> Print {
    let mut hash = Sha256::new();
    hash.update(match tree.node(id).body {
        Body::Map(_) => b"{",
        _ => b"[",
    });
    for child in tree.children(id) {
        if let Some(key) = &tree.node(*child).key {
            let name = key_bytes(key);
            hash.update(name.len().to_le_bytes());
            hash.update(&name);
        }
        hash.update(prints.get(child.index()).copied().unwrap_or_default());
    }
    hash.finalize().into()
}

/// A key as bytes that no other key has.
#[must_use]
pub fn key_bytes(key: &Key) -> Vec<u8> {
    match key {
        Key::Text(bytes) => [b"t", bytes.as_ref()].concat(),
        Key::Scalar(leaf) => [leaf.type_name().as_bytes(), b":", leaf.canonical().as_slice()].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::Prints;
    use crate::format::{Format, load};

    #[test]
    fn what_differs_in_anything_has_another_fingerprint() {
        let print = |text: &str| {
            let tree = load(Format::Yaml, text.as_bytes()).unwrap().tree;
            Prints::of(&tree).get(tree.documents()[0])
        };
        let texts = [
            "a: 1\n",
            "a: '1'\n",
            "a: 1.0\n",
            "b: 1\n",
            "a: [1]\n",
            "a: {}\n",
            "a: []\n",
            "a: null\n",
            "a: ''\n",
            "# x\na: 1\n",
            "a: 1 # x\n",
            "a: 1\nb: 2\n",
            "b: 2\na: 1\n",
        ];
        for (index, one) in texts.iter().enumerate() {
            assert_eq!(print(one), print(one));
            for other in texts.iter().skip(index + 1) {
                assert_ne!(print(one), print(other), "{one}{other}");
            }
        }
    }
}
