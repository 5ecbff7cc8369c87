//! The command palette: every action by name, and the short names people type from habit.

use crate::tui::action::{Action, Context, ENTRIES};
use crate::tui::keymap::Keymap;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::{self, Cursor, Pen, SecretInput};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Names that are typed without looking.
pub const SHORT: &[(&str, Action)] = &[
    ("w", Action::Save),
    ("q", Action::Close),
    ("wq", Action::SaveAndQuit),
    ("x", Action::SaveAndQuit),
    ("q!", Action::QuitWithoutSaving),
];

/// How wide it is, where there is room.
const WIDTH: u16 = 72;

/// One line of the palette.
struct Offer {
    action: Action,
    /// The name, and after it the short ones.
    shown: String,
    name: &'static str,
    keys: String,
    /// Why it cannot be done now.
    refusal: Option<&'static str>,
}

fn with_short_names(action: Action) -> String {
    let mut shown = action.name().to_owned();
    for (short, _) in SHORT.iter().filter(|(_, known)| *known == action) {
        shown.push_str(" :");
        shown.push_str(short);
    }
    shown
}

/// What is typed, and what fits.
pub struct Palette {
    /// What is typed.
    pub input: SecretInput,
    /// The selected line.
    pub cursor: Cursor,
    offers: Vec<Offer>,
    fitting: Vec<usize>,
}

impl Palette {
    /// Offers every action; `refusal` says why one cannot be done now. Those stand after the others.
    #[must_use]
    pub fn new(keymap: &Keymap, refusal: impl Fn(Action) -> Option<&'static str>) -> Self {
        let mut offers: Vec<Offer> = ENTRIES
            .iter()
            .filter(|entry| entry.action.in_palette())
            .map(|entry| Offer {
                action: entry.action,
                shown: with_short_names(entry.action),
                name: entry.name,
                refusal: refusal(entry.action),
                keys: keymap
                    .keys_of(entry.action, Context::ALL)
                    .first()
                    .cloned()
                    .unwrap_or_default(),
            })
            .collect();
        offers.sort_by_key(|offer| (offer.refusal.is_some(), offer.name));
        let fitting = (0..offers.len()).collect();
        Self {
            input: SecretInput::new("", true),
            cursor: Cursor::default(),
            offers,
            fitting,
        }
    }

    /// Searches for what is typed.
    pub fn search(&mut self) {
        self.cursor = Cursor::default();
        let query = self.input.text().to_owned();
        let pattern = Pattern::parse(&query, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut wide = Vec::new();
        let mut scored: Vec<(u32, usize)> = Vec::new();
        for (number, offer) in self.offers.iter().enumerate() {
            let by_name = pattern
                .score(Utf32Str::new(offer.name, &mut wide), &mut matcher)
                .map(|score| score + 50);
            let by_doc = pattern.score(Utf32Str::new(offer.action.entry().doc, &mut wide), &mut matcher);
            let short = SHORT
                .iter()
                .any(|(name, action)| *name == query && *action == offer.action);
            let score = if short {
                Some(u32::MAX)
            } else {
                let score = by_name.max(by_doc);
                // What cannot be done now is rarely what is wanted.
                score.map(|score| score.saturating_sub(if offer.refusal.is_some() { 30 } else { 0 }))
            };
            scored.extend(score.map(|score| (score, number)));
        }
        scored.sort_by_key(|(score, number)| (std::cmp::Reverse(*score), *number));
        self.fitting = scored.into_iter().map(|(_, number)| number).collect();
    }

    /// The selected action.
    #[must_use]
    pub fn chosen(&self) -> Option<Action> {
        self.offers
            .get(*self.fitting.get(self.cursor.at)?)
            .map(|offer| offer.action)
    }

    /// Replaces what is typed by the selected name.
    pub fn complete(&mut self) {
        if let Some(action) = self.chosen() {
            self.input.set(action.name());
            self.search();
        }
    }

    /// How many lines fit.
    #[must_use]
    pub fn page(area: Rect) -> usize {
        usize::from(area.height.saturating_sub(4).min(12))
    }

    /// How many actions fit what is typed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fitting.len()
    }

    /// Selects the line at a place of the screen; whether there is one.
    pub fn press(&mut self, at: Position, area: Rect) -> bool {
        let inner = widgets::popup_place(area, WIDTH.min(area.width), Self::height(area)).1;
        let row = usize::from(at.y.saturating_sub(inner.y));
        let number = (self.cursor.top + row).checked_sub(1);
        match number.filter(|number| inner.contains(at) && *number < self.fitting.len()) {
            Some(number) if (1..=Self::page(area)).contains(&row) => {
                self.cursor.at = number;
                true
            }
            _ => false,
        }
    }

    fn height(area: Rect) -> u16 {
        u16::try_from(Self::page(area) + 2).unwrap_or(u16::MAX)
    }

    /// Draws it; where the terminal cursor belongs.
    pub fn view(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Position {
        let height = Self::height(area);
        let inner = widgets::popup(buffer, area, theme, "Command", WIDTH.min(area.width), height);
        let mut pen = Pen::new(buffer, inner, 0);
        pen.put(":", theme.style(Role::BarKey));
        let x = pen.column();
        let line = Rect {
            x,
            width: inner.right().saturating_sub(x),
            height: inner.height.min(1),
            ..inner
        };
        let at = self.input.view(buffer, line, theme);
        self.view_about(theme, buffer, inner);
        let shown = self.fitting.iter().enumerate().skip(self.cursor.top);
        for ((number, offer), row) in shown.zip(1..inner.height.saturating_sub(1)) {
            let Some(offer) = self.offers.get(*offer) else {
                continue;
            };
            let over = (number == self.cursor.at).then(|| theme.style(Role::Selected));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            let mut pen = Pen::new(buffer, inner, row);
            let name = if offer.refusal.is_some() {
                Role::Dim
            } else {
                Role::Text
            };
            pen.put(&format!(" {:<23} ", offer.shown), style(name));
            let room = pen.left().saturating_sub(offer.keys.len() + 2);
            let doc = offer.refusal.unwrap_or(offer.action.entry().doc);
            pen.put_cut(doc, room, theme.glyphs.cut, style(Role::Dim));
            let rest = " ".repeat(pen.left().saturating_sub(offer.keys.len() + 1));
            pen.put(&rest, style(Role::Text))
                .put(&offer.keys, style(Role::BarKey))
                .put(" ", style(Role::Text));
        }
        at
    }

    /// The last line: what the selected action does, as whole as there is room, and how many there are.
    fn view_about(&self, theme: &Theme, buffer: &mut Buffer, inner: Rect) {
        let chosen = self.fitting.get(self.cursor.at);
        let chosen = chosen.and_then(|number| self.offers.get(*number));
        let about = chosen.map_or("nothing matches", |offer| {
            offer.refusal.unwrap_or(offer.action.entry().doc)
        });
        let count = match self.fitting.len() {
            0 => String::new(),
            len => format!("{} of {len} ", self.cursor.at + 1),
        };
        let mut pen = Pen::new(buffer, inner, inner.height.saturating_sub(1));
        pen.put(" ", theme.style(Role::Dim));
        let whole = text::width(about) + count.len() < pen.left();
        let count = if whole { count } else { String::new() };
        let room = pen.left().saturating_sub(count.len());
        pen.put_cut(about, room, theme.glyphs.cut, theme.style(Role::Dim));
        let gap = pen.left().saturating_sub(count.len());
        pen.put(&" ".repeat(gap), theme.style(Role::Dim))
            .put(&count, theme.style(Role::Dim));
    }
}
