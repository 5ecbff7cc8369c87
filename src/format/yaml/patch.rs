//! Edits as replacements of parts of the text (`yaml-behaviour.md` §6).
//!
//! The tree that was read and the edited tree share their node ids. A node of both is compared, and where it differs
//! only its own text is replaced; what is new is written in the style of its surroundings; what is gone goes with
//! its lines; what moved takes its lines along. The result is read again: if that is not the edited tree, the text
//! is not given out.
//!
//! Here belongs where edits go in a text. How new text looks is decided in [`super::emit`].

mod alias;
mod block;
mod documents;
mod edits;
mod flow;
mod order;
mod root;
mod shape;
mod source;
mod text;
mod translated;
mod units;
mod value;
mod verify;

use super::Layout;
use super::layout::{Form, Span};
use crate::format::PatchError;
use crate::tree::{Body, NodeId, Step, Tree};
use alias::Anchors;
use edits::Edits;
use shape::Shape;
use source::Source;
use std::collections::{HashMap, HashSet};

/// Writes an edited clone of `tree` into the text it was read from.
///
/// # Errors
/// When the edits have no place in the text, or the text would not read back to the edited tree.
pub fn patch(source: &[u8], tree: &Tree, layout: &Layout, edited: &Tree) -> Result<Vec<u8>, PatchError> {
    if layout.opaque {
        return translated::patch(source, tree, edited);
    }
    let attempt = |mode: Mode| {
        if tree.documents() == edited.documents() {
            Patcher::new(source, tree, layout, edited, mode).run()
        } else {
            documents::patch(source, tree, layout, edited, mode)
        }
    };
    let mut result = attempt(Mode::default());
    for mode in Mode::fallbacks(source, layout) {
        if result.is_ok() {
            break;
        }
        result = attempt(mode).or(result);
    }
    result
}

/// How much is written anew where the least did not read back.
#[derive(Clone, Copy, Default)]
struct Mode {
    /// Every alias is replaced by what it stands for.
    writes_aliases_out: bool,
    /// A block scalar at the very end of a text without final line break is written anew, so that it can be followed.
    closes_last_line: bool,
    /// Comments on lines of their own get the column of their collection.
    aligns_comments: bool,
    /// New metadata goes before the comments at the end of a document, which may stand behind its end.
    puts_metadata_first: bool,
    /// Entries that moved do not take their text along.
    writes_moved_anew: bool,
    /// Every entry of a document with a change below it is written anew as a whole.
    writes_entries_anew: bool,
}

impl Mode {
    fn fallbacks(source: &[u8], layout: &Layout) -> Vec<Self> {
        let closed = Self {
            closes_last_line: !source::ends_with_break(source),
            ..Self::default()
        };
        let spelled_out = Self {
            writes_aliases_out: true,
            ..closed
        };
        let aligned = Self {
            aligns_comments: true,
            ..spelled_out
        };
        let metadata_first = Self {
            puts_metadata_first: true,
            ..spelled_out
        };
        let moved_anew = Self {
            writes_moved_anew: true,
            ..spelled_out
        };
        let anew = Self {
            writes_entries_anew: true,
            ..moved_anew
        };
        let mut modes = Vec::new();
        if closed.closes_last_line {
            modes.push(closed);
        }
        if alias::has_alias(layout) {
            modes.push(spelled_out);
        }
        modes.extend([aligned, metadata_first, moved_anew, anew]);
        modes
    }
}

/// An entry whose lines go; `next` is the start of what stays behind it in its collection.
struct Removal {
    id: NodeId,
    next: Option<usize>,
}

/// The comparison of two trees over one text.
struct Patcher<'a> {
    source: Source<'a>,
    old: &'a Tree,
    new: &'a Tree,
    layout: &'a Layout,
    anchors: Anchors,
    mode: Mode,
    /// By index: whether a node is in both trees.
    stays: Vec<bool>,
    /// By index: where the text of a node ends, without and with the comments below it.
    ends: Vec<(usize, usize)>,
    shape: Shape,
    edits: Edits,
    removals: Vec<Removal>,
    moved_texts: HashSet<NodeId>,
    /// Comments glued to the entries of a collection, where that was asked.
    glue: HashMap<NodeId, HashMap<NodeId, Vec<NodeId>>>,
    /// Collections of both trees that are still to be compared.
    pending: Vec<NodeId>,
}

impl<'a> Patcher<'a> {
    fn new(source: &'a [u8], old: &'a Tree, layout: &'a Layout, new: &'a Tree, mode: Mode) -> Self {
        let mut shape = Shape::of(old, layout);
        // A comment behind a list at the column of its key would go to what follows.
        shape.flush_lists &= !mode.writes_entries_anew;
        Self {
            source: Source::new(source),
            old,
            new,
            layout,
            anchors: Anchors::of(source, old, layout),
            mode,
            stays: in_both(old, new),
            ends: ends(old, layout),
            shape,
            edits: Edits::default(),
            removals: Vec::new(),
            moved_texts: HashSet::new(),
            glue: HashMap::new(),
            pending: Vec::new(),
        }
    }

    /// The edited text, read back.
    fn run(mut self) -> Result<Vec<u8>, PatchError> {
        self.collect()?;
        // Where no text belongs to an edit, as below a document that is an alias, that must not pass for no edit.
        if self.edits.is_empty() && self.old.same_content(self.new, true) {
            return Ok(self.source.before(self.source.len()).to_vec());
        }
        let text = self.edits.apply(self.source)?;
        verify::reads_back(&text, self.new)?;
        Ok(text)
    }

    /// The edited text, not read back yet.
    fn text(mut self) -> Result<Vec<u8>, PatchError> {
        self.collect()?;
        self.edits.apply(self.source)
    }

    /// Notes what is to be replaced.
    fn collect(&mut self) -> Result<(), PatchError> {
        for root in self.new.documents() {
            self.document(*root)?;
        }
        while let Some(id) = self.pending.pop() {
            match self.layout.span(id).map(|span| span.form) {
                Some(Form::FlowMap | Form::FlowList) => self.flow(id)?,
                Some(Form::BlockMap | Form::BlockList) => self.block(id)?,
                _ => self.comments(id),
            }
        }
        self.remove_entries();
        Ok(())
    }

    fn stays(&self, id: NodeId) -> bool {
        self.stays.get(id.index()).copied().unwrap_or(false) && self.layout.span(id).is_some()
    }

    /// Where the text of a node ends, comments below it aside.
    fn end(&self, id: NodeId) -> usize {
        self.ends.get(id.index()).map_or(0, |(end, _)| *end)
    }

    /// Where the text of a node and of the comments below it ends.
    fn reach(&self, id: NodeId) -> usize {
        self.ends.get(id.index()).map_or(0, |(_, reach)| *reach)
    }

    /// Compares a node that keeps its place. `glued` are the comments on its lines, `behind` those that are to go
    /// there.
    fn compare(&mut self, id: NodeId, glued: &[NodeId], behind: &[NodeId]) -> Result<(), PatchError> {
        let Some(span) = self.layout.span(id) else {
            return Err(PatchError::NoPlace("a node has no place in the text"));
        };
        if self.must_be_anew(id, span) {
            return self.rewrite(id, span, glued, behind);
        }
        let (edits, pending) = (self.edits.mark(), self.pending.len());
        if self.in_place(id, span, glued, behind) {
            return Ok(());
        }
        self.edits.rewind(edits);
        self.pending.truncate(pending);
        self.rewrite(id, span, glued, behind)
    }

    fn must_be_anew(&self, id: NodeId, span: &Span) -> bool {
        let parent = self.new.node(id).parent;
        self.mode.writes_entries_anew
            && span.flow == 0
            && span.form != Form::Comment
            && parent.is_some_and(|parent| self.new.node(parent).parent.is_none())
            && (!self.is_untouched(id) || self.old.node(id).key != self.new.node(id).key)
    }

    /// Whether a block scalar ends with the text and has no line break there.
    fn is_open_ended(&self, span: &Span) -> bool {
        self.mode.closes_last_line
            && matches!(span.form, Form::Literal | Form::Folded)
            && span.value.end == self.source.len()
    }

    /// Changes only what differs. Returns whether that is possible; if not, edits may have been left behind.
    fn in_place(&mut self, id: NodeId, span: &Span, glued: &[NodeId], behind: &[NodeId]) -> bool {
        if span.form == Form::Comment {
            self.comment_in_place(id, span);
            return true;
        }
        if !self.key_in_place(id, span) {
            return false;
        }
        let (old, new) = (self.old.node(id), self.new.node(id));
        let stands = span.form != Form::Alias || self.alias_stands(id, span);
        let mut writes_header = false;
        let value_fits = match (&old.body, &new.body) {
            (Body::Leaf(old), Body::Leaf(new))
                if (old == new || span.form == Form::Alias) && stands && !self.is_open_ended(span) =>
            {
                true
            }
            (_, Body::Leaf(leaf)) => {
                writes_header = matches!(span.form, Form::Literal | Form::Folded);
                (behind.is_empty() || !span.value.is_empty() && !writes_header)
                    && self.value_in_place(id, span, leaf, glued)
            }
            (Body::Map(_), Body::Map(_)) | (Body::List(_), Body::List(_)) => {
                span.form == Form::Alias && stands || self.can_descend(id, span)
            }
            _ => false,
        };
        if !value_fits {
            return false;
        }
        if !writes_header {
            for comment in glued {
                if let Some(span) = self.layout.span(*comment) {
                    self.comment_in_place(*comment, span);
                }
            }
        }
        match behind {
            [] => true,
            [comment] => self.comment_behind(id, span, *comment),
            _ => false,
        }
    }

    /// Whether a collection of both trees can be compared child by child; notes it for that.
    fn can_descend(&mut self, id: NodeId, span: &Span) -> bool {
        let same = self.old.children(id) == self.new.children(id);
        let can = match span.form {
            Form::BlockMap | Form::BlockList => same || self.can_edit_block(id),
            Form::FlowMap | Form::FlowList => same || self.can_edit_flow(id, span),
            _ => false,
        };
        if can {
            self.pending.push(id);
        }
        can
    }

    /// Compares the comments of a document that has nothing else.
    fn comments(&mut self, id: NodeId) {
        for child in self.new.children(id) {
            if let Some(span) = self.layout.span(*child) {
                self.comment_in_place(*child, span);
            }
        }
    }
}

fn linked(tree: &Tree, len: usize) -> Vec<bool> {
    let mut linked = vec![false; len];
    for step in tree.walk() {
        if let Some(flag) = linked.get_mut(step.id().index()) {
            *flag = true;
        }
    }
    linked
}

/// Which nodes stand in both trees and are the same kind of thing.
fn in_both(old: &Tree, new: &Tree) -> Vec<bool> {
    let mut both = linked(old, old.len());
    for (flag, is_new) in both.iter_mut().zip(linked(new, old.len())) {
        *flag &= is_new;
    }
    for step in new.walk() {
        let id = step.id();
        if let Some(flag) = both.get_mut(id.index()) {
            let (old, new) = (old.node(id), new.node(id));
            *flag &=
                old.comment().is_some() == new.comment().is_some() && old.key.is_some() == new.key.is_some();
        }
    }
    both
}

/// Where the text of every node ends, without and with the comments below it.
fn ends(tree: &Tree, layout: &Layout) -> Vec<(usize, usize)> {
    let mut ends = vec![(0, 0); tree.len()];
    let order: Vec<NodeId> = tree
        .walk()
        .filter(|step| !matches!(step, Step::Leave(_)))
        .map(|step| step.id())
        .collect();
    for id in order.into_iter().rev() {
        let own = layout.span(id).map_or(0, |span| {
            span.value.end.max(span.key.end).max(span.properties.end)
        });
        let is_comment = tree.node(id).comment().is_some();
        let Some(slot) = ends.get_mut(id.index()) else {
            continue;
        };
        slot.0 = slot.0.max(own);
        slot.1 = slot.1.max(own);
        let (end, reach) = *slot;
        let parent = tree
            .node(id)
            .parent
            .and_then(|parent| ends.get_mut(parent.index()));
        if let Some(parent) = parent {
            parent.0 = parent.0.max(if is_comment { 0 } else { end });
            parent.1 = parent.1.max(reach);
        }
    }
    ends
}
