//! The review: asks for what differs, stages, discards and commits, and takes in what came of it.

use super::{files, jump, save};
use crate::failure::Failure;
use crate::format::Format;
use crate::host::Repository;
use crate::ops::review::{Reviewed, Sides};
use crate::ops::stage::{Discarded, Picks};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::jumps::Spot;
use crate::tui::model::{Model, Purpose as Task, Step};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::field::{Field, Purpose};
use crate::tui::overlays::pager::Pager;
use crate::tui::overlays::review::{Review, State};
use crate::tui::theme::Role;
use crate::tui::widgets::SecretInput;
use crate::tui::worker::Job;
use crate::tui::worker::review::{Answer, Listed, Request};
use std::sync::Arc;

/// What is told where there is nothing to act on.
const NOTHING: &str = "there is nothing here";

/// The review, wherever it lies among the overlays.
fn review(model: &mut Model) -> Option<&mut Review> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Review(review) => Some(review.as_mut()),
        _ => None,
    })
}

/// `D`: opens the review, or goes on to the next two sides.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    let Some(open) = review(model) else {
        let folder = model.files.folder.clone();
        model
            .overlays
            .push(Overlay::Review(Box::new(Review::new(folder))));
        return list(model);
    };
    match open.sides {
        Sides::Unstaged => open.sides = Sides::Staged,
        Sides::Staged => {
            ask_revision(model);
            return Vec::new();
        }
        Sides::Revision(_) => open.sides = Sides::Branch,
        Sides::Branch => open.sides = Sides::Unstaged,
    }
    list(model)
}

/// Asks for what differs, and forgets what was asked for before.
fn list(model: &mut Model) -> Vec<Effect> {
    model.abandon(|purpose| matches!(purpose, Task::Review(Step::List | Step::Reveal)));
    let Some(open) = review(model) else {
        return Vec::new();
    };
    open.conceal();
    let request = Request::List(open.folder.clone(), open.sides.clone());
    start(model, Step::List, "comparing", request)
}

fn start(model: &mut Model, step: Step, label: &str, request: Request) -> Vec<Effect> {
    let id = model.begin(Task::Review(step), label);
    vec![Effect::Start(id, Job::Review(Box::new(request)))]
}

fn ask_revision(model: &mut Model) {
    let Some(open) = review(model) else { return };
    let branches = open.branches.clone();
    let mut field = Field::new(
        Purpose::Revision,
        SecretInput::new("", true),
        Format::Yaml,
        "Compare HEAD with which revision?".to_owned(),
    );
    field.proposals.extend(branches, |_| false);
    field.note = "Enter alone: with the branch that this one left";
    model.overlays.push(Overlay::Field(field));
}

/// A revision was typed.
pub(super) fn revision(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Field(field)) = model.overlays.pop() else {
        return Vec::new();
    };
    let name = field.input.text().trim().to_owned();
    if let Some(open) = review(model) {
        open.sides = if name.is_empty() {
            Sides::Branch
        } else {
            Sides::Revision(name)
        };
    }
    list(model)
}

/// Does what a key means in the review.
pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Review => begin(model),
        Action::Reload => list(model),
        Action::Reveal => reveal(model),
        Action::Stage => stage(model, false),
        Action::Discard => discard(model),
        Action::Undo => undo(model),
        Action::Commit => ask_message(model),
        Action::JumpToChange => go(model),
        _ => Vec::new(),
    }
}

/// The repository, the file and what of it is meant; tells why there is nothing.
fn chosen(model: &mut Model) -> Option<(Repository, Arc<Reviewed>, Picks)> {
    if busy(model) {
        return None;
    }
    let open = review(model)?;
    let found = open
        .repository
        .clone()
        .zip(open.file().map(Arc::clone))
        .zip(open.picks());
    if found.is_none() {
        model.say(Role::Info, NOTHING);
    }
    found.map(|((repository, file), picks)| (repository, file, picks))
}

/// Whether something is written at this moment; tells so.
fn busy(model: &mut Model) -> bool {
    let writes = |step: Step| !matches!(step, Step::List | Step::Reveal);
    let busy = model
        .tasks
        .iter()
        .any(|task| matches!(task.purpose, Task::Review(step) if writes(step)));
    if busy {
        model.say(Role::Info, "one moment: the last change is being written");
    }
    busy
}

/// `Space`: stages, or unstages.
pub(super) fn stage(model: &mut Model, confirmed: bool) -> Vec<Effect> {
    let Some((repository, file, picks)) = chosen(model) else {
        return Vec::new();
    };
    let Some(open) = review(model) else {
        return Vec::new();
    };
    let exposes = open.would_expose();
    match open.sides {
        Sides::Unstaged if exposes && !confirmed => {
            model.overlays.push(Overlay::Dialog(Dialog::new(
                "Stage it readable?",
                vec!["A value that was encrypted becomes readable in git, for everybody who has the repository.".to_owned()],
                vec![("Stage it readable", Intent::StageReadable)],
            )));
            Vec::new()
        }
        Sides::Unstaged => start(
            model,
            Step::Write,
            "staging",
            Request::Stage(repository, file, picks),
        ),
        Sides::Staged => start(
            model,
            Step::Write,
            "unstaging",
            Request::Unstage(repository, file, picks),
        ),
        Sides::Revision(_) | Sides::Branch => {
            model.say(Role::Info, "both sides are commits: nothing is staged from here");
            Vec::new()
        }
    }
}

fn discard(model: &mut Model) -> Vec<Effect> {
    if review(model).is_some_and(|open| open.sides != Sides::Unstaged) {
        model.say(
            Role::Info,
            "only what is in the work tree alone is discarded; Space unstages",
        );
        return Vec::new();
    }
    if model.read_only {
        model.say(Role::Warning, "the editor was started read-only");
        return Vec::new();
    }
    let Some((repository, file, picks)) = chosen(model) else {
        return Vec::new();
    };
    start(
        model,
        Step::Write,
        "discarding",
        Request::Discard(repository, file, picks),
    )
}

fn undo(model: &mut Model) -> Vec<Effect> {
    if busy(model) {
        return Vec::new();
    }
    match review(model).and_then(|open| open.undo.pop()) {
        Some(discarded) => start(
            model,
            Step::Write,
            "restoring",
            Request::Restore(Box::new(discarded)),
        ),
        None => {
            model.say(Role::Info, "nothing was discarded here");
            Vec::new()
        }
    }
}

/// `r`: asks for one value; hides the one that is shown.
fn reveal(model: &mut Model) -> Vec<Effect> {
    if let Some(reason) = super::guard::refusal(model, Action::Reveal) {
        model.say(Role::Warning, reason);
        return Vec::new();
    }
    let Some(open) = review(model) else {
        return Vec::new();
    };
    let selected = open.selected();
    let asked = match selected {
        Some(crate::tui::overlays::review::Row::Change(file, number)) => Some((file, number)),
        _ => None,
    };
    let before = open.shown().map(|shown| (shown.file, shown.number));
    open.conceal();
    model.abandon(|purpose| matches!(purpose, Task::Review(Step::Reveal)));
    let Some(open) = review(model) else {
        return Vec::new();
    };
    let Some((place, number)) = asked.filter(|asked| Some(*asked) != before) else {
        if asked.is_none() && before.is_none() {
            model.say(Role::Info, "only values can be revealed");
        }
        return Vec::new();
    };
    let encrypted = open.change().is_some_and(|change| {
        [&change.old, &change.new]
            .into_iter()
            .flatten()
            .any(|seen| seen.is_encrypted && seen.print.is_some())
    });
    let found = open.repository.clone().zip(open.files.get(place).map(Arc::clone));
    let Some((repository, file)) = found.filter(|_| encrypted) else {
        model.say(Role::Info, "there is nothing hidden that a key here opens");
        return Vec::new();
    };
    open.awaited = Some((place, number));
    start(
        model,
        Step::Reveal,
        "decrypting",
        Request::Reveal(repository, file, number),
    )
}

fn ask_message(model: &mut Model) -> Vec<Effect> {
    if busy(model) {
        return Vec::new();
    }
    let Some(open) = review(model).filter(|open| open.repository.is_some()) else {
        model.say(Role::Info, "there is no repository yet");
        return Vec::new();
    };
    let mut field = Field::new(
        Purpose::Message,
        SecretInput::new(&open.message, true),
        Format::Yaml,
        "Message of the commit".to_owned(),
    );
    field.tall = true;
    field.note = "commits what is staged; hooks run";
    model.overlays.push(Overlay::Field(field));
    Vec::new()
}

/// The message was written.
pub(super) fn commit(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Field(field)) = model.overlays.pop() else {
        return Vec::new();
    };
    let message = field.input.text().to_owned();
    let Some(open) = review(model) else {
        return Vec::new();
    };
    open.message.clone_from(&message);
    let Some(repository) = open.repository.clone() else {
        return Vec::new();
    };
    start(
        model,
        Step::Write,
        "committing",
        Request::Commit(repository, message),
    )
}

/// Enter: shows the value in the tree of its file.
fn go(model: &mut Model) -> Vec<Effect> {
    let Some(open) = review(model) else {
        return Vec::new();
    };
    let Some((repository, file)) = open.repository.clone().zip(open.file().map(Arc::clone)) else {
        model.say(Role::Info, NOTHING);
        return Vec::new();
    };
    let path = repository.root().join(&file.path);
    let value = open.change().map(|change| change.path.clone());
    let is_file = !matches!(file.outcome, crate::ops::review::Outcome::Rules(_));
    if !is_file || file.sides.1.is_none() {
        model.say(Role::Info, "there is no such file to open in the tree");
        return Vec::new();
    }
    let mut effects = close(model);
    model.leave_spot();
    effects.extend(jump::go(model, Spot::named(path, value)));
    effects
}

/// Esc, once nothing runs any more.
pub(super) fn close(model: &mut Model) -> Vec<Effect> {
    model.abandon(|purpose| matches!(purpose, Task::Review(Step::List | Step::Reveal)));
    let written = review(model).map(|open| std::mem::take(&mut open.written));
    model
        .overlays
        .retain(|overlay| !matches!(overlay, Overlay::Review(_)));
    model.dirty = true;
    let Some(written) = written else {
        return Vec::new();
    };
    let mut effects = vec![files::begin_states(model)];
    for path in &written {
        effects.push(super::insight::look_again(model, path.clone()));
    }
    let open = model.file.as_ref().map(|file| &file.document.path);
    if open.is_some_and(|open| written.iter().any(|path| crate::host::file::same(path, open))) {
        effects.extend(save::reload(model));
    }
    effects
}

/// Esc: stops what runs, else closes.
pub(super) fn cancel(model: &mut Model) -> Vec<Effect> {
    let reads = model.abandon(|purpose| matches!(purpose, Task::Review(Step::List | Step::Reveal)));
    let writing = model
        .tasks
        .iter_mut()
        .find(|task| task.purpose == Task::Review(Step::Write));
    if let Some(task) = writing {
        // Its outcome is waited for: something may have been written.
        task.stopping = true;
        model.abandoned.push(task.id);
        return Vec::new();
    }
    if reads > 0 {
        if let Some(open) = review(model) {
            open.conceal();
            if matches!(open.state, State::Reading) {
                open.state = State::Failed("cancelled".to_owned());
            }
        }
        model.say(Role::Info, "cancelled");
        return Vec::new();
    }
    close(model)
}

/// What came of a request.
pub(super) fn answered(model: &mut Model, answer: Answer) -> Vec<Effect> {
    match answer {
        Answer::Listed(result) => {
            listed(model, result);
            Vec::new()
        }
        Answer::Revealed(file, number, result) => {
            revealed(model, &file, number, result);
            Vec::new()
        }
        Answer::Done(word, Ok(())) => {
            model.say(Role::Ok, word);
            list(model)
        }
        Answer::Discarded(Ok(discarded)) => discarded_is(model, discarded),
        Answer::Restored(Ok(path)) => {
            if let Some(open) = review(model) {
                open.written.push(path);
            }
            model.say(Role::Ok, "it is back, byte for byte");
            list(model)
        }
        Answer::Restored(Err((failure, discarded))) => {
            if let Some(open) = review(model) {
                open.undo.push(*discarded);
            }
            failed(model, "Not restored", &failure)
        }
        Answer::Committed(Ok(commit)) => {
            if let Some(open) = review(model) {
                open.message.clear();
            }
            model.say(Role::Ok, "committed");
            if !commit.said.is_empty() {
                let pager = Pager::message("Committed", commit.said);
                model.overlays.push(Overlay::Pager(pager));
            }
            list(model)
        }
        Answer::Done(_, Err(failure)) => failed(model, "Not staged", &failure),
        Answer::Discarded(Err(failure)) => failed(model, "Not discarded", &failure),
        Answer::Committed(Err(failure)) => failed(model, "Not committed", &failure),
    }
}

fn discarded_is(model: &mut Model, discarded: Discarded) -> Vec<Effect> {
    if let Some(open) = review(model) {
        open.written.push(discarded.path.clone());
        open.undo.push(discarded);
    }
    model.say(Role::Ok, "discarded; u brings it back");
    list(model)
}

/// Tells what went wrong, and looks again: the index or the work tree may be others by now.
fn failed(model: &mut Model, title: &str, failure: &Failure) -> Vec<Effect> {
    model
        .overlays
        .push(Overlay::Pager(Pager::failure(title, failure)));
    list(model)
}

fn listed(model: &mut Model, result: Result<Box<Listed>, Failure>) {
    let unsaved = model.unsaved_changes();
    let Some(open) = review(model) else { return };
    match result {
        Ok(listed) => {
            let Listed {
                repository,
                names,
                files,
                branches,
            } = *listed;
            open.repository = Some(repository);
            open.names = names;
            open.branches = branches;
            open.fill(files);
            if unsaved > 0 && open.sides == Sides::Unstaged {
                model.say(Role::Warning, "edits that are not saved are not in it");
            }
        }
        Err(failure) => {
            open.fill(Vec::new());
            open.names = Default::default();
            open.state = State::Failed(failure.message);
        }
    }
}

fn revealed(
    model: &mut Model,
    file: &Arc<Reviewed>,
    number: usize,
    result: Result<crate::ops::review::Revealed, Failure>,
) {
    let until = model.now + model.guard.limits.reveal;
    let hidden = model.guard.share_safe;
    let Some(open) = review(model) else { return };
    match result {
        Ok(value) if !hidden => open.show(file, number, value, until),
        Ok(_) => {
            open.conceal();
        }
        Err(failure) => {
            open.conceal();
            model.say(Role::Warning, failure.message);
        }
    }
}
