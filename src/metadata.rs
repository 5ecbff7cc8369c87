//! The `sops` block of a file: its model, and its encoding in each format (spec §7).

mod decode;
mod encode;
mod flat;
mod place;
mod update;

use crate::format::Format;
use crate::seal::selection::Rule;
use crate::tree::{NodeId, Secret, Time, Tree};
use thiserror::Error;

/// The version written to new files: the version of sops whose format this is.
pub const SOPS_VERSION: &str = "3.13.3";

/// What the `sops` block says.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    /// One group: any key opens the file. Several: each holds a share.
    pub groups: Vec<Group>,
    /// How many groups are needed; `None` where nothing is written.
    pub threshold: Option<u32>,
    /// When values last changed; authenticates the MAC.
    pub last_modified: Time,
    /// The encrypted MAC, `ENC[…]`; empty where there is none.
    pub mac: Secret,
    /// Which leaves are encrypted; `None` where nothing is written (reading: suffix `_unencrypted`).
    pub rule: Option<Rule>,
    /// Whether the MAC covers encrypted values only.
    pub mac_only_encrypted: bool,
    /// The version of sops that wrote the file, as written.
    pub version: String,
}

impl Metadata {
    /// The rule that says which leaves are encrypted, the default included.
    #[must_use]
    pub fn effective_rule(&self) -> Rule {
        self.rule.clone().unwrap_or_else(Rule::default_suffix)
    }
}

/// Keys of which any one opens the data key, or the group's share of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// In the order of the file; see spec §7.2 for the order of kinds.
    pub keys: Vec<KeyEntry>,
}

/// One recipient and the data key (or share) wrapped for it. `enc` is empty until it is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEntry {
    /// Who can unwrap it.
    pub recipient: Recipient,
    /// The wrapped key, as written in the file.
    pub enc: String,
    /// When the entry was made, as written; age entries have none.
    pub created_at: Option<String>,
}

impl KeyEntry {
    /// An entry that is still to be wrapped, made at this time.
    #[must_use]
    pub fn new(recipient: Recipient, now: &Time) -> Self {
        let dated = !matches!(recipient, Recipient::Age { .. });
        Self {
            recipient,
            enc: String::new(),
            created_at: dated.then(|| now.to_utc_seconds().to_string()),
        }
    }
}

/// Who can unwrap a data key (spec §9).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// An age recipient: X25519, hybrid, plugin or SSH public key.
    Age {
        /// As written, comment of an SSH key included.
        recipient: String,
    },
    /// An OpenPGP key.
    Pgp {
        /// The fingerprint as written.
        fingerprint: String,
    },
    /// AWS KMS.
    Kms {
        /// The ARN of the key.
        arn: String,
        /// The ARN of a role to assume; empty for none.
        role: String,
        /// The encryption context, sorted by name.
        context: Vec<(String, String)>,
        /// The shared-config profile; empty for none.
        aws_profile: String,
    },
    /// GCP KMS.
    GcpKms {
        /// `projects/…/cryptoKeys/…`
        resource_id: String,
    },
    /// Azure Key Vault.
    AzureKv {
        /// `https://….vault.azure.net`
        vault_url: String,
        /// The name of the key.
        name: String,
        /// The version of the key.
        version: String,
    },
    /// HashiCorp Vault or OpenBao transit.
    HcVault {
        /// `scheme://host:port`
        vault_address: String,
        /// The mount of the engine.
        engine_path: String,
        /// The name of the key.
        key_name: String,
    },
    /// HuaweiCloud KMS.
    HcKms {
        /// `region:uuid`
        key_id: String,
    },
}

impl Recipient {
    /// The name of the kind in files and in the decryption order: `age`, `pgp`, `kms`, `gcp_kms`, `azure_kv`,
    /// `hc_vault`, `hckms`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Age { .. } => "age",
            Self::Pgp { .. } => "pgp",
            Self::Kms { .. } => "kms",
            Self::GcpKms { .. } => "gcp_kms",
            Self::AzureKv { .. } => "azure_kv",
            Self::HcVault { .. } => "hc_vault",
            Self::HcKms { .. } => "hckms",
        }
    }
}

/// Where a node of the block stood among its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before all others.
    Start,
    /// After this node, which is not of the block.
    After(NodeId),
    /// Behind everything else.
    End,
}

/// Where the block stood; what [`update`] needs to write it back with only what changed.
#[derive(Clone, Debug, Default)]
pub struct Detached {
    /// The nodes of the block: (parent, index among the parent's children, node), one or more a document.
    pub nodes: Vec<(NodeId, usize, NodeId)>,
    /// Parallel to `nodes`: where each stood, in a way that outlives edits of its siblings.
    pub places: Vec<Place>,
}

impl Detached {
    fn of(&self, root: NodeId) -> impl Iterator<Item = (Place, NodeId)> {
        let nodes = self.nodes.iter().zip(&self.places);
        nodes
            .filter(move |((parent, ..), _)| *parent == root)
            .map(|((.., id), place)| (*place, *id))
    }
}

/// Why a file has no usable `sops` block.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MetadataError {
    /// There is none: the file is not encrypted.
    #[error("sops metadata not found")]
    Missing,
    /// There is one, but it breaks a rule.
    #[error("{problem}{}", field.as_ref().map_or_else(String::new, |field| format!(" (sops.{field})")))]
    Invalid {
        /// What is wrong.
        problem: String,
        /// The field, where one is to blame.
        field: Option<String>,
    },
    /// A file that is to be encrypted uses the name of the block itself.
    #[error("the file already has an entry with the reserved name 'sops'")]
    Reserved,
}

/// Reads the block and unlinks it from the tree, in every document (spec §7.2, §7.3). `lenient` is the editor's way:
/// an unknown or missing `version` and an unquoted `lastmodified` are accepted (decisions).
///
/// # Errors
/// When there is no block, or it is broken; the tree is unchanged then.
pub fn detach(tree: &mut Tree, format: Format, lenient: bool) -> Result<(Metadata, Detached), MetadataError> {
    let metadata = read(tree, format, lenient)?;
    Ok((metadata, place::take(tree, format)))
}

/// Reads the block without touching the tree.
///
/// # Errors
/// When there is no block, or it is broken.
pub fn read(tree: &Tree, format: Format, lenient: bool) -> Result<Metadata, MetadataError> {
    let root = tree.documents().first().ok_or(MetadataError::Missing)?;
    let nodes = place::find(tree, format, *root);
    let first = *nodes.first().ok_or(MetadataError::Missing)?;
    if format == Format::Dotenv {
        let (block, id) = update::nest(tree, &nodes, place::PREFIX, false)?;
        return decode::decode(&block, id, lenient);
    }
    if nodes.len() > 1 {
        return Err(MetadataError::Invalid {
            problem: "Found duplicate sops entry".to_owned(),
            field: None,
        });
    }
    if format == Format::Ini && tree.node(first).is_branch() {
        let (block, id) = update::nest(tree, tree.children(first), "", true)?;
        return decode::decode(&block, id, lenient);
    }
    decode::decode(tree, first, lenient)
}

/// The first document (from 0) that uses the reserved name; a file to be encrypted must have none (spec §7.3).
#[must_use]
pub fn reserved(tree: &Tree, format: Format) -> Option<usize> {
    tree.documents()
        .iter()
        .position(|root| !place::find(tree, format, *root).is_empty())
}

/// Adds a fresh block at the end of every document (spec §7.1, §7.3).
///
/// # Errors
/// When the tree uses the reserved key itself.
pub fn attach(tree: &mut Tree, format: Format, metadata: &Metadata) -> Result<(), MetadataError> {
    if reserved(tree, format).is_some() {
        return Err(MetadataError::Reserved);
    }
    update::update(tree, format, &Detached::default(), metadata, metadata);
    Ok(())
}

/// Puts the block back where it stood and changes only what differs between `old` and `new`: unchanged nodes keep their
/// ids, so that [`crate::format::patch`] leaves their text alone.
pub fn update(tree: &mut Tree, format: Format, detached: &Detached, old: &Metadata, new: &Metadata) {
    update::update(tree, format, detached, old, new);
}

#[cfg(test)]
mod tests;
