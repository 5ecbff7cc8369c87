//! How a key or value is written where another one stood.

use super::source::Source;
use crate::format::yaml::emit::{Allowed, Manner, Scalar, ScalarStyle, double, is_break};
use crate::format::yaml::layout::Form;
use crate::tree::{Key, Leaf};

/// The surroundings of a scalar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// How what stood there was written; plain for something new.
    pub(super) form: Form,
    /// Whether it is inside of brackets or braces.
    pub(super) in_flow: bool,
    /// Whether texts are in double quotes around here, as in JSON.
    pub(super) quoted: bool,
    /// Whether lines below it can be its own.
    pub(super) can_hold_block: bool,
    /// The column of the entry it belongs to.
    pub(super) column: usize,
    /// The column of the text of a literal block.
    pub(super) inner: usize,
}

/// A scalar's text: a part for its line, and lines below it.
pub(super) struct Rendered {
    /// What stands on the line itself.
    pub(super) head: Vec<u8>,
    /// The lines of a literal block, each with its break; `None` for other styles.
    pub(super) body: Option<Vec<u8>>,
}

/// A value.
pub(super) fn value(leaf: &Leaf, setting: Setting, source: Source<'_>) -> Rendered {
    let scalar = Scalar::of_leaf(leaf, Manner::Faithful);
    let is_text = matches!(leaf, Leaf::Text(_));
    let style = if scalar.tag.is_none() && is_text {
        style(&scalar, setting)
    } else if setting.in_flow && scalar.style == ScalarStyle::Literal {
        ScalarStyle::Double
    } else {
        scalar.style
    };
    if style == ScalarStyle::Literal {
        if let Some(rendered) = literal(&scalar, setting, source) {
            return rendered;
        }
        return one_line(&scalar, ScalarStyle::Double);
    }
    one_line(&scalar, style)
}

/// A key that fits on one line; `None` if it does not.
pub(super) fn key(key: Option<&Key>, is_mergeable: bool, setting: Setting) -> Option<Vec<u8>> {
    let scalar = Scalar::of_key(key, Manner::Faithful, is_mergeable);
    if !scalar.is_simple_key() {
        return None;
    }
    let keeps_style = matches!(key, Some(Key::Text(_))) && scalar.tag.is_none() && scalar.text() != "<<";
    let style = if keeps_style {
        style(&scalar, setting)
    } else {
        scalar.style
    };
    Some(one_line(&scalar, style).head)
}

fn style(scalar: &Scalar<'_>, setting: Setting) -> ScalarStyle {
    let text = scalar.text();
    let single = || {
        let is_fine = Allowed::of(text).single && !text.contains(is_break);
        if is_fine {
            ScalarStyle::Single
        } else {
            ScalarStyle::Double
        }
    };
    let natural = scalar.style;
    match setting.form {
        Form::Double => ScalarStyle::Double,
        Form::Single if single() == ScalarStyle::Single => ScalarStyle::Single,
        _ if setting.in_flow => match natural {
            ScalarStyle::Plain if !setting.quoted && !is_hindered_in_flow(text) => ScalarStyle::Plain,
            _ => ScalarStyle::Double,
        },
        _ => natural,
    }
}

/// Whether a text needs quotes because of the brackets around it.
fn is_hindered_in_flow(text: &str) -> bool {
    text.contains(['[', ']', '{', '}', ',', '?', ':', '#'])
}

fn one_line(scalar: &Scalar<'_>, style: ScalarStyle) -> Rendered {
    let text = scalar.text();
    let mut head = Vec::with_capacity(text.len() + 2);
    if let Some(tag) = scalar.tag {
        head.extend_from_slice(tag.as_bytes());
        head.push(b' ');
    }
    match style {
        ScalarStyle::Plain => head.extend_from_slice(text.as_bytes()),
        ScalarStyle::Single if !text.contains(is_break) => {
            head.push(b'\'');
            head.extend_from_slice(text.replace('\'', "''").as_bytes());
            head.push(b'\'');
        }
        ScalarStyle::Single | ScalarStyle::Double | ScalarStyle::Literal => double(text, &mut head),
    }
    Rendered { head, body: None }
}

/// A literal block, unless the text is one that lines around it could change.
fn literal(scalar: &Scalar<'_>, setting: Setting, source: Source<'_>) -> Option<Rendered> {
    let text = scalar.text();
    let ends = text.len() - text.trim_end_matches('\n').len();
    let has_foreign_break = text.contains(|character| is_break(character) && character != '\n');
    if setting.in_flow || !setting.can_hold_block || ends > 1 || ends == text.len() || has_foreign_break {
        return None;
    }
    let mut head = Vec::new();
    if let Some(tag) = scalar.tag {
        head.extend_from_slice(tag.as_bytes());
        head.push(b' ');
    }
    head.push(b'|');
    if scalar.needs_digit() {
        let digit = u8::try_from(setting.inner.checked_sub(setting.column)?).ok()?;
        if !(1..=9).contains(&digit) {
            return None;
        }
        head.push(b'0' + digit);
    }
    if ends == 0 {
        head.push(b'-');
    }
    let mut body = Vec::with_capacity(text.len() + text.len() / 8);
    for line in text.trim_end_matches('\n').split('\n') {
        if !line.is_empty() {
            body.resize(body.len() + setting.inner, b' ');
            body.extend_from_slice(line.as_bytes());
        }
        body.extend_from_slice(source.line_end);
    }
    Some(Rendered {
        head,
        body: Some(body),
    })
}
