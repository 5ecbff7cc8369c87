//! The resolver as a picture.

use super::{Resolver, columns};
use crate::ops::compare::What;
use crate::ops::resolve::{Choice, Facet, Which};
use crate::tui::overlays::pager::wrap;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A column that is narrower has no room to indent.
const NARROW: u16 = 20;

/// One line of the list.
enum Line {
    /// The path of a conflict, what happened, and what was chosen.
    Point(usize),
    /// What each side has of it.
    Sides(usize),
    /// A word above what follows.
    Heading(&'static str),
    /// A change that merged by itself.
    Settled(usize),
    /// Who came and who went.
    Recipients,
    Blank,
}

impl Resolver {
    fn list(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for number in 0..self.choices.len() {
            lines.extend([Line::Point(number), Line::Sides(number)]);
        }
        let settled = self.dispute.settled.len();
        if settled > 0 || !self.dispute.recipients.is_empty() {
            if !lines.is_empty() {
                lines.push(Line::Blank);
            }
            lines.push(Line::Heading("merged by itself"));
        }
        lines.extend((0..settled).map(Line::Settled));
        if !self.dispute.recipients.is_empty() {
            lines.push(Line::Recipients);
        }
        lines
    }

    /// The number of what can be selected on a line.
    fn number(&self, line: &Line) -> Option<usize> {
        match line {
            Line::Point(number) | Line::Sides(number) => Some(*number),
            Line::Settled(number) => Some(self.choices.len() + number),
            Line::Heading(_) | Line::Recipients | Line::Blank => None,
        }
    }

    /// Draws it.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let separator = theme.glyphs.separator;
        let count = match (self.open(), self.choices.len()) {
            (_, 0) => "no conflict is left".to_owned(),
            (0, _) => "every conflict is decided".to_owned(),
            (open, 1) => format!("{open} conflict open"),
            (open, all) => format!("{open} of {all} conflicts open"),
        };
        let title = format!("{count}{separator}{}", self.title);
        let inner = widgets::popup(buffer, area, theme, &title, area.width, area.height);
        if inner.height == 0 {
            return;
        }
        let detail = self.detail_height(inner);
        let list = Rect {
            y: inner.y + 1,
            height: inner.height.saturating_sub(1 + detail),
            ..inner
        };
        self.draw_labels(theme, buffer, inner);
        let lines = self.list();
        let selected = |line: &Line| self.number(line) == Some(self.cursor.at);
        let mut window = Cursor {
            at: lines.iter().rposition(selected).unwrap_or_default(),
            top: 0,
        };
        window.keep(usize::from(list.height), lines.len());
        for (line, row) in lines.iter().skip(window.top).zip(0..list.height) {
            let over = selected(line).then(|| theme.style(Role::Selected));
            let place = Rect {
                y: list.y + row,
                height: 1,
                ..list
            };
            self.draw_line(theme, buffer, place, line, over);
        }
        let below = Rect {
            y: list.y + list.height,
            height: inner.height.saturating_sub(1 + list.height),
            ..inner
        };
        self.draw_detail(theme, buffer, below);
    }

    /// Lines below the list: the revealed values, or a word on the selected conflict.
    fn detail_height(&self, inner: Rect) -> u16 {
        let room = inner.height.saturating_sub(1);
        if self.reveal.is_some() {
            (room / 2).max(2).min(room.saturating_sub(2))
        } else if self.dispute.notice.is_some() && room >= 9 {
            3
        } else if room >= 6 {
            2
        } else {
            0
        }
    }

    fn draw_labels(&self, theme: &Theme, buffer: &mut Buffer, inner: Rect) {
        for (which, place) in columns::places(inner) {
            let side = match which {
                Which::Base => "",
                Which::Ours => "ours ",
                Which::Theirs => "theirs ",
            };
            let mut pen = Pen::new(buffer, place, 0);
            pen.put(side, theme.style(Role::Dim));
            let room = pen.left();
            let label = text::escape(self.label(which));
            pen.put_cut(&label, room, theme.glyphs.cut, theme.style(Role::TitleFocused));
        }
    }

    fn draw_line(&self, theme: &Theme, buffer: &mut Buffer, place: Rect, line: &Line, over: Option<Style>) {
        let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
        if let Some(over) = over {
            let blank = " ".repeat(usize::from(place.width));
            Pen::new(buffer, place, 0).put(&blank, over);
        }
        match line {
            Line::Point(number) => self.draw_point(theme, &mut Pen::new(buffer, place, 0), *number, &style),
            Line::Sides(number) => {
                for (which, column) in columns::places(place) {
                    let chosen = self.takes(*number, which);
                    let mut pen = Pen::new(buffer, column, 0);
                    let mark = if chosen { theme.glyphs.ok } else { " " };
                    let indent = if column.width < NARROW { "" } else { "  " };
                    pen.put(indent, style(Role::Text))
                        .put(mark, style(Role::Ok))
                        .put(" ", style(Role::Text));
                    put_facet(theme, &mut pen, &self.dispute.facet(*number, which), &style);
                }
            }
            Line::Heading(words) => {
                Pen::new(buffer, place, 0).put(words, style(Role::OverlayTitle));
            }
            Line::Settled(number) => {
                let Some(change) = self.dispute.settled.get(*number) else {
                    return;
                };
                let (sign, role) = match change.what {
                    What::Added => ("+", Role::Added),
                    What::Removed => ("-", Role::Deleted),
                    What::Changed | What::Renamed => ("~", Role::Edited),
                    What::Moved => ("~", Role::Moved),
                };
                let mut pen = Pen::new(buffer, place, 0);
                pen.put(sign, style(role)).put(" ", style(Role::Text));
                let by = format!("  {}", text::escape(self.label(change.by)));
                let room = pen.left().saturating_sub(text::width(&by)).max(8);
                pen.put_cut(
                    &text::escape(&change.path),
                    room,
                    theme.glyphs.cut,
                    style(Role::Dim),
                );
                pen.put_right(&by, style(Role::Dim));
            }
            Line::Recipients => {
                let names = self.dispute.recipients.join(" ");
                let words = format!("recipients {}", text::escape(&names));
                let mut pen = Pen::new(buffer, place, 0);
                let room = pen.left();
                pen.put_cut(&words, room, theme.glyphs.cut, style(Role::Dim));
            }
            Line::Blank => {}
        }
    }

    fn draw_point(&self, theme: &Theme, pen: &mut Pen<'_>, number: usize, style: &dyn Fn(Role) -> Style) {
        let Some(point) = self.dispute.points.get(number) else {
            return;
        };
        let choice = self.choices.get(number).and_then(Option::as_ref);
        let (mark, role) = match choice {
            None => ("?", Role::Warning),
            Some(_) => (theme.glyphs.ok, Role::Ok),
        };
        pen.put(mark, style(role)).put(" ", style(Role::Text));
        let chosen = match choice {
            None => String::new(),
            Some(Choice::Ours) => "ours".to_owned(),
            Some(Choice::Theirs) => "theirs".to_owned(),
            Some(Choice::Both) => "both".to_owned(),
            Some(Choice::Own(leaf)) => match self.dispute.own_facet(number, leaf) {
                Facet::Masked(_, print) => format!("own {} {}", theme.glyphs.mask, short(&print)),
                _ => "own".to_owned(),
            },
        };
        let readable = choice.is_some_and(|choice| self.dispute.opens(number, choice));
        let warning = if readable { " becomes readable" } else { "" };
        let tail = text::width(&chosen) + text::width(warning) + 2;
        let room = pen.left().saturating_sub(tail);
        pen.put_cut(
            &text::escape(&point.place),
            room,
            theme.glyphs.cut,
            style(Role::Key),
        );
        let what = format!("  {}", point.what);
        if choice.is_none() && pen.left() > text::width(&what) {
            pen.put(&what, style(Role::Dim));
        }
        pen.put("  ", style(Role::Text));
        pen.put(&chosen, style(Role::Ok)).put(warning, style(Role::Error));
    }

    /// Whether a side is what was chosen.
    fn takes(&self, number: usize, which: Which) -> bool {
        let choice = self.choices.get(number).and_then(Option::as_ref);
        matches!(
            (choice, which),
            (Some(Choice::Ours | Choice::Both), Which::Ours)
                | (Some(Choice::Theirs | Choice::Both), Which::Theirs)
        )
    }

    fn draw_detail(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        if area.height == 0 {
            return;
        }
        let line = "─".repeat(usize::from(area.width));
        Pen::new(buffer, area, 0).put(&line, theme.style(Role::OverlayBorder));
        let rest = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        if let (Some(_), Some(number)) = (self.reveal, self.selected()) {
            self.draw_values(theme, buffer, rest, number);
            return;
        }
        let words = match (self.dispute.notice, self.selected()) {
            (Some(notice), _) => notice,
            (None, Some(_)) => "a fingerprint that stands twice is the same value twice",
            (None, None) => "one side changed this, the other did not",
        };
        let lines = wrap(words, usize::from(rest.width));
        for (line, row) in lines.iter().zip(0..rest.height) {
            Pen::new(buffer, rest, row).put(line, theme.style(Role::Dim));
        }
    }

    /// The values of the selected conflict, because somebody asked for them.
    fn draw_values(&self, theme: &Theme, buffer: &mut Buffer, area: Rect, number: usize) {
        for (which, place) in columns::places(area) {
            let Some(value) = self.dispute.reveal(number, which) else {
                Pen::new(buffer, place, 0).put("–", theme.style(Role::Dim));
                continue;
            };
            let width = usize::from(place.width);
            let mut row = 0;
            for line in value.split(|byte| *byte == b'\n') {
                let shown = text::escape_value(line, width.saturating_mul(usize::from(area.height)));
                let mut rest = shown.as_str();
                loop {
                    let head = text::prefix(rest, width);
                    Pen::new(buffer, place, row).put(head, theme.style(Role::Revealed));
                    rest = rest.get(head.len()..).unwrap_or_default();
                    row += 1;
                    if rest.is_empty() || head.is_empty() || row >= area.height {
                        break;
                    }
                }
                if row >= area.height {
                    break;
                }
            }
        }
    }
}

fn put_facet(theme: &Theme, pen: &mut Pen<'_>, facet: &Facet, style: &dyn Fn(Role) -> Style) {
    let cut = theme.glyphs.cut;
    match facet {
        Facet::Nothing => {
            pen.put(theme.glyphs.neutral, style(Role::Dim));
        }
        Facet::Masked(kind, print) => {
            pen.put(theme.glyphs.mask, style(Role::Mask))
                .put(" ", style(Role::Text))
                .put(&short(print), style(Role::Dim))
                .put(" ", style(Role::Text));
            let room = pen.left();
            pen.put_cut(kind, room, cut, style(Role::Type));
        }
        Facet::Words(words) => {
            let room = pen.left();
            pen.put_cut(&text::escape(words), room, cut, style(Role::Clear));
        }
    }
}

/// The first six digits of a fingerprint: enough to see what is the same.
fn short(print: &[u8; 32]) -> String {
    print.iter().take(3).map(|byte| format!("{byte:02x}")).collect()
}
