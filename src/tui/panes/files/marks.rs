//! What stands behind the names of files, and which of them are marked for what is done to several.

use super::{FilesPane, ROOMY, WIDE};
use crate::ops::overview::About;
use crate::ops::scan::{FileKind, Found};
use crate::tui::theme::Role;
use std::path::PathBuf;

/// How many files there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// SOPS files.
    pub sealed: usize,
    /// Of those, without a rule.
    pub ruleless: usize,
    /// Plain files that a rule is for.
    pub plain: usize,
    /// Files in which something is readable, or broken.
    pub leaks: usize,
    /// Files that are not what their rule asks for.
    pub drifted: usize,
}

impl FilesPane {
    /// Counts the files of the folder, listed or not.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            sealed: self.of_kind(FileKind::Sealed).len(),
            plain: self.of_kind(FileKind::Plain).len(),
            ..Counts::default()
        };
        for about in self.overview.iter().flat_map(|found| found.files.values()) {
            counts.leaks += usize::from(about.leaks());
            counts.drifted += usize::from(about.drifted());
            let rule = about.rule.as_ref();
            counts.ruleless += usize::from(rule.is_some_and(|rule| rule.number.is_none()));
        }
        counts
    }

    /// What stands behind the name, as far as there is room: format and rule, what kind of file it is where it is no SOPS file, drift, and
    /// its state in git.
    pub(super) fn tail(&self, file: &Found, width: u16, current: bool) -> Vec<(String, Role)> {
        let about = self.about(&file.path);
        let mut parts = Vec::new();
        if width >= WIDE {
            let rule = match about.and_then(|about| about.rule.as_ref()) {
                Some(rule) => rule
                    .number
                    .map_or("no rule".to_owned(), |number| format!("rule {number}")),
                None => String::new(),
            };
            parts.push((format!(" {:<6} {rule:<7}", file.format.name()), Role::Dim));
        }
        let roomy = width >= ROOMY;
        match (about.is_some_and(About::leaks), file.kind) {
            (true, _) if roomy => parts.push((" LEAK".to_owned(), Role::Error)),
            // Otherwise the sign stands before the name.
            (true, _) if current => parts.push((" !".to_owned(), Role::Error)),
            (true, _) => {}
            (false, FileKind::Plain) if roomy => parts.push((" plain".to_owned(), Role::Warning)),
            (false, _) => {}
        }
        if about.is_some_and(About::drifted) {
            parts.push((" ≠".to_owned(), Role::Warning));
        }
        match self.state(&file.path) {
            Some('U') if roomy => parts.push((" conflict U".to_owned(), Role::Error)),
            Some('U') => parts.push((" U".to_owned(), Role::Error)),
            Some(state) => parts.push((format!(" {state}"), Role::Edited)),
            None => {}
        }
        parts
    }

    /// Marks the selected file, or takes its mark away; on a folder, all files in it and below.
    pub fn mark_one(&mut self) {
        if self.selected_folder().is_some() {
            self.mark_folder();
        } else if let Some(path) = self.selected().map(|file| file.path.clone()) {
            self.toggle(vec![path]);
        }
    }

    /// Marks all listed files of the folder here and below, or none of them.
    pub fn mark_folder(&mut self) {
        let folder = self.folder_here().unwrap_or_default();
        let paths = self.inside(&folder);
        self.toggle(paths);
    }

    /// Marks all listed files, or none.
    pub fn mark_all(&mut self) {
        let paths = self.files.iter().map(|file| file.path.clone()).collect();
        self.toggle(paths);
    }

    /// Takes the marks away where all of these are marked, else marks them all.
    fn toggle(&mut self, paths: Vec<PathBuf>) {
        if paths.iter().all(|path| self.marked.contains(path)) {
            for path in &paths {
                self.marked.remove(path);
            }
        } else {
            self.marked.extend(paths);
        }
    }
}
