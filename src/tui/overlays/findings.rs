//! What a check found: a line each, and what to do about the selected one.

use crate::ops::check::{Finding, Report};
use crate::ops::counted::counted;
use crate::policy::lint::Severity;
use crate::tui::overlays::pager::wrap;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines for the selected finding in full.
const ABOUT: u16 = 4;

/// The list.
pub struct Findings {
    /// What was found.
    pub findings: Vec<Finding>,
    /// The selected one.
    pub cursor: Cursor,
    title: String,
}

impl Findings {
    /// What a check of files told; at least one finding.
    #[must_use]
    pub fn new(report: Report) -> Self {
        let findings = counted(report.findings.len(), "finding");
        Self {
            title: format!("{findings} in {}", counted(report.files, "file")),
            findings: report.findings,
            cursor: Cursor::default(),
        }
    }

    /// The selected one.
    #[must_use]
    pub fn chosen(&self) -> Option<&Finding> {
        self.findings.get(self.cursor.at)
    }

    /// How many lines of the list are on screen.
    #[must_use]
    pub fn page(&self, area: Rect) -> usize {
        usize::from(area.height.saturating_sub(2 + ABOUT).max(1)).min(self.findings.len().max(1))
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let page = u16::try_from(self.page(area)).unwrap_or(u16::MAX);
        let width = area.width.saturating_sub(4).min(100);
        let height = page.saturating_add(ABOUT);
        let inner = widgets::popup(buffer, area, theme, &self.title, width, height);
        let shown = self.findings.iter().enumerate().skip(self.cursor.top);
        for ((number, finding), row) in shown.zip(0..page.min(inner.height)) {
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let (sign, role) = sign(finding.severity);
            let mut pen = Pen::new(buffer, inner, row);
            pen.put(sign, style(role)).put(" ", style(Role::Text));
            let at = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
            let place = format!("{}{at} ", text::escape(&finding.name));
            let room = pen.left() / 2;
            pen.put(
                text::suffix(&place, room, theme.glyphs.cut).as_ref(),
                style(Role::Key),
            );
            let room = pen.left();
            let words = text::escape(&finding.text);
            pen.put_cut(&words, room, theme.glyphs.cut, style(Role::Text));
            let rest = " ".repeat(pen.left());
            pen.put(&rest, style(Role::Text));
        }
        let Some(finding) = self.chosen() else { return };
        let words = text::escape(&format!("{} [{}]", finding.text, finding.code));
        let mut lines: Vec<(String, Role)> = Vec::new();
        let columns = usize::from(inner.width);
        lines.extend(wrap(&words, columns).into_iter().map(|line| (line, Role::Text)));
        let advice = format!("→ {}", text::escape(&finding.advice));
        lines.extend(wrap(&advice, columns).into_iter().map(|line| (line, Role::Info)));
        let first = page.saturating_add(ABOUT.saturating_sub(u16::try_from(lines.len()).unwrap_or(ABOUT)));
        for ((line, role), row) in lines.iter().zip(first.max(page)..inner.height) {
            Pen::new(buffer, inner, row).put(line, theme.style(*role));
        }
    }
}

/// How bad it is, by sign and colour.
const fn sign(severity: Severity) -> (&'static str, Role) {
    match severity {
        Severity::Error => ("!", Role::Error),
        Severity::Warning => ("~", Role::Warning),
        Severity::Note => ("i", Role::Info),
    }
}
