//! Telling what a commit did to the value.

use super::partner::partner;
use super::state::State;
use super::walk::{Point, Walk};
use super::{Commit, Entry, What};
use crate::metadata::Recipient;
use crate::ops::path::shown;
use crate::ops::people::People;
use crate::tree::NodeId;
use std::path::PathBuf;

impl Walk<'_> {
    /// Tells what happened at a point; whether somebody wants to hear more.
    pub(super) fn tell(
        &mut self,
        at: &Point,
        before: Option<(&Point, NodeId)>,
        what: What,
        renamed: bool,
        found: &mut dyn FnMut(Entry) -> bool,
    ) -> bool {
        self.told.entries += 1;
        let path_of = |state: &State, id: NodeId| state.stored().map(|tree| shown(tree, id));
        let now = at.node.and_then(|id| path_of(&at.state, id));
        let was = before.and_then(|(before, id)| path_of(&before.state, id));
        let lives_on = match (at.node, before) {
            (None, Some((before, id))) => self.lives_on(&before.state, id, &at.state),
            _ => None,
        };
        let value = match (at.node, before) {
            (Some(id), _) => at.state.value(id, &self.ring),
            (None, Some((before, id))) => before.state.value(id, &self.ring),
            (None, None) => None,
        };
        let source = if at.state.is_nothing() {
            before.map_or(at, |(before, _)| before)
        } else {
            at
        };
        let entry = Entry {
            commit: at.commit.as_ref().map(Commit::told),
            file: String::from_utf8_lossy(&source.path).into_owned(),
            path: now.or_else(|| was.clone()).unwrap_or_default(),
            other_path: lives_on.or(was.filter(|_| renamed)),
            what,
            old: before.and_then(|(before, id)| self.seen(&before.state, id)),
            new: at.node.and_then(|id| self.seen(&at.state, id)),
            readers: self.readers(&source.state),
            in_clear: source.state.is_clear(),
            value,
        };
        found(entry)
    }

    /// The path under which a value that is gone lives on.
    fn lives_on(&self, before: &State, id: NodeId, after: &State) -> Option<String> {
        let (was, is) = (before.opened(&self.ring)?, after.opened(&self.ring)?);
        let found = partner(was, id, is, true)?;
        Some(shown(is, found.id))
    }

    /// Who can read a version.
    fn readers(&self, state: &State) -> Vec<String> {
        let Some(metadata) = state.metadata() else {
            return Vec::new();
        };
        let recipients = || metadata.groups.iter().flat_map(|group| &group.keys);
        let people = self.people.get_or_init(|| {
            // Rules that cannot be read give no names; that is all they are for here.
            let _ = self.book.of(self.subject.path);
            let configs: Vec<PathBuf> = self
                .book
                .read()
                .iter()
                .map(|located| located.path.clone())
                .collect();
            let known: Vec<&Recipient> = recipients().map(|key| &key.recipient).collect();
            People::gather(&configs, known, self.environment)
        });
        recipients()
            .map(|key| people.of(&key.recipient).label().to_owned())
            .collect()
    }
}
