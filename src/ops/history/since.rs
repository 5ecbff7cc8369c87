//! Since when somebody can read a file: the commit that let them in, and after which nobody took them out again.

use super::state::State;
use super::walk::{Point, Trail, Walk, point};
use super::{Commit, Subject, Value};
use crate::failure::Failure;
use crate::host::{Environment, git};
use crate::metadata::Recipient;
use crate::ops::rulebook::Rulebook;
use crate::ops::unlock::identity;
use std::path::Path;
use std::rc::Rc;

/// Since when somebody can read a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Since this commit.
    Commit(Commit),
    /// They are in the file as it is now, and not in the last commit.
    NotCommitted,
    /// Nobody waited for the answer.
    Stopped,
}

/// Looks since when somebody can read a file, back through renames of the file. A version that cannot be read is passed over.
///
/// `bytes` is the file as it is now, in which they are.
///
/// # Errors
/// When there is no repository, or git cannot be run.
pub fn since(
    path: &Path,
    bytes: &[u8],
    recipient: &Recipient,
    book: &Rulebook<'_>,
    environment: &Environment,
) -> Result<Since, Failure> {
    let subject = Subject {
        path,
        bytes: Some(bytes),
        value: &Value::Path(Vec::new()),
    };
    Walk::new(&subject, book, environment)?.since(&identity(recipient))
}

impl Walk<'_> {
    fn since(mut self, wanted: &str) -> Result<Since, Failure> {
        let path = self.path_in_repository()?;
        let mut trail = self.trail("HEAD", &path)?;
        let now = State::read(String::new(), self.subject.bytes, self.subject.path);
        let mut at = Point {
            commit: None,
            path,
            state: Rc::new(now),
            node: None,
        };
        let mut found: Option<git::Commit> = None;
        loop {
            let before = self.with(wanted, &at, &mut trail)?;
            if self.cancel.is_cancelled() {
                return Ok(Since::Stopped);
            }
            let Some(before) = before else {
                let commit = found.as_ref().map(Commit::told);
                return Ok(commit.map_or(Since::NotCommitted, Since::Commit));
            };
            if before.state.is_broken() {
                // Whether they are in there, nobody can tell; the one before it says.
                at = Point {
                    state: at.state,
                    ..before
                };
                continue;
            }
            found.clone_from(&before.commit);
            at = before;
        }
    }

    /// The version before that has them too, or that cannot be read; `None` where there is none.
    fn with(&mut self, wanted: &str, at: &Point, trail: &mut Trail) -> Result<Option<Point>, Failure> {
        let parents = self.parents(at, trail)?;
        if parents.iter().all(|(_, state)| state.is_nothing()) {
            let moved = self.moved(at, trail)?;
            return Ok(moved.filter(|moved| has(&moved.state, wanted)));
        }
        let found = parents
            .iter()
            .find(|(_, state)| has(state, wanted))
            .or_else(|| parents.iter().find(|(_, state)| state.is_broken()));
        let Some((id, state)) = found else { return Ok(None) };
        let commit = trail.reach(id);
        Ok(commit.map(|commit| point(commit, &at.path, Rc::clone(state))))
    }
}

/// Whether somebody is among those who can read a version.
fn has(state: &State, wanted: &str) -> bool {
    let groups = state.metadata().map(|metadata| metadata.groups.as_slice());
    let mut keys = groups.unwrap_or_default().iter().flat_map(|group| &group.keys);
    keys.any(|key| identity(&key.recipient) == wanted)
}
