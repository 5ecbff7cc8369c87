//! `.sops.yaml`: parsing it, matching a creation rule, what the rule says (spec §10). Bytes in, answers out: finding the file
//! is the business of [`crate::ops`].

mod destination;
pub mod edit;
mod group;
pub mod lint;
pub mod names;
mod reader;
pub mod recipient;
mod rule;
mod stores;

pub use destination::{Destination, DestinationRule};
pub use rule::{Claim, CreationRule};
pub use stores::Stores;

use crate::format::{self, Format, LoadError};
use reader::Reader;
use thiserror::Error;

/// What a `.sops.yaml` says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The creation rules in order; `None` where the file has no such list, which is as if there were no file.
    pub rules: Option<Vec<CreationRule>>,
    /// Where `publish` takes files.
    pub destinations: Vec<DestinationRule>,
    /// How each format is laid out.
    pub stores: Stores,
    /// Fields that look like a slip of the pen and are ignored.
    pub notices: Vec<Notice>,
}

/// Something in the file that is ignored although somebody meant something by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// 1-based.
    pub line: usize,
    /// What, and what it should be.
    pub text: String,
}

/// Why a `.sops.yaml` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// It is no YAML.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A field has a value it cannot have.
    #[error("line {line}: {problem}")]
    Field {
        /// 1-based.
        line: usize,
        /// Which field, and what is wrong.
        problem: String,
    },
    /// There are rules, and none is for this file.
    #[error("no matching creation rules found")]
    NoMatch,
    /// No destination rule is for this file.
    #[error("no matching destination found in config")]
    NoDestination,
}

/// Parses a `.sops.yaml`. Unknown fields are ignored; what is wrong with the keys of a rule is told when it is used.
///
/// # Errors
/// When it is no YAML, or a field has a value of a wrong type.
pub fn parse(bytes: &[u8]) -> Result<Config, PolicyError> {
    let loaded = match format::load(Format::Yaml, bytes) {
        Ok(loaded) => loaded,
        Err(LoadError::Empty) => return Ok(Config::default()),
        Err(error) => return Err(error.into()),
    };
    let reader = Reader::new(&loaded, bytes);
    let Some(root) = loaded.tree.documents().first().copied() else {
        return Ok(Config::default());
    };
    let mut notices = Vec::new();
    Ok(Config {
        rules: rule::read_all(&reader, root, &mut notices)?,
        destinations: destination::read_all(&reader, root)?,
        stores: stores::read(&reader, root)?,
        notices,
    })
}

impl Config {
    /// The first rule for a file; `path` is relative to the folder of the `.sops.yaml`, or absolute when outside of it. `None`
    /// when there are no rules at all.
    ///
    /// # Errors
    /// When no rule matches, or the pattern of a rule that was reached does not compile.
    pub fn rule_for(&self, path: &[u8]) -> Result<Option<&CreationRule>, PolicyError> {
        let Some(rules) = &self.rules else {
            return Ok(None);
        };
        for rule in rules {
            if rule.is_for(path)? {
                return Ok(Some(rule));
            }
        }
        Err(PolicyError::NoMatch)
    }

    /// The first destination rule for a file, by its path as it was given.
    ///
    /// # Errors
    /// When there is none, or the pattern of one that was reached does not compile.
    pub fn destination_for(&self, path: &[u8]) -> Result<&DestinationRule, PolicyError> {
        for rule in &self.destinations {
            if rule.is_for(path)? {
                return Ok(rule);
            }
        }
        Err(PolicyError::NoDestination)
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, PolicyError, parse};
    use crate::metadata::Recipient;
    use proptest::prelude::*;

    fn config(text: &str) -> Config {
        parse(text.as_bytes()).unwrap()
    }

    fn line_of_rule(config: &Config, path: &str) -> Option<usize> {
        config
            .rule_for(path.as_bytes())
            .ok()
            .flatten()
            .map(|rule| rule.line)
    }

    #[test]
    fn the_first_rule_that_matches_is_used() {
        let config = config(
            "creation_rules:\n  - path_regex: ^prod/\n    age: a\n  - path_regex: \\.ya?ml$\n    age: b\n  - age: c\n",
        );
        assert_eq!(line_of_rule(&config, "prod/a.yaml"), Some(2));
        assert_eq!(line_of_rule(&config, "test/prod/a.yaml"), Some(4));
        assert_eq!(line_of_rule(&config, "a.json"), Some(6));
    }

    #[test]
    fn no_rules_are_not_the_same_as_no_matching_rule() {
        for text in ["", "# nothing\n", "stores: {}\n", "creation_rules:\n", "---\n"] {
            assert_eq!(
                config(text).rule_for(b"a").unwrap().map(|rule| rule.line),
                None,
                "{text}"
            );
        }
        assert_eq!(
            config("creation_rules: []\n").rule_for(b"a").err(),
            Some(PolicyError::NoMatch)
        );
    }

    #[test]
    fn keys_of_a_group_come_in_the_order_of_sops_and_once() {
        let config = config(
            "base: &base\n  pgp: [AA]\n  age: [age1x]\ncreation_rules:\n  - key_groups:\n      - pgp: [BB, AA]\n        \
             merge:\n          - *base\n        kms:\n          - arn: arn:aws:kms:eu-west-1:1:key/a\n            \
             context: {b: 2, a: x}\n",
        );
        let groups = config.rules.unwrap()[0].groups().unwrap();
        let keys: Vec<&Recipient> = groups[0].keys.iter().map(|key| &key.recipient).collect();
        let pgp = |fingerprint: &str| Recipient::Pgp {
            fingerprint: fingerprint.to_owned(),
        };
        let kms = Recipient::Kms {
            arn: "arn:aws:kms:eu-west-1:1:key/a".to_owned(),
            role: String::new(),
            context: vec![("a".to_owned(), "x".to_owned()), ("b".to_owned(), "2".to_owned())],
            aws_profile: String::new(),
        };
        let age = Recipient::Age {
            recipient: "age1x".to_owned(),
        };
        assert_eq!(keys, [&age, &pgp("AA"), &pgp("BB"), &kms]);
    }

    #[test]
    fn fields_come_from_merged_maps_too() {
        let config = config(
            "defaults: &d\n  encrypted_suffix: _s\n  mac_only_encrypted: yes\ncreation_rules:\n  - <<: *d\n    age: a\n",
        );
        let rules = config.rules.unwrap();
        assert!(rules[0].mac_only_encrypted);
        assert_eq!(rules[0].selection().unwrap().unwrap().pattern(), "_s");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(creation_rules|stores|age|key_groups|merge|<<|[-:&*\\[\\]{} \n]|[a-c]|'){0,40}") {
            if let Ok(config) = parse(text.as_bytes()) {
                let _ = config.rule_for(b"a.yaml");
            }
        }
    }
}
