//! A question with named buttons. The highlighted one is the safe answer.

use crate::tui::open_file::Edit;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::PathBuf;

/// What a button does.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Nothing.
    Cancel,
    /// Quit and drop what is not saved.
    Quit,
    /// List the changes; quit after they are saved.
    SaveAndQuit,
    /// Open another file and drop what is not saved.
    Open(PathBuf),
    /// Encrypt a plain file and open it.
    Encrypt(PathBuf),
    /// Read the file again and keep the edits that still fit.
    Reload,
    /// Leave the editor of many lines and drop what was typed.
    DropText,
    /// Make this edit although values become readable, or because it was proposed.
    Edit(Edit),
}

/// The question.
pub struct Dialog {
    /// What is asked.
    pub title: String,
    /// What one should know to answer.
    pub lines: Vec<String>,
    /// The answers; the first that is not `Cancel` is what `y` means.
    pub buttons: Vec<(&'static str, Intent)>,
    /// The highlighted answer.
    pub selected: usize,
}

impl Dialog {
    /// A question whose last button cancels and is highlighted.
    #[must_use]
    pub fn new(title: impl Into<String>, lines: Vec<String>, answers: Vec<(&'static str, Intent)>) -> Self {
        let mut buttons = answers;
        buttons.push(("Cancel", Intent::Cancel));
        Self {
            title: title.into(),
            lines,
            selected: buttons.len() - 1,
            buttons,
        }
    }

    /// Highlights the next button, or the one before.
    pub fn step(&mut self, forward: bool) {
        let count = self.buttons.len().max(1);
        self.selected = (self.selected + if forward { 1 } else { count - 1 }) % count;
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let widest = self
            .lines
            .iter()
            .chain([&self.title])
            .map(|line| crate::tui::text::width(line))
            .max();
        let buttons: usize = self.buttons.iter().map(|(name, _)| name.len() + 5).sum();
        let width = widest.unwrap_or_default().max(buttons).clamp(20, 76);
        let width = u16::try_from(width).unwrap_or(76);
        let room = usize::from(width.min(area.width.saturating_sub(4)));
        let wrapped: Vec<String> = self
            .lines
            .iter()
            .flat_map(|line| super::pager::wrap(line, room))
            .collect();
        let in_a_row = buttons <= room + 1;
        let rows = if in_a_row { 1 } else { self.buttons.len() };
        let height = u16::try_from(wrapped.len() + 1 + rows).unwrap_or(u16::MAX);
        let inner = widgets::popup(buffer, area, theme, &self.title, width, height);
        let rows = u16::try_from(rows).unwrap_or(u16::MAX);
        let first = inner.height.saturating_sub(rows);
        for (line, row) in wrapped.iter().zip(0..first) {
            Pen::new(buffer, inner, row).put(line, theme.style(Role::Text));
        }
        let mut left = Rect {
            y: inner.y + first,
            height: inner.height - first,
            ..inner
        };
        for (number, (name, _)) in self.buttons.iter().enumerate() {
            let role = if number == self.selected {
                Role::ButtonSelected
            } else {
                Role::Button
            };
            let mut pen = Pen::new(buffer, left, 0);
            pen.put(&format!("[ {name} ]"), theme.style(role));
            if in_a_row {
                let next = (pen.column() + 1).min(left.right());
                left.width = left.right() - next;
                left.x = next;
            } else {
                left.y = (left.y + 1).min(left.bottom());
                left.height = left.height.saturating_sub(1);
            }
        }
    }
}
