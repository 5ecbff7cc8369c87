//! What the rule of one file says about who should read it, and who all those recipients are. Needs no key; the editor asks this
//! beside what it shows already.

use super::config;
use super::people::{People, Person};
use super::rulebook::{Rulebook, Source};
use super::unlock::identity;
use crate::failure::Failure;
use crate::host::Environment;
use crate::metadata::Recipient;
use crate::policy::PolicyError;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Who should read a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Should {
    /// Nobody says, and why.
    Unsaid(String),
    /// The rule says.
    Rule {
        /// Which `.sops.yaml`.
        config: PathBuf,
        /// The line on which the rule begins.
        line: usize,
        /// Its key groups.
        groups: Vec<Vec<Recipient>>,
    },
}

/// A recipient for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who it is.
    pub person: Person,
    /// Where the name comes from.
    pub source: Option<&'static str>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// The file.
    pub path: PathBuf,
    /// Who should read it.
    pub should: Should,
    /// Everybody of the file and of the rule, by identity.
    pub known: HashMap<String, Known>,
}

impl Should {
    /// The group of the rule in which somebody is.
    #[must_use]
    pub fn group_of(&self, recipient: &Recipient) -> Option<usize> {
        let Self::Rule { groups, .. } = self else {
            return None;
        };
        let wanted = identity(recipient);
        groups
            .iter()
            .position(|keys| keys.iter().any(|key| identity(key) == wanted))
    }

    /// Everybody of the rule with the place of the group.
    pub fn keys(&self) -> impl Iterator<Item = (usize, &Recipient)> {
        let groups: &[Vec<Recipient>] = match self {
            Self::Rule { groups, .. } => groups,
            Self::Unsaid(_) => &[],
        };
        let groups = groups.iter().enumerate();
        groups.flat_map(|(number, keys)| keys.iter().map(move |key| (number, key)))
    }
}

/// Finds the rule for a file that these can read, and names everybody.
#[must_use]
pub fn look(path: &Path, recipients: &[Recipient], environment: &Environment) -> Ruled {
    let should = should(&config::absolute(environment, path), environment);
    let configs = match &should {
        Should::Rule { config, .. } => vec![config.clone()],
        Should::Unsaid(_) => Vec::new(),
    };
    let all = || recipients.iter().chain(should.keys().map(|(_, key)| key));
    let people = People::gather(&configs, all(), environment);
    let known = all().map(|recipient| (identity(recipient), known(&people, recipient)));
    Ruled {
        path: path.to_owned(),
        known: known.collect(),
        should,
    }
}

fn known(people: &People, recipient: &Recipient) -> Known {
    Known {
        person: people.of(recipient),
        source: people.source(recipient),
    }
}

fn should(path: &Path, environment: &Environment) -> Should {
    let unsaid = |failure: &Failure| Should::Unsaid(failure.message.clone());
    let book = Rulebook::new(Source::default(), environment);
    let located = match book.of(path) {
        Ok(Some(located)) => located,
        Ok(None) => return Should::Unsaid("there is no .sops.yaml with rules".to_owned()),
        Err(failure) => return unsaid(&failure),
    };
    let rule = match located.rule_for(path) {
        Ok(Some(rule)) => rule,
        Ok(None) => return Should::Unsaid("there is no .sops.yaml with rules".to_owned()),
        Err(PolicyError::NoMatch) => {
            let config = located.path.display();
            return Should::Unsaid(format!("no rule of {config} is for this file"));
        }
        Err(error) => return unsaid(&located.failure(&error)),
    };
    match rule.groups() {
        Ok(groups) => Should::Rule {
            config: located.path.clone(),
            line: rule.line,
            groups: groups
                .into_iter()
                .map(|group| group.keys.into_iter().map(|entry| entry.recipient).collect())
                .collect(),
        },
        Err(error) => unsaid(&located.failure(&error)),
    }
}
