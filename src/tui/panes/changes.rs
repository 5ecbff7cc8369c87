//! Pane 3: the edits that are not saved yet.

use super::View;
use crate::tui::open_file::{Listed, Mark};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// State of the changes pane.
#[derive(Default)]
pub struct ChangesPane {
    /// The selected change.
    pub cursor: Cursor,
}

/// Draws one change on a line: its mark, its path, and the path it had.
pub fn draw_change(theme: &Theme, pen: &mut Pen<'_>, change: &Listed, over: Option<ratatui::style::Style>) {
    let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
    let (sign, role) = match change.mark {
        Mark::New => ("+", Role::Added),
        Mark::Deleted => ("-", Role::Deleted),
        Mark::Moved => ("~", Role::Moved),
        Mark::Edited | Mark::Same => ("~", Role::Edited),
    };
    pen.put(" ", style(Role::Text))
        .put(sign, style(role))
        .put(" ", style(Role::Text));
    let room = pen.left();
    let whole = crate::tui::text::width(&change.path) <= room;
    let path = if whole { &change.path } else { &change.name };
    pen.put_cut(path, room, theme.glyphs.cut, style(Role::Text));
    if let Some(was) = &change.was {
        let note = format!(" was {was}");
        let room = pen.left();
        pen.put_cut(&note, room, theme.glyphs.cut, style(Role::Dim));
    }
}

impl ChangesPane {
    /// Draws the pane.
    pub fn view(&self, view: View<'_>, buffer: &mut Buffer, area: Rect) {
        let theme = view.theme;
        let changes = view.file.map(|file| file.changes()).unwrap_or_default();
        let inner = widgets::pane(buffer, area, theme, 3, "Changes", "", view.focused);
        if changes.is_empty() {
            Pen::new(buffer, inner, 0).put(" nothing to save", theme.style(Role::Dim));
            return;
        }
        for (change, row) in changes
            .iter()
            .enumerate()
            .skip(self.cursor.top)
            .zip(0..inner.height)
        {
            let (number, change) = change;
            let over = (number == self.cursor.at && view.focused).then(|| theme.style(Role::Selected));
            let mut pen = Pen::new(buffer, inner, row);
            draw_change(theme, &mut pen, change, over);
            if let Some(over) = over {
                let rest = " ".repeat(pen.left());
                pen.put(&rest, over);
            }
        }
        widgets::scroll_note(buffer, area, theme, self.cursor.at, inner.height, changes.len());
    }
}
