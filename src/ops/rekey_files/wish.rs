//! What somebody asks for in words: recipients as they are pasted or called.

use super::{Goal, Plan, Request};
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::metadata::Recipient;
use crate::ops::people::People;
use crate::ops::rulebook::Rulebook;
use crate::ops::survey::survey;
use crate::policy::recipient;
use std::collections::HashSet;
use std::path::PathBuf;

/// A request as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Files and folders; the working directory where there is none.
    pub paths: Vec<PathBuf>,
    /// What is to be reached.
    pub goal: Goal,
    /// Public keys of any kind.
    pub add: Vec<String>,
    /// Public keys of any kind, or names of people who can read.
    pub remove: Vec<String>,
    /// As [`Request::keep_data_key`].
    pub keep_data_key: bool,
    /// As [`Request::rules`].
    pub rules: bool,
    /// As [`Request::accept_metadata`].
    pub accept_metadata: bool,
    /// As [`Request::restart`].
    pub restart: bool,
}

impl Wish {
    /// What is meant by it.
    ///
    /// # Errors
    /// When a text is no public key and no name of somebody who can read, or a path is not there.
    pub fn request(&self, book: &Rulebook<'_>, environment: &Environment) -> Result<Request, Failure> {
        let bad =
            |what: &str, error: &dyn std::fmt::Display| Failure::new(Kind::Usage, format!("{what}: {error}"));
        let add = self.add.iter().map(|text| recipient::any(text));
        let add = add
            .collect::<Result<_, _>>()
            .map_err(|error| bad("who is to come", &error))?;
        let named = self.remove.iter().any(|text| recipient::any(text).is_err());
        let known = if named {
            readers(&self.paths, book, environment)?
        } else {
            Vec::new()
        };
        let people = people(book, &known, environment);
        let mut remove = Vec::new();
        for text in &self.remove {
            let called = known
                .iter()
                .filter(|recipient| people.of(recipient).name.as_deref() == Some(text.as_str()));
            let before = remove.len();
            remove.extend(called.cloned());
            if remove.len() == before {
                let key = recipient::any(text).map_err(|error| bad("who is to go", &error))?;
                remove.push(key);
            }
        }
        Ok(Request {
            paths: self.paths.clone(),
            goal: self.goal,
            add,
            remove,
            keep_data_key: self.keep_data_key,
            rules: self.rules,
            accept_metadata: self.accept_metadata,
            restart: self.restart,
            names: Vec::new(),
        })
    }
}

/// What those are called who can read one of these files: their names, and the keys of those without one.
#[must_use]
pub fn names(paths: &[PathBuf], book: &Rulebook<'_>, environment: &Environment) -> Vec<String> {
    let known = readers(paths, book, environment).unwrap_or_default();
    let people = people(book, &known, environment);
    let mut names: Vec<String> = known
        .iter()
        .map(|recipient| people.of(recipient).label().to_owned())
        .collect();
    names.dedup();
    names
}

/// Everybody who can read one of these files, once.
fn readers(
    paths: &[PathBuf],
    book: &Rulebook<'_>,
    environment: &Environment,
) -> Result<Vec<Recipient>, Failure> {
    let survey = survey(paths, environment, |file| {
        // Rules that cannot be read give no names.
        let _ = book.of(&file.path);
        let groups = file.sealed.metadata.groups.into_iter();
        let keys = groups.flat_map(|group| group.keys).map(|entry| entry.recipient);
        keys.collect::<Vec<_>>()
    })?;
    let mut all: Vec<Recipient> = survey.files.into_iter().flatten().collect();
    let mut seen = HashSet::new();
    all.retain(|recipient| seen.insert(recipient.clone()));
    Ok(all)
}

/// What recipients are called by the rules that were read so far.
#[must_use]
pub fn people(book: &Rulebook<'_>, recipients: &[Recipient], environment: &Environment) -> People {
    let configs: Vec<PathBuf> = book.read().iter().map(|located| located.path.clone()).collect();
    People::gather(&configs, recipients, environment)
}

/// A plan, and who the people in it are.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Names.
    pub people: People,
}

impl Wish {
    /// Plans what is wished for; nothing is written, and no key is needed.
    ///
    /// # Errors
    /// As [`Wish::request`] and [`super::plan`].
    pub fn plan(&self, book: &Rulebook<'_>, environment: &Environment) -> Result<Planned, Failure> {
        let request = self.request(book, environment)?;
        let plan = super::plan(&request, book, environment)?;
        let people = people(book, &plan.recipients(), environment);
        Ok(Planned { plan, people })
    }
}
