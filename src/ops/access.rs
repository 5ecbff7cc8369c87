//! Who can read which file: a matrix of recipients and files, made without a key.

use super::check::{self, Mention};
use super::drift::{self, Difference, Standing};
use super::people::{People, Person};
use super::rulebook::Rulebook;
use super::survey::{Skipped, Surveyed, survey};
use super::unlock::identity;
use crate::failure::Failure;
use crate::host::Environment;
use crate::metadata::{Group, Recipient};
use std::collections::HashMap;
use std::path::PathBuf;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileAccess {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// Its groups, each with the numbers of its recipients in [`Matrix::people`].
    pub groups: Vec<Vec<usize>>,
    /// How many groups are needed: 1 where there is a single one.
    pub needed: usize,
    /// Whether a rule is for it.
    pub ruled: bool,
    /// Recipients of its rule who cannot read it yet, by their numbers.
    pub missing: Vec<usize>,
    /// Recipients who can read it and are not in its rule, by their numbers.
    pub extra: Vec<usize>,
}

impl FileAccess {
    /// The groups (from 0) in which a recipient is.
    #[must_use]
    pub fn groups_of(&self, person: usize) -> Vec<usize> {
        let groups = self.groups.iter().enumerate();
        groups
            .filter(|(_, members)| members.contains(&person))
            .map(|(group, _)| group)
            .collect()
    }

    /// Whether a recipient opens the file without anybody else.
    #[must_use]
    pub fn opens_alone(&self, person: usize) -> bool {
        self.groups_of(person).len() >= self.needed
    }
}

/// Recipients and files.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// Everybody who can read a file: those who read most files first.
    pub people: Vec<Person>,
    /// Every SOPS file that was found.
    pub files: Vec<FileAccess>,
    /// Files that name one of them through `secrets://`.
    pub mentions: Vec<Mention>,
    /// What was not looked into, and why.
    pub skipped: Vec<Skipped>,
}

/// What was read of one file.
struct Seen {
    path: PathBuf,
    name: String,
    groups: Vec<Vec<Recipient>>,
    threshold: Option<u32>,
    ruled: bool,
    missing: Vec<Recipient>,
    extra: Vec<Recipient>,
}

/// Makes the matrix for all SOPS files below some paths.
///
/// # Errors
/// When a path is not there.
pub fn access(paths: &[PathBuf], book: &Rulebook<'_>, environment: &Environment) -> Result<Matrix, Failure> {
    let survey = survey(paths, environment, |file| seen(file, book))?;
    let everybody: Vec<&Recipient> = survey
        .files
        .iter()
        .flat_map(|file| file.groups.iter().flatten().chain(&file.missing))
        .collect();
    let mut count: HashMap<String, (usize, usize, &Recipient)> = HashMap::new();
    for (place, recipient) in everybody.iter().enumerate() {
        let slot = count.entry(identity(recipient)).or_insert((0, place, recipient));
        slot.0 += 1;
    }
    let mut order: Vec<(String, (usize, usize, &Recipient))> = count.into_iter().collect();
    order.sort_by_key(|(_, (files, place, _))| (std::cmp::Reverse(*files), *place));
    let configs: Vec<PathBuf> = book.read().iter().map(|located| located.path.clone()).collect();
    let people = People::gather(&configs, everybody.iter().copied(), environment);
    let number: HashMap<&str, usize> = order
        .iter()
        .enumerate()
        .map(|(number, (name, _))| (name.as_str(), number))
        .collect();
    let numbers = |recipients: &[Recipient]| -> Vec<usize> {
        let recipients = recipients.iter();
        recipients
            .filter_map(|recipient| number.get(identity(recipient).as_str()).copied())
            .collect()
    };
    let files = survey.files.iter().map(|file| {
        let said = file.threshold.and_then(|said| usize::try_from(said).ok());
        let needed = match file.groups.len() {
            0 | 1 => 1,
            several => said.filter(|said| *said != 0).unwrap_or(several),
        };
        FileAccess {
            path: file.path.clone(),
            name: file.name.clone(),
            groups: file.groups.iter().map(|group| numbers(group)).collect(),
            needed,
            ruled: file.ruled,
            missing: numbers(&file.missing),
            extra: numbers(&file.extra),
        }
    });
    let files: Vec<FileAccess> = files.collect();
    let mut mentions = check::mentions_below(paths, environment)?;
    mentions.retain(|mention| files.iter().any(|file| file.path == mention.path));
    Ok(Matrix {
        files,
        people: order
            .iter()
            .map(|(_, (_, _, recipient))| people.of(recipient))
            .collect(),
        mentions,
        skipped: survey.skipped,
    })
}

fn seen(file: Surveyed, book: &Rulebook<'_>) -> Seen {
    // Rules that cannot be read say nothing of the file, and give no names.
    let (ruled, differences) = match drift::standing(&file.path, &file.sealed, book) {
        Standing::Ruled { differences, .. } => (true, differences),
        Standing::NoRules | Standing::NoRule { .. } | Standing::Unknown(_) => (false, Vec::new()),
    };
    let (mut missing, mut extra) = (Vec::new(), Vec::new());
    for difference in differences {
        match difference {
            Difference::Missing { recipient, .. } => missing.push(recipient),
            Difference::Extra { recipient, .. } => extra.push(recipient),
            _ => {}
        }
    }
    let groups = file.sealed.metadata.groups.into_iter();
    let recipients = |group: Group| group.keys.into_iter().map(|entry| entry.recipient).collect();
    Seen {
        path: file.path,
        name: file.name,
        groups: groups.map(recipients).collect(),
        threshold: file.sealed.metadata.threshold,
        ruled,
        missing,
        extra,
    }
}
