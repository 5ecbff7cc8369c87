//! Keys inside overlays and the filter line, and motion in whatever takes the keys.

use super::{
    edit, field, files, generate, history, insight, keys, mismatch, new_file, one_side, outside, plan,
    resolve, review, rule, rules_text, save, tree,
};
use crate::ops::create::Template;
use crate::ops::save::Agreed;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::kind::Kind;
use crate::tui::layout::Pane;
use crate::tui::model::{After, Model};
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::overlays::field::{Field, Purpose};
use crate::tui::overlays::history::History;
use crate::tui::overlays::matrix::MatrixView;
use crate::tui::overlays::palette::Palette;
use crate::tui::overlays::review::Review;
use crate::tui::overlays::rotation::Way;
use crate::tui::theme::Role;
use crate::tui::widgets::{Cursor, SecretInput};
use zeroize::Zeroizing;

/// The input that takes text now.
fn input(model: &mut Model) -> Option<&mut SecretInput> {
    match model.overlays.last_mut() {
        Some(Overlay::Field(field)) => Some(&mut field.input),
        Some(Overlay::Palette(palette)) => Some(&mut palette.input),
        Some(Overlay::Adding(adding)) => Some(&mut adding.input),
        Some(Overlay::Inquiry(prompt)) if prompt.takes_text() => Some(&mut prompt.input),
        Some(Overlay::Matrix(matrix)) if matrix.typing => Some(&mut matrix.input),
        Some(Overlay::Pager(pager)) => pager.find_input(),
        Some(_) => None,
        None => model
            .tree
            .filter
            .as_mut()
            .filter(|filter| filter.typing)
            .map(|filter| &mut filter.input),
    }
}

/// What follows from a changed text.
fn typed(model: &mut Model) {
    let area = model.layout().main;
    let page = Field::page(area);
    if let Some(Overlay::Field(field)) = model.overlays.last_mut() {
        field.input.keep_line(page);
        field.proposals.reset();
        field.branch = false;
    }
    match model.overlays.last_mut() {
        Some(Overlay::Field(field)) if matches!(field.purpose, Purpose::Leaver(_)) => plan::judge(field),
        Some(Overlay::Field(_)) => field::refresh_note(model),
        Some(Overlay::Palette(palette)) => palette.search(),
        Some(Overlay::Adding(adding)) => adding.search(),
        Some(Overlay::Matrix(matrix)) => matrix.search(),
        Some(Overlay::Pager(pager)) => pager.search(area),
        Some(_) => {}
        None => tree::search(model),
    }
}

/// A key that is bound to nothing: text, where text is taken.
pub(super) fn text_key(model: &mut Model, key: Key) {
    let page = Field::page(model.layout().main);
    let taken = match model.overlays.last_mut() {
        Some(Overlay::Field(field)) if field.tall => field.input.key_in_lines(key, page),
        _ => input(model).is_some_and(|input| input.key(key)),
    };
    if taken {
        typed(model);
    }
}

/// Pasted text, taken as it is, but that most terminals send line breaks as the Enter key: only where both ends of a line come
/// did the text have both. A value of many lines is shown as such; where there is one line only, a last line break is dropped.
pub(super) fn paste(model: &mut Model, text: &str) {
    let mut lines = Zeroizing::new(String::with_capacity(text.len() + 1));
    for (number, part) in text.split('\r').enumerate() {
        if number > 0 {
            lines.push_str(if part.starts_with('\n') { "\r" } else { "\n" });
        }
        lines.push_str(part);
    }
    let mut takes_lines = false;
    if let Some(Overlay::Field(field)) = model.overlays.last_mut() {
        takes_lines = field.purpose.is_value() && field.kind == Kind::Str;
        field.tall |= takes_lines && lines.contains('\n');
    }
    let text = if takes_lines {
        lines.as_str()
    } else {
        lines.trim_end_matches(['\r', '\n'])
    };
    if let Some(input) = input(model) {
        input.insert(text);
        typed(model);
    }
}

/// Moves in the list that takes the keys.
pub(super) fn motion(model: &mut Model, action: Action) {
    let area = model.layout().main;
    let changes = model.file.as_ref().map_or(0, OpenFile::change_count);
    match model.overlays.last_mut() {
        Some(Overlay::Pager(pager)) => {
            let by = distance(action, pager.page(area));
            pager.scroll(by, area);
        }
        Some(Overlay::Rules(rules)) => {
            let (len, page) = (rules.len(), rules.page(area));
            step(&mut rules.cursor, action, len, page);
        }
        Some(Overlay::Reason(reason)) => {
            let by = distance(action, reason.pager.page(area));
            reason.pager.scroll(by, area);
        }
        Some(Overlay::Review(review)) => {
            let (len, page) = (review.rows().len(), Review::page(area));
            step(&mut review.cursor, action, len, page);
        }
        Some(Overlay::Saving(saving)) => {
            let page = saving.page(area, changes);
            step(&mut saving.cursor, action, changes, page);
        }
        Some(Overlay::Palette(palette)) => {
            let len = palette.len();
            step(&mut palette.cursor, action, len, Palette::page(area));
        }
        Some(Overlay::Adding(adding)) => {
            let (len, page) = (adding.len(), adding.page(area));
            step(&mut adding.cursor, action, len, page);
        }
        Some(Overlay::Choice(choice)) => {
            let len = choice.len();
            step(&mut choice.cursor, action, len, len);
        }
        Some(Overlay::Templates(templates)) => {
            let len = Template::ALL.len();
            step(&mut templates.cursor, action, len, len);
        }
        Some(Overlay::History(history)) => {
            let (len, page) = (history.len(), History::page(area));
            step(&mut history.cursor, action, len, page);
        }
        Some(Overlay::Generator(generator)) => {
            let len = generator.len();
            step(&mut generator.cursor, action, len, len);
        }
        Some(Overlay::Resolver(resolver)) => {
            let len = resolver.lines();
            let mut cursor = resolver.cursor;
            step(&mut cursor, action, len, len);
            resolver.go(cursor.at);
        }
        Some(Overlay::Rotation(rotation)) => {
            step(&mut rotation.cursor, action, Way::ALL.len(), Way::ALL.len());
        }
        Some(Overlay::Plan(plan)) => {
            let (len, page) = (plan.len(), plan.page(area));
            step(&mut plan.cursor, action, len, page);
        }
        Some(Overlay::Matrix(matrix)) => {
            let len = matrix.len();
            step(&mut matrix.cursor, action, len, MatrixView::page(area));
        }
        Some(Overlay::Findings(findings)) => {
            let (len, page) = (findings.findings.len(), findings.page(area));
            step(&mut findings.cursor, action, len, page);
        }
        Some(Overlay::Field(_) | Overlay::Dialog(_) | Overlay::Inquiry(_)) => {}
        None => {
            let pane = model.focus;
            let (len, page) = model.extent(pane);
            let before = model.cursor(pane).at;
            if pane == Pane::Tree && matches!(action, Action::Top | Action::Bottom) {
                model.leave_spot();
            }
            step(model.cursor(pane), action, len, page);
            if model.cursor(pane).at != before {
                model.dirty = true;
            }
        }
    }
}

/// Scrolls what is above the panes.
pub(super) fn wheel(model: &mut Model, by: isize) {
    let area = model.layout().main;
    let changes = model.file.as_ref().map_or(0, OpenFile::change_count);
    match model.overlays.last_mut() {
        Some(Overlay::Pager(pager)) => pager.scroll(by, area),
        Some(Overlay::Reason(reason)) => reason.pager.scroll(by, area),
        Some(Overlay::Rules(rules)) => {
            let (len, page) = (rules.len(), rules.page(area));
            rules.cursor.scroll(by, page, len);
        }
        Some(Overlay::Saving(saving)) => {
            let page = saving.page(area, changes);
            saving.cursor.scroll(by, page, changes);
        }
        Some(Overlay::Adding(adding)) => {
            let (len, page) = (adding.len(), adding.page(area));
            adding.cursor.scroll(by, page, len);
        }
        Some(Overlay::Review(review)) => {
            let (len, page) = (review.rows().len(), Review::page(area));
            review.cursor.scroll(by, page, len);
        }
        Some(Overlay::Palette(palette)) => {
            let len = palette.len();
            palette.cursor.scroll(by, Palette::page(area), len);
        }
        Some(Overlay::History(history)) => {
            let (len, page) = (history.len(), History::page(area));
            history.cursor.scroll(by, page, len);
        }
        Some(Overlay::Generator(generator)) => generator.cursor.move_by(by.signum(), generator.len()),
        Some(Overlay::Resolver(resolver)) => {
            let mut cursor = resolver.cursor;
            cursor.move_by(by.signum(), resolver.lines());
            resolver.go(cursor.at);
        }
        Some(Overlay::Plan(plan)) => {
            let (len, page) = (plan.len(), plan.page(area));
            plan.cursor.scroll(by, page, len);
        }
        Some(Overlay::Matrix(matrix)) => {
            let len = matrix.len();
            matrix.cursor.scroll(by, MatrixView::page(area), len);
        }
        Some(Overlay::Findings(findings)) => {
            let (len, page) = (findings.findings.len(), findings.page(area));
            findings.cursor.scroll(by, page, len);
        }
        _ => {}
    }
}

fn distance(action: Action, page: usize) -> isize {
    let half = isize::try_from(page / 2).unwrap_or(1).max(1);
    match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::HalfDown => half,
        Action::HalfUp => -half,
        Action::Top => isize::MIN,
        _ => isize::MAX,
    }
}

fn step(cursor: &mut Cursor, action: Action, len: usize, page: usize) {
    cursor.move_by(distance(action, page), len);
    cursor.keep(page, len);
}

/// Enter, or `y` in a question.
pub(super) fn accept(model: &mut Model, yes: bool) -> Vec<Effect> {
    match model.overlays.last() {
        Some(Overlay::Field(field)) => match field.purpose {
            Purpose::NewFile(template) => return new_file::accept(model, template),
            Purpose::Revision => return review::revision(model),
            Purpose::Message => return review::commit(model),
            Purpose::Conflict(number) => resolve::accept_value(model, number),
            Purpose::Leaver(_) => return plan::leaver(model),
            Purpose::List => return plan::write_list(model),
            _ => field::accept(model),
        },
        Some(Overlay::Templates(_)) => return new_file::choose(model),
        Some(Overlay::Adding(_)) => return keys::accept(model),
        Some(Overlay::Choice(_)) => keys::chosen(model),
        Some(Overlay::Resolver(_)) => resolve::confirm(model),
        Some(Overlay::Rotation(_) | Overlay::Plan(_)) => return plan::accept(model, yes),
        Some(Overlay::Findings(_)) => return insight::open_finding(model),
        Some(Overlay::Matrix(matrix)) if matrix.typing => insight::filtered(model),
        Some(Overlay::Matrix(_)) => return insight::open_of_matrix(model),
        Some(Overlay::Generator(_)) => return generate::accept(model),
        Some(Overlay::History(_)) => return history::act(model, Action::Restore).unwrap_or_default(),
        Some(Overlay::Saving(saving)) => {
            let after = saving.after.clone();
            model.overlays.pop();
            return save::begin(model, after, Agreed::default());
        }
        Some(Overlay::Palette(palette)) => {
            let chosen = palette.chosen();
            model.overlays.pop();
            return chosen.map_or_else(Vec::new, |action| super::act(model, action));
        }
        Some(Overlay::Dialog(dialog)) => {
            let chosen = if yes {
                dialog
                    .buttons
                    .iter()
                    .find(|(_, intent)| *intent != Intent::Cancel)
            } else {
                dialog.buttons.get(dialog.selected)
            };
            let intent = chosen.map_or(Intent::Cancel, |(_, intent)| intent.clone());
            model.overlays.pop();
            return carry_out(model, intent);
        }
        Some(Overlay::Inquiry(_)) => {
            if let Some(Overlay::Inquiry(prompt)) = model.overlays.pop() {
                prompt.accept(yes);
            }
        }
        Some(Overlay::Rules(rules)) => {
            if let Some(pager) = rules.advice() {
                model.overlays.push(Overlay::Pager(pager));
            }
        }
        Some(Overlay::Pager(pager)) if pager.typing() => found(model),
        Some(Overlay::Pager(_) | Overlay::Reason(_)) => {
            model.overlays.pop();
        }
        // Enter is bound to something else there.
        Some(Overlay::Review(_)) => {}
        None => tree::accept_filter(model),
    }
    Vec::new()
}

/// `/`, `n` and `N` in a text that is read.
pub(super) fn find(model: &mut Model, action: Action) {
    let area = model.layout().main;
    let Some(Overlay::Pager(pager)) = model.overlays.last_mut() else {
        return;
    };
    if action == Action::Find {
        pager.begin_find();
    } else if !pager.finding() {
        model.say(Role::Info, "nothing was searched for yet");
    } else {
        pager.next_match(action == Action::NextMatch, area);
    }
}

/// Enter after what is to be found in a text.
fn found(model: &mut Model) {
    if let Some(Overlay::Pager(pager)) = model.overlays.last_mut()
        && !pager.accept_find()
    {
        model.say(Role::Warning, "nothing matches");
    }
}

/// Esc.
pub(super) fn cancel(model: &mut Model) {
    if matches!(model.overlays.last(), Some(Overlay::Plan(_))) {
        return plan::stop(model);
    }
    if let Some(Overlay::Field(field)) = model.overlays.last()
        && field.tall
        && field.input.is_changed()
    {
        model.overlays.push(Overlay::Dialog(Dialog::new(
            "Drop what was typed?",
            vec!["The text was changed.".to_owned()],
            vec![("Drop it", Intent::DropText)],
        )));
        return;
    }
    if let Some(Overlay::Resolver(resolver)) = model.overlays.last()
        && resolver.has_choices()
    {
        model.overlays.push(Overlay::Dialog(Dialog::new(
            "Leave the conflicts?",
            vec!["What was chosen is not written yet.".to_owned()],
            vec![("Leave", Intent::DropChoices)],
        )));
        return;
    }
    if let Some(Overlay::Matrix(matrix)) = model.overlays.last_mut()
        && matrix.unfilter()
    {
        return;
    }
    if let Some(Overlay::Pager(pager)) = model.overlays.last_mut()
        && pager.end_find()
    {
        return;
    }
    match model.overlays.pop() {
        // Back to the tree, where it was called from.
        Some(Overlay::Generator(generator)) if generator.opened_field => {
            model.overlays.pop();
        }
        Some(_) => {}
        None => tree::cancel_filter(model),
    }
}

fn carry_out(model: &mut Model, intent: Intent) -> Vec<Effect> {
    match intent {
        Intent::Cancel => Vec::new(),
        Intent::AcceptFile => mismatch::accept(model, None),
        Intent::TakeBackAll(drafted) => mismatch::accept(model, Some(*drafted.0)),
        Intent::Restore(path) => mismatch::restore(model, path),
        Intent::Resolve(path) => resolve::begin(model, path),
        Intent::Decide(add) => resolve::decide(model, add),
        Intent::TakeSide(side, keep) => one_side::take(model, side, keep),
        Intent::Proceed(path) => resolve::proceed(model, path),
        Intent::DropText | Intent::DropChoices => {
            model.overlays.pop();
            Vec::new()
        }
        Intent::Quit => super::leave(model),
        Intent::SaveAndQuit => save::list(model, After::Quit),
        Intent::SaveAndOpen(path) => save::list(model, After::Open(path)),
        Intent::SaveAgreed(agreed, after) => save::begin(model, after, agreed),
        Intent::SaveAnew(after) => save::begin_anew(model, after),
        Intent::ListChanges => save::list(model, After::Stay),
        Intent::Open(path) => vec![files::begin_open(model, path)],
        Intent::Encrypt(path) => vec![files::begin_encrypt(model, path)],
        Intent::StageReadable => review::stage(model, true),
        Intent::Reload => save::reload(model),
        Intent::Adopt(drafted) => {
            outside::adopt(model, *drafted.0);
            Vec::new()
        }
        Intent::PlanRule(rule) => rule::plan(model, rule),
        Intent::ChangeRule(reselect) => rule::begin(model, reselect),
        Intent::WriteRules(edit) => rules_text::begin(model, edit),
        Intent::EditAgain(outside) => vec![Effect::Outside(outside)],
        Intent::Edit(made) => {
            edit::change(model, |file| file.apply(made));
            Vec::new()
        }
        Intent::Readers(readers) => {
            keys::make_anyway(model, *readers);
            Vec::new()
        }
    }
}

/// Keys that change how a field works rather than its text.
pub(super) fn field_action(model: &mut Model, action: Action) {
    if let Some(reason) = super::guard::refusal(model, action) {
        if let Some(Overlay::Field(field)) = model.overlays.last_mut() {
            field.problem = Some(reason.to_owned());
        }
        return;
    }
    match (action, model.overlays.last_mut()) {
        (Action::ShowField, Some(Overlay::Field(field))) => field.input.shown = !field.input.shown,
        (Action::ShowField, None) => {
            if let Some(filter) = &mut model.tree.filter {
                filter.input.shown = !filter.input.shown;
            }
        }
        (Action::ShowField, Some(Overlay::Inquiry(prompt))) => prompt.input.shown = !prompt.input.shown,
        (Action::OpenEditor, Some(Overlay::Field(field))) => {
            if field.purpose.is_value() && field.kind == Kind::Str {
                field.tall = true;
            } else {
                field.problem = Some("only a text has many lines".to_owned());
            }
        }
        (Action::FieldType, Some(Overlay::Field(field)))
            if matches!(field.purpose, Purpose::NewKey(_) | Purpose::Revision) =>
        {
            field::complete(model);
        }
        (Action::FieldType, Some(Overlay::Field(field))) if matches!(field.purpose, Purpose::Leaver(_)) => {
            plan::complete(field);
        }
        (Action::FieldType, Some(Overlay::Field(field))) if field.possible_branch().is_some() => {
            field.branch = !field.branch;
        }
        (Action::FieldType, Some(Overlay::Field(field))) if field.purpose.is_value() && !field.encoded => {
            let next = field.kind.next(field.input.text(), field.format);
            field.problem = (next == field.kind).then(|| "this text can have no other type".to_owned());
            field.kind = next;
        }
        (Action::FieldType, Some(Overlay::Field(field))) => {
            field.problem = Some("its type cannot be changed".to_owned());
        }
        (Action::ClearField, _) => {
            if let Some(input) = input(model) {
                input.set("");
                typed(model);
            }
        }
        (Action::Complete, Some(Overlay::Palette(palette))) => palette.complete(),
        _ => {}
    }
}
