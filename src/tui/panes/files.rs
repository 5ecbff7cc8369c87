//! Pane 1: the files of the folder, with what git says of each.

use super::View;
use crate::ops::scan::{FileKind, Found};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// From which width on there is room for words behind names.
const ROOMY: u16 = 24;

/// Which files are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Listing {
    /// SOPS files.
    #[default]
    Sealed,
    /// And plain ones that a rule is for.
    Meant,
    /// All files.
    All,
}

impl Listing {
    const fn next(self) -> Self {
        match self {
            Self::Sealed => Self::Meant,
            Self::Meant => Self::All,
            Self::All => Self::Sealed,
        }
    }

    const fn shows(self, kind: FileKind) -> bool {
        match self {
            Self::Sealed => matches!(kind, FileKind::Sealed),
            Self::Meant => matches!(kind, FileKind::Sealed | FileKind::Plain),
            Self::All => true,
        }
    }

    /// What is listed, for people.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Sealed => "SOPS files are listed",
            Self::Meant => "SOPS files are listed, and plain files that a rule is for",
            Self::All => "all files are listed",
        }
    }

    const fn note(self) -> &'static str {
        match self {
            Self::Sealed => "",
            Self::Meant => " +plain",
            Self::All => " all",
        }
    }
}

/// State of the files pane.
#[derive(Default)]
pub struct FilesPane {
    /// The folder that is listed.
    pub folder: PathBuf,
    /// What is listed of what was found there.
    pub files: Vec<Found>,
    all: Vec<Found>,
    /// Which files are listed.
    pub listing: Listing,
    /// What git says of files that are not as committed.
    pub states: HashMap<PathBuf, char>,
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
    /// Takes in what was found.
    pub fn found(&mut self, files: Vec<Found>) {
        self.all = files;
        self.scanned = true;
        self.relist();
    }

    /// Lists more, or SOPS files only again.
    pub fn list_next(&mut self) {
        self.listing = self.listing.next();
        self.relist();
    }

    fn relist(&mut self) {
        let shown = self.all.iter().filter(|file| self.listing.shows(file.kind));
        self.files = shown.cloned().collect();
        self.cursor.move_by(0, self.files.len());
    }

    /// The selected file.
    #[must_use]
    pub fn selected(&self) -> Option<&Found> {
        self.files.get(self.cursor.at)
    }

    fn relative<'f>(&self, file: &'f Found) -> &'f Path {
        file.path.strip_prefix(&self.folder).unwrap_or(&file.path)
    }

    /// What stands behind the name: whether the file is plain, where there is room to say so, and its state in git.
    fn tail(&self, file: &Found, roomy: bool) -> (String, Role) {
        let state = self.states.get(&file.path).copied();
        let state = state.map_or(String::new(), |state| format!(" {state}"));
        match (file.kind, state.is_empty()) {
            (FileKind::Sealed | FileKind::Other, false) if state == " U" => {
                let word = if roomy { " conflict U" } else { " U" };
                (word.to_owned(), Role::Error)
            }
            (FileKind::Plain, _) if roomy => (format!(" plain{state}"), Role::Warning),
            (_, true) => (state, Role::Dim),
            (_, false) => (state, Role::Edited),
        }
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
        let inner = widgets::pane(buffer, area, theme, 1, "Files", self.listing.note(), view.focused);
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
                    let (mark, mark_role) = match file.kind {
                        _ if current => (theme.glyphs.current, Role::Ok),
                        FileKind::Plain => (theme.glyphs.plain, Role::Warning),
                        FileKind::Sealed | FileKind::Other => (" ", Role::Ok),
                    };
                    let name = self
                        .relative(file)
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy();
                    pen.put(mark, style(mark_role)).put(" ", style(Role::Text));
                    let (tail, tail_role) = self.tail(file, inner.width >= ROOMY);
                    let room = pen.left().saturating_sub(tail.len());
                    let role = match file.kind {
                        _ if current => Role::TitleFocused,
                        FileKind::Other => Role::Dim,
                        FileKind::Sealed | FileKind::Plain => Role::Text,
                    };
                    pen.put_cut(&text::escape(&name), room, theme.glyphs.cut, style(role));
                    let rest = " ".repeat(pen.left().saturating_sub(tail.len()));
                    pen.put(&rest, style(Role::Text)).put(&tail, style(tail_role));
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
