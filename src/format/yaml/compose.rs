//! From events to the tree and its layout (`yaml-behaviour.md` §2, §3.6, §3.7).
//!
//! Nodes go into the tree as they come. What is known only later is held back in the frame of the open collection:
//! a comment below a key may still move to the key before.

mod alias;
mod check;
mod comment;
mod entry;
mod frame;
mod places;

use super::comment::{Lines, Notes};
use super::cursor::{Cursor, Mark};
use super::event::{Event, Node, Value};
use super::layout::{Form, Layout, Span};
use super::limits::{AliasRatio, Budget};
use super::parse::Parser;
use super::resolve;
use super::scan::Scanner;
use crate::format::LoadError;
use crate::tree::{Body, Key, Leaf, NodeId, Secret, Tree};
use alias::Target;
use frame::{Frame, Role};
use places::Places;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Reads a checked text from a byte offset on.
pub(super) fn compose(text: &str, start: usize) -> Result<(Tree, Layout), LoadError> {
    run(Composer::new(text, Places::new(true)), start)
}

/// As [`compose`] without the layout. Ciphertexts are not copied out of `source`, which is the text where that was not
/// translated.
pub(super) fn compose_tree(
    text: &str,
    start: usize,
    source: Option<&Arc<Vec<u8>>>,
) -> Result<Tree, LoadError> {
    let mut composer = Composer::new(text, Places::new(false));
    composer.source = source;
    run(composer, start).map(|(tree, _)| tree)
}

fn run(mut composer: Composer<'_>, start: usize) -> Result<(Tree, Layout), LoadError> {
    let scanner = Scanner::new(Cursor::new(composer.text, start)?);
    composer.run(Parser::new(scanner))?;
    composer.finish()
}

/// How ciphertexts begin.
const CIPHERTEXT: &str = "ENC[AES256_GCM,";

struct Composer<'a> {
    text: &'a str,
    /// The same bytes, where ciphertexts are to be parts of them.
    source: Option<&'a Arc<Vec<u8>>>,
    tree: Tree,
    places: Places,
    /// Where the documents begin.
    starts: Vec<usize>,
    /// The root of the document that is being read.
    root: Option<NodeId>,
    /// The open collections, outermost first.
    frames: Vec<Frame<'a>>,
    /// How many of them are flow collections.
    flow: u16,
    anchors: HashMap<&'a str, Target>,
    budget: Budget,
    ratio: AliasRatio,
    /// Whether sops decodes what is read now, and so refuses what does not fit (§2.1): in the first document, but
    /// for the value of a null key of its root.
    visiting: bool,
}

impl<'a> Composer<'a> {
    fn new(text: &'a str, places: Places) -> Self {
        Self {
            text,
            source: None,
            tree: Tree::new(),
            places,
            starts: Vec::new(),
            root: None,
            frames: Vec::new(),
            flow: 0,
            anchors: HashMap::new(),
            budget: Budget::new(text.len()),
            ratio: AliasRatio::default(),
            visiting: true,
        }
    }

    fn run(&mut self, mut parser: Parser<'a>) -> Result<(), LoadError> {
        loop {
            match parser.next()? {
                Event::DocumentStart { start, head } => self.begin_document(start as usize, &head),
                Event::Node(node) => self.node(node)?,
                Event::Close { end, notes } => self.close(end, notes),
                Event::DocumentEnd { foot } => self.end_document(&foot),
                Event::StreamEnd => return Ok(()),
            }
        }
    }

    fn finish(self) -> Result<(Tree, Layout), LoadError> {
        if self.starts.is_empty() {
            return Err(LoadError::Empty);
        }
        let ends = self.starts.iter().skip(1).copied().chain([self.text.len()]);
        let documents = self
            .starts
            .iter()
            .zip(ends)
            .map(|(start, end)| *start..end)
            .collect();
        let layout = Layout {
            spans: self.places.finish(),
            documents,
            opaque: false,
        };
        Ok((self.tree, layout))
    }

    fn begin_document(&mut self, start: usize, head: &Lines) {
        self.visiting = self.starts.is_empty();
        self.starts.push(start);
        let root = self.tree.push_document();
        self.places.push(None);
        self.root = Some(root);
        self.comments(root, head, false);
    }

    fn end_document(&mut self, foot: &Lines) {
        if let Some(root) = self.root.take() {
            self.comments(root, foot, false);
        }
    }

    /// Puts a node where the innermost open collection expects one.
    fn node(&mut self, node: Node<'a>) -> Result<(), LoadError> {
        match self.frames.last() {
            None => self.root_node(node),
            Some(frame) if frame.list => self.item(node),
            Some(frame) if frame.key.is_none() => self.key(node),
            Some(_) => self.value(node),
        }
    }

    fn root_node(&mut self, node: Node<'a>) -> Result<(), LoadError> {
        let Some(root) = self.root else {
            return Ok(());
        };
        self.ratio.decoded += 1;
        let skipped = self.tree.children(root).len();
        self.comments(root, &node.notes.head, false);
        let span = self.span(&node, None);
        let line = node.start;
        match node.value {
            Value::Map { flow } => {
                let front = self.tree.children(root).len();
                self.set_span(root, span);
                let frame = Frame {
                    front,
                    skipped,
                    ..Frame::new(root, Role::Root, false, flow)
                };
                self.open(frame, &node);
            }
            Value::List { .. } => return Err(content("the top level is a list, not a map", line)),
            Value::Alias(name) => {
                let Target::Branch(branch) = self.target(name, line)? else {
                    return Err(content("the top level is a value, not a map", line));
                };
                if branch.list {
                    return Err(content("the top level is a list, not a map", line));
                }
                self.comments(root, &node.notes.line, false);
                self.set_span(root, span);
                self.copy(&branch, root, line)?;
                self.comments(root, &node.notes.foot, false);
            }
            Value::Scalar(..) => {
                if !self.is_null_root(&node)? {
                    return Err(content("the top level is a value, not a map", line));
                }
                self.comments(root, &node.notes.line, false);
                self.set_span(root, span);
                self.define(&node, Target::Leaf(Leaf::Null));
            }
        }
        Ok(())
    }

    fn is_null_root(&self, node: &Node<'a>) -> Result<bool, LoadError> {
        let is_null = matches!(self.leaf(node)?, Leaf::Null);
        Ok(match node.properties.tag.as_deref() {
            None | Some("!") => is_null,
            Some(tag) => tag == "tag:yaml.org,2002:null",
        })
    }

    /// The value of a scalar. What does not fit its tag is refused where sops looks, and null elsewhere.
    fn leaf(&self, node: &Node<'a>) -> Result<Leaf, LoadError> {
        let Value::Scalar(text, form) = &node.value else {
            return Ok(Leaf::Null);
        };
        let is_plain = matches!(form, Form::Plain | Form::Empty);
        match node.properties.tag.as_deref() {
            None if is_plain => Ok(self
                .ciphertext(text.as_str(), node.start)
                .unwrap_or_else(|| resolve::plain(text.as_str()))),
            None => Ok(Leaf::text(text.as_str())),
            Some(tag) => match resolve::tagged(tag, text.as_str(), is_plain) {
                Some(leaf) => Ok(leaf),
                None if self.visiting => Err(content("the value does not fit its tag", node.start)),
                None => Ok(Leaf::Null),
            },
        }
    }

    /// A plain ciphertext as a part of the source, where it stands there as it is.
    fn ciphertext(&self, text: &str, start: Mark) -> Option<Leaf> {
        let source = self.source.filter(|_| text.starts_with(CIPHERTEXT))?;
        let part = Secret::part_of(source, start.at(), text.len())?;
        (part.expose() == text.as_bytes()).then_some(Leaf::Text(part))
    }

    /// Makes a node with a text of its own at the end of a map or list.
    fn add(&mut self, parent: NodeId, key: Option<Key>, body: Body, span: Span) -> NodeId {
        let id = self.tree.push(parent, key, body);
        self.places.push(Some(span));
        id
    }

    fn set_span(&mut self, id: NodeId, span: Span) {
        self.places.set(id, span);
    }

    /// Where a node stands; `key` is where its key stands and begins, for entries.
    fn span(&self, node: &Node<'a>, key: Option<(Range<u32>, Mark)>) -> Span {
        let begin = node.lead.unwrap_or_else(|| node.outer_start());
        let (key, begin) = key.unwrap_or((begin.byte..begin.byte, begin));
        let properties = if node.properties.is_empty() {
            node.start.at()..node.start.at()
        } else {
            node.properties.start.at()..node.properties.end.at()
        };
        Span {
            key: key.start as usize..key.end as usize,
            properties,
            value: node.start.at()..node.end.at(),
            start: begin.at(),
            column: begin.column,
            flow: self.flow,
            form: match &node.value {
                Value::Alias(_) => Form::Alias,
                Value::Scalar(_, form) => *form,
                Value::Map { flow: true } => Form::FlowMap,
                Value::Map { flow: false } => Form::BlockMap,
                Value::List { flow: true } => Form::FlowList,
                Value::List { flow: false } => Form::BlockList,
            },
        }
    }
}

/// What sops's data model has no place for.
const fn content(problem: &'static str, at: Mark) -> LoadError {
    LoadError::Content {
        problem,
        line: Some(at.line as usize + 1),
    }
}
