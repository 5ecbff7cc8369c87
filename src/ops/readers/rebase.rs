//! Making the changes to one state of a file again on another, as far as they still fit.

use super::{GroupId, KeyChange, Readers};
use crate::metadata::Recipient;
use crate::ops::unlock::identity;
use std::collections::HashMap;

impl Readers {
    /// The changes that led from `old` to here, made to `new`; and those that do not fit. Groups are the same where they have the
    /// same place.
    #[must_use]
    pub fn rebased(&self, old: &Self, new: &Self) -> (Self, Vec<KeyChange>) {
        let mut ids: HashMap<GroupId, GroupId> = HashMap::new();
        ids.extend(old.groups.iter().zip(&new.groups).map(|(a, b)| (a.id, b.id)));
        let (mut now, mut lost) = (new.clone(), Vec::new());
        for change in self.changes_since(old) {
            match now.made(&change, &mut ids) {
                Some(after) => now = after,
                None => lost.push(change),
            }
        }
        (now, lost)
    }

    fn made(&self, change: &KeyChange, ids: &mut HashMap<GroupId, GroupId>) -> Option<Self> {
        let at = |recipient: &Recipient, id: GroupId, ids: &HashMap<GroupId, GroupId>| {
            let group = self.place(*ids.get(&id)?)?;
            let wanted = identity(recipient);
            let mut keys = self.groups.get(group)?.keys.iter();
            Some((group, keys.position(|key| identity(key) == wanted)?))
        };
        match change {
            KeyChange::Added { recipient, group } => match ids.get(group) {
                Some(id) => self.add(self.place(*id)?, recipient.clone()).ok(),
                None if self.find(recipient).is_none() => self.opened_for(recipient, *group, ids),
                None => None,
            },
            KeyChange::Removed { recipient, group } => {
                let (group, place) = at(recipient, *group, ids)?;
                self.remove(group, place).ok()
            }
            KeyChange::Moved { recipient, from, to } => {
                let (group, place) = at(recipient, *from, ids)?;
                match ids.get(to) {
                    Some(id) => self.move_key(group, place, self.place(*id)?).ok(),
                    None => self.opened_for(recipient, *to, ids),
                }
            }
            KeyChange::Needed { is: (needed, _), .. } if self.needed() == *needed => Some(self.clone()),
            KeyChange::Needed { was, is } if self.needed() == was.0 => self.with_needed(is.0).ok(),
            KeyChange::Needed { .. } => None,
        }
    }

    /// With a new group for somebody, known by the name it had.
    fn opened_for(
        &self,
        first: &Recipient,
        id: GroupId,
        ids: &mut HashMap<GroupId, GroupId>,
    ) -> Option<Self> {
        let after = self.add_group(first.clone()).ok()?;
        ids.insert(id, after.groups.last()?.id);
        Some(after)
    }
}
