//! A screen as text with its styles: under each line another one in which a letter stands for the style of each cell.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;

/// One line; the cell that a wide character covers too is left out.
pub fn line(buffer: &Buffer, y: u16) -> String {
    let mut text = String::new();
    let mut x = 0;
    while x < buffer.area.width {
        let symbol = buffer[(x, y)].symbol();
        text.push_str(symbol);
        x += u16::try_from(crate::tui::text::width(symbol).max(1)).unwrap();
    }
    text
}

/// Text, styles and what the letters mean. A line without styles has no second line.
pub fn dump(buffer: &Buffer) -> String {
    let mut out = String::new();
    let mut known: Vec<String> = Vec::new();
    for y in 0..buffer.area.height {
        let text = line(buffer, y);
        let mut styles = String::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let style = describe(cell.fg, cell.bg, cell.modifier);
            styles.push(match style.as_str() {
                "" => ' ',
                _ => {
                    let at = known.iter().position(|other| *other == style).unwrap_or_else(|| {
                        known.push(style);
                        known.len() - 1
                    });
                    char::from(b'a' + u8::try_from(at).unwrap())
                }
            });
        }
        let _ = writeln!(out, "{}", text.trim_end());
        if !styles.trim().is_empty() {
            let _ = writeln!(out, "{}", styles.trim_end());
        }
    }
    for (letter, style) in (b'a'..).zip(&known) {
        let _ = writeln!(out, "{} {style}", char::from(letter));
    }
    out
}

/// The styles of one line as runs: a letter for each style, and how many cells have it. Letters are those of the place in
/// `known`, which grows.
pub fn runs(buffer: &Buffer, y: u16, known: &mut Vec<String>) -> String {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for x in 0..buffer.area.width {
        let cell = &buffer[(x, y)];
        let style = describe(cell.fg, cell.bg, cell.modifier);
        let at = known.iter().position(|other| *other == style).unwrap_or_else(|| {
            known.push(style);
            known.len() - 1
        });
        match found.last_mut() {
            Some((last, count)) if *last == at => *count += 1,
            _ => found.push((at, 1)),
        }
    }
    let letter = |at: usize| char::from_u32(u32::from('a') + u32::try_from(at).unwrap()).unwrap();
    let runs = found.iter().map(|(at, count)| format!("{}{count}", letter(*at)));
    runs.collect::<Vec<_>>().join(" ")
}

fn describe(fg: Color, bg: Color, modifier: Modifier) -> String {
    let mut parts = Vec::new();
    if fg != Color::Reset {
        parts.push(format!("{fg}"));
    }
    if bg != Color::Reset {
        parts.push(format!("on {bg}"));
    }
    if !modifier.is_empty() {
        parts.push(format!("{modifier:?}"));
    }
    parts.join(" ")
}
