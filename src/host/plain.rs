//! Text of others, made safe to print.

use super::dangerous::is_dangerous;

/// Longest text of another program that is passed on, in characters.
const LONGEST_LINE: usize = 300;

/// Text of another program as one line that is safe to print: control and invisible characters as escapes, cut where it
/// gets long.
#[must_use]
pub fn plain_line(text: &str) -> String {
    let mut line = String::new();
    for character in text.trim().chars().take(LONGEST_LINE) {
        match character {
            '\n' | '\t' | '\r' => line.push(' '),
            hidden if is_dangerous(hidden) => line.extend(hidden.escape_unicode()),
            shown => line.push(shown),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_program_cannot_move_the_cursor() {
        assert_eq!(
            plain_line("touch\u{1b}[2J it\nnow\u{202e}"),
            "touch\\u{1b}[2J it now\\u{202e}"
        );
        assert_eq!(plain_line(&"x".repeat(1000)).len(), LONGEST_LINE);
    }
}
