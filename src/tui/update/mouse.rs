//! The mouse: presses focus, select, fold and open; the wheel scrolls what lies under the pointer; borders are dragged.

use super::{act, focus, overlay};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::keymap::Lookup;
use crate::tui::layout::Pane;
use crate::tui::model::Model;
use crate::tui::mouse::{Gesture, Mouse};
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::{Overlay, Pressed};
use crate::tui::view;
use ratatui::layout::{Position, Rect};

/// How many lines a step of the wheel is.
const STEP: isize = 3;

/// Takes one event of the mouse in.
pub(super) fn on_mouse(model: &mut Model, mouse: Mouse) -> Vec<Effect> {
    model.dirty = true;
    match mouse.gesture {
        Gesture::Press => {
            model.pending.clear();
            return press(model, mouse.at);
        }
        Gesture::Drag => {
            if let Some(divider) = model.pointer.held {
                model.sizes.drag(divider, mouse.at, model.size, model.side);
            }
        }
        Gesture::Release => model.pointer.held = None,
        Gesture::WheelDown => wheel(model, mouse.at, STEP),
        Gesture::WheelUp => wheel(model, mouse.at, -STEP),
    }
    Vec::new()
}

fn press(model: &mut Model, at: Position) -> Vec<Effect> {
    let double = model.pointer.press(at, model.now);
    if let Some(action) = view::hint_at(model, at) {
        return act(model, action);
    }
    if !model.overlays.is_empty() {
        return press_overlay(model, at);
    }
    if model.guard.locked.is_some() {
        return Vec::new();
    }
    let layout = model.layout();
    let Some(pane) = layout.pane_at(at) else {
        return Vec::new();
    };
    model.pointer.held = layout.divider(at);
    focus(model, pane);
    // Another layout where only the focused pane is shown; the pane stands where it stood all the same.
    let area = layout.pane(pane).unwrap_or_default();
    if !select(model, pane, area, at) {
        return Vec::new();
    }
    if pane == Pane::Tree && toggle_fold(model, area, at) {
        return Vec::new();
    }
    if pane == Pane::Files && model.files.is_folded().is_some() {
        // The second press of two is for what the first one did.
        if !double {
            model.files.toggle_fold();
        }
        return Vec::new();
    }
    if double { enter(model) } else { Vec::new() }
}

/// Selects the line at a place; whether there is one.
fn select(model: &mut Model, pane: Pane, area: Rect, at: Position) -> bool {
    let inner = at.x > area.x && at.x + 1 < area.right() && at.y > area.y;
    let Some(line) = at.y.checked_sub(area.y + 1).filter(|_| inner) else {
        return false;
    };
    let line = usize::from(line);
    let (len, page) = model.extent(pane);
    let number = model.cursor(pane).top + line;
    let there = line < page && number < len;
    if there {
        model.cursor(pane).at = number;
    }
    there
}

/// Folds or unfolds the selected branch when its mark is at this place.
fn toggle_fold(model: &mut Model, area: Rect, at: Position) -> bool {
    let (Some(file), Some(row)) = (&model.file, model.tree.selected()) else {
        return false;
    };
    let mark = model.tree.mark_column(area, row);
    if !file.tree().node(row.id).is_branch() || !(mark..mark + 2).contains(&at.x) {
        return false;
    }
    let folded = model.tree.rows.is_folded(row.id);
    model.tree.rows.toggle(file, model.tree.cursor.at, !folded);
    true
}

/// What Enter does here.
fn enter(model: &mut Model) -> Vec<Effect> {
    let Some(key) = Key::parse("Enter") else {
        return Vec::new();
    };
    match model.keymap.lookup(&model.contexts(), &[key]) {
        Lookup::Action(action) => act(model, action),
        Lookup::Prefix | Lookup::Nothing => Vec::new(),
    }
}

fn press_overlay(model: &mut Model, at: Position) -> Vec<Effect> {
    let area = model.layout().main;
    let changes = model.file.as_ref().map_or(0, OpenFile::change_count);
    let Some(top) = model.overlays.last_mut() else {
        return Vec::new();
    };
    let pressed = top.press(at, area, changes);
    match (pressed, top) {
        (Pressed::Close, _) => act(model, Action::Cancel),
        (Pressed::Accept, _) => overlay::accept(model, false),
        (Pressed::Button(number), Overlay::Dialog(dialog)) => {
            dialog.selected = number;
            overlay::accept(model, false)
        }
        (Pressed::Button(number), Overlay::Plan(plan)) => {
            plan.selected = number;
            overlay::accept(model, false)
        }
        (Pressed::Button(0), _) => overlay::accept(model, false),
        (Pressed::Button(_), _) => act(model, Action::Cancel),
        (Pressed::Row(row), Overlay::Saving(saving)) => {
            saving.cursor.at = row.min(changes.saturating_sub(1));
            Vec::new()
        }
        (Pressed::Row(row), Overlay::History(history)) => {
            history.cursor.at = row.min(history.len().saturating_sub(1));
            Vec::new()
        }
        (Pressed::Row(row), Overlay::Review(review)) => {
            review.cursor.at = row;
            Vec::new()
        }
        (Pressed::Row(_) | Pressed::Nothing, _) => Vec::new(),
    }
}

fn wheel(model: &mut Model, at: Position, by: isize) {
    if !model.overlays.is_empty() {
        overlay::wheel(model, by);
        return;
    }
    if model.guard.locked.is_some() {
        return;
    }
    let Some(pane) = model.layout().pane_at(at) else {
        return;
    };
    let (len, page) = model.extent(pane);
    model.cursor(pane).scroll(by, page, len);
}
