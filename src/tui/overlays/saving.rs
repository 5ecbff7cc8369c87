//! The list of changes before they are saved; values are never in it.

mod rekeying;

pub use rekeying::Rekeying;

use super::Pressed;
use super::pager::wrap;
use crate::ops::counted::{counted, counted_as};
use crate::tree::NodeId;
use crate::tui::action::Action;
use crate::tui::model::After;
use crate::tui::open_file::{Listed, Mark, OpenFile};
use crate::tui::panes::changes::{Entry, draw_change, draw_key_change, entries};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::collections::HashSet;

/// The buttons, as they are drawn.
const SAVE: &str = "[ Save ]";
const CANCEL: &str = "[ Cancel ]";
/// Lines of the list that stay when there is little room.
const LEAST: usize = 2;

/// State of the list.
pub struct Saving {
    /// The selected change.
    pub cursor: Cursor,
    /// What to do when the save is done.
    pub after: After,
    /// The values that this save makes readable, or writes in clear although the rule encrypts them.
    pub exposed: HashSet<NodeId>,
    /// What it means that others can read the file, where they can.
    pub keys: Option<Rekeying>,
}

/// Where everything stands.
struct Shape {
    width: u16,
    height: u16,
    /// Lines of the list on screen.
    list: usize,
    /// What stands below it, wrapped.
    notes: Vec<(String, Role)>,
}

impl Saving {
    /// How many changes are on screen.
    #[must_use]
    pub fn page(&self, area: Rect, count: usize) -> usize {
        self.shape(area, count).list
    }

    /// Whether an action means nothing here.
    #[must_use]
    pub fn refuses(&self, action: Action) -> bool {
        match action {
            Action::DataKey => !self.keys.as_ref().is_some_and(Rekeying::has_choice),
            Action::Consequences => self.keys.is_none(),
            _ => false,
        }
    }

    fn shape(&self, area: Rect, count: usize) -> Shape {
        let width = (area.width.saturating_mul(2) / 3).clamp(36.min(area.width), 90);
        let room = usize::from(width.min(area.width.saturating_sub(4)));
        let warning = self.warning().map(|warning| (warning, Role::Error));
        let lines = warning
            .into_iter()
            .chain(self.keys.iter().flat_map(Rekeying::lines));
        let mut notes: Vec<(String, Role)> = lines
            .flat_map(|(line, role)| wrap(&line, room).into_iter().map(move |line| (line, role)))
            .collect();
        // Frame, buttons and the line above them.
        let room = usize::from(area.height).saturating_sub(4).max(1);
        let least = count.min(LEAST);
        let most = room.saturating_sub(least + 1);
        if notes.len() > most {
            notes.truncate(most);
            if let Some(last) = notes.last_mut() {
                *last = ("v: all that this means".to_owned(), Role::Warning);
            }
        }
        let gap = usize::from(!notes.is_empty());
        let list = count.min(room.saturating_sub(notes.len() + gap)).max(1);
        Shape {
            width,
            height: u16::try_from(list + gap + notes.len() + 2).unwrap_or(u16::MAX),
            list,
            notes,
        }
    }

    /// What a press at a place of the screen means: a change by its number, or one of the two buttons.
    #[must_use]
    pub fn press(&self, at: Position, area: Rect, count: usize) -> Pressed {
        let shape = self.shape(area, count);
        let inner = widgets::popup_place(area, shape.width, shape.height).1;
        let last = inner.bottom().saturating_sub(1);
        let columns = usize::from(at.x.saturating_sub(inner.x));
        match usize::from(at.y.saturating_sub(inner.y)) {
            _ if !inner.contains(at) => Pressed::Nothing,
            _ if at.y == last && columns < SAVE.len() => Pressed::Button(0),
            _ if at.y == last && (SAVE.len() + 1..SAVE.len() + 1 + CANCEL.len()).contains(&columns) => {
                Pressed::Button(1)
            }
            row if row < shape.list => Pressed::Row(self.cursor.top + row),
            _ => Pressed::Nothing,
        }
    }

    /// How many values become readable, where some do.
    fn warning(&self) -> Option<String> {
        let count = self.exposed.len();
        let words = || {
            counted_as(
                count,
                "value becomes readable in git",
                "values become readable in git",
            )
        };
        (count > 0).then(words)
    }

    /// One change of a value, and what becomes of it.
    fn draw_node(
        &self,
        file: &OpenFile,
        theme: &Theme,
        pen: &mut Pen<'_>,
        change: &Listed,
        over: Option<Style>,
    ) {
        draw_change(theme, pen, change, over);
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

    /// Draws it.
    pub fn view(&self, file: &OpenFile, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let count = file.change_count();
        let shape = self.shape(area, count);
        let name = file.document.path.file_name().unwrap_or_default();
        let name = text::escape(&name.to_string_lossy());
        let title = format!("Save {} to {name}", counted(count, "change"));
        let inner = widgets::popup(buffer, area, theme, &title, shape.width, shape.height);
        let last = inner.height.saturating_sub(1);
        let list = u16::try_from(shape.list).unwrap_or(u16::MAX).min(last.max(1));
        let shown = entries(file).enumerate().skip(self.cursor.top);
        for ((number, change), row) in shown.zip(0..list) {
            let selected = number == self.cursor.at && count > shape.list;
            let over = selected.then(|| theme.style(Role::SelectedUnfocused));
            let mut pen = Pen::new(buffer, inner, row);
            match change {
                Entry::Node(change) => self.draw_node(file, theme, &mut pen, change, over),
                Entry::Key(change) => draw_key_change(file, theme, &mut pen, change, over),
            }
        }
        for ((line, role), row) in shape.notes.iter().zip(list + 1..last) {
            Pen::new(buffer, inner, row).put(line, theme.style(*role));
        }
        let mut pen = Pen::new(buffer, inner, last);
        pen.put(SAVE, theme.style(Role::ButtonSelected))
            .put(" ", theme.style(Role::Button))
            .put(CANCEL, theme.style(Role::Button))
            .put(" ", theme.style(Role::Button));
        if count > shape.list {
            let note = format!("{} of {count}", self.cursor.at + 1);
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
