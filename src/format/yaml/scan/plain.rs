//! Plain scalars (§1.4).

use super::Scanner;
use crate::format::LoadError;
use crate::format::yaml::chars::Stops;
use crate::format::yaml::layout::Form;
use crate::format::yaml::token::{Builder, Content, Sort};

impl Scanner<'_> {
    pub(super) fn plain(&mut self) -> Result<(), LoadError> {
        self.save_candidate()?;
        self.key_ok = false;
        let depth = self.flow_depth();
        let start = self.cursor.mark;
        let mut text = Builder::new(self.cursor.text(), start.at());
        let mut end = start;
        let mut space = Space::default();
        loop {
            if self.cursor.is_marker() || self.cursor.peek(0) == b'#' {
                break;
            }
            let length = self.plain_run();
            if length > 0 {
                let from = self.cursor.mark.at();
                match space.first {
                    Some(first) => text.fold(first, &space.others),
                    None => text.source(end.at(), from),
                }
                text.source(from, from + length);
                self.cursor.skip_text(length);
                end = self.cursor.mark;
            }
            space = self.plain_space()?;
            if !space.any || (!self.in_flow() && i64::from(self.cursor.mark.column) <= self.indent) {
                break;
            }
        }
        if space.first.is_some() {
            self.key_ok = true;
        }
        let content = Content::Scalar(text.finish(), Form::Plain);
        self.push_candidate(Sort::Scalar, start, end, content, depth);
        Ok(())
    }

    /// How many bytes follow up to a blank, a break or an indicator that ends the scalar.
    fn plain_run(&self) -> usize {
        let stops = if self.in_flow() {
            Stops::PLAIN_IN_FLOW
        } else {
            Stops::PLAIN
        };
        self.cursor.text_length(stops, |at| {
            self.cursor.peek(at) != b':' || self.cursor.is_edge(at + 1)
        })
    }

    /// Steps over the white space behind a word of a plain scalar.
    fn plain_space(&mut self) -> Result<Space, LoadError> {
        let mut space = Space::default();
        loop {
            if self.cursor.is_blank(0) {
                let indents = space.first.is_some() && i64::from(self.cursor.mark.column) <= self.indent;
                if indents && self.cursor.peek(0) == b'\t' {
                    let problem = "found a tab character that violates indentation";
                    return Err(self.cursor.mark.error(problem));
                }
                self.cursor.skip_blanks(1);
            } else if self.cursor.break_at(0) > 0 {
                let meaning = self.cursor.skip_break();
                match space.first {
                    None => space.first = Some(meaning),
                    Some(_) => space.others.push_str(meaning),
                }
            } else {
                return Ok(space);
            }
            space.any = true;
        }
    }
}

/// White space inside or behind a plain scalar.
#[derive(Default)]
struct Space {
    any: bool,
    /// What the first line break means, if there is one.
    first: Option<&'static str>,
    /// What the further ones mean.
    others: String,
}
