//! From the nodes of a `sops` map to the model (spec §7.2). Flat formats are brought into this shape first.

use super::{Group, KeyEntry, Metadata, MetadataError, Recipient};
use crate::seal::selection::Rule;
use crate::tree::{Body, Key, Leaf, NodeId, Secret, Time, Tree};

/// Reads a block; `lenient` accepts an odd or missing version and times that YAML took for timestamps.
pub fn decode(tree: &Tree, block: NodeId, lenient: bool) -> Result<Metadata, MetadataError> {
    let reader = Reader { tree, lenient };
    if !matches!(tree.node(block).body, Body::Map(_)) {
        return Err(invalid("Found sops entry that is not a mapping", None));
    }
    let last_modified = reader.text(block, "lastmodified")?.unwrap_or_default();
    let last_modified = Time::parse_rfc3339(&last_modified)
        .ok_or_else(|| invalid("the time does not follow RFC 3339", Some("lastmodified")))?;
    let version = reader.text(block, "version")?.unwrap_or_default();
    if !lenient {
        check_version(&version)?;
    }
    let mac = match reader.field(block, "mac").map(|id| &tree.node(id).body) {
        Some(Body::Leaf(Leaf::Text(text))) => text.clone(),
        Some(Body::Leaf(Leaf::Null)) | None => Secret::default(),
        Some(_) => return Err(invalid("the MAC must be a string", Some("mac"))),
    };
    Ok(Metadata {
        groups: reader.groups(block)?,
        threshold: reader
            .number(block, "shamir_threshold")?
            .filter(|threshold| *threshold != 0),
        last_modified,
        mac,
        rule: reader.rule(block)?,
        mac_only_encrypted: reader.boolean(block, "mac_only_encrypted")?,
        version,
    })
}

fn invalid(problem: &str, field: Option<&str>) -> MetadataError {
    MetadataError::Invalid {
        problem: problem.to_owned(),
        field: field.map(str::to_owned),
    }
}

/// `Major.Minor.Patch`, or anything of the Python era.
fn check_version(version: &str) -> Result<(), MetadataError> {
    if version.is_empty() {
        return Err(invalid("Version string empty", Some("version")));
    }
    if version.starts_with("1.") {
        return Ok(());
    }
    let core = version
        .strip_prefix('v')
        .unwrap_or(version)
        .split(['-', '+'])
        .next()
        .unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    if parts.len() != 3 {
        return Err(invalid("No Major.Minor.Patch elements found", Some("version")));
    }
    let number = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (part.len() == 1 || !part.starts_with('0'))
    };
    if parts.iter().all(number) {
        Ok(())
    } else {
        Err(invalid(
            "Invalid character(s) found in the version",
            Some("version"),
        ))
    }
}

struct Reader<'t> {
    tree: &'t Tree,
    lenient: bool,
}

impl Reader<'_> {
    /// The value of a field that is there and not null; of several of the same name the last counts.
    fn field(&self, map: NodeId, name: &str) -> Option<NodeId> {
        self.tree.children(map).iter().rev().copied().find(|id| {
            let node = self.tree.node(*id);
            node.key.as_ref().and_then(Key::text) == Some(name.as_bytes()) && node.leaf() != Some(&Leaf::Null)
        })
    }

    fn text(&self, map: NodeId, name: &str) -> Result<Option<String>, MetadataError> {
        self.field(map, name).map(|id| self.text_of(id, name)).transpose()
    }

    /// A scalar as text: numbers and booleans may stand where a text is expected, and the other way round.
    fn text_of(&self, id: NodeId, name: &str) -> Result<String, MetadataError> {
        let expected = |got: &str| invalid(&format!("expected type 'string', got {got}"), Some(name));
        match &self.tree.node(id).body {
            Body::Leaf(Leaf::Text(text)) => text
                .expose_str()
                .map(str::to_owned)
                .ok_or_else(|| expected("bytes that are no text")),
            Body::Leaf(Leaf::Time(time)) if self.lenient => Ok(time.to_string()),
            Body::Leaf(Leaf::Time(_)) => Err(expected("unconvertible type 'time.Time'; it must be quoted")),
            Body::Leaf(Leaf::Bool(truth)) => Ok(truth.to_string()),
            Body::Leaf(leaf) => Ok(String::from_utf8_lossy(&leaf.canonical()).into_owned()),
            Body::Map(_) => Err(expected("a map")),
            Body::List(_) => Err(expected("a list")),
            Body::Comment(_) => Err(expected("a comment")),
        }
    }

    fn number(&self, map: NodeId, name: &str) -> Result<Option<u32>, MetadataError> {
        let parse = |text: String| match text.as_str() {
            "" | "false" => Ok(0),
            "true" => Ok(1),
            text => text.parse().map_err(|_| invalid("expected a number", Some(name))),
        };
        self.text(map, name)?.map(parse).transpose()
    }

    fn boolean(&self, map: NodeId, name: &str) -> Result<bool, MetadataError> {
        match self.text(map, name)?.as_deref() {
            None | Some("" | "0" | "f" | "F" | "false" | "False" | "FALSE") => Ok(false),
            Some("1" | "t" | "T" | "true" | "True" | "TRUE") => Ok(true),
            Some(_) => Err(invalid("expected true or false", Some(name))),
        }
    }

    fn rule(&self, block: NodeId) -> Result<Option<Rule>, MetadataError> {
        let mut rules = Vec::new();
        for field in Rule::FIELDS {
            let pattern = self.text(block, field)?.filter(|pattern| !pattern.is_empty());
            rules.extend(pattern.and_then(|pattern| Rule::from_field(field, pattern)));
        }
        if rules.len() > 1 {
            let names: Vec<&str> = rules.iter().map(Rule::field).collect();
            return Err(invalid(
                &format!(
                    "Cannot use more than one of {} in the same file",
                    names.join(", ")
                ),
                None,
            ));
        }
        Ok(rules.pop())
    }

    fn groups(&self, block: NodeId) -> Result<Vec<Group>, MetadataError> {
        let flat = self.group(block)?;
        if !flat.keys.is_empty() {
            return Ok(vec![flat]);
        }
        let mut groups = Vec::new();
        for id in self.items(block, "key_groups")? {
            self.expect_map(id, "key_groups")?;
            groups.push(self.group(id)?);
        }
        if groups.is_empty() {
            return Err(invalid("No keys found in file", None));
        }
        Ok(groups)
    }

    /// The entries of all kinds, in the order in which sops tries them (spec §7.2).
    fn group(&self, map: NodeId) -> Result<Group, MetadataError> {
        let mut keys = Vec::new();
        for kind in ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp", "age"] {
            for id in self.items(map, kind)? {
                self.expect_map(id, kind)?;
                keys.push(self.entry(id, kind)?);
            }
        }
        Ok(Group { keys })
    }

    /// The items of a list; a single value stands for a list of one.
    fn items(&self, map: NodeId, name: &str) -> Result<Vec<NodeId>, MetadataError> {
        let Some(id) = self.field(map, name) else {
            return Ok(Vec::new());
        };
        match &self.tree.node(id).body {
            Body::List(children) => {
                let value = |id: &&NodeId| self.tree.node(**id).comment().is_none();
                Ok(children.iter().filter(value).copied().collect())
            }
            Body::Map(children) if children.is_empty() => Ok(Vec::new()),
            Body::Map(_) => Ok(vec![id]),
            _ => Err(invalid("expected a list", Some(name))),
        }
    }

    fn expect_map(&self, id: NodeId, name: &str) -> Result<(), MetadataError> {
        match self.tree.node(id).body {
            Body::Map(_) => Ok(()),
            _ => Err(invalid("expected a list of maps", Some(name))),
        }
    }

    fn entry(&self, id: NodeId, kind: &str) -> Result<KeyEntry, MetadataError> {
        let text = |name: &str| self.text(id, name).map(Option::unwrap_or_default);
        let recipient = match kind {
            "kms" => Recipient::Kms {
                arn: text("arn")?,
                role: text("role")?,
                context: self.context(id)?,
                aws_profile: text("aws_profile")?,
            },
            "gcp_kms" => Recipient::GcpKms {
                resource_id: text("resource_id")?,
            },
            "hckms" => Recipient::HcKms {
                key_id: text("key_id")?,
            },
            "azure_kv" => Recipient::AzureKv {
                vault_url: text("vault_url")?,
                name: text("name")?,
                version: text("version")?,
            },
            "hc_vault" => Recipient::HcVault {
                vault_address: text("vault_address")?,
                engine_path: text("engine_path")?,
                key_name: text("key_name")?,
            },
            "pgp" => Recipient::Pgp {
                fingerprint: text("fp")?,
            },
            _ => Recipient::Age {
                recipient: text("recipient")?,
            },
        };
        let created_at = self.text(id, "created_at")?;
        let dated = !matches!(recipient, Recipient::Age { .. });
        if dated && created_at.as_deref().and_then(Time::parse_rfc3339).is_none() {
            return Err(invalid(
                "the time does not follow RFC 3339",
                Some(&format!("{kind}.created_at")),
            ));
        }
        Ok(KeyEntry {
            recipient,
            enc: text("enc")?,
            created_at: created_at.filter(|_| dated),
        })
    }

    fn context(&self, entry: NodeId) -> Result<Vec<(String, String)>, MetadataError> {
        let Some(id) = self.field(entry, "context") else {
            return Ok(Vec::new());
        };
        let mut context = Vec::new();
        for pair in self.tree.children(id) {
            let node = self.tree.node(*pair);
            let Some(key) = &node.key else { continue };
            let value = match node.leaf() {
                Some(Leaf::Null) => String::new(),
                _ => self.text_of(*pair, "kms.context")?,
            };
            context.push((key.display().into_owned(), value));
        }
        context.sort();
        Ok(context)
    }
}
