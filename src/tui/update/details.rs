//! All that is known of one key of the open file.

use crate::failure::Failure;
use crate::metadata::Recipient;
use crate::ops::candidates;
use crate::ops::history::Since;
use crate::ops::ruled::{Known, Should};
use crate::ops::unlock::identity;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Purpose};
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::history::day;
use crate::tui::overlays::pager::{self, Pager};
use crate::tui::panes::recipients::{self, Fate, Row};
use crate::tui::worker::{Job, TaskId};
use std::sync::Arc;

/// How much of the name of a commit is shown, in digits.
const DIGITS: usize = 9;

/// All that is known of the selected key. Since when it is in the file is looked for meanwhile.
pub(super) fn show(model: &mut Model) -> Vec<Effect> {
    let (Some(file), Some(row)) = (&model.file, model.selected_key()) else {
        return Vec::new();
    };
    let pager = Pager::message(&file.labels().of(&row.recipient), lines(file, &row));
    let in_file = !matches!(row.fate, Fate::Comes | Fate::Lacks);
    let job = in_file.then(|| Job::Since(Arc::clone(&file.document), row.recipient.clone()));
    let Some(job) = job else {
        model.overlays.push(Overlay::Pager(pager));
        return Vec::new();
    };
    let id = model.begin(Purpose::Since, "looking through the history");
    let pager = pager.awaiting(id, "in the file since: looking through the history of git");
    model.overlays.push(Overlay::Pager(pager));
    vec![Effect::Start(id, job)]
}

/// Since when a key is in the file was found.
pub(super) fn since(model: &mut Model, id: TaskId, result: Result<Since, Failure>) {
    let words = match result {
        Ok(Since::Commit(commit)) => {
            let name: String = commit.id.chars().take(DIGITS).collect();
            let day = day(commit.when);
            format!(
                "in the file since {day}: commit {name} of {}, {}",
                commit.author, commit.subject
            )
        }
        Ok(Since::NotCommitted) => "in the file, and in no commit yet".to_owned(),
        Ok(Since::Stopped) => "in the file since: nobody looked to the end".to_owned(),
        Err(failure) => format!("in the file since: not known, {}", failure.message),
    };
    for overlay in &mut model.overlays {
        if let Overlay::Pager(pager) = overlay
            && pager.awaited() == Some(id)
        {
            pager.answer(&words);
        }
    }
}

/// Stops looking since when a key is in a file once nobody reads that any more.
pub(super) fn leave(model: &mut Model) {
    let awaits = |overlay: &Overlay| matches!(overlay, Overlay::Pager(pager) if pager.awaited().is_some());
    if !model.overlays.iter().any(awaits) {
        model.abandon(|purpose| *purpose == Purpose::Since);
    }
}

fn lines(file: &OpenFile, row: &Row) -> Vec<String> {
    let key = &row.recipient;
    let mut lines = vec![candidates::kind(key).to_owned(), recipients::name(key)];
    if let Recipient::Kms {
        role,
        context,
        aws_profile,
        ..
    } = key
    {
        let said = [("role", role), ("profile", aws_profile)].into_iter();
        lines.extend(
            said.filter(|(_, text)| !text.is_empty())
                .map(|(name, text)| format!("{name} {text}")),
        );
        lines.extend(
            context
                .iter()
                .map(|(name, value)| format!("context {name}: {value}")),
        );
    }
    lines.push(String::new());
    let person = file.person(key);
    let source = match file.known.get(&identity(key)) {
        Some(Known {
            source: Some(source), ..
        }) => format!(" (from {source})"),
        _ => String::new(),
    };
    match person.and_then(|person| person.name.as_deref()) {
        Some(name) => lines.push(format!("called {name}{source}")),
        None => lines.push(
            "without a name: a comment in .sops.yaml, or [names] of .lazysops.toml, gives one".to_owned(),
        ),
    }
    if person.is_some_and(|person| person.me) {
        lines.push("you: its private key is at hand".to_owned());
    }
    if let Some((group, _)) = row.at.filter(|_| file.readers().groups().len() > 1) {
        lines.push(format!("in group {group}"));
    }
    lines.push(match (row.fate, &file.should) {
        (Fate::Lacks, _) => "in the rule, not in the file: a adds it".to_owned(),
        (_, Some(Should::Rule { config, line, .. })) => {
            let not = if row.ruled == Some(true) { "" } else { "not " };
            format!("{not}in the rule on line {line} of {}", config.display())
        }
        (_, Some(Should::Unsaid(why))) => format!("no rule says who should read the file: {why}"),
        (_, None) => "the rule is still looked for".to_owned(),
    });
    let fate = match row.fate {
        Fate::Comes => "can read the file after the next save",
        Fate::Goes => "is removed with the next save; what was read stays known",
        Fate::Moves => "is in another group after the next save",
        Fate::Stays | Fate::Lacks => "",
    };
    if !fate.is_empty() {
        lines.push(fate.to_owned());
    }
    if let Some(attempt) = recipients::attempt(&file.document, key) {
        lines.push(String::new());
        lines.extend(pager::told_of(&attempt.outcome));
    }
    lines
}
