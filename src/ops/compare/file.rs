//! Comparing two versions of a file, as far as the keys at hand open them.

use super::trees::{self, Difference, What};
use crate::failure::Failure;
use crate::format::Format;
use crate::host::{Environment, UserKey};
use crate::metadata::Metadata;
use crate::ops::keyring::Keyring;
use crate::ops::merge::{RecipientChange, recipient_changes};
use crate::ops::path::shown;
use crate::ops::sealed::{self, Sealed};
use crate::seal::selection::Selection;
use crate::seal::{self, DataKey};
use crate::tree::{Body, Leaf, NodeId, Tree};
use std::collections::HashSet;

/// One version of a file.
#[derive(Clone, Debug)]
pub struct Version {
    sealed: Sealed,
    /// The content and the data key, where a key at hand opened it.
    opened: Option<(Tree, DataKey)>,
    /// Whether it was opened and its MAC does not hold.
    broken: bool,
}

impl Version {
    /// Reads a version, and decrypts it if a key at hand opens it. A MAC that does not hold is no error: a comparison shows what a
    /// file says, and says that of it.
    ///
    /// # Errors
    /// When it is no SOPS file.
    pub fn read(
        bytes: &[u8],
        format: Format,
        name: &str,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        Self::read_with(bytes, format, name, &Keyring::new(environment))
    }

    /// As [`Self::read`], with keys that may have been unwrapped already.
    ///
    /// # Errors
    /// When it is no SOPS file.
    pub fn read_with(
        bytes: &[u8],
        format: Format,
        name: &str,
        keyring: &Keyring<'_>,
    ) -> Result<Self, Failure> {
        let sealed = sealed::detect(bytes, format, true).map_err(|error| error.failure(name))?;
        let opened = keyring.key(&sealed.metadata).and_then(|key| {
            let rule = Some(sealed.metadata.effective_rule());
            let (selection, _) = Selection::for_reading(rule, sealed.metadata.mac_only_encrypted);
            let opened = seal::open(&sealed.content, &key, &selection).ok()?;
            let (mac, time) = (&sealed.metadata.mac, &sealed.metadata.last_modified);
            let holds = seal::verify_mac(mac, &key, time, &opened.mac).is_ok();
            Some(((opened.tree, key), holds))
        });
        let broken = opened.as_ref().is_some_and(|(_, holds)| !holds);
        let opened = opened.map(|(opened, _)| opened);
        Ok(Self {
            sealed,
            opened,
            broken,
        })
    }

    /// Whether a key at hand opened it and its MAC does not hold: somebody changed it without sops.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether no key at hand opened it.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        self.opened.is_none()
    }

    /// What its `sops` block says.
    #[must_use]
    pub const fn metadata(&self) -> &Metadata {
        &self.sealed.metadata
    }

    /// Its content: decrypted, or as it is stored where it is locked.
    #[must_use]
    pub fn content(&self) -> &Tree {
        match &self.opened {
            Some((tree, _)) => tree,
            None => &self.sealed.content,
        }
    }

    /// What is compared: where either version is locked, both as they are stored.
    fn side(&self, as_stored: bool) -> &Tree {
        if as_stored {
            &self.sealed.content
        } else {
            self.content()
        }
    }

    /// The fingerprints of all encrypted texts, with the path of each.
    #[must_use]
    pub fn texts(&self, key: &UserKey) -> Vec<([u8; 32], String)> {
        if self.is_locked() {
            return Vec::new();
        }
        let tree = self.content();
        let texts = tree.walk().filter_map(|step| {
            let is_text =
                matches!(&tree.node(step.id()).body, Body::Leaf(Leaf::Text(text)) if !text.is_empty());
            let seen = is_text.then(|| self.see(step.id(), key))?;
            let print = seen.print.filter(|_| seen.is_encrypted)?;
            Some((print, shown(tree, step.id())))
        });
        texts.collect()
    }

    /// What is known of a value.
    #[must_use]
    pub fn see(&self, id: NodeId, key: &UserKey) -> Seen {
        let opened = self.opened.as_ref().map(|(tree, _)| &tree.node(id).body);
        Seen::of(&self.sealed.content.node(id).body, opened, key)
    }
}

fn is_ciphertext(body: &Body) -> bool {
    let text = match body {
        Body::Leaf(Leaf::Text(text)) => text,
        Body::Comment(comment) => &comment.text,
        _ => return false,
    };
    text.expose().starts_with(b"ENC[AES256_GCM,")
}

/// The type of a node, for people.
#[must_use]
pub fn type_name(body: &Body) -> &'static str {
    match body {
        Body::Map(_) => "map",
        Body::List(_) => "list",
        Body::Leaf(leaf) => leaf.type_name(),
        Body::Comment(_) => "comment",
    }
}

fn text(body: &Body) -> Option<String> {
    match body {
        Body::Leaf(leaf) => Some(String::from_utf8_lossy(&leaf.canonical()).into_owned()),
        Body::Comment(comment) => comment.text.expose_str().map(str::to_owned),
        Body::Map(_) | Body::List(_) => None,
    }
}

/// The fingerprint of a value under the key of the user: the same for the same value, in whatever file.
#[must_use]
pub fn body_print(body: &Body, key: &UserKey) -> [u8; 32] {
    match body {
        Body::Leaf(leaf) => key.fingerprint(
            "value",
            &[leaf.type_name().as_bytes(), leaf.canonical().as_slice()],
        ),
        Body::Comment(comment) => key.fingerprint("value", &[b"comment", comment.text.expose()]),
        Body::Map(_) | Body::List(_) => key.fingerprint("value", &[b"branch"]),
    }
}

/// What may be shown of a value on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its type for people.
    pub type_name: &'static str,
    /// Whether it is stored encrypted.
    pub is_encrypted: bool,
    /// Its fingerprint under the key of the user; `None` where it is locked.
    pub print: Option<[u8; 32]>,
    /// The value, where everybody can read it in the repository.
    pub shown: Option<String>,
}

impl Seen {
    /// Of a value as it is stored and, where a key at hand opens it, as it is.
    #[must_use]
    pub fn of(stored: &Body, opened: Option<&Body>, key: &UserKey) -> Self {
        let value = opened.unwrap_or(stored);
        let is_encrypted = match opened {
            Some(value) => stored != value && !matches!(value, Body::Map(_) | Body::List(_)),
            None => is_ciphertext(stored),
        };
        Self {
            type_name: type_name(value),
            is_encrypted,
            print: (opened.is_some() || !is_encrypted).then(|| body_print(value, key)),
            shown: if is_encrypted { None } else { text(value) },
        }
    }
}

/// One value or comment that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueChange {
    /// How.
    pub what: What,
    /// Its path in the new version; in the old one where it is gone.
    pub path: String,
    /// The path it had, where it was renamed or moved.
    pub old_path: Option<String>,
    /// What is known of it in the old version.
    pub old: Option<Seen>,
    /// What is known of it in the new version.
    pub new: Option<Seen>,
    /// Whether it comes with another rule: the value is as it was, and only whether it is encrypted is not.
    pub by_rule: bool,
    /// Another place that has the value it has now.
    pub same_as: Option<String>,
}

impl ValueChange {
    /// Whether a value that was encrypted can be read by everybody now.
    #[must_use]
    pub fn becomes_readable(&self) -> bool {
        let encrypted = |seen: &Option<Seen>| seen.as_ref().is_some_and(|seen| seen.is_encrypted);
        encrypted(&self.old) && self.new.as_ref().is_some_and(|new| !new.is_encrypted)
    }
}

/// What differs between two versions of a file; one of them may be missing.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Values and comments, in the order of the new version.
    pub values: Vec<ValueChange>,
    /// How many values are the same under another ciphertext.
    pub reencrypted: usize,
    /// Who came and who went.
    pub recipients: Vec<RecipientChange>,
    /// How many groups are needed, before and after, where that changed or the groups did.
    pub threshold: Option<(String, String)>,
    /// The rule of encryption before and after, where it changed.
    pub rule: Option<(String, String)>,
    /// Whether the data key is another one; `None` where that cannot be told.
    pub rotated: Option<bool>,
    /// Whether the old and the new version could not be decrypted; they are compared as they are stored.
    pub locked: (bool, bool),
    /// Whether the MAC of the old and the new version does not hold, as far as they could be decrypted.
    pub broken: (bool, bool),
}

impl Comparison {
    /// Whether nothing differs that matters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.reencrypted == 0
            && self.recipients.is_empty()
            && self.threshold.is_none()
            && self.rule.is_none()
            && self.rotated != Some(true)
    }

    /// What to think of it where a MAC does not hold.
    #[must_use]
    pub const fn doubt(&self) -> Option<&'static str> {
        match self.broken {
            (false, false) => None,
            (true, false) => Some("the MAC of the old version does not hold: it was changed without sops"),
            (false, true) => Some("the MAC does not hold: the file was changed without sops"),
            (true, true) => Some("the MAC of neither version holds: both were changed without sops"),
        }
    }

    /// How many values became readable by everybody.
    #[must_use]
    pub fn readable(&self) -> usize {
        self.values
            .iter()
            .filter(|change| change.becomes_readable())
            .count()
    }
}

/// Compares two versions; a missing one is as an empty file.
#[must_use]
pub fn compare(old: Option<&Version>, new: Option<&Version>, key: &UserKey) -> Comparison {
    let nothing = Tree::new();
    let locked = (
        old.is_some_and(Version::is_locked),
        new.is_some_and(Version::is_locked),
    );
    let as_stored = locked.0 || locked.1;
    let was = old.map_or(&nothing, |old| old.side(as_stored));
    let is = new.map_or(&nothing, |new| new.side(as_stored));
    let differences = trees::compare(was, is);
    let mut values: Vec<ValueChange> = differences
        .iter()
        .map(|found| {
            let path = |tree: &Tree, id: Option<NodeId>| id.map(|id| shown(tree, id));
            let (old_path, new_path) = (path(was, found.old), path(is, found.new));
            let see = |version: Option<&Version>, id: Option<NodeId>| {
                version.zip(id).map(|(version, id)| version.see(id, key))
            };
            ValueChange {
                what: found.what,
                path: new_path.clone().or_else(|| old_path.clone()).unwrap_or_default(),
                old_path: old_path.filter(|path| Some(path) != new_path.as_ref() && new_path.is_some()),
                old: see(old, found.old),
                new: see(new, found.new),
                by_rule: false,
                same_as: None,
            }
        })
        .collect();
    let broken = (
        old.is_some_and(Version::is_broken),
        new.is_some_and(Version::is_broken),
    );
    let (Some(old), Some(new)) = (old, new) else {
        return Comparison {
            values,
            locked,
            broken,
            ..Comparison::default()
        };
    };
    let rotated = match (&old.opened, &new.opened) {
        (Some((_, was)), Some((_, is))) => Some(was != is),
        _ => None,
    };
    let (reencrypted, others) = stored_otherwise(old, new, &differences, rotated, key);
    values.extend(others);
    Comparison {
        values,
        reencrypted,
        recipients: recipient_changes(&old.metadata().groups, &new.metadata().groups),
        threshold: changed(&needed(old.metadata()), &needed(new.metadata())),
        rule: changed(&rule(old.metadata()), &rule(new.metadata())),
        rotated,
        locked,
        broken,
    }
}

/// What is stored otherwise although its content is the same: how many values have another ciphertext (under another data key all
/// have, which is told as such), and which are encrypted on one side only.
fn stored_otherwise(
    old: &Version,
    new: &Version,
    differences: &[Difference],
    rotated: Option<bool>,
    key: &UserKey,
) -> (usize, Vec<ValueChange>) {
    if rotated.is_none() {
        return (0, Vec::new());
    }
    let told: HashSet<NodeId> = differences.iter().filter_map(|found| found.new).collect();
    let mut reencrypted = 0;
    let mut others = Vec::new();
    for found in trees::compare(&old.sealed.content, &new.sealed.content) {
        let (What::Changed, Some(was), Some(is)) = (found.what, found.old, found.new) else {
            continue;
        };
        if told.contains(&is) {
            continue;
        }
        let (was, seen) = (old.see(was, key), new.see(is, key));
        if was.is_encrypted == seen.is_encrypted {
            reencrypted += 1;
        } else {
            others.push(ValueChange {
                what: What::Changed,
                path: shown(new.content(), is),
                old_path: None,
                old: Some(was),
                new: Some(seen),
                by_rule: true,
                same_as: None,
            });
        }
    }
    (if rotated == Some(false) { reencrypted } else { 0 }, others)
}

fn changed(old: &str, new: &str) -> Option<(String, String)> {
    (old != new).then(|| (old.to_owned(), new.to_owned()))
}

/// How many groups are needed, for people.
fn needed(metadata: &Metadata) -> String {
    match metadata.groups.len() {
        0 | 1 => "one group".to_owned(),
        groups => {
            let said = metadata.threshold.filter(|number| *number > 0);
            let needed = said.map_or(groups, |number| usize::try_from(number).unwrap_or(groups));
            format!("{needed} of {groups} groups")
        }
    }
}

/// The rule, for people.
fn rule(metadata: &Metadata) -> String {
    let rule = metadata.effective_rule();
    let only = if metadata.mac_only_encrypted {
        ", MAC over encrypted values only"
    } else {
        ""
    };
    format!("{} {}{only}", rule.field(), rule.pattern())
}
