//! `E`: a value, or the whole file, in the user's own editor. What it leaves becomes edits in the list of changes.

use super::{edit, rules_text};
use crate::failure::Failure;
use crate::format::Format;
use crate::host::editor::EditorError;
use crate::ops::counted::counted_as;
use crate::ops::{kubernetes, outside, plain};
use crate::tree::{Leaf, NodeId, Secret, Tree};
use crate::tui::effect::Effect;
use crate::tui::kind::Kind;
use crate::tui::model::Model;
use crate::tui::open_file::OpenFile;
use crate::tui::outside::{Outside, What};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Drafted, Intent};
use crate::tui::overlays::pager::Pager;
use crate::tui::theme::Role;
use zeroize::Zeroizing;

/// Hands out the selected value; where no value is selected, the whole file.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let selected = model.tree.selected().map(|row| row.id);
    let value = selected.filter(|id| file.tree().node(*id).leaf().is_some());
    let made = match value {
        Some(id) => value_outside(file, id),
        None => file_outside(file),
    };
    match made {
        Ok(outside) => vec![Effect::Outside(Box::new(outside))],
        Err(failure) => {
            let pager = Pager::failure("Not edited", &failure);
            model.overlays.push(Overlay::Pager(pager));
            Vec::new()
        }
    }
}

fn value_outside(file: &OpenFile, id: NodeId) -> Result<Outside, Failure> {
    let node = file.tree().node(id);
    let value = file.shown(id, node.leaf().unwrap_or(&Leaf::Null));
    // Editors end the last line; a value without a line break at its end gets one, and loses it again.
    let ended = value.last() != Some(&b'\n') && file.document.format != Format::Binary;
    let mut text = Zeroizing::new(Vec::with_capacity(value.len() + 1));
    text.extend_from_slice(&value);
    if ended {
        text.push(b'\n');
    }
    let text = Secret::from(text.as_slice());
    Ok(Outside {
        what: What::Value(id, ended),
        name: value_name(file, id, &value),
        shown: text.clone(),
        text,
        revision: file.revision(),
    })
}

/// A name by which editors know how to show the value.
fn value_name(file: &OpenFile, id: NodeId, value: &[u8]) -> String {
    if file.document.format == Format::Binary {
        return file_name(file);
    }
    let key = file
        .tree()
        .node(id)
        .key
        .as_ref()
        .map_or("item".into(), |key| key.display());
    let key: String = key
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c))
        .take(60)
        .collect();
    let key = if key.is_empty() { "value" } else { key.as_str() };
    let ending = match value.trim_ascii_start().first() {
        Some(b'{' | b'[') => "json",
        Some(b'-') if value.starts_with(b"-----BEGIN") => "pem",
        _ => "txt",
    };
    format!("{key}.{ending}")
}

fn file_outside(file: &OpenFile) -> Result<Outside, Failure> {
    let text = plain::text(&file.document, file.tree())?;
    let text = Secret::from(text.as_slice());
    Ok(Outside {
        what: What::File(file.document.format),
        name: file_name(file),
        shown: text.clone(),
        text,
        revision: file.revision(),
    })
}

fn file_name(file: &OpenFile) -> String {
    file.document
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The editor has ended.
pub(super) fn edited(
    model: &mut Model,
    outside: Outside,
    result: Result<Secret, EditorError>,
) -> Vec<Effect> {
    model.guard.touch(model.now);
    model.dirty = true;
    let text = match result {
        Ok(text) => text,
        Err(error) => {
            let lines = [format!("{error}."), "Nothing was changed.".to_owned()];
            model
                .overlays
                .push(Overlay::Pager(Pager::message("Not edited", lines)));
            return Vec::new();
        }
    };
    if text == outside.shown {
        model.say(Role::Info, "nothing was changed in the editor");
        return Vec::new();
    }
    if outside.what == What::Rules {
        return rules_text::edited(model, Outside { text, ..outside });
    }
    let Some(file) = &model.file else {
        return Vec::new();
    };
    if file.revision() != outside.revision {
        model.say(
            Role::Warning,
            "the file was changed here meanwhile; what the editor left is dropped",
        );
        return Vec::new();
    }
    let outside = Outside { text, ..outside };
    let taken = match outside.what {
        What::Value(id, ended) => {
            read_value(file, id, &outside.text, ended).map(|leaf| take_value(model, id, leaf))
        }
        What::File(format) => {
            outside::take(file.tree(), format, outside.shown.expose(), outside.text.expose())
                .map_err(|failure| failure.message)
                .map(|tree| take_file(model, tree))
        }
        What::Rules => Ok(()),
    };
    if let Err(problem) = taken {
        again(model, outside, problem);
    }
    Vec::new()
}

/// The value that a text means: of the type it has, where the text can be one, else a text.
fn read_value(file: &OpenFile, id: NodeId, text: &Secret, ended: bool) -> Result<Leaf, String> {
    let bytes = text.expose();
    let bytes = if ended {
        bytes.strip_suffix(b"\n").unwrap_or(bytes)
    } else {
        bytes
    };
    if file.is_decoded(id) {
        return Ok(kubernetes::encode(bytes));
    }
    if file.document.format == Format::Binary {
        return Ok(Leaf::Text(Secret::from(bytes)));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "this is no text (UTF-8)".to_owned())?;
    let kind = file.tree().node(id).leaf().map_or(Kind::Str, Kind::of);
    kind.read(text)
        .or_else(|| Kind::Str.fits(file.document.format).then(|| Leaf::text(text)))
        .ok_or_else(|| format!("this is no {}", kind.name()))
}

fn take_value(model: &mut Model, id: NodeId, leaf: Leaf) {
    let same = model
        .file
        .as_ref()
        .is_some_and(|file| file.tree().node(id).leaf() == Some(&leaf));
    if same {
        model.say(Role::Info, "nothing was changed in the editor");
    } else {
        edit::change(model, |file| file.set_leaf(id, leaf).map(|()| Some(id)));
    }
}

fn take_file(model: &mut Model, tree: Tree) {
    let opened = model.file.as_ref().map_or(0, |file| file.opened_in(&tree));
    if opened == 0 {
        return adopt(model, tree);
    }
    let what = counted_as(opened, "value becomes", "values become");
    model.overlays.push(Overlay::Dialog(Dialog::new(
        "This becomes readable in git",
        vec![
            format!("{what} readable by what was changed in the editor:"),
            "their keys do not match the rule that encrypts. Cancel drops all that was changed.".to_owned(),
        ],
        vec![("Take it anyway", Intent::Adopt(Drafted(Box::new(tree))))],
    )));
}

/// The edited file becomes one edit, in the list of changes.
pub(super) fn adopt(model: &mut Model, tree: Tree) {
    let Some(file) = &mut model.file else { return };
    if !file.adopt(tree) {
        model.say(Role::Info, "nothing was changed in the editor");
        return;
    }
    model.tree.rows.measure(file);
    model.tree.rebuild(file, None);
    let count = file.change_count();
    let what = counted_as(count, "change is", "changes are");
    model.say(
        Role::Ok,
        format!("{what} not saved; u takes back what the editor changed"),
    );
}

/// Asks whether to go back to the editor with a text that cannot be taken.
pub(super) fn again(model: &mut Model, outside: Outside, problem: String) {
    let mut dialog = Dialog::new(
        "This cannot be taken",
        vec![problem, "Cancel drops what was typed in the editor.".to_owned()],
        vec![("Edit again", Intent::EditAgain(Box::new(outside)))],
    );
    // What was typed is worth more than the way out.
    dialog.selected = 0;
    model.overlays.push(Overlay::Dialog(dialog));
}
