//! What a run that gives files new data keys has done, so that the next one after a stop does the rest: what a file is to become is
//! noted before it is written. A file that is what was noted is done, whenever the run ended.
//!
//! A line is added for each file; a last one that was torn by a stop counts for nothing.
//!
//! Kept outside of the repository, under names that tell nobody which files they are for, and for a day: who asks later wants new keys.

use super::{Goal, Request};
use crate::host::{Environment, UserKey, clock, file};
use crate::ops::config::absolute;
use crate::ops::unlock::identity;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How long a run that was stopped can be gone on with, in seconds.
const DAY: i64 = 24 * 60 * 60;
/// The folder in the state folder.
const FOLDER: &str = "rotating";

/// The notes of a run.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
    /// What marks are made with; read at the first use, so that looking alone makes none.
    key: Option<UserKey>,
    /// What tells these notes from others: the place, who comes and who goes.
    of: Vec<Vec<u8>>,
    /// When the run began, in seconds since 1970.
    started: i64,
    /// The files that are to be done, by their marks.
    todo: BTreeSet<String>,
    /// What each becomes: the SHA-256 of its bytes, in hexadecimal digits.
    noted: BTreeMap<String, String>,
}

impl Journal {
    /// The notes of the run that was stopped, or empty ones; `None` where nothing has to be noted, or nowhere can be.
    pub fn find(request: &Request, environment: &Environment) -> Option<Self> {
        if request.goal != Goal::DataKey {
            return None;
        }
        let now = clock::now().unix();
        let mut journal = Self {
            folder: environment.state_folder()?.join(FOLDER),
            key: None,
            of: of(request, environment),
            started: now,
            todo: BTreeSet::new(),
            noted: BTreeMap::new(),
        };
        if request.restart || !file::exists(&journal.folder) {
            return Some(journal);
        }
        let key = journal.key(environment);
        let read = key.and_then(|key| file::read(&journal.path(&key)).ok());
        if let Some((bytes, _)) = read {
            journal.take_in(&String::from_utf8_lossy(&bytes), now);
        }
        Some(journal)
    }

    /// When the run began whose notes were found, in seconds since 1970.
    pub const fn started(&self) -> i64 {
        self.started
    }

    /// Whether a file with this content is done.
    pub fn has(&self, path: &Path, content: &[u8]) -> bool {
        if self.noted.is_empty() {
            return false;
        }
        let key = self.key.as_ref();
        let noted = key.and_then(|key| self.noted.get(&mark(key, path)));
        noted.is_some_and(|noted| *noted == digest(content))
    }

    /// Notes which files are to be done, before the first is.
    pub fn begin<'f>(&mut self, files: impl Iterator<Item = &'f Path>, environment: &Environment) {
        let Some(key) = self.key(environment) else {
            return;
        };
        self.todo.extend(files.map(|path| mark(&key, path)));
        let mut text = format!("started {}\n", self.started);
        for mark in &self.todo {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "todo {mark}");
        }
        for (mark, content) in &self.noted {
            let _ = writeln!(text, "new {mark} {content}");
        }
        // Without notes files get new keys once more: nothing worse.
        let _ = file::note(&self.path(&key), text.as_bytes());
    }

    /// Notes what files are to become, just before they are written.
    pub fn note<'f>(&mut self, files: impl Iterator<Item = (&'f Path, &'f [u8])>, environment: &Environment) {
        let Some(key) = self.key(environment) else {
            return;
        };
        let mut text = String::new();
        for (path, content) in files {
            let (mark, content) = (mark(&key, path), digest(content));
            let _ = writeln!(text, "new {mark} {content}");
            self.noted.insert(mark, content);
        }
        let _ = file::append(&self.path(&key), text.as_bytes());
    }

    /// Notes that these files are done; once all are, nothing has to be remembered any more.
    pub fn end<'f>(&mut self, done: impl Iterator<Item = &'f Path>, environment: &Environment) {
        let Some(key) = self.key(environment) else {
            return;
        };
        let mut text = String::new();
        for path in done {
            let mark = mark(&key, path);
            let _ = writeln!(text, "done {mark}");
            self.todo.remove(&mark);
        }
        let path = self.path(&key);
        // Notes that stay are out of date in a day.
        let _ = if self.todo.is_empty() {
            file::remove(&path)
        } else {
            file::append(&path, text.as_bytes())
        };
    }

    fn key(&mut self, environment: &Environment) -> Option<UserKey> {
        if self.key.is_none() {
            self.key = UserKey::load(environment).ok();
        }
        self.key.clone()
    }

    fn path(&self, key: &UserKey) -> PathBuf {
        let parts: Vec<&[u8]> = self.of.iter().map(Vec::as_slice).collect();
        self.folder.join(hex(&key.fingerprint("rotation", &parts)))
    }

    /// Takes notes in that are not too old.
    fn take_in(&mut self, text: &str, now: i64) {
        let mut started = None;
        let whole = text
            .split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n'));
        for line in whole {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                ["started", time] => started = time.parse::<i64>().ok(),
                ["todo", mark] => {
                    self.todo.insert((*mark).to_owned());
                }
                ["done", mark] => {
                    self.todo.remove(*mark);
                }
                ["new", mark, content] => {
                    self.noted.insert((*mark).to_owned(), (*content).to_owned());
                }
                _ => {}
            }
        }
        match started.filter(|started| (0..DAY).contains(&(now - started))) {
            Some(started) => self.started = started,
            None => {
                self.todo.clear();
                self.noted.clear();
            }
        }
    }
}

/// The repository that the files lie in, or their folder; and who comes and goes.
fn of(request: &Request, environment: &Environment) -> Vec<Vec<u8>> {
    let first = request.paths.first().map(|path| absolute(environment, path));
    let first = first.unwrap_or_else(|| environment.directory().to_owned());
    let first = file::canonical(&first).unwrap_or(first);
    let root = first
        .ancestors()
        .find(|folder| file::exists(&folder.join(".git")))
        .unwrap_or(&first);
    let mut parts = vec![root.as_os_str().as_encoded_bytes().to_vec()];
    for (sign, people) in [('+', &request.add), ('-', &request.remove)] {
        let mut names: Vec<String> = people
            .iter()
            .map(|who| format!("{sign}{}", identity(who)))
            .collect();
        names.sort();
        parts.extend(names.into_iter().map(String::into_bytes));
    }
    parts
}

fn mark(key: &UserKey, path: &Path) -> String {
    hex(&key.fingerprint("rotated file", &[path.as_os_str().as_encoded_bytes()]))
}

fn digest(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{DAY, Journal};
    use crate::host::Environment;
    use crate::ops::rekey_files::{Goal, Request};
    use std::path::{Path, PathBuf};

    /// A wish for new data keys, where notes go into a folder of the test.
    fn rotation() -> (tempfile::TempDir, Environment, Request) {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::new([("HOME", "/nowhere")], folder.path())
            .with("LAZYSOPS_CONFIG_DIR", folder.path().join("settings"));
        let request = Request {
            goal: Goal::DataKey,
            ..Request::default()
        };
        (folder, environment, request)
    }

    #[test]
    fn a_file_more_is_a_line_more_and_a_torn_line_is_none() {
        let (_folder, environment, request) = rotation();
        let paths: Vec<PathBuf> = (0..100).map(|number| format!("/{number}").into()).collect();
        let mut journal = Journal::find(&request, &environment).unwrap();
        journal.begin(paths.iter().map(PathBuf::as_path), &environment);
        let notes = journal.path(&journal.key.clone().unwrap());
        let read = || std::fs::read_to_string(&notes).unwrap();
        let mut before = read();
        for path in &paths {
            journal.note([(path.as_path(), &b"new"[..])].into_iter(), &environment);
            let after = read();
            let line = after.strip_prefix(&before).expect("what stood there stays");
            assert_eq!(line.lines().count(), 1);
            before = after;
        }
        let found = || Journal::find(&request, &environment).unwrap();
        assert!(found().has(&paths[99], b"new"));
        // Cut anywhere in the last line: as if that file had not been noted.
        let last = before.lines().last().unwrap().len() + 1;
        for cut in 1..last {
            std::fs::write(&notes, &before[..before.len() - cut]).unwrap();
            let found = found();
            assert!(!found.has(&paths[99], b"new"), "{cut} bytes are missing");
            assert!(found.has(&paths[98], b"new"));
        }
        // The next run makes the torn line go before it adds others.
        let mut next = found();
        next.begin(paths.iter().map(PathBuf::as_path), &environment);
        next.note([(paths[99].as_path(), &b"newer"[..])].into_iter(), &environment);
        assert!(found().has(&paths[99], b"newer") && found().has(&paths[98], b"new"));
        next.end(paths[1..].iter().map(PathBuf::as_path), &environment);
        assert_eq!(found().todo.len(), 1, "one is still to be done");
        next.end(paths[..1].iter().map(PathBuf::as_path), &environment);
        assert!(!notes.exists());
    }

    #[test]
    fn notes_are_found_again_by_the_same_wish_and_forgotten_after_a_day() {
        let (folder, environment, request) = rotation();
        let (one, two) = (Path::new("/a"), Path::new("/b"));
        let mut journal = Journal::find(&request, &environment).unwrap();
        assert!(!folder.path().join("settings").exists(), "looking writes nothing");
        journal.begin([one, two].into_iter(), &environment);
        journal.note([(one, &b"new"[..])].into_iter(), &environment);
        let found = |request: &Request| Journal::find(request, &environment).unwrap();
        assert!(found(&request).has(one, b"new"));
        assert!(!found(&request).has(one, b"old"));
        assert!(!found(&request).has(two, b"new"));
        let again = Request {
            restart: true,
            ..request.clone()
        };
        assert!(!found(&again).has(one, b"new"));
        assert!(Journal::find(&Request::default(), &environment).is_none());
        let text = "started 100\ntodo x\nnew y z\n";
        let (mut fresh, mut old) = (journal.clone(), journal.clone());
        fresh.take_in(text, 100 + DAY - 1);
        old.take_in(text, 100 + DAY);
        assert!(fresh.noted.contains_key("y") && old.noted.is_empty() && old.todo.is_empty());
        // Once the last file is done, there is nothing left to remember.
        journal.end([one].into_iter(), &environment);
        assert!(found(&request).has(one, b"new"));
        journal.end([two].into_iter(), &environment);
        assert!(!found(&request).has(one, b"new"));
    }
}
