//! One destination rule: where `publish` takes which files (spec §12.9).

use super::PolicyError;
use super::reader::Reader;
use super::rule::{self, Claim, CreationRule};
use crate::seal::selection::go_regex;
use crate::tree::NodeId;

/// One entry of `destination_rules`.
#[derive(Clone, Debug)]
pub struct DestinationRule {
    /// The 1-based line it begins on.
    pub line: usize,
    /// For which paths it is, as they are given; `None` for all.
    pub path_regex: Option<Claim<String>>,
    /// Where they go; told when it is used, because sops reads it only then.
    destination: Result<Destination, PolicyError>,
    /// Whether they lose the ending of their names.
    pub omit_extensions: bool,
    /// Whose keys they are encrypted for anew, if others than before.
    pub recreation: Option<CreationRule>,
}

/// A place for published files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Amazon S3: the encrypted file.
    S3 {
        /// The bucket.
        bucket: String,
        /// What names begin with there.
        prefix: String,
    },
    /// Google Cloud Storage: the encrypted file.
    Gcs {
        /// The bucket.
        bucket: String,
        /// What names begin with there.
        prefix: String,
    },
    /// The key-value engine of Vault: the decrypted values.
    Vault {
        /// The folder in the engine.
        path: String,
        /// The address; `None` for that of the environment.
        address: Option<String>,
        /// Where the engine is mounted, without slashes at its ends.
        mount: String,
        /// Version 1 or 2 of the engine.
        version: u8,
    },
}

/// Reads `destination_rules`.
pub fn read_all(reader: &Reader, root: NodeId) -> Result<Vec<DestinationRule>, PolicyError> {
    let Some(list) = reader.get(root, "destination_rules") else {
        return Ok(Vec::new());
    };
    let items = reader.items(list, "destination_rules")?;
    items.into_iter().map(|item| read(reader, item)).collect()
}

fn read(reader: &Reader, item: NodeId) -> Result<DestinationRule, PolicyError> {
    if !reader.is_map(item) {
        return Err(reader.problem(item, "a destination rule must be a map"));
    }
    let text = |field: &str| -> Result<Option<String>, PolicyError> {
        let found = reader.get(item, field).map(|id| reader.text(id, field));
        Ok(found.transpose()?.filter(|text| !text.is_empty()))
    };
    let pattern = reader.get(item, "path_regex").map(|id| {
        Ok::<_, PolicyError>(Claim {
            line: reader.line(id),
            value: reader.text(id, "path_regex")?,
        })
    });
    let recreation = reader
        .get(item, "recreation_rule")
        .map(|id| rule::read(reader, id));
    Ok(DestinationRule {
        line: reader.line(item),
        path_regex: pattern.transpose()?.filter(|claim| !claim.value.is_empty()),
        destination: destination(reader, item, text),
        omit_extensions: reader.bool_field(item, "omit_extensions")?,
        recreation: recreation.transpose()?,
    })
}

fn destination(
    reader: &Reader,
    item: NodeId,
    text: impl Fn(&str) -> Result<Option<String>, PolicyError>,
) -> Result<Destination, PolicyError> {
    let prefix = |field| text(field).map(Option::unwrap_or_default);
    let mut found = Vec::new();
    if let Some(bucket) = text("s3_bucket")? {
        found.push(Destination::S3 {
            bucket,
            prefix: prefix("s3_prefix")?,
        });
    }
    if let Some(bucket) = text("gcs_bucket")? {
        found.push(Destination::Gcs {
            bucket,
            prefix: prefix("gcs_prefix")?,
        });
    }
    if let Some(path) = text("vault_path")? {
        let mount = text("vault_kv_mount_name")?.unwrap_or_else(|| "secret".to_owned());
        let version = match reader.number_field(item, "vault_kv_version")? {
            None | Some(0 | 2) => 2,
            Some(1) => 1,
            Some(_) => return Err(reader.problem(item, "vault_kv_version is 1 or 2")),
        };
        found.push(Destination::Vault {
            path: path.trim_matches('/').to_owned(),
            address: text("vault_address")?,
            mount: mount.trim_matches('/').to_owned(),
            version,
        });
    }
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(reader.problem(item, "a destination rule needs s3_bucket, gcs_bucket or vault_path")),
        (Some(_), Some(_)) => Err(reader.problem(
            item,
            "more than one destinations were found in a single destination rule, you can only use one per rule",
        )),
    }
}

impl DestinationRule {
    /// Where the files go.
    ///
    /// # Errors
    /// When the rule names no place, or more than one.
    pub fn destination(&self) -> Result<Destination, PolicyError> {
        self.destination.clone()
    }

    /// Whether the rule is for a path, as it was given.
    ///
    /// # Errors
    /// When the pattern does not compile.
    pub fn is_for(&self, path: &[u8]) -> Result<bool, PolicyError> {
        self.path_regex.as_ref().map_or(Ok(true), |pattern| {
            go_regex::compile(&pattern.value)
                .map(|regex| regex.is_match(path))
                .map_err(|problem| PolicyError::Field {
                    line: pattern.line,
                    problem: format!("the regular expression of path_regex does not compile: {problem}"),
                })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Destination;
    use crate::policy::{PolicyError, parse};

    #[test]
    fn the_first_rule_for_a_path_names_one_place() {
        let config = parse(
            b"destination_rules:\n  - path_regex: s3/\n    s3_bucket: b\n  - vault_path: /a/b/\n    vault_kv_version: 1\n",
        )
        .unwrap();
        let place = |path: &str| {
            config
                .destination_for(path.as_bytes())
                .and_then(|rule| rule.destination())
        };
        assert!(matches!(place("x/s3/a.yaml"), Ok(Destination::S3 { .. })));
        let Ok(Destination::Vault {
            path, mount, version, ..
        }) = place("other.yaml")
        else {
            panic!()
        };
        assert_eq!((path.as_str(), mount.as_str(), version), ("a/b", "secret", 1));
        let none = parse(b"creation_rules: []\n").unwrap();
        assert!(matches!(
            none.destination_for(b"a"),
            Err(PolicyError::NoDestination)
        ));
        for wrong in [
            "s3_bucket: a\n    gcs_bucket: b",
            "path_regex: x",
            "vault_path: a\n    vault_kv_version: 3",
        ] {
            let text = format!("destination_rules:\n  - {wrong}\n");
            let rules = parse(text.as_bytes()).unwrap().destinations;
            assert!(rules[0].destination().is_err(), "{wrong}");
        }
    }
}
