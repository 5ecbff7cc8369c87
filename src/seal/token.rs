//! The text form of an encrypted value: `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]` (spec §2.2).
//!
//! Reading takes exactly what the greedy expression of sops takes, in linear time. What the fields decrypt to does not
//! belong here.

use super::kind::Kind;
use crate::tree::Leaf;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::{memchr, memrchr};

const PREFIX: &[u8] = b"ENC[AES256_GCM,data:";

/// Standard base64 as Go reads it: padding is required, unused bits of the last character may be set.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The four fields of an encrypted text, still encoded.
#[derive(Clone, Copy)]
pub struct Token<'t> {
    /// The ciphertext in base64.
    pub data: &'t [u8],
    /// The nonce in base64.
    pub nonce: &'t [u8],
    /// The tag in base64.
    pub tag: &'t [u8],
    /// The name of the type; not authenticated.
    pub kind: &'t [u8],
    /// Whether nothing follows the closing bracket.
    pub exact: bool,
}

impl<'t> Token<'t> {
    /// Reads a text; `None` if it does not have the form. Text after the last `]` of the first line is ignored.
    #[must_use]
    pub fn parse(text: &'t [u8]) -> Option<Self> {
        let fields = text.strip_prefix(PREFIX)?;
        let line = memchr(b'\n', fields).map_or(Some(fields), |end| fields.get(..end))?;
        let bracket = memrchr(b']', line)?;
        let (rest, kind) = split_last(line.get(..bracket)?, b",type:")?;
        let (rest, tag) = split_last(rest, b",tag:")?;
        let (data, nonce) = split_last(rest, b",iv:")?;
        (!data.is_empty()).then_some(Self {
            data,
            nonce,
            tag,
            kind,
            exact: bracket + 1 == fields.len(),
        })
    }
}

/// Whether a value has the form of an encrypted one.
#[must_use]
pub fn looks_encrypted(value: &Leaf) -> bool {
    matches!(value, Leaf::Text(text) if Token::parse(text.expose()).is_some())
}

/// The text of an encrypted comment that stands in a list as an item, the way sops writes it.
#[must_use]
pub fn list_comment(item: &Leaf) -> Option<&[u8]> {
    let Leaf::Text(text) = item else { return None };
    let text = text.expose();
    Token::parse(text)
        .filter(|token| token.kind == b"comment")
        .map(|_| text)
}

/// Splits at the last `mark` that at least one byte follows.
fn split_last<'t>(text: &'t [u8], mark: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let mut end = text.len();
    loop {
        let comma = memrchr(b',', text.get(..end)?)?;
        match text.get(comma..)?.strip_prefix(mark) {
            Some(field) if !field.is_empty() => return Some((text.get(..comma)?, field)),
            _ => end = comma,
        }
    }
}

/// Decodes a field into the front of `buffer`, which must have room for [`room`] bytes; gives the length.
#[must_use]
pub fn decode(field: &[u8], buffer: &mut [u8]) -> Option<usize> {
    if memchr(b'\r', field).is_none() {
        return BASE64.decode_slice(field, buffer).ok();
    }
    let kept: Vec<u8> = field.iter().copied().filter(|byte| *byte != b'\r').collect();
    BASE64.decode_slice(kept, buffer).ok()
}

/// How many bytes decoding a field may need.
#[must_use]
pub const fn room(field: &[u8]) -> usize {
    field.len().div_ceil(4) * 3
}

/// Writes the text form.
#[must_use]
pub fn write(ciphertext: &[u8], nonce: &[u8; 32], tag: &[u8; 16], kind: Kind) -> Vec<u8> {
    const NONCE: usize = 44;
    const TAG: usize = 24;
    const MARKS: usize = ",iv:,tag:,type:]".len();
    let kind = kind.name().as_bytes();
    let data = ciphertext.len().div_ceil(3) * 4;
    let mut text = Vec::with_capacity(PREFIX.len() + data + NONCE + TAG + MARKS + kind.len());
    text.extend_from_slice(PREFIX);
    append(&mut text, ciphertext, data);
    text.extend_from_slice(b",iv:");
    append(&mut text, nonce, NONCE);
    text.extend_from_slice(b",tag:");
    append(&mut text, tag, TAG);
    text.extend_from_slice(b",type:");
    text.extend_from_slice(kind);
    text.push(b']');
    text
}

/// Appends `bytes` in base64, which takes `length` characters.
fn append(text: &mut Vec<u8>, bytes: &[u8], length: usize) {
    let start = text.len();
    text.resize(start + length, b'=');
    if let Some(place) = text.get_mut(start..) {
        // The place has exactly the length of the encoding, so nothing can fail.
        let _ = BASE64.encode_slice(bytes, place);
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, decode, list_comment, looks_encrypted, room, write};
    use crate::seal::kind::Kind;
    use crate::tree::Leaf;
    use proptest::prelude::*;

    fn fields(text: &str) -> Option<[&str; 4]> {
        let token = Token::parse(text.as_bytes())?;
        Some(
            [token.data, token.nonce, token.tag, token.kind].map(|field| std::str::from_utf8(field).unwrap()),
        )
    }

    #[test]
    fn texts_are_taken_apart_as_the_greedy_expression_of_sops_does() {
        for (text, wanted) in [
            (
                "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]",
                Some(["a", "b", "c", "str"]),
            ),
            (
                "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str] trailing",
                Some(["a", "b", "c", "str"]),
            ),
            (
                "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]x]",
                Some(["a", "b", "c", "str]x"]),
            ),
            (
                "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]\n]",
                Some(["a", "b", "c", "str"]),
            ),
            (
                "ENC[AES256_GCM,data:a,iv:x,iv:b,tag:c,type:str]",
                Some(["a,iv:x", "b", "c", "str"]),
            ),
            (
                "ENC[AES256_GCM,data:a,iv:b,tag:c,type:x,type:]",
                Some(["a", "b", "c", "x,type:"]),
            ),
            (
                "ENC[AES256_GCM,data:a,iv:b,tag:c,tag:,type:str]",
                Some(["a", "b", "c,tag:", "str"]),
            ),
            ("ENC[AES256_GCM,data:,iv:b,tag:c,type:str]", None),
            ("ENC[AES256_GCM,data:a,iv:,tag:c,type:str]", None),
            ("ENC[AES256_GCM,data:a,iv:b,tag:,type:str]", None),
            ("ENC[AES256_GCM,data:a,iv:b,tag:c,type:]", None),
            ("ENC[AES256_GCM,data:a,iv:b,tag:c,type:str", None),
            ("ENC[AES256_GCM,data:a\n,iv:b,tag:c,type:str]", None),
            (" ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]", None),
            ("ENC[AES128_GCM,data:a,iv:b,tag:c,type:str]", None),
            ("", None),
        ] {
            assert_eq!(fields(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn an_item_is_a_comment_by_its_type_only() {
        let token = |kind: &str| Leaf::text(&format!("ENC[AES256_GCM,data:a,iv:b,tag:c,type:{kind}]"));
        let comment = token("comment");
        assert_eq!(list_comment(&comment).map(<[u8]>::len), Some(46));
        assert!(looks_encrypted(&comment) && looks_encrypted(&token("str")));
        for other in [token("str"), Leaf::text("comment"), Leaf::Int(1)] {
            assert_eq!(list_comment(&other), None);
        }
        assert!(!looks_encrypted(&Leaf::text("ENC[")) && !looks_encrypted(&Leaf::Null));
    }

    #[test]
    fn carriage_returns_inside_base64_are_ignored() {
        let mut buffer = [0; 8];
        assert_eq!(decode(b"YWJ\rj", &mut buffer), Some(3));
        assert_eq!(&buffer[..3], b"abc");
        assert_eq!(decode(b"YWJj\n", &mut buffer), None);
        assert_eq!(decode(b"YQ", &mut buffer), None);
    }

    proptest! {
        #[test]
        fn parsing_agrees_with_the_expression_itself(text in "(ENC\\[AES256_GCM,data:)?([a,\\]\n]|,iv:|,tag:|,type:|str){0,24}") {
            let expression = regex::Regex::new(r"^ENC\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\]").unwrap();
            let wanted = expression.captures(&text).map(|found| [1, 2, 3, 4].map(|group| found.get(group).unwrap().as_str()));
            prop_assert_eq!(fields(&text), wanted);
        }

        #[test]
        fn what_is_written_is_read_back(data in proptest::collection::vec(any::<u8>(), 1..80), nonce: [u8; 32], tag: [u8; 16]) {
            let text = write(&data, &nonce, &tag, Kind::Int);
            prop_assert_eq!(text.len(), text.capacity());
            let token = Token::parse(&text).unwrap();
            prop_assert!(token.exact);
            prop_assert_eq!(token.kind, b"int");
            let mut buffer = vec![0; room(token.data)];
            let length = decode(token.data, &mut buffer).unwrap();
            prop_assert_eq!(&buffer[..length], &data[..]);
        }
    }
}
