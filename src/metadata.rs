//! The `sops` block of a file: its model, and its encoding in each format (spec §7).

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

/// Where the block stood; what [`update`] needs to write it back with only what changed.
#[derive(Clone, Debug, Default)]
pub struct Detached {
    /// The nodes of the block: (parent, index among the parent's children, node), one or more a document.
    pub nodes: Vec<(NodeId, usize, NodeId)>,
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
}

/// Reads the block and unlinks it from the tree, in every document (spec §7.2, §7.3). `lenient` is the editor's way:
/// an unknown or missing `version` and an unquoted `lastmodified` are accepted (decisions).
///
/// # Errors
/// When there is no block, or it is broken; the tree is unchanged then.
pub fn detach(
    _tree: &mut Tree,
    _format: Format,
    _lenient: bool,
) -> Result<(Metadata, Detached), MetadataError> {
    Err(MetadataError::Missing)
}

/// Adds a fresh block at the end of every document (spec §7.1, §7.3).
///
/// # Errors
/// When the tree uses the reserved key itself.
pub fn attach(_tree: &mut Tree, _format: Format, _metadata: &Metadata) -> Result<(), MetadataError> {
    Err(MetadataError::Missing)
}

/// Puts the block back where it stood and changes only what differs between `old` and `new`: unchanged nodes keep their
/// ids, so that [`crate::format::patch`] leaves their text alone.
pub fn update(_tree: &mut Tree, _format: Format, _detached: &Detached, _old: &Metadata, _new: &Metadata) {}
