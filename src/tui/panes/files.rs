//! Pane 1: the files of the folder, with what git, the rules and a look for leaks say of each.

mod marks;

use super::View;
use crate::format::Format;
use crate::ops::overview::{About, Overview};
use crate::ops::scan::{FileKind, Found};
use crate::ops::survey::Skipped;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Cursor, Pen};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// From which width on there is room for words behind names.
const ROOMY: u16 = 24;
/// From which width on there is room for format and rule.
const WIDE: u16 = 40;
/// From which height on there is a line for what was not looked into.
const HIGH: usize = 4;

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
    /// What is to be done to several files is done to these.
    pub marked: BTreeSet<PathBuf>,
    /// What is known of the files beside their names; nothing before they were looked into.
    overview: Option<Overview>,
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

    /// Leaks are listed, whatever else is.
    fn relist(&mut self) {
        let leaks = |path: &Path| self.about(path).is_some_and(About::leaks);
        let shown = self
            .all
            .iter()
            .filter(|file| self.listing.shows(file.kind) || leaks(&file.path));
        let mut files: Vec<Found> = shown.cloned().collect();
        // git knows files that a walk through the folder leaves out.
        let known: BTreeSet<&Path> = self.all.iter().map(|file| file.path.as_path()).collect();
        let more = self.overview.iter().flat_map(|found| &found.files);
        let more = more.filter(|(path, about)| about.leaks() && !known.contains(path.as_path()));
        files.extend(more.map(|(path, _)| Found {
            path: path.clone(),
            format: Format::from_path(path),
            kind: FileKind::Other,
        }));
        // Folder by folder, as they are listed.
        files.sort_by(|a, b| {
            (a.path.parent(), a.path.file_name()).cmp(&(b.path.parent(), b.path.file_name()))
        });
        self.files = files;
        let listed: BTreeSet<&Path> = self.files.iter().map(|file| file.path.as_path()).collect();
        self.marked.retain(|path| listed.contains(path.as_path()));
        self.cursor.move_by(0, self.files.len());
    }

    /// Takes in what a look at the whole folder told.
    pub fn take_in(&mut self, found: Overview) {
        self.overview = Some(found);
        self.relist_around();
    }

    /// Takes in what a look at some files told.
    pub fn renew(&mut self, paths: &[PathBuf], found: Overview) {
        if let Some(overview) = &mut self.overview {
            overview.renew(paths, found);
            self.relist_around();
        }
    }

    /// Lists anew; the selected file stays selected.
    fn relist_around(&mut self) {
        let selected = self.selected().map(|file| file.path.clone());
        self.relist();
        if let Some(path) = selected {
            self.select(&path);
        }
    }

    /// What is known of a file.
    #[must_use]
    pub fn about(&self, path: &Path) -> Option<&About> {
        self.overview.as_ref()?.files.get(path)
    }

    /// How many files were looked into; nothing before that is done.
    #[must_use]
    pub fn looked(&self) -> Option<usize> {
        self.overview.as_ref().map(|found| found.looked)
    }

    /// What was not looked into, and why.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        self.overview.as_ref().map_or(&[], |found| &found.skipped)
    }

    /// The files of a kind, listed or not.
    #[must_use]
    pub fn of_kind(&self, kind: FileKind) -> Vec<PathBuf> {
        let files = self.all.iter().filter(|file| file.kind == kind);
        files.map(|file| file.path.clone()).collect()
    }

    /// How many lines of a pane of this height are for files.
    #[must_use]
    pub fn page(&self, height: usize) -> usize {
        let note = !self.skipped().is_empty() && height >= HIGH;
        height - usize::from(note)
    }

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
        let note = match self.marked.len() {
            0 => self.listing.note().to_owned(),
            count => format!("{} {count} marked", self.listing.note()),
        };
        let inner = widgets::pane(buffer, area, theme, 1, "Files", &note, view.focused);
        let open = view.file.map(|file| file.document.path.as_path());
        let lines = self.layout();
        if lines.is_empty() {
            let note = if self.scanned { "no SOPS files here" } else { "" };
            Pen::new(buffer, inner, 0)
                .put(" ", theme.style(Role::Dim))
                .put(note, theme.style(Role::Dim));
            return;
        }
        let page = self.page(usize::from(inner.height));
        let window = self.window(&lines, page);
        let page = u16::try_from(page).unwrap_or(inner.height);
        if page < inner.height {
            let note = format!(" {} not looked into", self.skipped().len());
            Pen::new(buffer, inner, page).put(&note, theme.style(Role::Warning));
        }
        for (line, row) in lines.iter().skip(window.top).zip(0..page) {
            let selected = matches!(line, Line::File(number, _) if *number == self.cursor.at);
            let mut pen = Pen::new(buffer, inner, row);
            match line {
                Line::Folder(folder) => {
                    let name = format!("{}/", text::path(folder));
                    let name = text::suffix(&name, pen.left(), theme.glyphs.cut);
                    pen.put(&name, theme.style(Role::Branch));
                }
                Line::File(_, file) => {
                    let current = open == Some(file.path.as_path());
                    let over = match (selected, view.focused) {
                        (true, true) => Some(theme.style(Role::Selected)),
                        (true, false) => Some(theme.style(Role::SelectedUnfocused)),
                        _ => None,
                    };
                    let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
                    let leaks = self.about(&file.path).is_some_and(About::leaks);
                    let (mark, mark_role) = match file.kind {
                        _ if current => (theme.glyphs.current, Role::Ok),
                        _ if leaks => ("!", Role::Error),
                        FileKind::Plain => (theme.glyphs.plain, Role::Warning),
                        FileKind::Sealed | FileKind::Other => (" ", Role::Ok),
                    };
                    let name = self
                        .relative(file)
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy();
                    let (marked, marked_role) = if self.marked.contains(&file.path) {
                        ("*", Role::Info)
                    } else {
                        (" ", Role::Text)
                    };
                    pen.put(mark, style(mark_role)).put(marked, style(marked_role));
                    let tail = self.tail(file, inner.width, current);
                    let used: usize = tail.iter().map(|(part, _)| text::width(part)).sum();
                    let room = pen.left().saturating_sub(used);
                    let role = match file.kind {
                        _ if current => Role::TitleFocused,
                        FileKind::Other => Role::Dim,
                        FileKind::Sealed | FileKind::Plain => Role::Text,
                    };
                    pen.put_cut(&text::escape(&name), room, theme.glyphs.cut, style(role));
                    let rest = " ".repeat(pen.left().saturating_sub(used));
                    pen.put(&rest, style(Role::Text));
                    for (part, role) in &tail {
                        pen.put(part, style(*role));
                    }
                }
            }
        }
        widgets::scroll_note(buffer, area, theme, self.cursor.at, page, self.files.len());
    }
}
