//! The bottom line: what happened or who opened the file, then keys that work here and now.

use crate::keys::Outcome;
use crate::ops::open::Access;
use crate::tui::action::{Action, Context, ENTRIES};
use crate::tui::layout::Pane;
use crate::tui::model::{Model, Task};
use crate::tui::open_file::OpenFile;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::pager::wrap;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::Pen;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

/// What stands first while somebody is looking on.
const SHARE_SAFE: &str = " share-safe ";

/// A key that works now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The keys, as a person reads them.
    pub keys: String,
    /// What they do, in a word.
    pub word: &'static str,
    /// What they do.
    pub action: Action,
}

impl Hint {
    /// How many cells it takes, with the room after it.
    fn width(&self) -> usize {
        text::width(&self.keys) + text::width(self.word) + 3
    }
}

/// Draws it. A message that is too long for a line stands above it.
pub fn draw(model: &Model, buffer: &mut Buffer, area: Rect, main: Rect) {
    let theme = &model.theme;
    let (said, role) = said(model);
    if !fits(model, &said, area) {
        draw_long(model, &said, role, buffer, main);
    }
    let (left, role) = left(model, area);
    let mut pen = Pen::new(buffer, area, 0);
    pen.put(" ", theme.style(Role::Text));
    if model.guard.share_safe {
        pen.put(SHARE_SAFE, theme.style(Role::ButtonSelected))
            .put(" ", theme.style(Role::Text));
    }
    pen.put(&left, theme.style(role));
    let shown = shown(model, area);
    for (column, hint) in places(&shown, area).zip(&shown) {
        pen.tab(column)
            .put(&hint.keys, theme.style(Role::BarKey))
            .put(" ", theme.style(Role::BarWord))
            .put(hint.word, theme.style(Role::BarWord));
        pen.put("  ", theme.style(Role::BarWord));
    }
}

/// The action of the hint at a place of the screen.
#[must_use]
pub fn hint_at(model: &Model, at: Position) -> Option<Action> {
    let area = model.layout().bar;
    if !area.contains(at) {
        return None;
    }
    let shown = shown(model, area);
    places(&shown, area)
        .zip(&shown)
        .find(|(column, hint)| {
            (usize::from(*column)..usize::from(*column) + hint.width() - 2).contains(&usize::from(at.x))
        })
        .map(|(_, hint)| hint.action)
}

/// What the line says, and how.
fn said(model: &Model) -> (String, Role) {
    match (&model.status, model.spinner()) {
        (_, Some((glyph, label))) => {
            let seconds = model.waiting().map_or(0, |waiting| waiting.as_secs());
            let time = match seconds {
                0 | 1 => String::new(),
                seconds => format!("{}{seconds} s", model.theme.glyphs.separator),
            };
            (format!("{glyph} {label}{time}"), Role::Info)
        }
        (Some(status), None) => (status.text.clone(), status.role),
        (None, None) => (String::new(), Role::Dim),
    }
}

/// How many cells there are for words.
fn room(model: &Model, area: Rect) -> usize {
    let taken = if model.guard.share_safe {
        SHARE_SAFE.len() + 2
    } else {
        1
    };
    usize::from(area.width).saturating_sub(taken)
}

fn fits(model: &Model, said: &str, area: Rect) -> bool {
    text::width(said) < room(model, area)
}

/// What stands at the left of the line.
fn left(model: &Model, area: Rect) -> (String, Role) {
    let (said, role) = said(model);
    if !said.is_empty() || !model.overlays.is_empty() {
        let shown = if fits(model, &said, area) {
            said
        } else {
            String::new()
        };
        return (shown, role);
    }
    let by = model.file.as_ref().map(unlocked_by).unwrap_or_default();
    // Keys that work now are worth more than who opened the file.
    let fits = text::width(&by) * 3 <= room(model, area);
    (if fits { by } else { String::new() }, Role::Dim)
}

/// The columns where hints begin; the last one ends at the end of the line.
fn places(hints: &[Hint], area: Rect) -> impl Iterator<Item = u16> {
    let used: usize = hints.iter().map(Hint::width).sum::<usize>() + 1;
    let mut column = usize::from(area.right()).saturating_sub(used);
    hints.iter().map(move |hint| {
        let here = column;
        column += hint.width();
        u16::try_from(here).unwrap_or(u16::MAX)
    })
}

/// Whether a text that is read is searched.
fn finds(model: &Model) -> bool {
    matches!(model.overlays.last(), Some(Overlay::Pager(pager)) if pager.finding() && !pager.typing())
}

/// Whether the terminal is too narrow for all panes.
fn hides_panes(model: &Model) -> bool {
    let layout = model.layout();
    Pane::ALL.iter().any(|pane| layout.pane(*pane).is_none())
}

/// The hints for which there is room; the key that leads to all others goes first, and stands last. What saves comes next, then what
/// shows the panes that are hidden: nobody would look for those.
fn shown(model: &Model, area: Rect) -> Vec<Hint> {
    let taken = text::width(&left(model, area).0);
    let room = room(model, area).saturating_sub(taken);
    let mut used = 4;
    let mut take = |hint: &Hint| {
        let fits = used + hint.width() <= room;
        used += if fits { hint.width() } else { 0 };
        fits
    };
    let (help, others): (Vec<_>, Vec<_>) = hints(model).into_iter().partition(|hint| hint.word == "help");
    let (save, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|hint| hint.action == Action::Save);
    let (panes, others): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|hint| hint.action == Action::CycleForward);
    let help: Vec<_> = help.into_iter().take_while(&mut take).collect();
    let save: Vec<_> = save.into_iter().take_while(&mut take).collect();
    let panes: Vec<_> = panes.into_iter().take_while(&mut take).collect();
    let mut shown: Vec<_> = others.into_iter().take_while(&mut take).collect();
    shown.extend(panes.into_iter().chain(save).chain(help));
    shown
}

/// Keys and words of the actions that can be done now. What stops a task goes first.
#[must_use]
pub fn hints(model: &Model) -> Vec<Hint> {
    let contexts = model.contexts();
    let works = |action: Action| match model.overlays.last() {
        Some(overlay) => !overlay.refuses(action),
        None if contexts.first() == Some(&Context::Filter) => !model.tree.refuses(action),
        None => model.refusal(action).is_none(),
    };
    let stops = model.spinner().is_some() && model.tasks.iter().any(Task::can_be_left);
    let mut hints: Vec<Hint> = ENTRIES
        .iter()
        .filter(|entry| !entry.word.is_empty() && works(entry.action))
        .filter(|entry| entry.action != Action::Save || model.unsaved())
        .filter(|entry| entry.action != Action::CancelTask || stops)
        .filter(|entry| entry.action != Action::CycleForward || hides_panes(model))
        // In the tree, the line has no room for these.
        .filter(|entry| entry.action != Action::NextMatch || contexts.contains(&Context::Pager))
        .filter(|entry| entry.action != Action::EditOutside || contexts.contains(&Context::Rules))
        .filter(|entry| entry.action != Action::Review || contexts.contains(&Context::Review))
        .filter_map(|entry| {
            let keys = model.keymap.keys_of(entry.action, &contexts);
            Some(Hint {
                keys: keys.into_iter().next()?,
                // There is nothing to take back of what was only read.
                word: match entry.action {
                    Action::OpenFile if model.files.is_folded() == Some(true) => "unfold",
                    Action::OpenFile if model.files.is_folded() == Some(false) => "fold",
                    Action::Cancel if finds(model) => "end search",
                    Action::Cancel if contexts.iter().any(|context| context.only_reads()) => "close",
                    _ => entry.word,
                },
                action: entry.action,
            })
        })
        .collect();
    hints.sort_by_key(|hint| hint.action != Action::CancelTask);
    hints
}

/// A message in a frame of its own above the line, wrapped.
fn draw_long(model: &Model, said: &str, role: Role, buffer: &mut Buffer, main: Rect) {
    let theme = &model.theme;
    let lines = wrap(said, usize::from(main.width.saturating_sub(4)));
    let height = u16::try_from(lines.len() + 2)
        .unwrap_or(u16::MAX)
        .min(main.height);
    let place = Rect {
        y: main.bottom() - height,
        height,
        ..main
    };
    Clear.render(place, buffer);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.style(Role::OverlayBorder));
    let inner = block.inner(place);
    block.render(place, buffer);
    for (line, row) in lines.iter().zip(0..inner.height) {
        Pen::new(buffer, inner, row)
            .put(" ", theme.style(Role::Text))
            .put(line, theme.style(role));
    }
}

/// Which key opened the file.
fn unlocked_by(file: &OpenFile) -> String {
    let by: Vec<String> = file
        .document
        .attempts
        .iter()
        .filter_map(|attempt| match &attempt.outcome {
            // Where exactly the key came from is in the list of keys; the line has no room for it.
            Outcome::Opened { by } => {
                let source = by.split_once(" (").map_or(by.as_str(), |(source, _)| source);
                Some(format!("{} {}", attempt.recipient.kind(), text::escape(source)))
            }
            _ => None,
        })
        .collect();
    match (&file.document.access, by.is_empty()) {
        (Access::Locked(_), _) => "locked".to_owned(),
        (_, true) => String::new(),
        (_, false) => format!("unlocked by {}", by.join(", ")),
    }
}
