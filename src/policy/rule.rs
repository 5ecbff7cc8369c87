//! One creation rule: for which files it is, and what it asks of them.

use super::reader::Reader;
use super::{Notice, PolicyError, group};
use crate::metadata::Group;
use crate::seal::selection::{Rule, go_regex};
use crate::tree::NodeId;

/// One entry of `creation_rules`.
#[derive(Clone, Debug)]
pub struct CreationRule {
    /// The 1-based line it begins on.
    pub line: usize,
    /// For which paths it is; `None` for all.
    pub path_regex: Option<Claim<String>>,
    /// Whose keys; told when it is used, because sops reads it only then.
    groups: Result<Vec<Group>, PolicyError>,
    /// How many groups are needed; `None` or 0 for all.
    pub shamir_threshold: Option<Claim<i64>>,
    /// The selection rules that are set; more than one is an error when the rule is used.
    pub selections: Vec<Claim<Rule>>,
    /// Whether the MAC covers encrypted values only.
    pub mac_only_encrypted: bool,
}

/// Something the file says, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<T> {
    /// 1-based.
    pub line: usize,
    /// What it says.
    pub value: T,
}

/// Every field of a rule; others are ignored.
pub(super) const FIELDS: [&str; 20] = [
    "path_regex",
    "age",
    "pgp",
    "kms",
    "aws_profile",
    "gcp_kms",
    "hckms",
    "azure_keyvault",
    "hc_vault_transit_uri",
    "key_groups",
    "shamir_threshold",
    "unencrypted_suffix",
    "encrypted_suffix",
    "unencrypted_regex",
    "encrypted_regex",
    "unencrypted_comment_regex",
    "encrypted_comment_regex",
    "mac_only_encrypted",
    "recreation_rule",
    "<<",
];

/// Reads `creation_rules`; `None` where there is no such list.
pub fn read_all(
    reader: &Reader,
    root: NodeId,
    notices: &mut Vec<Notice>,
) -> Result<Option<Vec<CreationRule>>, PolicyError> {
    let Some(list) = reader.get(root, "creation_rules") else {
        return Ok(None);
    };
    reader
        .items(list, "creation_rules")?
        .into_iter()
        .map(|item| {
            notices.extend(slips(reader, item));
            read(reader, item)
        })
        .collect::<Result<_, _>>()
        .map(Some)
}

pub(super) fn read(reader: &Reader, rule: NodeId) -> Result<CreationRule, PolicyError> {
    if !reader.is_map(rule) {
        return Err(reader.problem(rule, "a creation rule must be a map"));
    }
    let claim = |field: &str| -> Result<Option<Claim<String>>, PolicyError> {
        let Some(id) = reader.get(rule, field) else {
            return Ok(None);
        };
        Ok(Some(Claim {
            line: reader.line(id),
            value: reader.text(id, field)?,
        }))
    };
    let mut selections = Vec::new();
    for field in Rule::FIELDS {
        let claim = claim(field)?.filter(|claim| !claim.value.is_empty());
        selections.extend(claim.and_then(|Claim { line, value }| {
            let value = Rule::from_field(field, value)?;
            Some(Claim { line, value })
        }));
    }
    let threshold = reader.number_field(rule, "shamir_threshold")?;
    let threshold_line = reader.get(rule, "shamir_threshold").map(|id| reader.line(id));
    Ok(CreationRule {
        line: reader.line(rule),
        path_regex: claim("path_regex")?.filter(|claim| !claim.value.is_empty()),
        groups: group::read(reader, rule),
        shamir_threshold: threshold
            .zip(threshold_line)
            .map(|(value, line)| Claim { line, value }),
        selections,
        mac_only_encrypted: reader.bool_field(rule, "mac_only_encrypted")?,
    })
}

/// Fields that are ignored, but would mean something with another spelling.
fn slips(reader: &Reader, rule: NodeId) -> Vec<Notice> {
    let known = |name: &str| FIELDS.contains(&name);
    reader
        .entries(rule)
        .filter(|(name, _)| !known(name))
        .filter_map(|(name, id)| {
            let meant = name.replace('-', "_").to_ascii_lowercase();
            known(&meant).then(|| Notice {
                line: reader.line(id),
                text: format!("a field is ignored because it is misspelt; `{meant}` is meant"),
            })
        })
        .collect()
}

impl CreationRule {
    /// Whether the rule is for a path, which is relative to the folder of the `.sops.yaml`, or absolute when outside of it.
    ///
    /// # Errors
    /// When the pattern does not compile.
    pub fn is_for(&self, path: &[u8]) -> Result<bool, PolicyError> {
        let Some(pattern) = &self.path_regex else {
            return Ok(true);
        };
        match go_regex::compile(&pattern.value) {
            Ok(regex) => Ok(regex.is_match(path)),
            Err(problem) => Err(PolicyError::Field {
                line: pattern.line,
                problem: format!("the regular expression of path_regex does not compile: {problem}"),
            }),
        }
    }

    /// Whether the rule is for every file there is.
    #[must_use]
    pub fn is_catch_all(&self) -> bool {
        self.path_regex
            .as_ref()
            .is_none_or(|pattern| super::lint::is_for_all(&pattern.value))
    }

    /// Whose keys the rule asks for: one group, or several. Nothing is wrapped yet.
    ///
    /// # Errors
    /// When the keys are written in a way that has no meaning.
    pub fn groups(&self) -> Result<Vec<Group>, PolicyError> {
        self.groups.clone()
    }

    /// Which values the rule encrypts.
    ///
    /// # Errors
    /// When more than one selection is set.
    pub fn selection(&self) -> Result<Option<&Rule>, PolicyError> {
        match self.selections.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(&one.value)),
            [_, second, ..] => Err(PolicyError::Field {
                line: second.line,
                problem: "cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex, \
                          unencrypted_regex, encrypted_comment_regex, or unencrypted_comment_regex for the same rule"
                    .to_owned(),
            }),
        }
    }
}
