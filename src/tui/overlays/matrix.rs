//! Who can read which file: files go down, recipients across.

use crate::ops::access::{FileAccess, Matrix};
use crate::ops::counted::counted;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen, SecretInput};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::path::Path;

/// The widest column of a recipient, in cells.
const WIDEST: usize = 14;
/// The narrowest.
const NARROWEST: usize = 3;
/// What stands behind a file without a rule, where there is room.
const NO_RULE: &str = "no rule";
/// How much of a name is worth showing once more, in cells.
const NAME: usize = 12;
/// Lines below the table, for the selected cell.
const ABOUT: u16 = 3;

/// The table, and the selected cell.
pub struct MatrixView {
    matrix: Matrix,
    /// The selected file.
    pub cursor: Cursor,
    /// The selected recipient, and the first that is on screen.
    pub column: Cursor,
    /// What files and recipients are filtered by.
    pub input: SecretInput,
    /// Whether that is being typed.
    pub typing: bool,
    labels: Vec<String>,
    /// The numbers of the files that are left by the filter.
    shown: Vec<usize>,
}

impl MatrixView {
    /// A table whose first cell is selected.
    #[must_use]
    pub fn new(matrix: Matrix) -> Self {
        let labels = matrix.people.iter().map(|person| text::escape(person.label()));
        Self {
            labels: labels.collect(),
            shown: (0..matrix.files.len()).collect(),
            matrix,
            input: SecretInput::new("", true),
            typing: false,
            cursor: Cursor::default(),
            column: Cursor::default(),
        }
    }

    /// How many files are left by the filter.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// What is filtered by.
    #[must_use]
    pub fn query(&self) -> &str {
        self.input.text()
    }

    /// Leaves the files whose name has what is typed, and those that a recipient of such a name can read or should.
    pub fn search(&mut self) {
        let query = self.query().trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&query);
        let people: Vec<usize> = (0..)
            .zip(&self.matrix.people)
            .filter(|(_, person)| has(person.label()) || has(&person.identity))
            .map(|(number, _)| number)
            .collect();
        let reads = |file: &FileAccess| {
            let concerned =
                |person: &usize| !file.groups_of(*person).is_empty() || file.missing.contains(person);
            people.iter().any(concerned)
        };
        let files = (0..).zip(&self.matrix.files);
        let left = files.filter(|(_, file)| has(&file.name) || reads(file));
        self.shown = left.map(|(number, _)| number).collect();
        self.cursor = Cursor::default();
        if let Some(first) = people.first().filter(|_| !query.is_empty()) {
            self.column = Cursor {
                at: *first,
                top: self.column.top.min(*first),
            };
        }
    }

    /// Drops the filter; whether there was any.
    pub fn unfilter(&mut self) -> bool {
        let was = std::mem::take(&mut self.typing) || !self.query().is_empty();
        let chosen = self.shown.get(self.cursor.at).copied();
        self.input.set("");
        self.shown = (0..self.matrix.files.len()).collect();
        self.cursor.at = chosen.unwrap_or_default();
        was
    }

    /// The selected file.
    fn selected(&self) -> Option<&FileAccess> {
        self.matrix.files.get(*self.shown.get(self.cursor.at)?)
    }

    /// The selected file.
    #[must_use]
    pub fn chosen(&self) -> Option<&Path> {
        self.selected().map(|file| file.path.as_path())
    }

    /// How many files are on screen.
    #[must_use]
    pub fn page(area: Rect) -> usize {
        usize::from(area.height.saturating_sub(3 + ABOUT)).max(1)
    }

    /// Goes to the next recipient, or the one before.
    pub fn step(&mut self, by: isize, area: Rect) {
        let len = self.matrix.people.len();
        self.column.move_by(by, len);
        let names = self.names(area.width.saturating_sub(4));
        let mut room = usize::from(area.width.saturating_sub(4)).saturating_sub(names);
        // From the selected one back to the left, as many as fit.
        let mut first = self.column.at;
        for number in (0..=self.column.at).rev() {
            let Some(left) = room.checked_sub(self.width(number)) else {
                break;
            };
            room = left;
            first = number;
        }
        self.column.top = self.column.top.clamp(first, self.column.at);
    }

    /// The width of the column of names on lines of this width.
    fn names(&self, width: u16) -> usize {
        let width = usize::from(width);
        let files = self.matrix.files.iter();
        let widest = files.map(|file| text::width(&text::escape(&file.name))).max();
        let names = widest.unwrap_or_default().clamp(8, (width / 2).max(8));
        names + 1
    }

    fn width(&self, person: usize) -> usize {
        let label = self.labels.get(person).map_or(0, |label| text::width(label));
        label.clamp(NARROWEST, WIDEST) + 1
    }

    /// What stands in a cell, and how.
    fn cell(file: &FileAccess, person: usize) -> (String, Role) {
        let groups = file.groups_of(person);
        let extra = file.extra.contains(&person);
        let place = match groups.as_slice() {
            [] if file.missing.contains(&person) => return ("+".to_owned(), Role::Added),
            [] => return (String::new(), Role::Dim),
            _ if file.groups.len() < 2 => "x".to_owned(),
            several => several
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(","),
        };
        if extra {
            (format!("{place}≠"), Role::Warning)
        } else {
            (place, Role::Ok)
        }
    }

    /// Draws it over the whole area; where the terminal cursor belongs, if something is typed.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Option<Position> {
        let (all, people) = (self.matrix.files.len(), self.matrix.people.len());
        let files = self.len();
        let of = if files < all {
            format!("{files} of ")
        } else {
            String::new()
        };
        let title = format!(
            "Who can read: {of}{}, {}",
            counted(all, "file"),
            counted(people, "recipient")
        );
        let inner = widgets::popup(buffer, area, theme, &title, area.width, area.height);
        let names = self.names(inner.width);
        let mut pen = Pen::new(buffer, inner, 0);
        let typed = self.filter_line(names);
        let cursor = self.typing.then(|| Position {
            x: inner.x + u16::try_from(text::width(&typed)).unwrap_or_default(),
            y: inner.y,
        });
        let pad = names.saturating_sub(text::width(&typed));
        pen.put(&typed, theme.style(Role::Key))
            .put(&" ".repeat(pad), theme.style(Role::Text));
        for (number, label) in self.labels.iter().enumerate().skip(self.column.top) {
            let width = self.width(number);
            let role = if number == self.column.at {
                Role::TitleFocused
            } else {
                Role::Title
            };
            let before = pen.left();
            pen.put_cut(label, width - 1, theme.glyphs.cut, theme.style(role));
            let used = before - pen.left();
            pen.put(&" ".repeat(width.saturating_sub(used)), theme.style(Role::Text));
        }
        let page = u16::try_from(Self::page(area)).unwrap_or(u16::MAX);
        let files_shown = self
            .shown
            .iter()
            .filter_map(|number| self.matrix.files.get(*number));
        let shown = files_shown.enumerate().skip(self.cursor.top);
        for ((number, file), row) in shown.zip(1..=page.min(inner.height.saturating_sub(1))) {
            self.row(theme, &mut Pen::new(buffer, inner, row), number, file, names);
        }
        self.about(theme, buffer, inner);
        widgets::scroll_note(buffer, area, theme, self.cursor.at, page, files);
        cursor
    }

    /// What is filtered by, above the names of the files: its end, where there is no room for all of it.
    fn filter_line(&self, names: usize) -> String {
        if !self.typing && self.query().is_empty() {
            return String::new();
        }
        let query = text::escape(self.query());
        format!("/{}", text::suffix(&query, names.saturating_sub(2), ""))
    }

    fn row(&self, theme: &Theme, pen: &mut Pen<'_>, number: usize, file: &FileAccess, names: usize) {
        let here = number == self.cursor.at;
        let over = |style: ratatui::style::Style, on: bool| {
            if on {
                style.patch(theme.style(Role::Selected))
            } else {
                style
            }
        };
        let name = text::escape(&file.name);
        let name = text::suffix(&name, names - 1, theme.glyphs.cut);
        let pad = names.saturating_sub(text::width(&name));
        pen.put(&name, over(theme.style(Role::Key), here))
            .put(&" ".repeat(pad), over(theme.style(Role::Text), here));
        for person in self.column.top..self.matrix.people.len() {
            let width = self.width(person);
            let (sign, role) = Self::cell(file, person);
            let selected = here && person == self.column.at;
            let pad = (width - 1).saturating_sub(text::width(&sign));
            let style = over(theme.style(role), selected);
            pen.put(&sign, style)
                .put(&" ".repeat(pad), style)
                .put(" ", theme.style(Role::Text));
        }
        if !file.ruled && pen.left() >= NO_RULE.len() {
            pen.put(NO_RULE, theme.style(Role::Dim));
        }
    }

    /// Who and what is selected, in full.
    fn about(&self, theme: &Theme, buffer: &mut Buffer, inner: Rect) {
        let (Some(file), Some(person)) = (self.selected(), self.matrix.people.get(self.column.at)) else {
            return;
        };
        let separator = theme.glyphs.separator;
        let number = self.column.at;
        let reads = self
            .matrix
            .files
            .iter()
            .filter(|file| !file.groups_of(number).is_empty());
        let me = if person.me { " (you)" } else { "" };
        let who = format!(
            "{}{me}{separator}{}{separator}in {} of {}",
            text::escape(person.label()),
            person.kind,
            reads.count(),
            counted(self.matrix.files.len(), "file")
        );
        let identity = text::escape(&person.identity);
        let what = what(file, number);
        let room = usize::from(inner.width).saturating_sub(text::width(&what) + 2);
        // The line of the file is highlighted, too.
        let what = if room < NAME {
            what
        } else {
            let name = text::suffix(&text::escape(&file.name), room, theme.glyphs.cut);
            format!("{name}: {what}")
        };
        let first = inner.height.saturating_sub(ABOUT);
        for (row, line) in [(first, who), (first + 1, identity), (first + 2, what)] {
            let mut pen = Pen::new(buffer, inner, row);
            let room = pen.left();
            let role = if row == first { Role::Text } else { Role::Dim };
            pen.put_cut(&line, room, theme.glyphs.cut, theme.style(role));
        }
    }
}

/// How a recipient stands to a file, in words.
fn what(file: &FileAccess, person: usize) -> String {
    let groups = file.groups_of(person);
    let several = file.groups.len() > 1;
    let numbers: Vec<String> = groups.iter().map(ToString::to_string).collect();
    let reads = match (groups.is_empty(), several) {
        (true, _) if file.missing.contains(&person) => "in the rule, cannot read it yet".to_owned(),
        (true, _) => "cannot read it".to_owned(),
        (false, false) => "can read it".to_owned(),
        (false, true) if file.opens_alone(person) => {
            format!("is in group {}, and opens it alone", numbers.join(", "))
        }
        (false, true) => format!(
            "is in group {}; {} of {} groups are needed",
            numbers.join(", "),
            file.needed,
            file.groups.len()
        ),
    };
    let rule = if !file.ruled {
        "; no rule"
    } else if file.extra.contains(&person) {
        "; is not in the rule"
    } else {
        ""
    };
    format!("{reads}{rule}")
}
