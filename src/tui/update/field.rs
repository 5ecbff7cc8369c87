//! The one-line field: what it begins with, and what its text becomes.

use super::edit;
use crate::format::Format;
use crate::ops::kubernetes;
use crate::seal::selection::Rule;
use crate::tree::{Body, Key, NodeId};
use crate::tui::kind::{self, Kind};
use crate::tui::model::Model;
use crate::tui::open_file::{OpenFile, Place, show_path};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::field::{Field, Purpose};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::SecretInput;

const ENCRYPTED: &str = "encrypted";
const READABLE: &str = "readable in git";

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
        Body::Comment(_) => {
            model.say(Role::Info, "comments cannot be edited yet");
            return;
        }
        Body::Map(_) | Body::List(_) => return rename(model, id),
    };
    let bytes = file.shown(id, leaf);
    let Ok(value) = std::str::from_utf8(&bytes) else {
        model.say(
            Role::Warning,
            "these bytes are no text and cannot be edited as a line",
        );
        return;
    };
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
        problem: None,
    };
    model.overlays.push(Overlay::Field(field));
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
    model.overlays.pop();
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
        (Purpose::Value(_) | Purpose::NewValue(..), None) => {}
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
