//! Who is to be able to read the file, as an edit among the others.

use super::reapply::Kept;
use super::{OpenFile, Step, show_path};
use crate::metadata::Recipient;
use crate::ops::people::{Person, own_name};
use crate::ops::readers::{Hand, KeyChange, Opens, Readers, Refused};
use crate::ops::ruled::Known;
use crate::ops::unlock::identity;
use crate::seal::selected;
use crate::tui::panes::recipients::short_name;
use crate::tui::text;

/// How people call recipients and groups here, escaped for the screen.
#[derive(Clone, Copy)]
pub struct Labels<'f>(&'f OpenFile);

impl OpenFile {
    /// Who is to be able to read the file.
    #[must_use]
    pub const fn readers(&self) -> &Readers {
        &self.readers
    }

    /// Who can read it on disk.
    #[must_use]
    pub const fn readers_before(&self) -> &Readers {
        &self.readers_before
    }

    /// The unsaved changes of who can read it.
    #[must_use]
    pub fn key_changes(&self) -> &[KeyChange] {
        &self.key_changes
    }

    /// How many changes are not saved, of values and of who can read them.
    #[must_use]
    pub fn change_count(&self) -> usize {
        self.changes.len() + self.key_changes.len()
    }

    /// Makes others able to read the file, as one edit.
    pub fn set_readers(&mut self, readers: Readers) {
        let Some(at) = self.tree.documents().first().copied() else {
            return;
        };
        let before = std::mem::replace(&mut self.readers, readers);
        self.past.push(Step {
            readers: Some(before),
            ..Step::of(Vec::new(), at)
        });
        self.future.clear();
        self.edited();
    }

    /// Takes one change of who can read it back, as an edit of its own.
    ///
    /// # Errors
    /// When it cannot be, as things are.
    pub fn take_back_key(&mut self, change: &KeyChange) -> Result<(), Refused> {
        let readers = self.readers.without(change, &self.readers_before)?;
        self.set_readers(readers);
        Ok(())
    }

    /// Whether the keys in hand open a file that these can read.
    #[must_use]
    pub fn opens_for(&self, readers: &Readers) -> Opens {
        let mut hand = Hand::of(&self.document.attempts);
        for (_, key) in readers.keys() {
            // Whether a key of a service, of a card or of a plugin is at hand, is known only when it was tried.
            let known = self.known.get(&identity(key)).map(|known| known.person.me);
            match (key, known) {
                (_, Some(true)) => hand.know(&identity(key), true),
                (Recipient::Age { recipient }, Some(false)) if !is_plugin(recipient) => {
                    hand.know(&identity(key), false);
                }
                (Recipient::Pgp { .. }, Some(false)) => hand.know(&identity(key), false),
                _ => {}
            }
        }
        readers.opens(&hand)
    }

    /// Who a recipient is, as far as that is known.
    #[must_use]
    pub fn person(&self, recipient: &Recipient) -> Option<&Person> {
        let name = identity(recipient);
        let found = self.known.get(&name).map(|known| &known.person);
        found.or_else(|| self.document.people.iter().find(|person| person.identity == name))
    }

    /// What people call a recipient, escaped for the screen; nothing where that is not known.
    #[must_use]
    pub fn name_of(&self, recipient: &Recipient) -> Option<String> {
        let name = match self.person(recipient) {
            Some(person) => person.name.clone(),
            None => own_name(recipient),
        };
        name.map(|name| text::escape(&name))
    }

    /// Takes in what is known of a recipient.
    pub fn learn(&mut self, recipient: &Recipient, known: Known) {
        self.known.entry(identity(recipient)).or_insert(known);
    }

    /// The paths of all values that are encrypted in the file as it was opened.
    #[must_use]
    pub fn encrypted_paths(&self) -> Vec<String> {
        let base = self.base();
        let values = selected(base, &self.document.selection, false).into_iter();
        let encrypted = values.filter(|(id, encrypted)| *encrypted && base.node(*id).leaf().is_some());
        encrypted.map(|(id, _)| show_path(base, id)).collect()
    }

    /// Names for people.
    #[must_use]
    pub const fn labels(&self) -> Labels<'_> {
        Labels(self)
    }

    pub(super) fn list_key_changes(&mut self) {
        self.key_changes = self.readers.changes_since(&self.readers_before);
    }

    /// Keeps the names of groups over a save, which made what was to be what is.
    pub(super) fn carry_readers(&mut self, old: &Self) {
        let now = Readers::of(&self.document.metadata).named_as(&old.readers);
        if now.changes_since(&old.readers).is_empty() {
            self.readers_before = now.clone();
            self.readers = now;
        } else {
            let no_keys = |step: &Step| step.readers.is_none();
            self.past.retain(no_keys);
            self.future.retain(no_keys);
        }
        self.list_key_changes();
    }

    /// Makes the changes of `old` to who can read the file again, as far as they fit.
    pub(super) fn reapply_readers(&mut self, old: &Self, kept: &mut Kept) {
        if old.key_changes.is_empty() {
            return;
        }
        let (readers, lost) = old.readers.rebased(&old.readers_before, &self.readers);
        kept.fitting += old.key_changes.len() - lost.len();
        let words = lost.iter().map(|change| old.labels().change(change).1);
        kept.lost.extend(words);
        if !readers.changes_since(&self.readers).is_empty() {
            self.set_readers(readers);
        }
    }
}

fn is_plugin(recipient: &str) -> bool {
    recipient
        .strip_prefix("age1")
        .is_some_and(|rest| rest.contains('1') && !rest.starts_with("pq1"))
}

impl Labels<'_> {
    /// What somebody is called: the name where there is one, else the key, cut in the middle.
    #[must_use]
    pub fn of(self, recipient: &Recipient) -> String {
        let name = self.0.name_of(recipient);
        name.unwrap_or_else(|| short_name(recipient, 24, "…"))
    }

    /// The name, and the key where that says more.
    #[must_use]
    pub fn full(self, recipient: &Recipient) -> String {
        let key = short_name(recipient, 18, "…");
        let name = self.0.name_of(recipient);
        name.map_or(key.clone(), |name| format!("{name} ({key})"))
    }

    /// One change: its sign, and its words.
    #[must_use]
    pub fn change(self, change: &KeyChange) -> (char, String) {
        let (now, before) = (&self.0.readers, &self.0.readers_before);
        let several = now.groups().len().max(before.groups().len()) > 1;
        let place = |id| now.place(id).or_else(|| before.place(id)).unwrap_or_default();
        let in_group = |id, word: &str| {
            let place = place(id);
            if several {
                format!(" {word} group {place}")
            } else {
                String::new()
            }
        };
        match change {
            KeyChange::Added { recipient, group } => {
                ('+', format!("{}{}", self.full(recipient), in_group(*group, "to")))
            }
            KeyChange::Removed { recipient, group } => (
                '-',
                format!("{}{}", self.full(recipient), in_group(*group, "from")),
            ),
            KeyChange::Moved { recipient, from, to } => {
                let from = before
                    .place(*from)
                    .or_else(|| now.place(*from))
                    .unwrap_or_default();
                let words = format!("{}: group {from} → {}", self.of(recipient), place(*to));
                ('~', words)
            }
            KeyChange::Needed { was, is } => {
                let words = |(needed, of): (u32, usize)| match of {
                    0 | 1 => "any key".to_owned(),
                    _ => format!("{needed} of {of} groups"),
                };
                let words = if was.1 == is.1 {
                    format!("threshold {} → {}", was.0, is.0)
                } else {
                    format!("needed: {} → {}", words(*was), words(*is))
                };
                ('~', words)
            }
        }
    }
}
