//! The one-line field: what it begins with, and what its text becomes.

mod check;
mod comment;

pub(super) use check::check_value;
pub(super) use comment::comment;

use super::edit;
use crate::ops::kubernetes;
use crate::ops::siblings;
use crate::seal::selection::Rule;
use crate::tree::{Body, Key, NodeId};
use crate::tui::effect::Effect;
use crate::tui::kind::{self, Kind};
use crate::tui::model::{Model, Purpose as Task};
use crate::tui::open_file::{OpenFile, Place, show_path};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::field::{Field, Purpose};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::SecretInput;
use crate::tui::worker::Job;

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
        Body::Comment(comment) => return comment::edit_comment(model, id, &comment.text.clone()),
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
    let input = SecretInput::new(value, !secret);
    let title = show_path(file.tree(), id);
    let field = Field {
        kind: Kind::of(leaf),
        note: note_of_value(file.decide(id).encrypted, encoded),
        encoded,
        tall: value.contains('\n'),
        ..Field::new(Purpose::Value(id), input, file.document.format, title)
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
    let input = SecretInput::new(&key.display(), true);
    let title = format!("Rename {}", show_path(file.tree(), id));
    let field = Field::new(Purpose::Rename(id), input, file.document.format, title);
    model.overlays.push(Overlay::Field(field));
    refresh_note(model);
}

/// Copies an entry below itself: at once where it has no key, else after asking for another key.
pub(super) fn duplicate(model: &mut Model, id: NodeId) {
    let Some(file) = &model.file else { return };
    let node = file.tree().node(id);
    if node.parent.is_none() {
        model.say(Role::Info, "a whole document cannot be copied");
        return;
    }
    let Some(key) = &node.key else {
        edit::change(model, |file| file.duplicate(id, None).map(Some));
        return;
    };
    let (proposed, cursor) = copied_name(file, id, &key.display());
    let mut input = SecretInput::new(&proposed, true);
    input.jump_to(cursor);
    let title = format!("Key of the copy of {}", show_path(file.tree(), id));
    let field = Field::new(Purpose::CopyKey(id), input, file.document.format, title);
    model.overlays.push(Overlay::Field(field));
    refresh_note(model);
}

/// A key for a copy that is not there yet: the suffix that the rule looks for stays at its end, and the cursor before it.
fn copied_name(file: &OpenFile, id: NodeId, key: &str) -> (String, usize) {
    let suffix = match file.document.selection.rule() {
        Some(Rule::EncryptedSuffix(suffix) | Rule::UnencryptedSuffix(suffix))
            if key.ends_with(suffix.as_str()) =>
        {
            suffix
        }
        _ => "",
    };
    let stem = key.strip_suffix(suffix).unwrap_or(key);
    let siblings = file
        .tree()
        .node(id)
        .parent
        .map_or(&[][..], |parent| file.tree().children(parent));
    for number in 1..=siblings.len() + 1 {
        let number = if number == 1 {
            String::new()
        } else {
            number.to_string()
        };
        let name = format!("{stem}_copy{number}{suffix}");
        let own = Key::from(name.as_str());
        if siblings
            .iter()
            .all(|child| file.tree().node(*child).key.as_ref() != Some(&own))
        {
            let cursor = name.len() - suffix.len();
            return (name, cursor);
        }
    }
    (key.to_owned(), key.len())
}

/// Begins a new entry: its key first, or in a list its value. Keys of other files are looked for meanwhile.
pub(super) fn add(model: &mut Model, place: Option<Place>) -> Vec<Effect> {
    let (Some(file), Some(place)) = (&model.file, place) else {
        model.say(Role::Warning, "nothing can be added here");
        return Vec::new();
    };
    let list = matches!(file.tree().node(place.parent).body, Body::List(_));
    if list {
        ask_value(model, place, None);
        return Vec::new();
    }
    let suffix = match file.document.selection.rule() {
        Some(Rule::EncryptedSuffix(suffix)) => suffix.as_str(),
        _ => "",
    };
    let mut input = SecretInput::new(suffix, true);
    input.jump_to_start();
    let above = show_path(file.tree(), place.parent);
    let title = if above.is_empty() {
        "New key".to_owned()
    } else {
        format!("New key in {above}")
    };
    let path: Vec<Key> = file.tree().key_path(place.parent).into_iter().cloned().collect();
    let own = siblings::below(file.tree(), &path);
    let open = file.document.path.clone();
    let field = Field::new(Purpose::NewKey(place), input, file.document.format, title);
    model.overlays.push(Overlay::Field(field));
    refresh_note(model);
    propose(model, own);
    let files = model.files.files.iter().map(|found| found.path.clone());
    let mut files: Vec<_> = files.filter(|path| *path != open).collect();
    siblings::nearest_first(&mut files, &open);
    if files.is_empty() {
        return Vec::new();
    }
    let id = model.begin(Task::Keys, "looking for keys");
    vec![Effect::Start(id, Job::Keys(files, path))]
}

/// Offers keys for a new entry, without those that are there.
pub(super) fn propose(model: &mut Model, keys: Vec<String>) {
    let (Some(file), Some(Overlay::Field(field))) = (&model.file, model.overlays.last_mut()) else {
        return;
    };
    let Purpose::NewKey(place) = field.purpose else {
        return;
    };
    let there = file.tree().children(place.parent);
    field.proposals.extend(keys, |key| {
        let key = Key::from(key);
        there
            .iter()
            .any(|child| file.tree().node(*child).key.as_ref() == Some(&key))
    });
}

/// Tab in the field of a new key: the next of the keys that other places have.
pub(super) fn complete(model: &mut Model) {
    let Some(Overlay::Field(field)) = model.overlays.last_mut() else {
        return;
    };
    let typed = field.input.head().to_owned();
    if let Some(key) = field.proposals.next(&typed) {
        field.input.set(&key);
        refresh_note(model);
    } else {
        field.problem = Some("no file beside this one has such a key".to_owned());
    }
}

fn ask_value(model: &mut Model, place: Place, key: Option<Key>) {
    let Some(file) = &model.file else { return };
    let encrypted = file.would_encrypt(place.parent, key.as_ref());
    let encoded = kubernetes::holds_encoded(file.tree(), place.parent);
    let name = key
        .as_ref()
        .map_or("new item".to_owned(), |key| text::escape(&key.display()));
    let input = SecretInput::new("", !encrypted);
    let title = format!("Value of {name}");
    let field = Field {
        note: note_of_value(encrypted, encoded),
        encoded,
        ..Field::new(Purpose::NewValue(place, key), input, file.document.format, title)
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
    let written = kind::shown(&new);
    let told = match (written.as_slice() == value.as_bytes(), file.is_secret(id)) {
        (true, _) => String::new(),
        (false, true) => ", in another spelling".to_owned(),
        (false, false) => format!(": {}", text::escape_value(&written, 40).as_str()),
    };
    edit::change(model, |file| file.set_leaf(id, new).map(|()| Some(id)));
    model.say(
        Role::Info,
        format!("the type was {} and is {} now{told}", kind.name(), next.name()),
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
        Purpose::Rename(id) | Purpose::CopyKey(id) if !file.tree().node(id).is_branch() => {
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
    once(file, field);
    if let Err(problem) = check::check(file, field) {
        field.problem = Some(problem);
        return;
    }
    let leaf = if field.encoded {
        Some(kubernetes::encode(field.input.text().as_bytes()))
    } else {
        field.kind.read(field.input.text())
    };
    let branch = field.possible_branch().filter(|_| field.branch);
    let key = Key::from(field.input.text());
    let purpose = field.purpose.clone();
    // What was said of the text is over.
    model.status = None;
    let typed = matches!(purpose, Purpose::Comment(_) | Purpose::NewComment(_)).then(|| field.input.clone());
    model.overlays.pop();
    if let Some(typed) = typed {
        return comment::accept_comment(model, &purpose, typed.text());
    }
    match (purpose, leaf) {
        (Purpose::NewValue(place, key), _) if branch.is_some() => {
            let body = match branch {
                Some("list") => Body::List(Vec::new()),
                _ => Body::Map(Vec::new()),
            };
            edit::change(model, |file| file.add(place, key, body).map(Some));
        }
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
        (Purpose::Rename(id), _) => edit::rename(model, id, key),
        (Purpose::NewKey(place), _) => ask_value(model, place, Some(key)),
        (Purpose::CopyKey(id), _) => copy(model, id, key),
        (Purpose::Value(_) | Purpose::NewValue(..), None)
        | (
            Purpose::Comment(_)
            | Purpose::NewComment(_)
            | Purpose::NewFile(_)
            | Purpose::Revision
            | Purpose::Message
            | Purpose::Conflict(_)
            | Purpose::Leaver(_)
            | Purpose::List,
            _,
        ) => {}
    }
}

/// A new key that was typed whole, before the suffix that stood there already, has the suffix once.
fn once(file: &OpenFile, field: &mut Field) {
    let (Purpose::NewKey(_), Some(Rule::EncryptedSuffix(suffix))) =
        (&field.purpose, file.document.selection.rule())
    else {
        return;
    };
    let typed = field.input.text().strip_suffix(suffix.as_str());
    let whole = typed.filter(|typed| typed.ends_with(suffix.as_str()) && typed.len() > suffix.len());
    if let Some(whole) = whole.map(str::to_owned) {
        field.input.set(&whole);
    }
}

/// Copies an entry under another key, and says when the copy is readable although the entry is not.
fn copy(model: &mut Model, id: NodeId, key: Key) {
    let sealed = |file: &OpenFile, id: NodeId| {
        let leaves = file.tree().walk_from(id).map(|step| step.id());
        leaves
            .filter(|id| file.tree().node(*id).leaf().is_some() && file.decide(*id).encrypted)
            .count()
    };
    let mut opened = 0;
    edit::change(model, |file| {
        let copy = file.duplicate(id, Some(key))?;
        opened = sealed(file, id).saturating_sub(sealed(file, copy));
        Ok(Some(copy))
    });
    if opened > 0 {
        model.say(
            Role::Warning,
            "the copy becomes readable in git: its key does not match the rule; u takes it back",
        );
    }
}
