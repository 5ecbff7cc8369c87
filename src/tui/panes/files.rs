//! Pane 1: the files of the folder, with what git, the rules and a look for leaks say of each.

mod folds;
mod lines;
mod marks;

use lines::Line;

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
    states: HashMap<PathBuf, char>,
    /// Folders whose files are not shown, below the listed one.
    folded: BTreeSet<PathBuf>,
    /// Whether the folder was searched.
    pub scanned: bool,
    /// What is to be done to several files is done to these.
    pub marked: BTreeSet<PathBuf>,
    /// What is known of the files beside their names; nothing before they were looked into.
    overview: Option<Overview>,
    lines: Vec<Line>,
    /// The selected line: a file, or a folder.
    pub cursor: Cursor,
}

impl FilesPane {
    /// Takes in what was found.
    pub fn found(&mut self, files: Vec<Found>) {
        self.all = files;
        let first = !self.scanned;
        self.scanned = true;
        self.relist_around();
        if first {
            self.select_first();
        }
    }

    /// Lists more, or SOPS files only again.
    pub fn list_next(&mut self) {
        self.listing = self.listing.next();
        self.relist_around();
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
        self.lay_out();
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

    /// Takes in what git said.
    pub fn take_states(&mut self, states: HashMap<PathBuf, char>) {
        self.states = states;
        // Folded folders count them.
        self.lay_out();
    }

    /// What git says of a file that is not as committed.
    #[must_use]
    pub fn state(&self, path: &Path) -> Option<char> {
        self.states.get(path).copied()
    }

    /// Lists anew; what is selected stays selected.
    fn relist_around(&mut self) {
        let chosen = self.chosen();
        self.relist();
        if let Some(chosen) = chosen {
            self.choose(&chosen);
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

    fn relative<'f>(&self, file: &'f Found) -> &'f Path {
        file.path.strip_prefix(&self.folder).unwrap_or(&file.path)
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
        let page = self.page(usize::from(inner.height));
        let page = u16::try_from(page).unwrap_or(inner.height);
        if page < inner.height {
            let note = format!(" {} not looked into", self.skipped().len());
            Pen::new(buffer, inner, page).put(&note, theme.style(Role::Warning));
        }
        if self.is_empty() {
            let note = if self.scanned { "no SOPS files here" } else { "" };
            Pen::new(buffer, inner, 0).put(note, theme.style(Role::Dim));
            return;
        }
        let shown = self.lines.iter().enumerate().skip(self.cursor.top);
        for ((number, line), row) in shown.zip(0..page) {
            let mut pen = Pen::new(buffer, inner, row);
            let over = self.selection(number, view.focused).map(|role| theme.style(role));
            let style = |role| over.map_or(theme.style(role), |over| theme.style(role).patch(over));
            match line {
                Line::Folder(folder, hidden) => {
                    let (head, marked) = self.head(folder, *hidden, theme.glyphs);
                    pen.put(&head, style(Role::Branch));
                    let tail = hidden.map_or_else(Vec::new, |hidden| hidden.tail(marked));
                    let used: usize = tail.iter().map(|(part, _)| text::width(part)).sum();
                    let room = pen.left().saturating_sub(used);
                    let name = Self::folder_name(folder, room, theme.glyphs.cut);
                    pen.put(&name, style(Role::Branch));
                    let rest = " ".repeat(pen.left().saturating_sub(used));
                    if over.is_some() || used > 0 {
                        pen.put(&rest, style(Role::Text));
                    }
                    for (part, role) in &tail {
                        pen.put(part, style(*role));
                    }
                }
                Line::File(file) => {
                    let Some(file) = self.files.get(*file) else {
                        continue;
                    };
                    let current = open == Some(file.path.as_path());
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
        widgets::scroll_note(buffer, area, theme, self.cursor.at, page, self.len());
    }
}
