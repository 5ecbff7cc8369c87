//! The filter of the tree: fuzzy over paths, never over values. The paths of all nodes are laid out once; a longer query
//! searches only what matched before.

use super::rows::{Row, everything};
use crate::tree::{Body, NodeId};
use crate::tui::open_file::OpenFile;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{Pen, SecretInput};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
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
    rows: Vec<Row>,
    paths: String,
    ends: Vec<usize>,
    revision: u64,
    matches: Vec<u32>,
    query: String,
    matcher: Matcher,
}

impl Filter {
    /// An empty filter over all nodes of a file.
    #[must_use]
    pub fn new(file: &OpenFile, origin: Option<NodeId>) -> Self {
        let mut filter = Self {
            input: SecretInput::new("", true),
            typing: true,
            origin,
            rows: Vec::new(),
            paths: String::new(),
            ends: Vec::new(),
            revision: 0,
            matches: Vec::new(),
            query: String::new(),
            matcher: Matcher::new(Config::DEFAULT.match_paths()),
        };
        filter.index(file);
        filter
    }

    /// Lays out the paths of all nodes.
    fn index(&mut self, file: &OpenFile) {
        self.rows = everything(file);
        self.revision = file.revision();
        self.paths.clear();
        self.ends.clear();
        let mut prefixes: Vec<(usize, usize)> = Vec::new();
        let mut items: Vec<usize> = Vec::new();
        for row in &self.rows {
            let depth = usize::from(row.depth);
            prefixes.truncate(depth);
            items.truncate(depth + 1);
            items.resize(depth + 1, 0);
            let start = self.paths.len();
            if let Some((from, to)) = prefixes.last() {
                self.paths.extend_from_within(*from..*to);
            }
            let node = file.tree().node(row.id);
            match (&node.key, &node.body) {
                (Some(key), _) => {
                    if self.paths.len() > start {
                        self.paths.push('.');
                    }
                    self.paths.push_str(&key.display());
                }
                (None, Body::Comment(_)) => self.paths.truncate(start),
                (None, _) => {
                    let number = items.get(depth).copied().unwrap_or_default();
                    self.paths.push_str(&format!("[{number}]"));
                    if let Some(slot) = items.get_mut(depth) {
                        *slot += 1;
                    }
                }
            }
            self.ends.push(self.paths.len());
            prefixes.push((start, self.paths.len()));
        }
        self.query.clear();
        self.matches = self.searchable();
    }

    /// All rows that have a path of their own; comments have none.
    fn searchable(&self) -> Vec<u32> {
        (0..u32::try_from(self.rows.len()).unwrap_or(u32::MAX))
            .filter(|number| !self.path(*number).is_empty())
            .collect()
    }

    fn path(&self, number: u32) -> &str {
        let at = number as usize;
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or_default();
        let end = self.ends.get(at).copied().unwrap_or_default();
        self.paths.get(start..end).unwrap_or_default()
    }

    /// How many nodes match.
    #[must_use]
    pub fn count(&self) -> usize {
        self.matches.len()
    }

    /// Searches for what is typed: the rows to show, and which of them fits best.
    pub fn search(&mut self, file: &OpenFile) -> (Vec<Row>, usize) {
        if file.revision() != self.revision {
            self.index(file);
        }
        let query = self.input.text().to_owned();
        let plain = |text: &str| !text.contains(['!', '^', '$', '\'', '\\']);
        if !(query.starts_with(&self.query) && plain(&query)) {
            self.matches = self.searchable();
        }
        let pattern = Pattern::parse(&query, CaseMatching::Smart, Normalization::Smart);
        let candidates = std::mem::take(&mut self.matches);
        let mut matcher = std::mem::replace(&mut self.matcher, Matcher::new(Config::DEFAULT.match_paths()));
        let mut kept = Vec::with_capacity(candidates.len());
        let mut best: Option<(u32, u32)> = None;
        let mut wide = Vec::new();
        for number in candidates {
            let path = Utf32Str::new(self.path(number), &mut wide);
            let Some(score) = pattern.score(path, &mut matcher) else {
                continue;
            };
            kept.push(number);
            if best.is_none_or(|(top, _)| score > top) {
                best = Some((score, number));
            }
        }
        self.matcher = matcher;
        self.matches = kept;
        self.query = query;
        self.shown(best.map(|(_, number)| number))
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
        if file.revision() != self.revision {
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
        let count = format!(" {} of {} ", self.count(), self.rows.len());
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
