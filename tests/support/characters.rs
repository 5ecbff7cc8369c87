//! The 83 characters that must never reach a terminal raw, and where they are looked for.

/// C0 without tab and line feed, which text is made of; DEL; C1; bidirectional controls; zero-width characters; the soft
/// hyphen; line and paragraph separators.
pub fn dangerous() -> Vec<char> {
    let c0 = ('\0'..=' ').filter(|c| !matches!(c, '\t' | '\n' | ' '));
    let c1 = '\u{7f}'..='\u{9f}';
    let bidi =
        "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    let no_width = "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}";
    let others = "\u{ad}\u{2028}\u{2029}";
    let all: Vec<char> = c0
        .chain(c1)
        .chain(bidi.chars())
        .chain(no_width.chars())
        .chain(others.chars())
        .collect();
    assert_eq!(all.len(), 83);
    all
}

/// A text with a character in it, between marks that say where it should be.
pub fn marked(c: char) -> String {
    format!("Q{c}Z")
}

/// Those of the characters that stand raw behind their mark, and those that cannot be seen at all.
pub fn raw_or_lost(output: &[u8], characters: &[char]) -> (Vec<char>, Vec<char>) {
    let output = String::from_utf8_lossy(output);
    let raw = |c: &&char| output.contains(&format!("Q{c}"));
    let code = |c: char| u32::from(c);
    let seen = |c: &&char| {
        let forms = [
            format!("Q\\x{:02x}Z", code(**c)),
            format!("Q\\u{{{:x}}}Z", code(**c)),
            format!("Q\\u{:04x}Z", code(**c)),
            format!("Q\\{}Z", if **c == '\r' { 'r' } else { '?' }),
            format!("Q\\{}Z", if **c == '\u{8}' { 'b' } else { '?' }),
            format!("Q\\{}Z", if **c == '\u{c}' { 'f' } else { '?' }),
        ];
        forms.iter().any(|form| output.contains(form))
    };
    let raw = characters.iter().filter(raw).copied().collect();
    let lost = characters.iter().filter(|c| !seen(c)).copied().collect();
    (raw, lost)
}
