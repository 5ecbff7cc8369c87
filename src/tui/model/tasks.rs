//! Tasks that run: what each is for, how far it is, and how it is left.

use super::{Model, PATIENCE, SPIN};
use crate::ops::create::Template;
use crate::ops::rekey_files::Wish;
use crate::tree::NodeId;
use crate::tui::outside::Outside;
use crate::tui::worker::{Reselect, TaskId};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What a task is for, and so what its outcome means.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// Show this file.
    Open(PathBuf),
    /// Encrypt this file, then show it.
    Encrypt(PathBuf),
    /// Read the open file again and carry the edits over.
    Reload,
    /// Write the open file; what to do then.
    Save(After),
    /// Open the locked file again.
    Unlock,
    /// List the folder.
    Scan,
    /// Propose keys for a new entry.
    Keys,
    /// Find who should read the open file.
    Should,
    /// Find who can be added to the open file.
    Candidates,
    /// Read the public key in a file that somebody named.
    KeyFile,
    /// Tell what git says of the listed files.
    Git,
    /// Propose a path for a new file of this kind.
    NewFile(Template),
    /// Make a new file, then show it.
    Create(PathBuf),
    /// Find the commits in which a value changed.
    History,
    /// Find since when the key of which all that is known is shown can read the file.
    Since,
    /// Say why the MAC of this file does not hold.
    Explain(PathBuf),
    /// Bring back the last version of this file whose MAC held.
    Restore(PathBuf),
    /// Show the conflicts of this file.
    Resolve(PathBuf),
    /// Write this file with what was chosen.
    Decide(PathBuf),
    /// Commit the merge.
    Proceed,
    /// Put a new value into the field; what it is, for people.
    Generate(String),
    /// Ask whether the rule is to be changed like this.
    PlanRule,
    /// Change the rule, and perhaps the open file.
    ChangeRule(Box<Reselect>),
    /// Show a `.sops.yaml`.
    Rules,
    /// Ask whether the `.sops.yaml` is to be written that the user's own editor left.
    EditRules(Box<Outside>),
    /// Write the `.sops.yaml` at this place.
    WriteRules(PathBuf),
    /// Tell which rule decided about this node of the open file.
    Why(NodeId),
    /// Something for the review.
    Review(Step),
    /// Note what stands out in these files; in all of the folder where none is named.
    Look(Vec<PathBuf>),
    /// Show what a check finds.
    Check,
    /// Show who can read which file.
    Matrix,
    /// Propose who can be taken out.
    Readers,
    /// Show the plan for this.
    Plan(Wish),
    /// Carry out the plan that is shown.
    Apply,
    /// Write the list of secrets to change to this file.
    WriteList(PathBuf),
}

/// What to do when a save is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Go on with this file.
    Stay,
    /// Quit.
    Quit,
    /// Open another file.
    Open(PathBuf),
}

/// What is done for the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Find what differs.
    List,
    /// Decrypt one value.
    Reveal,
    /// Change the index or the work tree, or commit.
    Write,
}

impl Purpose {
    /// Whether nobody waits for it: it only adds to what is there.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        matches!(
            self,
            Self::Git
                | Self::Keys
                | Self::Should
                | Self::Since
                | Self::Candidates
                | Self::Look(_)
                | Self::Readers
        )
    }
}

/// A task that runs.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub id: TaskId,
    /// What it is for.
    pub purpose: Purpose,
    /// What to tell.
    pub label: String,
    /// How far it is, to be told with it.
    pub progress: String,
    /// Whether it was told to stop, and its outcome is waited for.
    pub stopping: bool,
    /// Since when.
    pub since: Instant,
}

impl Task {
    /// Whether nothing is lost when nobody waits for it any more.
    #[must_use]
    pub const fn can_be_left(&self) -> bool {
        !matches!(
            self.purpose,
            Purpose::Save { .. }
                | Purpose::ChangeRule(_)
                | Purpose::WriteRules(_)
                | Purpose::Review(Step::Write)
                | Purpose::Decide(_)
                | Purpose::Proceed
                | Purpose::Restore(_)
                | Purpose::Apply
        )
    }
}

impl Model {
    /// Notes a task and names it.
    pub fn begin(&mut self, purpose: Purpose, label: impl Into<String>) -> TaskId {
        self.next_task += 1;
        let id = TaskId(self.next_task);
        self.tasks.push(Task {
            id,
            purpose,
            label: label.into(),
            progress: String::new(),
            stopping: false,
            since: self.now,
        });
        id
    }

    /// Takes a task off the list; `None` when nobody waits for it any more.
    pub fn end(&mut self, id: TaskId) -> Option<Task> {
        let at = self.tasks.iter().position(|task| task.id == id)?;
        Some(self.tasks.remove(at))
    }

    /// Stops waiting for tasks that `wanted` accepts; a save is never left alone. How many there were.
    pub fn abandon(&mut self, wanted: impl Fn(&Purpose) -> bool) -> usize {
        let (left, kept): (Vec<Task>, Vec<Task>) = std::mem::take(&mut self.tasks)
            .into_iter()
            .partition(|task| task.can_be_left() && wanted(&task.purpose));
        self.tasks = kept;
        self.abandoned.extend(left.iter().map(|task| task.id));
        left.len()
    }

    /// Tells the opening of the first file to stop, whose outcome is then what can be shown without its keys; whether there was one
    /// that was not told before.
    pub fn stop_opening(&mut self) -> bool {
        let alone = self.file.is_none();
        let mut opening = self.tasks.iter_mut();
        let Some(task) = opening.find(|task| matches!(task.purpose, Purpose::Open(_))) else {
            return false;
        };
        if !alone || task.stopping {
            return false;
        }
        task.stopping = true;
        self.abandoned.push(task.id);
        true
    }

    /// Notes how far a task got.
    pub fn progress(&mut self, id: TaskId, text: &str) {
        if let Some(task) = self.tasks.iter_mut().find(|task| task.id == id) {
            task.progress = crate::tui::text::escape(text);
            self.dirty = true;
        }
    }

    /// Whether files are being written, which quitting and locking wait for.
    #[must_use]
    pub fn saving(&self) -> bool {
        self.tasks.iter().any(|task| {
            matches!(
                task.purpose,
                Purpose::Save { .. } | Purpose::ChangeRule(_) | Purpose::Apply
            )
        })
    }

    /// Tasks that somebody waits for; the others only add to what is there.
    pub fn waited_for(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| !task.purpose.is_quiet())
    }

    /// The step of the spinner and what it is for, once a task takes long.
    #[must_use]
    pub fn spinner(&self) -> Option<(&'static str, String)> {
        let task = self.waited_for().min_by_key(|task| task.since)?;
        let age = self.now.saturating_duration_since(task.since);
        let steps = self.theme.glyphs.spinner;
        let step = usize::try_from(age.as_millis() / SPIN.as_millis()).unwrap_or_default();
        let glyph = steps.get(step % steps.len().max(1))?;
        let parts = [task.label.as_str(), task.progress.as_str()];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        let told = parts.collect::<Vec<_>>().join(self.theme.glyphs.separator);
        (age >= PATIENCE).then_some((glyph, told))
    }

    /// How long the oldest task runs already.
    #[must_use]
    pub fn waiting(&self) -> Option<Duration> {
        let since = self.tasks.iter().map(|task| task.since).min()?;
        Some(self.now.saturating_duration_since(since))
    }
}
