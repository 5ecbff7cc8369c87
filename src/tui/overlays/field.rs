//! The one-line field: a value that is edited or new, or a key.

use crate::format::Format;
use crate::tree::{Key, NodeId};
use crate::tui::kind::Kind;
use crate::tui::open_file::Place;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Pen, SecretInput};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

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
}

impl Purpose {
    /// Whether it is a value, which has a type.
    #[must_use]
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_) | Self::NewValue(..))
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
    /// Why it was not accepted.
    pub problem: Option<String>,
}

impl Field {
    /// Draws it; where the terminal cursor belongs.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Position {
        let width = (area.width.saturating_mul(2) / 3).clamp(30.min(area.width), 90);
        let inner = widgets::popup(buffer, area, theme, &self.title, width, 3);
        let line = Rect {
            height: inner.height.min(1),
            ..inner
        };
        let at = self.input.view(buffer, line, theme);
        let mut pen = Pen::new(buffer, inner, 2);
        if let Some(problem) = &self.problem {
            let room = pen.left();
            pen.put_cut(problem, room, theme.glyphs.cut, theme.style(Role::Error));
            return at;
        }
        if self.purpose.is_value() {
            pen.put(self.kind.name(), theme.style(Role::Type));
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
        if self.purpose.is_value()
            && self.kind == Kind::Str
            && !self.encoded
            && let Some(other) = Kind::looks_like(self.input.text(), self.format)
        {
            let hint = format!("{}Tab: {}", theme.glyphs.separator, other.name());
            pen.put(&hint, theme.style(Role::Dim));
        }
        at
    }
}
