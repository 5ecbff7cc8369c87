//! Plans over several files: which files, what for, whom it is about, and carrying them out.

use super::{files, guard, keys, save};
use crate::failure::Failure;
use crate::format::Format;
use crate::metadata::Recipient;
use crate::ops::rekey_files::{FileResult, Goal, Planned, Wish, checklist};
use crate::ops::scan::FileKind;
use crate::ops::unlock::identity;
use crate::policy::recipient;
use crate::tree::Secret;
use crate::tui::action::Action;
use crate::tui::clipboard::Request;
use crate::tui::effect::Effect;
use crate::tui::layout::Pane;
use crate::tui::model::{Model, Purpose as Task};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::adding::Target;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::field::{Field, Purpose};
use crate::tui::overlays::pager::Pager;
use crate::tui::overlays::plan::{Button, PlanView, Stage};
use crate::tui::overlays::rotation::{Rotation, Way};
use crate::tui::theme::Role;
use crate::tui::widgets::SecretInput;
use crate::tui::worker::Job;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the list of secrets is written unless somebody says otherwise.
const LIST: &str = "secrets-to-change.md";

/// What is asked of somebody who takes somebody out.
const LEAVER: &str = "a name or a public key";

/// The files that are meant: those that are marked, else the selected one of the list or those of its selected folder, else the
/// open one.
pub(super) fn targets(model: &Model) -> Vec<PathBuf> {
    if !model.files.marked.is_empty() {
        return model.files.marked.iter().cloned().collect();
    }
    if let Some(folder) = model.files.selected_folder()
        && model.focus == Pane::Files
    {
        return model.files.inside(&folder);
    }
    let selected = || model.files.selected().map(|file| file.path.clone());
    let open = || model.file.as_ref().map(|file| file.document.path.clone());
    let one = if model.focus == Pane::Files {
        selected().or_else(open)
    } else {
        open().or_else(selected)
    };
    one.into_iter().collect()
}

/// What these files are called together.
fn called(model: &Model, paths: &[PathBuf]) -> String {
    match paths {
        [one] => model.show_path(one),
        several if model.files.marked.is_empty() => format!("{} files", several.len()),
        several => format!("{} marked files", several.len()),
    }
}

/// `R`: shows what can be done.
pub(super) fn begin(model: &mut Model) {
    let paths = targets(model);
    let open = model.file.as_ref().map(|file| file.document.path.clone());
    let is_sealed = |path: &PathBuf| {
        open.as_ref() == Some(path)
            || model
                .files
                .files
                .iter()
                .any(|file| file.path == *path && file.kind == FileKind::Sealed)
    };
    let paths: Vec<PathBuf> = paths.into_iter().filter(is_sealed).collect();
    if model.read_only {
        model.say(Role::Warning, "opened read-only");
    } else if paths.is_empty() {
        model.say(Role::Warning, "there is no SOPS file here");
    } else if model.unsaved() && open.as_ref().is_some_and(|open| paths.contains(open)) {
        model.overlays.push(Overlay::Dialog(Dialog::new(
            "Save first?",
            vec![
                "The changes of the open file are not saved, and keys are changed on what is on disk."
                    .to_owned(),
            ],
            vec![("List the changes", Intent::ListChanges)],
        )));
    } else {
        let title = called(model, &paths);
        model
            .overlays
            .push(Overlay::Rotation(Rotation::new(paths, title)));
    }
}

/// Enter in the list of ways.
fn choose(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Rotation(rotation)) = model.overlays.pop() else {
        return Vec::new();
    };
    let Some(way) = rotation.chosen() else {
        return Vec::new();
    };
    let paths = rotation.paths;
    let wish = |goal| Wish {
        paths: paths.clone(),
        goal,
        ..Wish::default()
    };
    match way {
        Way::Rule => vec![ask_for(model, wish(Goal::Recipients))],
        Way::DataKey => vec![ask_for(model, wish(Goal::DataKey))],
        Way::Secrets => vec![ask_for(model, wish(Goal::Secrets))],
        Way::Comes => {
            let title = format!("{}: {}", Way::Comes.title(), called(model, &paths));
            keys::ask(model, Target::Files(paths), title, Vec::new())
        }
        Way::Goes => ask_leaver(model, paths),
    }
}

/// Asks who is to be taken out.
fn ask_leaver(model: &mut Model, paths: Vec<PathBuf>) -> Vec<Effect> {
    let title = format!("{}: {}", Way::Goes.title(), called(model, &paths));
    let field = Field {
        note: LEAVER,
        ..Field::new(
            Purpose::Leaver(paths.clone()),
            SecretInput::new("", true),
            Format::Binary,
            title,
        )
    };
    model.overlays.push(Overlay::Field(field));
    let id = model.begin(Task::Readers, "looking who can read");
    vec![Effect::Start(id, Job::Readers(paths))]
}

/// The names of those who can read came.
pub(super) fn readers(model: &mut Model, names: Vec<String>) {
    if let Some(Overlay::Field(field)) = model.overlays.last_mut()
        && matches!(field.purpose, Purpose::Leaver(_))
    {
        field.proposals.extend(names, |_| false);
    }
}

/// What is typed, judged while it is typed.
pub(super) fn judge(field: &mut Field) {
    let typed = field.input.text().trim();
    field.problem = None;
    field.note = match recipient::any(typed) {
        _ if typed.is_empty() => LEAVER,
        Ok(key) => kind(key.kind()),
        Err(_) => "a name, if somebody is called that",
    };
}

/// Tab: the next name that begins with what was typed.
pub(super) fn complete(field: &mut Field) {
    let typed = field.input.head().to_owned();
    match field.proposals.next(&typed) {
        Some(name) => {
            field.input.set(&name);
            judge(field);
        }
        None => field.problem = Some("nobody who can read is called so".to_owned()),
    }
}

/// A kind of key, for people.
fn kind(kind: &str) -> &'static str {
    match kind {
        "age" => "an age or SSH key",
        "pgp" => "an OpenPGP key",
        "kms" => "a key of AWS KMS",
        "gcp_kms" => "a key of GCP KMS",
        "azure_kv" => "a key of Azure Key Vault",
        "hc_vault" => "a key of Vault",
        _ => "a public key",
    }
}

/// Enter in the field of who is to be taken out.
pub(super) fn leaver(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Field(field)) = model.overlays.last_mut() else {
        return Vec::new();
    };
    let Purpose::Leaver(paths) = &field.purpose else {
        return Vec::new();
    };
    let typed = field.input.text().trim().to_owned();
    if let Err(error) = recipient::any(&typed)
        && !field.proposals.has(&typed)
    {
        field.problem = Some(format!("nobody who can read is called that, and {error}"));
        return Vec::new();
    }
    let wish = Wish {
        paths: paths.clone(),
        rules: true,
        remove: vec![typed],
        ..Wish::default()
    };
    model.overlays.pop();
    vec![ask_for(model, wish)]
}

/// Has the plan made that lets somebody into files and their rules.
pub(super) fn let_in(model: &mut Model, paths: Vec<PathBuf>, recipient: &Recipient) -> Vec<Effect> {
    let wish = Wish {
        paths,
        rules: true,
        add: vec![identity(recipient)],
        ..Wish::default()
    };
    vec![ask_for(model, wish)]
}

/// Has a plan made.
fn ask_for(model: &mut Model, wish: Wish) -> Effect {
    let id = model.begin(Task::Plan(wish.clone()), "planning");
    Effect::Start(id, Job::Plan(wish))
}

/// The plan came.
pub(super) fn planned(model: &mut Model, wish: Wish, result: Result<Planned, Failure>) {
    model.overlays.push(match result {
        Ok(planned) => Overlay::Plan(PlanView::new(wish, Arc::new(planned))),
        Err(failure) => Overlay::Pager(Pager::failure("No plan", &failure)),
    });
}

/// Enter in the list of ways or in a plan.
pub(super) fn accept(model: &mut Model, yes: bool) -> Vec<Effect> {
    let button = match model.overlays.last() {
        Some(Overlay::Rotation(_)) => return choose(model),
        Some(Overlay::Plan(plan)) if yes => {
            let buttons = plan.buttons();
            buttons.last().map_or(Button::Close, |(_, button)| *button)
        }
        Some(Overlay::Plan(plan)) => plan.button(),
        _ => return Vec::new(),
    };
    match button {
        Button::Close => {
            model.overlays.pop();
            Vec::new()
        }
        Button::CarryOut => carry_out(model),
        Button::Stop => {
            stop(model);
            Vec::new()
        }
        Button::StartOver => start_over(model),
        Button::Rest => rest(model),
    }
}

fn carry_out(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Plan(plan)) = model.overlays.last_mut() else {
        return Vec::new();
    };
    plan.stage = Stage::Running {
        done: 0,
        stopping: false,
    };
    plan.selected = 0;
    let planned = Arc::clone(&plan.planned);
    let id = model.begin(Task::Apply, "changing keys");
    vec![Effect::Start(id, Job::Apply(planned))]
}

/// Plans all of it anew, also what a run that was stopped did; nothing is written before that is seen, too.
fn start_over(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Plan(plan)) = model.overlays.pop() else {
        return Vec::new();
    };
    let wish = Wish {
        restart: true,
        ..plan.wish
    };
    vec![ask_for(model, wish)]
}

/// Plans anew what was not done.
fn rest(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Plan(plan)) = model.overlays.pop() else {
        return Vec::new();
    };
    let wish = Wish {
        paths: plan.rest(),
        ..plan.wish
    };
    vec![ask_for(model, wish)]
}

/// Esc in a plan: closes it, or stops it after the files that are being written.
pub(super) fn stop(model: &mut Model) {
    let Some(Overlay::Plan(plan)) = model.overlays.last_mut() else {
        return;
    };
    let Stage::Running { stopping, .. } = &mut plan.stage else {
        model.overlays.pop();
        return;
    };
    *stopping = true;
    for task in &mut model.tasks {
        if task.purpose == Task::Apply && !task.stopping {
            task.stopping = true;
            model.abandoned.push(task.id);
        }
    }
}

fn shown(model: &mut Model) -> Option<&mut PlanView> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Plan(plan) => Some(plan),
        _ => None,
    })
}

/// One more file is done.
pub(super) fn step(model: &mut Model, result: FileResult) {
    model.dirty = true;
    if let Some(plan) = shown(model) {
        plan.step(result);
    }
}

/// All files are done, or the work was stopped. The list and the open file are read again.
pub(super) fn applied(model: &mut Model, result: Result<Vec<FileResult>, Failure>) -> Vec<Effect> {
    let mut touched = Vec::new();
    match (result, shown(model)) {
        (Ok(results), Some(plan)) => {
            touched.extend(plan.to_write().cloned());
            plan.end(results);
        }
        (Ok(_), None) => {}
        (Err(failure), _) => {
            model
                .overlays
                .retain(|overlay| !matches!(overlay, Overlay::Plan(_)));
            let pager = Pager::failure("Nothing was changed", &failure);
            model.overlays.push(Overlay::Pager(pager));
            return Vec::new();
        }
    }
    guard::conceal(model);
    let mut effects = files::rescan(model);
    let open = model.file.as_ref().map(|file| file.document.path.clone());
    if open.is_some_and(|open| touched.contains(&open)) {
        effects.extend(save::reload(model));
    }
    effects
}

/// Copies the list of secrets to change, or asks where to write it.
pub(super) fn list(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(text) = text(model) else {
        model.say(Role::Warning, "nobody could read anything that is to be changed");
        return Vec::new();
    };
    if action == Action::CopyList {
        let text = Secret::from(text.as_str());
        return vec![Effect::Clipboard(Request::Copy { text, secret: false })];
    }
    let title = "Write the list of secrets to change".to_owned();
    let field = Field {
        note: "paths only, no values",
        ..Field::new(Purpose::List, SecretInput::new(LIST, true), Format::Binary, title)
    };
    model.overlays.push(Overlay::Field(field));
    Vec::new()
}

fn text(model: &mut Model) -> Option<String> {
    let plan = shown(model)?;
    checklist(&plan.planned.plan, &plan.planned.people)
}

/// Enter in the field of the path for the list.
pub(super) fn write_list(model: &mut Model) -> Vec<Effect> {
    let Some(text) = text(model) else {
        return Vec::new();
    };
    let Some(Overlay::Field(field)) = model.overlays.last_mut() else {
        return Vec::new();
    };
    let typed = field.input.text().trim();
    if typed.is_empty() {
        field.problem = Some("a file needs a name".to_owned());
        return Vec::new();
    }
    let path = model.files.folder.join(typed);
    let id = model.begin(Task::WriteList(path.clone()), "writing the list");
    vec![Effect::Start(id, Job::WriteList(path, text))]
}

/// The list is written, or why not.
pub(super) fn list_written(model: &mut Model, path: &Path, result: Result<(), Failure>) {
    match result {
        Ok(()) => {
            let is_path = |overlay: &Overlay| matches!(overlay, Overlay::Field(field) if field.purpose == Purpose::List);
            model.overlays.retain(|overlay| !is_path(overlay));
            let name = model.show_path(path);
            model.say(Role::Ok, format!("{name} is written"));
        }
        Err(failure) => {
            if let Some(Overlay::Field(field)) = model.overlays.last_mut() {
                field.problem = Some(failure.message);
            }
        }
    }
}
