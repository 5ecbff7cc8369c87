//! Tags and the URIs in them (§1.2, names).

use super::Scanner;
use crate::format::LoadError;
use crate::format::yaml::chars::is_word;
use crate::format::yaml::token::{Content, Sort};
use std::borrow::Cow;

const NO_URI: &str = "did not find expected tag URI";

impl<'a> Scanner<'a> {
    pub(super) fn tag(&mut self) -> Result<(), LoadError> {
        self.save_candidate()?;
        self.key_ok = false;
        let depth = self.flow_depth();
        let start = self.cursor.mark;
        let (handle, suffix) = self.tag_parts()?;
        if !self.cursor.is_edge(0) {
            return Err(start.error("did not find expected white space or line break behind a tag"));
        }
        let end = self.cursor.mark;
        self.push_candidate(Sort::Tag, start, end, Content::Tag(handle, suffix), depth);
        Ok(())
    }

    fn tag_parts(&mut self) -> Result<(&'a str, Cow<'a, str>), LoadError> {
        let start = self.cursor.mark;
        if self.cursor.peek(1) == b'<' {
            self.cursor.skip(2);
            let uri = self.uri()?;
            if uri.is_empty() {
                return Err(start.error(NO_URI));
            }
            if self.cursor.peek(0) != b'>' {
                return Err(start.error("did not find the expected '>' of a tag"));
            }
            self.cursor.skip(1);
            return Ok(("", uri));
        }
        let handle = self.tag_handle();
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = self.uri()?;
            return if suffix.is_empty() {
                Err(start.error(NO_URI))
            } else {
                Ok((handle, suffix))
            };
        }
        // What was read is no handle but the beginning of a local tag, `!` alone included.
        let begun = handle.strip_prefix('!').unwrap_or_default();
        let rest = self.uri()?;
        if begun.is_empty() && rest.is_empty() {
            return Ok(("", Cow::Borrowed("!")));
        }
        let suffix = if rest.is_empty() {
            Cow::Borrowed(begun)
        } else {
            Cow::Owned(format!("{begun}{rest}"))
        };
        Ok((handle.get(..1).unwrap_or_default(), suffix))
    }

    /// Takes `!`, a word, and `!` again if it is there.
    pub(super) fn tag_handle(&mut self) -> &'a str {
        let from = self.cursor.mark.at();
        self.cursor.skip(1);
        self.word();
        if self.cursor.peek(0) == b'!' {
            self.cursor.skip(1);
        }
        self.cursor.slice(from, self.cursor.mark.at())
    }

    /// Takes the characters of a URI, with `%XX` decoded; may be empty.
    pub(super) fn uri(&mut self) -> Result<Cow<'a, str>, LoadError> {
        let start = self.cursor.mark;
        let rest = self.cursor.rest();
        let length = rest.iter().take_while(|byte| is_uri(**byte)).count();
        if length == 0 {
            return Ok(Cow::Borrowed(""));
        }
        self.cursor.skip(length);
        let text = self.cursor.slice(start.at(), start.at() + length);
        if !text.contains('%') {
            return Ok(Cow::Borrowed(text));
        }
        unescape(text)
            .map(Cow::Owned)
            .ok_or(start.error("found a URI escape that makes no character"))
    }
}

const fn is_uri(byte: u8) -> bool {
    is_word(byte)
        || matches!(
            byte,
            b';' | b'/'
                | b'?'
                | b':'
                | b'@'
                | b'&'
                | b'='
                | b'+'
                | b'$'
                | b','
                | b'.'
                | b'!'
                | b'~'
                | b'*'
                | b'\''
                | b'('
                | b')'
                | b'['
                | b']'
                | b'%'
        )
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let code = digit()? * 16 + digit()?;
            bytes.push(u8::try_from(code).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
