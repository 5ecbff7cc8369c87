//! Trees from the JSON form of the recorded YAML cases.

use base64::Engine;
use lazysops::tree::{Body, Comment, Key, Leaf, Secret, Time, Tree};
use serde_json::Value;

/// The tree of the `documents` of a case.
pub fn tree(documents: &Value) -> Tree {
    let mut tree = Tree::new();
    for document in documents.as_array().unwrap() {
        let root = tree.push_document();
        let mut open = vec![(root, document)];
        while let Some((parent, value)) = open.pop() {
            for child in elements(value) {
                let (key, value) = match child.get("k") {
                    Some(key) => (Some(key_of(key)), &child["v"]),
                    None => (None, child),
                };
                let id = tree.push(parent, key, body(value));
                if tree.node(id).is_branch() {
                    open.push((id, value));
                }
            }
        }
    }
    tree
}

fn elements(value: &Value) -> &[Value] {
    let elements = value.get("map").or_else(|| value.get("seq")).unwrap();
    elements.as_array().unwrap()
}

fn body(value: &Value) -> Body {
    if value.get("map").is_some() {
        Body::Map(Vec::new())
    } else if value.get("seq").is_some() {
        Body::List(Vec::new())
    } else if let Some(text) = value.get("c") {
        Body::Comment(Comment {
            text: Secret::from(text.as_str().unwrap()),
            inline: value.get("inline").is_some_and(|flag| flag == true),
        })
    } else {
        Body::Leaf(leaf(value))
    }
}

fn leaf(value: &Value) -> Leaf {
    let field = |name: &str| value.get(name).and_then(Value::as_str);
    match value {
        Value::Null => Leaf::Null,
        Value::Bool(flag) => Leaf::Bool(*flag),
        Value::String(text) => Leaf::text(text),
        _ => {
            if let Some(number) = field("int") {
                Leaf::Int(number.parse().unwrap())
            } else if let Some(number) = field("uint") {
                Leaf::Uint(number.parse().unwrap())
            } else if let Some(bits) = field("float") {
                Leaf::Float(match bits {
                    "nan" => f64::NAN,
                    _ => f64::from_bits(u64::from_str_radix(bits, 16).unwrap()),
                })
            } else if let Some(time) = field("time") {
                Leaf::Time(Time::parse_rfc3339(time).unwrap())
            } else {
                let packed = field("bin").unwrap();
                Leaf::Text(Secret::new(
                    base64::engine::general_purpose::STANDARD.decode(packed).unwrap(),
                ))
            }
        }
    }
}

fn key_of(value: &Value) -> Key {
    match leaf(value) {
        Leaf::Text(ref text) => Key::Text(text.expose().into()),
        other => other.into(),
    }
}
