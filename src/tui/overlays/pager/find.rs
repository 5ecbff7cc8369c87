//! Finding a text in what is read: jumps while it is typed, then from match to match.

use super::{Line, Pager};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{Pen, SecretInput};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// What is looked for, and where it was found.
pub struct Find {
    /// What is typed.
    input: SecretInput,
    /// Whether it is typed still.
    typing: bool,
    /// Where the text stood when the search began.
    origin: usize,
    /// The numbers of the lines that have it, before they are broken.
    hits: Vec<usize>,
    /// Which of them was gone to.
    at: usize,
}

impl Find {
    /// What is looked for, in small letters.
    fn query(&self) -> String {
        text::escape(self.input.text()).to_lowercase()
    }

    /// How far it came, in words.
    fn count(&self) -> String {
        match self.hits.len() {
            _ if self.input.text().is_empty() => String::new(),
            0 => "no match".to_owned(),
            all => format!("{} of {all}", self.at + 1),
        }
    }
}

/// The text of a line.
fn whole(line: &Line) -> String {
    line.iter().map(|(part, _)| part.as_str()).collect()
}

impl Pager {
    /// Begins to look for a text.
    pub fn begin_find(&mut self) {
        self.find = Some(Find {
            input: SecretInput::new("", true),
            typing: true,
            origin: self.top,
            hits: Vec::new(),
            at: 0,
        });
    }

    /// The input of what is looked for, while it is typed.
    pub fn find_input(&mut self) -> Option<&mut SecretInput> {
        let find = self.find.as_mut().filter(|find| find.typing)?;
        Some(&mut find.input)
    }

    /// Whether a text is typed that is looked for.
    #[must_use]
    pub const fn typing(&self) -> bool {
        matches!(self.find, Some(Find { typing: true, .. }))
    }

    /// Whether a text is looked for, or was.
    #[must_use]
    pub const fn finding(&self) -> bool {
        self.find.is_some()
    }

    /// Whether there is more than one match to go to.
    #[must_use]
    pub fn has_matches(&self) -> bool {
        self.find.as_ref().is_some_and(|find| find.hits.len() > 1)
    }

    /// Goes to the first match after what was on top when the search began; where there is none, back there.
    pub fn search(&mut self, area: Rect) {
        let (_, _, rows) = self.size(area);
        let Some(find) = &mut self.find else { return };
        let query = find.query();
        let lines = (0..).zip(&self.lines);
        let hits = lines.filter(|(_, line)| !query.is_empty() && whole(line).to_lowercase().contains(&query));
        find.hits = hits.map(|(number, _)| number).collect();
        let first = rows.get(find.origin).map_or(0, |(number, _)| *number);
        let after = find.hits.iter().position(|hit| *hit >= first);
        find.at = after.unwrap_or_default();
        self.top = find.origin;
        self.show_match(area);
    }

    /// The text stays what is looked for; whether there is any match.
    pub fn accept_find(&mut self) -> bool {
        let Some(find) = &mut self.find else { return true };
        find.typing = false;
        let nothing = find.input.text().is_empty();
        let found = !find.hits.is_empty();
        if !found {
            self.find = None;
        }
        found || nothing
    }

    /// Goes to the next match, or to the one before; whether there is any.
    pub fn next_match(&mut self, forward: bool, area: Rect) -> bool {
        let Some(find) = self.find.as_mut().filter(|find| !find.hits.is_empty()) else {
            return false;
        };
        let all = find.hits.len();
        find.at = (find.at + if forward { 1 } else { all - 1 }) % all;
        self.show_match(area);
        true
    }

    /// Ends the search; while the text is typed, back to where it began. Whether there was one.
    pub fn end_find(&mut self) -> bool {
        let Some(find) = self.find.take() else {
            return false;
        };
        if find.typing {
            self.top = find.origin;
        }
        true
    }

    /// Brings the match that was gone to on screen.
    fn show_match(&mut self, area: Rect) {
        let (_, height, rows) = self.size(area);
        let height = usize::from(height);
        let Some(hit) = self.find.as_ref().and_then(|find| find.hits.get(find.at)) else {
            return;
        };
        let row = rows
            .iter()
            .position(|(number, _)| number == hit)
            .unwrap_or_default();
        if !(self.top..self.top + height).contains(&row) {
            // A little of what stands before it is of help.
            self.top = row
                .saturating_sub(height / 3)
                .min(rows.len().saturating_sub(height));
        }
    }

    /// Highlights a row that is drawn, where its line matches.
    pub(super) fn highlight(&self, number: usize, theme: &Theme, buffer: &mut Buffer, row: Rect) {
        let Some(find) = self
            .find
            .as_ref()
            .filter(|find| find.hits.binary_search(&number).is_ok())
        else {
            return;
        };
        let current = find.hits.get(find.at) == Some(&number);
        if current {
            buffer.set_style(row, theme.style(Role::Selected));
        }
        let role = if current { Role::SelectedMatch } else { Role::Match };
        let cells: Vec<(u16, char)> = (row.left()..row.right())
            .filter_map(|x| Some((x, buffer.cell((x, row.y))?.symbol())))
            .flat_map(|(x, symbol)| symbol.chars().flat_map(char::to_lowercase).map(move |c| (x, c)))
            .collect();
        let query: Vec<char> = find.query().chars().collect();
        for window in cells.windows(query.len().max(1)) {
            if window.iter().map(|(_, c)| *c).eq(query.iter().copied())
                && let (Some((from, _)), Some((to, _))) = (window.first(), window.last())
            {
                let place = Rect {
                    x: *from,
                    width: to - from + 1,
                    ..row
                };
                buffer.set_style(place, theme.style(role));
            }
        }
    }

    /// Draws what is looked for on the lower border; where the terminal cursor belongs while it is typed.
    pub(super) fn view_find(&self, theme: &Theme, buffer: &mut Buffer, inner: Rect) -> Option<Position> {
        let find = self.find.as_ref()?;
        let border = Rect {
            y: inner.bottom(),
            height: 1,
            ..inner
        }
        .intersection(buffer.area);
        let count = find.count();
        // The place in the text stands at the right end of the border.
        let room = usize::from(border.width).saturating_sub(text::width(&count) + 16);
        let typed = text::suffix(&text::escape(find.input.text()), room.max(4), theme.glyphs.cut);
        let mut pen = Pen::new(buffer, border, 0);
        pen.put(" /", theme.style(Role::Key))
            .put(&typed, theme.style(Role::Input));
        let cursor = pen.column();
        pen.put(" ", theme.style(Role::Text));
        if !count.is_empty() {
            pen.put(&count, theme.style(Role::Dim))
                .put(" ", theme.style(Role::Text));
        }
        find.typing.then_some(Position {
            x: cursor,
            y: border.y,
        })
    }
}
