//! From tokens to events (`yaml-behaviour.md` §1.3), and the collecting of comments on the way (§3.5).
//!
//! A state machine with an explicit stack. When it looks at a token matters, because looking collects comments.

mod block;
mod document;
mod flow;
mod node;

use super::comment::{Lines, Notes, Place};
use super::cursor::Mark;
use super::event::{Event, Node, Properties, Value};
use super::layout::Form;
use super::scan::Scanner;
use super::token::{Sort, Text, Token};
use crate::format::LoadError;
use node::Allowed;
use std::collections::HashMap;

/// What the parser expects next.
#[derive(Clone, Copy, Debug)]
enum State {
    FirstDocument,
    Document,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockItem { first: bool },
    IndentlessItem,
    BlockKey { first: bool },
    BlockValue,
    FlowItem { first: bool },
    PairKey,
    PairValue,
    PairEnd,
    FlowKey { first: bool },
    FlowValue { empty: bool },
    End,
}

/// A token's kind and place.
#[derive(Clone, Copy)]
struct Seen {
    sort: Sort,
    start: Mark,
}

/// Makes events.
pub(super) struct Parser<'a> {
    scanner: Scanner<'a>,
    state: State,
    states: Vec<State>,
    handles: HashMap<&'a str, String>,
    /// Comments collected and not yet taken.
    pending: Notes,
    /// A comment for the collection that begins behind a `-`.
    stem: Lines,
    lead: Option<Mark>,
    /// Where the last token that has any text ends.
    last_end: Mark,
}

impl<'a> Parser<'a> {
    pub fn new(scanner: Scanner<'a>) -> Self {
        Self {
            scanner,
            state: State::FirstDocument,
            states: Vec::new(),
            handles: HashMap::new(),
            pending: Notes::default(),
            stem: Lines::new(),
            lead: None,
            last_end: Mark::default(),
        }
    }

    /// The next event; nothing but [`Event::StreamEnd`] follows one of those.
    pub fn next(&mut self) -> Result<Event<'a>, LoadError> {
        match self.state {
            State::FirstDocument => {
                self.look()?;
                self.take();
                self.document_start(true)
            }
            State::Document => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(Allowed::BLOCK),
            State::BlockItem { first } => self.block_item(first),
            State::IndentlessItem => self.indentless_item(),
            State::BlockKey { first } => self.block_key(first),
            State::BlockValue => self.block_value(),
            State::FlowItem { first } => self.flow_item(first),
            State::PairKey => self.pair_key(),
            State::PairValue => self.pair_value(),
            State::PairEnd => Ok(self.pair_end()),
            State::FlowKey { first } => self.flow_key(first),
            State::FlowValue { empty } => self.flow_value(empty),
            State::End => Ok(Event::StreamEnd),
        }
    }

    /// The next token; collects the comments that belong to it or stand before it.
    fn look(&mut self) -> Result<Seen, LoadError> {
        let (sort, start) = self.scanner.look()?;
        while let Some(record) = self.scanner.records.front() {
            let waits = record.place == Place::Head && sort == Sort::BlockEnd;
            if record.anchor > start.index || waits {
                break;
            }
            if let Some(record) = self.scanner.records.pop_front() {
                self.pending.add(record);
            }
        }
        Ok(Seen { sort, start })
    }

    fn take(&mut self) -> Option<Token<'a>> {
        let token = self.scanner.take()?;
        if token.end.byte > token.start.byte {
            self.last_end = token.end;
        }
        Some(token)
    }

    /// Takes the token that was looked at and looks at the next one.
    fn step(&mut self) -> Result<Seen, LoadError> {
        self.take();
        self.look()
    }

    /// Takes a `-` or `?` (or what stands for it before a simple key) and looks at what it leads to.
    fn step_over_lead(&mut self, seen: Seen) -> Result<Seen, LoadError> {
        self.lead = Some(seen.start);
        self.step()
    }

    fn pop(&mut self) -> State {
        self.states.pop().unwrap_or(State::End)
    }

    /// A null without a text of its own, behind the last token.
    fn empty(&mut self, next: State) -> Event<'a> {
        self.state = next;
        self.empty_node(Properties::default())
    }

    fn empty_node(&mut self, properties: Properties<'a>) -> Event<'a> {
        Event::Node(Node {
            lead: self.lead.take(),
            properties,
            start: self.last_end,
            end: self.last_end,
            notes: Notes::default(),
            value: Value::Scalar(Text::Source(""), Form::Empty),
        })
    }

    /// Ends a collection at the token that was looked at; `takes` when pending comments go to it.
    fn close(&mut self, takes: bool) -> Event<'a> {
        self.state = self.pop();
        let notes = if takes {
            std::mem::take(&mut self.pending)
        } else {
            Notes::default()
        };
        self.take();
        Event::Close {
            end: self.last_end,
            notes,
        }
    }
}
