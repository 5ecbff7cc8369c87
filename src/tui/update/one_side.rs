//! A file that one side of a merge deleted as a whole: asking whether it is kept or goes, and what follows.

use super::{files, guard};
use crate::ops::resolve::OneSide;
use crate::tui::effect::Effect;
use crate::tui::model::{Model, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::dialog::{Dialog, Intent};
use crate::tui::panes::tree::TreePane;
use crate::tui::text;
use crate::tui::worker::Job;
use std::path::Path;
use std::sync::Arc;

/// Asks what is to become of a file that one side deleted.
pub(super) fn ask(model: &mut Model, side: Arc<OneSide>) {
    model.status = None;
    let (changed, deleted) = side.sides();
    let lines = vec![
        format!("{} deleted it.", text::escape(deleted)),
        format!("{} changed it.", text::escape(changed)),
        "Keeping it takes that version of the whole file.".to_owned(),
    ];
    model.overlays.push(Overlay::Dialog(Dialog::new(
        format!("Keep {}?", model.show_path(side.path())),
        lines,
        vec![
            ("Keep the file", Intent::TakeSide(Arc::clone(&side), true)),
            ("Delete it", Intent::TakeSide(side, false)),
        ],
    )));
}

/// Keeps such a file, or lets it go.
pub(super) fn take(model: &mut Model, side: Arc<OneSide>, keep: bool) -> Vec<Effect> {
    let name = model.show_path(side.path());
    let label = if keep {
        format!("keeping {name}")
    } else {
        format!("deleting {name}")
    };
    let id = model.begin(Purpose::Decide(side.path().to_owned()), label);
    vec![Effect::Start(id, Job::TakeSide(side, keep))]
}

/// A file is gone: it is not shown any more.
pub(super) fn let_go(model: &mut Model, path: &Path) -> Vec<Effect> {
    if model.file.as_ref().is_some_and(|file| file.document.path == path) {
        guard::conceal_everything(model);
        model.file = None;
        model.tree = TreePane::default();
    }
    let mut effects = files::rescan(model);
    effects.push(files::begin_states(model));
    effects
}
