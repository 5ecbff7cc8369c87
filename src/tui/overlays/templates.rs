//! What a new file can begin with.

use crate::ops::create::Template;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// What the list needs, in cells.
const WIDTH: u16 = 64;

/// The list of templates.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    /// The selected one.
    pub cursor: Cursor,
}

impl Templates {
    /// What is selected.
    #[must_use]
    pub fn chosen(&self) -> Option<Template> {
        Template::ALL.get(self.cursor.at).copied()
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let count = u16::try_from(Template::ALL.len()).unwrap_or(u16::MAX);
        let width = WIDTH.min(area.width.saturating_sub(4));
        let inner = widgets::popup(buffer, area, theme, "New file", width, count);
        let mut cursor = self.cursor;
        cursor.keep(usize::from(inner.height), Template::ALL.len());
        let shown = Template::ALL.iter().enumerate().skip(cursor.top);
        for ((number, template), row) in shown.zip(0..inner.height) {
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let mut pen = Pen::new(buffer, inner, row);
            pen.put(&format!(" {:<18} ", template.title()), style(Role::Text));
            let room = pen.left();
            pen.put_cut(template.about(), room, theme.glyphs.cut, style(Role::Dim));
            let rest = " ".repeat(pen.left());
            pen.put(&rest, style(Role::Text));
        }
    }
}
