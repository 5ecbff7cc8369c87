//! Other recipients for many files: a plan first, then file by file, each old or new whatever happens; what is done already is
//! left alone, so that a run that was stopped is finished by the next one.

mod apply;
mod checklist;
mod file_plan;
mod journal;
mod rules;
mod wish;

pub use apply::{FEW, FileResult, MANY, Outcome, apply};
pub use checklist::{NOT_UNDONE, checklist, who, write_list};
pub use journal::Journal;
pub use rules::RulesPlan;
pub use wish::{Planned, Wish, names, people};

use super::drift::{self, Difference};
use super::people::{People, Person};
use super::pins;
use super::rekey::entries_stay;
use super::rulebook::Rulebook;
use super::survey::{Skipped, Surveyed, survey};
use super::unlock::identity;
use super::{rotate, updatekeys};
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::file::Identity;
use crate::metadata::{Group, Metadata, Recipient};
use crate::seal::selection::Selection;
use crate::seal::{looks_encrypted, selected};
use crate::tree::{Key, NodeId, Tree};

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

/// What a plan is to reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// Other recipients: with those that come and without those that go, or those of the rules where nobody comes or goes.
    #[default]
    Recipients,
    /// A new data key for every file; recipients stay, but for those that come and go.
    DataKey,
    /// Nothing is written: the values are listed that whoever left could read, to be changed one by one.
    Secrets,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files and folders; the working directory where there is none.
    pub paths: Vec<PathBuf>,
    /// What is to be reached.
    pub goal: Goal,
    /// Who is to be able to read: put into the first group of each file.
    pub add: Vec<Recipient>,
    /// Who is not to be able to read any more. Without `add` and `remove`, files become what their rules say.
    pub remove: Vec<Recipient>,
    /// Whether the data key stays although somebody is removed.
    pub keep_data_key: bool,
    /// Whether the rules of the files are changed in the same way.
    pub rules: bool,
    /// Whether files are taken as they are although somebody else may have changed who can read them.
    pub accept_metadata: bool,
    /// Whether files get new data keys that have them from a run that was stopped.
    pub restart: bool,
    /// What rules are to call those who come, where nothing else does.
    pub names: Vec<(Recipient, String)>,
}

impl Request {
    const fn by_rule(&self) -> bool {
        !matches!(self.goal, Goal::DataKey) && self.add.is_empty() && self.remove.is_empty()
    }
}

/// What happens to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is as it should be.
    Nothing,
    /// Its data key is wrapped for others; the values stay as they are.
    Rewrap,
    /// It gets a new data key, and every value is encrypted anew.
    Rotate,
    /// It cannot be done.
    Impossible(Failure),
}

/// One file of a plan.
#[derive(Clone, Debug)]
pub struct FilePlan {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// What happens to it.
    pub action: Action,
    /// Who comes ([`Difference::Missing`]) and who goes ([`Difference::Extra`]), and the threshold.
    pub changes: Vec<Difference>,
    /// What changed in who can read it, or in what is encrypted, since this user last wrote it; empty where that was accepted.
    pub suspicions: Vec<String>,
    /// The values that those who go could read until now: paths as `set` takes them. What they have read they know.
    pub exposed: Vec<String>,
    /// Whether it has its new data key already, from a run that was stopped.
    pub resumed: bool,
    /// Whether the groups get new shares although the data key stays, so that it is wrapped for everybody and not for those who come only.
    pub reshared: bool,
    groups: Vec<Group>,
    threshold: Option<u32>,
    identity: Identity,
}

/// A plan for many files.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Every SOPS file that was found.
    pub files: Vec<FilePlan>,
    /// Changes of rules; they are made first.
    pub rules: Vec<RulesPlan>,
    /// What was not looked into, and why.
    pub skipped: Vec<Skipped>,
    /// What a run before did of this, where it was stopped.
    pub journal: Option<Box<Journal>>,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.files.iter().all(|file| file.action == Action::Nothing)
    }

    /// The first file that is to be written although somebody else may have changed it, as a failure.
    #[must_use]
    pub fn suspicion(&self) -> Option<Failure> {
        let written = |file: &&FilePlan| matches!(file.action, Action::Rewrap | Action::Rotate);
        let mut files = self.files.iter().filter(written);
        files
            .find(|file| !file.suspicions.is_empty())
            .map(|file| pins::refusal(&file.name, &file.suspicions))
    }

    /// How many files have their new data key already, from a run that was stopped, and when that began, in seconds since 1970.
    #[must_use]
    pub fn resumed(&self) -> Option<(usize, i64)> {
        let count = self.files.iter().filter(|file| file.resumed).count();
        let journal = self.journal.as_ref().filter(|_| count > 0)?;
        Some((count, journal.started()))
    }

    /// How many values those who go could read until now.
    #[must_use]
    pub fn exposed(&self) -> usize {
        self.files.iter().map(|file| file.exposed.len()).sum()
    }

    /// Everybody who comes to or goes from some file.
    #[must_use]
    pub fn recipients(&self) -> Vec<Recipient> {
        let changes = self.files.iter().flat_map(|file| &file.changes);
        changes
            .filter_map(|change| match change {
                Difference::Missing { recipient, .. } | Difference::Extra { recipient, .. } => {
                    Some(recipient.clone())
                }
                _ => None,
            })
            .collect()
    }

    /// Everybody who goes from some file, once.
    #[must_use]
    pub fn leavers(&self, people: &People) -> Vec<Person> {
        let mut seen = HashSet::new();
        let changes = self.files.iter().flat_map(|file| &file.changes);
        changes
            .filter_map(|change| match change {
                Difference::Extra { recipient, .. } => Some(people.of(recipient)),
                _ => None,
            })
            .filter(|person| seen.insert(person.identity.clone()))
            .collect()
    }
}

/// Plans; nothing is written, and no key is needed.
///
/// # Errors
/// When a path is not there, or rules that are to be changed cannot be.
pub fn plan(request: &Request, book: &Rulebook<'_>, environment: &Environment) -> Result<Plan, Failure> {
    let journal = Journal::find(request, environment);
    let survey = survey(&request.paths, environment, |file| {
        let done = |journal: &Journal| journal.has(&file.path, &file.bytes);
        let resumed = journal.as_ref().is_some_and(done);
        FilePlan {
            resumed,
            ..of_file(&file, request, resumed, book, environment)
        }
    })?;
    let rules = if request.rules && !request.by_rule() {
        rules::plan(request, &survey.files, book, environment)?
    } else {
        Vec::new()
    };
    Ok(Plan {
        files: survey.files,
        rules,
        skipped: survey.skipped,
        journal: journal.map(Box::new),
    })
}

fn of_file(
    file: &Surveyed,
    request: &Request,
    is_done: bool,
    book: &Rulebook<'_>,
    environment: &Environment,
) -> FilePlan {
    let metadata = &file.sealed.metadata;
    let mut planned = FilePlan {
        path: file.path.clone(),
        name: file.name.clone(),
        action: Action::Nothing,
        changes: Vec::new(),
        suspicions: if request.accept_metadata {
            Vec::new()
        } else {
            pins::since_seen(&file.path, metadata, environment)
        },
        exposed: Vec::new(),
        resumed: false,
        reshared: false,
        groups: Vec::new(),
        threshold: None,
        identity: file.identity.clone(),
    };
    if is_done {
        return planned;
    }
    let wanted = if request.by_rule() {
        by_rule(file, book)
    } else {
        let change = rotate::KeyChange {
            add: request.add.clone(),
            remove: request.remove.clone(),
        };
        Ok(Some((
            rotate::changed(&metadata.groups, &change),
            metadata.threshold,
        )))
    };
    let (groups, threshold) = match wanted {
        Ok(Some(wanted)) => wanted,
        // What could be read is to be listed whether a rule is for the file or not.
        _ if request.goal == Goal::Secrets => (metadata.groups.clone(), metadata.threshold),
        Ok(None) => return planned,
        Err(failure) => {
            planned.action = Action::Impossible(failure);
            return planned;
        }
    };
    planned.changes = drift::recipients(&metadata.groups, &groups);
    let needed = |threshold: Option<u32>| threshold.unwrap_or(0);
    if groups.len().max(metadata.groups.len()) > 1 && needed(threshold) != needed(metadata.threshold) {
        planned.changes.push(Difference::Threshold {
            file: needed(metadata.threshold),
            rule: needed(threshold),
        });
    }
    if request.goal == Goal::Secrets {
        planned.exposed = readable(&file.sealed.content, metadata);
        return planned;
    }
    let rotates = request.goal == Goal::DataKey;
    if planned.changes.is_empty() && !rotates {
        return planned;
    }
    if let Err(failure) = can_be(&groups, threshold, &file.name) {
        planned.action = Action::Impossible(failure);
        return planned;
    }
    let gone = gone(&metadata.groups, &groups);
    if gone {
        planned.exposed = readable(&file.sealed.content, metadata);
    }
    planned.action = if rotates || (gone && !request.keep_data_key) {
        Action::Rotate
    } else {
        Action::Rewrap
    };
    let before = (metadata.groups.as_slice(), metadata.threshold);
    planned.reshared = planned.action == Action::Rewrap && !entries_stay(before, &groups, threshold);
    planned.groups = groups;
    planned.threshold = threshold;
    planned
}

/// Groups, and how many of them are needed.
type Wanted = (Vec<Group>, Option<u32>);

/// The groups and the threshold that the rule of a file asks for; `None` where no rule is for it.
fn by_rule(file: &Surveyed, book: &Rulebook<'_>) -> Result<Option<Wanted>, Failure> {
    let Some(located) = book.of(&file.path)? else {
        return Ok(None);
    };
    let rule = match located.rule_for(&file.path) {
        Ok(rule) => rule,
        Err(crate::policy::PolicyError::NoMatch) => return Ok(None),
        Err(error) => return Err(located.failure(&error)),
    };
    let Some(rule) = rule else { return Ok(None) };
    let wanted = rule.groups().map_err(|error| located.failure(&error))?;
    let groups = updatekeys::merged(&file.sealed.metadata.groups, &wanted);
    let said = rule
        .shamir_threshold
        .as_ref()
        .and_then(|claim| u32::try_from(claim.value).ok());
    let all = u32::try_from(groups.len()).unwrap_or(u32::MAX);
    let threshold = match groups.len() {
        0 | 1 => file.sealed.metadata.threshold.map(|number| number.min(all)),
        _ => Some(said.filter(|number| *number != 0).unwrap_or(all)),
    };
    Ok(Some((groups, threshold)))
}

/// Refuses what would lock everybody out.
pub(super) fn can_be(groups: &[Group], threshold: Option<u32>, name: &str) -> Result<(), Failure> {
    let refuse = |text: String| Err(Failure::new(Kind::Usage, format!("{name}: {text}")));
    if let Some(number) = groups.iter().position(|group| group.keys.is_empty()) {
        return refuse(match groups.len() {
            1 => "nobody would be left who can read it".to_owned(),
            _ => format!("key group {number} would have no key left"),
        });
    }
    let count = u32::try_from(groups.len()).unwrap_or(u32::MAX);
    match threshold.filter(|number| *number != 0) {
        Some(number) if count > 1 && (number > count || number < 2) => refuse(format!(
            "{number} of {count} groups would be needed; at least 2 and at most all can be"
        )),
        _ => Ok(()),
    }
}

/// Whether somebody cannot read any more.
fn gone(old: &[Group], new: &[Group]) -> bool {
    let everybody = |groups: &[Group]| -> HashSet<String> {
        let keys = groups.iter().flat_map(|group| &group.keys);
        keys.map(|entry| identity(&entry.recipient)).collect()
    };
    !everybody(old).is_subset(&everybody(new))
}

/// The paths of all encrypted values, without those of comments.
fn readable(content: &Tree, metadata: &Metadata) -> Vec<String> {
    let (selection, _) = Selection::for_reading(Some(metadata.effective_rule()), false);
    let values = selected(content, &selection, true).into_iter();
    let encrypted = values.filter(|(id, _)| content.node(*id).leaf().is_some_and(looks_encrypted));
    let paths: BTreeSet<String> = encrypted.map(|(id, _)| path(content, id)).collect();
    paths.into_iter().collect()
}

/// The keys down to a value; items of a list share the path of the list.
fn path(tree: &Tree, id: NodeId) -> String {
    let keys = tree.key_path(id).into_iter().map(Key::display);
    keys.map(|key| format!("[\"{key}\"]")).collect()
}
