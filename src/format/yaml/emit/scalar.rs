//! The text and style of a key or value (`yaml-behaviour.md` §4.4, §4.5, §5).

use super::analysis::{Allowed, is_break, looks_typed};
use super::{Manner, number};
use crate::tree::{Key, Leaf};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format::yaml) enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `|`
    Literal,
}

enum Text<'t> {
    Borrowed(&'t str),
    Owned(Zeroizing<String>),
}

/// A scalar ready to be written.
pub(in crate::format::yaml) struct Scalar<'t> {
    text: Text<'t>,
    /// The explicit tag, with its `!!`.
    pub tag: Option<&'static str>,
    /// The style sops chooses.
    pub style: Style,
}

/// What sops writes `<<` as, because it takes the string for a merge key.
const MERGE: &str = "!!merge";
const BINARY: &str = "!!binary";
/// Base64 from this length on is broken into lines of this length.
const BASE64_LINE: usize = 70;
/// A key with more bytes, tag included, is written behind a `?`.
const SIMPLE_KEY: usize = 128;

impl<'t> Scalar<'t> {
    /// A value.
    pub(in crate::format::yaml) fn of_leaf(leaf: &'t Leaf, manner: Manner) -> Self {
        match leaf {
            Leaf::Null => Self::plain("null"),
            Leaf::Bool(true) => Self::plain("true"),
            Leaf::Bool(false) => Self::plain("false"),
            Leaf::Int(number) => Self::owned(number.to_string()),
            Leaf::Uint(number) => Self::owned(number.to_string()),
            Leaf::Float(number) => Self::of_float(*number, manner),
            Leaf::Time(time) => Self::owned(time.to_string()),
            Leaf::Text(text) => match text.expose() {
                b"<<" if manner == Manner::Faithful => Self::quoted("<<"),
                bytes => Self::of_bytes(bytes),
            },
        }
    }

    /// The sign of zero would be lost in the form of sops, and change what is authenticated.
    fn of_float(number: f64, manner: Manner) -> Self {
        let is_negative_zero = number == 0.0 && number.is_sign_negative();
        Self::owned(match manner {
            Manner::Readable if is_negative_zero => number::typed_float(number),
            Manner::Sops | Manner::Readable => number::float(number),
            Manner::Faithful => number::typed_float(number),
        })
    }

    /// A key. `is_mergeable` tells whether its value is one that a merge key can have.
    pub(in crate::format::yaml) fn of_key(key: Option<&'t Key>, manner: Manner, is_mergeable: bool) -> Self {
        match (key, manner) {
            (None, _) => Self::plain("null"),
            (Some(Key::Scalar(leaf)), _) => Self::of_leaf(leaf, manner),
            (Some(Key::Text(bytes)), Manner::Sops) => Self::of_bytes(bytes),
            (Some(Key::Text(bytes)), _) => match bytes.as_ref() {
                b"<<" if !is_mergeable => Self::quoted("<<"),
                b"<<" if manner == Manner::Faithful => Self::plain("<<"),
                bytes => Self::of_bytes(bytes),
            },
        }
    }

    fn quoted(text: &'t str) -> Self {
        Self {
            style: Style::Double,
            ..Self::plain(text)
        }
    }

    fn of_bytes(bytes: &'t [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok("<<") => Self {
                tag: Some(MERGE),
                ..Self::plain("<<")
            },
            Ok(text) => Self {
                style: style_of(text),
                ..Self::plain(text)
            },
            Err(_) => Self::binary(bytes),
        }
    }

    fn plain(text: &'t str) -> Self {
        Self {
            text: Text::Borrowed(text),
            tag: None,
            style: Style::Plain,
        }
    }

    fn owned(text: String) -> Self {
        Self {
            text: Text::Owned(Zeroizing::new(text)),
            tag: None,
            style: Style::Plain,
        }
    }

    fn binary(bytes: &[u8]) -> Self {
        let packed = Zeroizing::new(STANDARD.encode(bytes));
        let (text, style) = if packed.len() < BASE64_LINE {
            (packed, Style::Plain)
        } else {
            let mut lines = Zeroizing::new(String::with_capacity(
                packed.len() + packed.len() / BASE64_LINE + 1,
            ));
            for (at, character) in packed.char_indices() {
                lines.push(character);
                if (at + 1).is_multiple_of(BASE64_LINE) {
                    lines.push('\n');
                }
            }
            if !lines.ends_with('\n') {
                lines.push('\n');
            }
            (lines, Style::Literal)
        };
        Self {
            text: Text::Owned(text),
            tag: Some(BINARY),
            style,
        }
    }

    /// The text, before quoting.
    pub(in crate::format::yaml) fn text(&self) -> &str {
        match &self.text {
            Text::Borrowed(text) => text,
            Text::Owned(text) => text,
        }
    }

    /// Whether it can be a key without `?`.
    pub(in crate::format::yaml) fn is_simple_key(&self) -> bool {
        self.text().len() + self.tag.map_or(0, str::len) <= SIMPLE_KEY && !self.text().contains(is_break)
    }

    /// Whether a literal block needs a digit in its header.
    pub(in crate::format::yaml) fn needs_digit(&self) -> bool {
        self.text()
            .starts_with(|first: char| first == ' ' || is_break(first))
    }
}

/// The style sops writes a text in.
fn style_of(text: &str) -> Style {
    let allowed = Allowed::of(text);
    if text.contains('\n') {
        return if allowed.literal {
            Style::Literal
        } else {
            Style::Double
        };
    }
    if looks_typed(text) {
        return Style::Double;
    }
    match allowed {
        Allowed { plain: true, .. } => Style::Plain,
        Allowed { single: true, .. } => Style::Single,
        _ => Style::Double,
    }
}
