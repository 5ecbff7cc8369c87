//! Concealing, share-safe mode, the clipboard, and when their time is over.

use crate::host::Provider;
use crate::tree::{Body, Secret};
use crate::tui::action::Action;
use crate::tui::clipboard::{Answer, Request};
use crate::tui::effect::Effect;
use crate::tui::guard::Copied;
use crate::tui::model::Model;
use crate::tui::open_file::show_path;
use crate::tui::panes::tree::Filter;
use crate::tui::theme::Role;

/// Whether what is typed now may be a secret, or a part of one.
pub(super) fn takes_secret(model: &Model) -> bool {
    match model.overlays.last() {
        Some(overlay) => overlay.takes_secret(),
        None => model.tree.filter.as_ref().is_some_and(Filter::takes_secret),
    }
}

/// Hides the revealed value.
pub(super) fn conceal(model: &mut Model) {
    if model.tree.reveal.take().is_some() {
        model.dirty = true;
    }
}

/// Hides the revealed value, and whatever is typed in clear above it.
pub(super) fn conceal_everything(model: &mut Model) {
    conceal(model);
    if let Some(filter) = &mut model.tree.filter {
        model.dirty |= filter.conceal();
    }
    for overlay in &mut model.overlays {
        model.dirty |= overlay.conceal();
    }
}

/// The panic key: nothing on screen, nothing on the clipboard.
pub(super) fn panic_key(model: &mut Model) -> Vec<Effect> {
    conceal_everything(model);
    model.say(Role::Info, "everything is concealed");
    clear_clipboard(model, true)
}

/// Takes our value off the clipboard. What the terminal keeps is cleared only when that was `asked` for: it may hold something
/// else by now, and nobody can tell.
pub(super) fn clear_clipboard(model: &mut Model, asked: bool) -> Vec<Effect> {
    let terminal = model
        .guard
        .copied
        .is_some_and(|copied| copied.provider == Provider::Terminal);
    match (terminal, asked) {
        (true, true) => {
            model.guard.copied = None;
            vec![Effect::TellTerminal(Secret::default())]
        }
        (true, false) => Vec::new(),
        // Also when no answer came yet: what was asked for is done in its order.
        (false, _) if model.guard.clipboard_used => {
            model.guard.copied = None;
            vec![Effect::Clipboard(Request::Clear)]
        }
        (false, _) => Vec::new(),
    }
}

/// Turns share-safe mode on or off.
pub(super) fn toggle_share_safe(model: &mut Model) {
    model.guard.share_safe = !model.guard.share_safe;
    conceal_everything(model);
    if model.guard.share_safe {
        model.say(
            Role::Info,
            "share-safe mode: no value is shown, copied or typed in clear until S",
        );
    } else {
        model.say(Role::Info, "share-safe mode is off");
    }
}

/// Puts the selected value on the clipboard.
pub(super) fn copy_value(model: &mut Model) -> Vec<Effect> {
    let (Some(file), Some(row)) = (&model.file, model.tree.selected()) else {
        return Vec::new();
    };
    let tree = if row.deleted { file.base() } else { file.tree() };
    let text = match &tree.node(row.id).body {
        Body::Leaf(leaf) => Secret::from(file.shown(row.id, leaf).as_slice()),
        Body::Comment(comment) => comment.text.clone(),
        Body::Map(_) | Body::List(_) => return Vec::new(),
    };
    copy_secret(model, text)
}

/// Puts a value on the clipboard.
pub(super) fn copy_secret(model: &mut Model, text: Secret) -> Vec<Effect> {
    if text.expose_str().is_none() {
        model.say(Role::Warning, "these bytes are no text and cannot be copied");
        return Vec::new();
    }
    // The time of what was copied before is over: it must not clear this.
    model.guard.copied = None;
    model.guard.clipboard_used = true;
    vec![Effect::Clipboard(Request::Copy { text, secret: true })]
}

/// Puts the path of the selected entry on the clipboard; it is no secret and stays there.
pub(super) fn copy_path(model: &Model) -> Vec<Effect> {
    let (Some(file), Some(row)) = (&model.file, model.tree.selected()) else {
        return Vec::new();
    };
    let tree = if row.deleted { file.base() } else { file.tree() };
    let text = Secret::from(show_path(tree, row.id));
    vec![Effect::Clipboard(Request::Copy { text, secret: false })]
}

/// What became of a request.
pub(super) fn answered(model: &mut Model, answer: Answer) -> Vec<Effect> {
    // A value that was to be copied is on no clipboard any more, and comes to none, once the editor is locked.
    if model.guard.locked.is_some() {
        return Vec::new();
    }
    model.dirty = true;
    let (provider, for_terminal, secret) = match answer {
        Answer::Copied {
            provider,
            for_terminal,
            secret,
        } => (provider, for_terminal, secret),
        Answer::Cleared(cleared) => {
            model.mention(
                Role::Info,
                if cleared {
                    "the clipboard is cleared"
                } else {
                    "the clipboard holds something else by now, which stays"
                },
            );
            return Vec::new();
        }
    };
    let name = provider.name();
    let seconds = model.guard.limits.clipboard.as_secs();
    let until = for_terminal
        .is_none()
        .then_some(model.now + model.guard.limits.clipboard);
    model.guard.copied = secret.then_some(Copied { provider, until });
    match (secret, until) {
        (false, _) => model.say(Role::Info, format!("the path is copied by {name}")),
        (true, Some(_)) => model.say(Role::Info, format!("copied by {name}, cleared in {seconds} s")),
        (true, None) => model.say(
            Role::Warning,
            format!("copied by {name}, which cannot be cleared unseen: X clears it"),
        ),
    }
    for_terminal.map(Effect::TellTerminal).into_iter().collect()
}

/// Why an action cannot be done while somebody is looking on.
pub(in crate::tui) fn refusal(model: &Model, action: Action) -> Option<&'static str> {
    let shows = matches!(
        action,
        Action::Reveal | Action::CopyValue | Action::ShowField | Action::EditOutside
    );
    (shows && model.guard.share_safe).then_some("share-safe mode is on; S turns it off")
}

/// What has to happen because its time has come.
pub(super) fn due(model: &mut Model) -> Vec<Effect> {
    if model.tree.reveal.is_some_and(|reveal| reveal.until <= model.now) {
        conceal(model);
    }
    let over = model.overlays.iter_mut();
    for overlay in over.filter(|overlay| overlay.shows_until().is_some_and(|until| until <= model.now)) {
        model.dirty |= overlay.conceal();
    }
    let mut effects = Vec::new();
    let copied = model.guard.copied.and_then(|copied| copied.until);
    if copied.is_some_and(|until| until <= model.now) {
        effects.extend(clear_clipboard(model, false));
    }
    let idle = model.guard.idle_at().is_some_and(|at| at <= model.now);
    if idle && model.holds_values() && !model.guard.lock_after_save {
        effects.extend(super::lock::lock(model));
    }
    effects
}
