//! Changing the rules together with the files.

use super::{FilePlan, Request};
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::file::{self, Identity, Place};
use crate::ops::people::People;
use crate::ops::rulebook::Rulebook;
use crate::ops::save::not_written;
use crate::ops::survey::name_of;
use crate::policy::edit::{Addition, Change, edit};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A `.sops.yaml` and its new text.
#[derive(Clone, Debug)]
pub struct RulesPlan {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// The lines of the rules that change.
    pub lines: Vec<usize>,
    /// Its new text.
    pub text: Vec<u8>,
    identity: Identity,
}

impl RulesPlan {
    /// Which rules change, in a line for people.
    #[must_use]
    pub fn words(&self) -> String {
        match self.lines.as_slice() {
            [line] => format!("{}: the rule at line {line} changes", self.name),
            lines => {
                let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
                format!("{}: the rules at lines {} change", self.name, lines.join(", "))
            }
        }
    }
}

/// Plans the changes of all rules that are for the files.
pub fn plan(
    request: &Request,
    files: &[FilePlan],
    book: &Rulebook<'_>,
    environment: &Environment,
) -> Result<Vec<RulesPlan>, Failure> {
    let mut lines: BTreeMap<PathBuf, BTreeSet<usize>> = BTreeMap::new();
    for file in files {
        if let Some(located) = book.of(&file.path)?
            && let Ok(Some(rule)) = located.rule_for(&file.path)
        {
            lines.entry(located.path.clone()).or_default().insert(rule.line);
        }
    }
    let configs: Vec<PathBuf> = lines.keys().cloned().collect();
    let people = People::gather(&configs, &request.add, environment);
    let mut plans = Vec::new();
    for (path, lines) in lines {
        let lines: Vec<usize> = lines.into_iter().collect();
        let change = Change {
            lines: lines.clone(),
            add: request
                .add
                .iter()
                .map(|recipient| Addition {
                    recipient: recipient.clone(),
                    name: people.of(recipient).name.or_else(|| {
                        let mut names = request.names.iter();
                        let found = names.find(|(known, _)| known == recipient);
                        found.map(|(_, name)| name.clone())
                    }),
                })
                .collect(),
            remove: request.remove.clone(),
        };
        let name = name_of(&path, environment);
        let failure = |text: String| Failure::new(Kind::Usage, format!("{name}: {text}"));
        let (bytes, identity) = file::read(&path).map_err(|error| failure(error.to_string()))?;
        let Some(text) = edit(&bytes, &change).map_err(|error| failure(error.to_string()))? else {
            continue;
        };
        if crate::policy::parse(&text).is_err() {
            return Err(failure("the edited rules could not be read".to_owned()));
        }
        plans.push(RulesPlan {
            path,
            name,
            lines,
            text,
            identity,
        });
    }
    Ok(plans)
}

/// Writes the new texts.
pub fn apply(plans: &[RulesPlan]) -> Result<(), Failure> {
    for plan in plans {
        file::write(&plan.path, &plan.text, Some(&plan.identity), Place::Replace)
            .map_err(|error| not_written(&plan.name, &error))?;
    }
    Ok(())
}
