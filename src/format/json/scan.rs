//! Tokens of a JSON text: strings, numbers, words, white space.

use crate::format::LoadError;
use std::borrow::Cow;
use std::ops::Range;

/// A place in a text.
pub(super) struct Scanner<'s> {
    source: &'s [u8],
    at: usize,
}

impl<'s> Scanner<'s> {
    pub(super) const fn new(source: &'s [u8]) -> Self {
        Self { source, at: 0 }
    }

    /// The offset of the next byte.
    pub(super) const fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn error(&self, problem: &'static str) -> LoadError {
        LoadError::Syntax {
            problem,
            line: Some(self.line()),
        }
    }

    /// The 1-based line of the next byte.
    pub(super) fn line(&self) -> usize {
        let before = self.source.get(..self.at).unwrap_or(self.source);
        1 + memchr::memchr_iter(b'\n', before).count()
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    /// The next byte that is no white space; it stays to be read.
    pub(super) fn next_token(&mut self) -> Option<u8> {
        while let Some(byte) = self.peek() {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Reads the byte that was seen by [`Scanner::next_token`].
    pub(super) const fn bump(&mut self) {
        self.at += 1;
    }

    /// Reads a word like `true`.
    pub(super) fn word(&mut self, word: &[u8]) -> Result<(), LoadError> {
        let rest = self.source.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.error("this is no JSON value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// Reads a number; its text is ASCII. The flag says whether it has a fraction or an exponent.
    pub(super) fn number(&mut self) -> Result<(&'s str, bool), LoadError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut plain = true;
        if self.peek() == Some(b'.') {
            plain = false;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            plain = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.source.get(start..self.at).unwrap_or_default();
        Ok((std::str::from_utf8(text).unwrap_or_default(), !plain))
    }

    fn digits(&mut self) -> Result<(), LoadError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.error("a digit is missing in a number"));
        }
        Ok(())
    }

    /// Reads a string that begins at its opening quote. Bytes that are no UTF-8, and halves of surrogate pairs, become
    /// U+FFFD.
    pub(super) fn string(&mut self) -> Result<Cow<'s, [u8]>, LoadError> {
        self.at += 1;
        let plain = self.run();
        if self.peek() == Some(b'"') {
            self.at += 1;
            let text = self.source.get(plain).unwrap_or_default();
            return Ok(match std::str::from_utf8(text) {
                Ok(_) => Cow::Borrowed(text),
                Err(_) => Cow::Owned(repaired(text)),
            });
        }
        let mut text = repaired(self.source.get(plain).unwrap_or_default());
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut text)?;
                }
                Some(_) => return Err(self.error("a control character in a string must be escaped")),
                None => return Err(self.error("a string does not end")),
            }
            let plain = self.run();
            text.extend_from_slice(&repaired(self.source.get(plain).unwrap_or_default()));
        }
    }

    /// Reads up to a quote, a backslash, a control character or the end.
    fn run(&mut self) -> Range<usize> {
        let start = self.at;
        let rest = self.source.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
            .unwrap_or(rest.len());
        self.at += length;
        start..self.at
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Result<(), LoadError> {
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode_escape(text),
            _ => return Err(self.error("an escape in a string is not known")),
        };
        self.at += 1;
        text.push(plain);
        Ok(())
    }

    /// Reads `uXXXX`, and a second escape where both are a surrogate pair.
    fn unicode_escape(&mut self, text: &mut Vec<u8>) -> Result<(), LoadError> {
        let Some(first) = self.hex_at(self.at + 1) else {
            return Err(self.error("an escape in a string needs four hexadecimal digits"));
        };
        self.at += 5;
        let mut code = first;
        if (0xd800..0xdc00).contains(&first)
            && self.source.get(self.at..self.at + 2) == Some(b"\\u")
            && let Some(second @ 0xdc00..0xe000) = self.hex_at(self.at + 2)
        {
            self.at += 6;
            code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        }
        let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }

    fn hex_at(&self, at: usize) -> Option<u32> {
        let digits = self.source.get(at..at + 4)?;
        digits
            .iter()
            .try_fold(0, |sum, digit| Some(sum * 16 + char::from(*digit).to_digit(16)?))
    }
}

/// The text with U+FFFD for each byte that is no part of a character.
fn repaired(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.extend_from_slice(chunk.valid().as_bytes());
        for _ in chunk.invalid() {
            text.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    text
}
