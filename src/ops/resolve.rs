//! Resolving a merge by hand: the versions of a SOPS file in conflict, what merged by itself, what contradicts itself, and the
//! file with what somebody chose. Nothing is written before that.

mod apply;
mod facet;
mod markers;
mod one_side;
mod origin;
mod write;

pub use facet::{Facet, Which};
pub use markers::{has_markers, split};
pub use one_side::OneSide;
pub use write::{Resolved, proceed};

use super::caution::Caution;
use super::compare::What;
use super::merge::{
    Checks, Conflict, Prepared, Versions, name_recipients, prepare_versions, recipient_words,
};
use super::path::shown;
use super::{compare, people};
use crate::failure::{Failure, Kind};
use crate::format::{Format, sealed_format};
use crate::host::file::Identity;
use crate::host::{Environment, Repository, Underway, UserKey};
use crate::tree::{Body, Leaf, NodeId, Tree};
use origin::{Origin, Parts};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What somebody chose in a conflict.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// Our side.
    Ours,
    /// Their side.
    Theirs,
    /// Both, ours first.
    Both,
    /// A value of one's own.
    Own(Leaf),
}

/// What a conflict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Value(Conflict),
    /// A setting of the `sops` block, by its name.
    Setting(&'static str),
}

/// One conflict, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The path of the value, or the name of the setting.
    pub place: String,
    /// What happened.
    pub what: &'static str,
    subject: Subject,
}

/// One change that merged by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// How it differs from what both sides came from.
    pub what: What,
    /// Its path; the old one where it is gone.
    pub path: String,
    /// Which side changed it.
    pub by: Which,
}

/// A file in conflict, decrypted.
#[derive(Clone, Debug)]
pub struct Dispute {
    /// The file.
    pub path: PathBuf,
    /// What git is in the middle of, and the names of the sides.
    pub underway: Underway,
    /// What cannot be vouched for.
    pub notice: Option<&'static str>,
    /// The conflicts, in the order of the file; settings come last.
    pub points: Vec<Point>,
    /// What merged by itself.
    pub settled: Vec<Settled>,
    /// Who came and who went compared to ours: `+NAME`, `-NAME`.
    pub recipients: Vec<String>,
    prepared: Prepared,
    repository: Option<Repository>,
    identity: Identity,
    key: UserKey,
}

/// A file in conflict.
#[derive(Clone, Debug)]
pub enum Opened {
    /// Both sides have it.
    Both(Box<Dispute>),
    /// One side deleted it.
    OneSide(Box<OneSide>),
}

/// As [`look`], where one side alone is a failure that says what to do.
///
/// # Errors
/// When it is in no conflict, one side deleted it, or a side cannot be decrypted; nothing was touched.
pub fn open(path: &Path, environment: &Environment) -> Result<Dispute, Failure> {
    match look(path, environment)? {
        Opened::Both(dispute) => Ok(*dispute),
        Opened::OneSide(side) => Err(side.failure()),
    }
}

/// Reads a file in conflict: from the index of git where that has its versions, else from the markers in the text.
///
/// # Errors
/// When it is in no conflict, or a side cannot be decrypted; nothing was touched.
pub fn look(path: &Path, environment: &Environment) -> Result<Opened, Failure> {
    let name = path.display().to_string();
    let Parts {
        origin,
        stages,
        underway,
        repository,
        identity,
    } = origin::find(path, environment)?;
    let (Some(ours), Some(theirs)) = (&stages.ours, &stages.theirs) else {
        return Ok(Opened::OneSide(Box::new(OneSide {
            is_ours: stages.ours.is_some(),
            path: path.to_owned(),
            bytes: stages.ours.or(stages.theirs).unwrap_or_default(),
            underway,
            repository,
            identity,
        })));
    };
    let versions = Versions {
        base: stages.base.as_deref().unwrap_or_default(),
        ours,
        theirs,
        path,
    };
    let checks = match origin {
        Origin::Index => Checks::Mac,
        Origin::Markers => Checks::Decryption,
    };
    let mut caution = Caution::new(false, environment);
    let labels = ["what both came from", &underway.ours, &underway.theirs];
    let prepared = prepare_versions(&versions, labels, checks, environment, &mut caution)
        .map_err(|failure| readers(failure, &versions, environment))?
        .ok_or_else(|| {
            let text = format!("{name}: neither side is a SOPS file");
            Failure::new(Kind::NotEncrypted, text).hint("resolve it with an editor for texts")
        })?;
    let key = UserKey::load(environment).map_err(|error| {
        let text = format!("the key for fingerprints cannot be had: {error}");
        Failure::new(Kind::Generic, text)
    })?;
    let points = points(&prepared);
    let mut recipients = prepared.settings.changes.clone();
    name_recipients(&[path.to_owned()], &mut recipients, environment);
    Ok(Opened::Both(Box::new(Dispute {
        path: path.to_owned(),
        underway,
        notice: (origin == Origin::Markers).then_some(
            "put together from the markers in the text: what git mixed before cannot be told apart, and no MAC vouches for the sides",
        ),
        points,
        settled: settled(&prepared),
        recipients: recipient_words(&recipients),
        prepared,
        repository,
        identity,
        key,
    })))
}

/// Adds whose keys are needed to a failure of unlocking.
fn readers(failure: Failure, versions: &Versions<'_>, environment: &Environment) -> Failure {
    if failure.kind != Kind::NoDataKey {
        return failure;
    }
    let suggested = Format::from_path(versions.path);
    let metadata = [versions.ours, versions.theirs, versions.base]
        .into_iter()
        .filter_map(|bytes| super::sealed::read(bytes, sealed_format(bytes, suggested)?, true).ok())
        .find(|sealed| crate::keys::unlock(&sealed.metadata, environment).key.is_none());
    let Some(sealed) = metadata else { return failure };
    let entries = || sealed.metadata.groups.iter().flat_map(|group| &group.keys);
    let known = people::People::gather(&[], entries().map(|entry| &entry.recipient), environment);
    let names: Vec<String> = entries()
        .map(|entry| known.of(&entry.recipient).label().to_owned())
        .collect();
    failure.hint(format!(
        "a key of {} is needed; nothing was touched",
        names.join(", ")
    ))
}

fn points(prepared: &Prepared) -> Vec<Point> {
    let subjects = prepared.content.conflicts.iter().copied().map(Subject::Value);
    let settings = prepared.settings.conflicts.iter().copied().map(Subject::Setting);
    prepared
        .contradictions()
        .into_iter()
        .zip(subjects.chain(settings))
        .map(|(found, subject)| Point {
            place: found.place,
            what: found.what,
            subject,
        })
        .collect()
}

/// What merged by itself: what ours has that base has not, and what the result has that ours has not.
fn settled(prepared: &Prepared) -> Vec<Settled> {
    let nothing = Tree::new();
    let base = prepared.base.as_ref().map_or(&nothing, |base| base.content());
    let (ours, result) = (prepared.ours.content(), &prepared.content.tree);
    let below = |tree: &Tree, of: &dyn Fn(&Conflict) -> Option<NodeId>| -> HashSet<NodeId> {
        let tops = prepared.content.conflicts.iter().filter_map(of);
        tops.flat_map(|id| tree.walk_from(id).map(|step| step.id()).collect::<Vec<_>>())
            .collect()
    };
    let disputed = (
        below(base, &|conflict| conflict.base),
        below(ours, &|conflict| conflict.ours),
    );
    let mut found = Vec::new();
    let mut add = |old: &Tree, new: &Tree, by: Which, skipped: (&HashSet<NodeId>, &HashSet<NodeId>)| {
        for difference in compare::trees(old, new) {
            let is_disputed = difference.old.is_some_and(|id| skipped.0.contains(&id))
                || difference.new.is_some_and(|id| skipped.1.contains(&id));
            let path = difference
                .new
                .map(|id| shown(new, id))
                .or_else(|| difference.old.map(|id| shown(old, id)));
            if let (false, Some(path)) = (is_disputed, path) {
                found.push(Settled {
                    what: difference.what,
                    path,
                    by,
                });
            }
        }
    };
    if prepared.base.is_some() {
        add(base, ours, Which::Ours, (&disputed.0, &disputed.1));
    }
    let none = HashSet::new();
    add(ours, result, Which::Theirs, (&none, &none));
    found
}

impl Dispute {
    /// Why something cannot be chosen in a conflict; `None` where it can.
    #[must_use]
    pub fn refuses(&self, number: usize, choice: &Choice) -> Option<&'static str> {
        let subject = self.points.get(number)?.subject;
        match (choice, subject) {
            (Choice::Ours | Choice::Theirs, _) => None,
            (Choice::Both | Choice::Own(_), Subject::Setting(_)) => {
                Some("a setting is that of one side: h or l")
            }
            (Choice::Own(_), Subject::Value(conflict)) => {
                let is_value =
                    |tree: &Tree, id: Option<NodeId>| id.is_none_or(|id| !tree.node(id).is_branch());
                let values = is_value(self.prepared.ours.content(), conflict.ours)
                    && is_value(self.prepared.theirs.content(), conflict.theirs);
                (!values || self.is_rename(conflict))
                    .then_some("a value of one's own stands for a value only: h, l or b")
            }
            (Choice::Both, Subject::Value(conflict)) => self.refuses_both(conflict),
        }
    }

    fn is_rename(&self, conflict: Conflict) -> bool {
        conflict.clash == super::merge::Clash::Renamed
    }

    fn refuses_both(&self, conflict: Conflict) -> Option<&'static str> {
        let ours = self.prepared.ours.content();
        let (Some(_), Some(_)) = (conflict.ours, conflict.theirs) else {
            return Some("one side has deleted it: there is nothing to put beside it");
        };
        let in_list = conflict
            .parent
            .is_some_and(|parent| matches!(ours.node(parent).body, Body::List(_)));
        let whole = conflict.parent.is_none();
        let fits = in_list || self.is_rename(conflict) || whole;
        (!fits).then_some("an entry has one value: h, l, or e for a value of your own")
    }
}
