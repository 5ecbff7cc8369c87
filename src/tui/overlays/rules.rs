//! A `.sops.yaml` to be looked at: each line with its number, and below it what is wrong there.

use super::pager::Pager;
use crate::ops::counted::counted;
use crate::ops::rules_text::RulesText;
use crate::policy::lint::{Finding, Severity};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A row: a line of the text, or a finding about the line above it; by their numbers from 0.
#[derive(Clone, Copy)]
enum Row {
    Line(usize),
    Finding(usize),
}

/// State of the view.
pub struct Rules {
    text: RulesText,
    rows: Vec<Row>,
    /// The selected row.
    pub cursor: Cursor,
}

impl Rules {
    /// Begins at the first finding.
    #[must_use]
    pub fn new(text: RulesText) -> Self {
        let mut rows = Vec::new();
        let mut findings = text.findings.iter().enumerate().peekable();
        for number in 0..text.lines.len() {
            rows.push(Row::Line(number));
            while let Some((at, _)) = findings.next_if(|(_, finding)| finding.line <= number + 1) {
                rows.push(Row::Finding(at));
            }
        }
        rows.extend(findings.map(|(at, _)| Row::Finding(at)));
        let first = rows.iter().position(|row| matches!(row, Row::Finding(_)));
        let cursor = Cursor {
            at: first.unwrap_or_default(),
            top: 0,
        };
        Self { text, rows, cursor }
    }

    /// What is shown.
    #[must_use]
    pub const fn text(&self) -> &RulesText {
        &self.text
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The selected finding.
    #[must_use]
    pub fn finding(&self) -> Option<&Finding> {
        match self.rows.get(self.cursor.at)? {
            Row::Finding(at) => self.text.findings.get(*at),
            Row::Line(_) => None,
        }
    }

    /// The selected finding with its advice.
    #[must_use]
    pub fn advice(&self) -> Option<Pager> {
        let finding = self.finding()?;
        let place = format!("{}, line {}", self.text.name, finding.line);
        let title = format!("{}: {}", finding.severity.name(), finding.code);
        Some(Pager::message(
            &title,
            [place, finding.text.clone(), format!("→ {}", finding.advice)],
        ))
    }

    fn size(&self, area: Rect) -> (u16, u16) {
        let height = u16::try_from(self.rows.len().max(1)).unwrap_or(u16::MAX);
        let width = area.width.saturating_sub(6).min(100);
        (width, height.min(area.height.saturating_sub(2)))
    }

    /// How many rows are on screen.
    #[must_use]
    pub fn page(&self, area: Rect) -> usize {
        usize::from(self.size(area).1).max(1)
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let (width, height) = self.size(area);
        let count = self.text.findings.len();
        let found = match count {
            0 => "nothing is wrong".to_owned(),
            count => counted(count, "finding"),
        };
        let title = format!("{}: {found}", text::escape(&self.text.name));
        let inner = widgets::popup(buffer, area, theme, &title, width, height);
        let mut cursor = self.cursor;
        cursor.keep(usize::from(inner.height), self.rows.len());
        let shown = self.rows.iter().enumerate().skip(cursor.top);
        for ((number, row), line) in shown.zip(0..inner.height) {
            let over = (number == cursor.at).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let mut pen = Pen::new(buffer, inner, line);
            match row {
                Row::Line(at) => {
                    pen.put(&format!("{:>4} ", at + 1), style(Role::Dim));
                    let words = self.text.lines.get(*at).map(|line| text::escape(line));
                    let room = pen.left();
                    pen.put_cut(
                        &words.unwrap_or_default(),
                        room,
                        theme.glyphs.cut,
                        style(Role::Text),
                    );
                }
                Row::Finding(at) => {
                    let Some(finding) = self.text.findings.get(*at) else {
                        continue;
                    };
                    let role = match finding.severity {
                        Severity::Error => Role::Error,
                        Severity::Warning => Role::Warning,
                        Severity::Note => Role::Info,
                    };
                    let words = format!("   ! {}: {}", finding.code, text::escape(&finding.text));
                    let room = pen.left();
                    pen.put_cut(&words, room, theme.glyphs.cut, style(role));
                }
            }
            let rest = " ".repeat(pen.left());
            pen.put(&rest, style(Role::Text));
        }
    }
}
