//! Everything the editor knows while it runs. Changed by `update` only, drawn by `view`, tested without a terminal.

mod needs;
mod tasks;

use needs::{edits, folds, needs_file, reshapes};
pub use tasks::{After, Purpose, Step, Task};

use super::action::{Action, Context};
use super::guard::Guard;
use super::jumps::{Jumps, Spot};
use super::key::Key;
use super::keymap::Keymap;
use super::layout::{Layout, Pane, Side, Sizes};
use super::mouse::Pointer;
use super::open_file::OpenFile;
use super::overlays::Overlay;
use super::overlays::generator::Generator;
use super::panes::changes::ChangesPane;
use super::panes::files::FilesPane;
use super::panes::groups::{self, GroupsPane};
use super::panes::recipients::{self, RecipientsPane};
use super::panes::tree::TreePane;
use super::theme::{Role, Theme};
use super::worker::TaskId;
use crate::format::Format;
use ratatui::layout::Rect;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a task may take before it is worth telling.
const PATIENCE: Duration = Duration::from_millis(150);
/// How long a message stays at least, whatever is pressed.
const READABLE: Duration = Duration::from_secs(3);
/// How many messages are kept to be read again.
const MOST_TOLD: usize = 50;
/// How often the spinner turns.
const SPIN: Duration = Duration::from_millis(100);

/// The line of the bottom bar that tells what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The words, escaped.
    pub text: String,
    /// How they look.
    pub role: Role,
    /// Since when; they stay for a while at least.
    pub since: Instant,
    /// Whether they are about one key only, and go with the next.
    pub fleeting: bool,
}

/// The state of the editor.
pub struct Model {
    /// The size of the screen.
    pub size: Rect,
    /// Which pane has the focus.
    pub focus: Pane,
    /// Which side column two columns show.
    pub side: Side,
    /// How large the columns are.
    pub sizes: Sizes,
    /// The mouse.
    pub pointer: Pointer,
    /// Places that were left by jumps.
    pub jumps: Jumps,
    /// Pane 1.
    pub files: FilesPane,
    /// Pane 2.
    pub tree: TreePane,
    /// Pane 3.
    pub changes: ChangesPane,
    /// Pane 4.
    pub recipients: RecipientsPane,
    /// Pane 5.
    pub groups: GroupsPane,
    /// The open file.
    pub file: Option<OpenFile>,
    /// What lies above the panes.
    pub overlays: Vec<Overlay>,
    /// Keys of a sequence that is not complete.
    pub pending: Vec<Key>,
    /// The keymap.
    pub keymap: Keymap,
    /// The theme.
    pub theme: Theme,
    /// What happened last.
    pub status: Option<Status>,
    /// How values were generated last.
    pub generator: Generator,
    /// What happened before that, oldest first.
    pub told: Vec<Status>,
    /// Tasks that run.
    pub tasks: Vec<Task>,
    /// Tasks that nobody waits for any more and that are still to be stopped.
    pub abandoned: Vec<TaskId>,
    /// The file for which resolving its conflicts was offered last; it is offered once.
    pub offered: Option<PathBuf>,
    /// Whether files are opened without the right to change them.
    pub read_only: bool,
    /// What keeps values from view.
    pub guard: Guard,
    /// Whether the screen must be drawn again.
    pub dirty: bool,
    /// The time of the last message.
    pub now: Instant,
    next_task: u64,
}

impl Model {
    /// Nothing is open yet.
    #[must_use]
    pub fn new(theme: Theme, keymap: Keymap, size: Rect, now: Instant) -> Self {
        Self {
            size,
            focus: Pane::Tree,
            side: Side::default(),
            sizes: Sizes::default(),
            pointer: Pointer::default(),
            jumps: Jumps::default(),
            files: FilesPane::default(),
            tree: TreePane::default(),
            changes: ChangesPane::default(),
            recipients: RecipientsPane::default(),
            groups: GroupsPane::default(),
            file: None,
            overlays: Vec::new(),
            pending: Vec::new(),
            keymap,
            theme,
            status: None,
            generator: Generator::default(),
            told: Vec::new(),
            tasks: Vec::new(),
            abandoned: Vec::new(),
            offered: None,
            read_only: false,
            guard: Guard::new(now),
            dirty: true,
            now,
            next_task: 0,
        }
    }

    /// The places of the panes.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let changes = self.file.as_ref().map_or(0, OpenFile::change_count);
        let groups = self.file.as_ref().map_or(0, groups::lines);
        Layout::of(self.size, self.focus, self.side, &self.sizes, changes, groups)
    }

    /// Where keys are looked up now, first to last.
    #[must_use]
    pub fn contexts(&self) -> Vec<Context> {
        match self.overlays.last() {
            Some(overlay) => vec![overlay.context()],
            None if self.guard.locked.is_some() => vec![Context::Locked],
            None if self.focus == Pane::Tree && self.tree.typing() => vec![Context::Filter],
            None => vec![self.focus.context(), Context::Everywhere],
        }
    }

    /// Whether there is anything unsaved.
    #[must_use]
    pub fn unsaved(&self) -> bool {
        self.unsaved_changes() > 0
    }

    /// How many changes are not saved, those of a locked file included.
    #[must_use]
    pub fn unsaved_changes(&self) -> usize {
        let open = self.file.as_ref().map(OpenFile::change_count);
        let locked = self.guard.locked.as_ref().map(|locked| locked.changes);
        open.or(locked).unwrap_or_default()
    }

    /// Tells what came of something the user did.
    pub fn say(&mut self, role: Role, text: impl Into<String>) {
        let status = Status {
            text: super::text::escape(&text.into()),
            role,
            since: self.now,
            fleeting: false,
        };
        if self.told.last().is_some_and(|last| last.text == status.text) {
            self.told.pop();
        }
        if self.told.len() >= MOST_TOLD {
            self.told.remove(0);
        }
        self.told.push(status.clone());
        self.status = Some(status);
    }

    /// Tells what happened by itself, behind what is being read: nobody waits for it, and the answer to the last key must not go unseen.
    pub fn mention(&mut self, role: Role, text: impl Into<String>) {
        let shown = self.status.take().filter(|shown| !self.was_read(shown));
        self.say(role, text);
        if let (Some(shown), Some(status)) = (shown, &mut self.status) {
            status.text = format!("{}{}{}", shown.text, self.theme.glyphs.separator, status.text);
            status.role = shown.role;
        }
    }

    /// Whether a message need not stay: it is about one key, or stood there long enough.
    pub(super) fn was_read(&self, status: &Status) -> bool {
        status.fleeting || self.now.saturating_duration_since(status.since) >= READABLE
    }

    /// The place of the selected row.
    #[must_use]
    pub fn spot(&self) -> Option<Spot> {
        Some(Spot::of(self.file.as_ref()?, self.tree.selected()?.id))
    }

    /// Notes where the user is, before a jump.
    pub fn leave_spot(&mut self) {
        if let Some(spot) = self.spot() {
            self.jumps.leave(spot);
        }
    }

    /// A path as people know it here: below the listed folder, escaped.
    #[must_use]
    pub fn show_path(&self, path: &Path) -> String {
        super::text::path(path.strip_prefix(&self.files.folder).unwrap_or(path))
    }

    /// When the model wants to hear of the time again.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let reveal = self.tree.reveal.map(|reveal| reveal.until);
        let oldest = self.waited_for().map(|task| task.since + PATIENCE).min();
        let spin = oldest.map(|first| first.max(self.now + SPIN));
        let first = oldest.filter(|first| *first > self.now);
        let guard = self.guard.deadline(self.holds_values());
        let shown = self.overlays.iter().filter_map(Overlay::shows_until);
        let ends = reveal.into_iter().chain(first.or(spin)).chain(guard);
        ends.chain(shown).min()
    }

    /// Whether anything is open that a lock must drop.
    #[must_use]
    pub fn holds_values(&self) -> bool {
        self.file.is_some() || self.overlays.iter().any(Overlay::holds_values)
    }

    /// Why an action cannot be done now; `None` where it can.
    #[must_use]
    pub fn refusal(&self, action: Action) -> Option<&'static str> {
        if let Some(reason) = super::update::refusal_of_guard(self, action) {
            return Some(reason);
        }
        let of_list = matches!(
            action,
            Action::OpenFile
                | Action::Mark
                | Action::MarkFolder
                | Action::MarkAll
                | Action::Inspect
                | Action::Check
                | Action::Matrix
        );
        if of_list && self.files.is_empty() {
            return Some("there is no file here");
        }
        if action == Action::Inspect && self.files.selected().is_none() {
            return Some("this is a folder; Space marks the files in it");
        }
        if self.focus == Pane::Files && folds(action) {
            return self.files.is_empty().then_some("there is no file here");
        }
        if action == Action::Resolve && self.file.is_none() && self.files.selected().is_none() {
            return Some("there is no file here");
        }
        let Some(file) = &self.file else {
            return needs_file(action).then_some("no file is open");
        };
        if action == Action::Explain && !file.is_untrusted() {
            return Some("nothing is wrong with the MAC of this file");
        }
        let row = self.tree.selected();
        let node = row.map(|row| file.tree().node(row.id));
        let action = match action {
            // On a value, Enter edits it.
            Action::Activate if node.is_some_and(|node| !node.is_branch()) => Action::Edit,
            action => action,
        };
        if edits(action)
            && let Some(reason) = file.frozen()
        {
            return Some(reason);
        }
        if edits(action) && self.saving() {
            return Some("a save is running");
        }
        if file.document.format == Format::Binary && reshapes(action) {
            return Some("a binary file is one value");
        }
        match action {
            Action::Edit
            | Action::Comment
            | Action::Delete
            | Action::Duplicate
            | Action::EditOutside
            | Action::Generate
            | Action::Protect
            | Action::Rename
            | Action::Type
            | Action::MoveDown
            | Action::MoveUp
                if row.is_some_and(|row| row.deleted) =>
            {
                Some("this entry is deleted; u takes that back")
            }
            Action::Generate if node.is_some_and(|node| node.leaf().is_none()) => {
                Some("only values are generated")
            }
            Action::Type if node.is_some_and(|node| node.leaf().is_none()) => Some("only values have a type"),
            Action::Reveal if file.locked() => Some("the file is locked: no key at hand opens it"),
            Action::Reveal if node.is_none_or(crate::tree::Node::is_branch) => {
                Some("only values can be revealed")
            }
            Action::CopyValue if file.locked() => Some("the file is locked: no key at hand opens it"),
            Action::CopyValue if node.is_none_or(crate::tree::Node::is_branch) => {
                Some("only values can be copied; Y copies the path")
            }
            Action::Edit
            | Action::Delete
            | Action::Duplicate
            | Action::Generate
            | Action::Protect
            | Action::Activate
            | Action::Comment
            | Action::CopyPath
            | Action::MoveDown
            | Action::MoveUp
            | Action::Rename
            | Action::Type
            | Action::Why
            | Action::History
                if row.is_none() =>
            {
                Some("there is nothing here")
            }
            Action::History => row.and_then(|row| super::update::lacks_history(file, row.id)),
            Action::NextMatch | Action::PreviousMatch if self.tree.filter.is_none() => {
                Some("nothing was searched for yet")
            }
            Action::JumpBack if !self.jumps.has_back() => Some("there was no jump before this"),
            Action::JumpForth if !self.jumps.has_forth() => Some("there is no jump to go forth to"),
            Action::AddGroup if file.readers().keys().count() == 0 => Some("the file has no keys"),
            Action::RemoveKey | Action::MoveKey | Action::KeyDetails => self.refusal_of_key(action),
            Action::Undo if !file.can_undo() => Some("nothing to undo"),
            Action::Redo if !file.can_redo() => Some("nothing to redo"),
            Action::TakeBack | Action::JumpToChange if file.change_count() == 0 => {
                Some("there are no changes")
            }
            _ => None,
        }
    }

    /// How many lines a list pane has, and how many fit.
    #[must_use]
    pub fn extent(&self, pane: Pane) -> (usize, usize) {
        let area = self.layout().pane(pane).unwrap_or_default();
        let page = usize::from(area.height.saturating_sub(2));
        let file = self.file.as_ref();
        match pane {
            Pane::Files => (self.files.len(), self.files.page(page)),
            Pane::Tree => (self.tree.rows.len(), self.tree.page(area)),
            Pane::Changes => (self.file.as_ref().map_or(0, OpenFile::change_count), page),
            Pane::Recipients => (file.map_or(0, |file| recipients::rows(file).len()), page),
            Pane::Groups => (file.map_or(0, groups::lines), page),
        }
    }

    /// The cursor of a pane.
    pub fn cursor(&mut self, pane: Pane) -> &mut super::widgets::Cursor {
        match pane {
            Pane::Files => &mut self.files.cursor,
            Pane::Tree => &mut self.tree.cursor,
            Pane::Changes => &mut self.changes.cursor,
            Pane::Recipients => &mut self.recipients.cursor,
            Pane::Groups => &mut self.groups.cursor,
        }
    }
}

impl Model {
    /// The recipient that panes 4 and 5 have selected: group and place among those who are to read the file, where it is one of them.
    #[must_use]
    pub fn selected_key(&self) -> Option<recipients::Row> {
        let file = self.file.as_ref()?;
        match (self.focus, self.groups.selected(file)) {
            (Pane::Groups, Some(groups::Line::Key(group, place))) => {
                let rows = recipients::rows(file).into_iter();
                rows.into_iter().find(|row| row.at == Some((group, place)))
            }
            (Pane::Recipients, _) => recipients::rows(file).into_iter().nth(self.recipients.cursor.at),
            _ => None,
        }
    }

    /// Why nothing can be done with the selected recipient or group.
    fn refusal_of_key(&self, action: Action) -> Option<&'static str> {
        let file = self.file.as_ref()?;
        let on_group =
            self.focus == Pane::Groups && matches!(self.groups.selected(file), Some(groups::Line::Group(_)));
        let row = self.selected_key();
        match (action, row.map(|row| row.fate)) {
            (Action::RemoveKey, None) if on_group && file.readers().groups().len() < 2 => {
                Some("it is the only group: nobody would be left who can read the file")
            }
            (Action::RemoveKey, None) if on_group => None,
            (_, None) => Some("select a key, in Recipients or Key groups"),
            (Action::KeyDetails, _) => None,
            (_, Some(recipients::Fate::Goes)) => Some("it is removed already; u takes that back"),
            (_, Some(recipients::Fate::Lacks)) => Some("it is not in the file; a adds it"),
            (Action::RemoveKey, _) if file.readers().keys().count() < 2 => {
                Some("nobody would be left who can read the file")
            }
            _ => None,
        }
    }
}
