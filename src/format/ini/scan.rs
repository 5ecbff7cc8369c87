//! Lines, keys and values of an INI text.

use super::blank::{trim, trim_end, trim_start};
use crate::format::LoadError;
use crate::tree::Secret;
use memchr::memmem;
use std::ops::Range;

/// Reads a text line by line.
pub(super) struct Reader<'s> {
    pub source: &'s [u8],
    at: usize,
    line: usize,
}

/// A key as it stands in a line.
pub(super) struct RawKey {
    /// With quotes.
    pub token: Range<usize>,
    /// The name itself.
    pub name: Range<usize>,
    /// What follows the delimiter, line break included.
    pub rest: Range<usize>,
}

/// A value as it stands behind a key.
pub(super) struct RawValue {
    pub text: Secret,
    /// With quotes; blanks only where the value is empty.
    pub token: Range<usize>,
    /// The comment behind it, from its mark to the end of its text.
    pub comment: Option<Range<usize>>,
}

impl<'s> Reader<'s> {
    pub(super) const fn new(source: &'s [u8], at: usize) -> Self {
        Self { source, at, line: 0 }
    }

    /// The offset of the next line.
    pub(super) const fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn error(&self, problem: &'static str) -> LoadError {
        LoadError::Syntax {
            problem,
            line: Some(self.line),
        }
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'s [u8] {
        self.source.get(range).unwrap_or_default()
    }

    /// The next line with its line break.
    pub(super) fn line(&mut self) -> Option<Range<usize>> {
        let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        self.at += memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        self.line += 1;
        Some(start..self.at)
    }

    /// Where the first comment mark of a range is.
    pub(super) fn mark(&self, range: Range<usize>) -> Option<usize> {
        memchr::memchr2(b'#', b';', self.slice(range.clone())).map(|at| range.start + at)
    }

    /// Reads the key of a line that begins without blanks.
    pub(super) fn key(&self, line: Range<usize>) -> Result<RawKey, LoadError> {
        let text = self.slice(line.clone());
        let quote: &[u8] = match text {
            [b'"', b'"', b'"', ..] => b"\"\"\"",
            [b'"', ..] => b"\"",
            [b'`', ..] => b"`",
            _ => b"",
        };
        let inner = line.start + quote.len();
        let (name, token) = if quote.is_empty() {
            let length = self
                .delimiter(line.clone())
                .ok_or_else(|| self.error("a line that is no comment and no section needs a key and ="))?
                - line.start;
            let name = trim(self.source, line.start..line.start + length);
            (name.clone(), name)
        } else {
            let length = memmem::find(self.slice(inner..line.end), quote)
                .ok_or_else(|| self.error("the quotes of a key do not end"))?;
            let close = inner + length;
            (trim(self.source, inner..close), line.start..close + quote.len())
        };
        let delimiter = self
            .delimiter(token.end..line.end)
            .ok_or_else(|| self.error("a key in quotes needs = behind it"))?;
        if name.is_empty() {
            return Err(self.error("a key is empty"));
        }
        Ok(RawKey {
            token,
            name,
            rest: delimiter + 1..line.end,
        })
    }

    fn delimiter(&self, range: Range<usize>) -> Option<usize> {
        memchr::memchr2(b'=', b':', self.slice(range.clone())).map(|at| range.start + at)
    }

    /// Reads the value behind a delimiter, and the lines it goes on to.
    pub(super) fn value(&mut self, rest: Range<usize>) -> Result<RawValue, LoadError> {
        let start = trim_start(self.source, rest.clone()).start;
        let text = self.slice(start..rest.end);
        let quote: &[u8] = match text {
            [b'"', b'"', b'"', _, ..] => b"\"\"\"",
            [b'`', ..] => b"`",
            _ => b"",
        };
        if !quote.is_empty() {
            return self.raw(start, rest.end, quote);
        }
        let line = trim(self.source, start..rest.end);
        if self.slice(line.clone()).ends_with(b"\\") {
            return Ok(self.continued(line));
        }
        Ok(self.plain(&rest, line))
    }

    /// A value in backticks or three double quotes: up to the last of them on the first line that has one.
    fn raw(&mut self, start: usize, end: usize, quote: &[u8]) -> Result<RawValue, LoadError> {
        let inner = start + quote.len();
        let last = |range: Range<usize>, source: &[u8]| {
            memmem::rfind(source.get(range.clone()).unwrap_or_default(), quote).map(|at| range.start + at)
        };
        if let Some(close) = last(inner..end, self.source) {
            return Ok(RawValue {
                text: Secret::from(self.slice(inner..close)),
                token: trim_end(self.source, start..end),
                comment: None,
            });
        }
        loop {
            let Some(line) = self.line() else {
                return Err(self.error("the quotes of a value do not end"));
            };
            let Some(close) = last(line.clone(), self.source) else {
                continue;
            };
            let comment = self
                .mark(close..line.end)
                .map(|mark| trim_end(self.source, mark..line.end));
            let token_end = comment.as_ref().map_or(line.end, |comment| comment.start);
            return Ok(RawValue {
                text: Secret::from(self.slice(inner..close)),
                token: trim_end(self.source, start..token_end),
                comment,
            });
        }
    }

    /// A value that goes on behind a backslash at the end of the line.
    fn continued(&mut self, line: Range<usize>) -> RawValue {
        let mut token = line.clone();
        let mut parts = Vec::new();
        let mut next = Some(line);
        while let Some(part) = next.take() {
            token.end = part.end;
            match self.slice(part.clone()).strip_suffix(b"\\") {
                None => parts.push(self.slice(part)),
                Some(text) => {
                    parts.push(text);
                    let line = self.line().map(|line| trim(self.source, line));
                    next = line.filter(|line| !line.is_empty());
                }
            }
        }
        RawValue {
            text: Secret::new(parts.concat()),
            token,
            comment: None,
        }
    }

    /// A value on one line: up to the first comment mark, without one pair of quotes around it.
    fn plain(&self, rest: &Range<usize>, line: Range<usize>) -> RawValue {
        let comment = self.mark(line.clone()).map(|mark| mark..line.end);
        let end = comment.as_ref().map_or(line.end, |comment| comment.start);
        let token = trim(self.source, line.start..end);
        let text = self.slice(token.clone());
        let text = match text {
            [quote @ (b'\'' | b'"'), inner @ .., last] if quote == last && !inner.contains(quote) => inner,
            _ => text,
        };
        let is_empty = token.is_empty();
        RawValue {
            text: Secret::from(text),
            token: if is_empty {
                let end = comment
                    .as_ref()
                    .map_or_else(|| self.line_end(rest), |comment| comment.start);
                rest.start..end
            } else {
                token
            },
            comment,
        }
    }

    /// The end of a line without its line break.
    fn line_end(&self, line: &Range<usize>) -> usize {
        let text = self.slice(line.clone());
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        line.start + text.len()
    }
}
