//! The types an encrypted text can have, and how their plaintext is read (spec §3). Writing plaintext is
//! [`Leaf::canonical`].

use crate::tree::{Leaf, Secret, Time};
use std::ops::Deref;
use zeroize::Zeroizing;

/// The type of an encrypted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Text; also what old files call `bytes`.
    Str,
    /// An integer.
    Int,
    /// A floating-point number.
    Float,
    /// A boolean.
    Bool,
    /// A point in time.
    Time,
    /// A comment.
    Comment,
}

/// What a plaintext stands for.
pub enum Plain {
    /// A value.
    Leaf(Leaf),
    /// The text of a comment.
    Comment(Secret),
}

/// The bytes of a value that are encrypted and authenticated; copied only where they have to be made.
pub enum Plaintext<'l> {
    /// The bytes of a text.
    Borrowed(&'l [u8]),
    /// The canonical form of another value.
    Made(Zeroizing<Vec<u8>>),
}

impl Deref for Plaintext<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Made(bytes) => bytes,
        }
    }
}

/// The bytes of a value that are encrypted and authenticated.
#[must_use]
pub fn plaintext(leaf: &Leaf) -> Plaintext<'_> {
    match leaf {
        Leaf::Text(text) => Plaintext::Borrowed(text.expose()),
        leaf => Plaintext::Made(leaf.canonical()),
    }
}

impl Kind {
    /// The type of a name found in a file.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"str" | b"bytes" => Self::Str,
            b"int" => Self::Int,
            b"float" => Self::Float,
            b"bool" => Self::Bool,
            b"time" => Self::Time,
            b"comment" => Self::Comment,
            _ => return None,
        })
    }

    /// The name written to files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Time => "time",
            Self::Comment => "comment",
        }
    }

    /// The type of a value; `None` for those that cannot be encrypted: null, and integers beyond 63 bits.
    #[must_use]
    pub const fn of(leaf: &Leaf) -> Option<Self> {
        Some(match leaf {
            Leaf::Null | Leaf::Uint(_) => return None,
            Leaf::Bool(_) => Self::Bool,
            Leaf::Int(_) => Self::Int,
            Leaf::Float(_) => Self::Float,
            Leaf::Time(_) => Self::Time,
            Leaf::Text(_) => Self::Str,
        })
    }

    /// Reads a plaintext of this type; `None` if it is not of this type.
    #[must_use]
    pub fn read(self, plaintext: &[u8]) -> Option<Plain> {
        let text = || std::str::from_utf8(plaintext).ok();
        Some(Plain::Leaf(match self {
            Self::Str => Leaf::Text(Secret::from(plaintext)),
            Self::Comment => return Some(Plain::Comment(Secret::from(plaintext))),
            Self::Int => Leaf::Int(text()?.parse().ok()?),
            Self::Float => Leaf::Float(float(text()?)?),
            Self::Bool => Leaf::Bool(match plaintext {
                b"1" | b"t" | b"T" | b"TRUE" | b"true" | b"True" => true,
                b"0" | b"f" | b"F" | b"FALSE" | b"false" | b"False" => false,
                _ => return None,
            }),
            Self::Time => Leaf::Time(Time::parse_rfc3339(text()?)?),
        }))
    }
}

/// A decimal in any notation, infinity or NaN; numbers too large for the type are refused, as Go does.
fn float(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    let spelled_out = text.bytes().any(|byte| matches!(byte, b'i' | b'I'));
    (number.is_finite() || number.is_nan() || spelled_out).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Plain};
    use crate::tree::Leaf;

    fn leaf(kind: Kind, text: &str) -> Option<Leaf> {
        match kind.read(text.as_bytes())? {
            Plain::Leaf(leaf) => Some(leaf),
            Plain::Comment(_) => None,
        }
    }

    #[test]
    fn plaintexts_of_other_tools_are_read_as_sops_does() {
        for (kind, text, wanted) in [
            (Kind::Int, "+7", Some(Leaf::Int(7))),
            (Kind::Int, "-9223372036854775808", Some(Leaf::Int(i64::MIN))),
            (Kind::Int, "9223372036854775808", None),
            (Kind::Int, "1_0", None),
            (Kind::Int, "", None),
            (Kind::Float, "1e3", Some(Leaf::Float(1000.0))),
            (Kind::Float, "Infinity", Some(Leaf::Float(f64::INFINITY))),
            (Kind::Float, "-inf", Some(Leaf::Float(f64::NEG_INFINITY))),
            (Kind::Float, "nan", Some(Leaf::Float(f64::NAN))),
            (Kind::Float, "1e400", None),
            (Kind::Bool, "T", Some(Leaf::Bool(true))),
            (Kind::Bool, "FALSE", Some(Leaf::Bool(false))),
            (Kind::Bool, "yes", None),
            (Kind::Time, "2001-12-14", None),
        ] {
            assert_eq!(leaf(kind, text), wanted, "{kind:?} {text}");
        }
        assert_eq!(Kind::from_name(b"bytes"), Some(Kind::Str));
        assert_eq!(Kind::from_name(b"secret"), None);
    }
}
