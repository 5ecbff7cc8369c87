//! Pane 4: who can read the file, beside who should by its rule.

use super::View;
use crate::keys::{Attempt, Outcome};
use crate::metadata::Recipient;
use crate::ops::open::Document;
use crate::ops::readers::KeyChange;
use crate::ops::ruled::Should;
use crate::ops::unlock::identity;
use crate::tui::open_file::OpenFile;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::collections::HashSet;

/// State of the recipients pane.
#[derive(Default)]
pub struct RecipientsPane {
    /// The selected recipient.
    pub cursor: Cursor,
}

/// What is to become of a recipient with the next save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Stays,
    /// It comes.
    Comes,
    /// It goes to another group.
    Moves,
    /// It goes.
    Goes,
    /// The rule has it, the file does not and will not.
    Lacks,
}

/// One line of the pane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub recipient: Recipient,
    /// Group and place among those who are to read the file.
    pub at: Option<(usize, usize)>,
    /// What is to become of it.
    pub fate: Fate,
    /// Whether the rule has it; `None` where no rule says anything.
    pub ruled: Option<bool>,
}

/// The lines: who can read the file in its order, who is to come, who is missing by the rule.
#[must_use]
pub fn rows(file: &OpenFile) -> Vec<Row> {
    let (before, now) = (file.readers_before(), file.readers());
    let ruled = |key: &Recipient| match &file.should {
        Some(should @ Should::Rule { .. }) => Some(should.group_of(key).is_some()),
        Some(Should::Unsaid(_)) | None => None,
    };
    let row = |recipient: &Recipient, at, fate| Row {
        recipient: recipient.clone(),
        at,
        fate,
        ruled: ruled(recipient),
    };
    let place = |id, key: &Recipient| {
        let group = now.place(id)?;
        let name = identity(key);
        let mut keys = now.groups().get(group)?.keys.iter();
        Some((group, keys.position(|key| identity(key) == name)?))
    };
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for group in before.groups() {
        for key in &group.keys {
            let moved = file.key_changes().iter().find_map(|change| match change {
                KeyChange::Moved { recipient, from, to } if *from == group.id && recipient == key => {
                    Some(*to)
                }
                _ => None,
            });
            let (at, fate) = match (place(group.id, key), moved) {
                (Some(at), _) => (Some(at), Fate::Stays),
                (None, Some(to)) => (place(to, key), Fate::Moves),
                (None, None) => (None, Fate::Goes),
            };
            seen.extend(at);
            rows.push(row(key, at, fate));
        }
    }
    for (number, group) in now.groups().iter().enumerate() {
        for (place, key) in group.keys.iter().enumerate() {
            if seen.insert((number, place)) {
                rows.push(row(key, Some((number, place)), Fate::Comes));
            }
        }
    }
    let there: HashSet<String> = rows.iter().map(|row| identity(&row.recipient)).collect();
    let missing = file.should.iter().flat_map(Should::keys).map(|(_, key)| key);
    let mut missing: Vec<Row> = missing
        .filter(|key| !there.contains(&identity(key)))
        .map(|key| row(key, None, Fate::Lacks))
        .collect();
    missing.dedup_by(|a, b| a.recipient == b.recipient);
    rows.extend(missing);
    rows
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

/// What became of one recipient, whatever its group.
#[must_use]
pub fn attempt<'d>(document: &'d Document, recipient: &Recipient) -> Option<&'d Attempt> {
    let mut attempts = document.attempts.iter();
    attempts.find(|attempt| attempt.recipient == *recipient)
}

impl Fate {
    /// Its sign, as in the tree.
    #[must_use]
    pub const fn sign(self) -> (&'static str, Role) {
        match self {
            Self::Comes => ("+", Role::Added),
            Self::Goes => ("-", Role::Deleted),
            Self::Moves => ("~", Role::Moved),
            Self::Stays | Self::Lacks => (" ", Role::Text),
        }
    }
}

impl Row {
    /// How it stands to the rule: a sign, and words.
    #[must_use]
    pub const fn standing(&self, theme: &Theme) -> (&'static str, Role, &'static str) {
        let (sign, role, words) = match (self.ruled, self.fate) {
            (Some(_), Fate::Lacks) => ("+", Role::Info, "in rule, not in file"),
            (Some(true), _) => (theme.glyphs.ok, Role::Ok, ""),
            (Some(false), _) => ("≠", Role::Warning, "not in rule"),
            (None, _) => (" ", Role::Dim, ""),
        };
        match self.fate {
            Fate::Comes => (sign, role, "new"),
            Fate::Goes => (sign, role, "removed"),
            Fate::Moves => (sign, role, "moved"),
            Fate::Stays | Fate::Lacks => (sign, role, words),
        }
    }
}

impl RecipientsPane {
    /// Draws the pane.
    pub fn view(&self, view: View<'_>, buffer: &mut Buffer, area: Rect) {
        let theme = view.theme;
        let inner = widgets::pane(buffer, area, theme, 4, "Recipients", "", view.focused);
        let Some(file) = view.file else { return };
        let rows = rows(file);
        for ((number, row), line) in rows.iter().enumerate().skip(self.cursor.top).zip(0..inner.height) {
            let over = (number == self.cursor.at && view.focused).then(|| theme.style(Role::Selected));
            draw(file, row, theme, over, &mut Pen::new(buffer, inner, line));
        }
        widgets::scroll_note(buffer, area, theme, self.cursor.at, inner.height, rows.len());
    }
}

fn draw(file: &OpenFile, row: &Row, theme: &Theme, over: Option<Style>, pen: &mut Pen<'_>) {
    let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
    let (fate, fate_role) = row.fate.sign();
    let (sign, role, words) = row.standing(theme);
    pen.put(fate, style(fate_role))
        .put(sign, style(role))
        .put(" ", style(Role::Text));
    let person = file.person(&row.recipient);
    let label = file.name_of(&row.recipient);
    if label.is_none() {
        let kind = format!("{:<4} ", row.recipient.kind());
        pen.put(&kind, style(Role::Dim));
    }
    // Words are dropped where they would leave no room for who it is.
    let words = [words, words.rsplit(", ").next().unwrap_or_default()];
    let least = label.as_deref().map_or(9, |label| text::width(label).min(12));
    let fits = |words: &&str| text::width(words) + least + 2 <= pen.left();
    let words = words.into_iter().find(fits).unwrap_or_default();
    let kept = if words.is_empty() {
        1
    } else {
        text::width(words) + 2
    };
    let room = pen.left().saturating_sub(kept);
    let main = label
        .clone()
        .unwrap_or_else(|| short_name(&row.recipient, room, theme.glyphs.cut));
    let mine = if person.is_some_and(|person| person.me) {
        " (you)"
    } else {
        ""
    };
    let mine = if text::width(&main) + mine.len() <= room {
        mine
    } else {
        ""
    };
    let strength = if row.fate == Fate::Lacks {
        Role::Dim
    } else {
        Role::Text
    };
    pen.put_cut(&main, room - mine.len(), theme.glyphs.cut, style(strength))
        .put(mine, style(Role::Dim));
    let left = pen.left().saturating_sub(kept + 1);
    // A few digits tell nobody anything.
    if label.is_some() && left >= 12 {
        pen.put(" ", style(Role::Text)).put(
            &short_name(&row.recipient, left, theme.glyphs.cut),
            style(Role::Dim),
        );
    }
    let role = if row.fate == Fate::Lacks || fate == " " {
        role
    } else {
        fate_role
    };
    let gap = pen.left().saturating_sub(text::width(words) + 1);
    if over.is_some() || !words.is_empty() {
        pen.put(&" ".repeat(gap), style(Role::Text))
            .put(words, style(role));
    }
    if over.is_some() {
        let rest = " ".repeat(pen.left());
        pen.put(&rest, style(Role::Text));
    }
}
