//! Encrypted values: texts that claim to be one, plaintexts under a type they do not have, sealed texts that were changed.

use lazysops::seal::selection::{Rule, Selection};
use lazysops::seal::{DataKey, Random, RandomError, Stash, looks_encrypted, open, seal};
use lazysops::tree::{Body, Comment, Key, Leaf, NodeId, Secret, Tree};

/// Counts. The real source of randomness would make a run another one each time.
struct Counter(u8);

impl Random for Counter {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RandomError> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }
}

/// The first byte says what is done with the rest.
pub fn run(bytes: &[u8]) {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let key = DataKey::new([7; 32]);
    let selection = Selection::new(Some(Rule::default_suffix()), false).expect("it compiles");
    if first % 2 == 0 {
        let (tree, _) = one(rest);
        // Nothing that was not sealed with the key opens; only a text that claims nothing at all stays what it is.
        if let Ok(opened) = open(&tree, &key, &selection) {
            assert!(rest.is_empty(), "it opened: {}", opened.tree.len());
        }
        let _ = looks_encrypted(&Leaf::Text(Secret::from(rest)));
        return;
    }
    let (tree, leaf) = one(rest);
    let Ok((sealed, mac)) = seal(&tree, &key, &selection, &Stash::default(), &mut Counter(*first)) else {
        return;
    };
    let opened = open(&sealed, &key, &selection).expect("what was sealed opens");
    assert_eq!(opened.mac, mac);
    assert!(opened.tree.same_content(&tree, true), "it is what it was");
    let Body::Leaf(Leaf::Text(text)) = &sealed.node(leaf).body else {
        return;
    };
    let text = text.expose();
    // The type is not authenticated: each of them must be able to read any plaintext, or refuse it.
    for kind in ["int", "float", "bool", "time", "comment", "bytes", "x"] {
        let end = text.len().saturating_sub("str]".len());
        let claimed = [&text[..end], kind.as_bytes(), b"]"].concat();
        let _ = open(&one(&claimed).0, &key, &selection);
    }
    // Whatever else is changed is found.
    let at = usize::from(*first) * 7 % text.len().max(1);
    let mut damaged = text.to_vec();
    if let Some(byte) = damaged.get_mut(at) {
        *byte = byte.wrapping_add(1);
    }
    if let Ok(again) = open(&one(&damaged).0, &key, &selection) {
        let unchanged = again.tree.node(leaf).body == tree.node(leaf).body;
        assert!(unchanged, "a change was not noticed");
    }
}

/// A tree with the bytes as a value and as a comment.
fn one(bytes: &[u8]) -> (Tree, NodeId) {
    let mut tree = Tree::new();
    let root = tree.push_document();
    let comment = Comment {
        text: Secret::from(bytes),
        inline: false,
    };
    tree.push(root, None, Body::Comment(comment));
    let leaf = tree.push(
        root,
        Some(Key::from("a")),
        Body::Leaf(Leaf::Text(Secret::from(bytes))),
    );
    (tree, leaf)
}
