//! Where a value stands, as `set`, `unset` and `--extract` take it: `["key"]['key'][0]` (spec §12.6).

use crate::tree::{Body, Key, NodeId, Tree};
use thiserror::Error;

/// One step into a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into a map.
    Key(String),
    /// Into a list, counting values from 0; comments do not count.
    Index(usize),
}

/// A path that has no meaning. Never holds a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// There is none.
    #[error("the path is empty")]
    Empty,
    /// A part does not begin with `[` and end with `]`.
    #[error("a part of the path is not in brackets: write [\"key\"] or [0]")]
    Brackets,
    /// What stands between the brackets is neither a text in quotes nor a number.
    #[error("a part of the path is neither a text in quotes nor a whole number: write [\"key\"] or [0]")]
    Component,
}

/// Reads a path. Keys may hold anything but `[`; there are no escapes.
///
/// # Errors
/// When it has no meaning.
pub fn parse(text: &str) -> Result<Vec<Step>, PathError> {
    let mut parts = text.split('[');
    if parts.next() != Some("") {
        return Err(if text.is_empty() {
            PathError::Empty
        } else {
            PathError::Brackets
        });
    }
    let steps: Vec<Step> = parts
        .map(|part| step(part.strip_suffix(']').ok_or(PathError::Brackets)?))
        .collect::<Result<_, _>>()?;
    if steps.is_empty() {
        Err(PathError::Empty)
    } else {
        Ok(steps)
    }
}

fn step(inside: &str) -> Result<Step, PathError> {
    for quote in ['"', '\''] {
        if let Some(rest) = inside.strip_prefix(quote) {
            return match rest.strip_suffix(quote) {
                Some(key) => Ok(Step::Key(key.to_owned())),
                None => Err(PathError::Component),
            };
        }
    }
    inside.parse().map(Step::Index).map_err(|_| PathError::Component)
}

/// What a step leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// This node.
    Node(NodeId),
    /// Nothing, but something could be put there.
    Missing,
    /// Nothing, because what stands here is no map, or no list.
    Mismatch,
}

/// Takes one step.
#[must_use]
pub fn step_into(tree: &Tree, from: NodeId, step: &Step) -> Found {
    let found = match (&tree.node(from).body, step) {
        (Body::Map(entries), Step::Key(key)) => entries
            .iter()
            .find(|id| tree.node(**id).key.as_ref().and_then(Key::text) == Some(key.as_bytes())),
        (Body::List(items), Step::Index(index)) => items
            .iter()
            .filter(|id| tree.node(**id).comment().is_none())
            .nth(*index),
        _ => return Found::Mismatch,
    };
    found.map_or(Found::Missing, |id| Found::Node(*id))
}

/// The path of a node for people: `gatus.servers[0].name`, not escaped for a terminal. Items of lists are counted from 0,
/// comments not counted; in another document than the first it begins with `doc 2: `.
#[must_use]
pub fn shown(tree: &Tree, id: NodeId) -> String {
    let mut parts = Vec::new();
    let mut at = id;
    while let Some(parent) = tree.node(at).parent {
        parts.push(match &tree.node(at).key {
            Some(key) => format!(".{}", key.display()),
            None => format!("[{}]", item_number(tree, parent, at)),
        });
        at = parent;
    }
    parts.reverse();
    let path = parts.concat();
    let path = path.strip_prefix('.').unwrap_or(&path);
    match tree.documents().iter().position(|root| *root == at) {
        Some(number) if number > 0 => format!("doc {}: {path}", number + 1),
        _ => path.to_owned(),
    }
}

fn item_number(tree: &Tree, parent: NodeId, id: NodeId) -> usize {
    tree.children(parent)
        .iter()
        .take_while(|child| **child != id)
        .filter(|child| tree.node(**child).comment().is_none())
        .count()
}

#[cfg(test)]
mod tests {
    use super::{PathError, Step, parse};

    #[test]
    fn every_spelling_of_sops_is_read() {
        let key = |text: &str| Step::Key(text.to_owned());
        assert_eq!(
            parse("[\"a\"]['b'][3]"),
            Ok(vec![key("a"), key("b"), Step::Index(3)])
        );
        assert_eq!(parse("[\"a ] \"b\"]"), Ok(vec![key("a ] \"b")]));
        assert_eq!(parse("[\"\"]"), Ok(vec![key("")]));
    }

    #[test]
    fn what_makes_sops_crash_is_an_error() {
        for (text, error) in [
            ("", PathError::Empty),
            ("a", PathError::Brackets),
            ("[\"a\"", PathError::Brackets),
            ("[\"a\"] ", PathError::Brackets),
            ("[\"]", PathError::Component),
            ("[]", PathError::Component),
            ("[-1]", PathError::Component),
            ("[x]", PathError::Component),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
