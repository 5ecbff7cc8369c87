//! New files: template, path, and what became of them.

use super::files;
use crate::failure::Failure;
use crate::format::Format;
use crate::ops::create::Template;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Purpose as Task};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::field::{Field, Purpose};
use crate::tui::overlays::pager::Pager;
use crate::tui::overlays::templates::Templates;
use crate::tui::theme::Role;
use crate::tui::widgets::SecretInput;
use crate::tui::worker::Job;
use std::path::PathBuf;

/// Shows the templates.
pub(super) fn begin(model: &mut Model) {
    if model.read_only {
        model.say(Role::Warning, "opened read-only");
    } else if model.unsaved() {
        model.say(
            Role::Warning,
            "save the changes of this file first, or take them back",
        );
    } else {
        model.overlays.push(Overlay::Templates(Templates::default()));
    }
}

/// Enter in the list: a path is looked for that a rule is for.
pub(super) fn choose(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Templates(templates)) = model.overlays.pop() else {
        return Vec::new();
    };
    let Some(template) = templates.chosen() else {
        return Vec::new();
    };
    let beside = model.files.folder_here();
    let folder = beside.unwrap_or_else(|| model.files.folder.clone());
    let id = model.begin(Task::NewFile(template), "looking for a rule");
    vec![Effect::Start(id, Job::Propose(folder, template))]
}

/// Asks for the path.
pub(super) fn ask(model: &mut Model, template: Template, proposed: Result<PathBuf, Failure>) {
    let path = match proposed {
        Ok(path) => path,
        Err(failure) => {
            let pager = Pager::failure("No new file", &failure);
            model.overlays.push(Overlay::Pager(pager));
            return;
        }
    };
    let path = path.strip_prefix(&model.files.folder).unwrap_or(&path);
    let input = SecretInput::new(&path.to_string_lossy(), true);
    let title = format!("New file: {}", template.title());
    let field = Field {
        note: "encrypted by the rule for this path",
        ..Field::new(Purpose::NewFile(template), input, Format::Binary, title)
    };
    model.overlays.push(Overlay::Field(field));
}

/// Enter in the field of the path; it stays until the file is there.
pub(super) fn accept(model: &mut Model, template: Template) -> Vec<Effect> {
    let Some(Overlay::Field(field)) = model.overlays.last_mut() else {
        return Vec::new();
    };
    if field.input.text().trim().is_empty() {
        field.problem = Some("a file needs a name".to_owned());
        return Vec::new();
    }
    let path = model.files.folder.join(field.input.text().trim());
    let id = model.begin(Task::Create(path.clone()), "making the file");
    vec![Effect::Start(id, Job::Create(path, template))]
}

/// The new file is shown, or why there is none.
pub(super) fn created(model: &mut Model, path: PathBuf, result: Result<Vec<String>, Failure>) -> Vec<Effect> {
    let warnings = match result {
        Ok(warnings) => warnings,
        Err(failure) => {
            let pager = Pager::failure("No new file", &failure);
            model.overlays.push(Overlay::Pager(pager));
            return Vec::new();
        }
    };
    let is_path = |overlay: &Overlay| matches!(overlay, Overlay::Field(field) if matches!(field.purpose, Purpose::NewFile(_)));
    model.overlays.retain(|overlay| !is_path(overlay));
    files::encrypted(model, path, Ok(warnings))
}
