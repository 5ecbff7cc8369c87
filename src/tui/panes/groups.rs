//! Pane 5: key groups, how many of them are needed, and which are open.

use super::{View, recipients};
use crate::ops::doctor::{GroupCount, has_opened};
use crate::ops::open::Document;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// State of the key groups pane.
#[derive(Default)]
pub struct GroupsPane {
    /// The selected line.
    pub cursor: Cursor,
}

/// How many lines the pane has.
#[must_use]
pub fn lines(document: &Document) -> usize {
    document.metadata.groups.len() + 1
}

impl GroupsPane {
    /// Draws the pane.
    pub fn view(&self, view: View<'_>, buffer: &mut Buffer, area: Rect) {
        let theme = view.theme;
        let inner = widgets::pane(buffer, area, theme, 5, "Key groups", "", view.focused);
        let Some(file) = view.file else { return };
        let document = &file.document;
        let groups = &document.metadata.groups;
        for row in 0..inner.height {
            let line = self.cursor.top + usize::from(row);
            let over = (line == self.cursor.at && view.focused).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let mut pen = Pen::new(buffer, inner, row);
            if line == 0 {
                let words = match groups.len() {
                    0 => " no keys".to_owned(),
                    1 => " any one key opens it".to_owned(),
                    count => format!(
                        " {} of {count} groups needed",
                        GroupCount::of(&document.metadata, &document.attempts).needed
                    ),
                };
                pen.put(&words, style(Role::Text));
            } else if let Some(group) = groups.get(line - 1) {
                let open = has_opened(&document.attempts, line - 1);
                let (mark, role) = if open {
                    ("▣", Role::Ok)
                } else {
                    ("▢", Role::Dim)
                };
                let keys = group.keys.len();
                let plural = if keys == 1 { "key" } else { "keys" };
                pen.put(" ", style(Role::Text)).put(mark, style(role));
                pen.put(
                    &format!(" group {}  {keys} {plural}  ", line - 1),
                    style(Role::Text),
                );
                let first = group.keys.first().map(|key| &key.recipient);
                let (sign, role) = if open {
                    (theme.glyphs.ok, Role::Ok)
                } else {
                    let attempt = first.and_then(|key| recipients::attempt(document, line - 1, key));
                    recipients::mark(theme, attempt)
                };
                pen.put(sign, style(role));
            } else {
                break;
            }
            if over.is_some() {
                let rest = " ".repeat(pen.left());
                pen.put(&rest, style(Role::Text));
            }
        }
        widgets::scroll_note(buffer, area, theme, self.cursor.at, inner.height, lines(document));
    }
}
