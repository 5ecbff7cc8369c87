//! Edits of the tree. Nothing is written until it is saved.

use super::{field, keys, protect};
use crate::ops::counted::counted_as;
use crate::tree::{EditError, Key, NodeId};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::jumps::Spot;
use crate::tui::layout::Pane;
use crate::tui::model::Model;
use crate::tui::open_file::{Edit, OpenFile, Place, Turned, show_path};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::theme::Role;

/// Does an action that changes the tree, or begins one.
pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let row = model.tree.selected();
    match (action, row) {
        (Action::Edit | Action::Activate, Some(row)) => field::edit(model, row.id),
        (Action::Rename, Some(row)) => field::rename(model, row.id),
        (Action::AddSibling, Some(row)) if is_document(file, row.id) => {
            change(model, |file| file.add_document(row.id).map(Some));
        }
        (Action::Delete, Some(row)) if is_document(file, row.id) => {
            change(model, |file| file.delete(row.id).map(|()| None));
        }
        (Action::AddSibling, row) => {
            let place = row.and_then(|row| beside(file, row.id)).or_else(|| at_end(file));
            return field::add(model, place);
        }
        (Action::AddChild, row) => {
            let place = row.and_then(|row| inside(file, row.id)).or_else(|| at_end(file));
            return field::add(model, place);
        }
        (Action::Duplicate, Some(row)) => field::duplicate(model, row.id),
        (Action::Protect, Some(row)) => protect::begin(model, row.id),
        (Action::Comment, Some(row)) => field::comment(model, row.id),
        (Action::Type, Some(row)) => field::change_type(model, row.id),
        (Action::Delete, Some(row)) if file.tree().node(row.id).comment().is_some() => {
            make_or_ask(model, Edit::Delete(row.id));
        }
        (Action::Delete, Some(row)) => {
            let next = model.tree.rows.get(model.tree.cursor.at + 1).map(|row| row.id);
            let new = !file.in_base(row.id);
            change(model, |file| {
                file.delete(row.id)
                    .map(|()| if new { next } else { Some(row.id) })
            });
        }
        (Action::MoveDown, Some(row)) => make_or_ask(model, Edit::Shift(row.id, 1)),
        (Action::MoveUp, Some(row)) => make_or_ask(model, Edit::Shift(row.id, -1)),
        (Action::Undo, _) => travel(model, OpenFile::undo),
        (Action::Redo, _) => travel(model, OpenFile::redo),
        _ => {}
    }
    Vec::new()
}

/// Makes one edit, shows its result, and tells when it does not fit.
pub(super) fn change(
    model: &mut Model,
    edit: impl FnOnce(&mut OpenFile) -> Result<Option<NodeId>, EditError>,
) {
    let Some(file) = &mut model.file else { return };
    match edit(file) {
        Ok(select) => refresh(model, select),
        Err(EditError::NoPlace) => model.say(Role::Warning, "it cannot go there"),
        Err(error @ EditError::NoSuchNode) => model.say(Role::Warning, error.to_string()),
    }
}

/// Rows after an edit; the edited node is selected and on screen.
fn refresh(model: &mut Model, select: Option<NodeId>) {
    super::guard::conceal(model);
    let Some(file) = &model.file else { return };
    let linked = select.filter(|id| file.linked(*id) || file.deleted(*id));
    let parent = |id: NodeId| file.tree().node(id).parent.or(file.base().node(id).parent);
    match linked.and_then(parent) {
        Some(branch) => model.tree.rows.rebuild_below(file, branch),
        None => model.tree.rebuild(file, None),
    }
    if let Some(id) = linked {
        model.tree.show(file, id);
    }
}

fn travel(model: &mut Model, step: fn(&mut OpenFile) -> Option<Turned>) {
    if let Some(Turned::Node(at)) = model.file.as_mut().and_then(step) {
        refresh(model, Some(at));
    }
}

/// The place after a node, among its siblings.
fn beside(file: &OpenFile, id: NodeId) -> Option<Place> {
    let parent = file
        .tree()
        .node(id)
        .parent
        .or_else(|| file.base().node(id).parent)?;
    let siblings = file.tree().children(parent);
    let index = siblings
        .iter()
        .position(|child| *child == id)
        .map_or(siblings.len(), |at| at + 1);
    file.linked(parent).then_some(Place { parent, index })
}

/// Whether a node is one of several documents.
fn is_document(file: &OpenFile, id: NodeId) -> bool {
    let roots = file.tree().documents();
    roots.len() > 1 && roots.contains(&id)
}

/// The place at the end of a branch, or beside a value.
fn inside(file: &OpenFile, id: NodeId) -> Option<Place> {
    if file.tree().node(id).is_branch() && file.linked(id) {
        let index = file.tree().children(id).len();
        return Some(Place { parent: id, index });
    }
    beside(file, id)
}

/// The end of the first document.
fn at_end(file: &OpenFile) -> Option<Place> {
    let parent = *file.tree().documents().first()?;
    let index = file.tree().children(parent).len();
    Some(Place { parent, index })
}

/// Gives a node another key, or asks first when values would leave encryption.
pub(super) fn rename(model: &mut Model, id: NodeId, key: Key) {
    let same = model
        .file
        .as_ref()
        .is_none_or(|file| file.tree().node(id).key.as_ref() == Some(&key));
    if !same {
        make_or_ask(model, Edit::Rename(id, key));
    }
}

/// Makes an edit, or asks first when values would leave encryption.
pub(super) fn make_or_ask(model: &mut Model, edit: Edit) {
    let Some(file) = &mut model.file else { return };
    let opened = file.opened_by(&edit);
    if opened == 0 {
        return change(model, |file| file.apply(edit));
    }
    let what = counted_as(opened, "value becomes", "values become");
    let path = show_path(file.tree(), edit.node());
    let (how, why, answer) = match edit {
        Edit::Rename(..) => (
            format!("{what} readable when {path} is renamed:"),
            "the new key does not match the rule that encrypts.",
            "Rename anyway",
        ),
        _ => (
            format!("{what} readable by this edit:"),
            "the rule goes by comments, and the one that encrypts is no longer above.",
            "Do it anyway",
        ),
    };
    model.overlays.push(Overlay::Dialog(Dialog::new(
        "This becomes readable in git",
        vec![how, why.to_owned()],
        vec![(answer, Intent::Edit(edit))],
    )));
}

/// The line that says that the MAC is made new: it is about the whole file, and goes last.
fn on_mac(model: &mut Model, action: Action) {
    if action != Action::TakeBack {
        super::focus(model, Pane::Tree);
        return;
    }
    let refused = model.file.as_mut().is_some_and(OpenFile::refuse);
    if refused {
        model.say(Role::Info, "the file is read-only again: its MAC does not hold");
        let Some(file) = &model.file else { return };
        model.tree.rebuild(file, None);
    } else {
        model.say(
            Role::Warning,
            "take the other changes back first: they need a MAC that fits",
        );
    }
}

/// Enter and `u` in the list of changes.
pub(super) fn on_change(model: &mut Model, action: Action) {
    let Some(file) = &model.file else { return };
    let Some(id) = file
        .changes()
        .get(model.changes.cursor.at)
        .map(|change| change.id)
    else {
        return keys::on_change(model, action);
    };
    if file.is_mac(id) {
        return on_mac(model, action);
    }
    if action == Action::TakeBack {
        change(model, |file| file.take_back(id).map(|()| Some(id)));
        return;
    }
    if let Some(row) = model.tree.selected() {
        model.jumps.leave(Spot::of(file, row.id));
    }
    model.tree.show(file, id);
    super::focus(model, Pane::Tree);
}
