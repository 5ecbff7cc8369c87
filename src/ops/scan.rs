//! Which files of a folder are SOPS files, and which would become some: by their content and the rules, not by their names.

use super::caution::Caution;
use super::config::{self, Located};
use crate::format::{Format, sealed_format};
use crate::host::{Environment, file, walk_below};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many files are looked at.
const MOST_FILES: usize = 20_000;
/// After how many files it is told how far the search is.
const TOLD_EVERY: usize = 100;
/// The largest file that is looked into, in bytes.
const LARGEST: u64 = 256 << 20;

/// What a file is to SOPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A SOPS file.
    Sealed,
    /// A plain file that a creation rule is for.
    Plain,
    /// Neither.
    Other,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is: the folder that was given, and the way down from there.
    pub path: PathBuf,
    /// The format of its text.
    pub format: Format,
    /// What it is.
    pub kind: FileKind,
}

/// The files of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// In the order of their paths.
    pub files: Vec<Found>,
    /// Whether there were too many files to look at all of them.
    pub truncated: bool,
    /// Whether there are folders or files that cannot be read: nobody knows what is in there.
    pub unread: bool,
}

/// The files below a folder, without those that `.gitignore` leaves out. What cannot be read is no SOPS file.
#[must_use]
pub fn scan(folder: &Path, environment: &Environment) -> Scan {
    let walked = walk_below(folder, MOST_FILES, u64::MAX);
    let mut unread = !walked.unread.is_empty();
    let mut rules = Rules {
        environment,
        root: folder,
        known: HashMap::new(),
    };
    let all = walked.files.len();
    let files = (0..)
        .zip(walked.files)
        .map(|(number, path)| {
            if number > 0 && number % TOLD_EVERY == 0 {
                environment.tell(&format!("{number} of {all} files"));
            }
            let suggested = Format::from_path(&path);
            let bytes = file::read_marked(&path, b"sops", LARGEST);
            unread |= bytes.is_err();
            let bytes = bytes.ok().flatten();
            let (format, kind) = match bytes.and_then(|bytes| sealed_format(&bytes, suggested)) {
                Some(format) => (format, FileKind::Sealed),
                None if rules.would_encrypt(&path, suggested) => (suggested, FileKind::Plain),
                None => (suggested, FileKind::Other),
            };
            Found { path, format, kind }
        })
        .collect();
    Scan {
        files,
        truncated: walked.truncated,
        unread,
    }
}

/// The `.sops.yaml` of each folder that was asked about.
struct Rules<'r> {
    environment: &'r Environment,
    root: &'r Path,
    known: HashMap<PathBuf, Option<Arc<Located>>>,
}

impl Rules<'_> {
    /// Whether a rule with recipients means a file: one that names its path, or any rule for a format that has keys.
    fn would_encrypt(&mut self, path: &Path, format: Format) -> bool {
        let own = path.file_name().is_some_and(|name| name == ".sops.yaml");
        let Some(config) = path.parent().filter(|_| !own).and_then(|folder| self.of(folder)) else {
            return false;
        };
        config.rule_for(path).ok().flatten().is_some_and(|rule| {
            let meant = rule.path_regex.is_some() || format != Format::Binary;
            meant
                && rule
                    .groups()
                    .is_ok_and(|groups| groups.iter().any(|group| !group.keys.is_empty()))
        })
    }

    fn of(&mut self, folder: &Path) -> Option<Arc<Located>> {
        if let Some(known) = self.known.get(folder) {
            return known.clone();
        }
        // A folder without a file of its own has that of the nearest folder above it which was asked about, or has one.
        let mut missing = Vec::new();
        let mut found = None;
        for above in folder.ancestors() {
            if let Some(known) = self.known.get(above) {
                found.clone_from(known);
                break;
            }
            missing.push(above.to_owned());
            if above == self.root || file::exists(&above.join(".sops.yaml")) {
                let environment = self.environment.clone().within(above);
                let mut caution = Caution::new(false, &environment);
                found = config::find(None, None, &environment, &mut caution)
                    .ok()
                    .flatten()
                    .map(Arc::new);
                break;
            }
        }
        for folder in missing {
            self.known.insert(folder, found.clone());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{FileKind, scan};
    use crate::host::Environment;
    use std::fs;
    use std::path::PathBuf;

    fn of_kind(folder: &std::path::Path, kind: FileKind) -> Vec<PathBuf> {
        let found = scan(folder, &Environment::new([("HOME", "/")], folder)).files;
        let found = found.into_iter().filter(|found| found.kind == kind);
        found
            .map(|found| found.path.strip_prefix(folder).unwrap().to_owned())
            .collect()
    }

    const MAC: &str = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]";

    #[test]
    fn ignored_files_and_the_repository_itself_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = format!("a: 1\nsops:\n    mac: {MAC}\n");
        for name in [
            "b.yaml",
            ".hidden.yaml",
            "out/c.yaml",
            ".git/d.yaml",
            "sub/a.yaml",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &sealed).unwrap();
        }
        fs::write(folder.path().join("plain.yaml"), "a: 1\n").unwrap();
        fs::write(folder.path().join(".gitignore"), "out/\n").unwrap();
        let found = of_kind(folder.path(), FileKind::Sealed);
        assert_eq!(found, [".hidden.yaml", "b.yaml", "sub/a.yaml"].map(PathBuf::from));
    }

    #[test]
    fn plain_files_are_found_that_a_rule_is_for() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            (
                ".sops.yaml",
                "creation_rules:\n  - path_regex: ^prod/\n    age: age1x\n  - path_regex: ^nobody/\n",
            ),
            ("prod/a.yaml", "a: 1\n"),
            ("prod/deep/key.bin", "x"),
            ("nobody/a.yaml", "a: 1\n"),
            ("test/.sops.yaml", "creation_rules:\n  - age: age1x\n"),
            ("test/deep/a.yaml", "a: 1\n"),
            ("test/deep/README", "x"),
            ("a.yaml", "a: 1\n"),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let expected = ["prod/a.yaml", "prod/deep/key.bin", "test/deep/a.yaml"].map(PathBuf::from);
        assert_eq!(of_kind(folder.path(), FileKind::Plain), expected);
    }
}
