//! Whether a text is an encrypted file, and of which format: by its `sops` block, not by its name.
//!
//! One pass over the bytes, without building a tree. Whether the block is sound is not asked here.

use super::Format;
use memchr::memmem;
use std::borrow::Cow;

/// Fields of which every `sops` block has one.
const FIELDS: [&str; 3] = ["mac", "version", "lastmodified"];

/// The format of an encrypted text; `by_name` ([`Format::from_path`]) is tried first and decides between JSON that is
/// YAML, JSON, or the sealed form of a binary file. `None` for plain texts.
#[must_use]
pub fn sealed_format(bytes: &[u8], by_name: Format) -> Option<Format> {
    let text = narrow(bytes);
    memmem::find(&text, b"sops")?;
    let object = Object::of(&text);
    let is = |format: Format| match format {
        Format::Json => object.has_block,
        Format::Binary => object.has_block && object.is_binary,
        Format::Yaml => object.has_block || has_yaml_block(&text),
        Format::Dotenv => has_dotenv_block(&text),
        Format::Ini => has_ini_block(&text),
    };
    let rest = [Format::Json, Format::Dotenv, Format::Ini, Format::Yaml];
    std::iter::once(by_name).chain(rest).find(|format| is(*format))
}

/// The text in one byte a character where it is UTF-16, which YAML may be; all that is looked for is ASCII.
fn narrow(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => {
            Cow::Owned(rest.iter().copied().filter(|byte| *byte != 0).collect())
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        _ => Cow::Borrowed(bytes),
    }
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|byte| *byte == b'\n');
    lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Whether a line behind white space or a prefix gives one of the fields.
fn is_field(line: &[u8], prefix: &str, signs: &[u8]) -> bool {
    let Some(line) = line.trim_ascii_start().strip_prefix(prefix.as_bytes()) else {
        return false;
    };
    FIELDS.iter().any(|field| {
        let rest = line.strip_prefix(field.as_bytes());
        let sign = rest.and_then(|rest| rest.trim_ascii_start().first());
        sign.is_some_and(|sign| signs.contains(sign))
    })
}

fn has_dotenv_block(text: &[u8]) -> bool {
    lines(text).any(|line| line.starts_with(b"sops_") && is_field(line, "sops_", b"="))
}

fn has_ini_block(text: &[u8]) -> bool {
    lines(text)
        .skip_while(|line| !line.trim_ascii_start().starts_with(b"[sops]"))
        .skip(1)
        .take_while(|line| !line.trim_ascii_start().starts_with(b"["))
        .any(|line| is_field(line, "", b"=:"))
}

/// A block at the top level of a YAML document in block style.
fn has_yaml_block(text: &[u8]) -> bool {
    let is_key = |line: &[u8]| {
        [b"sops:".as_slice(), b"\"sops\":", b"'sops':"]
            .iter()
            .any(|key| line.starts_with(key))
    };
    let mut rest = lines(text).skip_while(|line| !is_key(line));
    let Some(first) = rest.next() else {
        return false;
    };
    let flow = memchr::memchr(b'{', first).and_then(|at| first.get(at + 1..));
    if let Some(flow) = flow {
        let mut parts = flow.split(|byte| matches!(byte, b',' | b'{'));
        if parts.any(|part| is_field(part, "", b":") || is_field(part, "\"", b"\"")) {
            return true;
        }
    }
    rest.take_while(|line| line.is_empty() || line.starts_with(b" ") || line.starts_with(b"#"))
        .any(|line| is_field(line, "", b":") || is_field(line, "\"", b"\""))
}

/// What is to be known of a text that begins with a JSON object.
#[derive(Default)]
struct Object {
    /// Whether there is a map under the top-level key `sops`.
    has_block: bool,
    /// Whether `data` and `sops` are the only keys.
    is_binary: bool,
}

impl Object {
    /// Looks at the strings that are keys of the outermost object.
    fn of(text: &[u8]) -> Self {
        let mut object = Self {
            has_block: false,
            is_binary: true,
        };
        let mut rest = text.trim_ascii_start();
        if rest.first() != Some(&b'{') {
            return Self::default();
        }
        let mut depth = 0usize;
        let mut is_key = false;
        while let Some((byte, tail)) = rest.split_first() {
            rest = tail;
            match byte {
                b'{' | b'[' => {
                    depth += 1;
                    is_key = depth == 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                b',' => is_key = depth == 1,
                b'"' => {
                    let (string, after) = split_string(tail);
                    rest = after;
                    if std::mem::take(&mut is_key) {
                        object.has_block |= string == b"sops" && opens_map(after);
                        object.is_binary &= matches!(string, b"sops" | b"data");
                    }
                }
                _ => {}
            }
        }
        object
    }
}

/// The string up to its closing quote, and what follows that.
fn split_string(text: &[u8]) -> (&[u8], &[u8]) {
    let mut from = 0;
    while let Some(found) = text
        .get(from..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        let at = from + found;
        if text.get(at) == Some(&b'"') {
            return (
                text.get(..at).unwrap_or_default(),
                text.get(at + 1..).unwrap_or_default(),
            );
        }
        from = at + 2;
    }
    (text, &[])
}

fn opens_map(after_key: &[u8]) -> bool {
    let value = after_key.trim_ascii_start().strip_prefix(b":");
    value.is_some_and(|value| value.trim_ascii_start().starts_with(b"{"))
}

#[cfg(test)]
mod tests {
    use super::sealed_format;
    use crate::format::Format;

    #[test]
    fn encrypted_files_are_known_by_their_block() {
        for (text, format) in [
            ("a: 1\nsops:\n    mac: ENC[x]\n", Format::Yaml),
            ("a: 1\r\n'sops':\r\n  version: 3\r\n", Format::Yaml),
            ("sops: {mac: x}\n", Format::Yaml),
            ("{\"a\": \"\\\"\", \"sops\" : {\"mac\": \"\"}}", Format::Json),
            ("A=1\nsops_mac=x\n", Format::Dotenv),
            ("[a]\nk = v\n[sops]\nmac = x", Format::Ini),
        ] {
            for name in [Format::Binary, Format::Yaml, Format::Dotenv, Format::Ini] {
                let expected = if (format, name) == (Format::Json, Format::Yaml) {
                    Format::Yaml
                } else {
                    format
                };
                assert_eq!(sealed_format(text.as_bytes(), name), Some(expected), "{text}");
            }
        }
        let binary = b"{\"data\":\"ENC[x]\",\"sops\":{}}";
        assert_eq!(sealed_format(binary, Format::Binary), Some(Format::Binary));
        assert_eq!(sealed_format(binary, Format::Json), Some(Format::Json));
    }

    #[test]
    fn plain_files_are_not_taken_for_encrypted_ones() {
        for text in [
            "",
            "sops: 1\n",
            "a:\n  sops:\n    mac: x\n",
            "{\"a\": {\"sops\": {\"mac\": 1}}}",
            "{\"a\": \"sops\", \"b\": \"{\\\"sops\\\":{}}\"}",
            "{\"sops\": 1}",
            "sops=1\nsops_x=2\n",
            "[sops]\n[x]\nmac = 1\n",
            "{\"sops",
            "{\"sops\\",
        ] {
            assert_eq!(sealed_format(text.as_bytes(), Format::Yaml), None, "{text}");
        }
    }

    #[test]
    fn utf16_is_looked_through() {
        let text: Vec<u8> = "\u{feff}a: 1\nsops:\n  mac: x\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(sealed_format(&text, Format::Yaml), Some(Format::Yaml));
    }
}
