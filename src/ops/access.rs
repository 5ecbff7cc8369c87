//! Who can read which file: a matrix of recipients and files, made without a key.

use super::people::{People, Person};
use super::rulebook::Rulebook;
use super::survey::{Skipped, survey};
use super::unlock::identity;
use crate::failure::Failure;
use crate::host::Environment;
use crate::metadata::Recipient;
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
    /// What was not looked into, and why.
    pub skipped: Vec<Skipped>,
}

/// Makes the matrix for all SOPS files below some paths.
///
/// # Errors
/// When a path is not there.
pub fn access(paths: &[PathBuf], book: &Rulebook<'_>, environment: &Environment) -> Result<Matrix, Failure> {
    let survey = survey(paths, environment, |file| {
        // Rules that cannot be read give no names; that is all they are for here.
        let _ = book.of(&file.path);
        let groups: Vec<Vec<Recipient>> = file
            .sealed
            .metadata
            .groups
            .iter()
            .map(|group| group.keys.iter().map(|entry| entry.recipient.clone()).collect())
            .collect();
        (file.path, file.name, groups, file.sealed.metadata.threshold)
    })?;
    let everybody: Vec<&Recipient> = survey
        .files
        .iter()
        .flat_map(|(_, _, groups, _)| groups.iter().flatten())
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
    let files = survey.files.iter().map(|(path, name, groups, threshold)| {
        let groups: Vec<Vec<usize>> = groups
            .iter()
            .map(|group| {
                let members = group.iter();
                members
                    .filter_map(|recipient| number.get(identity(recipient).as_str()).copied())
                    .collect()
            })
            .collect();
        let said = threshold.and_then(|said| usize::try_from(said).ok());
        let needed = match groups.len() {
            0 | 1 => 1,
            several => said.filter(|said| *said != 0).unwrap_or(several),
        };
        FileAccess {
            path: path.clone(),
            name: name.clone(),
            groups,
            needed,
        }
    });
    Ok(Matrix {
        files: files.collect(),
        people: order
            .iter()
            .map(|(_, (_, _, recipient))| people.of(recipient))
            .collect(),
        skipped: survey.skipped,
    })
}
