//! Locking, and getting back in. What was typed into a field and not accepted is dropped; everything else comes back.

use super::guard::{clear_clipboard, conceal_everything};
use crate::failure::Failure;
use crate::ops::draft::Reopened;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::pager::Pager;
use crate::tui::theme::Role;
use crate::tui::worker::Job;
use std::sync::Arc;

/// Drops keys and values; unsaved work stays, sealed. A save that runs is waited for.
pub(super) fn lock(model: &mut Model) -> Vec<Effect> {
    conceal_everything(model);
    let mut effects = clear_clipboard(model, false);
    if model.saving() {
        model.guard.lock_after_save = true;
        model.say(Role::Info, "locks when the save is done");
        return effects;
    }
    model.guard.lock_after_save = false;
    let Some(file) = model.file.take() else {
        // What was discarded there may have been plain.
        model
            .overlays
            .retain(|overlay| !matches!(overlay, Overlay::Review(_)));
        // Conflicts of a file that is not open: their values go, and nothing was written of them.
        if model.overlays.iter().any(Overlay::holds_values) {
            model.overlays.clear();
            model.tasks.retain(|task| task.purpose == Purpose::Scan);
            model.say(
                Role::Info,
                "locked: the conflicts are closed, nothing was written",
            );
            effects.push(Effect::Wipe);
        } else if model.guard.locked.is_none() {
            model.say(Role::Info, "there is nothing to lock");
        }
        return effects;
    };
    match file.seal() {
        Ok(sealed) => model.guard.locked = Some(sealed),
        Err((failure, file)) => {
            model.file = Some(*file);
            model.say(Role::Error, format!("not locked: {}", failure.message));
            return effects;
        }
    }
    // Questions of key services go unanswered, fields are wiped, and what is being opened is not waited for.
    model.overlays.clear();
    super::history::stop(model);
    model
        .tasks
        .retain(|task| matches!(task.purpose, Purpose::Scan | Purpose::Look(_)));
    model.pending.clear();
    model.tree.filter = None;
    model.status = None;
    model.dirty = true;
    effects.push(Effect::Wipe);
    effects
}

/// Opens the file again with the keys at hand.
pub(super) fn unlock(model: &mut Model) -> Vec<Effect> {
    let Some(locked) = &model.guard.locked else {
        return Vec::new();
    };
    if model.tasks.iter().any(|task| task.purpose == Purpose::Unlock) {
        return Vec::new();
    }
    let kept = Arc::clone(&locked.kept);
    let id = model.begin(Purpose::Unlock, "unlocking");
    vec![Effect::Start(id, Job::Unlock(kept))]
}

/// The file is open again, or not.
pub(super) fn unlocked(model: &mut Model, result: Result<Box<Reopened>, Failure>) -> Vec<Effect> {
    let reopened = match result {
        Ok(reopened) => reopened,
        Err(failure) => {
            let pager = Pager::failure("Cannot unlock", &failure);
            model.overlays.push(Overlay::Pager(pager));
            return Vec::new();
        }
    };
    let Some(locked) = model.guard.locked.take() else {
        return Vec::new();
    };
    match locked.open(*reopened) {
        Ok(file) => {
            model.tree.rebuild(&file, None);
            model.file = Some(file);
            model.guard.touch(model.now);
            model.status = None;
            return super::keys::begin_rule(model).into_iter().collect();
        }
        Err(back) => {
            let (locked, document) = *back;
            model.guard.locked = Some(locked);
            model.overlays.push(Overlay::Pager(Pager::attempts(&document)));
        }
    }
    Vec::new()
}
