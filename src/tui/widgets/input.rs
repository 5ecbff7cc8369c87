//! Text that may be secret, on one line or on many: what it held is wiped, also when it grows.

mod lines;

use crate::tui::key::Key;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroizing;

/// The text and the cursor in it, which moves by graphemes.
#[derive(Clone)]
pub struct SecretInput {
    text: Zeroizing<String>,
    cursor: usize,
    /// Whether the text is shown.
    pub shown: bool,
    /// Whether nothing was typed yet; a hidden text that was not touched has the constant mask.
    untouched: bool,
    /// Whether the text is not what it began with.
    changed: bool,
    /// The first line on screen, where there are many.
    top: usize,
}

impl SecretInput {
    /// An input that begins with a text, the cursor at its end.
    #[must_use]
    pub fn new(text: &str, shown: bool) -> Self {
        Self {
            text: Zeroizing::new(text.to_owned()),
            cursor: text.len(),
            shown,
            untouched: true,
            changed: false,
            top: 0,
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether anything was typed, pasted or removed.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.changed
    }

    /// Puts the cursor at the beginning.
    pub fn jump_to_start(&mut self) {
        self.cursor = 0;
    }

    /// Puts the cursor behind so many bytes, or before the character they end in.
    pub fn jump_to(&mut self, mut at: usize) {
        while !self.text.is_char_boundary(at) {
            at = at.saturating_sub(1);
        }
        self.cursor = at;
    }

    /// Replaces the text.
    pub fn set(&mut self, text: &str) {
        self.text = Zeroizing::new(text.to_owned());
        self.cursor = self.text.len();
        self.untouched = false;
        self.changed = true;
    }

    /// Inserts at the cursor.
    pub fn insert(&mut self, more: &str) {
        self.untouched = false;
        self.changed = true;
        let needed = self.text.len() + more.len();
        if needed > self.text.capacity() {
            // A String that grows by itself would leave a copy of the text behind.
            let mut grown = Zeroizing::new(String::with_capacity(needed.saturating_mul(2).max(64)));
            grown.push_str(&self.text);
            self.text = grown;
        }
        self.text.insert_str(self.cursor, more);
        self.cursor += more.len();
    }

    /// Handles a key of the usual kinds: characters, motion, deletion. Returns whether it was one.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match (key.code, control) {
            (KeyCode::Left, false) => self.cursor = self.before(),
            (KeyCode::Right, false) => self.cursor = self.after(),
            (KeyCode::Left, true) => self.cursor = self.word_before(),
            (KeyCode::Right, true) => self.cursor = self.word_after(),
            (KeyCode::Home, _) | (KeyCode::Char('a'), true) => self.cursor = 0,
            (KeyCode::End, _) => self.cursor = self.text.len(),
            (KeyCode::Backspace, false) | (KeyCode::Char('h'), true) => {
                self.remove(self.before(), self.cursor)
            }
            (KeyCode::Delete, _) => self.remove(self.cursor, self.after()),
            (KeyCode::Char('w'), true) | (KeyCode::Backspace, true) => {
                self.remove(self.word_before(), self.cursor);
            }
            (KeyCode::Char('k'), true) => self.remove(self.cursor, self.text.len()),
            _ => return false,
        }
        self.untouched = false;
        true
    }

    fn remove(&mut self, from: usize, to: usize) {
        // `drain` moves the tail forward and leaves its old bytes behind; a fresh buffer is wiped as a whole.
        let mut kept = Zeroizing::new(String::with_capacity(self.text.capacity()));
        kept.push_str(self.text.get(..from).unwrap_or_default());
        kept.push_str(self.text.get(to..).unwrap_or_default());
        self.text = kept;
        self.cursor = from;
        self.changed = true;
    }

    fn before(&self) -> usize {
        let head = self.text.get(..self.cursor).unwrap_or_default();
        head.grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        self.cursor + tail.graphemes(true).next().map_or(0, str::len)
    }

    fn word_before(&self) -> usize {
        let head = self.text.get(..self.cursor).unwrap_or_default();
        head.unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn word_after(&self) -> usize {
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        tail.unicode_word_indices()
            .next()
            .map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
    }

    /// Draws the input on the first line of an area and returns where the cursor of the terminal belongs.
    pub fn view(&self, buffer: &mut Buffer, area: Rect, theme: &Theme) -> Position {
        let room = usize::from(area.width).saturating_sub(1);
        let head = end_of(self.text.get(..self.cursor).unwrap_or_default(), room);
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        let tail = text::prefix(tail, room);
        let (head, tail) = if self.shown {
            (escaped(head), escaped(tail))
        } else if self.untouched && !self.text.is_empty() {
            (Zeroizing::new(theme.glyphs.mask.to_owned()), Zeroizing::default())
        } else {
            let dots =
                |text: &str| Zeroizing::new(theme.glyphs.dot.repeat(text.graphemes(true).count().min(room)));
            (dots(head), dots(tail))
        };
        let visible = end_of(&head, room);
        let style = theme.style(if self.shown {
            Role::Input
        } else {
            Role::InputHidden
        });
        let mut pen = super::Pen::new(buffer, area, 0);
        pen.put(visible, style);
        let x = pen.column();
        pen.put(&tail, style);
        Position { x, y: area.y }
    }
}

/// The end of a text that fits into so many cells; the cost is that of the end.
fn end_of(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += text::width(grapheme).max(1);
        if used > room {
            return text.get(at + grapheme.len()..).unwrap_or_default();
        }
    }
    text
}

fn escaped(part: &str) -> Zeroizing<String> {
    text::escape_value(part.as_bytes(), part.len())
}

#[cfg(test)]
mod tests {
    use super::SecretInput;
    use crate::tui::key::Key;
    use crate::tui::theme::Theme;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    fn press(input: &mut SecretInput, keys: &str) {
        for key in Key::parse_sequence(keys).unwrap() {
            assert!(input.key(key), "{key}");
        }
    }

    #[test]
    fn a_flag_or_an_accent_is_removed_whole() {
        let mut input = SecretInput::new("ae\u{301}\u{1f1e9}\u{1f1ea}", true);
        press(&mut input, "Backspace");
        assert_eq!(input.text(), "ae\u{301}");
        press(&mut input, "Backspace x");
        assert_eq!(input.text(), "ax");
        press(&mut input, "Home Delete End y ctrl-w");
        assert_eq!(input.text(), "");
    }

    #[test]
    fn a_hidden_value_does_not_tell_its_length_until_it_is_edited() {
        let theme = Theme::built_in().unwrap();
        let area = Rect::new(0, 0, 20, 1);
        let dots = |input: &SecretInput| {
            let mut buffer = Buffer::empty(area);
            input.view(&mut buffer, area, &theme);
            buffer.content.iter().filter(|cell| cell.symbol() == "•").count()
        };
        let mut input = SecretInput::new("ab", false);
        assert_eq!(dots(&input), 8);
        press(&mut input, "c");
        assert_eq!(dots(&input), 3);
    }

    #[test]
    fn the_cursor_stays_inside_any_width() {
        let theme = Theme::built_in().unwrap();
        let input = SecretInput::new(&"日本語 text ".repeat(20), true);
        for width in 0..40 {
            let area = Rect::new(0, 0, width, 1);
            let mut buffer = Buffer::empty(area);
            let at = input.view(&mut buffer, area, &theme);
            assert!(at.x <= width);
        }
    }
}
