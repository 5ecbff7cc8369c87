//! Depth-first steps through a tree, without recursion.

use super::{Body, NodeId, Tree};

/// One step of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A map or list begins.
    Enter(NodeId),
    /// That map or list ends.
    Leave(NodeId),
    /// A value or null.
    Leaf(NodeId),
    /// A comment.
    Comment(NodeId),
}

impl Step {
    /// The node of this step.
    #[must_use]
    pub const fn id(&self) -> NodeId {
        match self {
            Self::Enter(id) | Self::Leave(id) | Self::Leaf(id) | Self::Comment(id) => *id,
        }
    }

    /// Whether both steps are of the same kind.
    #[must_use]
    pub fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Depth-first steps in order (spec §1).
pub struct Walk<'t> {
    tree: &'t Tree,
    roots: std::slice::Iter<'t, NodeId>,
    single: Option<NodeId>,
    open: Vec<(NodeId, std::slice::Iter<'t, NodeId>)>,
}

impl<'t> Walk<'t> {
    pub(super) fn documents(tree: &'t Tree) -> Self {
        Self {
            tree,
            roots: tree.documents().iter(),
            single: None,
            open: Vec::new(),
        }
    }

    pub(super) fn from(tree: &'t Tree, id: NodeId) -> Self {
        Self {
            tree,
            roots: [].iter(),
            single: Some(id),
            open: Vec::new(),
        }
    }

    /// How many maps and lists are open around the next step.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    fn step_into(&mut self, id: NodeId) -> Step {
        match &self.tree.node(id).body {
            Body::Map(children) | Body::List(children) => {
                self.open.push((id, children.iter()));
                Step::Enter(id)
            }
            Body::Leaf(_) => Step::Leaf(id),
            Body::Comment(_) => Step::Comment(id),
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let next = match self.open.last_mut() {
            Some((id, children)) => match children.next() {
                Some(child) => *child,
                None => {
                    let left = *id;
                    self.open.pop();
                    return Some(Step::Leave(left));
                }
            },
            None => self.single.take().or_else(|| self.roots.next().copied())?,
        };
        Some(self.step_into(next))
    }
}
