//! Values and their canonical bytes.

use super::{Secret, Time};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A value. Every variant is wiped when dropped, and `Debug` shows the type only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub enum Leaf {
    /// Null; never encrypted, never authenticated.
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer in `2^63 .. 2^64`, which YAML can read and the format cannot encrypt (spec §3).
    Uint(u64),
    /// A floating-point number.
    Float(f64),
    /// A YAML timestamp.
    Time(#[zeroize(skip)] Time),
    /// A text, or bytes that are not UTF-8.
    Text(Secret),
}

impl Leaf {
    /// A text value.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Secret::from(text))
    }

    /// The bytes that are encrypted and authenticated (spec §3). Empty for null.
    #[must_use]
    pub fn canonical(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Null => Vec::new(),
            Self::Bool(true) => b"True".to_vec(),
            Self::Bool(false) => b"False".to_vec(),
            Self::Int(number) => number.to_string().into_bytes(),
            Self::Uint(number) => number.to_string().into_bytes(),
            Self::Float(number) => canonical_float(*number).into_bytes(),
            Self::Time(time) => time.to_string().into_bytes(),
            Self::Text(text) => text.expose().to_vec(),
        })
    }

    /// The name of the type for people: `str`, `int`, `float`, `bool`, `null`, `time`, `bytes` (text that is not
    /// UTF-8).
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Uint(_) => "int",
            Self::Float(_) => "float",
            Self::Time(_) => "time",
            Self::Text(text) if text.expose_str().is_none() => "bytes",
            Self::Text(_) => "str",
        }
    }
}

/// Shortest decimal that round-trips, never with an exponent (spec §3).
fn canonical_float(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        format!("{number}")
    }
}

/// Typed equality: `1`, `1.0` and `"1"` differ; floats are compared by their bits, so a NaN equals itself and
/// `-0.0` differs from `0.0`.
impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Uint(a), Self::Uint(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Time(a), Self::Time(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Leaf({})", self.type_name())
    }
}

#[cfg(test)]
mod tests {
    use super::{Leaf, Secret, Time};

    #[test]
    fn floats_are_encrypted_without_exponent_as_sops_does() {
        for (number, text) in [
            (1.5, "1.5"),
            (1.0, "1"),
            (1e21, "1000000000000000000000"),
            (1e-7, "0.0000001"),
            (-0.0, "-0"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(
                Leaf::Float(number).canonical().as_slice(),
                text.as_bytes(),
                "{number}"
            );
        }
        assert_eq!(Leaf::Float(5e-324).canonical().len(), 326);
    }

    /// One of each, and what it is called.
    fn leaves() -> [(Leaf, &'static str, &'static str); 9] {
        [
            (Leaf::Null, "null", ""),
            (Leaf::Bool(true), "bool", "True"),
            (Leaf::Bool(false), "bool", "False"),
            (Leaf::Int(-7), "int", "-7"),
            (Leaf::Uint(u64::MAX), "int", "18446744073709551615"),
            (Leaf::Float(1.5), "float", "1.5"),
            (Leaf::Time(Time::from_unix(0)), "time", "1970-01-01T00:00:00Z"),
            (Leaf::text("a"), "str", "a"),
            (Leaf::text("b"), "str", "b"),
        ]
    }

    #[test]
    fn every_type_has_its_name_and_its_canonical_text() {
        for (leaf, name, text) in leaves() {
            assert_eq!(leaf.type_name(), name);
            assert_eq!(leaf.canonical().as_slice(), text.as_bytes(), "{name}");
        }
        assert_eq!(Leaf::Text(Secret::from(&b"\xff"[..])).type_name(), "bytes");
    }

    #[test]
    fn a_value_equals_itself_and_no_other() {
        for (i, (one, ..)) in leaves().iter().enumerate() {
            for (j, (other, ..)) in leaves().iter().enumerate() {
                assert_eq!(one == other, i == j, "{i} {j}");
            }
        }
        assert_eq!(Leaf::Float(f64::NAN), Leaf::Float(f64::NAN));
        assert_ne!(Leaf::Float(0.0), Leaf::Float(-0.0));
        assert_ne!(Leaf::Int(1), Leaf::Float(1.0));
    }

    #[test]
    fn debug_output_never_shows_a_value() {
        assert_eq!(
            format!("{:?} {:?}", Leaf::text("hunter2"), Leaf::Int(42)),
            "Leaf(str) Leaf(int)"
        );
    }
}
