//! What differs between two states of who reads a file, and what that means for its data key.

use super::{GroupId, ReaderGroup, Readers, Refused};
use crate::metadata::Recipient;
use crate::ops::rekey::entries_stay;
use crate::ops::unlock::identity;
use std::collections::HashSet;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// Somebody comes.
    Added {
        /// Who.
        recipient: Recipient,
        /// Into which group.
        group: GroupId,
    },
    /// Somebody goes.
    Removed {
        /// Who.
        recipient: Recipient,
        /// Out of which group.
        group: GroupId,
    },
    /// Somebody is in another group.
    Moved {
        /// Who.
        recipient: Recipient,
        /// In which group the key was.
        from: GroupId,
        /// In which it is.
        to: GroupId,
    },
    /// Another number of groups is needed, or of another number of groups.
    Needed {
        /// How many of how many it was.
        was: (u32, usize),
        /// How many of how many it is.
        is: (u32, usize),
    },
}

/// What becomes of the data key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It can stay: whoever could open the file still can.
    Kept,
    /// Somebody is removed. With the old data key they could open what is saved from now on.
    Removed,
    /// More is needed to open the file than before. With an old version of the file, what was enough then would still be.
    Stricter,
}

impl Readers {
    /// What is here and was not before, and the other way round: who goes or moves first.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<KeyChange> {
        let (was, is) = (entries(before), entries(self));
        let had: HashSet<_> = was.iter().map(|(id, name, _)| (*id, name.as_str())).collect();
        let has: HashSet<_> = is.iter().map(|(id, name, _)| (*id, name.as_str())).collect();
        let mut gained: Vec<_> = is
            .iter()
            .filter(|(id, name, _)| !had.contains(&(*id, name.as_str())))
            .collect();
        let mut changes = Vec::new();
        for (from, name, recipient) in &was {
            if has.contains(&(*from, name.as_str())) {
                continue;
            }
            let recipient = (*recipient).clone();
            let moved = gained.iter().position(|(_, other, _)| other == name);
            changes.push(match moved.map(|at| gained.remove(at).0) {
                Some(to) => KeyChange::Moved {
                    recipient,
                    from: *from,
                    to,
                },
                None => KeyChange::Removed {
                    recipient,
                    group: *from,
                },
            });
        }
        changes.extend(gained.into_iter().map(|(group, _, recipient)| KeyChange::Added {
            recipient: (*recipient).clone(),
            group: *group,
        }));
        let (old, new) = (
            (before.needed(), before.groups.len()),
            (self.needed(), self.groups.len()),
        );
        if old != new {
            changes.push(KeyChange::Needed { was: old, is: new });
        }
        changes
    }

    /// What becomes of the data key of a file that could be read by `before`. Where it is not certain that the key can stay, it
    /// does not.
    #[must_use]
    pub fn fate_since(&self, before: &Self) -> Fate {
        let names =
            |readers: &Self| -> HashSet<String> { readers.keys().map(|(_, key)| identity(key)).collect() };
        if !names(before).is_subset(&names(self)) {
            return Fate::Removed;
        }
        let within = |group: &ReaderGroup| {
            let now = self.groups.iter().find(|other| other.id == group.id);
            let now: HashSet<String> = now
                .into_iter()
                .flat_map(|group| &group.keys)
                .map(identity)
                .collect();
            group.keys.iter().all(|key| now.contains(&identity(key)))
        };
        let as_open =
            self.groups.len() == 1 || (self.needed() <= before.needed() && before.groups.iter().all(within));
        if as_open { Fate::Kept } else { Fate::Stricter }
    }

    /// Whether the data key, where it stays, is wrapped anew for everybody: those who stay cannot keep what is wrapped for them.
    #[must_use]
    pub fn rewraps_since(&self, before: &Self) -> bool {
        let old = before.unwrapped();
        !entries_stay((&old, before.threshold), &self.unwrapped(), self.threshold)
    }

    /// With one of the changes since `before` taken back.
    ///
    /// # Errors
    /// When it cannot be, as things are.
    pub fn without(&self, change: &KeyChange, before: &Self) -> Result<Self, Refused> {
        let at = |recipient: &Recipient, id: GroupId| -> Option<(usize, usize)> {
            let (group, wanted) = (self.place(id)?, identity(recipient));
            let keys = &self.groups.get(group)?.keys;
            Some((group, keys.iter().position(|key| identity(key) == wanted)?))
        };
        let gone = || Refused("it is not there any more".to_owned());
        match change {
            KeyChange::Added { recipient, group } => {
                let (group, place) = at(recipient, *group).ok_or_else(gone)?;
                self.remove(group, place)
            }
            KeyChange::Removed { recipient, group } => Ok(self.restored(recipient.clone(), *group, before)),
            KeyChange::Moved { recipient, from, to } => {
                let (group, place) = at(recipient, *to).ok_or_else(gone)?;
                let mut after = self.clone();
                if let Some(group) = after.groups.get_mut(group) {
                    group.keys.remove(place);
                }
                Ok(after.restored(recipient.clone(), *from, before))
            }
            KeyChange::Needed { was: (_, count), .. } if *count != self.groups.len() => {
                Refused::new("it follows from the groups: take those changes back")
            }
            KeyChange::Needed { was: (needed, _), .. } => self.with_needed(*needed),
        }
    }

    /// With a key back in its group, and that group back where it was.
    fn restored(&self, recipient: Recipient, id: GroupId, before: &Self) -> Self {
        let mut after = self.clone();
        let count = after.groups.len();
        match after.groups.iter_mut().find(|group| group.id == id) {
            Some(group) => group.keys.push(recipient),
            None => {
                let place = before.place(id).unwrap_or(count).min(count);
                let keys = vec![recipient];
                after.groups.insert(place, ReaderGroup { id, keys });
            }
        }
        after.settle(count);
        if after.groups.len() == before.groups.len() {
            after.threshold = before.threshold;
        }
        after
    }
}

/// Every key with the name of its group and its own.
fn entries(readers: &Readers) -> Vec<(GroupId, String, &Recipient)> {
    let groups = readers.groups.iter();
    groups
        .flat_map(|group| group.keys.iter().map(|key| (group.id, identity(key), key)))
        .collect()
}
