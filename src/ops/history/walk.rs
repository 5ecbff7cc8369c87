//! The way back from version to version.

use super::origin;
use super::partner::partner;
use super::ring::Ring;
use super::state::State;
use super::{Commit, Entry, Subject, Told, Value, What, no_git};
use crate::failure::{Failure, Kind};
use crate::host::git::{self, Log, Objects};
use crate::host::{Cancel, Environment, Repository, UserKey, file, plain_line};
use crate::metadata::Recipient;
use crate::ops::compare::Seen;
use crate::ops::path::{Step, shown};
use crate::ops::people::People;
use crate::ops::rulebook::Rulebook;
use crate::ops::why;
use crate::tree::{Body, NodeId, Tree};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Everything the way back is found with.
pub struct Walk<'w> {
    subject: &'w Subject<'w>,
    repository: Repository,
    objects: Objects,
    ring: Ring<'w>,
    user: UserKey,
    people: OnceCell<People>,
    book: &'w Rulebook<'w>,
    environment: &'w Environment,
    cancel: Cancel,
    told: Told,
    /// Whether any version had the value.
    met: bool,
}

/// Where the walk stands.
struct Point {
    commit: Option<git::Commit>,
    /// The path of the file in the repository.
    path: Vec<u8>,
    state: Rc<State>,
    /// The value, where this version has it.
    node: Option<NodeId>,
}

/// What a version is to the one after it.
enum Link {
    /// The value is the same, here.
    Same(Option<NodeId>),
    /// It differs.
    Differs {
        what: What,
        node: Option<NodeId>,
        renamed: bool,
    },
    /// It cannot be read.
    PassedOver,
}

impl Link {
    const fn has_value(&self) -> bool {
        matches!(self, Self::Same(Some(_)) | Self::Differs { node: Some(_), .. })
    }
}

/// The commits in which a path changed, and those of them that came by already: dates may lie, so that a commit can come before
/// one that follows it.
struct Trail {
    log: Log,
    passed: HashMap<String, git::Commit>,
}

impl Trail {
    fn next(&mut self) -> Option<git::Commit> {
        self.log.next()
    }

    fn reach(&mut self, id: &str) -> Option<git::Commit> {
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
            ring: Ring::new(environment),
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

    fn trail(&self, from: &str, path: &[u8]) -> Result<Trail, Failure> {
        let log = self.repository.log(from, path, &self.cancel);
        Ok(Trail {
            log: log.map_err(|error| no_git(&error))?,
            passed: HashMap::new(),
        })
    }

    /// The path of the file as git has it.
    fn path_in_repository(&self) -> Result<Vec<u8>, Failure> {
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

    fn state(&mut self, commit: &str, path: &[u8], known: &Point) -> Result<Rc<State>, Failure> {
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

    /// The version before, and what it is to this one; `None` where there is none.
    fn before(
        &mut self,
        at: &Point,
        steps: &[Step],
        trail: &mut Trail,
    ) -> Result<Option<(Point, Link)>, Failure> {
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
    fn moved(&mut self, at: &Point, trail: &mut Trail) -> Result<Option<Point>, Failure> {
        let commit = at.commit.as_ref().map(|commit| commit.id.as_str());
        let gone = self.repository.taken_away(commit);
        let before = commit.map_or_else(|| "HEAD".to_owned(), |commit| format!("{commit}^"));
        let mut best: Option<(usize, Vec<u8>)> = None;
        for (path, object) in gone.into_iter().take(origin::MOST) {
            let likeness = if object == at.state.object {
                // Nothing is more like it.
                101
            } else {
                origin::likeness(&at.state, &*self.state(&before, &path, at)?)
            };
            if likeness >= origin::ENOUGH && best.as_ref().is_none_or(|(most, _)| likeness > *most) {
                best = Some((likeness, path));
            }
        }
        let Some((_, path)) = best else { return Ok(None) };
        *trail = self.trail(&before, &path)?;
        let Some(first) = trail.next() else {
            return Ok(None);
        };
        let state = self.state(&first.id, &path, at)?;
        Ok(Some(point(first, &path, state)))
    }

    /// What `before` is to the version at this point.
    fn link(&self, at: &Point, steps: &[Step], before: &Rc<State>) -> Link {
        if Rc::ptr_eq(&at.state, before) {
            return Link::Same(at.node);
        }
        if before.is_broken() {
            return Link::PassedOver;
        }
        let gone = || before.stored().and_then(|tree| why::at(tree, steps));
        match (at.node, at.state.is_broken()) {
            (Some(id), _) => self.link_of(id, &at.state, before),
            // As if it had not been: what it did shows in the version after it.
            (None, true) => Link::Same(gone()),
            (None, false) => match gone() {
                None => Link::Same(None),
                Some(node) => Link::Differs {
                    what: What::Removed,
                    node: Some(node),
                    renamed: false,
                },
            },
        }
    }

    /// As [`Self::link`], for a value that the later version has.
    fn link_of(&self, id: NodeId, after: &State, before: &State) -> Link {
        let added = Link::Differs {
            what: What::Added,
            node: None,
            renamed: false,
        };
        let (Some(is), Some(was)) = (after.stored(), before.stored()) else {
            return added;
        };
        // Most often the key is the same, and so is the ciphertext: nothing has to be decrypted.
        let quick = partner(is, id, was, false);
        if let Some(found) = quick
            && is.node(id).body == was.node(found.id).body
        {
            return Link::Same(Some(found.id));
        }
        let found = match quick.filter(|found| !found.in_list) {
            Some(found) => Some(found),
            None => match (after.opened(&self.ring), before.opened(&self.ring)) {
                (Some(is), Some(was)) => partner(is, id, was, true),
                _ => partner(is, id, was, true).or(quick),
            },
        };
        let Some(found) = found else { return added };
        let (new, old) = (after.value(id, &self.ring), before.value(found.id, &self.ring));
        let differs = |what| Link::Differs {
            what,
            node: Some(found.id),
            renamed: found.renamed,
        };
        match (new, old) {
            (Some(new), Some(old)) if new != old => differs(What::Changed),
            (Some(_), Some(_)) => {
                let encrypted =
                    |state: &State, id| self.seen(state, id).is_some_and(|seen| seen.is_encrypted);
                match (encrypted(before, found.id), encrypted(after, id)) {
                    (false, true) => differs(What::Encrypted),
                    (true, false) => differs(What::Exposed),
                    _ if found.renamed => differs(What::Renamed),
                    _ => Link::Same(Some(found.id)),
                }
            }
            _ => differs(What::Untold),
        }
    }

    /// What is known of a value.
    fn seen(&self, state: &State, id: NodeId) -> Option<Seen> {
        let stored = &state.stored()?.node(id).body;
        let value = state.value(id, &self.ring).map(Body::Leaf);
        Some(Seen::of(stored, value.as_ref(), &self.user))
    }

    /// Tells what happened at a point; whether somebody wants to hear more.
    fn tell(
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
            commit: at.commit.as_ref().map(|commit| Commit {
                id: commit.id.clone(),
                author: plain_line(&commit.author),
                when: commit.when,
                subject: plain_line(&commit.subject),
            }),
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

fn point(commit: git::Commit, path: &[u8], state: Rc<State>) -> Point {
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
