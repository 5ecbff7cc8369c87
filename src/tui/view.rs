//! The model as a picture.

use super::action::{Action, Context, ENTRIES};
use super::layout::Pane;
use super::lock_screen;
use super::model::Model;
use super::open_file::OpenFile;
use super::panes::View;
use super::text;
use super::theme::Role;
use super::widgets::Pen;
use crate::keys::Outcome;
use crate::ops::open::Access;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

/// Draws everything; where the terminal cursor belongs, if it is shown.
pub fn draw(model: &Model, buffer: &mut Buffer) -> Option<Position> {
    let layout = model.layout();
    let mut cursor = None;
    if let Some(locked) = &model.guard.locked {
        let name = model.show_path(locked.kept.path());
        lock_screen::draw(locked, &name, &model.theme, &model.keymap, buffer, layout.main);
    }
    let panes = if model.guard.locked.is_some() {
        &[][..]
    } else {
        Pane::ALL.as_slice()
    };
    for pane in panes.iter().copied() {
        let Some(area) = layout.pane(pane) else { continue };
        let view = View {
            file: model.file.as_ref(),
            theme: &model.theme,
            focused: pane == model.focus,
            share_safe: model.guard.share_safe,
        };
        match pane {
            Pane::Files => model.files.view(view, buffer, area),
            Pane::Tree => {
                let (title, note) = title(model, area.width);
                cursor = model.tree.view(view, buffer, area, &title, &note);
            }
            Pane::Changes => model.changes.view(view, buffer, area),
            Pane::Recipients => model.recipients.view(view, buffer, area),
            Pane::Groups => model.groups.view(view, buffer, area),
        }
    }
    for overlay in &model.overlays {
        cursor = overlay.view(model.file.as_ref(), &model.theme, buffer, layout.main);
    }
    which_key(model, buffer, layout.main);
    bar(model, buffer, layout.bar);
    model.theme.finish(buffer);
    cursor.filter(|at| buffer.area.contains(*at))
}

/// The title of the tree pane: file, and what is special about it, as far as there is room.
fn title(model: &Model, width: u16) -> (String, String) {
    let Some(file) = &model.file else {
        return ("no file".to_owned(), String::new());
    };
    let room = usize::from(width).saturating_sub(8);
    let path = &file.document.path;
    let name = text::escape(&path.file_name().unwrap_or_default().to_string_lossy());
    let access = match &file.document.access {
        Access::Locked(_) => "locked",
        Access::ReadOnly(_) => "read-only",
        Access::Open(_) if model.read_only => "read-only",
        Access::Open(_) => "",
    };
    let changes = match file.changes().len() {
        0 => String::new(),
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let separator = model.theme.glyphs.separator;
    let join = |notes: &[&str]| -> String {
        let notes = notes.iter().filter(|note| !note.is_empty());
        notes.map(|note| format!("{separator}{note}")).collect()
    };
    let whole = join(&[file.document.format.name(), access, &changes]);
    let needed = join(&[access, &changes]);
    let path = model.show_path(path);
    for (title, note) in [(&path, &whole), (&path, &needed), (&name, &needed)] {
        if text::width(title) + text::width(note) <= room {
            return (title.clone(), note.clone());
        }
    }
    let left = room.saturating_sub(text::width(&needed));
    (text::prefix(&name, left).to_owned(), needed)
}

/// The bottom line: what happened or who opened the file, then keys that work here and now.
fn bar(model: &Model, buffer: &mut Buffer, area: Rect) {
    let theme = &model.theme;
    let mut pen = Pen::new(buffer, area, 0);
    pen.put(" ", theme.style(Role::Text));
    if model.guard.share_safe {
        pen.put(" share-safe ", theme.style(Role::ButtonSelected))
            .put(" ", theme.style(Role::Text));
    }
    let hints = hints(model);
    let (said, role) = match (&model.status, model.spinner()) {
        (_, Some((glyph, label))) => (format!("{glyph} {label}"), Role::Info),
        (Some(status), None) => (status.text.clone(), status.role),
        (None, None) => (String::new(), Role::Dim),
    };
    let room = pen.left();
    pen.put_cut(&said, room, theme.glyphs.cut, theme.style(role));
    if said.is_empty() && model.overlays.is_empty() {
        let by = model.file.as_ref().map(unlocked_by).unwrap_or_default();
        // Keys that work now are worth more than who opened the file; below a few words it says nothing anyway.
        if text::width(&by) + 14 <= pen.left() {
            pen.put(&by, theme.style(Role::Dim));
        }
    }
    let shown = fitting(&hints, pen.left());
    let used: usize = shown.iter().map(|hint| hint_width(hint)).sum::<usize>() + 4;
    let Ok(start) = u16::try_from(usize::from(area.width).saturating_sub(used - 3)) else {
        return;
    };
    if shown.is_empty() {
        return;
    }
    pen.tab(area.x + start);
    for (keys, word) in shown {
        pen.put(keys, theme.style(Role::BarKey));
        pen.put(" ", theme.style(Role::BarWord))
            .put(word, theme.style(Role::BarWord));
        pen.put("  ", theme.style(Role::BarWord));
    }
}

/// How many cells a hint takes.
fn hint_width(hint: &(String, &'static str)) -> usize {
    text::width(&hint.0) + text::width(hint.1) + 3
}

/// The hints that fit; the key that leads to all others comes first, and stands last.
fn fitting<'h>(hints: &'h [(String, &'static str)], room: usize) -> Vec<&'h (String, &'static str)> {
    let mut used = 4;
    let mut take = |hint: &&(String, &'static str)| {
        let fits = used + hint_width(hint) <= room;
        used += if fits { hint_width(hint) } else { 0 };
        fits
    };
    let (help, others): (Vec<_>, Vec<_>) = hints.iter().partition(|(_, word)| *word == "help");
    let help: Vec<_> = help.into_iter().take_while(&mut take).collect();
    let mut shown: Vec<_> = others.into_iter().take_while(&mut take).collect();
    shown.extend(help);
    shown
}

/// Keys and words of the actions that can be done now.
fn hints(model: &Model) -> Vec<(String, &'static str)> {
    let contexts = model.contexts();
    let overlay = !model.overlays.is_empty() || contexts.first() == Some(&Context::Filter);
    ENTRIES
        .iter()
        .filter(|entry| !entry.word.is_empty())
        .filter(|entry| overlay || model.refusal(entry.action).is_none())
        .filter(|entry| entry.action != Action::Save || model.unsaved())
        .filter_map(|entry| {
            let keys = model.keymap.keys_of(entry.action, &contexts);
            Some((keys.into_iter().next()?, entry.word))
        })
        .collect()
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

/// What may follow the keys pressed so far.
fn which_key(model: &Model, buffer: &mut Buffer, area: Rect) {
    if model.pending.is_empty() {
        return;
    }
    let following = model.keymap.following(&model.contexts(), &model.pending);
    let widest = following
        .iter()
        .map(|(keys, doc)| text::width(keys) + doc.len() + 4)
        .max()
        .unwrap_or_default();
    let width = u16::try_from(widest + 2).unwrap_or(u16::MAX).min(area.width);
    let height = u16::try_from(following.len() + 2)
        .unwrap_or(u16::MAX)
        .min(area.height);
    let place = Rect {
        x: area.right() - width,
        y: area.bottom() - height,
        width,
        height,
    };
    Clear.render(place, buffer);
    let theme = &model.theme;
    let block = ratatui::widgets::Block::bordered()
        .border_type(ratatui::widgets::BorderType::Rounded)
        .border_style(theme.style(Role::OverlayBorder))
        .title(format!(" {} ", super::key::show(&model.pending)));
    let inner = block.inner(place);
    block.render(place, buffer);
    for ((keys, doc), row) in following.iter().zip(0..inner.height) {
        let mut pen = Pen::new(buffer, inner, row);
        pen.put(" ", theme.style(Role::Text))
            .put(keys, theme.style(Role::BarKey));
        pen.put("  ", theme.style(Role::Text))
            .put(doc, theme.style(Role::Text));
    }
}
