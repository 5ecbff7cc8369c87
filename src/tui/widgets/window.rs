//! Frames: of panes and of what lies above them.

use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

/// Draws the frame of a pane and returns what is inside.
pub fn pane(
    buffer: &mut Buffer,
    area: Rect,
    theme: &Theme,
    number: u8,
    title: &str,
    note: &str,
    focused: bool,
) -> Rect {
    let (border, name) = if focused {
        (Role::BorderFocused, Role::TitleFocused)
    } else {
        (Role::Border, Role::Title)
    };
    let room = usize::from(area.width).saturating_sub(6);
    let title = text::prefix(title, room);
    let note = text::prefix(note, room.saturating_sub(text::width(title)));
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(border))
        .title(Line::from(vec![
            Span::styled(format!(" {number} "), theme.style(border)),
            Span::styled(title, theme.style(name)),
            Span::styled(note, theme.style(Role::Dim)),
            Span::raw(" "),
        ]));
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

/// Says at the lower right of a frame which of how many lines is selected, when not all are on screen.
pub fn scroll_note(buffer: &mut Buffer, area: Rect, theme: &Theme, at: usize, height: u16, len: usize) {
    let note = format!(" {} of {len} ", at + 1);
    let Ok(width) = u16::try_from(note.len()) else {
        return;
    };
    if len <= usize::from(height) || area.width < width + 4 || area.height < 2 {
        return;
    }
    buffer.set_string(
        area.right() - width - 2,
        area.bottom() - 1,
        note,
        theme.style(Role::Dim),
    );
}

/// Where a frame stands in the middle of `outer`, and what is inside it. `width` and `height` are of the inside.
#[must_use]
pub fn popup_place(outer: Rect, width: u16, height: u16) -> (Rect, Rect) {
    let width = width.saturating_add(4).min(outer.width);
    let height = height.saturating_add(2).min(outer.height);
    let frame = Rect {
        x: outer.x + (outer.width - width) / 2,
        y: outer.y + (outer.height - height) / 3,
        width,
        height,
    };
    let inner = Block::bordered().inner(frame);
    let inside = Rect {
        x: (inner.x + 1).min(inner.right()),
        width: inner.width.saturating_sub(2),
        ..inner
    };
    (frame, inside)
}

/// Clears the place of a popup, draws a frame around it and returns what is inside.
pub fn popup(buffer: &mut Buffer, outer: Rect, theme: &Theme, title: &str, width: u16, height: u16) -> Rect {
    let (frame, inside) = popup_place(outer, width, height);
    Clear.render(frame, buffer);
    let room = usize::from(frame.width).saturating_sub(4);
    let title = if text::width(title) <= room {
        title.to_owned()
    } else {
        let cut = theme.glyphs.cut;
        format!(
            "{}{cut}",
            text::prefix(title, room.saturating_sub(text::width(cut)))
        )
    };
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::OverlayBorder))
        .title(Span::styled(
            format!(" {title} "),
            theme.style(Role::OverlayTitle),
        ))
        .render(frame, buffer);
    inside
}
