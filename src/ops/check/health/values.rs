//! What is wrong with one value, by itself. Nothing of a value leaves this module.
//!
//! The rule for weak: a value whose key names a secret is weak when it has fewer than 8 characters, fewer than 5 different ones, or
//! fewer than 12 that are all digits or all small letters. Addresses and texts of several lines are not judged.

use super::names::Sort;
use crate::ops::check::references::is_reference;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// There is nothing in it.
    Empty,
    /// It stands in for a value.
    Placeholder,
    /// Everybody tries it first.
    Common,
    /// It can be guessed.
    Weak,
}

const DEFAULTS: &str = include_str!("defaults.txt");
/// Fewer characters are too few.
const SHORT: usize = 8;
/// Fewer are too few where all are of one kind.
const SHORT_OF_ONE_KIND: usize = 12;
/// Fewer different ones are too few.
const DISTINCT: usize = 5;
/// From how many characters on a value without blanks that has letters and digits is taken for a secret, whatever its key.
const LONG: usize = 20;

/// What is wrong with a value.
pub fn flaw(sort: Sort, value: &[u8]) -> Option<Flaw> {
    let Ok(text) = std::str::from_utf8(value) else {
        return None;
    };
    let text = text.trim();
    if text.is_empty() {
        return Some(Flaw::Empty);
    }
    if is_reference(value) || text.contains('\n') {
        return None;
    }
    if is_listed("[placeholders]", text) || is_angled(text) {
        return Some(Flaw::Placeholder);
    }
    if sort != Sort::Name && is_listed("[common]", text) {
        return Some(Flaw::Common);
    }
    (sort == Sort::Secret && !text.contains("://") && is_weak(text)).then_some(Flaw::Weak)
}

/// Whether a value is a secret, as far as that can be told: so that it matters where else it stands, and how old it is.
pub fn is_secret(sort: Sort, value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else {
        return value.len() >= SHORT;
    };
    let text = text.trim();
    if is_reference(value) || sort == Sort::Name || text.len() < SHORT {
        return false;
    }
    let has = |kind: fn(&char) -> bool| text.chars().any(|c| kind(&c));
    let dense = text.len() >= LONG
        && !text.contains(char::is_whitespace)
        && has(char::is_ascii_digit)
        && has(char::is_ascii_alphabetic);
    sort == Sort::Secret || dense || text.starts_with("-----BEGIN")
}

/// `<your password>`
fn is_angled(text: &str) -> bool {
    text.len() > 2 && text.starts_with('<') && text.ends_with('>') && !text.contains("/>")
}

/// Whether a part of the list has the text. The list is public; the text is only compared.
fn is_listed(part: &str, text: &str) -> bool {
    let plain = |c: &char| !matches!(c, ' ' | '-' | '_' | '.');
    let same = |line: &str| {
        let wanted = line.chars();
        let found = text.chars().filter(plain).flat_map(char::to_lowercase);
        wanted.eq(found)
    };
    DEFAULTS
        .lines()
        .skip_while(|line| *line != part)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .any(same)
}

fn is_weak(text: &str) -> bool {
    let count = text.chars().count();
    let of_one_kind =
        text.chars().all(|c| c.is_ascii_digit()) || text.chars().all(|c| c.is_ascii_lowercase());
    // Counting different characters stops as soon as there are enough.
    let distinct = text
        .char_indices()
        .filter(|(at, c)| !text.get(..*at).unwrap_or_default().contains(*c))
        .take(DISTINCT)
        .count();
    count < SHORT || distinct < DISTINCT || (count < SHORT_OF_ONE_KIND && of_one_kind)
}

#[cfg(test)]
mod tests {
    use super::{Flaw, flaw, is_secret};
    use crate::ops::check::health::names::Sort::{Name, Other, Secret};

    #[test]
    fn flaws_are_told_and_good_values_are_left_alone() {
        for (sort, value, expected) in [
            (Secret, "", Some(Flaw::Empty)),
            (Other, " \n", Some(Flaw::Empty)),
            (Other, "Change-Me", Some(Flaw::Placeholder)),
            (Name, "your_token_here", Some(Flaw::Placeholder)),
            (Other, "<password>", Some(Flaw::Placeholder)),
            (Other, "P@ssw0rd", Some(Flaw::Common)),
            (Name, "admin", None),
            (Secret, "admin", Some(Flaw::Common)),
            (Secret, "a1!Z9", Some(Flaw::Weak)),
            (Secret, "4815162342", Some(Flaw::Weak)),
            (Secret, "aaaabbbbccccdddd", Some(Flaw::Weak)),
            (Secret, "correcthorse", None),
            (Secret, "correct-horse-battery-staple", None),
            (Secret, "https://a.b/c", None),
            (Secret, "ref+vault://x#y", None),
            (Secret, "${PASSWORD}", None),
            (Other, "4815", None),
            (Other, "eu-west-1", None),
        ] {
            assert_eq!(flaw(sort, value.as_bytes()), expected, "{sort:?} {value}");
        }
    }

    #[test]
    fn what_matters_where_it_stands_is_told_from_words() {
        for (sort, value, expected) in [
            (Secret, "correct-horse", true),
            (Secret, "short", false),
            (Name, "status.page.production.1", false),
            (Other, "hooks.example/T0DEMO/B0DEMO", true),
            (Other, "a sentence with 4 words and more", false),
            (Other, "db.internal.example", false),
        ] {
            assert_eq!(is_secret(sort, value.as_bytes()), expected, "{sort:?} {value}");
        }
    }
}
