//! The same text on many lines: for keys, certificates and documents inside a value.

use super::{SecretInput, escaped};
use crate::tui::key::Key;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::Pen;
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroizing;

impl SecretInput {
    /// Handles a key as [`SecretInput::key`] does, and those that mean something where there are many lines; `page` of them
    /// are on screen.
    pub fn key_in_lines(&mut self, key: Key, page: usize) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match (key.code, control) {
            (KeyCode::Enter, _) => self.insert("\n"),
            (KeyCode::Tab, false) => self.insert("\t"),
            (KeyCode::Up, _) => self.move_lines(-1),
            (KeyCode::Down, _) => self.move_lines(1),
            (KeyCode::PageUp, _) => self.move_lines(-to_signed(page)),
            (KeyCode::PageDown, _) => self.move_lines(to_signed(page)),
            (KeyCode::Home, true) => self.cursor = 0,
            (KeyCode::End, true) => self.cursor = self.text.len(),
            (KeyCode::Home, false) | (KeyCode::Char('a'), true) => self.cursor = self.line_start(),
            (KeyCode::End, false) => self.cursor = self.line_end(),
            (KeyCode::Char('k'), true) => self.remove(self.cursor, self.line_end()),
            _ => return self.key(key),
        }
        self.untouched = false;
        true
    }

    /// How many lines there are; an empty text is one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.text.bytes().filter(|byte| *byte == b'\n').count() + 1
    }

    /// Brings the line of the cursor on a screen of `page` lines.
    pub fn keep_line(&mut self, page: usize) {
        let line = self.head().bytes().filter(|byte| *byte == b'\n').count();
        self.top = self.top.clamp((line + 1).saturating_sub(page), line);
    }

    /// The text before the cursor.
    #[must_use]
    pub fn head(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn line_start(&self) -> usize {
        self.head().rfind('\n').map_or(0, |at| at + 1)
    }

    fn line_end(&self) -> usize {
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        tail.find('\n').map_or(self.text.len(), |at| self.cursor + at)
    }

    fn move_lines(&mut self, by: isize) {
        let start = self.line_start();
        let column = self
            .text
            .get(start..self.cursor)
            .unwrap_or_default()
            .graphemes(true)
            .count();
        for _ in 0..by.unsigned_abs() {
            if by > 0 {
                let end = self.line_end();
                if end == self.text.len() {
                    break;
                }
                self.cursor = end + 1;
            } else {
                let start = self.line_start();
                if start == 0 {
                    break;
                }
                self.cursor = start - 1;
            }
        }
        let start = self.line_start();
        let line = self.text.get(start..self.line_end()).unwrap_or_default();
        let into: usize = line.graphemes(true).take(column).map(str::len).sum();
        self.cursor = start + into;
    }

    /// Draws as many lines as an area has; where the cursor of the terminal belongs.
    pub fn view_lines(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Position {
        if !self.shown && self.untouched && !self.text.is_empty() {
            return self.view(buffer, area, theme);
        }
        let line = self.text.get(self.line_start()..self.cursor).unwrap_or_default();
        let column = if self.shown {
            text::width(&escaped(line))
        } else {
            line.graphemes(true).count()
        };
        let room = usize::from(area.width).saturating_sub(1);
        // Scrolled sideways by halves of the screen, so that the text does not run along with every key.
        let step = (room / 2).max(1);
        let skip = column.saturating_sub(room).div_ceil(step) * step;
        let style = theme.style(if self.shown {
            Role::Input
        } else {
            Role::InputHidden
        });
        let mut at = Position { x: area.x, y: area.y };
        let mut offset = 0;
        for (number, line) in self.text.split('\n').enumerate() {
            let row = number
                .checked_sub(self.top)
                .and_then(|row| u16::try_from(row).ok());
            if let Some(row) = row.filter(|row| *row < area.height) {
                self.draw_line(&mut Pen::new(buffer, area, row), line, skip, theme, style);
                if (offset..=offset + line.len()).contains(&self.cursor) {
                    at.y = area.y + row;
                    at.x = area
                        .x
                        .saturating_add(u16::try_from(column.saturating_sub(skip)).unwrap_or(u16::MAX));
                }
            }
            offset += line.len() + 1;
        }
        at
    }

    /// One line; blanks at its end are made visible.
    fn draw_line(
        &self,
        pen: &mut Pen<'_>,
        line: &str,
        skip: usize,
        theme: &Theme,
        style: ratatui::style::Style,
    ) {
        let limit = skip + pen.left();
        let (shown, blanks) = if self.shown {
            let line = text::prefix(line, limit);
            let words = line.trim_end_matches(' ');
            (escaped(words), line.len() - words.len())
        } else {
            let count = line.graphemes(true).count().min(limit);
            (Zeroizing::new(theme.glyphs.dot.repeat(count)), 0)
        };
        let hidden = text::prefix(&shown, skip).len();
        pen.put(shown.get(hidden..).unwrap_or_default(), style);
        pen.put(&theme.glyphs.blank.repeat(blanks), theme.style(Role::Dim));
    }
}

fn to_signed(page: usize) -> isize {
    isize::try_from(page).unwrap_or(isize::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use crate::tui::key::Key;
    use crate::tui::theme::Theme;
    use crate::tui::widgets::SecretInput;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    fn press(input: &mut SecretInput, keys: &str) {
        for key in Key::parse_sequence(keys).unwrap() {
            assert!(input.key_in_lines(key, 3), "{key}");
        }
    }

    #[test]
    fn lines_are_walked_and_changed() {
        let mut input = SecretInput::new("one\ntwo three\n", true);
        press(&mut input, "Up End X Up End X Enter y");
        assert_eq!(input.text(), "oneX\ny\ntwo threeX\n");
        press(
            &mut input,
            "Home ctrl-k Delete Down Down Down ctrl-Home PageDown z",
        );
        assert_eq!(input.text(), "oneX\ntwo threeX\nz");
    }

    #[test]
    fn the_cursor_is_on_screen_in_any_area() {
        let theme = Theme::built_in().unwrap();
        let text = "wide 日本語 line  \n\tx\n".repeat(40);
        for shown in [true, false] {
            let mut input = SecretInput::new(&text, shown);
            for keys in ["x", "ctrl-Home", "End", "PageDown", "Down", "ctrl-End"] {
                press(&mut input, keys);
                for (width, height) in [(1, 1), (10, 3), (40, 12)] {
                    input.keep_line(usize::from(height));
                    let area = Rect::new(0, 0, width, height);
                    let mut buffer = Buffer::empty(area);
                    let at = input.view_lines(&mut buffer, area, &theme);
                    assert!(area.contains(at), "{keys} {width}x{height}: {at:?}");
                }
            }
        }
    }

    #[test]
    fn blanks_at_the_end_of_a_line_can_be_seen() {
        let theme = Theme::built_in().unwrap();
        let area = Rect::new(0, 0, 10, 2);
        let mut buffer = Buffer::empty(area);
        SecretInput::new("a b  \nc", true).view_lines(&mut buffer, area, &theme);
        let line: String = buffer
            .content
            .iter()
            .take(6)
            .map(|cell| cell.symbol().to_owned())
            .collect();
        assert_eq!(line, "a b·· ");
    }
}
