//! White space between tokens, and the making of comment records in it (§3.3).

use super::Scanner;
use crate::format::yaml::comment::{Line, Lines, Place, Record};
use crate::format::yaml::cursor::{Mark, narrow};
use crate::format::yaml::token::Sort;

/// How many characters are looked at behind a token or a comment.
const WINDOW: u32 = 512;

impl Scanner<'_> {
    /// Steps over white space and comments; `space` is where it begins.
    pub(super) fn skip_space(&mut self, space: Mark) {
        loop {
            while self.cursor.peek(0) == b' '
                || (self.cursor.peek(0) == b'\t' && (self.in_flow() || !self.key_ok))
            {
                self.cursor.skip_blanks(1);
            }
            self.turn_dash_comment();
            if self.cursor.peek(0) == b'#' {
                self.run(space);
            }
            if self.cursor.break_at(0) == 0 {
                return;
            }
            self.cursor.skip_break();
            if !self.in_flow() {
                self.key_ok = true;
            }
        }
    }

    /// The dash rule: a comment on the line of the first `-` of a list is a head.
    fn turn_dash_comment(&mut self) {
        let is_first_dash = self.second.sort == Sort::BlockList && self.newest.sort == Sort::Dash;
        if !is_first_dash || self.cursor.break_at(0) > 0 {
            return;
        }
        let here = self.cursor.mark;
        if let Some(record) = self.records.back_mut()
            && record.place == Place::Line
        {
            record.place = Place::Head;
            if record.start.line + 1 == here.line {
                record.anchor = here.index;
            }
        }
    }

    /// The line step: takes a comment on the line of the token just scanned.
    pub(super) fn line_comment(&mut self, anchor: Mark) {
        if self.cursor.breaks > 0 {
            return;
        }
        let blanks = (0..WINDOW as usize)
            .take_while(|ahead| self.cursor.is_blank(*ahead))
            .count();
        if blanks >= WINDOW as usize || self.cursor.peek(blanks) != b'#' {
            return;
        }
        self.cursor.skip_blanks(blanks);
        let start = self.cursor.mark;
        let line = self.comment_line();
        self.records.push_back(Record {
            place: Place::Line,
            lines: vec![line],
            start,
            anchor: anchor.index,
            from: 0,
            to: 0,
        });
    }

    /// Takes a comment from `#` to the end of its line.
    fn comment_line(&mut self) -> Line {
        let start = self.cursor.mark;
        let length = self.cursor.line_length();
        self.cursor.skip_text(length);
        Line {
            start: start.byte,
            end: self.cursor.mark.byte,
            column: start.column,
        }
    }

    /// The run step: takes the comment that is here, and those that follow with nothing but white space between.
    fn run(&mut self, space: Mark) {
        let start = self.cursor.mark;
        let token = if self.newest.sort == Sort::Comma {
            self.second
        } else {
            self.newest
        };
        let breaks = self.cursor.breaks;
        let behind_content = u32::from(breaks == 0 && start.column > 1);
        let mut run = Run {
            left: narrow(usize::try_from(self.indent).unwrap_or(0)),
            first: breaks <= 1,
            foot_line: (space.line > 0).then(|| (start.line + 1 + behind_content).saturating_sub(breaks)),
            after_value: token.sort == Sort::Value,
            anchor: token.start.index,
            from: space.index,
            group: None,
            seen_empty: false,
            here: start,
            steps: 0,
        };
        while run.steps < WINDOW {
            match self.look_at(&run) {
                Seen::Blank => run.step(),
                Seen::Break => {
                    self.end_line(&mut run, false, false);
                    run.step();
                    run.here.line += 1;
                    run.here.column = 0;
                }
                Seen::Bracket => {
                    self.end_line(&mut run, true, true);
                    break;
                }
                Seen::End => {
                    self.end_line(&mut run, false, true);
                    break;
                }
                Seen::Hash => {
                    self.split_left(&mut run);
                    self.take_line(&mut run);
                }
                Seen::Other => {
                    self.split_left(&mut run);
                    break;
                }
            }
        }
        let to = run.here.index.saturating_sub(1);
        if let Some(group) = run.group.take() {
            let anchor = group.start.index;
            self.records
                .push_back(group.record(Place::Head, anchor, run.from, to));
        }
    }

    fn look_at(&self, run: &Run) -> Seen {
        let ahead = run.here.at() - self.cursor.mark.at();
        match self.cursor.peek(ahead) {
            b' ' | b'\t' => Seen::Blank,
            0 => Seen::End,
            b'#' => Seen::Hash,
            b']' | b'}' if self.in_flow() => Seen::Bracket,
            _ if self.cursor.break_at(ahead) > 0 => Seen::Break,
            _ => Seen::Other,
        }
    }

    /// Rule 1: a line ends, or a bracket or the end of the text ends the run.
    fn end_line(&mut self, run: &mut Run, bracket: bool, over: bool) {
        if bracket || !run.seen_empty {
            let left_of_block = run
                .group
                .as_ref()
                .is_some_and(|group| group.start.column < run.left);
            let below_content = run
                .group
                .as_ref()
                .is_some_and(|group| Some(group.start.line) == run.foot_line && !run.after_value);
            if bracket || (run.first && (below_content || left_of_block)) {
                let anchor = run.group.as_ref().filter(|_| left_of_block);
                let anchor = anchor.map_or(run.anchor, |group| group.start.index);
                self.end_group(run, anchor);
            } else if let Some(group) = run.group.as_mut().filter(|_| !over) {
                group.lines.push(Line::EMPTY);
            }
        }
        if !over {
            run.first = false;
            run.seen_empty = true;
        }
    }

    /// First half of rule 2: something left of the open block, and not in line with the group, ends it.
    fn split_left(&mut self, run: &mut Run) {
        let column = run.here.column;
        let splits = |group: &Group| column < run.left && column != group.start.column;
        if run.group.as_ref().is_some_and(splits) {
            let anchor = run.anchor;
            self.end_group(run, anchor);
        }
    }

    /// Makes the group a foot.
    fn end_group(&mut self, run: &mut Run, anchor: u32) {
        if let Some(group) = run.group.take() {
            let here = run.here.index;
            self.records
                .push_back(group.record(Place::Foot, anchor, run.from, here));
            run.from = here;
            run.anchor = here;
        }
    }

    /// Second half of rule 2: takes a comment, and steps over the first character behind it.
    fn take_line(&mut self, run: &mut Run) {
        let start = run.here;
        while self.cursor.mark.at() < start.at() {
            if self.cursor.break_at(0) > 0 {
                self.cursor.skip_break();
            } else {
                self.cursor.skip_blanks(1);
            }
        }
        let line = self.comment_line();
        let group = run.group.get_or_insert_with(|| Group {
            lines: Lines::new(),
            start,
        });
        group.lines.push(line);
        run.seen_empty = false;
        run.here = self.cursor.mark;
        run.steps = 0;
        run.step();
        run.here.column = 0;
    }
}

/// What a run meets.
enum Seen {
    Blank,
    Break,
    Bracket,
    End,
    Hash,
    Other,
}

/// Comment lines that belong together.
struct Group {
    lines: Lines,
    /// Where the first `#` stands.
    start: Mark,
}

impl Group {
    fn record(self, place: Place, anchor: u32, from: u32, to: u32) -> Record {
        Record {
            place,
            lines: self.lines,
            start: self.start,
            anchor,
            from,
            to,
        }
    }
}

/// The state of a run (§3.3).
struct Run {
    /// Column of the innermost open block.
    left: u32,
    /// Whether no break was met since the run's beginning.
    first: bool,
    /// The line directly under the content before.
    foot_line: Option<u32>,
    /// Whether the token before is a `:`.
    after_value: bool,
    /// Index of the token that a foot belongs to.
    anchor: u32,
    /// Where the white space began.
    from: u32,
    group: Option<Group>,
    /// Whether an empty line was met since the last comment.
    seen_empty: bool,
    here: Mark,
    steps: u32,
}

impl Run {
    fn step(&mut self) {
        self.steps += 1;
        self.here.byte += 1;
        self.here.index += 1;
        self.here.column += 1;
    }
}
