//! `w`: which rule decided about the selected node. The rules are read by a task; what they mean for the node is worked out here,
//! so that no value leaves the tree.

use crate::failure::Failure;
use crate::ops::why::{Origin, Ruling, Subject, Why, explain};
use crate::tree::NodeId;
use crate::tui::action::{Action, Context};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Purpose};
use crate::tui::open_file::{Mark, OpenFile, show_path, show_place};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::pager::Pager;
use crate::tui::overlays::reason::Reason;
use crate::tui::worker::Job;

/// Asks for the rules of the open file.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    let (Some(file), Some(row)) = (&model.file, model.tree.selected()) else {
        return Vec::new();
    };
    let document = &file.document;
    let job = Job::Rules(
        document.path.clone(),
        document.format,
        Box::new(document.metadata.clone()),
    );
    model.abandon(|purpose| matches!(purpose, Purpose::Why(_)));
    let id = model.begin(Purpose::Why(row.id), "reading the rules");
    vec![Effect::Start(id, job)]
}

/// Shows what they mean for the node.
pub(super) fn show(model: &mut Model, id: NodeId, result: Result<Ruling, Failure>) {
    let Some(file) = &mut model.file else { return };
    if let Ok(ruling) = &result {
        file.ruled(ruling.selection());
    }
    if !file.linked(id) && !file.deleted(id) {
        return;
    }
    let ruling = result.unwrap_or_else(|failure| unread(&failure));
    let mut why = match about(file, id, ruling.clone(), !file.deleted(id)) {
        Ok(why) => why,
        Err(failure) => {
            let pager = Pager::failure("Why", &failure);
            model.overlays.push(Overlay::Pager(pager));
            return;
        }
    };
    let tree = if file.deleted(id) {
        file.base()
    } else {
        file.tree()
    };
    let place = show_place(tree, id);
    let title = format!("Why: {place}");
    if let Some(value) = why.value.as_mut().filter(|_| tree.node(id).comment().is_some()) {
        // No path leads to a comment.
        value.path = place;
    }
    let changeable = file.frozen().is_none() && !file.deleted(id) && tree.node(id).comment().is_none();
    let keys = model.keymap.keys_of(Action::Protect, &[Context::Reason]);
    let change = keys
        .first()
        .filter(|_| changeable && why.origin != Origin::Binary);
    let change = change.map(|key| format!("{key} does what can be done from here"));
    let unsaved = unsaved(file, id, ruling);
    let reason = Reason::new(&title, &why, unsaved, (id, change), |path| model.show_path(path));
    model.overlays.push(Overlay::Reason(reason));
}

/// `t` from there.
pub(super) fn change(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Reason(reason)) = model.overlays.last() else {
        return Vec::new();
    };
    let id = reason.node;
    model.overlays.clear();
    if let Some(file) = &model.file {
        model.tree.show(file, id);
    }
    super::act(model, Action::Protect)
}

/// The answer about a node as it is now, or as it was when the file was opened.
fn about(file: &OpenFile, id: NodeId, ruling: Ruling, now: bool) -> Result<Why, Failure> {
    let subject = Subject {
        path: &file.document.path,
        format: file.document.format,
        content: Some(if now { file.tree() } else { file.base() }),
        metadata: Some(&file.document.metadata),
        sealed: file.locked(),
    };
    explain(&subject, Some(id), ruling)
}

/// What is different from the file on disk, in words.
fn unsaved(file: &OpenFile, id: NodeId, ruling: Ruling) -> Vec<String> {
    let mut lines = Vec::new();
    match file.mark(id) {
        Mark::New => lines.push("it is new: nothing of it is in the file yet".to_owned()),
        Mark::Deleted => lines.push("it is deleted; this is how it stands in the file".to_owned()),
        Mark::Same | Mark::Edited | Mark::Moved => {
            let (was, is) = (show_path(file.base(), id), show_path(file.tree(), id));
            let before = about(file, id, ruling.clone(), false)
                .ok()
                .and_then(|why| why.value);
            let now = about(file, id, ruling, true).ok().and_then(|why| why.value);
            let turned = before.as_ref().map(|it| it.encrypted) != now.map(|it| it.encrypted);
            if was != is {
                lines.push(format!("it is {was} in the file"));
            }
            if let Some(before) = before.filter(|_| turned) {
                let state = if before.encrypted { "encrypted" } else { "in clear" };
                lines.push(format!("it is {state} in the file: {}", before.reason));
            }
        }
    }
    lines
}

/// What is told where the rules cannot be read: what the file itself says counts all the same.
fn unread(failure: &Failure) -> Ruling {
    let hints = failure.hints.iter().map(|hint| format!("→ {hint}"));
    Ruling {
        config: None,
        rules: Vec::new(),
        said: Ok(None),
        notices: std::iter::once(failure.message.clone()).chain(hints).collect(),
    }
}
