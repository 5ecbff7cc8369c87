//! Pane 2: the tree of the open file.

mod filter;
mod remark;
mod row;
mod rows;
mod search;
mod values;
mod words;

pub use filter::Filter;
pub use rows::{Row, Rows};

#[cfg(test)]
pub use row::DRAWN;

use super::View;
use crate::tree::NodeId;
use crate::tui::action::Action;
use crate::tui::open_file::{OpenFile, show_place};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::time::Instant;

/// A value that is shown for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reveal {
    /// The value.
    pub id: NodeId,
    /// Until when.
    pub until: Instant,
}

/// State of the tree pane.
#[derive(Default)]
pub struct TreePane {
    /// The visible rows.
    pub rows: Rows,
    /// The selected row.
    pub cursor: Cursor,
    /// The filter, while one is typed or its matches are remembered.
    pub filter: Option<Filter>,
    /// The one value that is shown, if any.
    pub reveal: Option<Reveal>,
}

/// The lines below the rows that say more about the selected one.
fn detail_height(inner: Rect) -> u16 {
    if inner.height >= 8 { 2 } else { 0 }
}

impl TreePane {
    /// The selected row.
    #[must_use]
    pub fn selected(&self) -> Option<Row> {
        self.rows.get(self.cursor.at)
    }

    /// How many rows fit into a pane of this area.
    #[must_use]
    pub fn page(&self, area: Rect) -> usize {
        let inner_height = area.height.saturating_sub(2);
        let detail = detail_height(Rect {
            height: inner_height,
            ..area
        });
        let filter = u16::from(detail == 0 && self.typing());
        usize::from(inner_height.saturating_sub(detail).saturating_sub(filter))
    }

    /// The column of the screen where a row of a pane of this area has its fold mark.
    #[must_use]
    pub fn mark_column(&self, area: Rect, row: Row) -> u16 {
        let inner = area.width.saturating_sub(2);
        area.x + 1 + row::Columns::of(inner, self.rows.widest()).mark(row)
    }

    /// Whether a filter is being typed.
    #[must_use]
    pub fn typing(&self) -> bool {
        self.filter.as_ref().is_some_and(|filter| filter.typing)
    }

    /// Whether an action means nothing in the filter as it stands.
    #[must_use]
    pub fn refuses(&self, action: Action) -> bool {
        let empty = self
            .filter
            .as_ref()
            .is_none_or(|filter| filter.input.text().is_empty());
        empty && matches!(action, Action::ClearField | Action::ShowField)
    }

    /// Builds all rows anew and selects a node, if it has a row.
    pub fn rebuild(&mut self, file: &OpenFile, select: Option<NodeId>) {
        let select = select.or(self.selected().map(|row| row.id));
        self.rows.build(file);
        if let Some(at) = select.and_then(|id| self.rows.position(id)) {
            self.cursor.at = at;
        }
        self.cursor.move_by(0, self.rows.len());
    }

    /// Unfolds what hides a node, and selects it.
    pub fn show(&mut self, file: &OpenFile, id: NodeId) {
        if self.rows.position(id).is_none() {
            self.rows.unfold_above(file, id);
            self.rows.build(file);
        }
        if let Some(at) = self.rows.position(id) {
            self.cursor.at = at;
        }
    }

    /// Draws the pane; where the terminal cursor belongs, if a filter is typed.
    pub fn view(
        &self,
        view: View<'_>,
        buffer: &mut Buffer,
        area: Rect,
        title: &str,
        note: &str,
    ) -> Option<Position> {
        let theme = view.theme;
        let inner = widgets::pane(buffer, area, theme, 2, title, note, view.focused);
        let Some(file) = view.file else {
            let lines = ["", " Choose a file on the left; Enter opens it."];
            for (line, row) in lines.iter().zip(0..inner.height) {
                Pen::new(buffer, inner, row).put(line, theme.style(Role::Dim));
            }
            return None;
        };
        let detail = detail_height(inner);
        let page = u16::try_from(self.page(area)).unwrap_or(u16::MAX);
        let list = Rect {
            height: inner.height.min(page),
            ..inner
        };
        let columns = row::Columns::of(list.width, self.rows.widest());
        for line in 0..list.height {
            let number = self.cursor.top + usize::from(line);
            let Some(row) = self.rows.get(number) else { break };
            let place = Rect {
                y: list.y + line,
                height: 1,
                ..list
            };
            let look = row::Look {
                selected: number == self.cursor.at,
                revealed: self.reveal.is_some_and(|reveal| reveal.id == row.id),
                folded: self.rows.is_folded(row.id),
                filter: self.filter.as_ref().filter(|filter| filter.typing),
            };
            row::draw(view, file, buffer, place, columns, row, look);
        }
        widgets::scroll_note(buffer, area, theme, self.cursor.at, list.height, self.rows.len());
        let below = Rect {
            y: list.y + list.height,
            height: inner.height - list.height,
            ..inner
        };
        if detail > 0 {
            let line = "─".repeat(usize::from(inner.width));
            let border = if view.focused {
                Role::BorderFocused
            } else {
                Role::Border
            };
            let frame = Rect {
                x: area.x,
                width: area.width,
                ..below
            };
            Pen::new(buffer, frame, 0).put(&format!("├{line}┤"), theme.style(border));
        }
        let last = below.height.saturating_sub(1);
        match self.filter.as_ref().filter(|filter| filter.typing) {
            Some(filter) if below.height > 0 => Some(filter.view(theme, buffer, below, last)),
            _ => {
                if detail > 0
                    && let Some(row) = self.selected()
                {
                    describe(view, file, buffer, below, last, row);
                }
                None
            }
        }
    }
}

/// The path, type and rule of the selected row.
fn describe(view: View<'_>, file: &OpenFile, buffer: &mut Buffer, area: Rect, line: u16, row: Row) {
    let theme = view.theme;
    let tree = if row.deleted { file.base() } else { file.tree() };
    let path = show_place(tree, row.id);
    let (kind, rule) = words::facts(file, row);
    let remark = remark::remark(file, row.id);
    let tail = [kind.as_ref(), remark.as_str(), rule.as_ref()]
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| format!("{}{part}", theme.glyphs.separator))
        .collect::<String>();
    let mut pen = Pen::new(buffer, area, line);
    pen.put(" ", theme.style(Role::Dim));
    let room = pen.left().saturating_sub(text::width(&tail));
    if room >= text::width(&path).min(12) {
        pen.put_cut(&path, room, theme.glyphs.cut, theme.style(Role::Text));
        pen.put(&tail, theme.style(Role::Dim));
    } else {
        let room = pen.left();
        pen.put_cut(&path, room, theme.glyphs.cut, theme.style(Role::Text));
    }
}
