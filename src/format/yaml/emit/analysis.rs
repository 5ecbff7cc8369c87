//! Which styles a text can be written in (`yaml-behaviour.md` §4.5).

use crate::format::yaml::resolve;

/// Whether a character ends a line for YAML.
pub(in crate::format::yaml) const fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character can only be written as an escape.
pub(super) const fn is_special(character: char) -> bool {
    !matches!(
        character,
        '\n' | '\t' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}'
    )
}

/// Which styles keep a text as it is; double quotes always do.
#[derive(Clone, Copy, Debug)]
pub(in crate::format::yaml) struct Allowed {
    /// Without quotes, outside of flow collections.
    pub plain: bool,
    /// In single quotes.
    pub single: bool,
    /// As a literal block.
    pub literal: bool,
}

impl Allowed {
    /// Looks at every character once.
    pub(in crate::format::yaml) fn of(text: &str) -> Self {
        if is_one_word(text) {
            return Self {
                plain: !has_plain_hindering_start(text),
                single: true,
                literal: true,
            };
        }
        let mut allowed = Self {
            plain: !text.is_empty() && !has_plain_hindering_start(text),
            single: true,
            literal: !text.starts_with('\t'),
        };
        let mut before = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let next = characters.peek().copied();
            allowed.look(before, character, next);
            before = Some(character);
        }
        allowed
    }

    fn look(&mut self, before: Option<char>, character: char, next: Option<char>) {
        match character {
            ' ' => {
                if before.is_none() || next.is_none() {
                    self.plain = false;
                }
                if next.is_none_or(is_break) {
                    self.literal = false;
                }
                if next.is_some_and(is_break) || before.is_some_and(is_break) {
                    self.single = false;
                }
            }
            ':' if next.is_none_or(|next| is_break(next) || is_blank(next)) => self.plain = false,
            '#' if before.is_some_and(|before| is_break(before) || is_blank(before)) => self.plain = false,
            '\t' => {
                self.plain = false;
                self.single = false;
            }
            _ => {}
        }
        if is_break(character) {
            self.plain = false;
        }
        if is_special(character) {
            *self = Self {
                plain: false,
                single: false,
                literal: false,
            };
        }
    }
}

/// Whether a text has nothing but visible ASCII, and no `:` at its end: most texts, encrypted ones above all.
fn is_one_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.bytes().next_back().is_some_and(|last| last != b':')
}

const fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

fn has_plain_hindering_start(text: &str) -> bool {
    let mut characters = text.chars();
    match characters.next() {
        Some(
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`',
        ) => true,
        Some('-' | '?' | ':') => {
            characters
                .next()
                .is_none_or(|next| is_break(next) || is_blank(next))
                || text.starts_with("---")
        }
        Some('.') => text.starts_with("..."),
        _ => false,
    }
}

/// Whether a plain text would be read as something else, by sops or by readers of older YAML.
pub(in crate::format::yaml) fn looks_typed(text: &str) -> bool {
    let may_be = matches!(
        text.as_bytes().first(),
        None | Some(
            b'0'..=b'9'
                | b'+'
                | b'-'
                | b'.'
                | b'~'
                | b't'
                | b'T'
                | b'f'
                | b'F'
                | b'n'
                | b'N'
                | b'y'
                | b'Y'
                | b'o'
                | b'O'
        )
    );
    may_be && is_typed_word(text)
}

fn is_typed_word(text: &str) -> bool {
    matches!(
        text,
        "y" | "Y"
            | "yes"
            | "Yes"
            | "YES"
            | "on"
            | "On"
            | "ON"
            | "n"
            | "N"
            | "no"
            | "No"
            | "NO"
            | "off"
            | "Off"
            | "OFF"
    ) || resolve::typed(text).is_some()
        || is_base_60(text)
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let (number, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut parts = number.split(':');
    let is_sixtieth = |part: &str| match part.as_bytes() {
        [unit] => unit.is_ascii_digit(),
        [ten, unit] => (b'0'..=b'5').contains(ten) && unit.is_ascii_digit(),
        _ => false,
    };
    let whole = parts.next().is_some_and(is_digits);
    let mut parts = parts.peekable();
    whole && parts.peek().is_some() && parts.all(is_sixtieth) && is_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::is_base_60;

    #[test]
    fn times_of_day_are_quoted_for_readers_of_older_yaml() {
        for text in ["12:30:45", "1:30", "+1_0:59.5_", "0:0."] {
            assert!(is_base_60(text), "{text}");
        }
        for text in ["1:60", "_1:30", "1:3:", "1", "1:", "a:30", "1:30.5.5", "1:300"] {
            assert!(!is_base_60(text), "{text}");
        }
    }
}
