//! The picture of the review.

use super::row::{has_settings, parts};
use super::{Review, Row, State, TWO_COLUMNS, comparison};
use crate::ops::compare::{Comparison, Seen, ValueChange, What};
use crate::ops::counted::{counted, counted_as};
use crate::ops::merge::recipient_words;
use crate::ops::review::{Outcome, Reviewed};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::{Block, BorderType, Clear, Widget as _};

/// Most of a readable value that is shown, in cells.
const WIDEST: usize = 40;

/// Draws on one line; what is selected has another background.
struct Line<'p, 'b> {
    pen: Pen<'b>,
    theme: &'p Theme,
    over: Option<Style>,
}

impl Line<'_, '_> {
    fn put(&mut self, text: &str, role: Role) -> &mut Self {
        let style = self.theme.style(role);
        let style = self.over.map_or(style, |over| style.patch(over));
        let room = self.pen.left();
        self.pen.put_cut(text, room, self.theme.glyphs.cut, style);
        self
    }

    fn end(&mut self) {
        if let Some(over) = self.over {
            let rest = " ".repeat(self.pen.left());
            self.pen.put(&rest, over);
        }
    }
}

impl Review {
    /// The places of the list of files, where there is room for one, and of the rows.
    fn places(area: Rect) -> (Option<Rect>, Rect) {
        if area.width < TWO_COLUMNS {
            return (None, area);
        }
        let width = (area.width / 4).clamp(24, 44);
        let files = Rect { width, ..area };
        let rows = Rect {
            x: area.x + width,
            width: area.width - width,
            ..area
        };
        (Some(files), rows)
    }

    /// The row at a place of the screen.
    #[must_use]
    pub fn row_at(&self, at: Position, area: Rect) -> Option<usize> {
        let (_, place) = Self::places(area);
        let inside = place.inner(ratatui::layout::Margin::new(1, 1));
        let row = self.cursor.top + usize::from(at.y.saturating_sub(inside.y));
        (inside.contains(at) && row < self.rows().len()).then_some(row)
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        Clear.render(area, buffer);
        let (files, place) = Self::places(area);
        if let Some(files) = files {
            self.view_files(theme, buffer, files);
        }
        let title = format!("Review{}{}", theme.glyphs.separator, self.what());
        let inner = frame(theme, buffer, place, &title, Role::OverlayBorder);
        self.view_counts(theme, buffer, place, &title);
        if self.rows().is_empty() {
            let words = match &self.state {
                State::Reading => "reading…".to_owned(),
                State::Here => "nothing differs here; D shows the next two sides".to_owned(),
                State::Failed(reason) => text::escape(reason),
            };
            for (line, row) in super::super::pager::wrap(&words, usize::from(inner.width).saturating_sub(2))
                .iter()
                .zip(0..inner.height)
            {
                Pen::new(buffer, inner, row).put(&format!(" {line}"), theme.style(Role::Dim));
            }
            return;
        }
        let rows = self.rows().iter().enumerate().skip(self.cursor.top);
        for ((number, row), line) in rows.zip(0..inner.height) {
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let mut line = Line {
                pen: Pen::new(buffer, inner, line),
                theme,
                over,
            };
            self.view_row(&mut line, *row);
            line.end();
        }
        widgets::scroll_note(
            buffer,
            place,
            theme,
            self.cursor.at,
            inner.height,
            self.rows().len(),
        );
    }

    /// What is compared, for people.
    fn what(&self) -> String {
        let [old, new] = &self.names;
        match (old.is_empty(), &self.state) {
            (true, _) => String::new(),
            (false, _) => format!("{} → {}", text::escape(old), text::escape(new)),
        }
    }

    /// How much there is, at the upper right; what becomes readable stands out.
    fn view_counts(&self, theme: &Theme, buffer: &mut Buffer, place: Rect, title: &str) {
        let (files, changes, readable) = self.counts();
        let counts = format!(" {}, {} ", counted(files, "file"), counted(changes, "change"));
        let warning = match readable {
            0 => String::new(),
            count => format!("! {} ", counted_as(count, "becomes readable", "become readable")),
        };
        let wide =
            text::width(title) + 8 + text::width(&counts) + text::width(&warning) < usize::from(place.width);
        let counts = if wide { counts } else { String::new() };
        let width = u16::try_from(text::width(&counts) + text::width(&warning)).unwrap_or(u16::MAX);
        let Some(x) = place
            .right()
            .checked_sub(width.saturating_add(2))
            .filter(|x| *x > place.x + 2)
        else {
            return;
        };
        if files > 0 {
            let (x, _) = buffer.set_stringn(x, place.y, &counts, usize::from(width), theme.style(Role::Dim));
            buffer.set_stringn(x, place.y, &warning, usize::from(width), theme.style(Role::Error));
        }
    }

    fn view_files(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let inner = frame(theme, buffer, area, "Files", Role::Border);
        let current = self.selected().map(Row::file).unwrap_or_default();
        let height = usize::from(inner.height);
        let top = (current + 1).saturating_sub(height);
        for ((place, file), line) in self.files.iter().enumerate().skip(top).zip(0..inner.height) {
            let over = (place == current).then(|| theme.style(Role::SelectedUnfocused));
            let mut line = Line {
                pen: Pen::new(buffer, inner, line),
                theme,
                over,
            };
            let (sign, role) = sign_of_file(file);
            let counts = counts(file);
            let room = line.pen.left().saturating_sub(text::width(&counts) + 4);
            let path = text::escape(&file.path);
            line.put(&format!(" {sign} "), role);
            let shown = text::suffix(&path, room, theme.glyphs.cut);
            line.put(&shown, Role::Text);
            let gap = line.pen.left().saturating_sub(text::width(&counts));
            line.put(&" ".repeat(gap), Role::Text).put(&counts, Role::Dim);
            line.end();
        }
    }

    fn view_row(&self, line: &mut Line<'_, '_>, row: Row) {
        let Some(file) = self.files.get(row.file()) else {
            return;
        };
        match row {
            Row::File(_) => view_file(line, file),
            Row::Note(_) => view_note(line, file),
            Row::Line(_, number) => {
                if let Outcome::Rules(lines) = &file.outcome
                    && let Some(found) = lines.get(number)
                {
                    line.put(
                        &format!("    {} {}", found.sign, text::escape(&found.text)),
                        role_of_sign(found.sign),
                    );
                }
            }
            Row::Settings(_) => {
                if let Some(comparison) = comparison(file) {
                    let separator = line.theme.glyphs.separator;
                    line.put("   ~ ", Role::Edited)
                        .put(&settings(comparison, separator), Role::Warning);
                }
            }
            Row::Reencrypted(_) => {
                let count = comparison(file).map_or(0, |comparison| comparison.reencrypted);
                let words = counted_as(
                    count,
                    "value is the same under another ciphertext",
                    "values are the same under other ciphertexts",
                );
                line.put("   ~ ", Role::Moved).put(&words, Role::Dim);
            }
            Row::Change(place, number) => {
                if let Some(change) = comparison(file).and_then(|comparison| comparison.values.get(number)) {
                    let revealed = self
                        .shown()
                        .is_some_and(|shown| (shown.file, shown.number) == (place, number));
                    view_change(line, change, revealed);
                }
            }
            Row::Part(_, _, part) => {
                let Some(shown) = self.shown() else { return };
                if let Some((sign, bytes)) = parts(shown).get(part) {
                    let room = line.pen.left();
                    line.put(&format!("     {sign} "), role_of_sign(*sign));
                    let value = text::escape_value(bytes, room);
                    line.put(&value, Role::Revealed);
                }
            }
        }
    }
}

fn frame(theme: &Theme, buffer: &mut Buffer, area: Rect, title: &str, border: Role) -> Rect {
    let room = usize::from(area.width).saturating_sub(4);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(border))
        .title(Span::styled(
            format!(" {} ", text::prefix(title, room)),
            theme.style(Role::OverlayTitle),
        ));
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

const fn role_of_sign(sign: char) -> Role {
    match sign {
        '+' => Role::Added,
        '-' => Role::Deleted,
        _ => Role::Dim,
    }
}

const fn sign_of_file(file: &Reviewed) -> (char, Role) {
    match (&file.outcome, &file.sides) {
        (Outcome::Exposed, _) => ('!', Role::Error),
        (Outcome::Unreadable(_), _) => ('!', Role::Warning),
        (_, (None, Some(_))) => ('+', Role::Added),
        (_, (Some(_), None)) => ('-', Role::Deleted),
        _ => ('~', Role::Edited),
    }
}

/// How many values came, went and changed.
fn counts(file: &Reviewed) -> String {
    let Some(comparison) = comparison(file) else {
        return String::new();
    };
    let count = |is: &dyn Fn(What) -> bool| comparison.values.iter().filter(|change| is(change.what)).count();
    let added = count(&|what| what == What::Added);
    let removed = count(&|what| what == What::Removed);
    let others = comparison.values.len() - added - removed + usize::from(has_settings(comparison));
    [('+', added), ('-', removed), ('~', others)]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(sign, count)| format!("{sign}{count} "))
        .collect()
}

fn view_file(line: &mut Line<'_, '_>, file: &Reviewed) {
    let (sign, role) = sign_of_file(file);
    line.put(&format!(" {sign} "), role)
        .put(&text::escape(&file.path), Role::Branch);
    if let Some(old) = &file.old_path {
        line.put(&format!("  was {}", text::escape(old)), Role::Moved);
    }
    let word = match (&file.outcome, file.untracked, &file.sides) {
        (Outcome::Exposed, ..) => "",
        (_, true, _) => "  new to git",
        (_, _, (None, Some(_))) => "  new",
        (_, _, (Some(_), None)) => "  deleted",
        (Outcome::Rules(_), ..) => "  rules",
        _ => "",
    };
    line.put(word, Role::Dim);
}

fn view_note(line: &mut Line<'_, '_>, file: &Reviewed) {
    let (words, role) = match &file.outcome {
        Outcome::Exposed => (
            "not encrypted any more: everybody can read every value".to_owned(),
            Role::Error,
        ),
        Outcome::Sealed => (
            "encrypted from now on; its history is readable".to_owned(),
            Role::Warning,
        ),
        Outcome::Unreadable(reason) => (text::escape(reason), Role::Warning),
        Outcome::Compared { comparison, .. } if comparison.doubt().is_some() => {
            (comparison.doubt().unwrap_or_default().to_owned(), Role::Error)
        }
        _ => (
            "no key here opens it: compared by structure; whole files can be staged".to_owned(),
            Role::Warning,
        ),
    };
    line.put("     ", Role::Text).put(&words, role);
}

/// Recipients, groups, rule and data key in one line.
fn settings(comparison: &Comparison, separator: &str) -> String {
    let mut words = Vec::new();
    if !comparison.recipients.is_empty() {
        words.push(format!(
            "recipients {}",
            recipient_words(&comparison.recipients).join(" ")
        ));
    }
    if let Some((old, new)) = &comparison.threshold {
        words.push(format!("needed {old} → {new}"));
    }
    if let Some((old, new)) = &comparison.rule {
        words.push(format!("rule {old} → {new}"));
    }
    if comparison.rotated == Some(true) {
        words.push("data key rotated".to_owned());
    }
    let together = if words.len() > 1 { " (go together)" } else { "" };
    text::escape(&format!("{}{together}", words.join(separator)))
}

fn view_change(line: &mut Line<'_, '_>, change: &ValueChange, revealed: bool) {
    let (sign, role) = match change.what {
        What::Added => ("+", Role::Added),
        What::Removed => ("-", Role::Deleted),
        What::Changed => ("~", Role::Edited),
        What::Renamed => ("→", Role::Moved),
        What::Moved => ("↕", Role::Moved),
    };
    let exposed = change.becomes_readable();
    line.put(&format!("   {sign} "), role);
    if let (Some(old), What::Renamed) = (&change.old_path, change.what) {
        line.put(&format!("{} → ", text::escape(old)), Role::Dim);
    }
    line.put(
        &text::escape(&change.path),
        if exposed { Role::Error } else { Role::Key },
    );
    if exposed {
        line.put("  ! becomes readable", Role::Error);
    }
    line.put("  ", Role::Text);
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if change.what == What::Changed => {
            line.put(&format!("{} ", old.type_name), Role::Type);
            view_side(line, old, revealed);
            line.put(" → ", Role::Dim);
            if new.type_name != old.type_name {
                line.put(&format!("{} ", new.type_name), Role::Type);
            }
            view_side(line, new, revealed);
            if old.print.is_some() && old.print == new.print {
                line.put("  same as before", Role::Info);
            }
        }
        (_, Some(one)) | (Some(one), None) => {
            line.put(&format!("{} ", one.type_name), Role::Type);
            view_side(line, one, revealed);
        }
        (None, None) => {}
    }
    if let Some(place) = &change.same_as {
        line.put(&format!("  same as {}", text::escape(place)), Role::Info);
    }
}

/// A value: itself where everybody can read it, else the mask and its fingerprint.
fn view_side(line: &mut Line<'_, '_>, seen: &Seen, revealed: bool) {
    match (&seen.shown, &seen.print) {
        (Some(value), _) => {
            let value = text::escape_value(value.as_bytes(), WIDEST);
            let shown = text::prefix(&value, WIDEST);
            let more = if shown.len() < value.len() {
                line.theme.glyphs.cut
            } else {
                ""
            };
            line.put(shown, Role::Clear).put(more, Role::Clear);
        }
        (None, Some(print)) => {
            let digits: String = print.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
            let mask = if revealed { "below" } else { line.theme.glyphs.mask };
            line.put(mask, Role::Mask).put(&format!(" {digits}"), Role::Dim);
        }
        (None, None) => {
            line.put(line.theme.glyphs.mask, Role::Mask)
                .put(" locked", Role::Dim);
        }
    }
}
