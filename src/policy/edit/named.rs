//! Whom the fields of a rule or group name, in every form they can have: lists, texts with commas, maps.

use super::super::group::FLAT;
use super::super::recipient::{self, BadRecipient};
use super::Editor;
use crate::metadata::Recipient;
use crate::tree::{Body, Leaf, NodeId};

impl Editor<'_> {
    /// Whether a rule or group has a recipient already.
    pub(super) fn holds(&self, map: NodeId, fields: &[&str], recipient: &Recipient) -> bool {
        fields.iter().any(|field| {
            let Some(id) = self.reader.get(map, field) else {
                return false;
            };
            let one = [id];
            let items = match &self.tree.node(id).body {
                Body::List(items) => items.as_slice(),
                _ => one.as_slice(),
            };
            items.iter().any(|item| {
                self.recipients(*item, field)
                    .iter()
                    .any(|known| is_same(known, recipient))
            })
        })
    }

    /// How many keys a field has after the edit, counted by items.
    pub(super) fn count(&self, id: NodeId) -> usize {
        match &self.tree.node(id).body {
            Body::List(items) => {
                let values = items
                    .iter()
                    .filter(|item| self.tree.node(**item).comment().is_none());
                values.count()
            }
            Body::Leaf(Leaf::Text(text)) => usize::from(!text.is_empty()),
            _ => 0,
        }
    }

    /// The recipients an item, or a text with commas, names.
    pub(super) fn recipients(&self, id: NodeId, field: &str) -> Vec<Recipient> {
        match &self.tree.node(id).body {
            Body::Leaf(Leaf::Text(text)) => {
                let text = text.expose_str().unwrap_or_default();
                parse(field, text).unwrap_or_default()
            }
            Body::Map(_) => self.entry(id, field).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// A recipient that is written as a map.
    pub(super) fn entry(&self, id: NodeId, field: &str) -> Option<Recipient> {
        let text = |name: &str| self.reader.text_field(id, name).ok().flatten();
        Some(match field {
            "kms" => {
                let mut context = Vec::new();
                if let Some(map) = self.reader.get(id, "context") {
                    for (name, value) in self.reader.entries(map) {
                        context.push((name.into_owned(), self.reader.text(value, "").ok()?));
                    }
                    context.sort();
                }
                Recipient::Kms {
                    arn: text("arn")?,
                    role: text("role").unwrap_or_default(),
                    context,
                    aws_profile: text("aws_profile").unwrap_or_default(),
                }
            }
            "gcp_kms" => Recipient::GcpKms {
                resource_id: text("resource_id")?,
            },
            "hckms" => Recipient::HcKms {
                key_id: text("key_id")?,
            },
            _ => Recipient::AzureKv {
                vault_url: text("vaultUrl")?,
                name: text("key")?,
                version: text("version").unwrap_or_default(),
            },
        })
    }

    pub(super) fn goes(&self, recipient: &Recipient) -> bool {
        self.change.remove.iter().any(|gone| is_same(gone, recipient))
    }
}

/// Whether two recipients are the same key; the comment of an SSH key is no part of it.
pub(super) fn is_same(one: &Recipient, other: &Recipient) -> bool {
    match (one, other) {
        (Recipient::Age { recipient: a }, Recipient::Age { recipient: b })
            if a.starts_with("ssh-") && b.starts_with("ssh-") =>
        {
            a.split_whitespace().take(2).eq(b.split_whitespace().take(2))
        }
        (Recipient::Pgp { fingerprint: a }, Recipient::Pgp { fingerprint: b }) => a.eq_ignore_ascii_case(b),
        _ => one == other,
    }
}

pub(super) fn parse(field: &str, text: &str) -> Result<Vec<Recipient>, BadRecipient> {
    if field == "hc_vault" {
        return recipient::vault(text);
    }
    let flat = FLAT.iter().find(|(name, _)| *name == field);
    flat.map_or_else(|| Ok(Vec::new()), |(_, read)| read(text))
}

/// The field that holds keys of a kind.
pub(super) const fn field_of(recipient: &Recipient, flat: bool) -> &'static str {
    match recipient {
        Recipient::Age { .. } => "age",
        Recipient::Pgp { .. } => "pgp",
        Recipient::Kms { .. } => "kms",
        Recipient::GcpKms { .. } => "gcp_kms",
        Recipient::AzureKv { .. } => "azure_keyvault",
        Recipient::HcVault { .. } if flat => "hc_vault_transit_uri",
        Recipient::HcVault { .. } => "hc_vault",
        Recipient::HcKms { .. } => "hckms",
    }
}
