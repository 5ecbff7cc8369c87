//! Pane 1: the SOPS files of the folder.

use super::View;
use crate::ops::scan::Found;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::{Path, PathBuf};

/// State of the files pane.
#[derive(Default)]
pub struct FilesPane {
    /// The folder that is listed.
    pub folder: PathBuf,
    /// What was found there.
    pub files: Vec<Found>,
    /// Whether the folder was searched.
    pub scanned: bool,
    /// The selected file.
    pub cursor: Cursor,
}

/// A line of the pane: a folder, or a file by its number.
enum Line<'f> {
    Folder(&'f Path),
    File(usize, &'f Found),
}

impl FilesPane {
    /// The selected file.
    #[must_use]
    pub fn selected(&self) -> Option<&Found> {
        self.files.get(self.cursor.at)
    }

    fn relative<'f>(&self, file: &'f Found) -> &'f Path {
        file.path.strip_prefix(&self.folder).unwrap_or(&file.path)
    }

    fn layout(&self) -> Vec<Line<'_>> {
        let mut lines = Vec::with_capacity(self.files.len());
        let mut last = Path::new("");
        for (number, file) in self.files.iter().enumerate() {
            let folder = self.relative(file).parent().unwrap_or(Path::new(""));
            if folder != last {
                lines.push(Line::Folder(folder));
                last = folder;
            }
            lines.push(Line::File(number, file));
        }
        lines
    }

    /// Selects the file at a path, if it is listed.
    pub fn select(&mut self, path: &Path) {
        if let Some(at) = self.files.iter().position(|file| file.path == path) {
            self.cursor.at = at;
        }
    }

    /// The part of the lines that is on screen.
    fn window(&self, lines: &[Line<'_>], height: usize) -> Cursor {
        let at = lines
            .iter()
            .position(|line| matches!(line, Line::File(number, _) if *number == self.cursor.at))
            .unwrap_or_default();
        let mut window = Cursor {
            at,
            top: self.cursor.top,
        };
        window.keep(height, lines.len());
        window
    }

    /// The number of the file on a line of the screen, if one is there.
    #[must_use]
    pub fn at_line(&self, line: usize, height: usize) -> Option<usize> {
        let lines = self.layout();
        match lines.get(self.window(&lines, height).top + line) {
            Some(Line::File(number, _)) => Some(*number),
            _ => None,
        }
    }

    /// Draws the pane.
    pub fn view(&self, view: View<'_>, buffer: &mut Buffer, area: Rect) {
        let theme = view.theme;
        let inner = widgets::pane(buffer, area, theme, 1, "Files", "", view.focused);
        let open = view.file.map(|file| file.document.path.as_path());
        let lines = self.layout();
        if lines.is_empty() {
            let note = if self.scanned { "no SOPS files here" } else { "" };
            Pen::new(buffer, inner, 0)
                .put(" ", theme.style(Role::Dim))
                .put(note, theme.style(Role::Dim));
            return;
        }
        let window = self.window(&lines, usize::from(inner.height));
        for (line, row) in lines.iter().skip(window.top).zip(0..inner.height) {
            let selected = matches!(line, Line::File(number, _) if *number == self.cursor.at);
            let mut pen = Pen::new(buffer, inner, row);
            match line {
                Line::Folder(folder) => {
                    let name = format!("{}/", text::path(folder));
                    let room = pen.left();
                    pen.put_cut(&name, room, theme.glyphs.cut, theme.style(Role::Branch));
                }
                Line::File(_, file) => {
                    let current = open == Some(file.path.as_path());
                    let over = match (selected, view.focused) {
                        (true, true) => Some(theme.style(Role::Selected)),
                        (true, false) => Some(theme.style(Role::SelectedUnfocused)),
                        _ => None,
                    };
                    let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
                    let mark = if current { theme.glyphs.current } else { " " };
                    let name = self
                        .relative(file)
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy();
                    pen.put(mark, style(Role::Ok)).put(" ", style(Role::Text));
                    let room = pen.left();
                    let role = if current { Role::TitleFocused } else { Role::Text };
                    pen.put_cut(&text::escape(&name), room, theme.glyphs.cut, style(role));
                    let rest = " ".repeat(pen.left());
                    pen.put(&rest, style(Role::Text));
                }
            }
        }
        widgets::scroll_note(
            buffer,
            area,
            theme,
            self.cursor.at,
            inner.height,
            self.files.len(),
        );
    }
}
