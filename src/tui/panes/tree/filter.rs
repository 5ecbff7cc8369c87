//! The filter of the tree: what is typed, what matches, and the rows that are shown for it.

use super::rows::{Row, everything};
use super::search::search;
use crate::tree::NodeId;
use crate::tui::open_file::OpenFile;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{Pen, SecretInput};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// A filter that is typed, or whose matches `n` and `N` visit.
pub struct Filter {
    /// What is typed.
    pub input: SecretInput,
    /// Whether it is still being typed.
    pub typing: bool,
    /// What was selected before.
    pub origin: Option<NodeId>,
    /// Every row there can be.
    rows: Vec<Row>,
    /// The revision of the file whose rows these are.
    revision: Option<u64>,
    /// The numbers of the rows that match.
    matches: Vec<u32>,
}

impl Filter {
    /// An empty filter.
    #[must_use]
    pub fn new(origin: Option<NodeId>) -> Self {
        Self {
            input: SecretInput::new("", true),
            typing: true,
            origin,
            rows: Vec::new(),
            revision: None,
            matches: Vec::new(),
        }
    }

    /// Searches for what is typed: the rows to show, and which of them fits best.
    pub fn search(&mut self, file: &OpenFile) -> (Vec<Row>, usize) {
        if self.revision != Some(file.revision()) {
            self.rows = everything(file);
            self.revision = Some(file.revision());
        }
        let (matches, best) = search(file.tree(), &self.rows, self.input.text());
        self.matches = matches;
        self.shown(best)
    }

    /// The matching rows with all that they stand in.
    fn shown(&self, best: Option<u32>) -> (Vec<Row>, usize) {
        let mut wanted = vec![false; self.rows.len()];
        for number in &self.matches {
            if let Some(slot) = wanted.get_mut(*number as usize) {
                *slot = true;
            }
        }
        // From the end upwards: a row is also wanted when a wanted row below it is deeper and nothing as high as itself
        // stands between.
        let mut needed = vec![false; 1];
        for (row, wanted) in self.rows.iter().zip(&mut wanted).rev() {
            let depth = usize::from(row.depth);
            if needed.len() < depth + 2 {
                needed.resize(depth + 2, false);
            }
            let below = needed.get(depth + 1).copied().unwrap_or_default();
            *wanted |= below;
            needed.truncate(depth + 1);
            if let Some(slot) = needed.get_mut(depth) {
                *slot |= *wanted;
            }
        }
        let mut list = Vec::new();
        let mut at = 0;
        for (number, (row, wanted)) in self.rows.iter().zip(&wanted).enumerate() {
            if *wanted {
                if best.is_some_and(|best| best as usize == number) {
                    at = list.len();
                }
                list.push(*row);
            }
        }
        (list, at)
    }

    /// The next match after a node, or the one before it, around the corner.
    #[must_use]
    pub fn neighbour(&mut self, file: &OpenFile, from: Option<NodeId>, forward: bool) -> Option<NodeId> {
        if self.revision != Some(file.revision()) {
            let _ = self.search(file);
        }
        let here = from.and_then(|id| self.rows.iter().position(|row| row.id == id));
        let here = u32::try_from(here.unwrap_or_default()).unwrap_or_default();
        let number = if forward {
            self.matches
                .iter()
                .find(|number| **number > here)
                .or(self.matches.first())
        } else {
            self.matches
                .iter()
                .rfind(|number| **number < here)
                .or(self.matches.last())
        };
        number
            .and_then(|number| self.rows.get(*number as usize))
            .map(|row| row.id)
    }

    /// Draws the filter line; where the terminal cursor belongs.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect, line: u16) -> Position {
        let count = match self.revision {
            Some(_) => format!(" {} of {} ", self.matches.len(), self.rows.len()),
            None => String::new(),
        };
        let mut pen = Pen::new(buffer, area, line);
        pen.put(" /", theme.style(Role::BarKey));
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
