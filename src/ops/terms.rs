//! Whose keys encrypt a file, and which of its values: what the flags ask for and the creation rule says (spec §10.4).

use super::caution::Caution;
use super::config::Located;
use super::encrypt::{Plain, Wish};
use crate::failure::{Failure, Kind};
use crate::format::Format;
use crate::metadata::Group;
use crate::policy::{CreationRule, PolicyError};
use crate::seal::selection::Rule;

/// What the flags and the rule agree on.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Whose keys; nothing is wrapped yet.
    pub groups: Vec<Group>,
    /// How many groups are needed.
    pub threshold: Option<u32>,
    /// Which values are encrypted; `None` for all.
    pub rule: Option<Rule>,
    /// Whether the MAC covers encrypted values only.
    pub mac_only_encrypted: bool,
}

/// Settles the terms for a file.
pub fn terms(
    plain: &Plain<'_>,
    wish: &Wish<'_>,
    config: Option<&Located>,
    caution: &mut Caution,
) -> Result<Terms, Failure> {
    let creation = creation_rule(plain, wish, config, caution)?;
    let failure = |error: PolicyError| match config {
        Some(located) => located.failure(&error),
        None => Failure::new(Kind::Generic, error.to_string()),
    };
    let said = creation
        .map(CreationRule::selection)
        .transpose()
        .map_err(failure)?
        .flatten();
    let rule = match (&wish.rule, said) {
        (Some(asked), Some(said)) if asked.field() != said.field() => {
            let text = format!(
                "cannot use more than one of {} (asked for) and {} (from the .sops.yaml)",
                asked.field(),
                said.field()
            );
            return Err(Failure::new(Kind::Conflict, text));
        }
        (Some(asked), _) => Some(asked.clone()),
        (None, said) => said.cloned(),
    };
    let groups = match (&wish.group, creation) {
        (Some(group), _) => vec![group.clone()],
        (None, Some(creation)) => creation.groups().map_err(failure)?,
        (None, None) => return Err(no_keys(plain)),
    };
    if groups.iter().any(|group| group.keys.is_empty()) {
        return Err(Failure::new(
            Kind::Generic,
            format!("{}: empty key group provided", plain.name),
        ));
    }
    let mac_only_encrypted = wish.mac_only_encrypted || creation.is_some_and(|rule| rule.mac_only_encrypted);
    let threshold = threshold(wish, creation, groups.len());
    if plain.input != Format::Binary {
        return Ok(Terms {
            groups,
            threshold,
            rule: Some(rule.unwrap_or_else(Rule::default_suffix)),
            mac_only_encrypted,
        });
    }
    // A binary file is one value: rules have nothing to select (spec §6.3).
    if rule.is_some() || mac_only_encrypted {
        caution.warn(format!(
            "{}: a binary file is encrypted as a whole; what the options and rules select is ignored",
            plain.name
        ))?;
    }
    Ok(Terms {
        groups,
        threshold,
        rule: None,
        mac_only_encrypted: false,
    })
}

fn creation_rule<'c>(
    plain: &Plain<'_>,
    wish: &Wish<'_>,
    config: Option<&'c Located>,
    caution: &mut Caution,
) -> Result<Option<&'c CreationRule>, Failure> {
    let Some(located) = config else {
        return Ok(None);
    };
    match located.rule_for(plain.path) {
        Ok(rule) => Ok(rule),
        Err(PolicyError::NoMatch) if wish.group.is_some() => {
            caution.warn(format!(
                "{}: no rule of {} is for it; the keys that were given are used",
                plain.name,
                located.path.display()
            ))?;
            Ok(None)
        }
        Err(error) => Err(located.failure(&error)),
    }
}

fn no_keys(plain: &Plain<'_>) -> Failure {
    let text = format!(
        "{}: config file not found, or has no creation rules, and no keys provided through command line options",
        plain.name
    );
    Failure::new(Kind::Generic, text)
        .hint("name a recipient with --age, or write a .sops.yaml with creation_rules")
}

fn threshold(wish: &Wish<'_>, creation: Option<&CreationRule>, groups: usize) -> Option<u32> {
    let said = creation
        .and_then(|rule| rule.shamir_threshold.as_ref())
        .and_then(|claim| u32::try_from(claim.value).ok());
    let all = u32::try_from(groups).ok().filter(|groups| *groups > 1);
    let given = [wish.threshold, said]
        .into_iter()
        .flatten()
        .find(|number| *number != 0);
    given.or(all)
}
