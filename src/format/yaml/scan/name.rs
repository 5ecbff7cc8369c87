//! Anchors and aliases (§1.2, names).

use super::Scanner;
use crate::format::LoadError;
use crate::format::yaml::chars::is_word;
use crate::format::yaml::token::{Content, Sort};

impl<'a> Scanner<'a> {
    pub(super) fn name(&mut self, sort: Sort) -> Result<(), LoadError> {
        self.save_candidate()?;
        self.key_ok = false;
        let depth = self.flow_depth();
        let start = self.cursor.mark;
        self.cursor.skip(1);
        let name = self.word();
        let may_end = self.cursor.is_edge(0)
            || matches!(
                self.cursor.peek(0),
                b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`'
            );
        if name.is_empty() || !may_end {
            return Err(start.error("did not find expected alphabetic or numeric character"));
        }
        let end = self.cursor.mark;
        self.push_candidate(sort, start, end, Content::Name(name), depth);
        Ok(())
    }

    /// Takes letters, digits, `_` and `-`.
    pub(super) fn word(&mut self) -> &'a str {
        let from = self.cursor.mark.at();
        let length = self
            .cursor
            .rest()
            .iter()
            .take_while(|byte| is_word(**byte))
            .count();
        if length > 0 {
            self.cursor.skip(length);
        }
        self.cursor.slice(from, from + length)
    }
}
