//! The frame around documents: directives and markers.

use super::node::Allowed;
use super::{Parser, State};
use crate::format::LoadError;
use crate::format::yaml::comment::{Lines, split_document_head};
use crate::format::yaml::event::Event;
use crate::format::yaml::token::{Content, Sort};

impl<'a> Parser<'a> {
    pub(super) fn document_start(&mut self, first: bool) -> Result<Event<'a>, LoadError> {
        let mut seen = self.look()?;
        while !first && seen.sort == Sort::DocumentEnd {
            seen = self.step()?;
        }
        let mut start = seen.start.byte;
        start = self.pending.first_byte().map_or(start, |byte| byte.min(start));
        match seen.sort {
            Sort::StreamEnd => {
                self.state = State::End;
                Ok(Event::StreamEnd)
            }
            Sort::Version | Sort::Handle | Sort::DocumentStart => {
                self.directives()?;
                self.states.push(State::DocumentEnd);
                self.state = State::DocumentContent;
                self.take();
                Ok(Event::DocumentStart {
                    start,
                    head: Lines::new(),
                })
            }
            _ if first => {
                self.states.push(State::DocumentEnd);
                self.state = State::BlockNode;
                Ok(Event::DocumentStart {
                    start,
                    head: split_document_head(&mut self.pending.head),
                })
            }
            _ => Err(seen.start.error("did not find expected <document start>")),
        }
    }

    /// Reads directives up to the marker behind them.
    fn directives(&mut self) -> Result<(), LoadError> {
        let mut versions = 0;
        loop {
            let seen = self.look()?;
            match seen.sort {
                Sort::DocumentStart => return Ok(()),
                Sort::Version if versions > 0 => {
                    return Err(seen.start.error("found duplicate %YAML directive"));
                }
                Sort::Version => {
                    versions += 1;
                    self.take();
                }
                Sort::Handle => {
                    let Some(Content::Tag(handle, prefix)) = self.take().map(|token| token.content) else {
                        continue;
                    };
                    if self.handles.insert(handle, prefix.into_owned()).is_some() {
                        return Err(seen.start.error("found duplicate %TAG directive"));
                    }
                }
                _ => return Err(seen.start.error("did not find expected <document start>")),
            }
        }
    }

    pub(super) fn document_content(&mut self) -> Result<Event<'a>, LoadError> {
        let seen = self.look()?;
        match seen.sort {
            Sort::Version | Sort::Handle | Sort::DocumentStart | Sort::DocumentEnd | Sort::StreamEnd => {
                let next = self.pop();
                Ok(self.empty(next))
            }
            _ => self.node(Allowed::BLOCK),
        }
    }

    pub(super) fn document_end(&mut self) -> Result<Event<'a>, LoadError> {
        let seen = self.look()?;
        if seen.sort == Sort::DocumentEnd {
            self.take();
        }
        self.handles.clear();
        self.state = State::Document;
        let notes = std::mem::take(&mut self.pending);
        let foot = if notes.foot.is_empty() {
            notes.head
        } else {
            notes.foot
        };
        Ok(Event::DocumentEnd { foot })
    }
}
