//! Types of values as the editor shows and keeps them, and which of them a typed text can have.

use crate::format::{self, Format};
use crate::tree::{Leaf, Time};
use zeroize::Zeroizing;

/// A value as people read and type it.
#[must_use]
pub fn shown(leaf: &Leaf) -> Zeroizing<Vec<u8>> {
    match leaf {
        Leaf::Null => Zeroizing::new(b"null".to_vec()),
        Leaf::Bool(true) => Zeroizing::new(b"true".to_vec()),
        Leaf::Bool(false) => Zeroizing::new(b"false".to_vec()),
        _ => leaf.canonical(),
    }
}

/// A type of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Str,
    /// An integer.
    Int,
    /// A number.
    Float,
    /// True or false.
    Bool,
    /// Nothing.
    Null,
    /// A point in time.
    Time,
}

impl Kind {
    /// All types, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Str,
        Self::Int,
        Self::Float,
        Self::Bool,
        Self::Null,
        Self::Time,
    ];

    /// The type of a value.
    #[must_use]
    pub fn of(leaf: &Leaf) -> Self {
        match leaf {
            Leaf::Null => Self::Null,
            Leaf::Bool(_) => Self::Bool,
            Leaf::Int(_) | Leaf::Uint(_) => Self::Int,
            Leaf::Float(_) => Self::Float,
            Leaf::Time(_) => Self::Time,
            Leaf::Text(_) => Self::Str,
        }
    }

    /// The name people see.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Null => "null",
            Self::Time => "time",
        }
    }

    /// Whether a format can hold values of this type.
    #[must_use]
    pub fn fits(self, format: Format) -> bool {
        match format {
            Format::Yaml => true,
            Format::Json => self != Self::Time,
            Format::Dotenv | Format::Ini | Format::Binary => self == Self::Str,
        }
    }

    /// The value of this type that a text means; `None` when it means none.
    #[must_use]
    pub fn read(self, text: &str) -> Option<Leaf> {
        let word = text.trim();
        Some(match self {
            Self::Str => Leaf::text(text),
            Self::Int => match word
                .parse()
                .map(Leaf::Int)
                .or_else(|_| word.parse().map(Leaf::Uint))
            {
                Ok(number) if !is_octal(word) => number,
                _ => plain(word).filter(|leaf| matches!(leaf, Leaf::Int(_) | Leaf::Uint(_)))?,
            },
            Self::Float => match word {
                ".inf" | "+Inf" => Leaf::Float(f64::INFINITY),
                "-.inf" | "-Inf" => Leaf::Float(f64::NEG_INFINITY),
                ".nan" | "NaN" => Leaf::Float(f64::NAN),
                _ => Leaf::Float(
                    word.parse()
                        .ok()
                        .filter(|_| word.bytes().any(|byte| byte.is_ascii_digit()))?,
                ),
            },
            Self::Bool => match word {
                "true" | "True" => Leaf::Bool(true),
                "false" | "False" => Leaf::Bool(false),
                _ => return None,
            },
            Self::Null => match word {
                "" | "null" | "~" => Leaf::Null,
                _ => return None,
            },
            Self::Time => match Time::parse_rfc3339(word) {
                Some(time) => Leaf::Time(time),
                None => plain(word).filter(|leaf| matches!(leaf, Leaf::Time(_)))?,
            },
        })
    }

    /// The next type after this one that a text can have.
    #[must_use]
    pub fn next(self, text: &str, format: Format) -> Self {
        Self::ALL
            .into_iter()
            .cycle()
            .skip_while(|kind| *kind != self)
            .skip(1)
            .take(Self::ALL.len())
            .find(|kind| kind.fits(format) && kind.read(text).is_some())
            .unwrap_or(self)
    }

    /// What a typed text becomes where that is not what one sees: a text that stays one although it looks like something
    /// else, or a value that is written in another spelling. The value itself is told only where it is `shown`.
    #[must_use]
    pub fn reading(self, text: &str, format: Format, shown: bool) -> Option<String> {
        if text.is_empty() || text.len() > LONGEST_WORD || !matches!(format, Format::Yaml | Format::Json) {
            return None;
        }
        if self == Self::Str {
            let next = self.next(text, format);
            let next = (next != Self::Str).then(|| (next, next.read(text)));
            return match next {
                Some((kind, Some(leaf))) => {
                    let spelled = spelled(&leaf, text, shown);
                    Some(format!("kept as text; Tab: {}{}", kind.name(), spelled.as_str()))
                }
                _ if format == Format::Yaml && is_old_bool(text) => {
                    Some("kept as text, in quotes: a bool in YAML 1.1".to_owned())
                }
                _ => None,
            };
        }
        let leaf = self.read(text)?;
        if leaf.type_name() == "null" || self::shown(&leaf).as_slice() == text.as_bytes() {
            return None;
        }
        let spelled = spelled(&leaf, text, shown);
        let word = if shown { "saved as" } else { "saved" };
        Some(format!("{word}{}", spelled.as_str()))
    }
}

/// Whether digits begin with a zero: YAML 1.1 reads them in base 8, and so does sops.
fn is_octal(word: &str) -> bool {
    let digits = word.trim_start_matches(['+', '-']);
    digits.len() > 1 && digits.starts_with('0')
}

/// Longer texts are no words of YAML.
const LONGEST_WORD: usize = 64;

/// A value as it is written, where that differs from what was typed.
fn spelled(leaf: &Leaf, text: &str, shown: bool) -> Zeroizing<String> {
    let written = self::shown(leaf);
    let mut out = Zeroizing::new(String::with_capacity(LONGEST_WORD * 8));
    if written.as_slice() == text.as_bytes() {
        return out;
    }
    out.push(' ');
    match std::str::from_utf8(&written) {
        Ok(written) if shown => out.push_str(written),
        _ => out.push_str("in another spelling"),
    }
    out
}

/// Words that are no text for readers of YAML 1.1, and a text for sops.
fn is_old_bool(text: &str) -> bool {
    let words = ["y", "n", "yes", "no", "on", "off"];
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The value that YAML reads from a word without quotes, if that is no text.
fn plain(word: &str) -> Option<Leaf> {
    let special = |c: char| c.is_control() || c.is_whitespace() || "#{}[],&*!|>'\"%@`?".contains(c);
    if word.is_empty() || word.len() > LONGEST_WORD || word.contains(special) {
        return None;
    }
    let text = Zeroizing::new([b"k: ", word.as_bytes(), b"\n"].concat());
    let tree = format::load(Format::Yaml, &text).ok()?.tree;
    let entry = tree
        .documents()
        .first()
        .and_then(|root| tree.children(*root).first())?;
    let leaf = tree.node(*entry).leaf()?.clone();
    (!matches!(leaf, Leaf::Text(_))).then_some(leaf)
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use crate::format::Format;
    use crate::tree::Leaf;

    #[test]
    fn a_number_stays_a_number_and_a_text_stays_a_text() {
        assert_eq!(Kind::Int.read("8080"), Some(Leaf::Int(8080)));
        assert_eq!(Kind::Int.read("80a"), None);
        assert_eq!(Kind::Str.read("8080"), Some(Leaf::text("8080")));
        assert_eq!(Kind::Float.read("1.10"), Some(Leaf::Float(1.1)));
        assert_eq!(Kind::Float.read("inf"), None);
        assert_eq!(Kind::Bool.read("yes"), None);
    }

    #[test]
    fn what_a_text_is_read_as_is_told_before_it_is_saved() {
        let reading = |kind: Kind, text| kind.reading(text, Format::Yaml, true).unwrap_or_default();
        assert_eq!(reading(Kind::Str, "1.10"), "kept as text; Tab: float 1.1");
        assert_eq!(
            reading(Kind::Str, "yes"),
            "kept as text, in quotes: a bool in YAML 1.1"
        );
        assert_eq!(
            reading(Kind::Str, "2026-11-22"),
            "kept as text; Tab: time 2026-11-22T00:00:00Z"
        );
        assert_eq!(reading(Kind::Str, "12"), "kept as text; Tab: int");
        assert_eq!(reading(Kind::Str, "admin"), "");
        assert_eq!(reading(Kind::Float, "1.10"), "saved as 1.1");
        assert_eq!(reading(Kind::Int, "010"), "saved as 8");
        assert_eq!(reading(Kind::Int, "0x1f"), "saved as 31");
        assert_eq!(reading(Kind::Bool, "True"), "saved as true");
        assert_eq!(reading(Kind::Int, "8"), "");
        let hidden = Kind::Float.reading("1.10", Format::Yaml, false).unwrap();
        assert_eq!(hidden, "saved in another spelling");
        assert_eq!(Kind::Str.reading("1.10", Format::Dotenv, true), None);
    }

    #[test]
    fn types_are_offered_in_turn_as_far_as_the_text_allows() {
        assert_eq!(Kind::Str.next("1", Format::Yaml), Kind::Int);
        assert_eq!(Kind::Int.next("1", Format::Yaml), Kind::Float);
        assert_eq!(Kind::Float.next("1", Format::Yaml), Kind::Str);
        assert_eq!(Kind::Str.next("x", Format::Yaml), Kind::Str);
        assert_eq!(Kind::Str.next("1", Format::Dotenv), Kind::Str);
    }
}
