//! Resolving the conflicts of a merge: opening them, choosing, writing, and going on with the merge.

use super::{field, files, guard, one_side};
use crate::failure::Failure;
use crate::host::Operation;
use crate::ops::counted::counted_as;
use crate::ops::resolve::{Choice, Opened, Resolved, Which};
use crate::ops::stage::Commit;
use crate::tree::Leaf;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::kind::{self, Kind};
use crate::tui::layout::Pane;
use crate::tui::model::{Model, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::field::{Field, Purpose as Typed};
use crate::tui::overlays::pager::Pager;
use crate::tui::overlays::resolver::Resolver;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::SecretInput;
use crate::tui::worker::Job;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens the conflicts of the selected file in the list of files, else of the open one.
pub(super) fn begin_here(model: &mut Model) -> Vec<Effect> {
    let open = model.file.as_ref().map(|file| file.document.path.clone());
    let selected = model.files.selected().map(|file| file.path.clone());
    let path = if model.focus == Pane::Files {
        selected.or(open)
    } else {
        open.or(selected)
    };
    match path {
        Some(path) => begin(model, path),
        None => Vec::new(),
    }
}

/// Opens the conflicts of a file.
pub(super) fn begin(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    let is_open = model.file.as_ref().is_some_and(|file| file.document.path == path);
    if model.read_only {
        model.say(Role::Warning, "opened read-only: nothing is resolved here");
        return Vec::new();
    }
    if is_open && model.unsaved() {
        model.say(
            Role::Warning,
            "save the changes of this file first, or take them back",
        );
        return Vec::new();
    }
    model.offered = Some(path.clone());
    let label = format!("opening the conflicts of {}", model.show_path(&path));
    let id = model.begin(Purpose::Resolve(path.clone()), label);
    vec![Effect::Start(id, Job::Resolve(path))]
}

/// Asks whether to resolve the conflicts of a file, once.
pub(super) fn offer(model: &mut Model, path: &Path) {
    model.offered = Some(path.to_owned());
    let dialog = Dialog::new(
        format!("Resolve the conflicts of {}?", model.show_path(path)),
        vec!["git could not merge this file. Its conflicts can be decided value by value.".to_owned()],
        vec![("Resolve", Intent::Resolve(path.to_owned()))],
    );
    // Looking changes nothing.
    model.overlays.push(Overlay::Dialog(Dialog {
        selected: 0,
        ..dialog
    }));
}

/// As [`offer`], for the open file where git says that it is in conflict.
pub(super) fn offer_for_open(model: &mut Model) {
    let Some(path) = model.file.as_ref().map(|file| file.document.path.clone()) else {
        return;
    };
    let in_conflict = model.files.state(&path) == Some('U');
    if in_conflict && model.overlays.is_empty() && !model.read_only && model.offered.as_ref() != Some(&path) {
        offer(model, &path);
    }
}

/// The sides are open, or not.
pub(super) fn opened(model: &mut Model, path: &Path, result: Result<Opened, Failure>) {
    match result {
        Ok(Opened::OneSide(side)) => one_side::ask(model, Arc::new(*side)),
        Ok(Opened::Both(dispute)) => {
            guard::conceal_everything(model);
            let title = model.show_path(path);
            model.status = None;
            let resolver = Resolver::new(*dispute, title);
            model.overlays.push(Overlay::Resolver(Box::new(resolver)));
        }
        Err(failure) => {
            let pager = Pager::failure("Nothing to resolve", &failure);
            model.overlays.push(Overlay::Pager(pager));
        }
    }
}

fn resolver(model: &mut Model) -> Option<&mut Resolver> {
    model.overlays.iter_mut().rev().find_map(|overlay| match overlay {
        Overlay::Resolver(resolver) => Some(&mut **resolver),
        _ => None,
    })
}

/// What the keys of the resolver do; `None` where it is not uppermost, or the action is not one of its own.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    let Some(Overlay::Resolver(resolver)) = model.overlays.last_mut() else {
        return None;
    };
    let own = matches!(
        action,
        Action::TakeOurs
            | Action::TakeTheirs
            | Action::TakeBoth
            | Action::TakeOwn
            | Action::Reveal
            | Action::Undo
            | Action::NextConflict
            | Action::PreviousConflict
    );
    if !own {
        return None;
    }
    if let Some(reason) = resolver.refuses(action) {
        model.say(Role::Warning, reason);
        return Some(Vec::new());
    }
    model.status = None;
    match action {
        Action::TakeOurs => choose(model, Choice::Ours),
        Action::TakeTheirs => choose(model, Choice::Theirs),
        Action::TakeBoth => choose(model, Choice::Both),
        Action::TakeOwn => edit(model),
        Action::Reveal => reveal(model),
        Action::Undo => {
            resolver.undo();
        }
        _ => {
            resolver.step(action == Action::NextConflict);
        }
    }
    Some(Vec::new())
}

fn choose(model: &mut Model, choice: Choice) {
    let Some(resolver) = resolver(model) else { return };
    let result = resolver.choose(choice);
    let (open, readable) = (resolver.open(), resolver.opened());
    match result {
        Err(reason) => model.say(Role::Warning, reason),
        Ok(()) if readable > 0 => {
            model.say(
                Role::Warning,
                "a value that one side encrypts becomes readable in git; u takes it back",
            );
        }
        Ok(()) if open == 0 => model.say(Role::Ok, "every conflict is decided: ctrl-s writes the file"),
        Ok(()) => {}
    }
}

fn reveal(model: &mut Model) {
    if let Some(reason) = guard::refusal(model, Action::Reveal) {
        model.say(Role::Warning, reason);
        return;
    }
    let until = model.now + model.guard.limits.reveal;
    if let Some(resolver) = resolver(model) {
        resolver.reveal = match resolver.reveal {
            Some(_) => None,
            None => Some(until),
        };
    }
}

/// The usual field, with our value in it, or theirs where ours is gone.
fn edit(model: &mut Model) {
    let Some(resolver) = resolver(model) else { return };
    let Some(number) = resolver.selected() else { return };
    let dispute = Arc::clone(resolver.dispute());
    let chosen = match resolver.choices().get(number) {
        Some(Some(Choice::Own(leaf))) => Some(leaf.clone()),
        _ => None,
    };
    let leaf = chosen
        .or_else(|| dispute.leaf(number, Which::Ours))
        .or_else(|| dispute.leaf(number, Which::Theirs))
        .unwrap_or(Leaf::Null);
    let bytes = kind::shown(&leaf);
    let Ok(value) = std::str::from_utf8(&bytes) else {
        model.say(Role::Warning, "these bytes are no text and cannot be edited here");
        return;
    };
    let secret = dispute.is_secret(number);
    let place = dispute.points.get(number).map(|point| point.place.as_str());
    let title = text::escape(place.unwrap_or_default());
    let field = Field {
        kind: Kind::of(&leaf),
        note: if secret { "encrypted" } else { "readable in git" },
        tall: value.contains('\n'),
        ..Field::new(
            Typed::Conflict(number),
            SecretInput::new(value, !secret),
            dispute.format(),
            title,
        )
    };
    model.overlays.push(Overlay::Field(field));
}

/// Enter in that field.
pub(super) fn accept_value(model: &mut Model, number: usize) {
    let Some(Overlay::Field(field)) = model.overlays.last_mut() else {
        return;
    };
    if let Err(problem) = field::check_value(field) {
        field.problem = Some(problem);
        return;
    }
    let leaf = field.kind.read(field.input.text());
    model.overlays.pop();
    if let Some(leaf) = leaf {
        if let Some(resolver) = resolver(model) {
            resolver.go(number);
        }
        choose(model, Choice::Own(leaf));
    }
}

/// Asks before the file is written.
pub(super) fn confirm(model: &mut Model) {
    let Some(resolver) = resolver(model) else { return };
    let open = resolver.open();
    if open > 0 {
        resolver.step(true);
        let what = counted_as(open, "conflict is", "conflicts are");
        model.say(Role::Warning, format!("{what} not decided yet"));
        return;
    }
    let dispute = resolver.dispute();
    let mut lines = vec![
        resolver.summary(),
        "What the work tree has of this file is replaced.".to_owned(),
    ];
    match resolver.opened() {
        0 => {}
        count => {
            let what = counted_as(count, "value becomes", "values become");
            lines.push(format!("{what} readable in git."));
        }
    }
    let mut answers = vec![("Write", Intent::Decide(false))];
    if dispute.is_in_git() {
        answers.insert(0, ("Write and git add", Intent::Decide(true)));
    }
    let lines = lines.iter().map(|line| text::escape(line)).collect();
    model.overlays.push(Overlay::Dialog(Dialog::new(
        "Write the merged file?",
        lines,
        answers,
    )));
}

/// Writes the file.
pub(super) fn decide(model: &mut Model, add: bool) -> Vec<Effect> {
    let Some(resolver) = resolver(model) else {
        return Vec::new();
    };
    resolver.reveal = None;
    let dispute = Arc::clone(resolver.dispute());
    let choices = resolver.choices().to_vec();
    let label = format!("writing {}", model.show_path(&dispute.path));
    let id = model.begin(Purpose::Decide(dispute.path.clone()), label);
    vec![Effect::Start(id, Job::Decide(dispute, choices, add))]
}

/// The file is written, or not.
pub(super) fn decided(model: &mut Model, path: PathBuf, result: Result<Resolved, Failure>) -> Vec<Effect> {
    let resolved = match result {
        Ok(resolved) => resolved,
        Err(failure) => {
            let pager = Pager::failure("Not written", &failure);
            model.overlays.push(Overlay::Pager(pager));
            return Vec::new();
        }
    };
    model
        .overlays
        .retain(|overlay| !matches!(overlay, Overlay::Resolver(_)));
    let name = model.show_path(&path);
    tell(model, &name, &path, &resolved);
    if resolved.gone {
        return one_side::let_go(model, &path);
    }
    let mut effects = Vec::from(files::written(model, path.clone()));
    // Another file with unsaved changes stays open.
    let other = model.file.as_ref().is_some_and(|file| file.document.path != path);
    if !other || !model.unsaved() {
        effects.push(files::begin_open(model, path));
    }
    effects
}

/// What is left of the merge.
fn tell(model: &mut Model, name: &str, path: &Path, resolved: &Resolved) {
    let done = if resolved.gone { "deleted" } else { "written" };
    if let Some(reason) = &resolved.not_added {
        model.say(
            Role::Warning,
            format!("{name} is {done}, and git was not told: {reason}"),
        );
        return;
    }
    if !resolved.added {
        model.say(Role::Ok, format!("{name} is {done}"));
        return;
    }
    let next = resolved.operation.next();
    match resolved.left.as_slice() {
        [] if resolved.operation == Operation::Merge => {
            model.say(Role::Ok, format!("{name} is resolved"));
            model.overlays.push(Overlay::Dialog(Dialog::new(
                "No file is in conflict any more",
                vec![format!(
                    "{next} commits the merge, with the message that git has prepared."
                )],
                vec![("Commit the merge", Intent::Proceed(path.to_owned()))],
            )));
        }
        [] => model.say(
            Role::Ok,
            format!("{name} is resolved; no file is in conflict any more: {next} goes on"),
        ),
        [one] => {
            let text = format!(
                "{name} is resolved; one file is still in conflict: {}",
                one.display()
            );
            model.say(Role::Ok, text);
        }
        many => {
            let text = format!("{name} is resolved; {} files are still in conflict", many.len());
            model.say(Role::Ok, text);
        }
    }
}

/// Commits the merge.
pub(super) fn proceed(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    let id = model.begin(Purpose::Proceed, "committing the merge");
    vec![Effect::Start(id, Job::Proceed(path))]
}

/// The merge is committed, or not.
pub(super) fn proceeded(model: &mut Model, result: Result<Commit, Failure>) -> Vec<Effect> {
    match result {
        Ok(commit) => {
            let said = commit.said.join("; ");
            let words = if said.is_empty() {
                String::new()
            } else {
                format!(": {said}")
            };
            model.say(Role::Ok, format!("the merge is committed{words}"));
        }
        Err(failure) => {
            let pager = Pager::failure("The merge is not committed", &failure);
            model.overlays.push(Overlay::Pager(pager));
        }
    }
    vec![files::begin_states(model)]
}
