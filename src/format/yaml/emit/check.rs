//! What must not be written because it would not read back: two equal keys, comments that are no comment, nesting
//! beyond what readers take.

use super::{Manner, Scalar};
use crate::format::EmitError;
use crate::tree::{Body, NodeId, Step, Tree};
use std::borrow::Cow;
use std::collections::HashSet;

/// Readers give up on deeper texts.
const DEEPEST: usize = 10_000;

/// Looks through all documents.
pub(super) fn tree(tree: &Tree) -> Result<(), EmitError> {
    for (at, root) in tree.documents().iter().enumerate() {
        subtree(tree, *root, at == 0)?;
    }
    Ok(())
}

/// Looks through some children of a collection.
pub(super) fn children(tree: &Tree, children: &[NodeId]) -> Result<(), EmitError> {
    children.iter().try_for_each(|child| subtree(tree, *child, true))
}

/// Equal keys are only an error in the first document.
fn subtree(tree: &Tree, top: NodeId, with_keys: bool) -> Result<(), EmitError> {
    let mut walk = tree.walk_from(top);
    while let Some(step) = walk.next() {
        let id = step.id();
        match step {
            Step::Enter(_) if walk.depth() > DEEPEST => {
                return Err(unrepresentable(tree, id, "nested too deeply"));
            }
            Step::Enter(_) if with_keys => equal_keys(tree, id)?,
            Step::Comment(_) if !is_writable_comment(tree, id) => {
                return Err(unrepresentable(
                    tree,
                    id,
                    "a comment with a line break or a control character cannot be written",
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn equal_keys(tree: &Tree, id: NodeId) -> Result<(), EmitError> {
    let Body::Map(children) = &tree.node(id).body else {
        return Ok(());
    };
    if children.len() < 2 {
        return Ok(());
    }
    let mut seen: HashSet<Cow<'_, str>> = HashSet::with_capacity(children.len());
    for child in children {
        let node = tree.node(*child);
        if node.comment().is_some() {
            continue;
        }
        let text = match node
            .key
            .as_ref()
            .and_then(|key| key.text())
            .map(std::str::from_utf8)
        {
            Some(Ok(text)) => Cow::Borrowed(text),
            _ => Cow::Owned(
                Scalar::of_key(node.key.as_ref(), Manner::Sops, true)
                    .text()
                    .to_owned(),
            ),
        };
        if !seen.insert(text) {
            return Err(EmitError::Lossy {
                path: path(tree, *child),
            });
        }
    }
    Ok(())
}

fn is_writable_comment(tree: &Tree, id: NodeId) -> bool {
    let Some(comment) = tree.node(id).comment() else {
        return true;
    };
    comment
        .text
        .expose_str()
        .is_some_and(|text| text.chars().all(is_comment_character))
}

const fn is_comment_character(character: char) -> bool {
    matches!(
        character,
        '\t' | ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..
    )
}

fn unrepresentable(tree: &Tree, id: NodeId, problem: &'static str) -> EmitError {
    EmitError::Unrepresentable {
        problem,
        path: path(tree, id),
    }
}

fn path(tree: &Tree, id: NodeId) -> String {
    let keys: Vec<_> = tree.key_path(id).into_iter().map(|key| key.display()).collect();
    keys.join(".")
}
