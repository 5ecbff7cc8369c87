//! `.sops.yaml`: parsing it, matching a creation rule, what the rule says (spec §10). Bytes in, answers out: finding the file
//! is the business of [`crate::ops`].

mod group;
mod reader;
pub mod recipient;
mod rule;
mod stores;

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
}
