//! Opening and closing of collections.

use super::Scanner;
use crate::format::LoadError;
use crate::format::yaml::comment::Record;
use crate::format::yaml::cursor::{Mark, narrow};
use crate::format::yaml::limits;
use crate::format::yaml::token::{Content, Sort};
use std::collections::HashMap;

impl Scanner<'_> {
    /// Opens a block collection if the column is right of the innermost open one; in front of token `before`, or
    /// behind all. Nothing happens inside flow collections.
    pub(super) fn open_block(&mut self, sort: Sort, at: Mark, before: Option<u32>) -> Result<(), LoadError> {
        let column = i64::from(at.column);
        if self.in_flow() || self.indent >= column {
            return Ok(());
        }
        if self.indents.len() >= limits::DEPTH {
            return Err(limits::too_deep(at));
        }
        self.indents.push(self.indent);
        self.indent = column;
        match before {
            Some(number) => self.insert(number, sort, at),
            None => self.push_with(sort, at, at, Content::Nothing),
        }
        Ok(())
    }

    /// Closes the block collections right of a column (§3.4). Every end is moved in front of the comments that stand
    /// at its own column, as far as nothing but white space and comments is between; `index` is where it would be
    /// otherwise.
    pub(super) fn close_blocks(&mut self, column: i64, index: u32) {
        if self.in_flow() || self.indent <= column {
            return;
        }
        let chain = Chain::new(&self.records);
        let mut index = index;
        while self.indent > column {
            index = chain.earliest_at(self.indent, index).unwrap_or(index);
            let mark = Mark {
                index,
                ..self.cursor.mark
            };
            self.push_with(Sort::BlockEnd, mark, mark, Content::Nothing);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    pub(super) fn open_flow(&mut self, sort: Sort) -> Result<(), LoadError> {
        self.save_candidate()?;
        let depth = self.flow_depth();
        let start = self.cursor.mark;
        if depth >= limits::DEPTH {
            return Err(limits::too_deep(start));
        }
        self.candidates.push(None);
        self.key_ok = true;
        self.cursor.skip(1);
        self.push_candidate(sort, start, self.cursor.mark, Content::Nothing, depth);
        Ok(())
    }

    pub(super) fn close_flow(&mut self, sort: Sort) -> Result<(), LoadError> {
        self.drop_candidate()?;
        if self.in_flow() {
            self.candidates.pop();
        }
        self.key_ok = false;
        let start = self.cursor.mark;
        self.cursor.skip(1);
        self.push(sort, start);
        Ok(())
    }
}

/// The newest records that follow each other with nothing between them: for each column the earliest comment that
/// begins there. Looked up once for each closed block, so deep nesting before many comments stays linear.
struct Chain {
    /// Where the newest record ends.
    end: Option<u32>,
    earliest: HashMap<i64, u32>,
}

impl Chain {
    fn new(records: &std::collections::VecDeque<Record>) -> Self {
        let mut chain = Self {
            end: records.back().map(|record| record.to),
            earliest: HashMap::new(),
        };
        let mut stop = 0;
        for record in records.iter().rev() {
            if record.to < stop {
                break;
            }
            chain
                .earliest
                .insert(i64::from(record.start.column), record.start.index);
            stop = record.from;
        }
        chain
    }

    fn earliest_at(&self, column: i64, stop: u32) -> Option<u32> {
        if self.end? < stop {
            return None;
        }
        self.earliest.get(&column).copied()
    }
}

impl Scanner<'_> {
    /// The number that the next queued token will have.
    pub(super) fn next_number(&self) -> u32 {
        self.taken + narrow(self.tokens.len())
    }
}
