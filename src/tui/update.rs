//! One message changes the model and asks for effects. What belongs to one area is in a file of its own below.

mod details;
mod done;
mod edit;
mod field;
mod files;
mod generate;
mod guard;
mod history;
mod insight;
mod jump;
mod keys;
mod lock;
mod mismatch;
mod mouse;
mod new_file;
mod one_side;
mod outside;
mod overlay;
mod places;
mod plan;
mod protect;
mod resolve;
mod review;
mod rule;
mod rules_text;
mod save;
mod tree;
mod why;

pub use files::{begin_open, begin_scan};
pub(in crate::tui) use guard::refusal as refusal_of_guard;
pub(in crate::tui) use history::lacks as lacks_history;

use super::action::{Action, Context};
use super::effect::Effect;
use super::key::Key;
use super::keymap::Lookup;
use super::layout::Pane;
use super::model::{After, Model, Purpose};
use super::msg::Msg;
use super::overlays::Overlay;
use super::overlays::dialog::{Dialog, Intent};
use super::overlays::inquiry::Prompt;
use super::overlays::pager::Pager;
use super::overlays::palette::Palette;
use super::theme::Role;
use crate::ops::counted::counted_as;

use done::on_done;
use places::{cycle, focus, resize};
use ratatui::layout::Rect;
use std::time::Instant;
use zeroize::Zeroizing;

/// Takes one message in.
pub fn update(model: &mut Model, msg: Msg, now: Instant) -> Vec<Effect> {
    model.now = now;
    let input = matches!(msg, Msg::Key(_) | Msg::Mouse(_) | Msg::Paste(_));
    if matches!(msg, Msg::Edited(..)) {
        model.guard.touch(now);
    }
    // What should have happened while the machine slept comes before the key that wakes it up.
    let open = model.guard.locked.is_none();
    let mut effects = guard::due(model);
    if input && open && model.guard.locked.is_some() {
        return effects;
    }
    if input || matches!(msg, Msg::Focus(true)) {
        model.guard.touch(now);
        model.guard.typed |= guard::takes_secret(model);
    }
    let (above, said) = (model.overlays.len(), model.status.clone());
    effects.extend(match msg {
        Msg::Key(key) => on_key(model, key),
        Msg::Mouse(mouse) => mouse::on_mouse(model, mouse),
        Msg::Paste(text) => on_paste(model, &text),
        Msg::Resize(width, height) => {
            model.size = Rect::new(0, 0, width, height);
            model.dirty = true;
            Vec::new()
        }
        Msg::Focus(true) => Vec::new(),
        Msg::Focus(false) => {
            guard::conceal_everything(model);
            Vec::new()
        }
        Msg::Clipboard(answer) => guard::answered(model, answer),
        Msg::Stop => lock::lock(model),
        Msg::Done(id, outcome) => on_done(model, id, outcome),
        Msg::Asked(inquiry) => {
            model.overlays.push(Overlay::Inquiry(Prompt::new(inquiry)));
            model.dirty = true;
            Vec::new()
        }
        Msg::Progress(id, text) => {
            model.progress(id, &text);
            Vec::new()
        }
        Msg::Told(text) => {
            model.say(Role::Info, text);
            model.dirty = true;
            Vec::new()
        }
        Msg::Edited(outside, result) => outside::edited(model, *outside, result),
        Msg::Deadline => Vec::new(),
    });
    // What was said before a question came up would read as if it were about that.
    if model.overlays.len() > above && model.status == said {
        model.status = None;
    }
    effects.extend(guard::due(model));
    if model.guard.share_safe {
        guard::conceal_everything(model);
    }
    if model.spinner().is_some() {
        model.dirty = true;
    }
    keep_cursors(model);
    details::leave(model);
    effects.extend(model.abandoned.drain(..).map(Effect::Cancel));
    effects
}

/// Keeps every selected line on screen.
fn keep_cursors(model: &mut Model) {
    for pane in Pane::ALL {
        let (len, page) = model.extent(pane);
        model.cursor(pane).keep(page, len);
    }
}

fn on_key(model: &mut Model, key: Key) -> Vec<Effect> {
    model.dirty = true;
    if model.status.as_ref().is_some_and(|status| model.was_read(status)) {
        model.status = None;
    }
    let contexts = model.contexts();
    model.pending.push(key);
    match model.keymap.lookup(&contexts, &model.pending) {
        Lookup::Prefix => Vec::new(),
        Lookup::Action(action) => {
            model.pending.clear();
            act(model, action)
        }
        Lookup::Nothing => {
            let alone = model.pending.len() == 1;
            model.pending.clear();
            let takes_text = contexts.first() == Some(&Context::Filter) || !model.overlays.is_empty();
            if !takes_text && model.guard.locked.is_none() {
                means_nothing(model);
            } else if alone {
                overlay::text_key(model, key)
            }
            Vec::new()
        }
    }
}

/// Tells so without naming the key: it may be part of a secret that was meant for a field.
fn means_nothing(model: &mut Model) {
    let help = model.keymap.keys_of(Action::Help, &model.contexts());
    let help = help.first().map(|key| format!("; {key} shows those that do"));
    model.say(
        Role::Info,
        format!("this key does nothing here{}", help.unwrap_or_default()),
    );
    // The next key may do something, and this must not be read as if it were about that one.
    if let Some(status) = &mut model.status {
        status.fleeting = true;
    }
}

fn on_paste(model: &mut Model, text: &Zeroizing<String>) -> Vec<Effect> {
    model.dirty = true;
    overlay::paste(model, text);
    Vec::new()
}

/// Does what an action says, or tells why it cannot be done.
pub fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    if model.overlays.is_empty()
        && let Some(reason) = model.refusal(action)
    {
        model.say(Role::Warning, reason);
        return Vec::new();
    }
    if let Some(effects) = history::act(model, action).or_else(|| resolve::act(model, action)) {
        return effects;
    }
    match action {
        Action::Down | Action::Up | Action::Top | Action::Bottom | Action::HalfDown | Action::HalfUp => {
            overlay::motion(model, action);
            Vec::new()
        }
        Action::Accept | Action::Yes => overlay::accept(model, action == Action::Yes),
        Action::Cancel => {
            if matches!(model.overlays.last(), Some(Overlay::Review(_))) {
                return review::cancel(model);
            }
            overlay::cancel(model);
            Vec::new()
        }
        Action::NextButton | Action::PreviousButton => {
            match model.overlays.last_mut() {
                Some(Overlay::Dialog(dialog)) => dialog.step(action == Action::NextButton),
                Some(Overlay::Inquiry(prompt)) => prompt.step(),
                Some(Overlay::Plan(plan)) if plan.buttons().len() > 1 => plan.turn(),
                Some(Overlay::Plan(_)) => model.say(Role::Info, "there is one answer only"),
                Some(Overlay::Rotation(rotation)) => rotation.turn(action == Action::NextButton),
                _ => {}
            }
            Vec::new()
        }
        Action::ShowField
        | Action::ClearField
        | Action::FieldType
        | Action::OpenEditor
        | Action::Complete => {
            overlay::field_action(model, action);
            Vec::new()
        }
        Action::FilterValues => {
            tree::switch_filter(model);
            Vec::new()
        }
        Action::FocusFiles => focus(model, Pane::Files),
        Action::FocusTree => focus(model, Pane::Tree),
        Action::FocusChanges => focus(model, Pane::Changes),
        Action::FocusRecipients => focus(model, Pane::Recipients),
        Action::FocusGroups => focus(model, Pane::Groups),
        Action::NextPane => focus(model, model.focus.cycle(1)),
        Action::PreviousPane => focus(model, model.focus.cycle(4)),
        Action::CycleForward | Action::CycleBack => cycle(model, action == Action::CycleForward),
        Action::JumpBack => jump::jump(model, true),
        Action::JumpForth => jump::jump(model, false),
        Action::Wider | Action::Narrower | Action::Higher | Action::Lower => {
            resize(model, action);
            Vec::new()
        }
        Action::Review
        | Action::Stage
        | Action::Discard
        | Action::Commit
        | Action::Reload
        | Action::Reveal
        | Action::Undo
        | Action::JumpToChange
            if matches!(model.overlays.last(), Some(Overlay::Review(_))) =>
        {
            review::act(model, action)
        }
        Action::Review => review::begin(model),
        Action::Save => save::list(model, After::Stay),
        Action::SaveAndQuit => save::list(model, After::Quit),
        Action::Reload => save::reload(model),
        Action::Conceal => guard::panic_key(model),
        Action::ShareSafe => {
            guard::toggle_share_safe(model);
            Vec::new()
        }
        Action::Lock => lock::lock(model),
        Action::Unlock => lock::unlock(model),
        Action::Palette => {
            let palette = Palette::new(&model.keymap, |action| model.refusal(action));
            model.overlays.push(Overlay::Palette(palette));
            Vec::new()
        }
        Action::Help => {
            let pager = Pager::help(&model.keymap, &model.contexts());
            model.overlays.push(Overlay::Pager(pager));
            Vec::new()
        }
        Action::Messages => {
            let pager = Pager::told(&model.told);
            model.overlays.push(Overlay::Pager(pager));
            Vec::new()
        }
        Action::Attempts => {
            if let Some(file) = &model.file {
                let pager = Pager::attempts(&file.document);
                model.overlays.push(Overlay::Pager(pager));
            }
            Vec::new()
        }
        Action::CancelTask => {
            cancel_tasks(model);
            Vec::new()
        }
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend if model.saving() => {
            model.say(Role::Info, "a save is running");
            Vec::new()
        }
        Action::Suspend => {
            let mut effects = lock::lock(model);
            effects.push(Effect::Suspend);
            effects
        }
        Action::Close | Action::Quit => quit(model),
        Action::QuitWithoutSaving => leave(model),
        Action::Explain => mismatch::begin(model),
        Action::Resolve => resolve::begin_here(model),
        Action::OpenFile => files::open_selected(model),
        Action::Rescan => files::rescan(model),
        Action::Fold | Action::Unfold | Action::FoldAll | Action::UnfoldAll if model.focus == Pane::Files => {
            files::fold(model, action);
            Vec::new()
        }
        Action::ListFiles => {
            files::list_next(model);
            Vec::new()
        }
        Action::Mark | Action::MarkFolder | Action::MarkAll => {
            insight::mark(model, action);
            Vec::new()
        }
        Action::Inspect => {
            insight::about_file(model);
            Vec::new()
        }
        Action::InspectAll => {
            insight::about_all(model);
            Vec::new()
        }
        Action::Check => insight::begin_check(model),
        Action::Matrix => insight::begin_matrix(model),
        Action::Find => {
            overlay::find(model, action);
            Vec::new()
        }
        Action::NextMatch | Action::PreviousMatch
            if matches!(model.overlays.last(), Some(Overlay::Pager(_))) =>
        {
            overlay::find(model, action);
            Vec::new()
        }
        Action::Filter if matches!(model.overlays.last(), Some(Overlay::Matrix(_))) => {
            insight::filter_matrix(model);
            Vec::new()
        }
        Action::ColumnLeft | Action::ColumnRight => {
            insight::across(model, action);
            Vec::new()
        }
        Action::Rotate => {
            plan::begin(model);
            Vec::new()
        }
        Action::CopyList | Action::WriteList => plan::list(model, action),
        Action::NewFile => {
            new_file::begin(model);
            Vec::new()
        }
        Action::JumpToChange | Action::TakeBack => {
            edit::on_change(model, action);
            Vec::new()
        }
        Action::ShowRules => rule::look(model, None),
        Action::Why => why::begin(model),
        Action::History => history::begin(model),
        Action::Protect if matches!(model.overlays.last(), Some(Overlay::Reason(_))) => why::change(model),
        Action::DataKey | Action::Consequences => {
            save::about_keys(model, action);
            Vec::new()
        }
        Action::AddRecipient
        | Action::AddGroup
        | Action::RemoveKey
        | Action::MoveKey
        | Action::RaiseThreshold
        | Action::LowerThreshold
        | Action::KeyDetails => keys::act(model, action),
        Action::CopyPath => guard::copy_path(model),
        Action::CopyValue => guard::copy_value(model),
        Action::EditOutside if matches!(model.overlays.last(), Some(Overlay::Rules(_))) => {
            rules_text::edit(model)
        }
        Action::EditOutside => outside::begin(model),
        Action::Generate => {
            generate::begin(model);
            Vec::new()
        }
        Action::GenerateMore
        | Action::GenerateLess
        | Action::GenerateLower
        | Action::GenerateUpper
        | Action::GenerateDigits
        | Action::GenerateSymbols
        | Action::GenerateDistinct => {
            generate::adjust(model, action);
            Vec::new()
        }
        _ => {
            if tree::act(model, action) {
                return Vec::new();
            }
            edit::act(model, action)
        }
    }
}

/// Quits, or asks when something is not saved.
fn quit(model: &mut Model) -> Vec<Effect> {
    if !model.unsaved() {
        return leave(model);
    }
    let count = model.unsaved_changes();
    let what = counted_as(count, "change is", "changes are");
    let mut answers = vec![("Quit without saving", Intent::Quit)];
    if model.file.is_some() {
        answers.push(("Save", Intent::SaveAndQuit));
    }
    model.overlays.push(Overlay::Dialog(Dialog::new(
        "Quit without saving?",
        vec![format!("{what} not saved.")],
        answers,
    )));
    Vec::new()
}

/// Quits; a save that runs is waited for.
fn leave(model: &mut Model) -> Vec<Effect> {
    for task in &mut model.tasks {
        if let Purpose::Save(after) = &mut task.purpose {
            *after = After::Quit;
            return Vec::new();
        }
    }
    if model.saving() {
        model.say(Role::Info, "a rule and its file are being written");
        return Vec::new();
    }
    vec![Effect::Quit]
}

/// Stops tasks; a save is never left alone.
fn cancel_tasks(model: &mut Model) {
    if model.stop_opening() || model.abandon(|purpose| !purpose.is_quiet()) > 0 {
        model.say(Role::Info, "cancelled");
    } else {
        guard::conceal(model);
        model.status = None;
    }
}
