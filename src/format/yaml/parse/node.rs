//! Nodes: aliases, properties, scalars, and the beginnings of collections.

use super::{Parser, Seen, State};
use crate::format::LoadError;
use crate::format::yaml::comment::Notes;
use crate::format::yaml::cursor::Mark;
use crate::format::yaml::event::{Event, Node, Properties, Value};
use crate::format::yaml::token::{Content, Sort};
use std::borrow::Cow;

/// Longer tags mean nothing to anybody here. They are not put together: a long prefix and many short tags would cost
/// the product of their lengths.
const LONGEST_KNOWN_TAG: usize = 64;

/// What may stand at a place.
#[derive(Clone, Copy)]
pub(super) struct Allowed {
    /// Block collections.
    block: bool,
    /// A list at the column of its parent key.
    indentless: bool,
}

impl Allowed {
    pub(super) const FLOW: Self = Self {
        block: false,
        indentless: false,
    };
    pub(super) const BLOCK: Self = Self {
        block: true,
        indentless: false,
    };
    pub(super) const BLOCK_OR_INDENTLESS: Self = Self {
        block: true,
        indentless: true,
    };
}

impl<'a> Parser<'a> {
    /// Reads a node and goes back to `back` behind it.
    pub(super) fn node_then(&mut self, back: State, allowed: Allowed) -> Result<Event<'a>, LoadError> {
        self.states.push(back);
        self.node(allowed)
    }

    pub(super) fn node(&mut self, allowed: Allowed) -> Result<Event<'a>, LoadError> {
        let mut seen = self.look()?;
        if seen.sort == Sort::Alias {
            return self.leaf(Properties::default());
        }
        let mut properties = Properties::default();
        if matches!(seen.sort, Sort::Anchor | Sort::Tag) {
            seen = self.property(seen, &mut properties)?;
            let other = match properties.anchor {
                Some(_) => Sort::Tag,
                None => Sort::Anchor,
            };
            if seen.sort == other {
                seen = self.property(seen, &mut properties)?;
            }
        }
        match seen.sort {
            Sort::Dash if allowed.indentless => {
                Ok(self.open(properties, seen.start, false, State::IndentlessItem))
            }
            Sort::Scalar => self.leaf(properties),
            Sort::FlowList => Ok(self.open(properties, seen.start, true, State::FlowItem { first: true })),
            Sort::FlowMap => Ok(self.open(properties, seen.start, true, State::FlowKey { first: true })),
            Sort::BlockList if allowed.block => {
                Ok(self.open(properties, seen.start, false, State::BlockItem { first: true }))
            }
            Sort::BlockMap if allowed.block => {
                Ok(self.open(properties, seen.start, false, State::BlockKey { first: true }))
            }
            _ if !properties.is_empty() => {
                self.state = self.pop();
                Ok(self.empty_node(properties))
            }
            _ => Err(seen.start.error("did not find expected node content")),
        }
    }

    /// An alias or a scalar: takes all pending comments.
    fn leaf(&mut self, properties: Properties<'a>) -> Result<Event<'a>, LoadError> {
        self.state = self.pop();
        let notes = std::mem::take(&mut self.pending);
        let token = self.take();
        let (start, end) = token
            .as_ref()
            .map_or((self.last_end, self.last_end), |token| (token.start, token.end));
        let value = match token.map(|token| token.content) {
            Some(Content::Name(name)) => Value::Alias(name),
            Some(Content::Scalar(text, form)) => Value::Scalar(text, form),
            _ => return Err(start.error("did not find expected node content")),
        };
        Ok(Event::Node(Node {
            lead: self.lead.take(),
            properties,
            start,
            end,
            notes,
            value,
        }))
    }

    /// The beginning of a collection. Flow collections take all pending comments, block collections only the stem.
    fn open(&mut self, properties: Properties<'a>, start: Mark, flow: bool, next: State) -> Event<'a> {
        self.state = next;
        let list = matches!(
            next,
            State::FlowItem { .. } | State::BlockItem { .. } | State::IndentlessItem
        );
        let notes = match next {
            State::FlowItem { .. } | State::FlowKey { .. } => std::mem::take(&mut self.pending),
            State::BlockItem { .. } | State::BlockKey { .. } => Notes {
                head: std::mem::take(&mut self.stem),
                ..Notes::default()
            },
            _ => Notes::default(),
        };
        Event::Node(Node {
            lead: self.lead.take(),
            properties,
            start,
            end: start,
            notes,
            value: if list {
                Value::List { flow }
            } else {
                Value::Map { flow }
            },
        })
    }

    /// Takes an anchor or a tag.
    fn property(&mut self, seen: Seen, properties: &mut Properties<'a>) -> Result<Seen, LoadError> {
        let before = properties.is_empty();
        if let Some(token) = self.take() {
            match token.content {
                Content::Name(name) => properties.anchor = Some(name),
                Content::Tag(handle, suffix) => {
                    properties.tag = Some(self.expand(handle, suffix, token.start)?);
                }
                Content::Nothing | Content::Scalar(..) => {}
            }
            if before {
                properties.start = seen.start;
            }
            properties.end = token.end;
        }
        self.look()
    }

    fn expand(&self, handle: &'a str, suffix: Cow<'a, str>, at: Mark) -> Result<Cow<'a, str>, LoadError> {
        let prefix = match (handle, self.handles.get(handle)) {
            ("", _) => return Ok(suffix),
            (_, Some(prefix)) => prefix.as_str(),
            ("!", None) => "!",
            ("!!", None) => "tag:yaml.org,2002:",
            _ => return Err(at.error("found undefined tag handle")),
        };
        if prefix.len() + suffix.len() > LONGEST_KNOWN_TAG {
            return Ok(Cow::Borrowed("!unknown"));
        }
        Ok(Cow::Owned(format!("{prefix}{suffix}")))
    }
}
