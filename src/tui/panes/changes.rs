//! Pane 3: the edits that are not saved yet.

use super::View;
use crate::ops::readers::KeyChange;
use crate::tui::open_file::{Listed, Mark, OpenFile};
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

/// Draws one change of who can read the file on a line.
pub fn draw_key_change(
    file: &OpenFile,
    theme: &Theme,
    pen: &mut Pen<'_>,
    change: &KeyChange,
    over: Option<ratatui::style::Style>,
) {
    let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
    let (sign, words) = file.labels().change(change);
    let role = match sign {
        '+' => Role::Added,
        '-' => Role::Deleted,
        _ => Role::Moved,
    };
    pen.put(" ", style(Role::Text))
        .put(sign.encode_utf8(&mut [0; 4]), style(role))
        .put(" ", style(Role::Text));
    let room = pen.left();
    pen.put_cut(&words, room, theme.glyphs.cut, style(Role::Text));
}

/// One line of the list: of values first, then of who can read them.
pub enum Entry<'f> {
    /// A value, key or comment.
    Node(&'f Listed),
    /// Who can read the file.
    Key(&'f KeyChange),
}

/// The unsaved changes of both kinds, in the order in which they are listed.
pub fn entries(file: &OpenFile) -> impl Iterator<Item = Entry<'_>> {
    let keys = file.key_changes().iter().map(Entry::Key);
    file.changes().iter().map(Entry::Node).chain(keys)
}

impl ChangesPane {
    /// Draws the pane.
    pub fn view(&self, view: View<'_>, buffer: &mut Buffer, area: Rect) {
        let theme = view.theme;
        let inner = widgets::pane(buffer, area, theme, 3, "Changes", "", view.focused);
        let count = view.file.map_or(0, OpenFile::change_count);
        let Some(file) = view.file.filter(|_| count > 0) else {
            Pen::new(buffer, inner, 0).put(" nothing to save", theme.style(Role::Dim));
            return;
        };
        let shown = entries(file).enumerate().skip(self.cursor.top);
        for ((number, change), row) in shown.zip(0..inner.height) {
            let over = (number == self.cursor.at && view.focused).then(|| theme.style(Role::Selected));
            let mut pen = Pen::new(buffer, inner, row);
            match change {
                Entry::Node(change) => draw_change(theme, &mut pen, change, over),
                Entry::Key(change) => draw_key_change(file, theme, &mut pen, change, over),
            }
            if let Some(over) = over {
                let rest = " ".repeat(pen.left());
                pen.put(&rest, over);
            }
        }
        widgets::scroll_note(buffer, area, theme, self.cursor.at, inner.height, count);
    }
}
