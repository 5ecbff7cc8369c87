//! Encrypt a plain file (spec §10, §12.1).

use super::caution::Caution;
use super::config::Located;
use super::style::style;
use crate::failure::{Failure, Kind};
use crate::format::{self, EmitError, Format, LoadError, Loaded};
use crate::host::{Environment, SystemRandom, clock};
use crate::keys;
use crate::metadata::{self, Group, Metadata, Recipient, SOPS_VERSION};
use crate::policy::{CreationRule, PolicyError};
use crate::seal::selection::{Rule, Selection};
use crate::seal::{self, DataKey, ListComments, SealError, Stash};
use crate::tree::{Secret, Tree};
use std::path::Path;

/// A plain file.
#[derive(Clone, Debug)]
pub struct Plain<'p> {
    /// Its absolute path, or the name it is to be treated by: chooses the rule.
    pub path: &'p Path,
    /// What it is called in messages.
    pub name: &'p str,
    /// Its content.
    pub bytes: &'p [u8],
    /// The format it is in.
    pub input: Format,
    /// The format it becomes.
    pub output: Format,
}

/// What was asked for; it goes before what the rule says (spec §10.4).
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Whose keys; replaces those of the rule.
    pub group: Option<Group>,
    /// How many key groups are needed.
    pub threshold: Option<u32>,
    /// Which values are encrypted.
    pub rule: Option<Rule>,
    /// Whether the MAC covers encrypted values only.
    pub mac_only_encrypted: bool,
    /// The indentation step.
    pub indent: Option<i64>,
}

/// Encrypts a file in sops's own layout, with a data key of its own.
///
/// # Errors
/// When no rule or no key is for it, when it cannot be read, encrypted or written in the format it is to become.
pub fn encrypt(
    plain: &Plain<'_>,
    wish: &Wish,
    config: Option<&Located>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Vec<u8>, Failure> {
    let terms = terms(plain, wish, config, caution)?;
    let loaded = load(plain)?;
    refuse_reserved(&loaded.tree, plain)?;
    let selection = Selection::new(terms.rule.clone(), terms.mac_only_encrypted)
        .map_err(|bad| Failure::new(Kind::Generic, bad.to_string()))?;
    let mut random = SystemRandom;
    let no_random = |error: seal::RandomError| Failure::new(Kind::Generic, error.to_string());
    let key = DataKey::generate(&mut random).map_err(no_random)?;
    let (mut tree, mac) = seal::seal_as(
        &loaded.tree,
        &key,
        &selection,
        &Stash::default(),
        ListComments::AsItems,
        &mut random,
    )
    .map_err(|error| cannot_seal(plain.name, &error))?;
    let metadata = wrap(terms, &key, &mac, environment)?;
    metadata::attach(&mut tree, plain.output.sealed(), &metadata)
        .map_err(|error| Failure::new(Kind::Serialise, format!("{}: {error}", plain.name)))?;
    let style = style(plain.output, wish.indent, config)?;
    format::emit(plain.output.sealed(), &tree, style).map_err(|error| cannot_emit(plain.name, &error))
}

/// What the flags and the rule agree on.
#[derive(Clone, Debug)]
struct Terms {
    groups: Vec<Group>,
    threshold: Option<u32>,
    rule: Option<Rule>,
    mac_only_encrypted: bool,
}

fn terms(
    plain: &Plain<'_>,
    wish: &Wish,
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
    wish: &Wish,
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

fn threshold(wish: &Wish, creation: Option<&CreationRule>, groups: usize) -> Option<u32> {
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

fn load(plain: &Plain<'_>) -> Result<Loaded, Failure> {
    let empty = || {
        let text = "a file cannot be completely empty, it must contain at least one document";
        Failure::new(Kind::EmptyFile, format!("{}: {text}", plain.name))
    };
    match format::load(plain.input, plain.bytes) {
        Ok(loaded) if loaded.tree.documents().is_empty() => Err(empty()),
        Ok(loaded) => Ok(loaded),
        Err(LoadError::Empty) if plain.bytes.is_empty() => Err(empty()),
        Err(error) => Err(Failure::new(Kind::Read, format!("{}: {error}", plain.name))),
    }
}

/// Refuses a file that uses the name of the `sops` block: most often it is encrypted already.
fn refuse_reserved(tree: &Tree, plain: &Plain<'_>) -> Result<(), Failure> {
    if metadata::reserved(tree, plain.output.sealed()) != Some(0) {
        return Ok(());
    }
    let text = format!(
        "{}: the file has a top-level entry that is reserved for sops's metadata",
        plain.name
    );
    Err(Failure::new(Kind::AlreadyEncrypted, text)
        .hint("is it encrypted already? `decrypt`, `set` and the editor take encrypted files"))
}

fn wrap(terms: Terms, key: &DataKey, mac: &str, environment: &Environment) -> Result<Metadata, Failure> {
    let mut random = SystemRandom;
    let now = clock::now();
    let mut groups = terms.groups;
    for entry in groups.iter_mut().flat_map(|group| &mut group.keys) {
        if !matches!(entry.recipient, Recipient::Age { .. }) {
            entry.created_at = Some(now.to_string());
        }
    }
    let groups = keys::wrap(&groups, terms.threshold, key, environment, &mut random)
        .map_err(|error| Failure::new(Kind::Generic, error.to_string()))?;
    let mac: Secret = seal::seal_mac(mac, key, &now, &mut random)
        .map_err(|error| Failure::new(Kind::EncryptMac, error.to_string()))?;
    Ok(Metadata {
        groups,
        threshold: terms.threshold,
        last_modified: now,
        mac,
        rule: terms.rule,
        mac_only_encrypted: terms.mac_only_encrypted,
        version: SOPS_VERSION.to_owned(),
    })
}

pub(super) fn cannot_seal(name: &str, error: &SealError) -> Failure {
    Failure::new(Kind::EncryptTree, format!("{name}: cannot encrypt: {error}"))
}

pub(super) fn cannot_emit(name: &str, error: &EmitError) -> Failure {
    Failure::new(Kind::Serialise, format!("{name}: cannot be written: {error}"))
}
