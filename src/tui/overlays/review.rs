//! The review: what differs in git, file by file and value by value, masked. It holds fingerprints and paths; of the values, only
//! the one that is revealed.

mod row;
mod view;

pub use row::Row;

use crate::host::Repository;
use crate::ops::compare::{Comparison, ValueChange};
use crate::ops::review::{Outcome, Revealed, Reviewed, Sides};
use crate::ops::stage::{Chosen, Discarded, Picks};
use crate::tui::action::Action;
use crate::tui::widgets::Cursor;
use ratatui::layout::Rect;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// From this width on the files stand beside their changes.
const TWO_COLUMNS: u16 = 100;

/// A value in clear.
pub struct Shown {
    /// The file, by its place in the list.
    pub file: usize,
    /// The change, by its number.
    pub number: usize,
    /// Until when.
    pub until: Instant,
    /// The value.
    pub value: Revealed,
}

/// How far the review is.
pub enum State {
    /// It is being read.
    Reading,
    /// It is here.
    Here,
    /// It could not be read.
    Failed(String),
}

/// State of the review.
pub struct Review {
    /// The folder it was asked for in.
    pub folder: PathBuf,
    /// What is compared.
    pub sides: Sides,
    /// How far it is.
    pub state: State,
    /// The repository, once it is known.
    pub repository: Option<Repository>,
    /// What is compared, older and newer, for people.
    pub names: [String; 2],
    /// Branches and tags, for those who choose.
    pub branches: Vec<String>,
    /// The files that differ.
    pub files: Vec<Arc<Reviewed>>,
    rows: Vec<Row>,
    /// The selected row.
    pub cursor: Cursor,
    shown: Option<Shown>,
    /// The value that was asked for and did not come yet.
    pub awaited: Option<(usize, usize)>,
    /// What was discarded here, the last at the end.
    pub undo: Vec<Discarded>,
    /// A message whose commit did not come about.
    pub message: String,
    /// Files of the work tree that were written from here.
    pub written: Vec<PathBuf>,
}

impl Review {
    /// A review that is being read.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            sides: Sides::default(),
            state: State::Reading,
            repository: None,
            names: Default::default(),
            branches: Vec::new(),
            files: Vec::new(),
            rows: Vec::new(),
            cursor: Cursor::default(),
            shown: None,
            awaited: None,
            undo: Vec::new(),
            message: String::new(),
            written: Vec::new(),
        }
    }

    /// Other files are here; the selected row stays, as far as it is still there.
    pub fn fill(&mut self, files: Vec<Reviewed>) {
        let before = self.place();
        self.conceal();
        self.files = files.into_iter().map(Arc::new).collect();
        self.state = State::Here;
        self.build();
        self.cursor.at = before
            .and_then(|before| self.find(&before))
            .unwrap_or(self.cursor.at)
            .min(self.rows.len().saturating_sub(1));
    }

    fn build(&mut self) {
        self.rows = row::rows(&self.files, self.shown.as_ref());
    }

    /// The rows, top to bottom.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The selected row.
    #[must_use]
    pub fn selected(&self) -> Option<Row> {
        self.rows.get(self.cursor.at).copied()
    }

    /// The file of the selected row.
    #[must_use]
    pub fn file(&self) -> Option<&Arc<Reviewed>> {
        self.files.get(self.selected()?.file())
    }

    /// The change of the selected row.
    #[must_use]
    pub fn change(&self) -> Option<&ValueChange> {
        let Row::Change(file, number) = self.selected()? else {
            return None;
        };
        comparison(self.files.get(file)?)?.values.get(number)
    }

    /// What the selected row stands for when it is staged or discarded.
    #[must_use]
    pub fn picks(&self) -> Option<Picks> {
        let chosen = match self.selected()? {
            Row::File(_) | Row::Note(_) | Row::Line(..) => return Some(Picks::All),
            Row::Change(file, number) | Row::Part(file, number, _) => {
                Chosen::value(number, comparison(self.files.get(file)?)?)
            }
            Row::Settings(_) => Chosen {
                settings: true,
                ..Chosen::default()
            },
            Row::Reencrypted(_) => Chosen {
                reencrypted: true,
                ..Chosen::default()
            },
        };
        Some(Picks::Some(chosen))
    }

    /// Whether staging the selected row would put a value into git in clear that was encrypted.
    #[must_use]
    pub fn would_expose(&self) -> bool {
        let chosen = self.file().zip(self.picks());
        chosen.is_some_and(|(file, picks)| picks.exposes(file))
    }

    /// Shows a value that came, if it still is the one that was asked for.
    pub fn show(&mut self, file: &Arc<Reviewed>, number: usize, value: Revealed, until: Instant) {
        let place = self.files.iter().position(|known| Arc::ptr_eq(known, file));
        let Some(place) = place.filter(|place| self.awaited == Some((*place, number))) else {
            return;
        };
        self.awaited = None;
        self.shown = Some(Shown {
            file: place,
            number,
            until,
            value,
        });
        self.rebuild();
    }

    /// The value in clear, if there is one.
    #[must_use]
    pub const fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// Hides the value that is shown or was asked for; whether there was one.
    pub fn conceal(&mut self) -> bool {
        let awaited = self.awaited.take().is_some();
        let shown = self.shown.take().is_some();
        if shown {
            self.rebuild();
        }
        shown || awaited
    }

    /// Builds the rows anew around the selected one.
    fn rebuild(&mut self) {
        let before = self.place();
        self.build();
        if let Some(at) = before.and_then(|before| self.find(&before)) {
            self.cursor.at = at;
        }
        self.cursor.at = self.cursor.at.min(self.rows.len().saturating_sub(1));
    }

    /// What the selected row is about: the file and the path of the value.
    fn place(&self) -> Option<(String, Option<String>)> {
        let file = self.file()?;
        let path = match self.selected()? {
            Row::Change(_, number) | Row::Part(_, number, _) => {
                let change = comparison(file)?.values.get(number);
                change.map(|change| change.path.clone())
            }
            _ => None,
        };
        Some((file.path.clone(), path))
    }

    fn find(&self, (path, value): &(String, Option<String>)) -> Option<usize> {
        let is_it = |row: &Row| -> bool {
            let file = self.files.get(row.file());
            let here = match (row, file) {
                (Row::Change(_, number), Some(file)) => comparison(file)
                    .and_then(|comparison| comparison.values.get(*number))
                    .map(|change| change.path.clone()),
                (Row::File(_), Some(_)) => None,
                _ => return false,
            };
            file.is_some_and(|file| file.path == *path) && here == *value
        };
        self.rows.iter().position(is_it)
    }

    /// Whether an action means nothing now.
    #[must_use]
    pub fn refuses(&self, action: Action) -> bool {
        match action {
            Action::Stage => self.rows.is_empty() || !matches!(self.sides, Sides::Unstaged | Sides::Staged),
            Action::Discard => self.rows.is_empty() || self.sides != Sides::Unstaged,
            Action::Reveal => self.change().is_none(),
            Action::JumpToChange => self.rows.is_empty(),
            Action::Undo => self.undo.is_empty(),
            _ => false,
        }
    }

    /// How many rows are on screen.
    #[must_use]
    pub fn page(area: Rect) -> usize {
        usize::from(area.height.saturating_sub(2)).max(1)
    }

    /// Files, changes, and values that become readable.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let comparisons = || self.files.iter().filter_map(|file| comparison(file));
        let exposed = self
            .files
            .iter()
            .filter(|file| matches!(file.outcome, Outcome::Exposed));
        (
            self.files.len(),
            comparisons()
                .map(|comparison| comparison.values.len() + usize::from(row::has_settings(comparison)))
                .sum(),
            comparisons().map(Comparison::readable).sum::<usize>() + exposed.count(),
        )
    }
}

/// What differs in a file, where both sides could be compared.
#[must_use]
pub fn comparison(file: &Reviewed) -> Option<&Comparison> {
    match &file.outcome {
        Outcome::Compared { comparison, .. } => Some(comparison),
        _ => None,
    }
}
