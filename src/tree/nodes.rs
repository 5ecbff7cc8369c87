//! The arena of a tree, in pieces that clones share until one of them changes. So a clone costs little time and memory, and the
//! tree of an open file and its edited clone hold each untouched value once.

use super::{Node, NodeId};
use std::sync::Arc;

/// How many nodes a piece has. Small enough that the first edit of a piece copies it at once, large enough that the list of
/// pieces is short.
const PIECE: usize = 256;

/// Nodes by [`NodeId::index`].
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    /// All but the last are full.
    pieces: Vec<Arc<Vec<Node>>>,
    len: usize,
}

impl Nodes {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&Node> {
        let index = id.index();
        self.pieces.get(index / PIECE)?.get(index % PIECE)
    }

    /// A node to be changed: what its piece shares with clones is copied first.
    pub(super) fn get_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        let index = id.index();
        Arc::make_mut(self.pieces.get_mut(index / PIECE)?).get_mut(index % PIECE)
    }

    pub(super) fn push(&mut self, node: Node) {
        self.len += 1;
        match self.pieces.last_mut() {
            Some(last) if last.len() < PIECE => Arc::make_mut(last).push(node),
            // A tree that has filled a piece will fill the next; a small one grows as it needs.
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(node);
                self.pieces.push(Arc::new(piece));
            }
            None => self.pieces.push(Arc::new(vec![node])),
        }
    }

    /// A clone in which each node is replaced by what `change` makes of it, if anything. `change` sees them in order; pieces in
    /// which nothing changes are shared.
    pub(super) fn replaced(&self, mut change: impl FnMut(&Node) -> Option<Node>) -> Self {
        let pieces = self.pieces.iter().map(|piece| {
            let new: Vec<Option<Node>> = piece.iter().map(&mut change).collect();
            if new.iter().all(Option::is_none) {
                return Arc::clone(piece);
            }
            let nodes = piece.iter().zip(new);
            Arc::new(
                nodes
                    .map(|(old, new)| new.unwrap_or_else(|| old.clone()))
                    .collect(),
            )
        });
        Self {
            pieces: pieces.collect(),
            len: self.len,
        }
    }

    /// How many pieces are the same memory as those of a clone.
    #[cfg(test)]
    fn shared_with(&self, other: &Self) -> usize {
        let pairs = self.pieces.iter().zip(&other.pieces);
        pairs.filter(|(ours, theirs)| Arc::ptr_eq(ours, theirs)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::{Nodes, PIECE};
    use crate::tree::{Body, Leaf, Node, NodeId};

    fn node(number: usize) -> Node {
        Node {
            parent: None,
            key: None,
            body: Body::Leaf(Leaf::Int(i64::try_from(number).unwrap())),
        }
    }

    fn id(number: usize) -> NodeId {
        NodeId(u32::try_from(number).unwrap())
    }

    fn many() -> Nodes {
        let mut nodes = Nodes::default();
        (0..3 * PIECE + 7).for_each(|number| nodes.push(node(number)));
        nodes
    }

    #[test]
    fn nodes_are_found_by_their_number_across_pieces() {
        let nodes = many();
        assert_eq!(nodes.len(), 3 * PIECE + 7);
        for number in [0, 1, PIECE - 1, PIECE, 2 * PIECE + 5, 3 * PIECE + 6] {
            assert_eq!(nodes.get(id(number)), Some(&node(number)), "{number}");
        }
        assert_eq!(nodes.get(id(3 * PIECE + 7)), None);
    }

    #[test]
    fn a_change_of_a_clone_copies_one_piece_and_leaves_the_original() {
        let nodes = many();
        let mut clone = nodes.clone();
        *clone.get_mut(id(PIECE + 3)).unwrap() = node(0);
        clone.push(node(1));
        assert_eq!(nodes.get(id(PIECE + 3)), Some(&node(PIECE + 3)));
        assert_eq!(clone.get(id(PIECE + 3)), Some(&node(0)));
        assert_eq!((nodes.len(), clone.len()), (3 * PIECE + 7, 3 * PIECE + 8));
        assert_eq!(clone.shared_with(&nodes), 2);
    }

    #[test]
    fn replacing_a_few_nodes_shares_the_pieces_of_the_others() {
        let nodes = many();
        let two = Body::Leaf(Leaf::Int(2));
        let other = nodes.replaced(|old| (old.body == two).then(|| node(99)));
        assert_eq!(other.get(id(2)), Some(&node(99)));
        assert_eq!(other.get(id(3)), Some(&node(3)));
        assert_eq!(other.shared_with(&nodes), 3);
    }
}
