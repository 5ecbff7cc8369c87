//! Which pane has the focus, and how large it is.

use super::{guard, tree};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::layout::{Pane, Side};
use crate::tui::model::Model;
use crate::tui::theme::Role;

/// Gives a pane the focus.
pub(super) fn focus(model: &mut Model, pane: Pane) -> Vec<Effect> {
    if model.focus != pane {
        guard::conceal(model);
        tree::end_filter(model);
    }
    model.focus = pane;
    match pane {
        Pane::Files | Pane::Changes => model.side = Side::Left,
        Pane::Recipients | Pane::Groups => model.side = Side::Right,
        Pane::Tree => {}
    }
    Vec::new()
}

/// Makes the focused pane larger or smaller.
pub(super) fn resize(model: &mut Model, action: Action) {
    let pane = model.focus;
    let layout = model.layout();
    let changed = match action {
        Action::Wider => model.sizes.widen(pane, 2, model.size.width, model.side),
        Action::Narrower => model.sizes.widen(pane, -2, model.size.width, model.side),
        _ => {
            let height = layout.pane(pane).unwrap_or_default().height;
            let by = if action == Action::Higher { 1 } else { -1 };
            model.sizes.heighten(pane, by, (height, layout.main.height))
        }
    };
    if !changed {
        model.say(Role::Info, "the pane has no room for that");
    }
}

/// Narrow terminals: the next pane (one column), or the other side column (two).
pub(super) fn cycle(model: &mut Model, forward: bool) -> Vec<Effect> {
    if model.size.width < 80 {
        return focus(model, model.focus.cycle(if forward { 1 } else { 4 }));
    }
    if model.layout().pane(Pane::Groups).is_some() && model.layout().pane(Pane::Files).is_some() {
        model.say(Role::Info, "everything is shown");
        return Vec::new();
    }
    model.side = match model.side {
        Side::Left => Side::Right,
        Side::Right => Side::Left,
    };
    let hidden = model.layout().pane(model.focus).is_none();
    if hidden {
        focus(model, Pane::Tree)
    } else {
        Vec::new()
    }
}
