//! From a tree to JSON text: sops's layout, and parts of a text in somebody else's layout.

use super::{MAX_DEPTH, Written, written};
use crate::format::{EmitError, Style, dotted, flat, float};
use crate::tree::{Key, Leaf, NodeId, Step, Tree};

/// Writes the document in sops's layout: a tab, or `style.indent` blanks, a level.
///
/// # Errors
/// When JSON has no way to hold something of the tree.
pub fn emit(tree: &Tree, style: Style) -> Result<Vec<u8>, EmitError> {
    let mut out = match tree.documents() {
        [] => b"{}".to_vec(),
        [root] => emit_value(tree, *root, style)?,
        _ => {
            return Err(EmitError::Unrepresentable {
                problem: "this format holds one document only",
                path: String::new(),
            });
        }
    };
    out.push(b'\n');
    Ok(out)
}

/// Writes one node in sops's layout, without a line break at the end.
///
/// # Errors
/// When JSON has no way to hold something of it.
pub fn emit_value(tree: &Tree, id: NodeId, style: Style) -> Result<Vec<u8>, EmitError> {
    let unit = match style.indent {
        None => b"\t".to_vec(),
        Some(blanks) => vec![b' '; blanks.into()],
    };
    let shape = Shape {
        newline: b"\n",
        base: b"",
        unit: &unit,
        colon: b": ",
        comma: b",",
        typed: false,
    };
    let mut out = Vec::with_capacity(flat::size(tree) + flat::size(tree) / 8);
    write_node(&mut out, tree, id, &shape, |_| None)?;
    Ok(out)
}

/// How a value is laid out.
pub(super) struct Shape<'a> {
    /// The line break between entries; empty where all stands on one line.
    pub newline: &'a [u8],
    /// The indentation of the line on which the value begins.
    pub base: &'a [u8],
    /// One step of indentation.
    pub unit: &'a [u8],
    /// The colon with the blanks around it.
    pub colon: &'a [u8],
    /// The comma, with a blank behind it where there is no line break.
    pub comma: &'a [u8],
    /// Whether whole floats keep a `.0`; sops drops it.
    pub typed: bool,
}

/// Writes a node without its key. `raw` gives the text of values that are to be written as they were.
pub(super) fn write_node<'s>(
    out: &mut Vec<u8>,
    tree: &Tree,
    id: NodeId,
    shape: &Shape<'_>,
    raw: impl Fn(NodeId) -> Option<&'s [u8]>,
) -> Result<(), EmitError> {
    // How many entries were written in each branch around the next step.
    let mut open: Vec<usize> = Vec::new();
    for step in tree.walk_from(id) {
        let written = written(tree, step.id());
        if let (Step::Leave(_), Written::Branch(brackets)) = (step, &written) {
            if open.pop() != Some(0) {
                line(out, shape, open.len());
            }
            out.push(brackets[1]);
            continue;
        }
        if matches!(written, Written::Nothing) {
            continue;
        }
        let depth = open.len();
        if let Some(count) = open.last_mut() {
            if *count > 0 {
                out.extend_from_slice(shape.comma);
            }
            *count += 1;
            line(out, shape, depth);
            if let Some(key) = &tree.node(step.id()).key {
                write_key(out, key).map_err(|problem| problem.at(tree, step.id()))?;
                out.extend_from_slice(shape.colon);
            }
        }
        match written {
            Written::Branch(brackets) => {
                out.push(brackets[0]);
                open.push(0);
                if open.len() > MAX_DEPTH {
                    return Err(Problem::Impossible("maps and lists nest too deep").at(tree, step.id()));
                }
            }
            Written::Leaf(leaf) => match raw(step.id()) {
                Some(text) => out.extend_from_slice(text),
                None => write_leaf(out, leaf, shape.typed).map_err(|problem| problem.at(tree, step.id()))?,
            },
            Written::Comment(comment) => {
                quote(out, comment.text.expose()).map_err(|problem| problem.at(tree, step.id()))?;
            }
            Written::Nothing => {}
        }
    }
    Ok(())
}

fn line(out: &mut Vec<u8>, shape: &Shape<'_>, depth: usize) {
    if shape.newline.is_empty() {
        return;
    }
    out.extend_from_slice(shape.newline);
    out.extend_from_slice(shape.base);
    for _ in 0..depth {
        out.extend_from_slice(shape.unit);
    }
}

/// Why a key or value has no JSON text; the place is added where it is known.
#[derive(Debug)]
pub(super) enum Problem {
    Impossible(&'static str),
    Lossy,
}

impl Problem {
    pub(super) fn at(self, tree: &Tree, id: NodeId) -> EmitError {
        let path = dotted(tree, id);
        match self {
            Self::Impossible(problem) => EmitError::Unrepresentable { problem, path },
            Self::Lossy => EmitError::Lossy { path },
        }
    }
}

pub(super) fn write_key(out: &mut Vec<u8>, key: &Key) -> Result<(), Problem> {
    match key.text() {
        Some(text) => quote(out, text),
        None => Err(Problem::Impossible("a key that is no text cannot be written")),
    }
}

pub(super) fn write_leaf(out: &mut Vec<u8>, leaf: &Leaf, typed: bool) -> Result<(), Problem> {
    match leaf {
        Leaf::Null => out.extend_from_slice(b"null"),
        Leaf::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Leaf::Int(_) | Leaf::Uint(_) => out.extend_from_slice(&leaf.canonical()),
        Leaf::Float(number) => {
            let text = if typed {
                float::json_typed(*number)
            } else {
                float::json(*number)
            };
            let text = text.ok_or(Problem::Impossible("JSON has no infinity and no NaN"))?;
            out.extend_from_slice(text.as_bytes());
        }
        Leaf::Time(time) => quote(out, time.to_string().as_bytes())?,
        Leaf::Text(text) => quote(out, text.expose())?,
    }
    Ok(())
}

/// Writes a string in quotes, with sops's escapes. Bytes that are no UTF-8 have no JSON text.
fn quote(out: &mut Vec<u8>, text: &[u8]) -> Result<(), Problem> {
    if std::str::from_utf8(text).is_err() {
        return Err(Problem::Lossy);
    }
    out.push(b'"');
    let mut rest = text;
    while let Some(length) = rest.iter().position(|byte| is_special(*byte)) {
        let (plain, tail) = rest.split_at(length);
        out.extend_from_slice(plain);
        rest = write_special(out, tail);
    }
    out.extend_from_slice(rest);
    out.push(b'"');
    Ok(())
}

const fn is_special(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | b'"' | b'\\' | b'<' | b'>' | b'&' | 0xe2)
}

/// Writes the special byte (or the line separator) a text begins with; returns what follows.
fn write_special<'t>(out: &mut Vec<u8>, text: &'t [u8]) -> &'t [u8] {
    if let [0xe2, 0x80, last @ (0xa8 | 0xa9), rest @ ..] = text {
        out.extend_from_slice(if *last == 0xa8 { b"\\u2028" } else { b"\\u2029" });
        return rest;
    }
    let Some((byte, rest)) = text.split_first() else {
        return text;
    };
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
        8 => out.extend_from_slice(b"\\b"),
        12 => out.extend_from_slice(b"\\f"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0xe2 => out.push(*byte),
        _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::{emit, emit_value};
    use crate::format::{EmitError, Style, json};
    use crate::tree::{Body, Comment, Leaf, Tree};

    fn again(text: &str, indent: Option<u8>) -> String {
        let (tree, _) = json::load(text.as_bytes()).unwrap();
        String::from_utf8(emit(&tree, Style { indent }).unwrap()).unwrap()
    }

    #[test]
    fn the_layout_is_that_of_sops() {
        let text = "{\"a\":{\"b\":[1,\"x\",[],{}]},\"c\":null}";
        assert_eq!(
            again(text, None),
            "{\n\t\"a\": {\n\t\t\"b\": [\n\t\t\t1,\n\t\t\t\"x\",\n\t\t\t[],\n\t\t\t{}\n\t\t]\n\t},\n\t\"c\": null\n}\n"
        );
        assert_eq!(again("{\"a\":[1]}", Some(2)), "{\n  \"a\": [\n    1\n  ]\n}\n");
        assert_eq!(again("{\"a\":[1]}", Some(0)), "{\n\"a\": [\n1\n]\n}\n");
        assert_eq!(again("{ }", None), "{}\n");
    }

    #[test]
    fn strings_are_escaped_as_sops_does() {
        assert_eq!(
            again(
                "{\"<k>&\":\"q\\\" \\\\ / \\n\\t\\b\\f\\r\\u0001\\u007f\\u2028\\u2029\\u20ac\"}",
                Some(0)
            ),
            "{\n\"\\u003ck\\u003e\\u0026\": \"q\\\" \\\\ / \\n\\t\\b\\f\\r\\u0001\u{7f}\\u2028\\u2029\u{20ac}\"\n}\n"
        );
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        let mut tree = Tree::new();
        let root = tree.push_document();
        tree.push(root, Some("n".into()), Body::Leaf(Leaf::Float(f64::NAN)));
        assert!(
            matches!(emit(&tree, Style::default()), Err(EmitError::Unrepresentable { path, .. }) if path == "n")
        );
        let mut tree = Tree::new();
        let root = tree.push_document();
        tree.push(
            root,
            Some("b".into()),
            Body::Leaf(Leaf::Text(b"\xff".as_slice().into())),
        );
        assert_eq!(
            emit(&tree, Style::default()),
            Err(EmitError::Lossy { path: "b".into() })
        );
        tree.push_document();
        assert!(emit(&tree, Style::default()).is_err());
    }

    #[test]
    fn comments_vanish_but_encrypted_ones_in_lists_are_strings() {
        let mut tree = Tree::new();
        let root = tree.push_document();
        let comment = |text: &str| {
            Body::Comment(Comment {
                text: text.into(),
                inline: false,
            })
        };
        tree.push(root, None, comment("ENC[AES256_GCM,…,type:comment]"));
        let list = tree.push(root, Some("l".into()), Body::List(Vec::new()));
        tree.push(list, None, comment(" plain"));
        tree.push(list, None, comment("ENC[x]"));
        tree.push(list, None, Body::Leaf(Leaf::Int(1)));
        let text = emit_value(&tree, root, Style { indent: Some(0) }).unwrap();
        assert_eq!(text, b"{\n\"l\": [\n\"ENC[x]\",\n1\n]\n}");
        let text = emit_value(&tree, list, Style::default()).unwrap();
        assert_eq!(text, b"[\n\t\"ENC[x]\",\n\t1\n]");
    }
}
