//! Another selection for the rule of the open file, and for the file: shown line by line, written after a yes.

use super::{files, save};
use crate::failure::Failure;
use crate::ops::counted::counted_as;
use crate::ops::rule_change::RuleChange;
use crate::ops::rules_text::RulesText;
use crate::ops::save::Agreed;
use crate::seal::selection::{Rule, Selection};
use crate::tui::effect::Effect;
use crate::tui::model::{After, Model, Purpose};
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::pager::Pager;
use crate::tui::overlays::rules::Rules;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::worker::{Job, Reselect, Written};
use std::path::PathBuf;
use std::sync::Arc;

/// Asks for a `.sops.yaml` with what is wrong in it: this one, or the one that is for the open file or the listed folder.
pub(super) fn look(model: &mut Model, path: Option<PathBuf>) -> Vec<Effect> {
    let open = model.file.as_ref().map(|file| file.document.path.clone());
    let path = path.or(open).unwrap_or_else(|| model.files.folder.clone());
    model.abandon(|purpose| matches!(purpose, Purpose::Rules));
    let id = model.begin(Purpose::Rules, "reading the rules");
    vec![Effect::Start(id, Job::Lint(path))]
}

/// Shows it.
pub(super) fn show(model: &mut Model, result: Result<Box<RulesText>, Failure>) {
    if model.guard.locked.is_some() {
        return;
    }
    model.overlays.push(match result {
        Ok(text) => Overlay::Rules(Rules::new(*text)),
        Err(failure) => Overlay::Pager(Pager::failure("No rules", &failure)),
    });
}

/// Asks what would have to be written.
pub(super) fn plan(model: &mut Model, rule: Rule) -> Vec<Effect> {
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let path = file.document.path.clone();
    model.abandon(|purpose| matches!(purpose, Purpose::PlanRule));
    let id = model.begin(Purpose::PlanRule, "reading the rules");
    vec![Effect::Start(id, Job::PlanRule(path, rule))]
}

/// Shows the lines that change, and asks.
pub(super) fn ask(model: &mut Model, result: Result<Option<Box<RuleChange>>, Failure>) {
    let change = match result {
        Ok(Some(change)) => change,
        Ok(None) => {
            model.say(
                Role::Info,
                "the rule says that already; t offers to encrypt the file by it",
            );
            return;
        }
        Err(failure) => {
            let pager = Pager::failure("The rule stays as it is", &failure);
            model.overlays.push(Overlay::Pager(pager));
            return;
        }
    };
    let Some(file) = &model.file else { return };
    let mut lines = vec![format!(
        "{}, the rule at line {}:",
        text::escape(&change.name),
        change.line
    )];
    let shown = change.lines.iter();
    lines.extend(shown.map(|(sign, line)| format!("{sign} {}", text::escape(line))));
    lines.push(String::new());
    for finding in &change.findings {
        let (text, advice) = (text::escape(&finding.text), text::escape(&finding.advice));
        lines.push(format!("! {text} → {advice}"));
    }
    lines.push("Files keep the selection they were encrypted with until they are encrypted anew.".to_owned());
    lines.push(consequence(file, &change.rule));
    let reselect = |file| {
        Intent::ChangeRule(Box::new(Reselect {
            rule: change.rule.clone(),
            change: Some((*change).clone()),
            file,
            agreed: Agreed::default(),
        }))
    };
    model.overlays.push(Overlay::Dialog(Dialog::new(
        "Change the rule?",
        lines,
        vec![
            ("Change it and encrypt this file by it", reselect(true)),
            ("Change the rule only", reselect(false)),
        ],
    )));
}

/// What the file would be by another selection.
pub(super) fn consequence(file: &OpenFile, rule: &Rule) -> String {
    let Ok(selection) = Selection::new(Some(rule.clone()), false) else {
        return String::new();
    };
    let (opened, sealed) = file.turned_by(&selection);
    let values =
        |count: usize, what: &str| format!("{} {what}", counted_as(count, "value becomes", "values become"));
    let mut changes = Vec::new();
    if opened > 0 {
        changes.push(values(opened, "readable in git"));
    }
    if sealed > 0 {
        changes.push(values(sealed, "encrypted"));
    }
    if changes.is_empty() {
        changes.push("no value changes".to_owned());
    }
    format!("This file: {}.", changes.join(", "))
}

/// Starts to write.
pub(super) fn begin(model: &mut Model, reselect: Box<Reselect>) -> Vec<Effect> {
    if model.saving() {
        model.say(Role::Info, "a save is running");
        return Vec::new();
    }
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let job = Job::ChangeRule(Arc::clone(&file.document), reselect.clone());
    let id = model.begin(Purpose::ChangeRule(reselect), "changing the rule");
    vec![Effect::Start(id, job)]
}

/// What became of it.
pub(super) fn changed(
    model: &mut Model,
    reselect: Reselect,
    result: Result<Option<Written>, Failure>,
) -> Vec<Effect> {
    match result {
        Err(failure) => {
            let pager = Pager::failure("Not changed", &failure);
            model.overlays.push(Overlay::Pager(pager));
        }
        Ok(None) => {
            if let Some(file) = &mut model.file {
                file.ruled(Some(reselect.rule));
            }
            model.say(
                Role::Ok,
                "the rule is changed; files follow when they are encrypted anew",
            );
        }
        Ok(Some(Written::Unchanged)) => model.say(Role::Ok, "the file is encrypted by this rule already"),
        Ok(Some(Written::Suspicious(reasons))) => {
            let accept = Intent::ChangeRule(Box::new(Reselect {
                agreed: Agreed::METADATA,
                ..reselect
            }));
            save::suspicious(model, &reasons, accept);
        }
        Ok(Some(Written::Obstructed(obstacle))) => {
            // The rule is changed by now.
            let accept = Intent::ChangeRule(Box::new(Reselect {
                change: None,
                agreed: Agreed::ALL,
                ..reselect
            }));
            save::obstructed(model, obstacle, accept);
        }
        Ok(Some(Written::ChangedOnDisk)) => save::changed_on_disk(model),
        Ok(Some(Written::Gone)) => save::gone(model, After::Stay),
        Ok(Some(Written::Done { read, .. })) => {
            let mut effects = save::reapplied(model, *read, "encrypted by the rule");
            if let Some(file) = &mut model.file {
                file.ruled(Some(reselect.rule));
            }
            effects.push(files::begin_states(model));
            return effects;
        }
    }
    Vec::new()
}
