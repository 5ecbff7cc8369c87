//! The model as a picture.

mod bar;

use super::layout::Pane;
use super::lock_screen;
use super::model::Model;
use super::panes::View;
use super::text;
use super::theme::Role;
use super::widgets::Pen;
use crate::ops::counted::counted;
use crate::ops::open::Access;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

pub use bar::hint_at;
#[cfg(test)]
pub use bar::hints;

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
    bar::draw(model, buffer, layout.bar, layout.main);
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
        Access::Open(_) if file.frozen().is_some() => "read-only",
        Access::Open(_) => "",
    };
    let changes = match file.change_count() {
        0 => String::new(),
        count => counted(count, "change"),
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
