//! Who is to be able to read a file: its key groups and how many of them are needed, as data that is changed step by step and
//! compared. Whatever is reached by the steps here can be opened by somebody. Nothing is wrapped here, and no key is held.

mod changes;
mod hand;
mod rebase;

pub use changes::{Fate, KeyChange};
pub use hand::{Hand, Opens};

use super::unlock::identity;
use crate::metadata::{Group, Metadata, Recipient};
use crate::policy::recipient::unwrapped;
use thiserror::Error;

/// The most groups that shares can be made for (spec §8).
const MOST: usize = 255;

/// Names a group while its place among the others changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GroupId(u32);

/// One key group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderGroup {
    /// Its name.
    pub id: GroupId,
    /// Whose keys are in it.
    pub keys: Vec<Recipient>,
}

/// Groups, and how many of them are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readers {
    groups: Vec<ReaderGroup>,
    threshold: Option<u32>,
    next: u32,
}

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Refused(String);

impl Refused {
    fn new<T>(why: impl Into<String>) -> Result<T, Self> {
        Err(Self(why.into()))
    }
}

impl Readers {
    /// Those of a file.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let keys = |group: &Group| group.keys.iter().map(|entry| entry.recipient.clone()).collect();
        let groups: Vec<ReaderGroup> = (0..)
            .zip(&metadata.groups)
            .map(|(id, group)| ReaderGroup {
                id: GroupId(id),
                keys: keys(group),
            })
            .collect();
        Self {
            next: u32::try_from(groups.len()).unwrap_or(u32::MAX),
            groups,
            threshold: metadata.threshold,
        }
    }

    /// The groups, in their order.
    #[must_use]
    pub fn groups(&self) -> &[ReaderGroup] {
        &self.groups
    }

    /// How many groups are needed to open the file.
    #[must_use]
    pub fn needed(&self) -> u32 {
        let all = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        match all {
            0 | 1 => all,
            _ => self.threshold.filter(|number| *number != 0).unwrap_or(all),
        }
    }

    /// The threshold as it is written to the file.
    #[must_use]
    pub const fn threshold(&self) -> Option<u32> {
        self.threshold
    }

    /// The groups as entries for which nothing is wrapped yet.
    #[must_use]
    pub fn unwrapped(&self) -> Vec<Group> {
        let entries = |group: &ReaderGroup| group.keys.iter().cloned().map(unwrapped).collect();
        let groups = self.groups.iter();
        groups.map(|group| Group { keys: entries(group) }).collect()
    }

    /// The place of a group, from 0.
    #[must_use]
    pub fn place(&self, id: GroupId) -> Option<usize> {
        self.groups.iter().position(|group| group.id == id)
    }

    /// One recipient by its group and its place there.
    #[must_use]
    pub fn key(&self, group: usize, place: usize) -> Option<&Recipient> {
        self.groups.get(group)?.keys.get(place)
    }

    /// Every recipient with the place of its group, in the order of the file.
    pub fn keys(&self) -> impl Iterator<Item = (usize, &Recipient)> {
        let groups = self.groups.iter().enumerate();
        groups.flat_map(|(number, group)| group.keys.iter().map(move |key| (number, key)))
    }

    /// The group in which somebody is, and the place there.
    #[must_use]
    pub fn find(&self, who: &Recipient) -> Option<(usize, usize)> {
        let wanted = identity(who);
        let mut groups = self.groups.iter().enumerate();
        groups.find_map(|(number, group)| {
            let place = group.keys.iter().position(|key| identity(key) == wanted)?;
            Some((number, place))
        })
    }

    /// With somebody more in a group.
    ///
    /// # Errors
    /// When that key is in the file already, or there is no such group.
    pub fn add(&self, group: usize, recipient: Recipient) -> Result<Self, Refused> {
        match self.find(&recipient) {
            Some(_) if self.groups.len() < 2 => return Refused::new("this key is in the file already"),
            Some((there, _)) if there == group => {
                return Refused::new(format!("this key is in group {there} already"));
            }
            Some((there, _)) => {
                return Refused::new(format!(
                    "this key is in group {there} already and would count for two groups; m moves it"
                ));
            }
            None => {}
        }
        let mut after = self.clone();
        match after.groups.get_mut(group) {
            Some(group) => group.keys.push(recipient),
            None => return Refused::new(format!("there is no group {group}")),
        }
        Ok(after)
    }

    /// With a group more. Whoever is in another group already moves here.
    ///
    /// # Errors
    /// When the group would be the only one, or one too many.
    pub fn add_group(&self, first: Recipient) -> Result<Self, Refused> {
        if self.groups.len() >= MOST {
            return Refused::new(format!("there can be {MOST} groups and no more"));
        }
        let mut after = self.clone();
        if let Some((group, place)) = self.find(&first) {
            if self.groups.get(group).is_some_and(|group| group.keys.len() == 1) {
                return Refused::new(format!("this key is the only one of group {group}"));
            }
            if let Some(group) = after.groups.get_mut(group) {
                group.keys.remove(place);
            }
        }
        let id = after.new_id();
        let keys = vec![first];
        after.groups.push(ReaderGroup { id, keys });
        after.settle(self.groups.len());
        Ok(after)
    }

    /// Without one key. A group that had no other goes with it.
    ///
    /// # Errors
    /// When nobody would be left.
    pub fn remove(&self, group: usize, place: usize) -> Result<Self, Refused> {
        if self.keys().count() < 2 {
            return Refused::new("nobody would be left who can read the file");
        }
        let mut after = self.clone();
        match after.groups.get_mut(group) {
            Some(group) if place < group.keys.len() => drop(group.keys.remove(place)),
            _ => return Refused::new("there is no such key"),
        }
        after.settle(self.groups.len());
        Ok(after)
    }

    /// Without a group and everybody in it.
    ///
    /// # Errors
    /// When it is the only one.
    pub fn remove_group(&self, group: usize) -> Result<Self, Refused> {
        if self.groups.len() < 2 {
            return Refused::new("it is the only group: nobody would be left who can read the file");
        }
        let mut after = self.clone();
        if group >= after.groups.len() {
            return Refused::new(format!("there is no group {group}"));
        }
        after.groups.remove(group);
        after.settle(self.groups.len());
        Ok(after)
    }

    /// With one key in another group. A group that had no other goes.
    ///
    /// # Errors
    /// When it is there already, or one of both is not there.
    pub fn move_key(&self, group: usize, place: usize, to: usize) -> Result<Self, Refused> {
        let Some(recipient) = self.key(group, place).cloned() else {
            return Refused::new("there is no such key");
        };
        if group == to {
            return Refused::new(format!("this key is in group {to} already"));
        }
        let wanted = identity(&recipient);
        let mut after = self.clone();
        match after.groups.get_mut(to) {
            Some(to) if to.keys.iter().all(|key| identity(key) != wanted) => to.keys.push(recipient),
            Some(_) => return Refused::new(format!("this key is in group {to} too")),
            None => return Refused::new(format!("there is no group {to}")),
        }
        if let Some(group) = after.groups.get_mut(group) {
            group.keys.remove(place);
        }
        after.settle(self.groups.len());
        Ok(after)
    }

    /// With another number of groups that are needed.
    ///
    /// # Errors
    /// When it is not between 2 and the number of groups.
    pub fn with_needed(&self, needed: u32) -> Result<Self, Refused> {
        let count = self.groups.len();
        if count < 2 {
            return Refused::new("with one group any key opens the file; a adds a group");
        }
        if needed < 2 {
            return Refused::new(
                "at least 2 of several groups are needed: with 1, each would open the file alone",
            );
        }
        if usize::try_from(needed).unwrap_or(usize::MAX) > count {
            return Refused::new(format!(
                "there are {count} groups: nobody could open a file that needs {needed}"
            ));
        }
        Ok(Self {
            threshold: Some(needed),
            ..self.clone()
        })
    }

    /// With the names of the groups of `other`, where there are as many.
    #[must_use]
    pub fn named_as(mut self, other: &Self) -> Self {
        if self.groups.len() == other.groups.len() {
            for (group, other) in self.groups.iter_mut().zip(&other.groups) {
                group.id = other.id;
            }
            self.next = self.next.max(other.next);
        }
        self
    }

    fn new_id(&mut self) -> GroupId {
        let id = GroupId(self.next);
        self.next = self.next.saturating_add(1);
        id
    }

    /// Drops groups without keys and brings the threshold to what is left; `before` is how many groups there were.
    fn settle(&mut self, before: usize) {
        let needed = if before < 2 {
            None
        } else {
            let all = u32::try_from(before).unwrap_or(u32::MAX);
            Some(self.threshold.filter(|number| *number != 0).unwrap_or(all))
        };
        self.groups.retain(|group| !group.keys.is_empty());
        let count = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.threshold = match (count, needed) {
            (0 | 1, None) => self.threshold,
            (0 | 1, Some(_)) => None,
            (_, None) => Some(count),
            (_, Some(needed)) => Some(needed.clamp(2, count)),
        };
    }
}

#[cfg(test)]
mod tests;
