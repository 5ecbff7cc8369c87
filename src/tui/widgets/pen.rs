//! Writes one line of the screen from left to right, and never past its end.

use crate::tui::text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A place on one line.
pub struct Pen<'b> {
    buffer: &'b mut Buffer,
    x: u16,
    y: u16,
    end: u16,
}

impl<'b> Pen<'b> {
    /// Starts at the left of the line `row` of an area.
    pub fn new(buffer: &'b mut Buffer, area: Rect, row: u16) -> Self {
        let area = area.intersection(buffer.area);
        let end = if row < area.height { area.right() } else { area.x };
        Self {
            buffer,
            x: area.x,
            y: area.y.saturating_add(row),
            end,
        }
    }

    /// How many cells are left.
    pub fn left(&self) -> usize {
        usize::from(self.end.saturating_sub(self.x))
    }

    /// Writes text; what does not fit is cut.
    pub fn put(&mut self, text: &str, style: Style) -> &mut Self {
        if self.x < self.end {
            let room = self.left();
            let (x, _) = self.buffer.set_stringn(self.x, self.y, text, room, style);
            self.x = x;
        }
        self
    }

    /// Writes text into at most `columns` cells; if it must be cut, `cut` says so at the end.
    pub fn put_cut(&mut self, text: &str, columns: usize, cut: &str, style: Style) -> &mut Self {
        let columns = columns.min(self.left());
        if text::width(text) <= columns {
            return self.put(text, style);
        }
        let kept = text::prefix(text, columns.saturating_sub(text::width(cut)));
        self.put(kept, style);
        if columns > 0 {
            self.put(cut, style);
        }
        self
    }

    /// Goes on at a column counted from `area.x`; never back.
    pub fn tab(&mut self, column: u16) -> &mut Self {
        self.x = self.x.max(column.min(self.end));
        self
    }

    /// The absolute column of the next cell.
    pub fn column(&self) -> u16 {
        self.x
    }

    /// Writes text so that it ends at the end of the line, if there is room for it.
    pub fn put_right(&mut self, text: &str, style: Style) -> &mut Self {
        let width = u16::try_from(text::width(text)).unwrap_or(u16::MAX);
        if let Some(start) = self.end.checked_sub(width).filter(|start| *start >= self.x) {
            self.x = start;
            self.put(text, style);
        }
        self
    }
}
