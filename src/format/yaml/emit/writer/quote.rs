//! Double quotes (`yaml-behaviour.md` §4.5).

use super::super::analysis::{is_break, is_special};

/// Appends a text in double quotes; everything that cannot stand for itself becomes an escape. A text that starts with
/// a byte order mark is escaped as a whole, as sops does.
pub(in crate::format::yaml) fn double(text: &str, out: &mut Vec<u8>) {
    let escape_all = text.starts_with('\u{feff}');
    out.push(b'"');
    let mut clean = 0;
    for (at, character) in text.char_indices() {
        let needs_escape = escape_all
            || is_special(character)
            || is_break(character)
            || matches!(character, '"' | '\\' | '\t');
        if needs_escape {
            out.extend_from_slice(text.get(clean..at).unwrap_or_default().as_bytes());
            escape(character, out);
            clean = at + character.len_utf8();
        }
    }
    out.extend_from_slice(text.get(clean..).unwrap_or_default().as_bytes());
    out.push(b'"');
}

fn escape(character: char, out: &mut Vec<u8>) {
    let short = match character {
        '\0' => b'0',
        '\x07' => b'a',
        '\x08' => b'b',
        '\t' => b't',
        '\n' => b'n',
        '\x0b' => b'v',
        '\x0c' => b'f',
        '\r' => b'r',
        '\x1b' => b'e',
        '"' => b'"',
        '\\' => b'\\',
        '\u{85}' => b'N',
        '\u{a0}' => b'_',
        '\u{2028}' => b'L',
        '\u{2029}' => b'P',
        _ => return hexadecimal(u32::from(character), out),
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn hexadecimal(code: u32, out: &mut Vec<u8>) {
    let text = match code {
        0..=0xff => format!("\\x{code:02X}"),
        0x100..=0xffff => format!("\\u{code:04X}"),
        _ => format!("\\U{code:08X}"),
    };
    out.extend_from_slice(text.as_bytes());
}
