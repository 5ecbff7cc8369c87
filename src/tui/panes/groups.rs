//! Pane 5: key groups with their keys, how many of them are needed, and whether the keys in hand are enough.

use super::View;
use super::recipients::{attempt, mark, short_name};
use crate::keys::Outcome;
use crate::ops::counted::counted;
use crate::ops::readers::Opens;
use crate::tui::open_file::OpenFile;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// State of the key groups pane.
#[derive(Default)]
pub struct GroupsPane {
    /// The selected line.
    pub cursor: Cursor,
}

/// One line of the pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// How many groups are needed.
    Needed,
    /// Whether the keys in hand open the file.
    Hand,
    /// A group.
    Group(usize),
    /// A key by its group and its place there.
    Key(usize, usize),
}

/// The lines.
#[must_use]
pub fn list(file: &OpenFile) -> Vec<Line> {
    let mut lines = vec![Line::Needed, Line::Hand];
    for (number, group) in file.readers().groups().iter().enumerate() {
        lines.push(Line::Group(number));
        lines.extend((0..group.keys.len()).map(|place| Line::Key(number, place)));
    }
    lines
}

/// How many lines the pane has.
#[must_use]
pub fn lines(file: &OpenFile) -> usize {
    list(file).len()
}

/// How many groups are needed, in words for as many cells.
fn needed(file: &OpenFile, room: usize) -> String {
    let readers = file.readers();
    let (long, short) = match readers.groups().len() {
        0 => ("no keys".to_owned(), String::new()),
        1 => ("any one key opens it".to_owned(), "any one key".to_owned()),
        count => {
            let parts = format!("{} of {count}", readers.needed());
            (format!("{parts} groups needed"), format!("{parts} needed"))
        }
    };
    if text::width(&long) <= room { long } else { short }
}

impl GroupsPane {
    /// What is selected.
    #[must_use]
    pub fn selected(&self, file: &OpenFile) -> Option<Line> {
        list(file).get(self.cursor.at).copied()
    }

    /// Draws the pane.
    pub fn view(&self, view: View<'_>, buffer: &mut Buffer, area: Rect) {
        let theme = view.theme;
        let inner = widgets::pane(buffer, area, theme, 5, "Key groups", "", view.focused);
        let Some(file) = view.file else { return };
        let lines = list(file);
        for ((number, line), row) in lines
            .iter()
            .enumerate()
            .skip(self.cursor.top)
            .zip(0..inner.height)
        {
            let over = (number == self.cursor.at && view.focused).then(|| theme.style(Role::Selected));
            let mut pen = Pen::new(buffer, inner, row);
            draw(file, *line, theme, over, &mut pen);
            if let Some(over) = over {
                let rest = " ".repeat(pen.left());
                pen.put(&rest, theme.style(Role::Text).patch(over));
            }
        }
        widgets::scroll_note(buffer, area, theme, self.cursor.at, inner.height, lines.len());
    }
}

fn draw(file: &OpenFile, line: Line, theme: &Theme, over: Option<Style>, pen: &mut Pen<'_>) {
    let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
    let (now, before) = (file.readers(), file.readers_before());
    match line {
        Line::Needed => {
            let changed = now.needed() != before.needed();
            let (sign, role) = if changed {
                ("~", Role::Edited)
            } else {
                (" ", Role::Text)
            };
            pen.put(sign, style(role));
            let words = needed(file, pen.left());
            pen.put(&words, style(Role::Text));
        }
        Line::Hand => {
            let (sign, role, answer) = match file.opens_for(now) {
                Opens::Yes => (theme.glyphs.ok, Role::Ok, "yes"),
                Opens::No => (theme.glyphs.failed, Role::Error, "no"),
                Opens::Unknown => (theme.glyphs.neutral, Role::Warning, "not known"),
            };
            pen.put(sign, style(role)).put(" ", style(Role::Text));
            let asked = ["opens with the keys in hand", "your keys open it", "opens"];
            let words = asked.map(|asked| format!("{asked}: {answer}"));
            let fits = |words: &&String| text::width(words) <= pen.left();
            let words = words
                .iter()
                .find(fits)
                .or(words.last())
                .cloned()
                .unwrap_or_default();
            pen.put(&words, style(role));
        }
        Line::Group(number) => {
            let Some(group) = now.groups().get(number) else {
                return;
            };
            let new = before.place(group.id).is_none();
            let (sign, role) = if new {
                ("+", Role::Added)
            } else {
                (" ", Role::Text)
            };
            let opened = |key| {
                let outcome = attempt(&file.document, key).map(|attempt| &attempt.outcome);
                matches!(outcome, Some(Outcome::Opened { .. }))
            };
            let open = group.keys.iter().any(opened);
            let (mark, mark_role) = if open {
                ("▣", Role::Ok)
            } else {
                ("▢", Role::Dim)
            };
            let keys = counted(group.keys.len(), "key");
            pen.put(sign, style(role))
                .put(mark, style(mark_role))
                .put(&format!(" group {number}  {keys}"), style(Role::Text));
        }
        Line::Key(number, place) => {
            let (Some(key), Some(group)) = (now.key(number, place), now.groups().get(number)) else {
                return;
            };
            let was = before.find(key).and_then(|(group, _)| before.groups().get(group));
            let (sign, role) = match was {
                None => ("+", Role::Added),
                Some(was) if was.id != group.id => ("~", Role::Moved),
                Some(_) => (" ", Role::Text),
            };
            let (mark, mark_role) = mark(theme, attempt(&file.document, key));
            pen.put(sign, style(role))
                .put("  ", style(Role::Text))
                .put(mark, style(mark_role))
                .put(" ", style(Role::Text));
            let room = pen.left().saturating_sub(1);
            let name = file.name_of(key);
            let label = name.unwrap_or_else(|| short_name(key, room, theme.glyphs.cut));
            pen.put_cut(&label, room, theme.glyphs.cut, style(Role::Text));
        }
    }
}
