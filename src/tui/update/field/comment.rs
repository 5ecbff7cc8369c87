//! Comments: the one above an entry, or on its line.

use super::note;
use crate::format::Format;
use crate::tree::{Body, Comment, NodeId, Secret};
use crate::tui::model::Model;
use crate::tui::open_file::{Edit, Place};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::field::{Field, Purpose};
use crate::tui::theme::Role;
use crate::tui::update::edit;
use crate::tui::widgets::SecretInput;
use zeroize::Zeroizing;

/// The text of a comment as people type it: the blank after the mark is not theirs to keep in mind.
pub(super) fn edit_comment(model: &mut Model, id: NodeId, stored: &Secret) {
    let Some(file) = &model.file else { return };
    let Some(text) = stored.expose_str() else {
        model.say(Role::Warning, "these bytes are no text and cannot be edited here");
        return;
    };
    let input = SecretInput::new(text.strip_prefix(' ').unwrap_or(text), !file.is_secret(id));
    let field = Field {
        note: note(file.decide(id).encrypted),
        ..Field::new(
            Purpose::Comment(id),
            input,
            file.document.format,
            "Comment".to_owned(),
        )
    };
    model.overlays.push(Overlay::Field(field));
}

/// Edits the comment that stands directly above a node, or begins one there.
pub(in crate::tui::update) fn comment(model: &mut Model, id: NodeId) {
    let Some(file) = &model.file else { return };
    if matches!(file.document.format, Format::Json | Format::Binary) {
        model.say(Role::Info, "this format has no comments");
        return;
    }
    let tree = file.tree();
    let Some(parent) = tree.node(id).parent else {
        model.say(Role::Info, "there is no place for a comment here");
        return;
    };
    let siblings = tree.children(parent);
    let index = siblings.iter().position(|child| *child == id).unwrap_or_default();
    let above = index
        .checked_sub(1)
        .and_then(|above| siblings.get(above))
        .copied();
    let own = [Some(id), above].into_iter().flatten();
    let there = own
        .filter_map(|id| Some((id, tree.node(id).comment()?.text.clone())))
        .next();
    if let Some((id, stored)) = there {
        return edit_comment(model, id, &stored);
    }
    let encrypted = file.would_encrypt(parent, None);
    let (purpose, input) = (
        Purpose::NewComment(Place { parent, index }),
        SecretInput::new("", true),
    );
    let field = Field {
        note: note(encrypted),
        ..Field::new(purpose, input, file.document.format, "New comment".to_owned())
    };
    model.overlays.push(Overlay::Field(field));
}

/// What typing a comment comes to; an empty one is taken out.
pub(super) fn accept_comment(model: &mut Model, purpose: &Purpose, typed: &str) {
    let body = |inline, blank: bool| {
        let mut text = Zeroizing::new(String::with_capacity(typed.len() + 1));
        if blank {
            text.push(' ');
        }
        text.push_str(typed);
        Body::Comment(Comment {
            text: Secret::from(text.as_str()),
            inline,
        })
    };
    match *purpose {
        Purpose::Comment(id) if typed.is_empty() => {
            edit::make_or_ask(model, Edit::Delete(id));
        }
        Purpose::Comment(id) => {
            let Some(old) = model
                .file
                .as_ref()
                .and_then(|file| file.tree().node(id).comment().cloned())
            else {
                return;
            };
            if old
                .text
                .expose_str()
                .is_some_and(|old| old.strip_prefix(' ').unwrap_or(old) == typed)
            {
                return;
            }
            let blank = old.text.expose().first() == Some(&b' ');
            edit::make_or_ask(model, Edit::Comment(id, body(old.inline, blank)));
        }
        Purpose::NewComment(place) if !typed.is_empty() => {
            edit::make_or_ask(model, Edit::NewComment(place, body(false, true)));
        }
        _ => {}
    }
}
