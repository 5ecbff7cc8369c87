//! How long each value of a file is what it is: one way back for all of them, where each goes on until the commit that made it.

use super::link::Link;
use super::state::State;
use super::walk::{Point, Walk};
use super::{Subject, Value, What, no_git};
use crate::failure::Failure;
use crate::host::{Environment, git};
use crate::ops::rulebook::Rulebook;
use crate::tree::NodeId;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

/// A value as it is now, and where it is in a version before.
type Followed = (NodeId, NodeId);

/// A version, and the values that came there on the way back.
struct Stop {
    /// From where the commits of the file under this name are listed.
    from: String,
    point: Point,
    values: Vec<Followed>,
}

/// When each of these values became what it is, in seconds since 1970; nothing of those of which nothing tells, or that are not
/// committed yet. `bytes` is the file as it is now, whose nodes they are.
///
/// # Errors
/// When there is no repository, or git cannot be run.
pub fn ages(
    path: &Path,
    bytes: &[u8],
    nodes: &[NodeId],
    book: &Rulebook<'_>,
    environment: &Environment,
) -> Result<HashMap<NodeId, i64>, Failure> {
    let subject = Subject {
        path,
        bytes: Some(bytes),
        value: &Value::Path(Vec::new()),
    };
    Walk::new(&subject, book, environment)?.ages(nodes)
}

impl Walk<'_> {
    fn ages(mut self, nodes: &[NodeId]) -> Result<HashMap<NodeId, i64>, Failure> {
        let path = self.path_in_repository()?;
        let mut logs = Logs::default();
        let mut ages = HashMap::new();
        let now = State::read(String::new(), self.subject.bytes, self.subject.path);
        let mut stops = vec![Stop {
            from: "HEAD".to_owned(),
            point: Point {
                commit: None,
                path,
                state: Rc::new(now),
                node: None,
            },
            values: nodes.iter().map(|id| (*id, *id)).collect(),
        }];
        while let Some(stop) = stops.pop() {
            if self.cancel.is_cancelled() {
                break;
            }
            self.leave(&stop, &mut logs, &mut stops, &mut ages)?;
        }
        Ok(ages)
    }

    /// Sends each value of a version on to a version before, or notes when it came.
    fn leave(
        &mut self,
        stop: &Stop,
        logs: &mut Logs,
        stops: &mut Vec<Stop>,
        ages: &mut HashMap<NodeId, i64>,
    ) -> Result<(), Failure> {
        let at = &stop.point;
        let mut from = stop.from.clone();
        let log = logs.of(self, &from, &at.path)?;
        let parents: Vec<String> = match &at.commit {
            None => log.first.iter().cloned().collect(),
            Some(commit) => commit.parents.clone(),
        };
        let mut before = Vec::new();
        for id in parents {
            let Some(commit) = log.commits.get(&id).cloned() else {
                continue;
            };
            let state = self.state(&id, &at.path, at)?;
            before.push((commit, at.path.clone(), state));
        }
        if before.iter().all(|(_, _, state)| state.is_nothing())
            && let Some((older, path)) = self.came_from(at)?
        {
            from = older;
            let log = logs.of(self, &from, &path)?;
            let commit = log.first.as_ref().and_then(|id| log.commits.get(id)).cloned();
            before.clear();
            if let Some(commit) = commit {
                let state = self.state(&commit.id, &path, at)?;
                before.push((commit, path, state));
            }
        }
        let mut sent: Vec<(Vec<Followed>, Vec<Followed>)> = vec![Default::default(); before.len()];
        for (value, node) in &stop.values {
            let here = Point {
                commit: None,
                path: Vec::new(),
                state: Rc::clone(&at.state),
                node: Some(*node),
            };
            let mut chosen: Option<(usize, Link)> = None;
            for (number, (_, _, state)) in before.iter().enumerate() {
                let link = self.link(&here, &[], state);
                let same = matches!(link, Link::Same(_));
                let known = chosen.as_ref().is_some_and(|(_, link)| link.has_value());
                if same || chosen.is_none() || (link.has_value() && !known) {
                    chosen = Some((number, link));
                }
                if same {
                    break;
                }
            }
            let when = at.commit.as_ref().map(|commit| commit.when);
            let (number, link) = match chosen {
                Some(chosen) => chosen,
                None => {
                    ages.extend(when.map(|when| (*value, when)));
                    continue;
                }
            };
            let Some((same, passed)) = sent.get_mut(number) else {
                continue;
            };
            match link {
                Link::Same(Some(node)) => same.push((*value, node)),
                Link::PassedOver => passed.push((*value, *node)),
                Link::Differs { what, node, .. } => match (what, node) {
                    (What::Changed | What::Added, _) => ages.extend(when.map(|when| (*value, when))),
                    // It is the same value still.
                    (What::Renamed | What::Encrypted | What::Exposed, Some(node)) => {
                        same.push((*value, node))
                    }
                    _ => {}
                },
                Link::Same(None) => {}
            }
        }
        for ((commit, path, state), (values, passed)) in before.into_iter().zip(sent) {
            // What cannot be read is passed over: the values are those of the version after it.
            for (state, values) in [(state, values), (Rc::clone(&at.state), passed)] {
                if !values.is_empty() {
                    let point = Point {
                        commit: Some(commit.clone()),
                        path: path.clone(),
                        state,
                        node: None,
                    };
                    let from = from.clone();
                    stops.push(Stop { from, point, values });
                }
            }
        }
        Ok(())
    }
}

/// The commits in which paths changed, each asked for once.
#[derive(Default)]
struct Logs(HashMap<Vec<u8>, PathLog>);

/// The commits of one path.
struct PathLog {
    /// The newest.
    first: Option<String>,
    commits: HashMap<String, git::Commit>,
}

impl Logs {
    fn of(&mut self, walk: &Walk<'_>, from: &str, path: &[u8]) -> Result<&PathLog, Failure> {
        let known = [from.as_bytes(), b":", path].concat();
        match self.0.entry(known) {
            std::collections::hash_map::Entry::Occupied(known) => Ok(known.into_mut()),
            std::collections::hash_map::Entry::Vacant(place) => {
                let log = walk.repository.log(from, path, &walk.cancel);
                let all: Vec<git::Commit> = log.map_err(|error| no_git(&error))?.collect();
                Ok(place.insert(PathLog {
                    first: all.first().map(|commit| commit.id.clone()),
                    commits: all
                        .into_iter()
                        .map(|commit| (commit.id.clone(), commit))
                        .collect(),
                }))
            }
        }
    }
}
