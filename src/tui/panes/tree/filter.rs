//! The filter of the tree: what is typed, what matches, and the rows that are shown for it. A query that only grew is looked
//! for among what matched before it.

use super::rows::{Row, everything};
use super::{search, values};
use crate::tree::NodeId;
use crate::tui::open_file::OpenFile;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{Pen, SecretInput};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use zeroize::Zeroizing;

/// What the query is looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The paths of nodes.
    Paths,
    /// Their values. Nothing of them is shown; the query is hidden too, as it is a part of one.
    Values,
}

/// The result of a search, which a longer query narrows.
#[derive(Default)]
struct Found {
    scope: Option<Scope>,
    query: Zeroizing<String>,
    /// The numbers of the rows that match.
    matches: Vec<u32>,
    /// These, and the rows that they stand in.
    shown: Vec<u32>,
}

/// A filter that is typed, or whose matches `n` and `N` visit.
pub struct Filter {
    /// What is typed.
    pub input: SecretInput,
    /// Whether it is still being typed.
    pub typing: bool,
    /// What was selected before.
    pub origin: Option<NodeId>,
    /// What is searched.
    pub scope: Scope,
    /// Every row there can be.
    rows: Vec<Row>,
    /// The revision of the file whose rows these are.
    revision: Option<u64>,
    found: Found,
}

impl Filter {
    /// An empty filter.
    #[must_use]
    pub fn new(origin: Option<NodeId>) -> Self {
        Self {
            input: SecretInput::new("", true),
            typing: true,
            origin,
            scope: Scope::Paths,
            rows: Vec::new(),
            revision: None,
            found: Found::default(),
        }
    }

    /// Whether a part of a value is being typed.
    #[must_use]
    pub fn takes_secret(&self) -> bool {
        self.typing && self.scope == Scope::Values
    }

    /// Searches values instead of paths, or paths again.
    pub fn switch(&mut self) {
        self.scope = match self.scope {
            Scope::Paths => Scope::Values,
            Scope::Values => Scope::Paths,
        };
        self.input.shown = self.scope == Scope::Paths;
    }

    /// Hides what is typed, if it is a part of a value; whether that changed anything.
    pub fn conceal(&mut self) -> bool {
        let shown = self.input.shown && self.scope == Scope::Values;
        self.input.shown &= !shown;
        shown
    }

    /// Searches for what is typed: the rows to show, and which of them fits best.
    pub fn search(&mut self, file: &OpenFile) -> (Vec<Row>, usize) {
        let query = self.input.text();
        if self.revision != Some(file.revision()) {
            self.rows = everything(file);
            self.revision = Some(file.revision());
            self.found = Found::default();
        }
        let longer = self.found.scope == Some(self.scope)
            && query.starts_with(self.found.query.as_str())
            && (self.scope == Scope::Values || search::narrows(query));
        let all: Vec<u32>;
        let among = if longer {
            self.found.shown.as_slice()
        } else {
            all = (0..).take(self.rows.len()).collect();
            &all
        };
        let (matches, best) = match self.scope {
            Scope::Paths => search::search(file.tree(), &self.rows, among, query),
            Scope::Values => {
                let matches = values::search(file, &self.rows, among, query);
                let first = matches.first().copied();
                (matches, first)
            }
        };
        let shown = self.with_parents(&matches, among);
        self.found = Found {
            scope: Some(self.scope),
            query: Zeroizing::new(query.to_owned()),
            matches,
            shown,
        };
        let at = best.and_then(|best| self.found.shown.binary_search(&best).ok());
        let mut rows = Vec::with_capacity(self.found.shown.len());
        let shown = self.found.shown.iter();
        rows.extend(shown.filter_map(|number| self.rows.get(*number as usize).copied()));
        (rows, at.unwrap_or_default())
    }

    /// The matching rows with all that they stand in, of the rows among which they were looked for.
    fn with_parents(&self, matches: &[u32], among: &[u32]) -> Vec<u32> {
        // From the end upwards: a row is also wanted when a wanted row below it is deeper and nothing as high as itself
        // stands between.
        let mut needed = vec![false; 1];
        let mut left = matches;
        let mut shown = Vec::with_capacity(matches.len());
        for number in among.iter().rev() {
            let Some(row) = self.rows.get(*number as usize) else {
                continue;
            };
            let mut wanted = false;
            if let Some((last, rest)) = left.split_last()
                && last == number
            {
                left = rest;
                wanted = true;
            }
            let depth = usize::from(row.depth);
            if needed.len() < depth + 2 {
                needed.resize(depth + 2, false);
            }
            wanted |= needed.get(depth + 1).copied().unwrap_or_default();
            needed.truncate(depth + 1);
            if let Some(slot) = needed.get_mut(depth) {
                *slot |= wanted;
            }
            if wanted {
                shown.push(*number);
            }
        }
        shown.reverse();
        shown
    }

    /// The next match after a node, or the one before it, around the corner.
    #[must_use]
    pub fn neighbour(&mut self, file: &OpenFile, from: Option<NodeId>, forward: bool) -> Option<NodeId> {
        if self.revision != Some(file.revision()) {
            let _ = self.search(file);
        }
        let here = from.and_then(|id| self.rows.iter().position(|row| row.id == id));
        let here = u32::try_from(here.unwrap_or_default()).unwrap_or_default();
        let matches = &self.found.matches;
        let number = if forward {
            matches.iter().find(|number| **number > here).or(matches.first())
        } else {
            matches.iter().rfind(|number| **number < here).or(matches.last())
        };
        number
            .and_then(|number| self.rows.get(*number as usize))
            .map(|row| row.id)
    }

    /// Draws the filter line; where the terminal cursor belongs.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect, line: u16) -> Position {
        let count = match self.revision {
            Some(_) => format!(" {} of {} ", self.found.matches.len(), self.rows.len()),
            None => String::new(),
        };
        let mut pen = Pen::new(buffer, area, line);
        let sign = match self.scope {
            Scope::Paths => " /",
            Scope::Values => " values /",
        };
        pen.put(sign, theme.style(Role::BarKey));
        let x = pen.column();
        pen.put_right(&count, theme.style(Role::Dim));
        let taken = u16::try_from(text::width(&count)).unwrap_or(u16::MAX);
        let place = Rect {
            x,
            y: area.y + line,
            width: area.right().saturating_sub(x).saturating_sub(taken),
            height: 1,
        };
        self.input.view(buffer, place, theme)
    }
}
