//! A screen as a picture, for the documentation: one `<text>` for each run of cells of one style, at the place of its cells.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;

/// Size of a cell in pixels.
const CELL: (u32, u32) = (9, 19);
/// Room around the screen.
const EDGE: u32 = 14;
const PAPER: &str = "#1d2129";
const INK: &str = "#d5d9e0";

/// Draws the cells of an area.
pub fn svg(buffer: &Buffer, area: Rect) -> String {
    let width = u32::from(area.width) * CELL.0 + 2 * EDGE;
    let height = u32::from(area.height) * CELL.1 + 2 * EDGE;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\" xml:space=\"preserve\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    for y in area.top()..area.bottom() {
        let mut x = area.left();
        while x < area.right() {
            let first = &buffer[(x, y)];
            let mut text = String::new();
            let start = x;
            while x < area.right() && same(first, &buffer[(x, y)]) {
                let symbol = buffer[(x, y)].symbol();
                text.push_str(symbol);
                x += u16::try_from(crate::tui::text::width(symbol).max(1)).unwrap();
            }
            run(
                &mut out,
                first,
                &text,
                (start - area.left(), y - area.top(), x - start),
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

fn same(a: &Cell, b: &Cell) -> bool {
    (a.fg, a.bg, a.modifier) == (b.fg, b.bg, b.modifier)
}

fn run(out: &mut String, cell: &Cell, text: &str, (x, y, cells): (u16, u16, u16)) {
    let left = EDGE + u32::from(x) * CELL.0;
    let top = EDGE + u32::from(y) * CELL.1;
    let width = u32::from(cells) * CELL.0;
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let (mut fg, mut bg) = (color(cell.fg).unwrap_or(INK), color(cell.bg));
    if reversed {
        (fg, bg) = (bg.unwrap_or(PAPER), Some(fg));
    }
    if let Some(bg) = bg {
        let height = CELL.1;
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{bg}\"/>"
        );
    }
    let shown = text.trim_end();
    if shown.is_empty() {
        return;
    }
    let shift =
        u32::try_from(crate::tui::text::width(text) - crate::tui::text::width(text.trim_start())).unwrap();
    let left = left + shift * CELL.0;
    let shown = shown.trim_start();
    let length = u32::try_from(crate::tui::text::width(shown)).unwrap() * CELL.0;
    let mut style = String::new();
    for (modifier, attribute) in [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
    ] {
        if cell.modifier.contains(modifier) {
            style.push_str(attribute);
        }
    }
    let base = top + 15;
    let shown = shown
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let _ = writeln!(
        out,
        "<text x=\"{left}\" y=\"{base}\" textLength=\"{length}\" fill=\"{fg}\"{style}>{shown}</text>"
    );
}

/// The sixteen colours as a calm terminal has them.
fn color(color: Color) -> Option<&'static str> {
    Some(match color {
        Color::Black => "#14171c",
        Color::Red => "#e06c75",
        Color::Green => "#98c379",
        Color::Yellow => "#e5c07b",
        Color::Blue => "#3d6fa8",
        Color::Magenta => "#c678dd",
        Color::Cyan => "#56b6c2",
        Color::Gray => "#abb2bf",
        Color::DarkGray => "#6b7484",
        Color::LightRed => "#ef7f88",
        Color::LightGreen => "#a9d28a",
        Color::LightYellow => "#f2d08c",
        Color::LightBlue => "#61afef",
        Color::LightMagenta => "#d68fe8",
        Color::LightCyan => "#67c9d5",
        Color::White => "#ffffff",
        _ => return None,
    })
}
