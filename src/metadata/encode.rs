//! From the model to the nodes of a `sops` map, every map sorted by name (spec §7.1).

use super::{Group, KeyEntry, Metadata, Recipient};
use crate::tree::{Body, Leaf, NodeId, Tree};

/// A tree of one document whose root is the `sops` map.
pub fn encode(metadata: &Metadata) -> (Tree, NodeId) {
    let mut tree = Tree::new();
    let root = tree.push_document();
    let mut writer = Writer { tree };
    match metadata.groups.as_slice() {
        [group] => writer.group(root, group, false),
        groups => {
            let list = writer.branch(root, Some("key_groups"), Body::List(Vec::new()));
            for group in groups {
                let map = writer.branch(list, None, Body::Map(Vec::new()));
                writer.group(map, group, true);
                writer.sort(map);
            }
        }
    }
    writer.text(
        root,
        "lastmodified",
        &metadata.last_modified.to_utc_seconds().to_string(),
    );
    writer.leaf(root, "mac", Leaf::Text(metadata.mac.clone()));
    if metadata.mac_only_encrypted {
        writer.leaf(root, "mac_only_encrypted", Leaf::Bool(true));
    }
    if let Some(threshold) = metadata.threshold {
        writer.leaf(root, "shamir_threshold", Leaf::Int(i64::from(threshold)));
    }
    if let Some(rule) = &metadata.rule {
        writer.text(root, rule.field(), rule.pattern());
    }
    writer.text(root, "version", &metadata.version);
    writer.sort(root);
    (writer.tree, root)
}

struct Writer {
    tree: Tree,
}

impl Writer {
    fn branch(&mut self, parent: NodeId, key: Option<&str>, body: Body) -> NodeId {
        self.tree.push(parent, key.map(Into::into), body)
    }

    fn leaf(&mut self, parent: NodeId, key: &str, leaf: Leaf) {
        self.tree.push(parent, Some(key.into()), Body::Leaf(leaf));
    }

    fn text(&mut self, parent: NodeId, key: &str, text: &str) {
        self.leaf(parent, key, Leaf::text(text));
    }

    /// The lists of a group; inside `key_groups` two kinds are written even when empty, as sops does.
    fn group(&mut self, map: NodeId, group: &Group, nested: bool) {
        for kind in ["age", "azure_kv", "gcp_kms", "hc_vault", "hckms", "kms", "pgp"] {
            let entries: Vec<&KeyEntry> = group
                .keys
                .iter()
                .filter(|entry| entry.recipient.kind() == kind)
                .collect();
            if entries.is_empty() && !(nested && matches!(kind, "age" | "hc_vault")) {
                continue;
            }
            let list = self.branch(map, Some(kind), Body::List(Vec::new()));
            for entry in entries {
                let item = self.branch(list, None, Body::Map(Vec::new()));
                self.entry(item, entry);
                self.sort(item);
            }
        }
    }

    fn entry(&mut self, item: NodeId, entry: &KeyEntry) {
        self.text(item, "enc", &entry.enc);
        if let Some(created_at) = &entry.created_at {
            self.text(item, "created_at", created_at);
        }
        match &entry.recipient {
            Recipient::Age { recipient } => self.text(item, "recipient", recipient),
            Recipient::Pgp { fingerprint } => self.text(item, "fp", fingerprint),
            Recipient::Kms {
                arn,
                role,
                context,
                aws_profile,
            } => {
                self.text(item, "arn", arn);
                self.text(item, "aws_profile", aws_profile);
                if !role.is_empty() {
                    self.text(item, "role", role);
                }
                if !context.is_empty() {
                    let map = self.branch(item, Some("context"), Body::Map(Vec::new()));
                    context
                        .iter()
                        .for_each(|(name, value)| self.text(map, name, value));
                    self.sort(map);
                }
            }
            Recipient::GcpKms { resource_id } => self.text(item, "resource_id", resource_id),
            Recipient::AzureKv {
                vault_url,
                name,
                version,
            } => {
                self.text(item, "name", name);
                self.text(item, "vault_url", vault_url);
                self.text(item, "version", version);
            }
            Recipient::HcVault {
                vault_address,
                engine_path,
                key_name,
            } => {
                self.text(item, "engine_path", engine_path);
                self.text(item, "key_name", key_name);
                self.text(item, "vault_address", vault_address);
            }
            Recipient::HcKms { key_id } => self.text(item, "key_id", key_id),
        }
    }

    fn sort(&mut self, map: NodeId) {
        let mut children = self.tree.children(map).to_vec();
        children.sort_by(|a, b| {
            let key = |id: &NodeId| self.tree.node(*id).key.as_ref().and_then(|key| key.text());
            key(a).cmp(&key(b))
        });
        self.tree.set_children(map, children);
    }
}
