//! The list of changes before they are saved; values are never in it.

use super::Pressed;
use crate::tree::NodeId;
use crate::tui::open_file::{Mark, OpenFile};
use crate::tui::panes::changes::draw_change;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::collections::HashSet;

/// The buttons, as they are drawn.
const SAVE: &str = "[ Save ]";
const CANCEL: &str = "[ Cancel ]";

/// State of the list.
pub struct Saving {
    /// The selected change.
    pub cursor: Cursor,
    /// Whether to quit when the save is done.
    pub then_quit: bool,
    /// The values that this save makes readable, or writes in clear although the rule encrypts them.
    pub exposed: HashSet<NodeId>,
}

impl Saving {
    /// How many changes are on screen.
    #[must_use]
    pub fn page(area: Rect, count: usize) -> usize {
        let room = usize::from(area.height).saturating_sub(4);
        count.min(room).max(1)
    }

    fn place(area: Rect, count: usize) -> (u16, u16) {
        let height = u16::try_from(Self::page(area, count) + 2).unwrap_or(u16::MAX);
        let width = (area.width.saturating_mul(2) / 3).clamp(36.min(area.width), 90);
        (width, height)
    }

    /// What a press at a place of the screen means: a change by its number, or one of the two buttons.
    #[must_use]
    pub fn press(&self, at: Position, area: Rect, count: usize) -> Pressed {
        let (width, height) = Self::place(area, count);
        let inner = widgets::popup_place(area, width, height).1;
        let last = inner.bottom().saturating_sub(1);
        let columns = usize::from(at.x.saturating_sub(inner.x));
        match usize::from(at.y.saturating_sub(inner.y)) {
            _ if !inner.contains(at) => Pressed::Nothing,
            _ if at.y == last && columns < SAVE.len() => Pressed::Button(0),
            _ if at.y == last && (SAVE.len() + 1..SAVE.len() + 1 + CANCEL.len()).contains(&columns) => {
                Pressed::Button(1)
            }
            row if at.y + 1 < last => Pressed::Row(self.cursor.top + row),
            _ => Pressed::Nothing,
        }
    }

    /// How many values become readable, where some do.
    fn warning(&self) -> Option<String> {
        match self.exposed.len() {
            0 => None,
            1 => Some("1 value becomes readable in git".to_owned()),
            count => Some(format!("{count} values become readable in git")),
        }
    }

    /// Draws it.
    pub fn view(&self, file: &OpenFile, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let changes = file.changes();
        let (width, height) = Self::place(area, changes.len());
        let plural = if changes.len() == 1 { "change" } else { "changes" };
        let name = text::escape(
            &file
                .document
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy(),
        );
        let title = format!("Save {} {plural} to {name}", changes.len());
        let inner = widgets::popup(buffer, area, theme, &title, width, height);
        let last = inner.height.saturating_sub(1);
        let list = inner.height.saturating_sub(2).max(1).min(last.max(1));
        for ((number, change), row) in changes.iter().enumerate().skip(self.cursor.top).zip(0..list) {
            let selected = number == self.cursor.at && changes.len() > usize::from(list);
            let over = selected.then(|| theme.style(Role::SelectedUnfocused));
            let mut pen = Pen::new(buffer, inner, row);
            draw_change(theme, &mut pen, change, over);
            let value = file.tree().node(change.id).leaf().is_some();
            let encrypted = file.decide(change.id).encrypted;
            let (word, role) = match (value, encrypted, change.mark) {
                (false, ..) => ("", Role::Mask),
                (true, true, _) => (theme.glyphs.mask, Role::Mask),
                (true, false, _) if self.exposed.contains(&change.id) => ("becomes readable", Role::Error),
                (true, false, Mark::Deleted | Mark::Moved) => ("clear", Role::RuleClear),
                (true, false, _) => ("readable", Role::Warning),
            };
            pen.put("  ", theme.style(Role::Text));
            let types = types(file, change.id);
            if types.is_empty() {
                pen.put_right(word, theme.style(role));
            } else {
                pen.put_right(&format!("{types}  {word}"), theme.style(role));
            }
        }
        if let Some(warning) = self.warning().filter(|_| last > list) {
            Pen::new(buffer, inner, list).put(&warning, theme.style(Role::Error));
        }
        let mut pen = Pen::new(buffer, inner, last);
        pen.put(SAVE, theme.style(Role::ButtonSelected))
            .put(" ", theme.style(Role::Button))
            .put(CANCEL, theme.style(Role::Button))
            .put(" ", theme.style(Role::Button));
        if changes.len() > usize::from(list) {
            let note = format!("{} of {}", self.cursor.at + 1, changes.len());
            pen.put_right(&note, theme.style(Role::Dim));
        }
    }
}

/// The types a value had and has, where they differ.
fn types(file: &OpenFile, id: NodeId) -> String {
    if !file.in_base(id) || file.deleted(id) {
        return String::new();
    }
    match (file.base().node(id).leaf(), file.tree().node(id).leaf()) {
        (Some(was), Some(is)) if was.type_name() != is.type_name() => {
            format!("{} → {}", was.type_name(), is.type_name())
        }
        _ => String::new(),
    }
}
