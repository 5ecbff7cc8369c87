//! A question of a key service: a passphrase, a text, or one of two answers.

use super::super::asker::{Answer, Inquiry, Wanted};
use crate::tree::Secret;
use crate::tui::action::Context;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Pen, SecretInput};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The question and what is typed.
pub struct Prompt {
    inquiry: Inquiry,
    /// What is typed, where text is wanted.
    pub input: SecretInput,
    /// Whether Yes is highlighted; No is safe.
    yes: bool,
}

impl Prompt {
    /// Nothing is typed yet.
    #[must_use]
    pub fn new(inquiry: Inquiry) -> Self {
        let alone = matches!(&inquiry.wanted, Wanted::Choice { no: None, .. });
        Self {
            input: SecretInput::new("", inquiry.wanted != Wanted::Secret),
            yes: alone,
            inquiry,
        }
    }

    /// Its context in the keymap.
    #[must_use]
    pub const fn context(&self) -> Context {
        match self.inquiry.wanted {
            Wanted::Choice { .. } => Context::Dialog,
            Wanted::Secret | Wanted::Text => Context::Field,
        }
    }

    /// Whether text is typed.
    #[must_use]
    pub const fn takes_text(&self) -> bool {
        matches!(self.inquiry.wanted, Wanted::Secret | Wanted::Text)
    }

    /// Whether what is typed is a passphrase or PIN.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.inquiry.wanted == Wanted::Secret
    }

    /// Highlights the other answer.
    pub fn step(&mut self) {
        if let Wanted::Choice { no: Some(_), .. } = self.inquiry.wanted {
            self.yes = !self.yes;
        }
    }

    /// Enter, or `y`.
    pub fn accept(self, yes: bool) {
        let answer = match self.inquiry.wanted {
            Wanted::Secret => Answer::Secret(Secret::from(self.input.text())),
            Wanted::Text => Answer::Text(self.input.text().to_owned()),
            Wanted::Choice { .. } => Answer::Choice(yes || self.yes),
        };
        self.inquiry.answer(answer);
    }

    /// The question as it is wrapped, and the size it needs.
    fn shape(&self, area: Rect) -> (Vec<String>, u16, u16) {
        let asked = text::escape(&self.inquiry.text);
        let width = u16::try_from(text::width(&asked))
            .unwrap_or(u16::MAX)
            .clamp(30, 76);
        let room = usize::from(width.min(area.width.saturating_sub(4)));
        let lines = super::pager::wrap(&asked, room);
        let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
        (lines, width, height)
    }

    /// Highlights the button at a place of the screen; whether there is one.
    pub fn press(&mut self, at: Position, area: Rect) -> bool {
        let Wanted::Choice { yes, no } = &self.inquiry.wanted else {
            return false;
        };
        let (_, width, height) = self.shape(area);
        let inner = widgets::popup_place(area, width, height).1;
        if at.y + 1 != inner.bottom() || !inner.contains(at) {
            return false;
        }
        let column = usize::from(at.x - inner.x);
        let first = text::width(&text::escape(yes)) + 4;
        let second = no.as_deref().map(|no| text::width(&text::escape(no)) + 4);
        if column < first {
            self.yes = true;
        } else if second.is_some_and(|second| (first + 1..first + 1 + second).contains(&column)) {
            self.yes = false;
        } else {
            return false;
        }
        true
    }

    /// Draws it; where the terminal cursor belongs, if it has one.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Option<Position> {
        let (lines, width, height) = self.shape(area);
        let title = match self.inquiry.wanted {
            Wanted::Choice { .. } => "A key asks",
            Wanted::Secret | Wanted::Text => "A key is locked",
        };
        let inner = widgets::popup(buffer, area, theme, title, width, height);
        let last = inner.height.saturating_sub(2);
        for (line, row) in lines.iter().zip(0..last) {
            Pen::new(buffer, inner, row).put(line, theme.style(Role::Text));
        }
        if let Wanted::Choice { yes, no } = &self.inquiry.wanted {
            self.view_buttons(yes, no.as_deref(), theme, &mut Pen::new(buffer, inner, last + 1));
            return None;
        }
        let wrong = match self.inquiry.attempt {
            0 => String::new(),
            1 => "wrong, try again".to_owned(),
            times => format!("wrong {times} times, try again"),
        };
        Pen::new(buffer, inner, last + 1).put(&wrong, theme.style(Role::Error));
        let line = Rect {
            y: inner.y + last.min(inner.height.saturating_sub(1)),
            height: inner.height.min(1),
            ..inner
        };
        Some(self.input.view(buffer, line, theme))
    }

    fn view_buttons(&self, yes: &str, no: Option<&str>, theme: &Theme, pen: &mut Pen<'_>) {
        for (name, selected) in [(Some(yes), self.yes), (no, !self.yes)] {
            let Some(name) = name else { continue };
            let role = if selected {
                Role::ButtonSelected
            } else {
                Role::Button
            };
            pen.put(&format!("[ {} ]", text::escape(name)), theme.style(role));
            pen.put(" ", theme.style(Role::Text));
        }
    }
}
