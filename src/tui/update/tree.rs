//! Moving, folding, filtering and revealing in the tree.

use crate::tree::NodeId;
use crate::tui::action::Action;
use crate::tui::jumps::Spot;
use crate::tui::model::Model;
use crate::tui::open_file::OpenFile;
use crate::tui::panes::tree::{Filter, Reveal};
use crate::tui::theme::Role;

/// Does an action of the tree that changes nothing in the file; whether it was one.
pub(super) fn act(model: &mut Model, action: Action) -> bool {
    let Some(file) = &model.file else { return false };
    let tree = &mut model.tree;
    let at = tree.cursor.at;
    let row = tree.selected();
    let branch = row.filter(|row| file.tree().node(row.id).is_branch());
    match action {
        Action::Fold => match branch {
            Some(row) if !tree.rows.is_folded(row.id) && !file.shown_children(row.id).is_empty() => {
                tree.rows.toggle(file, at, true);
            }
            _ => tree.cursor.at = tree.rows.parent(at).unwrap_or(at),
        },
        Action::Unfold => match branch {
            Some(row) if tree.rows.is_folded(row.id) => tree.rows.toggle(file, at, false),
            Some(_) => tree.cursor.move_by(1, tree.rows.len()),
            None => {}
        },
        Action::Activate => match branch {
            Some(row) => {
                let folded = tree.rows.is_folded(row.id);
                tree.rows.toggle(file, at, !folded);
            }
            None => return false,
        },
        Action::FoldAll | Action::UnfoldAll => {
            let top = std::iter::successors(Some(at), |at| tree.rows.parent(*at)).last();
            let keep = match action {
                Action::FoldAll => top.and_then(|top| tree.rows.get(top)),
                _ => row,
            };
            tree.rows.fold_everything(file, action == Action::FoldAll);
            tree.rebuild(file, keep.map(|row| row.id));
        }
        Action::Filter => {
            tree.filter = Some(Filter::new(row.map(|row| row.id)));
            super::guard::conceal(model);
        }
        Action::NextMatch | Action::PreviousMatch => {
            let from = row.map(|row| row.id);
            let found = tree
                .filter
                .as_mut()
                .and_then(|filter| filter.neighbour(file, from, action == Action::NextMatch));
            match found {
                Some(id) => {
                    if let Some(from) = from {
                        model.jumps.leave(Spot::of(file, from));
                    }
                    tree.show(file, id);
                    if from == Some(id) {
                        model.say(Role::Info, "this is the only match");
                    }
                }
                None => model.say(Role::Warning, "nothing matches"),
            }
        }
        Action::Reveal => reveal(model),
        _ => return false,
    }
    true
}

fn reveal(model: &mut Model) {
    let Some(row) = model.tree.selected() else { return };
    if model.tree.reveal.is_some_and(|reveal| reveal.id == row.id) {
        super::guard::conceal(model);
        return;
    }
    let secret = model.file.as_ref().is_some_and(|file| file.is_secret(row.id));
    if !secret {
        model.say(
            Role::Info,
            "this value is not encrypted; it is in the file as it stands here",
        );
        return;
    }
    model.tree.reveal = Some(Reveal {
        id: row.id,
        until: model.now + model.guard.limits.reveal,
    });
    let seconds = model.guard.limits.reveal.as_secs();
    let lines = model.file.as_ref().map_or(1, |file| lines_of(file, row.id));
    let words = if lines > 1 {
        format!("the first of {lines} lines is revealed for {seconds} seconds; e, ctrl-t shows all")
    } else {
        format!("revealed for {seconds} seconds; r or X conceals it")
    };
    model.say(Role::Info, words);
}

/// How many lines a value has; a line break at its end begins none.
fn lines_of(file: &OpenFile, id: NodeId) -> usize {
    let Some(leaf) = file.tree().node(id).leaf() else {
        return 1;
    };
    let value = file.shown(id, leaf);
    let value = value.strip_suffix(b"\n").unwrap_or(&value);
    memchr::memchr_iter(b'\n', value).count() + 1
}

/// Shows the rows that match what is typed, and selects the best.
pub(super) fn search(model: &mut Model) {
    let (Some(file), Some(filter)) = (&model.file, &mut model.tree.filter) else {
        return;
    };
    let (rows, best) = filter.search(file);
    model.tree.rows.replace(rows);
    model.tree.cursor.at = best;
}

/// Searches values instead of paths, or paths again.
pub(super) fn switch_filter(model: &mut Model) {
    if let Some(filter) = &mut model.tree.filter {
        filter.switch();
        search(model);
    }
}

/// Enter: the row is kept, the filter is dropped, its matches stay for `n` and `N`.
pub(super) fn accept_filter(model: &mut Model) {
    let Some(file) = &model.file else { return };
    let tree = &mut model.tree;
    if let Some(origin) = tree.filter.as_ref().and_then(|filter| filter.origin) {
        model.jumps.leave(Spot::of(file, origin));
    }
    let found = tree.selected().map(|row| row.id);
    let mut empty = true;
    let mut origin = None;
    if let Some(filter) = &mut tree.filter {
        filter.typing = false;
        origin = filter.origin;
        empty = filter.input.text().is_empty();
    }
    // Where nothing matches, the row stays that was selected before.
    let chosen = found.or(origin);
    let missed = found.is_none() && !empty;
    if empty {
        tree.filter = None;
    }
    tree.rows.build(file);
    if let Some(id) = chosen {
        tree.show(file, id);
    }
    if missed {
        model.say(Role::Info, "nothing matches");
    }
}

/// Esc: everything as it was before.
pub(super) fn cancel_filter(model: &mut Model) {
    let Some(file) = &model.file else { return };
    let origin = model.tree.filter.take().and_then(|filter| filter.origin);
    model.tree.rebuild(file, origin);
}

/// Ends a filter that is being typed when the focus goes elsewhere.
pub(super) fn end_filter(model: &mut Model) {
    if model.tree.typing() {
        accept_filter(model);
    }
}
