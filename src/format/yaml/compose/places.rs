//! Where the nodes stand, noted as they are read; nothing is noted for a reader who only wants the tree.

use crate::format::yaml::layout::Span;
use crate::tree::NodeId;

/// By [`NodeId::index`], as in [`Layout::spans`](crate::format::yaml::layout::Layout::spans).
pub(super) struct Places {
    wanted: bool,
    spans: Vec<Option<Span>>,
}

impl Places {
    pub(super) const fn new(wanted: bool) -> Self {
        Self {
            wanted,
            spans: Vec::new(),
        }
    }

    /// Notes the place of the node that was just made.
    pub(super) fn push(&mut self, span: Option<Span>) {
        if self.wanted {
            self.spans.push(span);
        }
    }

    pub(super) fn set(&mut self, id: NodeId, span: Span) {
        if let Some(slot) = self.spans.get_mut(id.index()) {
            *slot = Some(span);
        }
    }

    pub(super) fn end_at(&mut self, id: NodeId, end: usize) {
        if let Some(Some(span)) = self.spans.get_mut(id.index()) {
            span.value.end = end;
        }
    }

    pub(super) fn finish(self) -> Vec<Option<Span>> {
        self.spans
    }
}
