//! What a theme does to a whole screen once everything is drawn: its background, and signs for terminals without
//! Unicode.

use super::{Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::style::Color;

impl Theme {
    /// The same theme with signs of ASCII only; a character of a file that is none becomes `?`.
    #[must_use]
    pub const fn in_ascii(mut self) -> Self {
        self.ascii = true;
        self
    }

    /// The last step of drawing.
    pub fn finish(&self, buffer: &mut Buffer) {
        if let Some(background) = self.background {
            let text = self.style(Role::Text).fg.unwrap_or(Color::Reset);
            for cell in &mut buffer.content {
                if cell.bg == Color::Reset {
                    cell.bg = background;
                }
                if cell.fg == Color::Reset {
                    cell.fg = text;
                }
            }
        }
        if self.ascii {
            for cell in &mut buffer.content {
                if !cell.symbol().is_ascii() {
                    let sign = ascii(cell.symbol());
                    cell.set_symbol(sign);
                }
            }
        }
    }
}

/// What stands for a sign where there is ASCII only; one column wide, as the sign is.
fn ascii(sign: &str) -> &'static str {
    match sign {
        "─" | "━" | "–" => "-",
        "│" | "┃" | "⠇" | "⠏" => "|",
        "┌" | "┐" | "└" | "┘" | "├" | "┤" | "┬" | "┴" | "┼" | "╭" | "╮" | "╰" | "╯" | "✓" => {
            "+"
        }
        "•" | "●" => "*",
        "▾" => "v",
        "▸" | "→" => ">",
        "…" => "~",
        "·" => ".",
        "✗" => "x",
        "≠" => "!",
        "▣" => "#",
        "▢" | "○" => "o",
        "█" | "▐" | "▌" => "#",
        "⠋" | "⠙" | "⠴" | "⠦" => "/",
        "⠹" | "⠸" | "⠧" => "-",
        "⠼" => "\\",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::testing::{Editor, gatus};

    #[test]
    fn a_terminal_without_unicode_gets_ascii_and_no_question_marks() {
        for keys in ["", "?", ": s", "/ p", "j j j j j e", "j j d ctrl-s"] {
            for width in [120, 60] {
                let mut editor = Editor::open(gatus(), width, 30);
                editor.model.theme = editor.model.theme.clone().in_ascii();
                if !keys.is_empty() {
                    editor.keys(keys);
                }
                let buffer = editor.buffer();
                let mut editor = Editor::open(gatus(), width, 30);
                if !keys.is_empty() {
                    editor.keys(keys);
                }
                for (cell, before) in buffer.content.iter().zip(&editor.buffer().content) {
                    assert!(cell.symbol().is_ascii());
                    let lost = cell.symbol() == "?" && before.symbol() != "?";
                    assert!(!lost, "`{}` has no sign in ASCII", before.symbol());
                }
            }
        }
    }
}
