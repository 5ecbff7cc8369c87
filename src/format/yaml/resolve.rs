//! From the text of a scalar to its type (`yaml-behaviour.md` §2.2, §2.3).

mod number;
mod timestamp;

use crate::tree::{Leaf, Secret};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, PAD};

/// Standard alphabet with padding; what is left over in the last character is not looked at, as in sops.
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, PAD.with_decode_allow_trailing_bits(true));

/// What an untagged plain scalar means.
#[must_use]
pub fn plain(text: &str) -> Leaf {
    typed(text).unwrap_or_else(|| Leaf::text(text))
}

/// What a scalar with an explicit tag means; `tag` after expansion of its handle (`tag:yaml.org,2002:int`, `!x`, `!`).
/// `None` when the text does not fit the tag.
#[must_use]
pub fn tagged(tag: &str, text: &str, is_plain: bool) -> Option<Leaf> {
    if tag == "!" {
        return Some(if is_plain { plain(text) } else { Leaf::text(text) });
    }
    let leaf = match tag.strip_prefix("tag:yaml.org,2002:") {
        Some("binary") => return binary(text),
        Some("timestamp") => Leaf::Time(timestamp::read(text)?),
        Some("bool") => word(text).filter(|leaf| matches!(leaf, Leaf::Bool(_)))?,
        Some("null") => word(text).filter(|leaf| matches!(leaf, Leaf::Null))?,
        Some("int") => untimed(text).filter(|leaf| matches!(leaf, Leaf::Int(_) | Leaf::Uint(_)))?,
        Some("float") => float(untimed(text)?)?,
        _ => Leaf::text(text),
    };
    Some(leaf)
}

/// What an untagged plain scalar means when it is no text.
#[must_use]
pub fn typed(text: &str) -> Option<Leaf> {
    let timestamp = || match text.as_bytes().first() {
        Some(b'0'..=b'9') => timestamp::read(text).map(Leaf::Time),
        _ => None,
    };
    word(text).or_else(timestamp).or_else(|| number::read(text))
}

fn untimed(text: &str) -> Option<Leaf> {
    word(text).or_else(|| number::read(text))
}

/// An integer may stand under `!!float`, if it is in `i64`.
fn float(leaf: Leaf) -> Option<Leaf> {
    match leaf {
        Leaf::Float(number) => Some(Leaf::Float(number)),
        #[allow(clippy::cast_precision_loss)] // the loss is what sops does
        Leaf::Int(number) => Some(Leaf::Float(number as f64)),
        _ => None,
    }
}

fn word(text: &str) -> Option<Leaf> {
    Some(match text {
        "true" | "True" | "TRUE" => Leaf::Bool(true),
        "false" | "False" | "FALSE" => Leaf::Bool(false),
        "" | "~" | "null" | "Null" | "NULL" => Leaf::Null,
        ".nan" | ".NaN" | ".NAN" => Leaf::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Leaf::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Leaf::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

fn binary(text: &str) -> Option<Leaf> {
    let packed: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    BASE64
        .decode(packed)
        .ok()
        .map(|bytes| Leaf::Text(Secret::new(bytes)))
}

#[cfg(test)]
mod tests {
    use super::{plain, tagged};
    use crate::tree::Leaf;

    const CORE: &str = "tag:yaml.org,2002:";

    fn core(tag: &str, text: &str) -> Option<Leaf> {
        tagged(&format!("{CORE}{tag}"), text, false)
    }

    #[test]
    fn only_the_listed_spellings_of_words_count() {
        for text in ["null", "Null", "NULL", "~", ""] {
            assert_eq!(plain(text), Leaf::Null, "{text}");
        }
        for text in [
            "nULL", "tRUE", "yes", "on", "y", ".iNF", "-.nan", ".Nan", "<<", "=",
        ] {
            assert_eq!(plain(text), Leaf::text(text), "{text}");
        }
        assert_eq!(plain("True"), Leaf::Bool(true));
        assert_eq!(plain("-.Inf"), Leaf::Float(f64::NEG_INFINITY));
        assert!(matches!(plain(".NaN"), Leaf::Float(number) if number.is_nan()));
    }

    #[test]
    fn an_explicit_tag_must_fit_the_text() {
        assert_eq!(core("int", "12"), Some(Leaf::Int(12)));
        assert_eq!(core("int", "1.5"), None);
        assert_eq!(core("int", "2026-11-22"), None);
        assert_eq!(core("float", "3"), Some(Leaf::Float(3.0)));
        assert_eq!(core("float", "18446744073709551615"), None);
        assert_eq!(core("bool", "true"), Some(Leaf::Bool(true)));
        assert_eq!(core("bool", "yes"), None);
        assert_eq!(core("null", ""), Some(Leaf::Null));
        assert_eq!(core("str", "12"), Some(Leaf::text("12")));
        assert_eq!(core("timestamp", "12"), None);
        assert!(matches!(core("timestamp", "2026-11-22"), Some(Leaf::Time(_))));
    }

    #[test]
    fn foreign_tags_leave_a_text() {
        for tag in ["!x", "tag:yaml.org,2002:set", "tag:yaml.org,2002:merge"] {
            assert_eq!(tagged(tag, "42", true), Some(Leaf::text("42")), "{tag}");
        }
        assert_eq!(tagged("!", "42", true), Some(Leaf::Int(42)));
        assert_eq!(tagged("!", "42", false), Some(Leaf::text("42")));
    }

    #[test]
    fn binary_values_ignore_line_breaks_only() {
        assert_eq!(core("binary", "aGVs\nbG8="), Some(Leaf::text("hello")));
        assert_eq!(core("binary", "aGVsbG8"), None);
        assert_eq!(core("binary", "aGVs bG8="), None);
    }
}
