//! Flow lists and maps, and the maps of one pair inside flow lists.

use super::node::Allowed;
use super::{Parser, State};
use crate::format::LoadError;
use crate::format::yaml::comment::Notes;
use crate::format::yaml::event::{Event, Node, Properties, Value};
use crate::format::yaml::token::Sort;

impl<'a> Parser<'a> {
    pub(super) fn flow_item(&mut self, first: bool) -> Result<Event<'a>, LoadError> {
        let mut seen = self.look()?;
        if first {
            seen = self.step()?;
        }
        if seen.sort != Sort::FlowListEnd {
            if !first {
                if seen.sort != Sort::Comma {
                    return Err(seen.start.error("did not find expected ',' or ']'"));
                }
                seen = self.step()?;
            }
            let back = State::FlowItem { first: false };
            match seen.sort {
                Sort::Key => {
                    self.state = State::PairKey;
                    self.take();
                    self.lead = Some(seen.start);
                    return Ok(Event::Node(Node {
                        lead: None,
                        properties: Properties::default(),
                        start: seen.start,
                        end: seen.start,
                        notes: Notes::default(),
                        value: Value::Map { flow: true },
                    }));
                }
                Sort::FlowListEnd => {}
                _ => return self.node_then(back, Allowed::FLOW),
            }
        }
        Ok(self.close(true))
    }

    pub(super) fn pair_key(&mut self) -> Result<Event<'a>, LoadError> {
        let seen = self.look()?;
        if matches!(seen.sort, Sort::Value | Sort::Comma | Sort::FlowListEnd) {
            // The token is lost, as in sops; an error follows as a rule.
            self.take();
            return Ok(self.empty(State::PairValue));
        }
        self.node_then(State::PairValue, Allowed::FLOW)
    }

    pub(super) fn pair_value(&mut self) -> Result<Event<'a>, LoadError> {
        if self.look()?.sort == Sort::Value {
            let after = self.step()?;
            if !matches!(after.sort, Sort::Comma | Sort::FlowListEnd) {
                return self.node_then(State::PairEnd, Allowed::FLOW);
            }
        }
        Ok(self.empty(State::PairEnd))
    }

    pub(super) fn pair_end(&mut self) -> Event<'a> {
        self.state = State::FlowItem { first: false };
        Event::Close {
            end: self.last_end,
            notes: Notes::default(),
        }
    }

    pub(super) fn flow_key(&mut self, first: bool) -> Result<Event<'a>, LoadError> {
        let mut seen = self.look()?;
        if first {
            seen = self.step()?;
        }
        if seen.sort != Sort::FlowMapEnd {
            if !first {
                if seen.sort != Sort::Comma {
                    return Err(seen.start.error("did not find expected ',' or '}'"));
                }
                seen = self.step()?;
            }
            if seen.sort == Sort::Key {
                let after = self.step_over_lead(seen)?;
                if matches!(after.sort, Sort::Value | Sort::Comma | Sort::FlowMapEnd) {
                    return Ok(self.empty(State::FlowValue { empty: false }));
                }
                return self.node_then(State::FlowValue { empty: false }, Allowed::FLOW);
            }
            if seen.sort != Sort::FlowMapEnd {
                return self.node_then(State::FlowValue { empty: true }, Allowed::FLOW);
            }
        }
        Ok(self.close(true))
    }

    pub(super) fn flow_value(&mut self, empty: bool) -> Result<Event<'a>, LoadError> {
        let back = State::FlowKey { first: false };
        let seen = self.look()?;
        if !empty && seen.sort == Sort::Value {
            let after = self.step()?;
            if !matches!(after.sort, Sort::Comma | Sort::FlowMapEnd) {
                return self.node_then(back, Allowed::FLOW);
            }
        }
        Ok(self.empty(back))
    }
}
