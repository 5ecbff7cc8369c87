//! `%YAML` and `%TAG` (§1.2, directives).

use super::Scanner;
use crate::format::LoadError;
use crate::format::yaml::token::{Content, Sort};

impl<'a> Scanner<'a> {
    pub(super) fn directive(&mut self) -> Result<(), LoadError> {
        let start = self.cursor.mark;
        self.cursor.skip(1);
        let name = self.word();
        if name.is_empty() || !self.cursor.is_edge(0) {
            return Err(start.error("could not find expected directive name"));
        }
        self.skip_blanks();
        match name {
            "YAML" => {
                if self.version()? != (1, 1) {
                    return Err(start.error("found incompatible YAML document"));
                }
                self.push(Sort::Version, start);
            }
            "TAG" => {
                let (handle, prefix) = self.handle_and_prefix()?;
                let end = self.cursor.mark;
                self.push_with(Sort::Handle, start, end, Content::Tag(handle, prefix.into()));
            }
            _ => return Err(start.error("found unknown directive name")),
        }
        self.skip_blanks();
        if self.cursor.peek(0) == b'#' {
            let length = self.cursor.line_length();
            self.cursor.skip_text(length);
        }
        if !self.cursor.is_end() && self.cursor.break_at(0) == 0 {
            return Err(self
                .cursor
                .mark
                .error("did not find expected comment or line break"));
        }
        self.cursor.skip_break();
        Ok(())
    }

    /// Takes two numbers of one or two digits with a dot between them.
    fn version(&mut self) -> Result<(u8, u8), LoadError> {
        let start = self.cursor.mark;
        let problem = start.error("did not find expected version number");
        let major = self.version_number().ok_or_else(|| problem.clone())?;
        if self.cursor.peek(0) != b'.' {
            return Err(problem);
        }
        self.cursor.skip(1);
        let minor = self.version_number().ok_or(problem)?;
        Ok((major, minor))
    }

    fn version_number(&mut self) -> Option<u8> {
        let word = self.word();
        let is_number = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| word.parse().ok()).flatten()
    }

    fn handle_and_prefix(&mut self) -> Result<(&'a str, String), LoadError> {
        let start = self.cursor.mark;
        if self.cursor.peek(0) != b'!' {
            return Err(start.error("did not find expected '!' of a tag handle"));
        }
        let handle = self.tag_handle();
        if handle.len() > 1 && !handle.ends_with('!') {
            return Err(start.error("did not find expected '!' of a tag handle"));
        }
        if !self.cursor.is_blank(0) {
            return Err(start.error("did not find expected white space behind a tag handle"));
        }
        self.skip_blanks();
        let prefix = self.uri()?;
        if prefix.is_empty() || !self.cursor.is_edge(0) {
            return Err(start.error("did not find expected prefix of a tag handle"));
        }
        Ok((handle, prefix.into_owned()))
    }

    fn skip_blanks(&mut self) {
        while self.cursor.is_blank(0) {
            self.cursor.skip_blanks(1);
        }
    }
}
