//! The order in which a tree reaches the page, and which comment waits in which slot (`yaml-behaviour.md` §4.1, §4.2).

use super::Manner;
use super::note::Note;
use super::scalar::Scalar;
use super::writer::Writer;
use crate::tree::{Body, Leaf, Node, NodeId, Tree};

/// A collection that is being written.
struct Frame<'t> {
    is_list: bool,
    /// Whether it is an item of a list.
    in_item: bool,
    children: &'t [NodeId],
    next: usize,
    entered: bool,
    /// Inline comments before the first entry.
    inline: Note,
    /// Comments of the collection itself, due at its end.
    line: Note,
    foot: Note,
}

/// The comments up to the next entry.
#[derive(Default)]
struct Gathered {
    plain: Note,
    inline: Note,
    /// The index of that entry, or how many children there are.
    next: usize,
}

impl Gathered {
    /// All of them in one.
    fn together(self) -> Note {
        let mut note = self.plain;
        note.append(self.inline);
        note
    }
}

/// The beginning of a collection: its own head, and what waits for its first entry.
struct Opening<'t> {
    children: &'t [NodeId],
    is_list: bool,
    head: Note,
    inline: Note,
    /// The index of the first entry, if there is one.
    first: Option<usize>,
}

pub(super) struct Walker<'t> {
    tree: &'t Tree,
    writer: Writer,
    open: Vec<Frame<'t>>,
}

impl<'t> Walker<'t> {
    pub(super) fn new(tree: &'t Tree, writer: Writer) -> Self {
        Self {
            tree,
            writer,
            open: Vec::new(),
        }
    }

    /// Writes all documents.
    pub(super) fn documents(mut self) -> Vec<u8> {
        const USUAL_LINE: usize = 64;
        self.writer.reserve(self.tree.len().saturating_mul(USUAL_LINE));
        for (at, root) in self.tree.documents().iter().enumerate() {
            self.writer.start_document(at == 0);
            let mut opening = self.opening(*root);
            self.writer.slots.head.overwrite(opening.head.take());
            self.writer.write_head();
            self.begin(opening, Note::default(), Note::default(), false);
            self.run();
            self.writer.end_document();
        }
        self.writer.finish()
    }

    /// Writes some children of a collection at the writer's indentation.
    pub(super) fn children(mut self, parent: NodeId, children: &'t [NodeId]) -> Vec<u8> {
        self.open.push(Frame {
            is_list: matches!(self.tree.node(parent).body, Body::List(_)),
            in_item: false,
            children,
            next: 0,
            entered: true,
            inline: Note::default(),
            line: Note::default(),
            foot: Note::default(),
        });
        self.run();
        self.writer.finish()
    }

    fn run(&mut self) {
        while let Some(frame) = self.open.pop() {
            let gathered = gather(self.tree, frame.children, frame.next);
            match frame.children.get(gathered.next) {
                None => self.end(frame, gathered),
                Some(id) if frame.is_list => self.item(frame, gathered, *id),
                Some(id) => self.entry(frame, gathered, *id),
            }
        }
    }

    fn enter(&mut self, frame: &mut Frame<'t>) {
        if !frame.entered {
            frame.entered = true;
            self.writer.enter_block(frame.in_item, frame.is_list);
        }
    }

    fn entry(&mut self, mut frame: Frame<'t>, gathered: Gathered, id: NodeId) {
        self.enter(&mut frame);
        let mut inline = frame.inline.take();
        inline.append(gathered.inline);
        frame.next = gathered.next + 1;
        self.open.push(frame);
        let node = self.tree.node(id);
        let mut head = gathered.plain;
        if self.writer.manner == Manner::Faithful && node.is_branch() {
            head.append(inline.take());
        }
        self.writer.slots.head.overwrite(head);
        self.writer.write_head();
        self.writer.reach_indent();
        let slipped = self.writer.slots.line.take();
        self.writer.slots.key_line.overwrite(slipped);
        self.key(node);
        match &node.body {
            Body::Leaf(leaf) => {
                let slots = &mut self.writer.slots;
                slots.line.overwrite(inline);
                if slots.line.is_empty() {
                    slots.line = slots.key_line.take();
                }
                self.leaf(leaf, false);
            }
            _ => {
                let mut opening = self.opening(id);
                self.writer.slots.head.overwrite(opening.head.take());
                self.writer.write_key_line();
                self.begin(opening, inline, Note::default(), false);
            }
        }
    }

    fn key(&mut self, node: &Node) {
        let key = Scalar::of_key(node.key.as_ref(), self.writer.manner, self.can_be_merged(node));
        if key.is_simple_key() {
            self.writer.scalar(&key, false);
            self.writer.mark(b":");
        } else {
            self.writer.compact_mark(b'?');
            self.writer.scalar(&key, false);
            self.writer.reach_indent();
            self.writer.compact_mark(b':');
        }
    }

    /// Whether a reader of merge keys accepts the value.
    fn can_be_merged(&self, node: &Node) -> bool {
        match &node.body {
            Body::Map(_) => true,
            Body::List(items) => items
                .iter()
                .all(|item| matches!(self.tree.node(*item).body, Body::Map(_) | Body::Comment(_))),
            Body::Leaf(_) | Body::Comment(_) => false,
        }
    }

    fn item(&mut self, mut frame: Frame<'t>, gathered: Gathered, id: NodeId) {
        self.enter(&mut frame);
        let mut inline = frame.inline.take();
        inline.append(gathered.inline);
        let rest = gather(self.tree, frame.children, gathered.next + 1);
        let (foot, next) = match rest.next {
            next if next == frame.children.len() => (rest.together(), next),
            _ => (Note::default(), gathered.next + 1),
        };
        frame.next = next;
        self.open.push(frame);
        match &self.tree.node(id).body {
            Body::Leaf(leaf) => {
                self.writer.slots.head.overwrite(gathered.plain);
                self.writer.slots.line.overwrite(inline);
                self.writer.slots.foot.overwrite(foot);
                self.dash();
                self.leaf(leaf, true);
            }
            _ => {
                let mut opening = self.opening(id);
                let mut head = gathered.plain;
                let mut inner = Note::default();
                if self.writer.manner == Manner::Faithful {
                    head.append(inline.take());
                    inner = opening.head.take();
                } else {
                    head.append(opening.head.take());
                }
                self.writer.slots.head.overwrite(head);
                self.dash();
                self.writer.write_behind_dash(&inner);
                self.begin(opening, inline, foot, true);
            }
        }
    }

    fn dash(&mut self) {
        self.writer.write_head();
        self.writer.reach_indent();
        self.writer.compact_mark(b'-');
    }

    fn leaf(&mut self, leaf: &Leaf, in_item: bool) {
        let scalar = Scalar::of_leaf(leaf, self.writer.manner);
        self.writer.scalar(&scalar, in_item);
        self.writer.write_line();
        self.writer.write_foot();
    }

    fn end(&mut self, mut frame: Frame<'t>, gathered: Gathered) {
        let slots = &mut self.writer.slots;
        let mut last = frame.inline.take();
        last.append(gathered.together());
        slots.line.overwrite(frame.line);
        slots.foot.overwrite(frame.foot);
        let writes_head = !frame.is_list || !last.is_empty();
        slots.tail.overwrite(last);
        if writes_head {
            self.writer.write_head();
        }
        if frame.entered {
            self.writer.leave();
        }
        if self.writer.manner == Manner::Faithful {
            self.writer.write_foot();
        }
    }

    fn opening(&self, id: NodeId) -> Opening<'t> {
        let node = self.tree.node(id);
        let children = node.children();
        let gathered = gather(self.tree, children, 0);
        let first = (gathered.next < children.len()).then_some(gathered.next);
        let (head, inline) = match first {
            Some(_) => (gathered.plain, gathered.inline),
            None => (gathered.together(), Note::default()),
        };
        Opening {
            children,
            is_list: matches!(node.body, Body::List(_)),
            head,
            inline,
            first,
        }
    }

    fn begin(&mut self, opening: Opening<'t>, line: Note, foot: Note, in_item: bool) {
        self.writer.write_line();
        self.writer.write_foot();
        match opening.first {
            Some(first) => self.open.push(Frame {
                is_list: opening.is_list,
                in_item,
                children: opening.children,
                next: first,
                entered: false,
                inline: opening.inline,
                line,
                foot,
            }),
            None => {
                self.writer.slots.line.overwrite(line);
                self.writer.slots.foot.overwrite(foot);
                self.writer.empty_collection(opening.is_list, in_item);
            }
        }
    }
}

fn gather(tree: &Tree, children: &[NodeId], from: usize) -> Gathered {
    let mut gathered = Gathered {
        next: from,
        ..Gathered::default()
    };
    while let Some(comment) = children
        .get(gathered.next)
        .and_then(|id| tree.node(*id).comment())
    {
        let note = if comment.inline {
            &mut gathered.inline
        } else {
            &mut gathered.plain
        };
        note.push(comment);
        gathered.next += 1;
    }
    gathered
}
