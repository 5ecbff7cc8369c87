//! What is known about the files of the list beside their names: marks, findings, the matrix.

use super::{files, focus, plan};
use crate::failure::Failure;
use crate::ops::access::Matrix;
use crate::ops::check::Report;
use crate::ops::counted::{counted, counted_as};
use crate::ops::overview::Overview;
use crate::ops::scan::FileKind;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::jumps::Line;
use crate::tui::layout::Pane;
use crate::tui::model::{Model, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::findings::Findings;
use crate::tui::overlays::matrix::MatrixView;
use crate::tui::overlays::pager::Pager;
use crate::tui::theme::Role;
use crate::tui::worker::Job;
use std::path::PathBuf;

/// Has the whole folder looked at, after it was listed; nothing where no file there has to do with SOPS, and all of them can be read.
pub(super) fn begin_look(model: &mut Model, truncated: bool, unread: bool) -> Option<Effect> {
    model.abandon(|purpose| matches!(purpose, Purpose::Look(_)));
    let sealed = model.files.of_kind(FileKind::Sealed);
    if sealed.is_empty() && !unread && model.files.of_kind(FileKind::Plain).is_empty() {
        return None;
    }
    // Where there are too many files to list, those that are encrypted are worth a look, and no more.
    let paths = if truncated {
        sealed.clone()
    } else {
        vec![model.files.folder.clone()]
    };
    let id = model.begin(Purpose::Look(Vec::new()), "looking for leaks");
    Some(Effect::Start(id, Job::Look(paths, sealed)))
}

/// Has one file looked at again, after it was written.
pub(super) fn look_again(model: &mut Model, path: PathBuf) -> Effect {
    let id = model.begin(Purpose::Look(vec![path.clone()]), "looking for leaks");
    Effect::Start(id, Job::Look(vec![path.clone()], vec![path]))
}

/// What a look told; of these files, or of all where none is named.
pub(super) fn looked(model: &mut Model, paths: &[PathBuf], result: Result<Overview, Failure>) {
    match result {
        Ok(found) if paths.is_empty() => model.files.take_in(found),
        Ok(found) => model.files.renew(paths, found),
        // A folder or file that is gone was told by whoever listed it.
        Err(_) => {}
    }
}

/// `Space` and its kin.
pub(super) fn mark(model: &mut Model, action: Action) {
    match action {
        Action::MarkFolder => model.files.mark_folder(),
        Action::MarkAll => model.files.mark_all(),
        _ => {
            model.files.mark_one();
            // The next file is at hand; on a folder, the same key takes the marks away again.
            if model.files.selected_folder().is_none() {
                model.files.select_next();
            }
        }
    }
    let words = match model.files.marked.len() {
        0 => "no file is marked".to_owned(),
        count => counted_as(count, "file is marked", "files are marked"),
    };
    model.say(Role::Info, words);
}

/// Tells why the selected file has its marks.
pub(super) fn about_file(model: &mut Model) {
    let Some(file) = model.files.selected() else {
        return;
    };
    let name = model.show_path(&file.path);
    let about = model.files.about(&file.path);
    let state = model.files.state(&file.path);
    let folder = model.files.folder.clone();
    let pager = Pager::about_file(&name, file, about, state, &folder);
    model.overlays.push(Overlay::Pager(pager));
}

/// Tells what the marks mean, what there is of each, and what was not looked into.
pub(super) fn about_all(model: &mut Model) {
    let pager = Pager::about_all(&model.files, model.theme.glyphs);
    model.overlays.push(Overlay::Pager(pager));
}

/// Has the marked files checked, or the selected one.
pub(super) fn begin_check(model: &mut Model) -> Vec<Effect> {
    let paths = plan::targets(model);
    let id = model.begin(Purpose::Check, "checking");
    vec![Effect::Start(id, Job::Check(paths))]
}

/// What the check found.
pub(super) fn checked(model: &mut Model, result: Result<Report, Failure>) {
    match result {
        Ok(report) if report.findings.is_empty() => {
            let files = counted(report.files, "file");
            model.say(Role::Ok, format!("{files} checked, nothing found"));
        }
        Ok(report) => model.overlays.push(Overlay::Findings(Findings::new(report))),
        Err(failure) => model
            .overlays
            .push(Overlay::Pager(Pager::failure("Cannot check", &failure))),
    }
}

/// Opens the file of the selected finding, at its line.
pub(super) fn open_finding(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Findings(findings)) = model.overlays.last() else {
        return Vec::new();
    };
    let Some(finding) = findings.chosen() else {
        return Vec::new();
    };
    let path = finding.path.clone();
    let line = finding.line;
    model.overlays.pop();
    if model.file.as_ref().is_some_and(|file| file.document.path == path) {
        model.leave_spot();
        if let (Some(line), Some(file)) = (line, &model.file)
            && let Some(id) = file.at_line(line)
        {
            model.tree.show(file, id);
        }
        return focus(model, Pane::Tree);
    }
    model.jumps.line = line.map(|line| Line {
        file: path.clone(),
        line,
    });
    model.jumps.target = None;
    files::open_other(model, path)
}

/// Asks who can read the marked files, or all of the folder.
pub(super) fn begin_matrix(model: &mut Model) -> Vec<Effect> {
    let paths: Vec<PathBuf> = if model.files.marked.is_empty() {
        vec![model.files.folder.clone()]
    } else {
        model.files.marked.iter().cloned().collect()
    };
    let id = model.begin(Purpose::Matrix, "looking who can read");
    vec![Effect::Start(id, Job::Access(paths))]
}

/// Who can read came.
pub(super) fn matrix(model: &mut Model, result: Result<Matrix, Failure>) {
    match result {
        Ok(matrix) if matrix.files.is_empty() => model.say(Role::Warning, "there is no SOPS file here"),
        Ok(matrix) => model.overlays.push(Overlay::Matrix(MatrixView::new(matrix))),
        Err(failure) => model
            .overlays
            .push(Overlay::Pager(Pager::failure("Cannot look", &failure))),
    }
}

/// Opens the selected file of the matrix.
pub(super) fn open_of_matrix(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Matrix(matrix)) = model.overlays.last() else {
        return Vec::new();
    };
    let path = matrix.chosen().map(std::path::Path::to_owned);
    model.overlays.pop();
    match path {
        Some(path) if model.file.as_ref().is_some_and(|file| file.document.path == path) => {
            focus(model, Pane::Tree)
        }
        Some(path) => files::open_other(model, path),
        None => Vec::new(),
    }
}

/// Begins to filter the matrix.
pub(super) fn filter_matrix(model: &mut Model) {
    if let Some(Overlay::Matrix(matrix)) = model.overlays.last_mut() {
        matrix.typing = true;
    }
}

/// Enter in the filter of the matrix: what is left stays.
pub(super) fn filtered(model: &mut Model) {
    if let Some(Overlay::Matrix(matrix)) = model.overlays.last_mut() {
        matrix.typing = false;
        if matrix.len() == 0 {
            matrix.unfilter();
            model.say(Role::Warning, "nothing matches");
        }
    }
}

/// Goes to another recipient in the matrix.
pub(super) fn across(model: &mut Model, action: Action) {
    let area = model.layout().main;
    if let Some(Overlay::Matrix(matrix)) = model.overlays.last_mut() {
        matrix.step(if action == Action::ColumnRight { 1 } else { -1 }, area);
    }
}
