//! The habits of a text that new lines follow.

use crate::format::yaml::Layout;
use crate::format::yaml::layout::{Form, Span};
use crate::tree::Tree;

/// Its indentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Characters of one level.
    pub(super) step: usize,
    /// Whether lists stand at the column of their key.
    pub(super) flush_lists: bool,
}

/// Steps that sops can write; others are not habits.
const STEPS: std::ops::RangeInclusive<usize> = 2..=9;

impl Shape {
    /// What most collections of the text do; 4 and indented lists, as sops, where there is nothing to see.
    pub(super) fn of(tree: &Tree, layout: &Layout) -> Self {
        let mut steps = [0usize; 10];
        let (mut flush, mut indented) = (0usize, 0usize);
        for step in tree.walk() {
            let crate::tree::Step::Enter(id) = step else {
                continue;
            };
            let node = tree.node(id);
            let Some((span, column)) = layout.span(id).zip(child_column(tree, layout, id)) else {
                continue;
            };
            if node.key.is_none() || !matches!(span.form, Form::BlockMap | Form::BlockList) {
                continue;
            }
            let is_list = span.form == Form::BlockList;
            match column.checked_sub(span.column as usize) {
                Some(0) if is_list => flush += 1,
                Some(difference) => {
                    indented += usize::from(is_list);
                    if let Some(count) = steps.get_mut(difference) {
                        *count += 1;
                    }
                }
                None => {}
            }
        }
        let step = STEPS
            .filter(|step| steps.get(*step).is_some_and(|count| *count > 0))
            .max_by_key(|step| (steps.get(*step).copied(), std::cmp::Reverse(*step)));
        Self {
            step: step.unwrap_or(4),
            flush_lists: flush > indented,
        }
    }
}

/// The column of the keys or dashes of a collection.
pub(super) fn child_column(tree: &Tree, layout: &Layout, id: crate::tree::NodeId) -> Option<usize> {
    let spans = || tree.children(id).iter().filter_map(|child| layout.span(*child));
    let is_entry = |span: &&Span| span.form != Form::Comment;
    spans()
        .find(is_entry)
        .or_else(|| spans().next())
        .map(|span| span.column as usize)
}
