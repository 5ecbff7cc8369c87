//! Types of values as the editor shows and keeps them, and which of them a typed text can have.

use crate::format::Format;
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
            Self::Int => word
                .parse()
                .map(Leaf::Int)
                .or_else(|_| word.parse().map(Leaf::Uint))
                .ok()?,
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
            Self::Time => Leaf::Time(Time::parse_rfc3339(word)?),
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

    /// The type other than text that a text looks like, as YAML would take it without quotes.
    #[must_use]
    pub fn looks_like(text: &str, format: Format) -> Option<Self> {
        [Self::Int, Self::Float, Self::Bool, Self::Null]
            .into_iter()
            .find(|kind| !text.is_empty() && kind.fits(format) && kind.read(text).is_some())
    }
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
    fn types_are_offered_in_turn_as_far_as_the_text_allows() {
        assert_eq!(Kind::Str.next("1", Format::Yaml), Kind::Int);
        assert_eq!(Kind::Int.next("1", Format::Yaml), Kind::Float);
        assert_eq!(Kind::Float.next("1", Format::Yaml), Kind::Str);
        assert_eq!(Kind::Str.next("x", Format::Yaml), Kind::Str);
        assert_eq!(Kind::Str.next("1", Format::Dotenv), Kind::Str);
    }
}
