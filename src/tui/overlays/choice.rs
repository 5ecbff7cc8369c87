//! A list of which one is chosen: the group that a key goes to.

use crate::ops::readers::Readers;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// One line: its words, and what it leads to.
pub struct Way {
    /// The words, escaped.
    pub words: String,
    /// Who can read the file then; else why that cannot be.
    pub result: Result<Readers, String>,
}

/// The list.
pub struct Choice {
    /// The selected line.
    pub cursor: Cursor,
    title: String,
    options: Vec<Way>,
}

impl Choice {
    /// The first line is selected.
    #[must_use]
    pub fn new(title: String, options: Vec<Way>) -> Self {
        Self {
            cursor: Cursor::default(),
            title,
            options,
        }
    }

    /// How many lines there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.options.len()
    }

    /// The selected line.
    #[must_use]
    pub fn chosen(self) -> Option<Way> {
        self.options.into_iter().nth(self.cursor.at)
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let words = self.options.iter().map(|option| text::width(&option.words));
        let widest = words.chain([text::width(&self.title)]).max().unwrap_or_default();
        let width = u16::try_from(widest + 2)
            .unwrap_or(u16::MAX)
            .min(area.width.saturating_sub(4));
        let count = u16::try_from(self.len()).unwrap_or(u16::MAX);
        let inner = widgets::popup(buffer, area, theme, &self.title, width, count);
        let mut cursor = self.cursor;
        cursor.keep(usize::from(inner.height), self.len());
        let shown = self.options.iter().enumerate().skip(cursor.top);
        for ((number, option), row) in shown.zip(0..inner.height) {
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let role = if option.result.is_ok() {
                Role::Text
            } else {
                Role::Dim
            };
            let style = over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let mut pen = Pen::new(buffer, inner, row);
            let room = pen.left();
            pen.put(" ", style)
                .put_cut(&option.words, room, theme.glyphs.cut, style);
            let rest = " ".repeat(pen.left());
            pen.put(&rest, style);
        }
    }
}
