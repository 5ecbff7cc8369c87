//! Block lists and maps.

use super::node::Allowed;
use super::{Parser, Seen, State};
use crate::format::LoadError;
use crate::format::yaml::event::Event;
use crate::format::yaml::token::Sort;

impl<'a> Parser<'a> {
    pub(super) fn block_item(&mut self, first: bool) -> Result<Event<'a>, LoadError> {
        let mut seen = self.look()?;
        if first {
            seen = self.step()?;
        }
        match seen.sort {
            Sort::Dash => {
                let after = self.step_over_dash(seen)?;
                let back = State::BlockItem { first: false };
                if matches!(after.sort, Sort::Dash | Sort::BlockEnd) {
                    Ok(self.empty(back))
                } else {
                    self.node_then(back, Allowed::BLOCK)
                }
            }
            Sort::BlockEnd => Ok(self.close(false)),
            _ => Err(seen.start.error("did not find expected '-' indicator")),
        }
    }

    /// A list at the column of its parent key; it has no token for its end.
    pub(super) fn indentless_item(&mut self) -> Result<Event<'a>, LoadError> {
        let seen = self.look()?;
        if seen.sort != Sort::Dash {
            self.state = self.pop();
            return Ok(Event::Close {
                end: self.last_end,
                notes: Default::default(),
            });
        }
        let after = self.step_over_dash(seen)?;
        if matches!(after.sort, Sort::Dash | Sort::Key | Sort::Value | Sort::BlockEnd) {
            Ok(self.empty(State::IndentlessItem))
        } else {
            self.node_then(State::IndentlessItem, Allowed::BLOCK)
        }
    }

    /// A comment that was there when the `-` was looked at goes to the block collection behind it, if there is one.
    fn step_over_dash(&mut self, seen: Seen) -> Result<Seen, LoadError> {
        let stem = self.pending.head.len();
        let after = self.step_over_lead(seen)?;
        if stem > 0 && matches!(after.sort, Sort::BlockList | Sort::BlockMap) {
            let rest = self.pending.head.split_off(stem);
            self.stem = std::mem::replace(&mut self.pending.head, rest);
        }
        Ok(after)
    }

    pub(super) fn block_key(&mut self, first: bool) -> Result<Event<'a>, LoadError> {
        let mut seen = self.look()?;
        if first {
            seen = self.step()?;
        }
        match seen.sort {
            Sort::Key => {
                let after = self.step_over_lead(seen)?;
                if matches!(after.sort, Sort::Key | Sort::Value | Sort::BlockEnd) {
                    Ok(self.empty(State::BlockValue))
                } else {
                    self.node_then(State::BlockValue, Allowed::BLOCK_OR_INDENTLESS)
                }
            }
            Sort::BlockEnd => Ok(self.close(true)),
            _ => Err(seen.start.error("did not find expected key")),
        }
    }

    pub(super) fn block_value(&mut self) -> Result<Event<'a>, LoadError> {
        let back = State::BlockKey { first: false };
        if self.look()?.sort == Sort::Value {
            let after = self.step()?;
            if !matches!(after.sort, Sort::Key | Sort::Value | Sort::BlockEnd) {
                return self.node_then(back, Allowed::BLOCK_OR_INDENTLESS);
            }
        }
        Ok(self.empty(back))
    }
}
