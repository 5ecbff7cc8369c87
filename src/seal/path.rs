//! The path of a leaf: as additional authenticated data (spec §2.3), and for people.

use crate::tree::{NodeId, Tree};

/// Builds additional authenticated data; remembers the path of the last container, because neighbours share it.
#[derive(Default)]
pub struct Aad {
    bytes: Vec<u8>,
    container: Option<NodeId>,
    length: usize,
    climb: Vec<NodeId>,
}

impl Aad {
    /// The additional data of a value or comment: every key on the way followed by `:`, or a lone `:`.
    pub fn of(&mut self, tree: &Tree, id: NodeId) -> &[u8] {
        let node = tree.node(id);
        if self.container != node.parent || node.parent.is_none() {
            self.enter(tree, node.parent);
        }
        self.bytes.truncate(self.length);
        self.append(tree, id);
        if self.bytes.is_empty() {
            self.bytes.push(b':');
        }
        &self.bytes
    }

    /// The additional data of a comment that stands in this map or list.
    pub fn inside(&mut self, tree: &Tree, container: NodeId) -> &[u8] {
        self.enter(tree, Some(container));
        if self.bytes.is_empty() {
            self.bytes.push(b':');
        }
        &self.bytes
    }

    fn enter(&mut self, tree: &Tree, container: Option<NodeId>) {
        self.bytes.clear();
        let mut at = container;
        while let Some(id) = at {
            self.climb.push(id);
            at = tree.node(id).parent;
        }
        while let Some(id) = self.climb.pop() {
            self.append(tree, id);
        }
        self.container = container;
        self.length = self.bytes.len();
    }

    fn append(&mut self, tree: &Tree, id: NodeId) {
        if let Some(key) = tree.node(id).key.as_ref().and_then(|key| key.text()) {
            self.bytes.extend_from_slice(key);
            self.bytes.push(b':');
        }
    }
}

/// The path of a node as dotted keys, for messages.
pub fn dotted(tree: &Tree, id: NodeId) -> String {
    let keys: Vec<_> = tree.key_path(id).into_iter().map(|key| key.display()).collect();
    keys.join(".")
}

#[cfg(test)]
mod tests {
    use super::Aad;
    use crate::tree::{Body, Leaf, Tree};

    #[test]
    fn paths_are_joined_as_the_specification_says() {
        let mut tree = Tree::new();
        let root = tree.push_document();
        let leaf = || Body::Leaf(Leaf::Null);
        let top = tree.push(root, Some("foo".into()), leaf());
        let item = tree.push(root, None, leaf());
        let empty = tree.push(root, Some("".into()), leaf());
        let list = tree.push(root, Some("list".into()), Body::List(Vec::new()));
        let first = tree.push(list, None, leaf());
        let map = tree.push(list, None, Body::Map(Vec::new()));
        let inner = tree.push(map, Some("x:y".into()), leaf());
        let mut aad = Aad::default();
        for (id, wanted) in [
            (top, "foo:"),
            (item, ":"),
            (empty, ":"),
            (first, "list:"),
            (inner, "list:x:y:"),
            (first, "list:"),
            (top, "foo:"),
        ] {
            assert_eq!(aad.of(&tree, id), wanted.as_bytes());
        }
    }
}
