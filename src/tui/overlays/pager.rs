//! Text to read: help, messages, keys that were tried.

mod about;
mod find;

use crate::failure::Failure;
use crate::keys::Outcome;
use crate::ops::doctor::{self, GroupCount};
use crate::ops::open::{Access, Document};
use crate::tui::action::Context;
use crate::tui::keymap::Keymap;
use crate::tui::model::Status;
use crate::tui::panes::recipients;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use crate::tui::worker::TaskId;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// One line: parts with their roles.
pub type Line = Vec<(String, Role)>;

/// The text and the place in it.
pub struct Pager {
    title: String,
    lines: Vec<Line>,
    /// The first line on screen.
    pub top: usize,
    /// The line that a task is to replace, and that task.
    awaited: Option<(usize, TaskId)>,
    /// What is looked for in it.
    find: Option<find::Find>,
}

/// What became of one key, in lines.
#[must_use]
pub fn told_of(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Opened { by } => vec![format!("opened the file by {by}")],
        Outcome::Failed { reasons, next } => {
            let reasons = reasons.iter().map(|reason| format!("  {reason}"));
            let next = next.iter().map(|next| format!("→ {next}"));
            ["tried, and failed:".to_owned()]
                .into_iter()
                .chain(reasons)
                .chain(next)
                .collect()
        }
        Outcome::NotTried => vec!["not tried: it was not needed".to_owned()],
    }
}

/// Breaks a line between words so that it fits.
#[must_use]
pub fn wrap(line: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let mut rest = word;
        loop {
            let current = lines.last().map_or(0, |line| text::width(line));
            let gap = usize::from(current > 0);
            let fits = current + gap + text::width(rest) <= columns;
            if fits || current == 0 {
                let head = if fits { rest } else { text::prefix(rest, columns) };
                if let Some(last) = lines.last_mut() {
                    if gap > 0 {
                        last.push(' ');
                    }
                    last.push_str(head);
                }
                rest = rest.get(head.len()..).unwrap_or_default();
                if rest.is_empty() || head.is_empty() {
                    break;
                }
            }
            lines.push(String::new());
        }
    }
    lines
}

impl Pager {
    /// A failure with its hints.
    #[must_use]
    pub fn failure(title: &str, failure: &Failure) -> Self {
        let mut pager = Self::empty(title);
        pager.push_failure(failure);
        pager
    }

    /// Plain lines.
    #[must_use]
    pub fn message(title: &str, lines: impl IntoIterator<Item = String>) -> Self {
        let mut pager = Self::empty(title);
        pager.lines.extend(
            lines
                .into_iter()
                .map(|line| vec![(text::escape(&line), Role::Text)]),
        );
        pager
    }

    /// Lines of parts with their roles, escaped.
    #[must_use]
    pub fn parts(title: &str, lines: Vec<Line>) -> Self {
        Self {
            lines,
            ..Self::empty(title)
        }
    }

    /// The same, with one more line that stands for what a task will tell.
    #[must_use]
    pub fn awaiting(mut self, task: TaskId, meanwhile: &str) -> Self {
        self.awaited = Some((self.lines.len(), task));
        self.lines.push(vec![(text::escape(meanwhile), Role::Dim)]);
        self
    }

    /// The task that is waited for.
    #[must_use]
    pub fn awaited(&self) -> Option<TaskId> {
        self.awaited.map(|(_, task)| task)
    }

    /// Takes in what the task told.
    pub fn answer(&mut self, words: &str) {
        let line = self.awaited.take().and_then(|(at, _)| self.lines.get_mut(at));
        if let Some(line) = line {
            *line = vec![(text::escape(words), Role::Text)];
        }
    }

    /// What was told, the last first.
    #[must_use]
    pub fn told(told: &[Status]) -> Self {
        let mut pager = Self::empty("Messages");
        let lines = told.iter().rev();
        pager
            .lines
            .extend(lines.map(|status| vec![(status.text.clone(), status.role)]));
        if told.is_empty() {
            pager
                .lines
                .push(vec![("nothing was told yet".to_owned(), Role::Dim)]);
        }
        pager
    }

    /// The keys of the contexts where keys are looked up now.
    #[must_use]
    pub fn help(keymap: &Keymap, contexts: &[Context]) -> Self {
        let mut pager = Self::empty("Help");
        for context in contexts.iter().copied() {
            if !pager.lines.is_empty() {
                pager.lines.push(Vec::new());
            }
            pager
                .lines
                .push(vec![(context.title().to_owned(), Role::OverlayTitle)]);
            for entry in super::super::action::ENTRIES {
                let keys = keymap.keys_of(entry.action, &[context]);
                if !keys.is_empty() {
                    let keys = format!("  {:<15} ", keys.join(", "));
                    pager
                        .lines
                        .push(vec![(keys, Role::BarKey), (entry.doc.to_owned(), Role::Text)]);
                }
            }
        }
        pager
    }

    /// Which keys were tried, and what became of each.
    #[must_use]
    pub fn attempts(document: &Document) -> Self {
        let (title, failure) = match &document.access {
            Access::Open(_) => ("Keys", None),
            Access::ReadOnly(failure) => ("Read-only", Some(failure)),
            Access::Locked(failure) => ("Locked", Some(failure)),
        };
        let mut pager = Self::empty(title);
        if let Some(failure) = failure {
            pager.push_failure(failure);
        }
        let groups = GroupCount::of(&document.metadata, &document.attempts);
        if let Some(words) = groups.words() {
            pager.lines.push(vec![(words, Role::Text)]);
        }
        let people = document.people.iter().map(Some).chain(std::iter::repeat(None));
        for (attempt, person) in document.attempts.iter().zip(people) {
            if !pager.lines.is_empty() {
                pager.lines.push(Vec::new());
            }
            let word = doctor::word(&attempt.outcome);
            let role = match &attempt.outcome {
                Outcome::Opened { .. } => Role::Ok,
                Outcome::Failed { .. } => Role::Error,
                Outcome::NotTried => Role::Dim,
            };
            let group = if groups.all > 1 {
                format!(" · group {}", attempt.group)
            } else {
                String::new()
            };
            pager.lines.push(vec![
                (format!("{word:<9} "), role),
                (format!("{} ", attempt.recipient.kind()), Role::Dim),
                (recipients::name(&attempt.recipient), Role::Text),
                (group, Role::Dim),
            ]);
            if let Some(person) = person {
                let mine = if person.me { " (you)" } else { "" };
                let name = person.name.as_deref().unwrap_or_default();
                let whose = format!("{name}{mine}");
                if !whose.is_empty() {
                    pager.indent(whose.trim_start(), Role::Dim);
                }
            }
            match &attempt.outcome {
                Outcome::Opened { by } => pager.indent(&format!("by {by}"), Role::Dim),
                Outcome::Failed { reasons, next } => {
                    for reason in reasons {
                        pager.indent(reason, Role::Text);
                    }
                    if let Some(next) = next {
                        pager.indent(&format!("→ {next}"), Role::Info);
                    }
                }
                Outcome::NotTried => {}
            }
        }
        pager
    }

    fn empty(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            lines: Vec::new(),
            top: 0,
            awaited: None,
            find: None,
        }
    }

    fn indent(&mut self, line: &str, role: Role) {
        self.lines
            .push(vec![(format!("          {}", text::escape(line)), role)]);
    }

    fn push_failure(&mut self, failure: &Failure) {
        for line in failure.message.lines() {
            self.lines.push(vec![(text::escape(line), Role::Text)]);
        }
        for hint in &failure.hints {
            self.lines.push(vec![
                ("→ ".to_owned(), Role::Info),
                (text::escape(hint), Role::Info),
            ]);
        }
    }

    /// The lines as wide as an area lets them be, each with the number of the line that it is of.
    fn wrapped(&self, columns: usize) -> Vec<(usize, Line)> {
        let mut all = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let whole: usize = line.iter().map(|(part, _)| text::width(part)).sum();
            match line.split_last() {
                Some(((last, role), head)) if whole > columns => {
                    let indent: usize = head.iter().map(|(part, _)| text::width(part)).sum();
                    let blank = last.len() - last.trim_start().len();
                    let room = columns.saturating_sub(indent + blank).max(8);
                    for (number, part) in wrap(last.trim_start(), room).into_iter().enumerate() {
                        let mut new = if number == 0 {
                            head.to_vec()
                        } else {
                            vec![(" ".repeat(indent), Role::Text)]
                        };
                        new.push((format!("{}{part}", " ".repeat(blank)), *role));
                        all.push((at, new));
                    }
                }
                _ => all.push((at, line.clone())),
            }
        }
        all
    }

    fn size(&self, area: Rect) -> (u16, u16, Vec<(usize, Line)>) {
        let widest = self
            .lines
            .iter()
            .map(|line| line.iter().map(|(part, _)| text::width(part)).sum::<usize>())
            .max()
            .unwrap_or_default();
        let width = u16::try_from(widest.clamp(24, 88))
            .unwrap_or(88)
            .min(area.width.saturating_sub(4));
        let lines = self.wrapped(usize::from(width));
        let height = u16::try_from(lines.len())
            .unwrap_or(u16::MAX)
            .min(area.height.saturating_sub(2));
        (width, height, lines)
    }

    /// Moves by lines, as far as there is something to see.
    pub fn scroll(&mut self, by: isize, area: Rect) {
        let (_, height, lines) = self.size(area);
        self.top = self
            .top
            .saturating_add_signed(by)
            .min(lines.len().saturating_sub(usize::from(height)));
    }

    /// How many lines are on screen.
    #[must_use]
    pub fn page(&self, area: Rect) -> usize {
        usize::from(self.size(area).1)
    }

    /// Whether a place of the screen is inside it.
    #[must_use]
    pub fn covers(&self, at: Position, area: Rect) -> bool {
        let (width, height, _) = self.size(area);
        widgets::popup_place(area, width, height).0.contains(at)
    }

    /// Draws it; where the terminal cursor belongs, if it has one.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Option<Position> {
        let (width, height, lines) = self.size(area);
        let inner = widgets::popup(buffer, area, theme, &self.title, width, height);
        let window = Cursor { at: 0, top: self.top };
        for ((number, line), row) in lines.iter().skip(window.top).zip(0..inner.height) {
            let mut pen = Pen::new(buffer, inner, row);
            for (part, role) in line {
                let room = pen.left();
                pen.put_cut(part, room, theme.glyphs.cut, theme.style(*role));
            }
            let place = Rect {
                y: inner.y + row,
                height: 1,
                ..inner
            };
            self.highlight(*number, theme, buffer, place);
        }
        let frame = Rect {
            x: inner.x.saturating_sub(2),
            y: inner.y.saturating_sub(1),
            width: inner.width + 4,
            height: inner.height + 2,
        };
        let bottom = (self.top + usize::from(inner.height)).min(lines.len());
        let last = bottom.saturating_sub(1);
        widgets::scroll_note(
            buffer,
            frame.intersection(area),
            theme,
            last,
            inner.height,
            lines.len(),
        );
        self.view_find(theme, buffer, inner)
    }
}
