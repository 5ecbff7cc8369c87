//! Literal and folded block scalars (§1.4).

use super::Scanner;
use crate::format::LoadError;
use crate::format::yaml::cursor::Mark;
use crate::format::yaml::layout::Form;
use crate::format::yaml::token::{Builder, Content, Sort};

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

impl<'a> Scanner<'a> {
    pub(super) fn block_scalar(&mut self) -> Result<(), LoadError> {
        self.drop_candidate()?;
        self.key_ok = true;
        let start = self.cursor.mark;
        let folded = self.cursor.peek(0) == b'>';
        self.cursor.skip(1);
        let (chomp, digit) = self.block_header(start)?;
        let mut body = Body {
            text: Builder::new(self.cursor.text(), self.cursor.mark.at()),
            folded,
            last_break: "",
            empty: String::new(),
            after_blank: false,
        };
        let mut end = self.cursor.mark;
        let given = digit.map(|digit| self.indent.max(0) + digit);
        let reached = self.empty_lines(given, &mut body.empty)?;
        let column = given.unwrap_or_else(|| reached.max(self.indent + 1).max(1));
        while i64::from(self.cursor.mark.column) == column && !self.cursor.is_end() {
            self.block_line(&mut body);
            end = self.cursor.mark;
            self.empty_lines(Some(column), &mut body.empty)?;
        }
        if chomp != Chomp::Strip {
            body.text.text(body.last_break);
        }
        if chomp == Chomp::Keep {
            body.text.text(&body.empty);
            // Back to the beginning of the line on which the scanner stopped: behind the last empty line.
            end.byte = self.line_start();
        }
        let form = if folded { Form::Folded } else { Form::Literal };
        self.push_with(
            Sort::Scalar,
            start,
            end,
            Content::Scalar(body.text.finish(), form),
        );
        Ok(())
    }

    /// Reads what stands behind `|` or `>`, the line break included.
    fn block_header(&mut self, start: Mark) -> Result<(Chomp, Option<i64>), LoadError> {
        let mut chomp = None;
        let mut digit = None;
        for _ in 0..2 {
            match self.cursor.peek(0) {
                b'+' if chomp.is_none() => chomp = Some(Chomp::Keep),
                b'-' if chomp.is_none() => chomp = Some(Chomp::Strip),
                b'0' if digit.is_none() => {
                    return Err(self
                        .cursor
                        .mark
                        .error("found an indentation indicator equal to 0"));
                }
                byte @ b'1'..=b'9' if digit.is_none() => digit = Some(i64::from(byte - b'0')),
                _ => break,
            }
            self.cursor.skip(1);
        }
        while self.cursor.is_blank(0) {
            self.cursor.skip_blanks(1);
        }
        if self.cursor.peek(0) == b'#' {
            self.line_comment(start);
        }
        if !self.cursor.is_end() && self.cursor.break_at(0) == 0 {
            return Err(self
                .cursor
                .mark
                .error("did not find expected comment or line break"));
        }
        self.cursor.skip_break();
        Ok((chomp.unwrap_or(Chomp::Clip), digit))
    }

    /// Steps over empty lines and the indentation of the line behind them, up to a column if it is known. Gives the
    /// largest column that was reached.
    fn empty_lines(&mut self, column: Option<i64>, breaks: &mut String) -> Result<i64, LoadError> {
        let mut reached = 0;
        loop {
            let at = |scanner: &Self| i64::from(scanner.cursor.mark.column);
            let indents = |scanner: &Self| column.is_none_or(|column| at(scanner) < column);
            while indents(self) && self.cursor.peek(0) == b' ' {
                self.cursor.skip_blanks(1);
            }
            reached = reached.max(at(self));
            if indents(self) && self.cursor.peek(0) == b'\t' {
                let problem = "found a tab character where an indentation space is expected";
                return Err(self.cursor.mark.error(problem));
            }
            if self.cursor.break_at(0) == 0 {
                return Ok(reached);
            }
            breaks.push_str(self.cursor.skip_break());
        }
    }

    /// Reads a line of text and its break.
    fn block_line(&mut self, body: &mut Body<'a>) {
        let blank = self.cursor.is_blank(0);
        if body.folded && !body.after_blank && !blank && body.last_break == "\n" {
            if body.empty.is_empty() {
                body.text.text(" ");
            }
        } else {
            body.text.text(body.last_break);
        }
        body.text.text(&body.empty);
        body.empty.clear();
        body.after_blank = blank;
        let from = self.cursor.mark.at();
        let length = self.cursor.line_length();
        body.text.source(from, from + length);
        let line = self.cursor.slice(from, from + length);
        if line.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
            self.cursor.skip_line(length);
        } else {
            self.cursor.skip_text(length);
        }
        body.last_break = self.cursor.skip_break();
    }

    fn line_start(&self) -> u32 {
        // Only spaces were passed on this line, one byte each.
        self.cursor.mark.byte - self.cursor.mark.column
    }
}

/// The text of a block scalar while it is read.
struct Body<'a> {
    text: Builder<'a>,
    folded: bool,
    /// What the break behind the last line of text means.
    last_break: &'static str,
    /// What the breaks of the empty lines behind that mean.
    empty: String,
    /// Whether the last line of text began with a blank.
    after_blank: bool,
}
