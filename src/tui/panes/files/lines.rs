//! The lines of the pane: folders and the files in them, and which of them is selected.

use super::FilesPane;
use super::folds::Hidden;
use crate::ops::scan::Found;
use crate::tui::theme::Role;
use std::path::{Path, PathBuf};

/// A line of the pane: a folder below the listed one, or a file by its number.
#[derive(Debug)]
pub(super) enum Line {
    /// And what stands out in the files that it hides, where it is folded.
    Folder(PathBuf, Option<Hidden>),
    File(usize),
}

/// What is selected, by its path.
pub(super) enum Chosen {
    /// A file.
    File(PathBuf),
    /// A folder: all listed files in it and below are meant.
    Folder(PathBuf),
}

impl FilesPane {
    /// Lays out the lines of what is listed. A folded folder hides all files in it and below.
    pub(super) fn lay_out(&mut self) {
        let mut lines = Vec::with_capacity(self.files.len());
        let mut last = Path::new("");
        for (number, file) in self.files.iter().enumerate() {
            let folder = self.relative(file).parent().unwrap_or(Path::new(""));
            let hides = self.hides(folder);
            let shown = hides.unwrap_or(folder);
            if shown != last {
                last = shown;
                let hidden = hides.map(|_| Hidden::default());
                lines.push(Line::Folder(last.to_owned(), hidden));
            }
            match lines.last_mut() {
                Some(Line::Folder(_, Some(hidden))) => self.hide(file, hidden),
                _ => lines.push(Line::File(number)),
            }
        }
        self.lines = lines;
        self.cursor.move_by(0, self.lines.len());
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The selected file.
    #[must_use]
    pub fn selected(&self) -> Option<&Found> {
        match self.lines.get(self.cursor.at) {
            Some(Line::File(number)) => self.files.get(*number),
            _ => None,
        }
    }

    /// The selected folder.
    #[must_use]
    pub fn selected_folder(&self) -> Option<PathBuf> {
        match self.lines.get(self.cursor.at) {
            Some(Line::Folder(folder, _)) => Some(self.folder.join(folder)),
            _ => None,
        }
    }

    /// The selected folder, or the one that the selected file is in.
    #[must_use]
    pub fn folder_here(&self) -> Option<PathBuf> {
        let of_file = || Some(self.selected()?.path.parent()?.to_owned());
        self.selected_folder().or_else(of_file)
    }

    /// The listed files of a folder and below.
    #[must_use]
    pub fn inside(&self, folder: &Path) -> Vec<PathBuf> {
        let inside = self.files.iter().filter(|file| file.path.starts_with(folder));
        inside.map(|file| file.path.clone()).collect()
    }

    /// What is selected.
    pub(super) fn chosen(&self) -> Option<Chosen> {
        let file = || Some(Chosen::File(self.selected()?.path.clone()));
        self.selected_folder().map(Chosen::Folder).or_else(file)
    }

    /// Selects what was selected before, or the folder that hides it, if it is listed still.
    pub(super) fn choose(&mut self, chosen: &Chosen) {
        let at = self.lines.iter().position(|line| match (line, chosen) {
            (Line::File(number), Chosen::File(path)) => {
                self.files.get(*number).is_some_and(|file| file.path == *path)
            }
            (Line::Folder(folder, _), Chosen::Folder(path)) if self.folder.join(folder) == *path => true,
            (Line::Folder(folder, Some(_)), Chosen::File(path) | Chosen::Folder(path)) => {
                path.starts_with(self.folder.join(folder))
            }
            _ => false,
        });
        self.cursor.at = at.unwrap_or(self.cursor.at);
    }

    /// Selects the file at a path, if it is listed; the folders that it is in are unfolded.
    pub fn select(&mut self, path: &Path) {
        self.uncover(path);
        self.choose(&Chosen::File(path.to_owned()));
    }

    /// Selects the first file, which may stand below its folder.
    pub(super) fn select_first(&mut self) {
        let first = self.lines.iter().position(|line| matches!(line, Line::File(_)));
        self.cursor.at = first.unwrap_or_default();
    }

    /// Selects the next file, folders left out; at the last one nothing moves.
    pub fn select_next(&mut self) {
        let after = self.cursor.at + 1;
        let later = self.lines.iter().enumerate().skip(after);
        let next = later.into_iter().find(|(_, line)| matches!(line, Line::File(_)));
        self.cursor.at = next.map_or(self.cursor.at, |(at, _)| at);
    }

    /// How a line looks: selected here, selected while another pane has the focus, or not at all.
    pub(super) fn selection(&self, number: usize, focused: bool) -> Option<Role> {
        match (number == self.cursor.at, focused) {
            (true, true) => Some(Role::Selected),
            (true, false) => Some(Role::SelectedUnfocused),
            (false, _) => None,
        }
    }
}
