//! Folded folders: which they are, and what stands out in the files that they hide.

use super::FilesPane;
use super::lines::Line;
use crate::ops::overview::About;
use crate::ops::scan::Found;
use crate::tui::text;
use crate::tui::theme::{Glyphs, Role};
use std::path::{Path, PathBuf};

/// What stands out in the files that a folded folder hides: how many files there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden {
    /// All files.
    files: usize,
    /// Those in which something is readable, or broken.
    leaks: usize,
    /// Those that are not what their rule asks for.
    drifted: usize,
    /// Those that are not as committed.
    changed: usize,
    /// Those in conflict.
    conflicts: usize,
}

impl Hidden {
    /// The signs of the files, and how many have each.
    pub(super) fn tail(self, marked: usize) -> Vec<(String, Role)> {
        let signs = [
            ("!", self.leaks, Role::Error),
            ("≠", self.drifted, Role::Warning),
            ("U", self.conflicts, Role::Error),
            ("M", self.changed, Role::Edited),
            ("*", marked, Role::Info),
        ];
        let signs = signs.into_iter().filter(|(_, count, _)| *count > 0);
        let signs = signs.map(|(sign, count, role)| (format!(" {sign}{count}"), role));
        std::iter::once((format!(" {}", self.files), Role::Dim))
            .chain(signs)
            .collect()
    }
}

impl FilesPane {
    /// The uppermost folded folder among this one and those around it.
    pub(super) fn hides<'f>(&self, folder: &'f Path) -> Option<&'f Path> {
        if self.folded.is_empty() {
            return None;
        }
        folder
            .ancestors()
            .filter(|above| self.folded.contains(*above))
            .last()
    }

    /// Counts a file that is hidden.
    pub(super) fn hide(&self, file: &Found, hidden: &mut Hidden) {
        let about = self.about(&file.path);
        let state = self.state(&file.path);
        let conflict = state == Some('U');
        hidden.files += 1;
        hidden.leaks += usize::from(about.is_some_and(About::leaks));
        hidden.drifted += usize::from(about.is_some_and(About::drifted));
        hidden.conflicts += usize::from(conflict);
        hidden.changed += usize::from(state.is_some() && !conflict);
    }

    /// Unfolds the folders that a file is in.
    pub(super) fn uncover(&mut self, path: &Path) {
        let below = path.strip_prefix(&self.folder).unwrap_or(path);
        let before = self.folded.len();
        self.folded.retain(|folder| !below.starts_with(folder));
        if self.folded.len() != before {
            self.lay_out();
        }
    }

    /// Whether the selected folder is folded; nothing on a file.
    #[must_use]
    pub fn is_folded(&self) -> Option<bool> {
        match self.lines.get(self.cursor.at) {
            Some(Line::Folder(_, hidden)) => Some(hidden.is_some()),
            _ => None,
        }
    }

    /// Folds or unfolds the selected folder, whose line stays where it is.
    pub fn toggle_fold(&mut self) {
        if let Some(Line::Folder(folder, hidden)) = self.lines.get(self.cursor.at) {
            let (folder, folded) = (folder.clone(), hidden.is_some());
            if folded {
                self.folded.remove(&folder);
            } else {
                self.folded.insert(folder);
            }
            self.lay_out();
        }
    }

    /// Folds the selected folder; on a file, and on a folder that is folded, goes to the folder around it.
    pub fn fold(&mut self) {
        if self.is_folded() == Some(false) {
            return self.toggle_fold();
        }
        let here = match self.lines.get(self.cursor.at) {
            Some(Line::Folder(folder, _)) => folder.parent(),
            Some(Line::File(number)) => self
                .files
                .get(*number)
                .and_then(|file| self.relative(file).parent()),
            None => None,
        };
        let around = |line: &Line| match line {
            Line::Folder(folder, _) => here.is_some_and(|here| here.starts_with(folder)),
            Line::File(_) => false,
        };
        let above = self.lines.get(..self.cursor.at).unwrap_or_default();
        self.cursor.at = above.iter().rposition(around).unwrap_or(self.cursor.at);
    }

    /// Unfolds the selected folder, or goes to what is in it.
    pub fn unfold(&mut self) {
        match self.is_folded() {
            Some(true) => self.toggle_fold(),
            Some(false) => self.cursor.move_by(1, self.lines.len()),
            None => {}
        }
    }

    /// Folds all folders, or none.
    pub fn fold_everything(&mut self, fold: bool) {
        let chosen = self.chosen();
        self.folded.clear();
        if fold {
            let folders = self.files.iter().filter_map(|file| self.relative(file).parent());
            let folders = folders.filter(|folder| !folder.as_os_str().is_empty());
            let mut folders: Vec<PathBuf> = folders.map(Path::to_owned).collect();
            folders.dedup();
            self.folded.extend(folders);
        }
        self.lay_out();
        if let Some(chosen) = chosen {
            self.choose(&chosen);
        }
    }

    /// What stands before the name of a folder: its mark, and a star where all files that it hides are marked; and how many are.
    pub(super) fn head(&self, folder: &Path, hidden: Option<Hidden>, glyphs: &Glyphs) -> (String, usize) {
        let Some(hidden) = hidden else {
            return (format!("{} ", glyphs.open), 0);
        };
        let folder = self.folder.join(folder);
        let marked = self.marked.iter().filter(|path| path.starts_with(&folder));
        let marked = marked.count();
        let star = if marked == hidden.files { "*" } else { " " };
        (format!("{}{star}", glyphs.folded), marked)
    }

    /// The name of a folder; its end, where there is no room for all of it.
    pub(super) fn folder_name(folder: &Path, room: usize, cut: &str) -> String {
        text::suffix(&format!("{}/", text::path(folder)), room, cut)
    }
}
