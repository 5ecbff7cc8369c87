//! What a locked editor shows: that it is locked, and what waits behind the lock. No key, path or value of the file.

use super::action::{Action, Context};
use super::keymap::Keymap;
use super::open_file::SealedFile;
use super::theme::{Role, Theme};
use super::widgets::{self, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws it over a whole area; `name` is that of the file.
pub fn draw(
    locked: &SealedFile,
    name: &str,
    theme: &Theme,
    keymap: &Keymap,
    buffer: &mut Buffer,
    area: Rect,
) {
    let kept = match locked.changes {
        0 => "Nothing is unsaved.".to_owned(),
        1 => "1 unsaved change is kept, encrypted.".to_owned(),
        count => format!("{count} unsaved changes are kept, encrypted."),
    };
    let keys = |action| {
        let keys = keymap.keys_of(action, &[Context::Locked]);
        keys.into_iter().next().unwrap_or_default()
    };
    let (unlock, quit) = (keys(Action::Unlock), keys(Action::Close));
    let inner = widgets::popup(buffer, area, theme, "Locked", 44, 5);
    let lines = [
        (name.to_owned(), Role::Text),
        (kept, Role::Dim),
        (String::new(), Role::Text),
        (format!("{unlock} opens it again · {quit} quits"), Role::Info),
    ];
    for ((line, role), row) in lines.iter().zip(0..inner.height) {
        let mut pen = Pen::new(buffer, inner, row);
        let room = pen.left();
        pen.put_cut(line, room, theme.glyphs.cut, theme.style(*role));
    }
}
