//! A file whose MAC does not hold: why, and what can be done about it. Nothing of it happens without a question.

use super::files;
use crate::failure::Failure;
use crate::ops::mismatch::Explanation;
use crate::tree::Tree;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Drafted, Intent};
use crate::tui::overlays::pager::Pager;
use crate::tui::theme::Role;
use crate::tui::worker::Job;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Looks for what was changed by hand.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let document = Arc::clone(&file.document);
    let label = format!("comparing {} with git", model.show_path(&document.path));
    let id = model.begin(Purpose::Explain(document.path.clone()), label);
    vec![Effect::Start(id, Job::Explain(document))]
}

/// Says what was found; the question what to do about it stands below.
pub(super) fn explained(model: &mut Model, path: &Path, result: Result<Option<Box<Explanation>>, Failure>) {
    let open = model.file.as_ref().is_some_and(|file| file.document.path == path);
    match result {
        _ if !open => {}
        Ok(None) => model.say(Role::Ok, "the MAC of this file holds"),
        Ok(Some(explanation)) => {
            let lines = explanation.lines();
            if let Some(dialog) = question(model, path, *explanation) {
                model.overlays.push(Overlay::Dialog(dialog));
            }
            let pager = Pager::message("Why the file is read-only", lines);
            model.overlays.push(Overlay::Pager(pager));
        }
        Err(failure) => {
            let pager = Pager::failure("Cannot say why", &failure);
            model.overlays.push(Overlay::Pager(pager));
        }
    }
}

fn question(model: &Model, path: &Path, explanation: Explanation) -> Option<Dialog> {
    let repairable = model.file.as_ref()?.document.repairable.is_some();
    let whole = explanation.is_whole() && repairable;
    let good = explanation.good.as_ref().map(|good| good.name());
    let mut lines = Vec::new();
    let mut answers = Vec::new();
    if whole {
        lines.push(
            "Accepting makes the MAC new for what the file says now. That is written with the next save, not before."
                .to_owned(),
        );
        answers.push(("Accept as it stands", Intent::AcceptFile));
        if let (Some(reverted), Some(good)) = (explanation.reverted, &good) {
            lines.push(format!(
                "Taking back makes edits of the differences, to what they were in {good}."
            ));
            answers.push(("Take back", Intent::TakeBackAll(Drafted(Box::new(reverted)))));
        }
    } else {
        lines.push("It cannot be accepted: values of it do not decrypt where they stand.".to_owned());
    }
    if let (Some(good), false) = (&good, whole) {
        lines.push(format!(
            "Restoring writes the file as it is in {good}; what was changed since is lost."
        ));
        answers.push(("Restore", Intent::Restore(path.to_owned())));
    }
    let lines = lines.iter().map(|line| crate::tui::text::escape(line)).collect();
    let allowed = !model.read_only && !answers.is_empty();
    allowed.then(|| Dialog::new("Repair the file?", lines, answers))
}

/// Accepts the file, and perhaps takes back what was changed by hand, as an edit.
pub(super) fn accept(model: &mut Model, reverted: Option<Tree>) -> Vec<Effect> {
    let Some(file) = &mut model.file else {
        return Vec::new();
    };
    if !file.accept() {
        model.say(Role::Warning, "the file cannot be accepted as it stands");
        return Vec::new();
    }
    let back = reverted.is_some_and(|tree| file.adopt(tree));
    model.tree.rebuild(file, None);
    model.say(
        Role::Ok,
        if back {
            "what was changed by hand is taken back; the next save writes that and makes the MAC new"
        } else {
            "the next save makes the MAC new; until then nothing is written"
        },
    );
    Vec::new()
}

/// Brings the last version back whose MAC held.
pub(super) fn restore(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    let label = format!("restoring {}", model.show_path(&path));
    let id = model.begin(Purpose::Restore(path.clone()), label);
    vec![Effect::Start(id, Job::Restore(path))]
}

/// The file is restored, or not.
pub(super) fn restored(model: &mut Model, path: PathBuf, result: Result<(), Failure>) -> Vec<Effect> {
    match result {
        Ok(()) => {
            let mut effects = Vec::from(files::written(model, path.clone()));
            effects.push(files::begin_open(model, path));
            effects
        }
        Err(failure) => {
            let pager = Pager::failure("Not restored", &failure);
            model.overlays.push(Overlay::Pager(pager));
            Vec::new()
        }
    }
}
