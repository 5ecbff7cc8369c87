//! The one-line field: what it begins with, and what its text becomes.

use super::edit;
use crate::format::Format;
use crate::ops::kubernetes;
use crate::seal::selection::Rule;
use crate::tree::{Body, Comment, Key, NodeId, Secret};
use crate::tui::kind::{self, Kind};
use crate::tui::model::Model;
use crate::tui::open_file::{OpenFile, Place, show_path};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::field::{Field, Purpose};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::SecretInput;
use zeroize::Zeroizing;

const ENCRYPTED: &str = "encrypted";
const READABLE: &str = "readable in git";
/// The longest value that is edited here, in bytes: every key copies it, so that what it was can be wiped.
const LARGEST: usize = 1 << 20;

fn note(encrypted: bool) -> &'static str {
    if encrypted { ENCRYPTED } else { READABLE }
}

/// What becomes of a value, where it may be stored in base64.
fn note_of_value(encrypted: bool, encoded: bool) -> &'static str {
    match (encrypted, encoded) {
        (true, true) => "encrypted · stored as base64",
        (false, true) => "readable in git · stored as base64",
        (encrypted, false) => note(encrypted),
    }
}

/// Edits a value; on a branch, its key.
pub(super) fn edit(model: &mut Model, id: NodeId) {
    let Some(file) = &model.file else { return };
    let node = file.tree().node(id);
    let leaf = match &node.body {
        Body::Leaf(leaf) => leaf,
        Body::Comment(comment) => return edit_comment(model, id, &comment.text.clone()),
        Body::Map(_) | Body::List(_) => return rename(model, id),
    };
    let bytes = file.shown(id, leaf);
    let Ok(value) = std::str::from_utf8(&bytes) else {
        model.say(Role::Warning, "these bytes are no text and cannot be edited here");
        return;
    };
    if value.len() > LARGEST {
        model.say(Role::Warning, "this value is too large to be edited here");
        return;
    }
    let secret = file.is_secret(id);
    let encoded = file.is_decoded(id);
    let field = Field {
        purpose: Purpose::Value(id),
        input: SecretInput::new(value, !secret),
        kind: Kind::of(leaf),
        format: file.document.format,
        title: show_path(file.tree(), id),
        note: note_of_value(file.decide(id).encrypted, encoded),
        encoded,
        tall: value.contains('\n'),
        problem: None,
    };
    model.overlays.push(Overlay::Field(field));
}

/// The text of a comment as people type it: the blank after the mark is not theirs to keep in mind.
fn edit_comment(model: &mut Model, id: NodeId, stored: &Secret) {
    let Some(file) = &model.file else { return };
    let Some(text) = stored.expose_str() else {
        model.say(Role::Warning, "these bytes are no text and cannot be edited here");
        return;
    };
    let field = Field {
        purpose: Purpose::Comment(id),
        input: SecretInput::new(text.strip_prefix(' ').unwrap_or(text), !file.is_secret(id)),
        kind: Kind::Str,
        format: file.document.format,
        title: "Comment".to_owned(),
        note: note(file.decide(id).encrypted),
        encoded: false,
        tall: false,
        problem: None,
    };
    model.overlays.push(Overlay::Field(field));
}

/// Edits the comment that stands directly above a node, or begins one there.
pub(super) fn comment(model: &mut Model, id: NodeId) {
    let Some(file) = &model.file else { return };
    if matches!(file.document.format, Format::Json | Format::Binary) {
        model.say(Role::Info, "this format has no comments");
        return;
    }
    let tree = file.tree();
    let Some(parent) = tree.node(id).parent else {
        model.say(Role::Info, "there is no place for a comment here");
        return;
    };
    let siblings = tree.children(parent);
    let index = siblings.iter().position(|child| *child == id).unwrap_or_default();
    let above = index
        .checked_sub(1)
        .and_then(|above| siblings.get(above))
        .copied();
    let own = [Some(id), above].into_iter().flatten();
    let there = own
        .filter_map(|id| Some((id, tree.node(id).comment()?.text.clone())))
        .next();
    if let Some((id, stored)) = there {
        return edit_comment(model, id, &stored);
    }
    let encrypted = file.would_encrypt(parent, None);
    let field = Field {
        purpose: Purpose::NewComment(Place { parent, index }),
        input: SecretInput::new("", true),
        kind: Kind::Str,
        format: file.document.format,
        title: "New comment".to_owned(),
        note: note(encrypted),
        encoded: false,
        tall: false,
        problem: None,
    };
    model.overlays.push(Overlay::Field(field));
}

/// What typing a comment comes to; an empty one is taken out.
fn accept_comment(model: &mut Model, purpose: &Purpose, typed: &str) {
    let body = |inline| {
        let mut text = Zeroizing::new(String::with_capacity(typed.len() + 1));
        text.push(' ');
        text.push_str(typed);
        Body::Comment(Comment {
            text: Secret::from(text.as_str()),
            inline,
        })
    };
    match *purpose {
        Purpose::Comment(id) if typed.is_empty() => {
            edit::change(model, |file| file.delete(id).map(|()| Some(id)));
        }
        Purpose::Comment(id) => {
            let Some(old) = model
                .file
                .as_ref()
                .and_then(|file| file.tree().node(id).comment().cloned())
            else {
                return;
            };
            if old
                .text
                .expose_str()
                .is_some_and(|old| old.strip_prefix(' ').unwrap_or(old) == typed)
            {
                return;
            }
            edit::change(model, |file| {
                file.set_comment(id, body(old.inline)).map(|()| Some(id))
            });
        }
        Purpose::NewComment(place) if !typed.is_empty() => {
            edit::change(model, |file| file.add(place, None, body(false)).map(Some));
        }
        _ => {}
    }
}

/// Edits a key.
pub(super) fn rename(model: &mut Model, id: NodeId) {
    let Some(file) = &model.file else { return };
    let Some(key) = file.tree().node(id).key.as_ref() else {
        model.say(Role::Info, "this has no key");
        return;
    };
    let field = Field {
        purpose: Purpose::Rename(id),
        input: SecretInput::new(&key.display(), true),
        kind: Kind::Str,
        format: file.document.format,
        title: format!("Rename {}", show_path(file.tree(), id)),
        note: "",
        encoded: false,
        tall: false,
        problem: None,
    };
    model.overlays.push(Overlay::Field(field));
    refresh_note(model);
}

/// Begins a new entry: its key first, or in a list its value.
pub(super) fn add(model: &mut Model, place: Option<Place>) {
    let (Some(file), Some(place)) = (&model.file, place) else {
        model.say(Role::Warning, "nothing can be added here");
        return;
    };
    let list = matches!(file.tree().node(place.parent).body, Body::List(_));
    if list {
        return ask_value(model, place, None);
    }
    let suffix = match file.document.selection.rule() {
        Some(Rule::EncryptedSuffix(suffix)) => suffix.as_str(),
        _ => "",
    };
    let mut input = SecretInput::new(suffix, true);
    input.jump_to_start();
    let above = show_path(file.tree(), place.parent);
    let field = Field {
        purpose: Purpose::NewKey(place),
        input,
        kind: Kind::Str,
        format: file.document.format,
        title: if above.is_empty() {
            "New key".to_owned()
        } else {
            format!("New key in {above}")
        },
        note: "",
        encoded: false,
        tall: false,
        problem: None,
    };
    model.overlays.push(Overlay::Field(field));
    refresh_note(model);
}

fn ask_value(model: &mut Model, place: Place, key: Option<Key>) {
    let Some(file) = &model.file else { return };
    let encrypted = file.would_encrypt(place.parent, key.as_ref());
    let encoded = kubernetes::holds_encoded(file.tree(), place.parent);
    let name = key
        .as_ref()
        .map_or("new item".to_owned(), |key| text::escape(&key.display()));
    let field = Field {
        input: SecretInput::new("", !encrypted),
        kind: Kind::Str,
        format: file.document.format,
        title: format!("Value of {name}"),
        note: note_of_value(encrypted, encoded),
        encoded,
        purpose: Purpose::NewValue(place, key),
        tall: false,
        problem: None,
    };
    model.overlays.push(Overlay::Field(field));
}

/// Changes the type of a value to the next one that its text can have.
pub(super) fn change_type(model: &mut Model, id: NodeId) {
    let Some(file) = &model.file else { return };
    let format = file.document.format;
    let Body::Leaf(leaf) = &file.tree().node(id).body else {
        model.say(Role::Info, "only values have a type");
        return;
    };
    let bytes = kind::shown(leaf);
    let value = std::str::from_utf8(&bytes).unwrap_or_default();
    let kind = Kind::of(leaf);
    let next = kind.next(value, format);
    let Some(new) = (next != kind).then(|| next.read(value)).flatten() else {
        model.say(Role::Info, format!("this value can only be {}", kind.name()));
        return;
    };
    edit::change(model, |file| file.set_leaf(id, new).map(|()| Some(id)));
    model.say(
        Role::Info,
        format!("the type was {} and is {} now", kind.name(), next.name()),
    );
}

/// Says, while a key is typed, whether its value will be encrypted.
pub(super) fn refresh_note(model: &mut Model) {
    let Some(file) = &model.file else { return };
    let Some(Overlay::Field(field)) = model.overlays.last_mut() else {
        return;
    };
    field.problem = None;
    let key = Key::from(field.input.text());
    match field.purpose {
        Purpose::NewKey(place) => field.note = note(file.would_encrypt(place.parent, Some(&key))),
        Purpose::Rename(id) if !file.tree().node(id).is_branch() => {
            if let Some(parent) = file.tree().node(id).parent {
                field.note = note(file.would_encrypt(parent, Some(&key)));
            }
        }
        _ => {}
    }
}

/// Enter in the field.
pub(super) fn accept(model: &mut Model) {
    let (Some(file), Some(Overlay::Field(field))) = (&model.file, model.overlays.last_mut()) else {
        return;
    };
    if let Err(problem) = check(file, field) {
        field.problem = Some(problem);
        return;
    }
    let leaf = if field.encoded {
        Some(kubernetes::encode(field.input.text().as_bytes()))
    } else {
        field.kind.read(field.input.text())
    };
    let key = Key::from(field.input.text());
    let purpose = field.purpose.clone();
    let typed = matches!(purpose, Purpose::Comment(_) | Purpose::NewComment(_)).then(|| field.input.clone());
    model.overlays.pop();
    if let Some(typed) = typed {
        return accept_comment(model, &purpose, typed.text());
    }
    match (purpose, leaf) {
        (Purpose::Value(id), Some(leaf)) => {
            let same = model
                .file
                .as_ref()
                .is_some_and(|file| file.tree().node(id).leaf() == Some(&leaf));
            if !same {
                edit::change(model, |file| file.set_leaf(id, leaf).map(|()| Some(id)));
            }
        }
        (Purpose::NewValue(place, key), Some(leaf)) => {
            edit::change(model, |file| file.add(place, key, Body::Leaf(leaf)).map(Some));
        }
        (Purpose::Rename(id), _) => edit::rename(model, id, key, false),
        (Purpose::NewKey(place), _) => ask_value(model, place, Some(key)),
        (Purpose::Value(_) | Purpose::NewValue(..), None)
        | (Purpose::Comment(_) | Purpose::NewComment(_), _) => {}
    }
}

/// Why what is typed cannot be taken. A text that does not fit the type turns the type to text, for the next Enter.
fn check(file: &OpenFile, field: &mut Field) -> Result<(), String> {
    let parent = match &field.purpose {
        Purpose::Value(_) | Purpose::NewValue(..) => {
            if field.kind.read(field.input.text()).is_some() {
                return Ok(());
            }
            let wanted = field.kind.name();
            if field.kind == Kind::Null || Kind::Str.fits(field.format) {
                field.kind = Kind::Str;
                return Err(format!("this is no {wanted}: Enter again makes it a str"));
            }
            return Err(format!("this is no {wanted}"));
        }
        Purpose::Comment(_) | Purpose::NewComment(_) => {
            let line = !field.input.text().contains(['\n', '\r']);
            return if line {
                Ok(())
            } else {
                Err("a comment is one line".to_owned())
            };
        }
        Purpose::Rename(id) => (file.tree().node(*id).parent, Some(*id)),
        Purpose::NewKey(place) => (Some(place.parent), None),
    };
    let typed = field.input.text();
    if typed.is_empty() && field.format != Format::Yaml && field.format != Format::Json {
        return Err("a key needs a name".to_owned());
    }
    let (Some(parent), own) = parent else {
        return Ok(());
    };
    let top = file.tree().documents().contains(&parent);
    if top && typed == "sops" {
        return Err("`sops` at the top is where the keys of the file stand".to_owned());
    }
    let key = Key::from(typed);
    let taken = file
        .tree()
        .children(parent)
        .iter()
        .any(|child| Some(*child) != own && file.tree().node(*child).key.as_ref() == Some(&key));
    if taken {
        Err("this key is there already".to_owned())
    } else {
        Ok(())
    }
}
