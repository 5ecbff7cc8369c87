//! Back to places that were left by a jump, and forth again, also in other files.

use super::{files, focus};
use crate::tui::effect::Effect;
use crate::tui::jumps::Spot;
use crate::tui::layout::Pane;
use crate::tui::model::Model;

/// Goes back, or forth.
pub(super) fn jump(model: &mut Model, back: bool) -> Vec<Effect> {
    let here = model.spot();
    let spot = if back {
        model.jumps.back(here)
    } else {
        model.jumps.forth()
    };
    match spot {
        Some(spot) => go(model, spot),
        None => Vec::new(),
    }
}

pub(super) fn go(model: &mut Model, spot: Spot) -> Vec<Effect> {
    let open = model.file.as_ref().filter(|file| file.document.path == spot.file);
    match open {
        Some(file) => {
            if let Some(id) = spot.find(file) {
                model.tree.show(file, id);
            }
            focus(model, Pane::Tree)
        }
        None => {
            let path = spot.file.clone();
            model.jumps.target = Some(spot);
            files::open_other(model, path)
        }
    }
}

/// Shows the place that a file was opened for; without one, notes the place that was left for it.
pub(super) fn arrive(model: &mut Model, left: Option<Spot>) {
    let target = model.jumps.target.take();
    let line = model.jumps.line.take();
    if let (Some(line), Some(file)) = (line, &model.file)
        && line.file == file.document.path
        && let Some(id) = file.at_line(line.line)
    {
        model.tree.show(file, id);
    }
    match (target, &model.file) {
        (Some(spot), Some(file)) if spot.file == file.document.path => {
            if let Some(id) = spot.find(file) {
                model.tree.show(file, id);
            }
        }
        _ => {
            if let Some(left) = left {
                model.jumps.leave(left);
            }
        }
    }
}
