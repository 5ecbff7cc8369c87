//! Who can read the file: adding, removing and moving keys and groups. Nothing is written until it is saved.

use super::{details, plan};
use crate::metadata::Recipient;
use crate::ops::candidates::{Candidate, Origin};
use crate::ops::readers::{Opens, Readers, Refused};
use crate::ops::ruled::Ruled;
use crate::ops::unlock::identity;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::layout::Pane;
use crate::tui::model::{Model, Purpose};
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::adding::{Adding, Target};
use crate::tui::overlays::choice::{Choice, Way};
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::panes::groups::Line;
use crate::tui::panes::recipients::{self, Fate, Row};
use crate::tui::theme::Role;
use crate::tui::worker::Job;

/// Asks who should read the open file, and who everybody is.
pub(super) fn begin_rule(model: &mut Model) -> Option<Effect> {
    model.abandon(|purpose| *purpose == Purpose::Should);
    let file = model.file.as_ref()?;
    let path = file.document.path.clone();
    let keys = file.readers_before().keys().map(|(_, key)| key.clone()).collect();
    let id = model.begin(Purpose::Should, "looking for the rule");
    Some(Effect::Start(id, Job::Should(path, keys)))
}

/// The rule was looked for.
pub(super) fn ruled(model: &mut Model, ruled: Ruled) {
    if let Some(file) = &mut model.file
        && file.document.path == ruled.path
    {
        file.known.extend(ruled.known);
        file.should = Some(ruled.should);
    }
}

/// Does an action of panes 4 and 5.
pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::AddRecipient => return add(model),
        Action::AddGroup => return ask_here(model, Target::NewGroup),
        Action::RemoveKey => remove(model),
        Action::MoveKey => choose_group(model),
        Action::RaiseThreshold | Action::LowerThreshold => {
            let by = if action == Action::RaiseThreshold { 1 } else { -1 };
            threshold(model, by);
        }
        _ => return details::show(model),
    }
    Vec::new()
}

/// Adds the missing recipient of the rule that is selected, or asks who is to come.
fn add(model: &mut Model) -> Vec<Effect> {
    let row = model.selected_key();
    let group = match &row {
        Some(row) => row.at.map(|(group, _)| group),
        None => None,
    };
    if let (Some(file), Some(row)) = (&model.file, row.filter(|row| row.fate == Fate::Lacks)) {
        let wanted = file
            .should
            .as_ref()
            .and_then(|should| should.group_of(&row.recipient));
        let last = file.readers().groups().len().saturating_sub(1);
        let group = wanted.unwrap_or_default().min(last);
        let result = file.readers().add(group, row.recipient.clone());
        let said = format!(
            "{} can read it after the next save",
            file.labels().of(&row.recipient)
        );
        make(model, result, said);
        return Vec::new();
    }
    ask_here(model, Target::Group(group.unwrap_or_default()))
}

/// Asks for a key for the open file.
fn ask_here(model: &mut Model, target: Target) -> Vec<Effect> {
    let Some(file) = &model.file else {
        return Vec::new();
    };
    let several = file.readers().groups().len() > 1;
    let title = match target {
        Target::NewGroup => "First key of the new group".to_owned(),
        Target::Group(number) if several => format!("New recipient of group {number}"),
        _ => "New recipient".to_owned(),
    };
    let offers = offers(file, &target);
    ask(model, target, title, offers)
}

/// Opens the field for a key, with those that are known; others are looked for meanwhile.
pub(super) fn ask(model: &mut Model, target: Target, title: String, offers: Vec<Candidate>) -> Vec<Effect> {
    model
        .overlays
        .push(Overlay::Adding(Adding::new(target, title, offers)));
    let id = model.begin(Purpose::Candidates, "looking for keys");
    vec![Effect::Start(id, Job::Candidates)]
}

/// Who can be added without looking any further: those of the rule that are missing; for a new group, whoever is in another one.
fn offers(file: &OpenFile, target: &Target) -> Vec<Candidate> {
    let offer = |recipient: &Recipient, origin| Candidate {
        recipient: recipient.clone(),
        known: file.known.get(&identity(recipient)).cloned(),
        origin,
        trouble: None,
    };
    let rows = recipients::rows(file);
    let rows = rows.iter().filter_map(|row| match row.fate {
        Fate::Lacks => Some(offer(&row.recipient, Origin::Rule)),
        Fate::Goes => Some(offer(&row.recipient, Origin::File)),
        _ => (*target == Target::NewGroup).then(|| offer(&row.recipient, Origin::File)),
    });
    rows.collect()
}

/// Other keys were looked for.
pub(super) fn found(model: &mut Model, candidates: Vec<Candidate>) {
    let Some(Overlay::Adding(adding)) = model.overlays.last_mut() else {
        return;
    };
    let readers = match adding.target {
        Target::Files(_) => None,
        Target::Group(_) | Target::NewGroup => model.file.as_ref().map(OpenFile::readers),
    };
    let new =
        |candidate: &Candidate| readers.is_none_or(|readers| readers.find(&candidate.recipient).is_none());
    adding.extend(candidates.into_iter().filter(new).collect());
}

/// The file that was named in the field was read: its key stands in the field then, to be looked at and taken.
pub(super) fn key_read(model: &mut Model, key: Result<String, String>) {
    let Some(Overlay::Adding(adding)) = model.overlays.last_mut() else {
        return;
    };
    match key {
        Ok(text) => {
            adding.input.set(&text);
            adding.search();
        }
        Err(why) => adding.problem = Some(why),
    }
}

/// Enter in the field for a key.
pub(super) fn accept(model: &mut Model) -> Vec<Effect> {
    let Some(Overlay::Adding(adding)) = model.overlays.last_mut() else {
        return Vec::new();
    };
    if let Some(path) = adding.path().map(str::to_owned) {
        let id = model.begin(Purpose::KeyFile, "reading the key");
        return vec![Effect::Start(id, Job::KeyFile(path))];
    }
    let taken = match adding.taken() {
        Ok(taken) => taken,
        Err(why) => {
            adding.problem = Some(format!("not added: {why}"));
            return Vec::new();
        }
    };
    if let Target::Files(paths) = &mut adding.target {
        let paths = std::mem::take(paths);
        model.overlays.pop();
        return plan::let_in(model, paths, &taken.recipient);
    }
    add_here(model, taken);
    Vec::new()
}

/// Adds a key to the open file, where the field says.
fn add_here(model: &mut Model, taken: Candidate) {
    let (Some(file), Some(Overlay::Adding(adding))) = (&model.file, model.overlays.last_mut()) else {
        return;
    };
    let (readers, recipient) = (file.readers(), taken.recipient.clone());
    let result = match adding.target {
        Target::Group(group) => readers.add(group, recipient),
        Target::NewGroup => readers.add_group(recipient),
        Target::Files(_) => return,
    };
    if let Err(why) = &result {
        adding.problem = Some(why.to_string());
        return;
    }
    let new_group = adding.target == Target::NewGroup;
    model.overlays.pop();
    if let (Some(file), Some(known)) = (&mut model.file, taken.known) {
        file.learn(&taken.recipient, known);
    }
    let Some(file) = &model.file else { return };
    let name = file.labels().of(&taken.recipient);
    let said = match (&result, new_group) {
        (Ok(after), true) => format!(
            "group {} with {name}: {} of {} groups are needed after the next save; + and - change that",
            after.groups().len().saturating_sub(1),
            after.needed(),
            after.groups().len()
        ),
        _ => format!("{name} can read it after the next save"),
    };
    make(model, result, said);
}

/// Removes the selected key or group.
fn remove(model: &mut Model) {
    let row = model.selected_key();
    let Some(file) = &model.file else { return };
    let readers = file.readers();
    let (result, said) = match (row, model.groups.selected(file)) {
        (
            Some(Row {
                at: Some((group, place)),
                recipient,
                ..
            }),
            _,
        ) => {
            let name = file.labels().of(&recipient);
            let last = readers
                .groups()
                .get(group)
                .is_some_and(|group| group.keys.len() == 1);
            let with = if last {
                format!(", and group {group} with it")
            } else {
                String::new()
            };
            (
                readers.remove(group, place),
                format!("{name} goes with the next save{with}; u takes it back"),
            )
        }
        (None, Some(Line::Group(group))) => {
            let said = format!("group {group} goes with the next save; u takes it back");
            (readers.remove_group(group), said)
        }
        _ => return,
    };
    make(model, result, said);
}

/// Asks to which group the selected key goes.
fn choose_group(model: &mut Model) {
    let Some(Row {
        at: Some((group, place)),
        recipient,
        ..
    }) = model.selected_key()
    else {
        return;
    };
    let Some(file) = &model.file else { return };
    let readers = file.readers();
    let words = |result: Result<Readers, Refused>, words: String| {
        let result = result.map_err(|why| why.to_string());
        let words = match &result {
            Ok(after) if after.groups().len() < readers.groups().len() => {
                format!("{words}; group {group} goes, it has no other key")
            }
            Ok(_) => words,
            Err(why) => format!("{words}: {why}"),
        };
        Way { words, result }
    };
    let mut ways: Vec<Way> = (0..readers.groups().len())
        .filter(|to| *to != group)
        .map(|to| words(readers.move_key(group, place, to), format!("group {to}")))
        .collect();
    ways.push(words(
        readers.add_group(recipient.clone()),
        "a new group".to_owned(),
    ));
    let title = format!("Move {} to", file.labels().of(&recipient));
    model.overlays.push(Overlay::Choice(Choice::new(title, ways)));
}

/// Enter in the list of groups.
pub(super) fn chosen(model: &mut Model) {
    let Some(Overlay::Choice(choice)) = model.overlays.pop() else {
        return;
    };
    let Some(Way { words, result }) = choice.chosen() else {
        return;
    };
    match result {
        Ok(readers) => make(
            model,
            Ok(readers),
            format!("moved to {words}, with the next save"),
        ),
        Err(why) => model.say(Role::Warning, why),
    }
}

fn threshold(model: &mut Model, by: i32) {
    let Some(file) = &model.file else { return };
    let readers = file.readers();
    let result = readers.with_needed(readers.needed().saturating_add_signed(by));
    let said = match &result {
        Ok(after) => format!(
            "{} of {} groups are needed after the next save",
            after.needed(),
            after.groups().len()
        ),
        Err(_) => String::new(),
    };
    make(model, result, said);
}

/// Makes a change, or says why not. Whoever would lock themselves out is asked first.
fn make(model: &mut Model, result: Result<Readers, Refused>, said: String) {
    let Some(file) = &mut model.file else { return };
    let readers = match result {
        Ok(readers) => readers,
        Err(why) => return model.say(Role::Warning, why.to_string()),
    };
    if file.opens_for(&readers) == Opens::No && file.opens_for(file.readers()) != Opens::No {
        let lines = vec![
            "With the keys in hand the file would not open any more after the next save.".to_owned(),
            "Others may still be able to open it; you could not take this back then.".to_owned(),
        ];
        let answer = ("Do it anyway", Intent::Readers(Box::new(readers)));
        let dialog = Dialog::new("Lock yourself out?", lines, vec![answer]);
        model.overlays.push(Overlay::Dialog(dialog));
        return;
    }
    file.set_readers(readers);
    model.say(Role::Info, said);
}

/// Makes a change that was asked about.
pub(super) fn make_anyway(model: &mut Model, readers: Readers) {
    if let Some(file) = &mut model.file {
        file.set_readers(readers);
        model.say(
            Role::Warning,
            "with the keys in hand it does not open after the next save; u takes it back",
        );
    }
}

/// Enter and `u` on a change of keys in the list of changes.
pub(super) fn on_change(model: &mut Model, action: Action) {
    let Some(file) = &mut model.file else { return };
    let at = model.changes.cursor.at.checked_sub(file.changes().len());
    let Some(change) = at.and_then(|at| file.key_changes().get(at).cloned()) else {
        return;
    };
    if action == Action::JumpToChange {
        super::focus(model, Pane::Recipients);
    } else if let Err(why) = file.take_back_key(&change) {
        model.say(Role::Warning, why.to_string());
    }
}
