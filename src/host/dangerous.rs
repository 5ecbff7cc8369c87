//! The one list of characters that never reach a terminal raw (security P13). Whoever prints text of others shows these as
//! escapes; how an escape looks is up to who prints.

/// Whether a character could be taken by a terminal as a command, reorders or joins what stands around it, or takes no room,
/// so that a text does not read as what it is.
#[must_use]
pub const fn is_dangerous(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return false;
    }
    matches!(c,
        // C0, DEL and C1: they move the cursor, clear the screen, set the title, begin every escape sequence.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Bidirectional marks, embeddings, overrides and isolates: text reads in another order than it is stored.
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // Zero-width spaces and joiners, the byte order mark, invisible operators and shapers: two values look alike and differ.
        | '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{34f}'
        // Soft hyphen: shown only where a line breaks.
        | '\u{ad}'
        // Line and paragraph separators: a new line for some programs and not for others.
        | '\u{2028}' | '\u{2029}'
        // Fillers and blanks of scripts that look like nothing at all.
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
        // Variation selectors: they change the character before them, or hide data behind it.
        | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}'
        // Interlinear annotation, and specials without a picture.
        | '\u{fff0}'..='\u{fffb}'
        // Controls of shorthand and of musical notation.
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        // Tags and the second block of variation selectors: whole texts that nobody sees.
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::is_dangerous;

    #[test]
    fn all_control_characters_are_on_the_list() {
        let missing = ('\0'..=char::MAX).find(|c| c.is_control() && !is_dangerous(*c));
        assert_eq!(missing, None);
    }

    #[test]
    fn what_people_write_is_not() {
        let text = "grün 日本語 e\u{301} עברית العربية हिन्दी 👍 #$%~ …";
        assert_eq!(text.chars().find(|c| is_dangerous(*c)), None);
    }
}
