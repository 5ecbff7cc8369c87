//! Keys, values and comments as sops writes them into INI.

use super::blank::trimmed;

/// Writes a key, in quotes where it needs them.
pub(super) fn key(out: &mut Vec<u8>, name: &[u8]) {
    let quote = key_quote(name);
    out.extend_from_slice(quote);
    out.extend_from_slice(name);
    out.extend_from_slice(quote);
}

/// The bytes of a key with its quotes.
pub(super) fn key_width(name: &[u8]) -> usize {
    name.len() + 2 * key_quote(name).len()
}

fn key_quote(name: &[u8]) -> &'static [u8] {
    if name.iter().any(|byte| matches!(byte, b'"' | b'=' | b':')) {
        b"`"
    } else if name.contains(&b'`') {
        b"\"\"\""
    } else {
        b""
    }
}

/// Writes a value, in quotes where it needs them.
pub(super) fn value(out: &mut Vec<u8>, text: &[u8]) {
    let quote: &[u8] = if text.iter().any(|byte| matches!(byte, b'\n' | b'`')) {
        b"\"\"\""
    } else if text.iter().any(|byte| matches!(byte, b'#' | b';')) {
        b"`"
    } else if trimmed(text).len() < text.len() {
        b"\""
    } else {
        b""
    };
    out.extend_from_slice(quote);
    out.extend_from_slice(text);
    out.extend_from_slice(quote);
}

/// Whether a key certainly reads back when it is written bare.
pub(super) fn is_plain_key(name: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    name.first().is_some_and(is_word)
        && name.last().is_some_and(is_word)
        && name
            .iter()
            .all(|byte| is_word(byte) || matches!(byte, b'-' | b' ' | b'/'))
}

/// Whether a value certainly reads back when it is written bare.
pub(super) fn is_plain_value(text: &[u8]) -> bool {
    let is_odd = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'#' | b';');
    !text.iter().any(is_odd) && !text.ends_with(b"\\") && trimmed(text).len() == text.len()
}

/// Whether a written value ends where its quotes do, so that a comment cannot follow it on the line.
pub(super) fn bars_comment(written: &[u8]) -> bool {
    written.starts_with(b"`") || written.starts_with(b"\"\"\"")
}

/// Writes a comment as lines: `; text`, or with the mark a line begins with. `trim` is what sops does above keys, but
/// not above sections. An empty line, on which sops crashes or which it loses, becomes a bare mark.
pub(super) fn comment(out: &mut Vec<u8>, text: &[u8], trim: bool, indentation: &[u8], newline: &[u8]) {
    for line in text.split(|byte| *byte == b'\n') {
        out.extend_from_slice(indentation);
        match line.split_first() {
            None => out.push(b';'),
            Some((mark @ (b'#' | b';'), rest)) => {
                out.extend_from_slice(&[*mark, b' ']);
                out.extend_from_slice(trimmed(rest));
            }
            Some(_) => {
                out.extend_from_slice(b"; ");
                out.extend_from_slice(if trim { trimmed(line) } else { line });
            }
        }
        out.extend_from_slice(newline);
    }
}

/// How many bytes at the start of a comment are its mark, with all marks and blanks that follow.
pub(super) fn mark_length(comment: &[u8]) -> usize {
    match comment.first() {
        Some(mark @ (b'#' | b';')) => comment
            .iter()
            .take_while(|byte| *byte == mark || **byte == b' ')
            .count(),
        _ => 0,
    }
}
