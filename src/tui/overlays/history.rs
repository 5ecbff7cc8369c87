//! The commits in which a value changed, as they are found. Old values are kept for as long as the list is open, and shown one at a
//! time.

use crate::ops::counted::counted;
use crate::ops::history::{Entry, Told, What};
use crate::tree::{NodeId, Time};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use crate::tui::worker::TaskId;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::time::Instant;
use zeroize::Zeroizing;

/// The widest it gets, in cells.
const WIDTH: u16 = 110;
/// How much of the name of an author is shown, in cells.
const AUTHOR: usize = 14;
/// What is said of the selected commit, in lines.
const DETAIL: u16 = 4;
/// From how many lines on there is room for that.
const ROOMY: u16 = 9;

/// What is on screen of an old value, and until when.
struct Revealed {
    at: usize,
    until: Instant,
    text: Zeroizing<Vec<u8>>,
}

/// The list.
pub struct History {
    /// The value, in the file as it was opened.
    pub node: NodeId,
    /// The task that looks, until it ended.
    pub task: Option<TaskId>,
    /// The selected commit.
    pub cursor: Cursor,
    path: String,
    entries: Vec<Entry>,
    told: Told,
    revealed: Option<Revealed>,
    /// Whether not even readable values are shown.
    share_safe: bool,
}

impl History {
    /// Nothing is found yet; `path` is that of the value; `share_safe` whether somebody is looking on.
    #[must_use]
    pub fn new(node: NodeId, path: &str, task: TaskId, share_safe: bool) -> Self {
        Self {
            node,
            task: Some(task),
            cursor: Cursor::default(),
            path: text::escape(path),
            entries: Vec::new(),
            told: Told::default(),
            revealed: None,
            share_safe,
        }
    }

    /// One more.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// No more come.
    pub fn end(&mut self, told: Told) {
        self.task = None;
        self.told = told;
    }

    /// The selected one.
    #[must_use]
    pub fn selected(&self) -> Option<&Entry> {
        self.entries.get(self.cursor.at)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Shows this text as the value of the selected commit.
    pub fn reveal(&mut self, text: Zeroizing<Vec<u8>>, until: Instant) {
        let at = self.cursor.at;
        self.revealed = Some(Revealed { at, until, text });
    }

    /// Hides what is shown; whether anything was.
    pub fn conceal(&mut self) -> bool {
        self.revealed.take().is_some()
    }

    /// Until when a value is shown.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.revealed.as_ref().map(|revealed| revealed.until)
    }

    /// Whether the value of the selected commit is shown.
    #[must_use]
    pub fn shows(&self) -> bool {
        self.revealed
            .as_ref()
            .is_some_and(|revealed| revealed.at == self.cursor.at)
    }

    fn size(area: Rect) -> (u16, u16) {
        (
            area.width.saturating_sub(4).min(WIDTH),
            area.height.saturating_sub(4),
        )
    }

    fn detail(height: u16) -> u16 {
        if height >= ROOMY { DETAIL } else { height.min(2) }
    }

    /// How many commits are on screen.
    #[must_use]
    pub fn page(area: Rect) -> usize {
        let (width, height) = Self::size(area);
        let inner = widgets::popup_place(area, width, height).1;
        usize::from(inner.height.saturating_sub(Self::detail(inner.height))).max(1)
    }

    /// The commit at a place of the screen; `None` beside the list.
    #[must_use]
    pub fn row_at(&self, at: Position, area: Rect) -> Option<usize> {
        let (width, height) = Self::size(area);
        let inner = widgets::popup_place(area, width, height).1;
        let row = usize::from(at.y.saturating_sub(inner.y));
        (inner.contains(at) && row < Self::page(area)).then_some(self.cursor.top + row)
    }

    /// Whether a place of the screen is outside of it.
    #[must_use]
    pub fn is_beside(at: Position, area: Rect) -> bool {
        let (width, height) = Self::size(area);
        !widgets::popup_place(area, width, height).0.contains(at)
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let (width, height) = Self::size(area);
        let title = format!(
            "History: {}{}{}",
            self.path,
            theme.glyphs.separator,
            self.summary()
        );
        let inner = widgets::popup(buffer, area, theme, &title, width, height);
        let below = Self::detail(inner.height);
        let list = Rect {
            height: inner.height.saturating_sub(below),
            ..inner
        };
        let shown = self.entries.iter().enumerate().skip(self.cursor.top);
        for ((number, entry), row) in shown.zip(0..list.height) {
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let mut pen = Pen::new(buffer, list, row);
            let (mark, role) = mark(entry.what);
            pen.put(mark, style(role)).put(" ", style(Role::Text));
            let (date, author, subject) = match &entry.commit {
                Some(commit) => (day(commit.when), commit.author.as_str(), commit.subject.as_str()),
                None => ("not committed".to_owned(), "", ""),
            };
            pen.put(&date, style(Role::Text)).put("  ", style(Role::Text));
            if list.width >= 60 && !author.is_empty() {
                let column = pen.column() - list.x;
                pen.put_cut(author, AUTHOR, theme.glyphs.cut, style(Role::Dim));
                let until = usize::from(column) + AUTHOR + 1;
                let blanks = until.saturating_sub(usize::from(pen.column() - list.x));
                pen.put(&" ".repeat(blanks), style(Role::Text));
            }
            let room = pen.left();
            pen.put_cut(subject, room, theme.glyphs.cut, style(Role::Text));
            let rest = " ".repeat(pen.left());
            pen.put(&rest, style(Role::Text));
        }
        let detail = Rect {
            y: list.bottom(),
            height: below,
            ..inner
        };
        if let Some(entry) = self.selected() {
            self.draw_detail(entry, theme, buffer, detail);
        }
    }

    fn summary(&self) -> String {
        let found = counted(self.entries.len(), "change");
        match (self.task, self.told.unreadable) {
            (Some(_), _) => format!("{found}, looking"),
            (None, 0) => found,
            (None, unreadable) => format!("{found}, {} unreadable", counted(unreadable, "version")),
        }
    }

    /// What happened in the selected commit: four lines, or the two that matter most.
    fn draw_detail(&self, entry: &Entry, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let separator = theme.glyphs.separator;
        let mut lines = vec![
            format!("{}{separator}{}", words(entry), text::escape(&entry.path)),
            format!("in {}", text::escape(&entry.file)),
        ];
        if area.height < DETAIL {
            lines.clear();
        }
        let readers = if entry.in_clear {
            "everybody: it was not encrypted".to_owned()
        } else {
            entry.readers.join(", ")
        };
        lines.push(format!("readable by {}", text::escape(&readers)));
        let count = u16::try_from(lines.len()).unwrap_or_default();
        for (line, row) in lines.iter().zip(0..area.height) {
            let mut pen = Pen::new(buffer, area, row);
            let room = pen.left();
            pen.put_cut(line, room, theme.glyphs.cut, theme.style(Role::Dim));
        }
        let mut pen = Pen::new(buffer, area, count);
        let room = pen.left();
        match self
            .revealed
            .as_ref()
            .filter(|revealed| revealed.at == self.cursor.at)
        {
            Some(revealed) => {
                let shown = text::escape_value(&revealed.text, room);
                pen.put_cut(&shown, room, theme.glyphs.cut, theme.style(Role::Revealed));
            }
            None => {
                let value = self.value(entry, theme);
                pen.put_cut(&value, room, theme.glyphs.cut, theme.style(Role::Mask));
            }
        }
    }

    /// The value with its fingerprint, masked; as it is where everybody can read it in the repository anyway.
    fn value(&self, entry: &Entry, theme: &Theme) -> String {
        let Some(seen) = entry.new.as_ref().or(entry.old.as_ref()) else {
            return String::new();
        };
        let (kind, mask) = (seen.type_name, theme.glyphs.mask);
        match (&seen.shown, &seen.print) {
            (Some(shown), _) if !self.share_safe => format!("{kind} {}", text::escape(shown)),
            (_, Some(print)) => {
                let digits: String = print.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
                format!("{kind} {mask} {digits}")
            }
            _ => format!("{kind} {mask} locked"),
        }
    }
}

/// The day of a commit, in UTC.
#[must_use]
pub fn day(when: i64) -> String {
    Time::from_unix(when).to_string().chars().take(10).collect()
}

const fn mark(what: What) -> (&'static str, Role) {
    match what {
        What::Added => ("+", Role::Added),
        What::Changed => ("~", Role::Edited),
        What::Removed => ("-", Role::Deleted),
        What::Renamed => (">", Role::Moved),
        What::Encrypted => ("~", Role::Ok),
        What::Exposed => ("!", Role::Error),
        What::Untold => ("?", Role::Warning),
    }
}

fn words(entry: &Entry) -> String {
    let other = entry.other_path.as_deref().map(text::escape);
    let types = match (&entry.old, &entry.new) {
        (Some(old), Some(new)) if old.type_name != new.type_name => {
            format!(", {} became {}", old.type_name, new.type_name)
        }
        _ => String::new(),
    };
    match (entry.what, other) {
        (What::Added, _) => "added".to_owned(),
        (What::Changed, None) => format!("changed{types}"),
        (What::Changed, Some(was)) => format!("changed{types}, was {was}"),
        (What::Removed, None) => "removed".to_owned(),
        (What::Removed, Some(is)) => format!("became {is}"),
        (What::Renamed, was) => format!("renamed, was {}", was.unwrap_or_default()),
        (What::Encrypted, _) => "encrypted from here on, readable before".to_owned(),
        (What::Exposed, _) => "readable by everybody from here on".to_owned(),
        (What::Untold, _) => "changed or encrypted anew: no key here tells".to_owned(),
    }
}
