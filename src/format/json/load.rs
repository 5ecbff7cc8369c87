//! From a JSON text to a tree and its layout.

use super::scan::Scanner;
use super::{Layout, MAX_DEPTH, Span};
use crate::format::LoadError;
use crate::tree::{Body, Key, Leaf, NodeId, Secret, Tree};
use std::borrow::Cow;
use std::ops::Range;

/// Reads the first object of a text; what follows it is ignored, as sops does.
///
/// # Errors
/// When the text does not begin with a complete object, or nests too deep.
pub fn load(bytes: &[u8]) -> Result<(Tree, Layout), LoadError> {
    let mut loader = Loader {
        scanner: Scanner::new(bytes),
        tree: Tree::new(),
        spans: Vec::new(),
        open: Vec::new(),
    };
    loader.document()?;
    let spans = loader.spans;
    Ok((loader.tree, Layout { spans }))
}

/// Whether nothing but white space stands behind the object of a text that was read.
///
/// # Errors
/// Where something does.
pub fn ends(bytes: &[u8], layout: &Layout, root: NodeId) -> Result<(), LoadError> {
    let end = layout.span(root).map_or(0, Span::end);
    let rest = bytes.get(end..).unwrap_or_default();
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let Some(behind) = rest.iter().position(|byte| !is_space(byte)) else {
        return Ok(());
    };
    let before = bytes.get(..end + behind).unwrap_or_default();
    Err(LoadError::Syntax {
        problem: "there is text behind the object",
        line: Some(1 + memchr::memchr_iter(b'\n', before).count()),
    })
}

struct Loader<'s> {
    scanner: Scanner<'s>,
    tree: Tree,
    spans: Vec<Span>,
    /// Maps (`true`) and lists around the next token.
    open: Vec<(NodeId, bool)>,
}

impl Loader<'_> {
    fn document(&mut self) -> Result<(), LoadError> {
        match self.scanner.next_token() {
            Some(b'{') => {}
            Some(b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                return Err(LoadError::Content {
                    problem: "the top level must be an object",
                    line: Some(self.scanner.line()),
                });
            }
            Some(_) => return Err(self.scanner.error("this is no JSON value")),
            None => return Err(self.scanner.error("there is no JSON value")),
        }
        let start = self.scanner.offset();
        let root = self.tree.push_document();
        self.spans.push(Span {
            key: start..start,
            value: start..start,
        });
        self.enter(root, true)?;
        while let Some((branch, is_map)) = self.open.last().copied() {
            self.element(branch, is_map)?;
        }
        Ok(())
    }

    fn enter(&mut self, id: NodeId, is_map: bool) -> Result<(), LoadError> {
        self.scanner.bump();
        if self.open.len() >= MAX_DEPTH {
            return Err(LoadError::Limit {
                problem: "maps and lists nest too deep",
                line: Some(self.scanner.line()),
            });
        }
        self.open.push((id, is_map));
        Ok(())
    }

    /// Reads one entry or item, with the comma before it, or the end of the branch.
    fn element(&mut self, branch: NodeId, is_map: bool) -> Result<(), LoadError> {
        let close = if is_map { b'}' } else { b']' };
        let first = self.tree.children(branch).is_empty();
        match self.scanner.next_token() {
            Some(byte) if byte == close => {
                self.scanner.bump();
                self.open.pop();
                if let Some(span) = self.spans.get_mut(branch.index()) {
                    span.value.end = self.scanner.offset();
                }
                return Ok(());
            }
            Some(b',') if !first => {
                self.scanner.bump();
                self.scanner.next_token();
            }
            Some(_) if first => {}
            Some(_) => return Err(self.scanner.error("a comma is missing between two values")),
            None => return Err(self.scanner.error("an object or array does not end")),
        }
        let (key, span) = if is_map { self.key()? } else { (None, None) };
        self.value(branch, key, span)
    }

    fn key(&mut self) -> Result<(Option<Key>, Option<Range<usize>>), LoadError> {
        let start = self.scanner.offset();
        if self.scanner.next_token() != Some(b'"') {
            return Err(self.scanner.error("a key in quotes is missing"));
        }
        let key = Key::from(&*self.scanner.string()?);
        let span = start..self.scanner.offset();
        if self.scanner.next_token() != Some(b':') {
            return Err(self.scanner.error("a colon is missing after a key"));
        }
        self.scanner.bump();
        self.scanner.next_token();
        Ok((Some(key), Some(span)))
    }

    fn value(
        &mut self,
        branch: NodeId,
        key: Option<Key>,
        key_span: Option<Range<usize>>,
    ) -> Result<(), LoadError> {
        let start = self.scanner.offset();
        let body = match self.scanner.next_token() {
            Some(b'{') => Body::Map(Vec::new()),
            Some(b'[') => Body::List(Vec::new()),
            Some(b'"') => Body::Leaf(Leaf::Text(match self.scanner.string()? {
                Cow::Borrowed(text) => Secret::from(text),
                Cow::Owned(text) => Secret::new(text),
            })),
            Some(b't') => self.word(b"true", Leaf::Bool(true))?,
            Some(b'f') => self.word(b"false", Leaf::Bool(false))?,
            Some(b'n') => self.word(b"null", Leaf::Null)?,
            Some(b'-' | b'0'..=b'9') => Body::Leaf(self.number()?),
            Some(_) => return Err(self.scanner.error("this is no JSON value")),
            None => return Err(self.scanner.error("a value is missing at the end")),
        };
        let opened = match &body {
            Body::Map(_) => Some(true),
            Body::List(_) => Some(false),
            _ => None,
        };
        let id = self.tree.push(branch, key, body);
        self.spans.push(Span {
            key: key_span.unwrap_or(start..start),
            value: start..self.scanner.offset(),
        });
        match opened {
            Some(is_map) => self.enter(id, is_map),
            None => Ok(()),
        }
    }

    fn word(&mut self, word: &[u8], leaf: Leaf) -> Result<Body, LoadError> {
        self.scanner.word(word)?;
        Ok(Body::Leaf(leaf))
    }

    /// An integer where it is one and fits, else a float.
    fn number(&mut self) -> Result<Leaf, LoadError> {
        let (text, fraction) = self.scanner.number()?;
        if !fraction && let Ok(number) = text.parse() {
            return Ok(Leaf::Int(number));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Leaf::Float(number)),
            _ => Err(self.scanner.error("a number is out of range")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::load;
    use crate::format::LoadError;
    use crate::tree::{Leaf, Tree};

    fn leaf(text: &str) -> Leaf {
        let (tree, _) = load(text.as_bytes()).unwrap();
        tree.node(tree.children(tree.documents()[0])[0])
            .leaf()
            .unwrap()
            .clone()
    }

    #[test]
    fn numbers_keep_their_type() {
        for (text, value) in [
            ("1", Leaf::Int(1)),
            ("-0", Leaf::Int(0)),
            ("1.0", Leaf::Float(1.0)),
            ("1e3", Leaf::Float(1000.0)),
            ("9223372036854775807", Leaf::Int(i64::MAX)),
            ("9223372036854775808", Leaf::Float(9_223_372_036_854_775_808.0)),
            ("-0.0", Leaf::Float(-0.0)),
        ] {
            assert_eq!(leaf(&format!("{{\"a\": {text}}}")), value, "{text}");
        }
    }

    #[test]
    fn strings_that_are_no_text_are_repaired_as_sops_does() {
        assert_eq!(
            leaf(r#"{"a":"q\" \\ \/ \n\t\u00e9\ud83d\ude00"}"#),
            Leaf::text("q\" \\ / \n\té😀")
        );
        assert_eq!(
            leaf(r#"{"a":"\ud800\ud800\udc00\udc00x"}"#),
            Leaf::text("\u{fffd}\u{10000}\u{fffd}x")
        );
        let (tree, _) = load(b"{\"a\":\"\xe2\x82A\xed\xa0\x80\"}").unwrap();
        let value = tree.node(tree.children(tree.documents()[0])[0]).leaf().unwrap();
        assert_eq!(*value, Leaf::text("\u{fffd}\u{fffd}A\u{fffd}\u{fffd}\u{fffd}"));
    }

    #[test]
    fn what_sops_refuses_is_refused() {
        for text in [
            "",
            "  ",
            "[1]",
            "42",
            "\"x\"",
            "\u{feff}{}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":-}",
            "{\"a\":1e}",
            "{\"a\":1e400}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":nul}",
            "{\"a\" 1}",
            "{\"a\":1 \"b\":2}",
            "{,\"a\":1}",
            "{\"a\":1,}",
            "{\"a\":[1,]}",
            "{\"a\":[1 2]}",
            "{\"a\":[1}",
            "{a:1}",
            "{\"a\":1",
            "{\"a\":\"x",
            "{\"a\": 1 // no\n}",
        ] {
            assert!(load(text.as_bytes()).is_err(), "{text}");
        }
        let deep = "{\"a\":".repeat(10_001);
        assert!(matches!(load(deep.as_bytes()), Err(LoadError::Limit { .. })));
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(
            load(b"{\n \"a\": 1,\n}").unwrap_err().to_string(),
            "line 3: a key in quotes is missing"
        );
    }

    #[test]
    fn order_and_repeated_keys_stay_and_trailing_text_is_ignored() {
        let (tree, layout) = load(b" {\"b\": 1, \"a\" : [ ], \"b\": {}} trailing").unwrap();
        let keys = |tree: &Tree| -> Vec<String> {
            tree.children(tree.documents()[0])
                .iter()
                .map(|id| tree.node(*id).key.as_ref().unwrap().display().into_owned())
                .collect()
        };
        assert_eq!(keys(&tree), ["b", "a", "b"]);
        let list = tree.children(tree.documents()[0])[1];
        assert_eq!(layout.span(list).unwrap().key, 10..13);
        assert_eq!(layout.span(list).unwrap().value, 16..19);
        assert_eq!(layout.span(tree.documents()[0]).unwrap().value, 1..29);
    }
}
