//! Listing a folder and opening files.

use super::{insight, jump};
use crate::failure::{Failure, Kind};
use crate::ops::open::Access;
use crate::ops::scan::Scan;
use crate::tui::action::{Action, Context};
use crate::tui::effect::Effect;
use crate::tui::layout::Pane;
use crate::tui::model::{Model, Purpose};
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::pager::Pager;
use crate::tui::panes::tree::TreePane;
use crate::tui::theme::Role;
use crate::tui::worker::{Job, Read};
use std::path::{Path, PathBuf};

/// Asks for the files of a folder.
pub fn begin_scan(model: &mut Model, folder: PathBuf) -> Effect {
    model.files.folder.clone_from(&folder);
    let id = model.begin(Purpose::Scan, "looking for files");
    Effect::Start(id, Job::Scan(folder))
}

/// Asks for a file to be read.
pub fn begin_open(model: &mut Model, path: PathBuf) -> Effect {
    // The last file that was asked for is the one to show, also when another takes longer.
    model.abandon(|purpose| matches!(purpose, Purpose::Open(_)));
    let label = format!("opening {}", model.show_path(&path));
    let id = model.begin(Purpose::Open(path.clone()), label);
    Effect::Start(id, Job::Open(path))
}

pub(super) fn rescan(model: &mut Model) -> Vec<Effect> {
    let folder = model.files.folder.clone();
    vec![begin_scan(model, folder)]
}

pub(super) fn scanned(model: &mut Model, result: Result<Scan, Failure>) -> Vec<Effect> {
    match result {
        Ok(Scan {
            files,
            truncated,
            unread,
        }) => {
            if truncated {
                model.mention(Role::Warning, "too many files here: not all were looked at");
            }
            let first = !model.files.scanned;
            model.files.found(files);
            if let (true, Some(file)) = (first, &model.file) {
                model.files.select(&file.document.path);
            }
            let look = insight::begin_look(model, truncated, unread);
            let mut effects = vec![begin_states(model)];
            effects.extend(look);
            effects
        }
        Err(failure) => {
            model.mention(Role::Error, failure.message);
            Vec::new()
        }
    }
}

/// A file was written: has git asked about it, and looks again for what stands out in it.
pub(super) fn written(model: &mut Model, path: PathBuf) -> [Effect; 2] {
    [begin_states(model), insight::look_again(model, path)]
}

/// Asks what git says of the listed files.
pub(super) fn begin_states(model: &mut Model) -> Effect {
    let id = model.begin(Purpose::Git, "asking git");
    Effect::Start(id, Job::Git(model.files.folder.clone()))
}

/// Lists more files, or SOPS files only again.
pub(super) fn list_next(model: &mut Model) {
    let nothing = model.files.is_empty();
    model.files.list_next();
    if let (true, Some(file)) = (nothing, &model.file) {
        model.files.select(&file.document.path);
    }
    let text = model.files.listing.about();
    model.say(Role::Info, text);
}

/// Folds and unfolds folders of the list.
pub(super) fn fold(model: &mut Model, action: Action) {
    match action {
        Action::Fold => model.files.fold(),
        Action::Unfold => model.files.unfold(),
        _ => model.files.fold_everything(action == Action::FoldAll),
    }
}

/// Enter in the list.
pub(super) fn open_selected(model: &mut Model) -> Vec<Effect> {
    if model.files.is_folded().is_some() {
        model.files.toggle_fold();
        return Vec::new();
    }
    let Some(path) = model.files.selected().map(|file| file.path.clone()) else {
        return Vec::new();
    };
    if is_rules(&path) {
        return super::rule::look(model, Some(path));
    }
    if model.file.as_ref().is_some_and(|file| file.document.path == path) {
        model.abandon(|purpose| matches!(purpose, Purpose::Open(_)));
        model.say(Role::Info, "this file is open");
        return super::focus(model, Pane::Tree);
    }
    model.jumps.target = None;
    open_other(model, path)
}

/// Whether a file holds rules: it is looked at, never encrypted.
fn is_rules(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == ".sops.yaml")
}

/// Opens a file that is not the open one; asks first when something is not saved.
pub(super) fn open_other(model: &mut Model, path: PathBuf) -> Vec<Effect> {
    if model.unsaved() {
        model.overlays.push(Overlay::Dialog(Dialog::new(
            "Open another file?",
            vec!["The changes of this file are not saved.".to_owned()],
            vec![
                ("Save", Intent::SaveAndOpen(path.clone())),
                ("Open without saving", Intent::Open(path)),
            ],
        )));
        return Vec::new();
    }
    vec![begin_open(model, path)]
}

pub(super) fn opened(model: &mut Model, path: &Path, result: Result<Box<Read>, Failure>) -> Vec<Effect> {
    if result.is_err() && model.file.is_none() {
        // There is nothing else to go on with.
        model.focus = Pane::Files;
    }
    let read = match result {
        Ok(read) => read,
        Err(failure) if failure.kind == Kind::Unmerged && !model.read_only => {
            super::resolve::offer(model, path);
            return Vec::new();
        }
        Err(failure) if failure.kind == Kind::NotEncrypted && is_rules(path) => {
            return super::rule::look(model, Some(path.to_owned()));
        }
        Err(failure) if failure.kind == Kind::NotEncrypted && !model.read_only => {
            model.overlays.push(Overlay::Dialog(offer(model, path)));
            return Vec::new();
        }
        Err(failure) => {
            model
                .overlays
                .push(Overlay::Pager(Pager::failure("Cannot open", &failure)));
            return Vec::new();
        }
    };
    super::guard::conceal(model);
    let left = model.spot();
    model.tree = TreePane::default();
    install(model, *read);
    jump::arrive(model, left);
    model.files.select(path);
    model.focus = Pane::Tree;
    let Some(file) = &model.file else {
        return Vec::new();
    };
    match &file.document.access {
        Access::Open(_) => {
            let notices = file.document.notices.clone();
            match notices.split_first() {
                Some((notice, [])) => model.say(Role::Warning, notice.clone()),
                Some(_) => model
                    .overlays
                    .push(Overlay::Pager(Pager::message("Notices", notices))),
                // What was told of its conflicts stays.
                None if model.offered.as_deref() == Some(path) => {}
                // So does what was saved before it was opened.
                None if model
                    .status
                    .as_ref()
                    .is_some_and(|status| status.role == Role::Ok) => {}
                None => model.status = None,
            }
        }
        Access::Locked(_) | Access::ReadOnly(_) => {
            let untrusted = file.is_untrusted();
            let pager = Pager::attempts(&file.document);
            model.overlays.push(Overlay::Pager(pager));
            if untrusted {
                let keys = model.keymap.keys_of(Action::Explain, &[Context::Everywhere]);
                let key = keys
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| ":explain-mac".to_owned());
                let text = format!("read-only: {key} says what was changed by hand, and repairs it");
                model.say(Role::Warning, text);
            }
        }
    }
    super::resolve::offer_for_open(model);
    super::keys::begin_rule(model).into_iter().collect()
}

/// Asks whether a plain file is to be encrypted.
fn offer(model: &Model, path: &Path) -> Dialog {
    Dialog::new(
        format!("Encrypt {}?", model.show_path(path)),
        vec![
            "This file is not encrypted.".to_owned(),
            "Its values would be encrypted where they stand, by the rule of the .sops.yaml that is for it; the layout stays."
                .to_owned(),
        ],
        vec![("Encrypt", Intent::Encrypt(path.to_owned()))],
    )
}

/// Asks for a plain file to be encrypted.
pub fn begin_encrypt(model: &mut Model, path: PathBuf) -> Effect {
    let label = format!("encrypting {}", model.show_path(&path));
    let id = model.begin(Purpose::Encrypt(path.clone()), label);
    Effect::Start(id, Job::Encrypt(path))
}

pub(super) fn encrypted(
    model: &mut Model,
    path: PathBuf,
    result: Result<Vec<String>, Failure>,
) -> Vec<Effect> {
    match result {
        Ok(warnings) => {
            if !warnings.is_empty() {
                let pager = Pager::message("Encrypted, with warnings", warnings);
                model.overlays.push(Overlay::Pager(pager));
            }
            let folder = model.files.folder.clone();
            vec![begin_open(model, path), begin_scan(model, folder)]
        }
        Err(failure) => {
            let pager = Pager::failure("Cannot encrypt", &failure);
            model.overlays.push(Overlay::Pager(pager));
            Vec::new()
        }
    }
}

/// Makes a file the open one; fold state is that of the tree pane.
pub(super) fn install(model: &mut Model, read: Read) {
    // Its nodes have other ids.
    model.abandon(|purpose| matches!(purpose, Purpose::Why(_)));
    let file = OpenFile::new(read.document, read.tree, model.read_only);
    model.tree.rows.measure(&file);
    model.tree.rows.build(&file);
    model.file = Some(file);
    model.changes.cursor = Default::default();
    model.recipients.cursor = Default::default();
    model.groups.cursor = Default::default();
}
