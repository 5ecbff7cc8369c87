//! `b`: the commits in which the selected value changed. A task looks, and what it finds is listed as it comes.

use super::edit;
use super::guard::{copy_secret, refusal};
use crate::failure::Failure;
use crate::ops::history::{Entry, Told};
use crate::tree::{Leaf, NodeId, Secret};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::kind::Kind;
use crate::tui::model::{Model, Purpose};
use crate::tui::open_file::{OpenFile, show_path};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::history::{History, day};
use crate::tui::overlays::pager::Pager;
use crate::tui::theme::Role;
use crate::tui::worker::{Job, TaskId};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Why a row has no history; `None` where it has one.
pub(in crate::tui) fn lacks(file: &OpenFile, id: NodeId) -> Option<&'static str> {
    let tree = if file.in_base(id) {
        file.base()
    } else {
        file.tree()
    };
    if tree.node(id).leaf().is_none() {
        return Some("only values have a history");
    }
    (!file.in_base(id)).then_some("it is not in the file yet, so it has no history")
}

/// Begins to look.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    let (Some(file), Some(row)) = (&model.file, model.tree.selected()) else {
        return Vec::new();
    };
    // The file has it under the path that it had when it was opened.
    let path = show_path(file.base(), row.id);
    let job = Job::History(Arc::clone(&file.document), row.id);
    model.abandon(|purpose| *purpose == Purpose::History);
    let id = model.begin(Purpose::History, "looking through the history");
    let history = History::new(row.id, &path, id, model.guard.share_safe);
    model.overlays.push(Overlay::History(Box::new(history)));
    vec![Effect::Start(id, job)]
}

/// The list that a task fills.
fn list_of(model: &mut Model, id: TaskId) -> Option<&mut History> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::History(history) if history.task == Some(id) => Some(&mut **history),
        _ => None,
    })
}

/// Something was found.
pub(super) fn take(model: &mut Model, id: TaskId, entry: Entry) {
    if let Some(history) = list_of(model, id) {
        history.push(entry);
        model.dirty = true;
    }
}

/// Everything was found, or it cannot be looked for.
pub(super) fn end(model: &mut Model, id: TaskId, result: Result<Told, Failure>) {
    let Some(history) = list_of(model, id) else { return };
    match result {
        Ok(told) => history.end(told),
        Err(failure) => {
            model
                .overlays
                .retain(|overlay| !matches!(overlay, Overlay::History(_)));
            model
                .overlays
                .push(Overlay::Pager(Pager::failure("History", &failure)));
        }
    }
}

/// Stops looking.
pub(super) fn stop(model: &mut Model) {
    model.abandon(|purpose| *purpose == Purpose::History);
}

/// Does an action of the list; `None` where it is not one of its own.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    if !matches!(model.overlays.last(), Some(Overlay::History(_))) {
        return None;
    }
    let shows = matches!(action, Action::Reveal | Action::CopyValue);
    if let Some(reason) = refusal(model, action).filter(|_| shows) {
        model.say(Role::Warning, reason);
        return Some(Vec::new());
    }
    match action {
        Action::Cancel => {
            model.overlays.pop();
            stop(model);
            Some(Vec::new())
        }
        Action::Reveal => {
            reveal(model);
            Some(Vec::new())
        }
        Action::CopyValue => Some(copy(model)),
        Action::Restore => {
            restore(model);
            Some(Vec::new())
        }
        _ => None,
    }
}

/// The selected value, as a person reads it; where there is none, why is told.
fn selected(model: &mut Model) -> Option<(Leaf, Zeroizing<Vec<u8>>)> {
    let (Some(Overlay::History(history)), Some(file)) = (model.overlays.last(), &model.file) else {
        return None;
    };
    let value = match history.selected() {
        None => Err("nothing is found yet"),
        Some(entry) => entry.value.clone().ok_or("no key at hand opens that version"),
    };
    match value {
        Ok(value) => {
            let text = file.shown(history.node, &value);
            Some((value, text))
        }
        Err(reason) => {
            model.say(Role::Warning, reason);
            None
        }
    }
}

fn reveal(model: &mut Model) {
    if let Some(Overlay::History(history)) = model.overlays.last_mut()
        && history.shows()
    {
        history.conceal();
        return;
    }
    let Some((_, text)) = selected(model) else { return };
    let until = model.now + model.guard.limits.reveal;
    if let Some(Overlay::History(history)) = model.overlays.last_mut() {
        history.reveal(text, until);
    }
    let seconds = model.guard.limits.reveal.as_secs();
    model.say(
        Role::Info,
        // Short, so that it covers no line of a small terminal.
        format!("revealed for {seconds} s; r or X conceals"),
    );
}

fn copy(model: &mut Model) -> Vec<Effect> {
    match selected(model) {
        Some((_, text)) => copy_secret(model, Secret::from(text.as_slice())),
        None => Vec::new(),
    }
}

/// Makes the old value an edit, of the type that it had.
fn restore(model: &mut Model) {
    let Some((value, _)) = selected(model) else { return };
    let (node, when) = match model.overlays.last() {
        Some(Overlay::History(history)) => {
            let commit = history.selected().and_then(|entry| entry.commit.as_ref());
            (history.node, commit.map(|commit| day(commit.when)))
        }
        _ => return,
    };
    let Some(file) = &model.file else { return };
    let refused = match file.frozen() {
        Some(reason) => Some(reason),
        None if model.saving() => Some("a save is running"),
        None if !Kind::of(&value).fits(file.document.format) => {
            Some("the file cannot hold a value of that type")
        }
        None if !file.deleted(node) && file.tree().node(node).leaf() == Some(&value) => {
            Some("this is the value that it has")
        }
        None => None,
    };
    if let Some(reason) = refused {
        model.say(Role::Warning, reason);
        return;
    }
    model.overlays.pop();
    stop(model);
    edit::change(model, |file| {
        if file.deleted(node) {
            file.take_back(node)?;
        }
        file.set_leaf(node, value).map(|()| Some(node))
    });
    let of = when.map(|when| format!(" of {when}")).unwrap_or_default();
    model.say(
        Role::Info,
        format!("the value{of} is an edit now; ctrl-s saves it"),
    );
}
