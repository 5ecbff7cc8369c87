//! The one-line field: a value that is edited or new, or a key.

mod proposals;

pub use proposals::Proposals;

use crate::format::Format;
use crate::ops::counted::counted;
use crate::ops::create::Template;
use crate::tree::{Key, NodeId};
use crate::tui::kind::Kind;
use crate::tui::open_file::Place;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Pen, SecretInput};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::path::PathBuf;

/// What is typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// The new value of a node.
    Value(NodeId),
    /// The new key of a node.
    Rename(NodeId),
    /// The key of a new entry.
    NewKey(Place),
    /// The value of a new entry or item.
    NewValue(Place, Option<Key>),
    /// The text of a comment.
    Comment(NodeId),
    /// The text of a new comment.
    NewComment(Place),
    /// The key of a copy of a node.
    CopyKey(NodeId),
    /// The path of a new file.
    NewFile(Template),
    /// A revision to compare with.
    Revision,
    /// The message of a commit.
    Message,
    /// The value of one's own in a conflict, by its number.
    Conflict(usize),
    /// Who is to be taken out of these files.
    Leaver(Vec<PathBuf>),
    /// The path of a list of secrets to change.
    List,
}

impl Purpose {
    /// Whether it is a value, which has a type.
    #[must_use]
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_) | Self::NewValue(..) | Self::Conflict(_))
    }

    /// Whether the text may be a secret: a value or a comment, not a key.
    #[must_use]
    pub const fn holds_value(&self) -> bool {
        !matches!(
            self,
            Self::Rename(_)
                | Self::NewKey(_)
                | Self::NewFile(_)
                | Self::Revision
                | Self::Message
                | Self::Leaver(_)
                | Self::List
        )
    }
}

/// The field.
pub struct Field {
    /// What is typed.
    pub purpose: Purpose,
    /// The text.
    pub input: SecretInput,
    /// The type the value will have.
    pub kind: Kind,
    /// The format of the file, which decides on types.
    pub format: Format,
    /// Path of what is edited, escaped.
    pub title: String,
    /// What will become of it, e.g. that it is encrypted.
    pub note: &'static str,
    /// Whether the text is stored in base64, as the data of a Kubernetes Secret is.
    pub encoded: bool,
    /// Whether it is edited on many lines.
    pub tall: bool,
    /// Why it was not accepted.
    pub problem: Option<String>,
    /// Whether `{}` or `[]` means an empty map or list, and no text.
    pub branch: bool,
    /// Keys that other places have here.
    pub proposals: Proposals,
}

impl Field {
    /// A field for a text on one line, without any note.
    #[must_use]
    pub fn new(purpose: Purpose, input: SecretInput, format: Format, title: String) -> Self {
        Self {
            purpose,
            input,
            kind: Kind::Str,
            format,
            title,
            note: "",
            encoded: false,
            tall: false,
            problem: None,
            branch: false,
            proposals: Proposals::default(),
        }
    }

    /// The branch that the text could mean: of a new entry, `{}` a map and `[]` a list.
    #[must_use]
    pub fn possible_branch(&self) -> Option<&'static str> {
        let new = matches!(self.purpose, Purpose::NewValue(..)) && self.kind == Kind::Str && !self.encoded;
        match (self.input.text().trim(), self.format) {
            ("{}", Format::Yaml | Format::Json | Format::Ini) if new => Some("map"),
            ("[]", Format::Yaml | Format::Json) if new => Some("list"),
            _ => None,
        }
    }

    /// How many lines of text are on screen in the editor of many lines.
    #[must_use]
    pub fn page(area: Rect) -> usize {
        usize::from(area.height.saturating_sub(4)).max(1)
    }

    /// Draws it; where the terminal cursor belongs.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Position {
        if self.tall {
            return self.view_lines(theme, buffer, area);
        }
        let width = (area.width.saturating_mul(2) / 3).clamp(30.min(area.width), 90);
        let inner = widgets::popup(buffer, area, theme, &self.title, width, 3);
        let line = Rect {
            height: inner.height.min(1),
            ..inner
        };
        let at = self.input.view(buffer, line, theme);
        if let Some(line) = self.hint() {
            let mut pen = Pen::new(buffer, inner, 1);
            let room = pen.left();
            pen.put_cut(&line, room, theme.glyphs.cut, theme.style(Role::Dim));
        }
        self.view_notes(theme, &mut Pen::new(buffer, inner, 2));
        at
    }

    fn view_lines(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Position {
        let inner = widgets::popup(buffer, area, theme, &self.title, area.width, area.height);
        let text = Rect {
            height: inner.height.saturating_sub(2),
            ..inner
        };
        let at = self.input.view_lines(buffer, text, theme);
        let mut pen = Pen::new(buffer, inner, inner.height.saturating_sub(1));
        self.view_notes(theme, &mut pen);
        let count = self.input.line_count();
        let lines = counted(count, "line");
        let breaks = if self.input.text().contains("\r\n") {
            ", CR LF"
        } else {
            ""
        };
        pen.put_right(&format!("  {lines}{breaks}"), theme.style(Role::Dim));
        at
    }

    /// Type, what becomes of it, or why it was not accepted.
    fn view_notes(&self, theme: &Theme, pen: &mut Pen<'_>) {
        if let Some(problem) = &self.problem {
            let room = pen.left();
            pen.put_cut(problem, room, theme.glyphs.cut, theme.style(Role::Error));
            return;
        }
        if self.purpose.is_value() {
            let branch = self.possible_branch().filter(|_| self.branch);
            pen.put(branch.unwrap_or(self.kind.name()), theme.style(Role::Type));
            if !self.note.is_empty() {
                pen.put(theme.glyphs.separator, theme.style(Role::Dim));
            }
        }
        let role = if self.note.starts_with("readable") {
            Role::Warning
        } else {
            Role::Dim
        };
        pen.put(self.note, theme.style(role));
    }

    /// What the text is read as, or what may be typed instead of it.
    fn hint(&self) -> Option<String> {
        if let Some(branch) = self.possible_branch() {
            return Some(if self.branch {
                format!("becomes an empty {branch}; Tab: str")
            } else {
                format!("kept as text; Tab: {branch}")
            });
        }
        if self.purpose.is_value() {
            let shown = self.input.shown;
            let reading = || self.kind.reading(self.input.text(), self.format, shown);
            return (!self.encoded).then(reading).flatten();
        }
        self.proposals.line(self.input.head())
    }
}
