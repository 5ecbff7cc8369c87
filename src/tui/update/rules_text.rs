//! `E` on the rules: the `.sops.yaml` in the user's own editor. What is wrong in what it leaves is shown before it is written.

use super::{files, keys, outside, rule};
use crate::failure::Failure;
use crate::ops::rules_edit::RulesEdit;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Purpose};
use crate::tui::outside::{Outside, What};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::pager::Pager;
use crate::tui::overlays::rules::Rules;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::worker::Job;
use std::path::PathBuf;

/// How many lines of each sort the question shows.
const MOST: usize = 8;

/// The rules that are shown, below whatever lies above them.
fn shown(model: &Model) -> Option<&Rules> {
    model.overlays.iter().rev().find_map(|overlay| match overlay {
        Overlay::Rules(rules) => Some(rules),
        _ => None,
    })
}

/// Hands the text out.
pub(super) fn edit(model: &mut Model) -> Vec<Effect> {
    if model.read_only {
        model.say(Role::Warning, "opened read-only");
        return Vec::new();
    }
    let Some(rules) = shown(model) else {
        return Vec::new();
    };
    let found = rules.text();
    let name = found.path.file_name().unwrap_or_default().to_string_lossy();
    vec![Effect::Outside(Box::new(Outside {
        what: What::Rules,
        name: name.into_owned(),
        shown: found.text.clone(),
        text: found.text.clone(),
        revision: 0,
    }))]
}

/// The editor has ended and left another text.
pub(super) fn edited(model: &mut Model, outside: Outside) -> Vec<Effect> {
    let Some(before) = shown(model).map(|rules| rules.text().clone()) else {
        return Vec::new();
    };
    let text = outside.text.clone();
    let id = model.begin(Purpose::EditRules(Box::new(outside)), "reading the rules");
    vec![Effect::Start(id, Job::EditRules(Box::new(before), text))]
}

/// Shows what differs and what is wrong, and asks.
pub(super) fn ask(model: &mut Model, outside: Outside, result: Result<Box<RulesEdit>, Failure>) {
    if shown(model).is_none() {
        return;
    }
    let edit = match result {
        Ok(edit) => edit,
        Err(failure) => return outside::again(model, outside, text::escape(&failure.message)),
    };
    let mut lines = Vec::new();
    let differing = edit.lines.iter();
    lines.extend(
        differing
            .take(MOST)
            .map(|(sign, line)| format!("{sign} {}", text::escape(line))),
    );
    lines.extend(more(edit.lines.len(), "line"));
    lines.push(String::new());
    let found = edit.findings.iter().take(MOST);
    lines.extend(found.map(|finding| {
        let (what, advice) = (text::escape(&finding.text), text::escape(&finding.advice));
        format!("! line {}: {what} → {advice}", finding.line)
    }));
    lines.extend(more(edit.findings.len(), "finding"));
    if edit.findings.is_empty() {
        lines.push("Nothing is wrong in it.".to_owned());
    }
    lines
        .push("Files keep the keys and the selection that they have until they follow the rules.".to_owned());
    let title = format!("Write {}?", text::escape(&edit.name));
    let answers = vec![
        ("Write", Intent::WriteRules(edit)),
        ("Edit again", Intent::EditAgain(Box::new(outside))),
    ];
    model
        .overlays
        .push(Overlay::Dialog(Dialog::new(title, lines, answers)));
}

/// What is left out.
fn more(all: usize, what: &str) -> Option<String> {
    let left = all.checked_sub(MOST).filter(|left| *left > 0)?;
    let plural = if left == 1 { "" } else { "s" };
    Some(format!("… and {left} more {what}{plural}"))
}

/// Starts to write.
pub(super) fn begin(model: &mut Model, edit: Box<RulesEdit>) -> Vec<Effect> {
    let id = model.begin(Purpose::WriteRules(edit.path.clone()), "writing the rules");
    vec![Effect::Start(id, Job::WriteRules(edit))]
}

/// They are written, or not: the view is renewed, and what follows from the rules.
pub(super) fn written(model: &mut Model, path: PathBuf, result: Result<(), Failure>) -> Vec<Effect> {
    if let Err(failure) = result {
        let pager = Pager::failure("Not written", &failure);
        model.overlays.push(Overlay::Pager(pager));
        return Vec::new();
    }
    model
        .overlays
        .retain(|overlay| !matches!(overlay, Overlay::Rules(_)));
    let name = model.show_path(&path);
    model.say(Role::Ok, format!("{name} is written"));
    let mut effects = rule::look(model, Some(path));
    effects.extend(files::rescan(model));
    effects.extend(keys::begin_rule(model));
    effects
}
