//! `debug yaml` (hidden): answers YAML cases as JSON lines, so that the YAML layer can be measured from outside.
//!
//! A request is `{"id","input"}` or `{"id","input_b64"}`. The answer has the typed tree of every document and its
//! emission at indent 4 and 2, or the stage at which reading failed.

use crate::format::{LoadError, yaml};
use crate::tree::{Body, Comment, Key, Leaf, NodeId, Step, Tree};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::fmt::Write as _;
use std::io::{self, BufRead, Write};

/// A line of input.
#[derive(Deserialize)]
struct Request {
    id: String,
    input: Option<String>,
    input_b64: Option<String>,
}

/// Answers requests, one a line, until the input ends. Every answer is flushed.
///
/// # Errors
/// When a line is no request, or input or output fail.
pub fn run(input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let request: Request = serde_json::from_str(&line).map_err(io::Error::other)?;
        let bytes = match (request.input, request.input_b64) {
            (Some(text), _) => text.into_bytes(),
            (None, Some(packed)) => STANDARD.decode(packed).map_err(io::Error::other)?,
            (None, None) => Vec::new(),
        };
        let mut answer = answer(&request.id, &bytes);
        answer.push('\n');
        output.write_all(answer.as_bytes())?;
        output.flush()?;
    }
    Ok(())
}

/// The answer to one case, as a JSON object.
fn answer(id: &str, bytes: &[u8]) -> String {
    let mut json = String::from("{\"id\":");
    string(&mut json, id);
    let loaded = match yaml::load(bytes) {
        // To sops a source without a single byte is a stream of no documents; only white space is an error.
        Err(LoadError::Empty) if bytes.is_empty() => Ok((Tree::new(), yaml::Layout::default())),
        loaded => loaded,
    };
    match loaded {
        Err(error) => {
            json.push_str(",\"error\":{\"stage\":");
            string(&mut json, stage(&error));
            json.push_str(",\"message\":");
            string(&mut json, &error.to_string());
            json.push('}');
        }
        Ok((tree, _)) => {
            json.push_str(",\"documents\":");
            json.push_str(&documents(&tree));
            for step in [4, 2] {
                // Writing to a string cannot fail.
                let _ = write!(json, ",\"emit{step}\":");
                string(
                    &mut json,
                    &String::from_utf8_lossy(&yaml::emit_strict(&tree, step)),
                );
            }
        }
    }
    json.push('}');
    json
}

const fn stage(error: &LoadError) -> &'static str {
    match error {
        LoadError::Empty => "empty",
        LoadError::Bytes { .. } => "reader",
        LoadError::Syntax { .. } => "syntax",
        LoadError::Content { .. } | LoadError::Limit { .. } => "decode",
    }
}

/// The trees of all documents, as a JSON array.
#[must_use]
pub fn documents(tree: &Tree) -> String {
    let mut json = String::from("[");
    let mut needs_comma = false;
    for step in tree.walk() {
        if matches!(step, Step::Leave(_)) {
            json.push_str("]}");
            close_entry(&mut json, tree, step.id());
            needs_comma = true;
            continue;
        }
        if needs_comma {
            json.push(',');
        }
        let node = tree.node(step.id());
        if let Some(key) = &node.key {
            json.push_str("{\"k\":");
            key_value(&mut json, key);
            json.push_str(",\"v\":");
        }
        needs_comma = match &node.body {
            Body::Map(_) => {
                json.push_str("{\"map\":[");
                false
            }
            Body::List(_) => {
                json.push_str("{\"seq\":[");
                false
            }
            Body::Leaf(value) => {
                leaf(&mut json, value);
                close_entry(&mut json, tree, step.id());
                true
            }
            Body::Comment(text) => {
                comment(&mut json, text);
                true
            }
        };
    }
    json.push(']');
    json
}

fn close_entry(json: &mut String, tree: &Tree, id: NodeId) {
    if tree.node(id).key.is_some() {
        json.push('}');
    }
}

fn key_value(json: &mut String, key: &Key) {
    match key {
        Key::Text(bytes) => text(json, bytes),
        Key::Scalar(value) => leaf(json, value),
    }
}

fn leaf(json: &mut String, value: &Leaf) {
    // Writing to a string cannot fail.
    let _ = match value {
        Leaf::Null => write!(json, "null"),
        Leaf::Bool(value) => write!(json, "{value}"),
        Leaf::Int(number) => write!(json, "{{\"int\":\"{number}\"}}"),
        Leaf::Uint(number) => write!(json, "{{\"uint\":\"{number}\"}}"),
        Leaf::Float(number) if number.is_nan() => write!(json, "{{\"float\":\"nan\"}}"),
        Leaf::Float(number) => write!(json, "{{\"float\":\"{:016x}\"}}", number.to_bits()),
        Leaf::Time(time) => write!(json, "{{\"time\":\"{time}\"}}"),
        Leaf::Text(bytes) => {
            text(json, bytes.expose());
            Ok(())
        }
    };
}

fn text(json: &mut String, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => string(json, text),
        Err(_) => {
            let _ = write!(json, "{{\"bin\":\"{}\"}}", STANDARD.encode(bytes));
        }
    }
}

fn comment(json: &mut String, comment: &Comment) {
    json.push_str("{\"c\":");
    string(json, &String::from_utf8_lossy(comment.text.expose()));
    json.push_str(if comment.inline { ",\"inline\":true}" } else { "}" });
}

fn string(json: &mut String, text: &str) {
    json.push_str(&serde_json::Value::from(text).to_string());
}
