//! Open a file for the editor: as far as the keys at hand allow.

use super::check;
use super::config::absolute;
use super::people::{People, Person};
use super::pins;
use super::rewrite::Rewritten;
use super::rulebook::{Rulebook, Source};
use super::sealed;
use super::sealed::{Held, Unreadable};
use super::why;
use crate::failure::{Failure, Kind};
use crate::format::{self, Format, LoadError, Loaded};
use crate::host::Environment;
use crate::host::file::{self, Identity};
use crate::keys::{self, Attempt, Unlocked};
use crate::metadata::{Detached, Metadata};
use crate::seal::selection::{BadRegex, Rule, Selection};
use crate::seal::{self, DataKey, Opened, Stash};
use crate::tree::Tree;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long names may take longer than keys.
const GRACE: Duration = Duration::from_millis(300);

/// A SOPS file that was read. Edits happen on a clone of `content`; `source` stays as the file was.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub format: Format,
    /// Its bytes.
    pub source: Arc<Vec<u8>>,
    /// What the file was when it was read; a save first checks that it still is.
    pub identity: Identity,
    /// Where the `sops` block stands.
    pub detached: Detached,
    /// What the `sops` block says.
    pub metadata: Metadata,
    /// Which leaves are encrypted.
    pub selection: Selection,
    /// Which leaves the creation rule for the file would encrypt, where that is not what the file says.
    pub by_rule: Option<Selection>,
    /// The content without the `sops` block: decrypted, or as in the file where it is locked. Ids as in [`Document::load`].
    pub content: Tree,
    /// Whether it can be shown and changed.
    pub access: Access,
    /// What became of each key.
    pub attempts: Vec<Attempt>,
    /// Whether the permissions of the file let this user change it.
    pub writable: bool,
    /// Whose key each is, one for each of `attempts`.
    pub people: Vec<Person>,
    /// What seals it again, where every value decrypts and only the MAC does not hold.
    pub repairable: Option<Unsealed>,
    /// Why its MAC did not hold, where the user accepted the file as it stands: the next save makes the MAC new.
    pub accepted: Option<Failure>,
    /// What the user should know: odd metadata, comments that do not decrypt.
    pub notices: Vec<String>,
}

/// How far a document could be opened.
#[derive(Clone, Debug)]
pub enum Access {
    /// Decrypted, the MAC holds: it can be changed.
    Open(Unsealed),
    /// Decrypted, but the MAC does not hold, or the file asks for care: it is shown and cannot be changed.
    ReadOnly(Failure),
    /// No key at hand opens it: structure, recipients and rule are shown.
    Locked(Failure),
}

/// What is needed to seal again.
#[derive(Clone, Debug)]
pub struct Unsealed {
    /// The data key.
    pub key: DataKey,
    /// Ciphertexts of unchanged values.
    pub stash: Stash,
}

/// Opens a file for the editor. A file that cannot be decrypted still opens, as [`Access::Locked`].
///
/// # Errors
/// When the file cannot be read, is no text of its format, or is not encrypted.
pub fn open(path: &Path, environment: &Environment) -> Result<Document, Failure> {
    let (source, identity) = read(path)?;
    Ok(unlocked(parse(path, Arc::new(source), identity)?, environment))
}

/// Tries the keys at hand.
fn unlocked(mut document: Document, environment: &Environment) -> Document {
    let (Unlocked { key, attempts }, people) = unlock_and_name(&document.metadata, environment);
    match key {
        Some(key) => document.unseal(key, environment),
        None => {
            // The reasons stand in the table of attempts, key by key.
            let text = format!(
                "{}: no key at hand opens this file; its structure is shown",
                document.path.display()
            );
            document.access = Access::Locked(Failure::new(Kind::NoDataKey, text));
        }
    }
    let changes = pins::since_seen(&document.path, &document.metadata, environment);
    if !changes.is_empty() {
        document.notices.push(format!(
            "who can read it, or what is encrypted, changed since you last wrote it: {}",
            changes.join("; ")
        ));
    }
    document.attempts = attempts;
    document.writable = file::writable(&document.path);
    document.by_rule = by_rule(&document, environment);
    document.people = people;
    document
}

/// What the rules say where they say something else than the file. Rules that cannot be read or believed say nothing.
fn by_rule(document: &Document, environment: &Environment) -> Option<Selection> {
    let path = absolute(environment, &document.path);
    let book = Rulebook::new(Source::default(), environment);
    let ruling = why::ruling(&path, document.format, None, &book).ok()?;
    let rule = ruling.selection()?;
    let differs = document.format != Format::Binary && rule != document.metadata.effective_rule();
    differs.then(|| Selection::new(Some(rule), false).ok()).flatten()
}

/// Tries the keys, and meanwhile looks up whose they are. Names are worth no waiting: a gpg that does not answer is stopped.
fn unlock_and_name(metadata: &Metadata, environment: &Environment) -> (Unlocked, Vec<Person>) {
    let stop = environment.cancel().below();
    let naming = environment.clone().stopped_by(stop.clone());
    let (send, named) = channel();
    std::thread::scope(|scope| {
        // Nobody has gone before the names came.
        scope.spawn(move || {
            let people = people(metadata, &naming);
            seal::wipe_stack();
            send.send(people)
        });
        let unlocked = keys::unlock(metadata, environment);
        let people = named.recv_timeout(GRACE).or_else(|_| {
            stop.cancel();
            named.recv()
        });
        (unlocked, people.unwrap_or_default())
    })
}

/// Whose keys the file has, in its order.
pub(super) fn people(metadata: &Metadata, environment: &Environment) -> Vec<Person> {
    let recipients = || metadata.groups.iter().flat_map(|group| &group.keys);
    let known = People::gather(&[], recipients().map(|key| &key.recipient), environment);
    recipients().map(|key| known.of(&key.recipient)).collect()
}

/// What is known of each key of a file from the attempts on what it was before: keys that came since were not tried.
fn attempts_on(metadata: &Metadata, before: &[Attempt]) -> Vec<Attempt> {
    let groups = metadata.groups.iter().enumerate();
    let keys = groups.flat_map(|(group, keys)| keys.keys.iter().map(move |key| (group, key)));
    keys.map(|(group, key)| {
        let same = |attempt: &&Attempt| attempt.recipient == key.recipient;
        let here = before
            .iter()
            .find(|attempt| same(attempt) && attempt.group == group);
        let known = here.or_else(|| before.iter().find(same));
        Attempt {
            group,
            recipient: key.recipient.clone(),
            outcome: known.map_or(keys::Outcome::NotTried, |attempt| attempt.outcome.clone()),
        }
    })
    .collect()
}

/// Opens a file again from the bytes that were read of it.
///
/// # Errors
/// When they are not what was opened before.
pub(super) fn reopen(
    path: &Path,
    source: Arc<Vec<u8>>,
    identity: Identity,
    environment: &Environment,
) -> Result<Document, Failure> {
    Ok(unlocked(parse(path, source, identity)?, environment))
}

fn read(path: &Path) -> Result<(Vec<u8>, Identity), Failure> {
    file::read_given(path)
        .map_err(|error| Failure::new(Kind::Read, format!("{}: cannot be read: {error}", path.display())))
}

fn parse(path: &Path, source: Arc<Vec<u8>>, identity: Identity) -> Result<Document, Failure> {
    let name = path.display().to_string();
    let sealed = sealed::hold_in(&source, Format::from_path(path)).map_err(|error| {
        if super::resolve::has_markers(&source) {
            let text = format!("{name}: the text has conflict markers");
            return Failure::new(Kind::Unmerged, text)
                .hint("M in the editor resolves the conflicts by value");
        }
        if is_plain_binary(path, &source, &error) {
            return Failure::new(Kind::NotEncrypted, format!("{name}: the file is not encrypted"));
        }
        error.failure(&name)
    })?;
    Ok(Document::new(path, source, identity, sealed))
}

/// Whether a file that is kept as binary data is just not encrypted: any bytes are such a file, while a damaged encrypted one still has
/// its ciphertext.
fn is_plain_binary(path: &Path, source: &[u8], error: &Unreadable) -> bool {
    Format::from_path(path) == Format::Binary
        && matches!(error, Unreadable::Load(_))
        && memchr::memmem::find(source, b"ENC[AES256_GCM,").is_none()
}

/// What is odd about the `sops` block, which a save writes right; and what the cluster of a SopsSecret could not use.
fn notices(held: &Held, bad: Option<&BadRegex>) -> Vec<String> {
    let odd = held
        .odd
        .as_ref()
        .map(|error| format!("sops would refuse this file: {error}; the next save writes it right"));
    let bad = bad.map(|bad| format!("{bad}; it selects nothing"));
    let unusable = check::unusable(&held.content, &held.metadata);
    odd.into_iter().chain(bad).chain(unusable).collect()
}

impl Document {
    /// A document nobody has opened yet.
    fn new(path: &Path, source: Arc<Vec<u8>>, identity: Identity, sealed: Held) -> Self {
        let rule = sealed.metadata.rule.clone().unwrap_or_else(Rule::default_suffix);
        let (selection, bad) = Selection::for_reading(Some(rule), sealed.metadata.mac_only_encrypted);
        let notices = notices(&sealed, bad.as_ref());
        let text = format!("{}: no key was tried", path.display());
        Self {
            path: path.to_owned(),
            format: sealed.format,
            source,
            identity,
            detached: sealed.detached,
            metadata: sealed.metadata,
            selection,
            by_rule: None,
            content: sealed.content,
            access: Access::Locked(Failure::new(Kind::NoDataKey, text)),
            attempts: Vec::new(),
            writable: true,
            people: Vec::new(),
            repairable: None,
            accepted: None,
            notices,
        }
    }

    /// The document as it is after it was written: `rewritten` was read back and opened already.
    pub(super) fn after(before: &Self, rewritten: Rewritten, identity: Identity, key: DataKey) -> Self {
        let mut document = Self::new(
            &before.path,
            Arc::new(rewritten.bytes),
            identity,
            rewritten.sealed.into(),
        );
        let name = document.path.display().to_string();
        document.access = document.take(rewritten.opened, key, &name);
        document.attempts = attempts_on(&document.metadata, &before.attempts);
        document.people.clone_from(&before.people);
        document.by_rule.clone_from(&before.by_rule);
        document
    }

    /// The sealed tree, `sops` block included, and the layout: read again from the source, as only a save needs them.
    ///
    /// # Errors
    /// Never for a document that was opened from a file: its source was read before.
    pub fn load(&self) -> Result<Loaded, LoadError> {
        format::load(self.format.sealed(), &self.source)
    }

    /// Accepts the file as it stands although its MAC does not hold; whether that can be.
    pub fn accept(&mut self) -> bool {
        let Some(unsealed) = self.repairable.take() else {
            return false;
        };
        if let Access::ReadOnly(failure) = std::mem::replace(&mut self.access, Access::Open(unsealed)) {
            self.accepted = Some(failure);
        }
        true
    }

    /// Takes [`Document::accept`] back.
    pub fn refuse(&mut self) {
        if let Some(failure) = self.accepted.take()
            && let Access::Open(unsealed) = std::mem::replace(&mut self.access, Access::ReadOnly(failure))
        {
            self.repairable = Some(unsealed);
        }
    }

    /// Decrypts the content with the data key and decides how far it may be used.
    fn unseal(&mut self, key: DataKey, environment: &Environment) {
        let name = self.path.display().to_string();
        let sealed = std::mem::take(&mut self.content);
        let tell = |done, all| environment.tell(&format!("decrypting, {done} of {all} values"));
        match seal::open_in_place(sealed, &key, &self.selection, &tell) {
            Ok(opened) => self.access = self.take(opened, key, &name),
            Err(error) => {
                if let Ok(held) = sealed::hold_in(&self.source, self.format) {
                    self.content = held.content;
                }
                let text = format!("{name}: cannot decrypt: {error}");
                let failure = Failure::new(Kind::DecryptTree, text);
                self.access = Access::ReadOnly(failure.hint("the file is shown as it stands"));
            }
        }
    }

    fn take(&mut self, opened: Opened, key: DataKey, name: &str) -> Access {
        let kept = opened.warnings.len();
        if kept > 0 {
            self.notices.push(format!(
                "{kept} comments that should be encrypted are not, or do not decrypt"
            ));
        }
        let valid = super::decrypt::check_mac(&self.metadata, &key, &opened.mac, name);
        self.content = opened.tree;
        let writable = Selection::new(
            self.selection.rule().cloned(),
            self.selection.mac_only_encrypted(),
        );
        match (valid, writable) {
            (Err(failure), writable) => {
                self.repairable = writable.ok().map(|_| Unsealed {
                    key,
                    stash: opened.stash,
                });
                Access::ReadOnly(failure)
            }
            (Ok(()), Err(bad)) => Access::ReadOnly(Failure::new(Kind::Generic, format!("{name}: {bad}"))),
            (Ok(()), Ok(_)) => Access::Open(Unsealed {
                key,
                stash: opened.stash,
            }),
        }
    }
}
