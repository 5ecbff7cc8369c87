//! From text to tokens and comment records (`yaml-behaviour.md` §1.2, §3).
//!
//! Tokens are made on demand and only a few wait in the queue, because how far the scanner has read when the parser
//! looks at a token decides which comments it finds (§3.5).

mod block;
mod comment;
mod directive;
mod indent;
mod key;
mod name;
mod plain;
mod quoted;
mod tag;

use super::comment::Record;
use super::cursor::{Cursor, Mark, narrow};
use super::token::{Content, Sort, Token};
use crate::format::LoadError;
use key::Candidate;
use std::collections::VecDeque;

/// A token of which only its kind and place matter: those that were queued last.
#[derive(Clone, Copy)]
struct Newest {
    sort: Sort,
    start: Mark,
}

/// Makes tokens and comment records.
pub(super) struct Scanner<'a> {
    cursor: Cursor<'a>,
    tokens: VecDeque<Token<'a>>,
    /// How many tokens the parser took.
    taken: u32,
    /// Whether the first token of the queue was found and decided.
    ready: bool,
    newest: Newest,
    second: Newest,
    /// Comments that the parser has not collected yet.
    pub records: VecDeque<Record>,
    /// Column of the innermost block collection, −1 outside.
    indent: i64,
    indents: Vec<i64>,
    /// By flow depth: what may turn out to be a key.
    candidates: Vec<Option<Candidate>>,
    key_ok: bool,
}

impl<'a> Scanner<'a> {
    /// Begins where the cursor stands.
    pub fn new(cursor: Cursor<'a>) -> Self {
        let newest = Newest {
            sort: Sort::StreamStart,
            start: cursor.mark,
        };
        let mut scanner = Self {
            cursor,
            tokens: VecDeque::new(),
            taken: 0,
            ready: false,
            newest,
            second: newest,
            records: VecDeque::new(),
            indent: -1,
            indents: Vec::new(),
            candidates: vec![None],
            key_ok: true,
        };
        scanner.push(Sort::StreamStart, scanner.cursor.mark);
        scanner
    }

    /// The next token. Reads on until it is followed by two others and cannot become a key any more.
    pub fn look(&mut self) -> Result<(Sort, Mark), LoadError> {
        while !self.ready {
            if self.tokens.len() > 2 && !self.first_is_undecided()? {
                self.ready = true;
            } else {
                self.fetch()?;
            }
        }
        let first = self.tokens.front();
        Ok(first.map_or((Sort::StreamEnd, self.cursor.mark), |token| {
            (token.sort, token.start)
        }))
    }

    /// Takes the token that was looked at.
    pub fn take(&mut self) -> Option<Token<'a>> {
        self.ready = false;
        self.taken += 1;
        self.tokens.pop_front()
    }

    fn flow_depth(&self) -> usize {
        self.candidates.len() - 1
    }

    fn in_flow(&self) -> bool {
        self.candidates.len() > 1
    }

    /// Reads one token, and those that come with it.
    fn fetch(&mut self) -> Result<(), LoadError> {
        let space = self.cursor.mark;
        self.skip_space(space);
        let start = self.cursor.mark;
        self.close_blocks(i64::from(start.column), space.index.saturating_sub(1));
        if self.fetch_boundary()? {
            return Ok(());
        }
        let byte = self.cursor.peek(0);
        let belongs_to_earlier = byte == if self.in_flow() { b',' } else { b':' };
        let anchor = if belongs_to_earlier {
            self.newest.start
        } else {
            start
        };
        self.fetch_content(byte)?;
        if self.newest.sort != Sort::Dash {
            self.line_comment(anchor);
        }
        Ok(())
    }

    /// The end, a directive or a document marker.
    fn fetch_boundary(&mut self) -> Result<bool, LoadError> {
        let at_end = self.cursor.is_end();
        let is_directive = self.cursor.mark.column == 0 && self.cursor.peek(0) == b'%';
        if !at_end && !is_directive && !self.cursor.is_marker() {
            return Ok(false);
        }
        let mark = self.cursor.mark;
        self.close_blocks(-1, mark.index.saturating_sub(1));
        self.drop_candidate()?;
        self.key_ok = false;
        if at_end {
            self.push(Sort::StreamEnd, mark);
            // Nothing on the last line can become a key any more.
            self.cursor.end_line();
        } else if is_directive {
            self.directive()?;
        } else {
            let sort = if self.cursor.peek(0) == b'-' {
                Sort::DocumentStart
            } else {
                Sort::DocumentEnd
            };
            self.cursor.skip(3);
            self.push(sort, mark);
        }
        Ok(true)
    }

    /// Any other token, by its first byte.
    fn fetch_content(&mut self, byte: u8) -> Result<(), LoadError> {
        let in_flow = self.in_flow();
        match byte {
            b'[' => self.open_flow(Sort::FlowList),
            b'{' => self.open_flow(Sort::FlowMap),
            b']' => self.close_flow(Sort::FlowListEnd),
            b'}' => self.close_flow(Sort::FlowMapEnd),
            b',' => self.comma(),
            b'-' if self.cursor.is_edge(1) => self.dash(),
            b'?' if in_flow || self.cursor.is_edge(1) => self.explicit_key(),
            b':' if in_flow || self.cursor.is_edge(1) => self.value(),
            b'*' => self.name(Sort::Alias),
            b'&' => self.name(Sort::Anchor),
            b'!' => self.tag(),
            b'|' | b'>' if !in_flow => self.block_scalar(),
            b'\'' | b'"' => self.quoted(),
            b'#' | b'%' | b'@' | b'`' | b'|' | b'>' | b' ' | b'\t' => Err(self
                .cursor
                .mark
                .error("found a character that cannot start any token")),
            _ => self.plain(),
        }
    }

    /// Queues a token without content that ends where the cursor is.
    fn push(&mut self, sort: Sort, start: Mark) {
        self.push_with(sort, start, self.cursor.mark, Content::Nothing);
    }

    fn push_with(&mut self, sort: Sort, start: Mark, end: Mark, content: Content<'a>) {
        self.second = self.newest;
        self.newest = Newest { sort, start };
        self.tokens.push_back(Token {
            sort,
            content,
            start,
            end,
            candidate: u32::MAX,
        });
    }

    /// Queues a token that may turn out to be a key; it does if [`Self::save_candidate`] was called before.
    fn push_candidate(&mut self, sort: Sort, start: Mark, end: Mark, content: Content<'a>, depth: usize) {
        self.push_with(sort, start, end, content);
        if let Some(token) = self.tokens.back_mut() {
            token.candidate = narrow(depth);
        }
    }

    /// Puts a token that takes no room in front of a queued one.
    fn insert(&mut self, number: u32, sort: Sort, at: Mark) {
        let index = number.saturating_sub(self.taken) as usize;
        let token = Token {
            sort,
            content: Content::Nothing,
            start: at,
            end: at,
            candidate: u32::MAX,
        };
        self.tokens.insert(index.min(self.tokens.len()), token);
    }
}
