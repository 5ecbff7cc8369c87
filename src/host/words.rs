//! Splitting a command line into words the way a shell does, without running one: quotes and backslashes count, nothing is
//! expanded. For `SOPS_AGE_KEY_CMD`, `SOPS_EDITOR` and their like.

/// The words of a line; `None` where a quote is not closed or a backslash ends the line. An unquoted `#` at the start of a
/// word begins a comment.
#[must_use]
pub fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(next) = characters.next() {
        match next {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '#' if word.is_none() => {
                characters.by_ref().find(|other| *other == '\n');
            }
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => word.push(characters.next()?),
                        other => word.push(other),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(characters.next()?),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn quotes_and_backslashes_keep_words_together() {
        for (line, wanted) in [
            ("pass show age", &["pass", "show", "age"][..]),
            (
                "  a\t'b c'd \"e \\\" f\" g\\ h '' ",
                &["a", "b cd", "e \" f", "g h", ""],
            ),
            ("a # rest", &["a"]),
            ("a # rest\nb", &["a", "b"]),
            ("a#b", &["a#b"]),
            ("", &[]),
        ] {
            assert_eq!(split(line).unwrap(), wanted, "{line}");
        }
        for line in ["'a", "\"a", "a\\"] {
            assert_eq!(split(line), None, "{line}");
        }
    }
}
