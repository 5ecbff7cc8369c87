//! Where pins are kept: `pins/` in the state folder, a file each, under a name that tells nobody which file it is for; with a
//! fingerprint by the user's own key, so that a pin somebody else wrote is none.

use super::Snapshot;
use crate::host::file;
use crate::host::git::Repository;
use crate::host::{Environment, UserKey};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What is remembered of a file.
pub enum Memory {
    /// Nothing is remembered here at all.
    None,
    /// This file was not seen before.
    First,
    /// It was like this.
    Seen(Snapshot),
}

const NAME: &str = "pin name";
const CONTENT: &str = "pin";

/// Whether things are remembered here.
pub fn is_there(environment: &Environment) -> bool {
    folder(environment).is_some_and(|folder| file::exists(&folder))
}

pub fn recall(path: &Path, environment: &Environment) -> Memory {
    let Some(folder) = folder(environment).filter(|folder| file::exists(folder)) else {
        return Memory::None;
    };
    let Ok(key) = UserKey::load(environment) else {
        return Memory::None;
    };
    let id = identity(path, environment);
    let Ok((bytes, _)) = file::read(&folder.join(name(&key, &id))) else {
        return Memory::First;
    };
    match parse(&key, &id, &bytes) {
        Some(snapshot) => Memory::Seen(snapshot),
        None => Memory::First,
    }
}

pub fn keep(path: &Path, snapshot: &Snapshot, make: bool, environment: &Environment) {
    let Some(folder) = folder(environment) else {
        return;
    };
    if !make && !file::exists(&folder) {
        return;
    }
    let Ok(key) = UserKey::load(environment) else {
        return;
    };
    let id = identity(path, environment);
    let text = written(&key, &id, snapshot);
    let pin = folder.join(name(&key, &id));
    // Without a pin the next use is a first one: nothing worse.
    let _ = file::note(&pin, text.as_bytes());
}

fn folder(environment: &Environment) -> Option<PathBuf> {
    Some(environment.state_folder()?.join("pins"))
}

/// Which file it is: its canonical path, or its path in a repository together with the first commit of that: another repository at the same place is another file.
fn identity(path: &Path, environment: &Environment) -> Vec<Vec<u8>> {
    let canonical = file::canonical(path).unwrap_or_else(|| path.to_owned());
    let mut parts = vec![canonical.as_os_str().as_encoded_bytes().to_vec()];
    let folders = canonical.ancestors().skip(1);
    for folder in folders
        .filter(|folder| file::exists(&folder.join(".git")))
        .take(1)
    {
        parts.extend(first_commit(folder, environment));
    }
    parts
}

/// The first commit of a repository; asked for once in a process.
fn first_commit(root: &Path, environment: &Environment) -> Option<Vec<u8>> {
    static KNOWN: Mutex<BTreeMap<PathBuf, Option<Vec<u8>>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let ask = || {
        Repository::at(root, environment)
            .run(["rev-list", "--max-parents=0", "HEAD"], None)
            .ok()
    };
    known.entry(root.to_owned()).or_insert_with(ask).clone()
}

fn name(key: &UserKey, id: &[Vec<u8>]) -> String {
    hex(&key.fingerprint(NAME, &parts(id)))
}

fn parts(id: &[Vec<u8>]) -> Vec<&[u8]> {
    id.iter().map(Vec::as_slice).collect()
}

fn written(key: &UserKey, id: &[Vec<u8>], snapshot: &Snapshot) -> String {
    let lines: Vec<&str> = snapshot.0.iter().map(String::as_str).collect();
    let text = lines.join("\n");
    format!("{}\n{text}\n", seal(key, id, &text))
}

fn seal(key: &UserKey, id: &[Vec<u8>], text: &str) -> String {
    let mut parts = parts(id);
    parts.push(text.as_bytes());
    hex(&key.fingerprint(CONTENT, &parts))
}

fn parse(key: &UserKey, id: &[Vec<u8>], bytes: &[u8]) -> Option<Snapshot> {
    let (mac, text) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
    let text = text.trim_end_matches('\n');
    (mac == seal(key, id, text)).then(|| Snapshot(text.lines().map(str::to_owned).collect()))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
