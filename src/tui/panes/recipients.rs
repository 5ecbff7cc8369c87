//! Pane 4: who can read the file.

use super::View;
use crate::keys::{Attempt, Outcome};
use crate::metadata::Recipient;
use crate::ops::open::Document;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// State of the recipients pane.
#[derive(Default)]
pub struct RecipientsPane {
    /// The selected recipient.
    pub cursor: Cursor,
}

/// What identifies a recipient, escaped for the screen.
#[must_use]
pub fn name(recipient: &Recipient) -> String {
    text::escape(&match recipient {
        Recipient::Age { recipient } => recipient.clone(),
        Recipient::Pgp { fingerprint } => fingerprint.clone(),
        Recipient::Kms { arn, .. } => arn.clone(),
        Recipient::GcpKms { resource_id } => resource_id.clone(),
        Recipient::AzureKv { vault_url, name, .. } => format!("{vault_url}/keys/{name}"),
        Recipient::HcVault {
            vault_address,
            engine_path,
            key_name,
        } => format!("{vault_address} {engine_path}/{key_name}"),
        Recipient::HcKms { key_id } => key_id.clone(),
    })
}

/// The name in as many cells: what tells keys apart is at the end.
#[must_use]
pub fn short_name(recipient: &Recipient, columns: usize, cut: &str) -> String {
    let name = name(recipient);
    let count = name.chars().count();
    if count <= columns {
        return name;
    }
    let head = 5.min(columns / 3);
    let tail = columns.saturating_sub(head + text::width(cut));
    let start: String = name.chars().take(head).collect();
    let end: String = name.chars().skip(count.saturating_sub(tail)).collect();
    format!("{start}{cut}{end}")
}

/// What became of a key while unlocking, as a mark.
#[must_use]
pub fn mark(theme: &Theme, attempt: Option<&Attempt>) -> (&'static str, Role) {
    match attempt.map(|attempt| &attempt.outcome) {
        Some(Outcome::Opened { .. }) => (theme.glyphs.ok, Role::Ok),
        Some(Outcome::Failed { .. }) => (theme.glyphs.failed, Role::Warning),
        Some(Outcome::NotTried) | None => (theme.glyphs.neutral, Role::Dim),
    }
}

/// What became of one recipient of one group.
#[must_use]
pub fn attempt<'d>(document: &'d Document, group: usize, recipient: &Recipient) -> Option<&'d Attempt> {
    document
        .attempts
        .iter()
        .find(|attempt| attempt.group == group && attempt.recipient == *recipient)
}

/// How many recipients a document has.
#[must_use]
pub fn count(document: &Document) -> usize {
    document
        .metadata
        .groups
        .iter()
        .map(|group| group.keys.len())
        .sum()
}

impl RecipientsPane {
    /// Draws the pane.
    pub fn view(&self, view: View<'_>, buffer: &mut Buffer, area: Rect) {
        let theme = view.theme;
        let inner = widgets::pane(buffer, area, theme, 4, "Recipients", "", view.focused);
        let Some(file) = view.file else { return };
        let document = &file.document;
        let all = document
            .metadata
            .groups
            .iter()
            .enumerate()
            .flat_map(|(group, keys)| keys.keys.iter().map(move |key| (group, key)));
        for ((number, (group, key)), row) in all.enumerate().skip(self.cursor.top).zip(0..inner.height) {
            let over = (number == self.cursor.at && view.focused).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let (sign, role) = mark(theme, attempt(document, group, &key.recipient));
            let mut pen = Pen::new(buffer, inner, row);
            pen.put(" ", style(Role::Text))
                .put(sign, style(role))
                .put(" ", style(Role::Text));
            pen.put(&format!("{:<4}", key.recipient.kind()), style(Role::Dim))
                .put(" ", style(Role::Text));
            let label = document
                .people
                .get(number)
                .and_then(|person| person.name.as_deref());
            if let Some(label) = label {
                let label = text::escape(label);
                // What a person is called goes before digits; those follow as far as there is room.
                pen.put_cut(
                    &label,
                    pen.left().saturating_sub(1),
                    theme.glyphs.cut,
                    style(Role::Text),
                );
                pen.put(" ", style(Role::Text));
            }
            let room = pen.left().saturating_sub(1);
            if label.is_none() || room >= 8 {
                let role = if label.is_none() { Role::Text } else { Role::Dim };
                pen.put(&short_name(&key.recipient, room, theme.glyphs.cut), style(role));
            }
            if over.is_some() {
                let rest = " ".repeat(pen.left());
                pen.put(&rest, style(Role::Text));
            }
        }
        widgets::scroll_note(buffer, area, theme, self.cursor.at, inner.height, count(document));
    }
}
