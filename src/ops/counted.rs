//! Counts of things in words: `1 file`, `2 files`.

/// How many of them, by a noun that gets an `s`, or `ies` for its `y`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => counted_as(count, noun, &format!("{stem}ies")),
        _ => counted_as(count, noun, &format!("{noun}s")),
    }
}

/// How many, with the words for one and for any other number.
#[must_use]
pub fn counted_as(count: usize, one: &str, many: &str) -> String {
    let words = if count == 1 { one } else { many };
    format!("{count} {words}")
}

#[cfg(test)]
mod tests {
    use super::{counted, counted_as};

    #[test]
    fn one_is_one_and_any_other_number_is_many() {
        for (count, noun, words) in [
            (0, "file", "0 files"),
            (1, "file", "1 file"),
            (2, "SOPS file", "2 SOPS files"),
            (1, "entry", "1 entry"),
            (2, "entry", "2 entries"),
            (2, "key", "2 keys"),
        ] {
            assert_eq!(counted(count, noun), words);
        }
        assert_eq!(counted_as(1, "change is", "changes are"), "1 change is");
        assert_eq!(counted_as(0, "change is", "changes are"), "0 changes are");
    }
}
