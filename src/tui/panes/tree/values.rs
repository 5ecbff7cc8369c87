//! Which values contain a text. Asked for by name only: what is found is shown masked, but that it was found tells something.

use super::rows::Row;
use crate::tree::{Body, Leaf};
use crate::tui::open_file::OpenFile;

/// The numbers of the rows, of those named, whose value or comment contains the query: as a person reads it, so decoded where
/// the manifest holds it in base64. Capitals count when the query has some. An empty query means every value; in a locked
/// file nothing is found, as there is only ciphertext.
pub fn search(file: &OpenFile, rows: &[Row], among: &[u32], query: &str) -> Vec<u32> {
    if file.locked() {
        return Vec::new();
    }
    let wanted = Wanted::new(query);
    let matches = |number: &&u32| {
        let Some(row) = rows.get(**number as usize) else {
            return false;
        };
        match &file.tree().node(row.id).body {
            Body::Leaf(Leaf::Text(text)) if !file.is_decoded(row.id) => wanted.is_in(text.expose()),
            Body::Leaf(leaf) => wanted.is_in(&file.shown(row.id, leaf)),
            Body::Comment(comment) => wanted.is_in(comment.text.expose()),
            Body::Map(_) | Body::List(_) => false,
        }
    };
    among.iter().filter(matches).copied().collect()
}

/// A text that is looked for.
struct Wanted<'q> {
    text: &'q [u8],
    case: bool,
}

impl<'q> Wanted<'q> {
    fn new(query: &'q str) -> Self {
        Self {
            text: query.as_bytes(),
            case: query.chars().any(char::is_uppercase),
        }
    }

    fn is_in(&self, value: &[u8]) -> bool {
        let Some((first, _)) = self.text.split_first() else {
            return true;
        };
        let here = |at: usize| {
            let part = value.get(at..at + self.text.len());
            part.is_some_and(|part| match self.case {
                true => part == self.text,
                false => part.eq_ignore_ascii_case(self.text),
            })
        };
        if self.case {
            memchr::memchr_iter(*first, value).any(here)
        } else {
            let other = if first.is_ascii_lowercase() {
                first.to_ascii_uppercase()
            } else {
                *first
            };
            memchr::memchr2_iter(*first, other, value).any(here)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn a_value_contains_a_text_with_or_without_regard_to_capitals() {
        for (query, value, found) in [
            ("", "", true),
            ("a", "", false),
            ("hook", "https://Hooks.example", true),
            ("Hook", "https://hooks.example", false),
            ("Hook", "https://Hooks.example", true),
            ("aab", "aaab", true),
            ("ß", "Straße", true),
            ("e://", "E://", true),
            ("longer", "long", false),
        ] {
            assert_eq!(
                Wanted::new(query).is_in(value.as_bytes()),
                found,
                "{query} {value}"
            );
        }
    }
}
