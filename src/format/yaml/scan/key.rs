//! What may turn out to be a simple key, and the marks `-`, `?`, `:` and `,` (§1.2).

use super::Scanner;
use crate::format::LoadError;
use crate::format::yaml::cursor::Mark;
use crate::format::yaml::token::Sort;

/// How many characters a simple key may begin before its `:`.
const REACH: u32 = 1024;

/// A token that is a key if `:` follows in time.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    /// Which token, counted from the first of the stream.
    pub number: u32,
    /// Whether it stands where only a key can stand.
    pub required: bool,
    pub mark: Mark,
}

impl Candidate {
    fn missing_colon(self) -> LoadError {
        self.mark.error("could not find expected ':'")
    }
}

impl Scanner<'_> {
    /// Makes the token that is scanned next the candidate of its level.
    pub(super) fn save_candidate(&mut self) -> Result<(), LoadError> {
        if !self.key_ok {
            return Ok(());
        }
        self.drop_candidate()?;
        let mark = self.cursor.mark;
        let candidate = Candidate {
            number: self.next_number(),
            required: !self.in_flow() && self.indent == i64::from(mark.column),
            mark,
        };
        if let Some(slot) = self.candidates.last_mut() {
            *slot = Some(candidate);
        }
        Ok(())
    }

    /// Forgets the candidate of this level; an error if it had to be a key.
    pub(super) fn drop_candidate(&mut self) -> Result<(), LoadError> {
        match self.candidates.last_mut().and_then(Option::take) {
            Some(candidate) if candidate.required => Err(candidate.missing_colon()),
            _ => Ok(()),
        }
    }

    /// Whether the first token of the queue may still become a key.
    pub(super) fn first_is_undecided(&mut self) -> Result<bool, LoadError> {
        let Some(token) = self.tokens.front() else {
            return Ok(false);
        };
        let (level, number) = (token.candidate as usize, self.taken);
        match self.candidates.get(level) {
            Some(Some(candidate)) if candidate.number == number => Ok(self.valid_candidate(level)?.is_some()),
            _ => Ok(false),
        }
    }

    /// The candidate of a level if a `:` here would make it a key; a stale one is forgotten.
    fn valid_candidate(&mut self, level: usize) -> Result<Option<Candidate>, LoadError> {
        let now = self.cursor.mark;
        let Some(slot) = self.candidates.get_mut(level) else {
            return Ok(None);
        };
        let Some(candidate) = *slot else {
            return Ok(None);
        };
        if candidate.mark.line == now.line && candidate.mark.index + REACH >= now.index {
            return Ok(Some(candidate));
        }
        if candidate.required {
            return Err(candidate.missing_colon());
        }
        *slot = None;
        Ok(None)
    }

    pub(super) fn value(&mut self) -> Result<(), LoadError> {
        let start = self.cursor.mark;
        let level = self.flow_depth();
        if let Some(candidate) = self.valid_candidate(level)? {
            self.insert(candidate.number, Sort::Key, candidate.mark);
            self.open_block(Sort::BlockMap, candidate.mark, Some(candidate.number))?;
            if let Some(slot) = self.candidates.last_mut() {
                *slot = None;
            }
            self.key_ok = false;
        } else {
            if !self.in_flow() {
                if !self.key_ok {
                    return Err(start.error("mapping values are not allowed in this context"));
                }
                self.open_block(Sort::BlockMap, start, None)?;
            }
            self.key_ok = !self.in_flow();
        }
        self.cursor.skip(1);
        self.push(Sort::Value, start);
        Ok(())
    }

    pub(super) fn explicit_key(&mut self) -> Result<(), LoadError> {
        let start = self.cursor.mark;
        if !self.in_flow() {
            if !self.key_ok {
                return Err(start.error("mapping keys are not allowed in this context"));
            }
            self.open_block(Sort::BlockMap, start, None)?;
        }
        self.drop_candidate()?;
        self.key_ok = !self.in_flow();
        self.cursor.skip(1);
        self.push(Sort::Key, start);
        Ok(())
    }

    pub(super) fn dash(&mut self) -> Result<(), LoadError> {
        let start = self.cursor.mark;
        if !self.in_flow() {
            if !self.key_ok {
                return Err(start.error("block sequence entries are not allowed in this context"));
            }
            self.open_block(Sort::BlockList, start, None)?;
        }
        self.drop_candidate()?;
        self.key_ok = true;
        self.cursor.skip(1);
        self.push(Sort::Dash, start);
        Ok(())
    }

    pub(super) fn comma(&mut self) -> Result<(), LoadError> {
        self.drop_candidate()?;
        self.key_ok = true;
        let start = self.cursor.mark;
        self.cursor.skip(1);
        self.push(Sort::Comma, start);
        Ok(())
    }
}
