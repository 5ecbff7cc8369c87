//! The last version of a file in git whose MAC held.

use crate::format::{Format, sealed_format};
use crate::host::git::Objects;
use crate::host::{Environment, Repository};
use crate::metadata::Metadata;
use crate::ops::history::name_before;
use crate::ops::keyring::Keyring;
use crate::ops::sealed;
use crate::seal;
use crate::seal::selection::{Rule, Selection};
use crate::tree::{Time, Tree};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How many commits are looked at.
const MOST: usize = 200;
/// How much of the name of a commit is shown.
const DIGITS: usize = 9;

/// A version whose MAC held.
#[derive(Clone, Debug)]
pub struct Good {
    /// The short name of the commit; `None` for what is staged.
    pub commit: Option<String>,
    /// Who wrote it; not made safe to print.
    pub author: String,
    /// When, in seconds since 1970.
    pub when: i64,
    /// The first line of its message; not made safe to print.
    pub subject: String,
    /// The bytes of the file then.
    pub(super) bytes: Vec<u8>,
    /// Its content, decrypted.
    pub(super) tree: Tree,
    /// Its content as it was stored.
    pub(super) sealed: Tree,
    /// What its `sops` block said.
    pub(super) metadata: Metadata,
}

impl Good {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.commit {
            Some(commit) => format!("commit {commit}"),
            None => "what is staged".to_owned(),
        }
    }

    /// With its day, author and subject.
    #[must_use]
    pub fn described(&self) -> String {
        let name = self.name();
        if self.commit.is_none() {
            return name;
        }
        let date = Time::from_unix(self.when).to_string();
        let day = date.get(..10).unwrap_or(&date);
        format!("{name} ({day}, {}, {})", self.author, self.subject)
    }
}

/// Looks for it, from what is staged back through the commits; and how many versions were looked at.
pub fn find(path: &Path, bytes: &[u8], environment: &Environment) -> (Option<Good>, usize) {
    let mut looked = 0;
    let found = search(path, bytes, environment, &mut looked);
    (found, looked)
}

fn search(path: &Path, bytes: &[u8], environment: &Environment, looked: &mut usize) -> Option<Good> {
    let folder = path.parent().unwrap_or(environment.directory());
    let repository = Repository::around(folder, environment).ok()?;
    let relative = within(&repository, path)?;
    let relative = relative.as_os_str().as_encoded_bytes();
    let mut objects = repository.objects().ok()?;
    let mut search = Search {
        path,
        bytes,
        ring: Keyring::new(environment),
        last: None,
        looked,
    };
    if let Some(good) = search.read(&mut objects, "", relative) {
        return Some(good);
    }
    let (mut from, mut name) = ("HEAD".to_owned(), relative.to_vec());
    let mut left = MOST;
    while left > 0 {
        let mut oldest = None;
        let log = repository.log(&from, &name, environment.cancel()).ok()?;
        for commit in log.take(left) {
            left -= 1;
            if let Some(good) = search.read(&mut objects, &commit.id, &name) {
                return Some(Good {
                    commit: Some(commit.id.get(..DIGITS).unwrap_or(&commit.id).to_owned()),
                    author: commit.author,
                    when: commit.when,
                    subject: commit.subject,
                    ..good
                });
            }
            oldest = Some(commit.id);
        }
        let is_first = from == "HEAD" && name == relative;
        if environment.cancel().is_cancelled() || oldest.is_none() && !is_first {
            return None;
        }
        // It may have had another name before that.
        let then = oldest.as_ref().and_then(|id| {
            let name = [id.as_bytes(), b":", &name].concat();
            objects.read(&name).ok().flatten()
        });
        let then = then.as_ref().map_or(bytes, |(_, bytes)| bytes.as_slice());
        (from, name) = name_before(&repository, &mut objects, oldest.as_deref(), path, then)?;
    }
    None
}

/// What versions are looked at with.
struct Search<'s> {
    path: &'s Path,
    bytes: &'s [u8],
    ring: Keyring<'s>,
    /// What git calls the content that was looked at last.
    last: Option<String>,
    looked: &'s mut usize,
}

impl Search<'_> {
    /// A version, if its MAC holds and it was not looked at just before.
    fn read(&mut self, objects: &mut Objects, revision: &str, name: &[u8]) -> Option<Good> {
        let (object, content) = objects
            .read(&[revision.as_bytes(), b":", name].concat())
            .ok()
            .flatten()?;
        if self.last.replace(object.clone()) == Some(object) || content == self.bytes {
            return None;
        }
        *self.looked += 1;
        version(self.path, content, &self.ring)
    }
}

/// The path of a file from the root of its repository.
fn within(repository: &Repository, path: &Path) -> Option<PathBuf> {
    let whole = crate::host::file::canonical(path.parent()?)?.join(path.file_name()?);
    let root = crate::host::file::canonical(repository.root())?;
    whole
        .strip_prefix(root)
        .ok()
        .map(Path::to_owned)
        .filter(|path| path.as_os_str() != OsStr::new(""))
}

/// A version, if its MAC holds.
fn version(path: &Path, bytes: Vec<u8>, ring: &Keyring<'_>) -> Option<Good> {
    let format = sealed_format(&bytes, Format::from_path(path))?;
    let read = sealed::read(&bytes, format, true).ok()?;
    let key = ring.key(&read.metadata)?;
    let rule = read.metadata.rule.clone().unwrap_or_else(Rule::default_suffix);
    let (selection, _) = Selection::for_reading(Some(rule), read.metadata.mac_only_encrypted);
    let opened = seal::open(&read.content, &key, &selection).ok()?;
    seal::verify_mac(
        &read.metadata.mac,
        &key,
        &read.metadata.last_modified,
        &opened.mac,
    )
    .ok()?;
    Some(Good {
        commit: None,
        author: String::new(),
        when: 0,
        subject: String::new(),
        bytes,
        tree: opened.tree,
        sealed: read.content,
        metadata: read.metadata,
    })
}
