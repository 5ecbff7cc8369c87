//! The way back from version to version.

use super::link::Link;
use super::origin;
use super::state::State;
use super::{Entry, Subject, Told, Value, What, no_git};
use crate::failure::{Failure, Kind};
use crate::host::git::{self, Log, Objects};
use crate::host::{Cancel, Environment, Repository, UserKey, file};
use crate::ops::keyring::Keyring;
use crate::ops::path::Step;
use crate::ops::people::People;
use crate::ops::rulebook::Rulebook;
use crate::ops::why;
use crate::tree::{NodeId, Tree};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::rc::Rc;

/// Everything the way back is found with.
pub struct Walk<'w> {
    pub(super) subject: &'w Subject<'w>,
    pub(super) repository: Repository,
    objects: Objects,
    pub(super) ring: Keyring<'w>,
    pub(super) user: UserKey,
    pub(super) people: OnceCell<People>,
    pub(super) book: &'w Rulebook<'w>,
    pub(super) environment: &'w Environment,
    pub(super) cancel: Cancel,
    pub(super) told: Told,
    /// Whether any version had the value.
    met: bool,
}

/// Where the walk stands.
pub struct Point {
    /// Of this version; `None` for the file as it is now.
    pub commit: Option<git::Commit>,
    /// The path of the file in the repository.
    pub path: Vec<u8>,
    /// The version.
    pub state: Rc<State>,
    /// The value, where this version has it.
    pub node: Option<NodeId>,
}

/// The commits in which a path changed, and those of them that came by already: dates may lie, so that a commit can come before
/// one that follows it.
pub struct Trail {
    log: Log,
    passed: HashMap<String, git::Commit>,
}

impl Trail {
    pub(super) fn next(&mut self) -> Option<git::Commit> {
        self.log.next()
    }

    pub(super) fn reach(&mut self, id: &str) -> Option<git::Commit> {
        if let Some(commit) = self.passed.remove(id) {
            return Some(commit);
        }
        for commit in self.log.by_ref() {
            if commit.id == id {
                return Some(commit);
            }
            self.passed.insert(commit.id.clone(), commit);
        }
        None
    }
}

impl<'w> Walk<'w> {
    /// Gets ready.
    pub fn new(
        subject: &'w Subject<'w>,
        book: &'w Rulebook<'w>,
        environment: &'w Environment,
    ) -> Result<Self, Failure> {
        let folder = standing(subject.path);
        let repository = Repository::around(folder, environment).map_err(|error| no_git(&error))?;
        let user = UserKey::load(environment).map_err(|error| {
            let text = format!("the key for fingerprints cannot be had: {error}");
            Failure::new(Kind::Usage, text)
        })?;
        Ok(Self {
            subject,
            objects: repository.objects().map_err(|error| no_git(&error))?,
            repository,
            ring: Keyring::new(environment),
            user,
            people: OnceCell::new(),
            book,
            environment,
            cancel: environment.cancel().clone(),
            told: Told::default(),
            met: false,
        })
    }

    /// Goes back to the beginning; what was found, and whether any version had the value.
    pub fn run(mut self, found: &mut dyn FnMut(Entry) -> bool) -> Result<(Told, bool), Failure> {
        let path = self.path_in_repository()?;
        let mut trail = self.trail("HEAD", &path)?;
        let now = State::read(String::new(), self.subject.bytes, self.subject.path);
        let (node, mut steps) = match self.subject.value {
            Value::Node(id) => (
                Some(*id),
                now.stored().map(|tree| way(tree, *id)).unwrap_or_default(),
            ),
            Value::Path(steps) => (now.stored().and_then(|tree| why::at(tree, steps)), steps.clone()),
        };
        self.met |= node.is_some();
        let mut at = Point {
            commit: None,
            path,
            state: Rc::new(now),
            node,
        };
        loop {
            if let (Some(tree), Some(id)) = (at.state.stored(), at.node) {
                steps = way(tree, id);
            }
            let before = self.before(&at, &steps, &mut trail)?;
            if self.cancel.is_cancelled() {
                self.told.stopped = true;
                break;
            }
            let Some((before, link)) = before else {
                // The first version of all.
                if at.node.is_some() {
                    self.tell(&at, None, What::Added, false, found);
                }
                break;
            };
            let (node, go_on) = match link {
                Link::Same(node) => (node, true),
                Link::PassedOver => {
                    self.told.unreadable += 1;
                    at = Point {
                        state: at.state,
                        node: at.node,
                        ..before
                    };
                    continue;
                }
                Link::Differs { what, node, renamed } => {
                    let other = node.map(|node| (&before, node));
                    (node, self.tell(&at, other, what, renamed, found))
                }
            };
            self.met |= node.is_some();
            if !go_on {
                self.told.stopped = true;
                break;
            }
            at = Point { node, ..before };
        }
        Ok((self.told, self.met))
    }

    pub(super) fn trail(&self, from: &str, path: &[u8]) -> Result<Trail, Failure> {
        let log = self.repository.log(from, path, &self.cancel);
        Ok(Trail {
            log: log.map_err(|error| no_git(&error))?,
            passed: HashMap::new(),
        })
    }

    /// The path of the file as git has it.
    pub(super) fn path_in_repository(&self) -> Result<Vec<u8>, Failure> {
        let folder = standing(self.subject.path);
        let prefix = Repository::at(folder, self.environment)
            .run(["rev-parse", "--show-prefix"], None)
            .map_err(|error| no_git(&error))?;
        let rest = self
            .subject
            .path
            .strip_prefix(folder)
            .unwrap_or(self.subject.path);
        Ok([prefix.trim_ascii_end(), rest.as_os_str().as_bytes()].concat())
    }

    pub(super) fn state(&mut self, commit: &str, path: &[u8], known: &Point) -> Result<Rc<State>, Failure> {
        let name = [commit.as_bytes(), b":", path].concat();
        let read = self
            .objects
            .read(&name)
            .map_err(|error| Failure::new(Kind::Generic, format!("git: {error}")))?;
        self.told.versions += 1;
        let name = Path::new(OsStr::from_bytes(path));
        Ok(match read {
            Some((object, _)) if object == known.state.object => Rc::clone(&known.state),
            // What lies in the folder is most often what was committed last.
            Some((_, bytes)) if known.commit.is_none() && self.subject.bytes == Some(bytes.as_slice()) => {
                Rc::clone(&known.state)
            }
            Some((object, bytes)) => Rc::new(State::read(object, Some(&bytes), name)),
            None => Rc::new(State::read(String::new(), None, name)),
        })
    }

    /// The versions next before this one, with the names of their commits.
    pub(super) fn parents(
        &mut self,
        at: &Point,
        trail: &mut Trail,
    ) -> Result<Vec<(String, Rc<State>)>, Failure> {
        let mut parents = Vec::new();
        match &at.commit {
            None => {
                if let Some(first) = trail.next() {
                    let state = self.state(&first.id, &at.path, at)?;
                    parents.push((first.id.clone(), state));
                    trail.passed.insert(first.id.clone(), first);
                }
            }
            Some(commit) => {
                for parent in &commit.parents {
                    let state = self.state(parent, &at.path, at)?;
                    parents.push((parent.clone(), state));
                }
            }
        }
        Ok(parents)
    }

    /// The version before, and what it is to this one; `None` where there is none.
    fn before(
        &mut self,
        at: &Point,
        steps: &[Step],
        trail: &mut Trail,
    ) -> Result<Option<(Point, Link)>, Failure> {
        let parents = self.parents(at, trail)?;
        if !at.state.is_nothing()
            && parents.iter().all(|(_, state)| state.is_nothing())
            && let Some(moved) = self.moved(at, trail)?
        {
            let link = self.link(at, steps, &moved.state);
            return Ok(Some((moved, link)));
        }
        let mut chosen: Option<(String, Rc<State>, Link)> = None;
        for (id, state) in parents {
            let link = self.link(at, steps, &state);
            let same = matches!(link, Link::Same(_));
            let known = chosen.as_ref().is_some_and(|(_, _, link)| link.has_value());
            if same || chosen.is_none() || (link.has_value() && !known) {
                chosen = Some((id, state, link));
            }
            if same {
                break;
            }
        }
        let Some((id, state, link)) = chosen else {
            return Ok(None);
        };
        let commit = trail.reach(&id);
        Ok(commit.map(|commit| (point(commit, &at.path, state), link)))
    }

    /// The version before a rename of the file; the trail goes on with its old path.
    pub(super) fn moved(&mut self, at: &Point, trail: &mut Trail) -> Result<Option<Point>, Failure> {
        let Some((before, path)) = self.came_from(at)? else {
            return Ok(None);
        };
        *trail = self.trail(&before, &path)?;
        let Some(first) = trail.next() else {
            return Ok(None);
        };
        let state = self.state(&first.id, &path, at)?;
        Ok(Some(point(first, &path, state)))
    }

    /// The name that the file had before it got this one, and from where its commits are listed under that.
    pub(super) fn came_from(&mut self, at: &Point) -> Result<Option<(String, Vec<u8>)>, Failure> {
        if at.state.is_nothing() {
            return Ok(None);
        }
        let commit = at.commit.as_ref().map(|commit| commit.id.as_str());
        let gone = self.repository.taken_away(commit);
        let before = origin::before(commit);
        // Where that version was passed over, `at` has the one after it.
        let here = match commit {
            Some(commit) if !gone.is_empty() => self.state(commit, &at.path, at)?.object.clone(),
            _ => String::new(),
        };
        let now = Rc::clone(&at.state);
        let path = origin::origin(&now, &here, gone, |path| self.state(&before, path, at))?;
        Ok(path.map(|path| (before, path)))
    }
}

pub(super) fn point(commit: git::Commit, path: &[u8], state: Rc<State>) -> Point {
    Point {
        commit: Some(commit),
        path: path.to_vec(),
        state,
        node: None,
    }
}

/// The folder of a file, or the nearest above it that is still there.
fn standing(path: &Path) -> &Path {
    let mut folders = path.ancestors().skip(1);
    folders
        .find(|folder| file::exists(folder))
        .unwrap_or(Path::new("/"))
}

/// The way to a node, for versions in which nothing else leads to it.
fn way(tree: &Tree, id: NodeId) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = id;
    while let Some(parent) = tree.node(at).parent {
        steps.push(match &tree.node(at).key {
            Some(key) => Step::Key(key.text().map_or_else(
                || key.display().into_owned(),
                |text| String::from_utf8_lossy(text).into_owned(),
            )),
            None => {
                let items = tree.children(parent).iter().take_while(|child| **child != at);
                Step::Index(
                    items
                        .filter(|child| tree.node(**child).comment().is_none())
                        .count(),
                )
            }
        });
        at = parent;
    }
    steps.reverse();
    steps
}
