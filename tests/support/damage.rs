//! Damage to a file, the same at every run.

/// What stands in place of a character.
const OTHERS: [&str; 5] = ["", "A", "7", ":", "\u{202e}"];

/// `count` copies of a text with one character removed or replaced, spread over all of it.
pub fn mutants(text: &str, count: usize) -> Vec<String> {
    let places: Vec<(usize, char)> = text.char_indices().collect();
    (0..count)
        .map(|number| {
            let (at, old) = places[number * places.len() / count];
            let other = OTHERS[number % OTHERS.len()];
            format!("{}{other}{}", &text[..at], &text[at + old.len_utf8()..])
        })
        .filter(|mutant| mutant != text)
        .collect()
}
