//! Edits that change only what they touch.

mod collections;
mod comments;
mod documents;
mod layout;
mod random;
mod recorded;
mod values;

use lazysops::format::{PatchError, yaml};
use lazysops::tree::{Body, Comment, Key, Leaf, NodeId, Secret, Tree};

/// The node at a path of keys and indices of items (comments not counted), in the first document.
fn at(tree: &Tree, path: &str) -> NodeId {
    at_in(tree, 0, path)
}

/// The same in another document.
fn at_in(tree: &Tree, document: usize, path: &str) -> NodeId {
    let mut id = tree.documents()[document];
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let children = tree.children(id);
        let mut entries = children
            .iter()
            .filter(|child| tree.node(**child).comment().is_none());
        let found = match part.parse::<usize>() {
            Ok(index) => entries.nth(index),
            Err(_) => entries.find(|child| tree.node(**child).key == Some(Key::from(part))),
        };
        id = *found.unwrap_or_else(|| panic!("no {part} in {path}"));
    }
    id
}

/// The text after an edit of its tree.
#[track_caller]
fn edited(source: &str, edit: impl FnOnce(&mut Tree)) -> String {
    try_edited(source, edit).unwrap()
}

fn try_edited(source: &str, edit: impl FnOnce(&mut Tree)) -> Result<String, PatchError> {
    let (tree, layout) = yaml::load(source.as_bytes()).unwrap();
    let mut edited = tree.clone();
    edit(&mut edited);
    let text = yaml::patch(source.as_bytes(), &tree, &layout, &edited)?;
    let (read, _) = yaml::load(&text).unwrap();
    assert!(read.same_content(&edited, false));
    Ok(String::from_utf8(text).unwrap())
}

/// The text after a value got another text.
#[track_caller]
fn set(source: &str, path: &str, value: &str) -> String {
    set_leaf(source, path, Leaf::text(value))
}

#[track_caller]
fn set_leaf(source: &str, path: &str, leaf: Leaf) -> String {
    edited(source, |tree| tree.set_body(at(tree, path), Body::Leaf(leaf)))
}

/// The text after a text value was added to a collection, before the child at an index (comments counted).
#[track_caller]
fn add(source: &str, path: &str, index: usize, key: Option<&str>, value: &str) -> String {
    edited(source, |tree| {
        let parent = at(tree, path);
        let id = tree.new_node(key.map(Key::from), Body::Leaf(Leaf::text(value)));
        assert!(tree.link(parent, index, id));
    })
}

/// The text after an entry was removed, with the comment behind it.
#[track_caller]
fn remove(source: &str, path: &str) -> String {
    edited(source, |tree| {
        let (parent, index) = tree.unlink(at(tree, path)).unwrap();
        let before = index.checked_sub(1).map(|before| tree.children(parent)[before]);
        if let Some(before) = before
            && tree.node(before).comment().is_some_and(|comment| comment.inline)
        {
            tree.unlink(before);
        }
    })
}

fn comment(text: &str, inline: bool) -> Body {
    Body::Comment(Comment {
        text: Secret::from(text),
        inline,
    })
}
