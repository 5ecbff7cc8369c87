//! Saving, and what to do when somebody else changed the file.

use super::{files, keys};
use crate::failure::Failure;
use crate::host::file::Obstacle;
use crate::ops::counted::counted;
use crate::ops::save::{Agreed, Rekey};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::{After, Model, Purpose};
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::pager::Pager;
use crate::tui::overlays::saving::{Rekeying, Saving};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::Cursor;
use crate::tui::worker::{Job, Read, Written};
use std::sync::Arc;

/// Lists the changes, if there are any.
pub(super) fn list(model: &mut Model, after: After) -> Vec<Effect> {
    if model.saving() {
        model.say(Role::Info, "a save is running");
    } else if model.unsaved() {
        let exposed = model.file.as_ref().map(OpenFile::exposed);
        let keys = model.file.as_ref().and_then(Rekeying::of);
        if let Some(file) = &mut model.file {
            file.keep_data_key = false;
        }
        // What was said before must not lie over the list.
        model.status = None;
        model.overlays.push(Overlay::Saving(Saving {
            cursor: Cursor::default(),
            after,
            exposed: exposed.unwrap_or_default(),
            keys,
        }));
    } else if after != After::Stay {
        return go_on(model, after);
    } else {
        model.say(Role::Info, "nothing to save");
    }
    Vec::new()
}

/// Chooses between the old data key and a new one, where there is a choice; or tells what the changes of keys mean.
pub(super) fn about_keys(model: &mut Model, action: Action) {
    let Some(Overlay::Saving(saving)) = model.overlays.last_mut() else {
        return;
    };
    if saving.refuses(action) {
        model.say(Role::Info, "nobody is removed: the data key can stay");
        return;
    }
    let Some(keys) = &mut saving.keys else { return };
    if action == Action::DataKey {
        keys.keep = !keys.keep;
        if let Some(file) = &mut model.file {
            file.keep_data_key = keys.keep;
        }
        return;
    }
    let pager = Pager::message("What this means", keys.text());
    model.overlays.push(Overlay::Pager(pager));
}

/// Starts to write, with what the user agreed to.
pub(super) fn begin(model: &mut Model, after: After, agreed: Agreed) -> Vec<Effect> {
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let (document, tree) = (Arc::clone(&file.document), Box::new(file.tree().clone()));
    let job = Job::Save(document, tree, rekey(file), agreed);
    write(model, after, job)
}

/// Starts to make the open file anew, which was deleted.
pub(super) fn begin_anew(model: &mut Model, after: After) -> Vec<Effect> {
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let (document, tree) = (Arc::clone(&file.document), Box::new(file.tree().clone()));
    let job = Job::SaveAnew(document, tree, rekey(file));
    write(model, after, job)
}

/// The changes of who can read a file, where there are some.
fn rekey(file: &OpenFile) -> Option<Box<Rekey>> {
    (!file.key_changes().is_empty()).then(|| {
        Box::new(Rekey {
            readers: file.readers().clone(),
            keep_data_key: file.keep_data_key,
        })
    })
}

fn write(model: &mut Model, after: After, job: Job) -> Vec<Effect> {
    let path = model.file.as_ref().map(|file| file.document.path.clone());
    let label = format!("saving {}", model.show_path(&path.unwrap_or_default()));
    let id = model.begin(Purpose::Save(after), label);
    vec![Effect::Start(id, job)]
}

pub(super) fn saved(model: &mut Model, result: Result<Written, Failure>, after: After) -> Vec<Effect> {
    match result {
        Err(failure) => model
            .overlays
            .push(Overlay::Pager(Pager::failure("Not saved", &failure))),
        Ok(Written::ChangedOnDisk) => changed_on_disk(model),
        Ok(Written::Gone) => gone(model, after),
        Ok(Written::Obstructed(obstacle)) => {
            obstructed(model, obstacle, Intent::SaveAgreed(Agreed::ALL, after));
        }
        Ok(Written::Suspicious(reasons)) => {
            suspicious(model, &reasons, Intent::SaveAgreed(Agreed::METADATA, after));
        }
        Ok(Written::Unchanged) => {
            model.say(Role::Ok, "nothing differs; the file was not written");
            return go_on(model, after);
        }
        Ok(Written::Done { read, relaid }) => {
            let path = read.document.path.clone();
            let name = model.show_path(&path);
            replace(model, *read);
            match relaid {
                Some(reason) => model.say(Role::Warning, format!("saved {name}, laid out anew: {reason}")),
                None => model.say(Role::Ok, format!("saved {name}")),
            }
            if after == After::Quit {
                return vec![Effect::Quit];
            }
            let mut effects: Vec<Effect> = keys::begin_rule(model).into_iter().collect();
            effects.extend(files::written(model, path));
            effects.extend(go_on(model, after));
            return effects;
        }
    }
    Vec::new()
}

/// A lock that waited for a file to be written.
pub(super) fn then_lock(model: &mut Model, mut effects: Vec<Effect>) -> Vec<Effect> {
    if model.guard.lock_after_save {
        effects.extend(super::lock::lock(model));
    }
    effects
}

/// Nothing is left to be saved.
fn go_on(model: &mut Model, after: After) -> Vec<Effect> {
    match after {
        After::Stay => Vec::new(),
        After::Quit => vec![Effect::Quit],
        After::Open(path) => vec![files::begin_open(model, path)],
    }
}

/// How many changes the question lists; more would leave no room for its buttons.
const MOST_LISTED: usize = 10;

/// Asks before a file is written that somebody else may have changed (security P6).
pub(super) fn suspicious(model: &mut Model, reasons: &[(&'static str, Vec<String>)], accept: Intent) {
    let mut lines = vec![
        "Anybody who can write to the repository can change this without a key. Nothing was written."
            .to_owned(),
    ];
    for (what, changes) in reasons {
        lines.push(format!("It {}:", what.trim_start_matches("it ")));
        let shown = changes.iter().take(MOST_LISTED);
        lines.extend(shown.map(|change| format!("  {}", text::escape(change))));
        if let Some(more) = changes.len().checked_sub(MOST_LISTED).filter(|more| *more > 0) {
            lines.push(format!("  and {more} more"));
        }
    }
    lines.push(
        "Saved, your changes can be read by everybody in the file, and it is remembered as it is.".to_owned(),
    );
    model.overlays.push(Overlay::Dialog(Dialog::new(
        "Did you change who can read this?",
        lines,
        vec![("Save all the same", accept)],
    )));
}

/// Asks before a file is overwritten where it stands, because it cannot be replaced (security P2).
pub(super) fn obstructed(model: &mut Model, obstacle: Obstacle, accept: Intent) {
    let mut lines = vec![
        format!("Not replaced all at once: {obstacle}. Nothing was written."),
        "Overwrite it where it stands? A crash in the middle of that leaves a torn file.".to_owned(),
    ];
    if obstacle == Obstacle::HardLinks {
        lines.push("It changes under all its names.".to_owned());
    }
    model.overlays.push(Overlay::Dialog(Dialog::new(
        "The file cannot be replaced",
        lines,
        vec![("Write in place", accept)],
    )));
}

pub(super) fn changed_on_disk(model: &mut Model) {
    model.overlays.push(Overlay::Dialog(Dialog::new(
        "The file changed on disk",
        vec![
            "Somebody else changed it since it was opened. Nothing was written.".to_owned(),
            "Reload it and keep the edits that still fit?".to_owned(),
        ],
        vec![("Reload", Intent::Reload)],
    )));
}

/// Tells that there is nothing to write to, and offers to make the file anew; the edits stay.
pub(super) fn gone(model: &mut Model, after: After) {
    let lines = [
        "It was deleted or moved since it was opened. Nothing was written, and the edits are still here.",
        "Write it again, with the edits? If it was moved, there are two files then.",
    ];
    let lines = lines.map(str::to_owned).to_vec();
    let answers = vec![("Write it again", Intent::SaveAnew(after))];
    model
        .overlays
        .push(Overlay::Dialog(Dialog::new("The file is gone", lines, answers)));
}

/// Reads the open file again.
pub(super) fn reload(model: &mut Model) -> Vec<Effect> {
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let path = file.document.path.clone();
    let id = model.begin(Purpose::Reload, format!("reading {}", model.show_path(&path)));
    vec![Effect::Start(id, Job::Open(path))]
}

pub(super) fn reloaded(model: &mut Model, result: Result<Box<Read>, Failure>) -> Vec<Effect> {
    let read = match result {
        Ok(read) => read,
        Err(failure) => {
            model
                .overlays
                .push(Overlay::Pager(Pager::failure("Cannot reload", &failure)));
            return Vec::new();
        }
    };
    reapplied(model, *read, "reloaded")
}

/// Puts a newer reading in place of the open file and makes the edits again that still fit; `done` says what was done.
pub(super) fn reapplied(model: &mut Model, read: Read, done: &str) -> Vec<Effect> {
    let old = replace(model, read);
    let (Some(old), Some(file)) = (old, &mut model.file) else {
        return Vec::new();
    };
    let kept = file.reapply(&old);
    model.tree.rebuild(file, None);
    let said = match kept.fitting {
        0 => done.to_owned(),
        kept => format!("{done}; {} kept", counted(kept, "edit")),
    };
    model.say(Role::Ok, said);
    if !kept.lost.is_empty() {
        let mut lines = vec!["These edits no longer fit what is on disk and were dropped:".to_owned()];
        lines.extend(kept.lost.iter().map(|path| format!("  {path}")));
        model
            .overlays
            .push(Overlay::Pager(Pager::message("Reloaded", lines)));
    }
    keys::begin_rule(model).into_iter().collect()
}

/// Puts a newer reading of the open file in its place; folds, cursor and, where the content is the same, undo stay.
fn replace(model: &mut Model, read: Read) -> Option<OpenFile> {
    super::guard::conceal(model);
    model.tree.filter = None;
    let at = model.tree.cursor;
    let selected = model.tree.selected();
    let old = model.file.take();
    if let Some(old) = &old {
        model.tree.rows.carry_folds(old, &read.tree);
    }
    files::install(model, read);
    model.tree.cursor = at;
    if let (Some(old), Some(file)) = (&old, &mut model.file) {
        file.should.clone_from(&old.should);
        file.known.clone_from(&old.known);
    }
    if let (Some(old), Some(file)) = (&old, &mut model.file)
        && let Some(ids) = file.carry_history(old)
        && let Some(now) = selected
            .and_then(|row| ids.get(row.id))
            .filter(|id| file.linked(*id))
    {
        model.tree.show(file, now);
    }
    old
}
