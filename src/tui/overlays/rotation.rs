//! `R`: the ways to change keys, which people mix up, side by side, each with what it does and what it does not.

use crate::tui::overlays::pager::wrap;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::PathBuf;

/// What the list needs, in cells.
const WIDTH: u16 = 66;
/// Lines for what the selected way does.
const ABOUT: u16 = 3;

/// One way to change keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Recipients become those of the rule.
    Rule,
    /// A new data key.
    DataKey,
    /// Somebody comes, in rules and files.
    Comes,
    /// Somebody goes, in rules and files.
    Goes,
    /// The secrets themselves are to be changed.
    Secrets,
}

impl Way {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Rule, Self::DataKey, Self::Comes, Self::Goes, Self::Secrets];

    /// Its name.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Rule => "Follow the rule",
            Self::DataKey => "New data key",
            Self::Comes => "Let somebody in",
            Self::Goes => "Take somebody out",
            Self::Secrets => "Change the secrets",
        }
    }

    /// What it does, in one line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Rule => "Recipients become those of the rule; who goes costs the files a new data key.",
            Self::DataKey => {
                "Every value is encrypted anew with a new data key; who can read stays the same."
            }
            Self::Comes => "The rules and the files get one more recipient; values and data keys stay.",
            Self::Goes => "The rules and the files lose a recipient, and the files get new data keys.",
            Self::Secrets => "Lists the values that whoever left knows: only new passwords undo a leak.",
        }
    }
}

/// The list.
pub struct Rotation {
    /// The files it is about.
    pub paths: Vec<PathBuf>,
    /// What they are called together.
    pub title: String,
    /// The selected way.
    pub cursor: Cursor,
}

impl Rotation {
    /// A list that begins with what changes least.
    #[must_use]
    pub fn new(paths: Vec<PathBuf>, title: String) -> Self {
        Self {
            paths,
            title,
            cursor: Cursor::default(),
        }
    }

    /// Goes to the next way, or the one before, round and round.
    pub fn turn(&mut self, forward: bool) {
        let count = Way::ALL.len();
        self.cursor.at = (self.cursor.at + if forward { 1 } else { count - 1 }) % count;
    }

    /// What is selected.
    #[must_use]
    pub fn chosen(&self) -> Option<Way> {
        Way::ALL.get(self.cursor.at).copied()
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let count = u16::try_from(Way::ALL.len()).unwrap_or(u16::MAX);
        let width = WIDTH.min(area.width.saturating_sub(4));
        let title = format!("Rotate: {}", self.title);
        let inner = widgets::popup(buffer, area, theme, &title, width, count + 1 + ABOUT);
        let page = inner.height.saturating_sub(ABOUT).clamp(1, count);
        let mut cursor = self.cursor;
        cursor.keep(usize::from(page), Way::ALL.len());
        let shown = Way::ALL.iter().enumerate().skip(cursor.top);
        for ((number, way), row) in shown.zip(0..page) {
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let style = over.map_or(theme.style(Role::Text), |over| {
                theme.style(Role::Text).patch(over)
            });
            let mut pen = Pen::new(buffer, inner, row);
            pen.put(&format!(" {}", way.title()), style);
            let rest = " ".repeat(pen.left());
            pen.put(&rest, style);
        }
        let about = self.chosen().map_or("", Way::about);
        let first = inner.height.saturating_sub(ABOUT).max(page);
        for (line, row) in wrap(about, usize::from(inner.width)).iter().zip(first..) {
            Pen::new(buffer, inner, row).put(line, theme.style(Role::Dim));
        }
    }
}
