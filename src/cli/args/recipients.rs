//! The flags of the commands that change who can read a file.

use super::{Output, Reading, Types};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `rotate`
#[derive(Debug, Args)]
pub struct Rotate {
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub types: Types,
    /// Rotate although the MAC does not fit
    #[arg(long)]
    pub ignore_mac: bool,
    #[command(flatten)]
    pub reading: Reading,
    /// The file
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub changes: Box<KeyChanges>,
}

/// Who comes and who goes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Keys (lists separated by commas; new ones go into the first group)")]
pub struct KeyChanges {
    /// Add age and SSH public keys
    #[arg(long, value_name = "RECIPIENTS")]
    pub add_age: Option<String>,
    /// Remove age and SSH public keys
    #[arg(long, value_name = "RECIPIENTS")]
    pub rm_age: Option<String>,
    /// Add OpenPGP fingerprints
    #[arg(long, value_name = "FINGERPRINTS")]
    pub add_pgp: Option<String>,
    /// Remove OpenPGP fingerprints
    #[arg(long, value_name = "FINGERPRINTS")]
    pub rm_pgp: Option<String>,
    /// Add AWS KMS ARNs
    #[arg(long, value_name = "ARNS")]
    pub add_kms: Option<String>,
    /// Remove AWS KMS ARNs
    #[arg(long, value_name = "ARNS")]
    pub rm_kms: Option<String>,
    /// The AWS profile of --add-kms and --rm-kms
    #[arg(long, value_name = "PROFILE")]
    pub aws_profile: Option<String>,
    /// The AWS KMS encryption context of --add-kms and --rm-kms, key:value pairs
    #[arg(long, value_name = "PAIRS")]
    pub encryption_context: Option<String>,
    /// Add GCP KMS resource ids
    #[arg(long, value_name = "IDS")]
    pub add_gcp_kms: Option<String>,
    /// Remove GCP KMS resource ids
    #[arg(long, value_name = "IDS")]
    pub rm_gcp_kms: Option<String>,
    /// Add HuaweiCloud KMS ids
    #[arg(long, value_name = "IDS")]
    pub add_hckms: Option<String>,
    /// Remove HuaweiCloud KMS ids
    #[arg(long, value_name = "IDS")]
    pub rm_hckms: Option<String>,
    /// Add Azure Key Vault URLs
    #[arg(long, value_name = "URLS")]
    pub add_azure_kv: Option<String>,
    /// Remove Azure Key Vault URLs
    #[arg(long, value_name = "URLS")]
    pub rm_azure_kv: Option<String>,
    /// Add Vault transit URIs
    #[arg(long, value_name = "URIS")]
    pub add_hc_vault_transit: Option<String>,
    /// Remove Vault transit URIs
    #[arg(long, value_name = "URIS")]
    pub rm_hc_vault_transit: Option<String>,
}

/// `updatekeys`
#[derive(Debug, Args)]
pub struct UpdateKeys {
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// yaml, json, dotenv, ini or binary; otherwise the file name decides
    #[arg(long, value_name = "TYPE")]
    pub input_type: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
    /// The files
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `groups`
#[derive(Debug, Args)]
pub struct Groups {
    #[command(subcommand)]
    pub command: GroupsCommand,
}

/// What there is to do with key groups.
#[derive(Debug, Subcommand)]
pub enum GroupsCommand {
    /// Add a key group to a file; the result goes to standard output
    #[command(args_override_self = true)]
    Add(Box<GroupsAdd>),
    /// Remove a key group from a file; the result goes to standard output
    #[command(args_override_self = true)]
    Delete(GroupsDelete),
}

/// Which file, and where the result goes.
#[derive(Clone, Debug, Default, Args)]
pub struct GroupsFile {
    /// The file
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Write the result back to the file
    #[arg(short, long)]
    pub in_place: bool,
    /// How many key groups are needed to decrypt from then on
    #[arg(long, value_name = "GROUPS")]
    pub shamir_secret_sharing_threshold: Option<u32>,
    /// yaml, json, dotenv, ini or binary; otherwise the file name decides
    #[arg(long, value_name = "TYPE")]
    pub input_type: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
}

/// `groups add`
#[derive(Debug, Args)]
pub struct GroupsAdd {
    #[command(flatten)]
    pub target: GroupsFile,
    #[command(flatten)]
    pub keys: GroupKeys,
    #[arg(hide = true)]
    pub words: Vec<String>,
}

/// The keys of a new group; each flag may stand several times.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Keys of the new group (each flag may stand several times)")]
pub struct GroupKeys {
    /// age and SSH public keys
    #[arg(long, value_name = "RECIPIENT", action = clap::ArgAction::Append)]
    pub age: Vec<String>,
    /// OpenPGP fingerprints
    #[arg(long, value_name = "FINGERPRINT", action = clap::ArgAction::Append)]
    pub pgp: Vec<String>,
    /// AWS KMS ARNs
    #[arg(long, value_name = "ARN", action = clap::ArgAction::Append)]
    pub kms: Vec<String>,
    /// The AWS profile to use for --kms
    #[arg(long, value_name = "PROFILE")]
    pub aws_profile: Option<String>,
    /// The AWS KMS encryption context, key:value pairs
    #[arg(long, value_name = "PAIRS")]
    pub encryption_context: Option<String>,
    /// GCP KMS resource ids
    #[arg(long, value_name = "ID", action = clap::ArgAction::Append)]
    pub gcp_kms: Vec<String>,
    /// HuaweiCloud KMS ids, region:uuid
    #[arg(long, value_name = "ID", action = clap::ArgAction::Append)]
    pub hckms: Vec<String>,
    /// Azure Key Vault URLs
    #[arg(long, value_name = "URL", action = clap::ArgAction::Append)]
    pub azure_kv: Vec<String>,
    /// Vault transit URIs
    #[arg(long, value_name = "URI", action = clap::ArgAction::Append)]
    pub hc_vault_transit: Vec<String>,
}

/// `groups delete`
#[derive(Debug, Args)]
pub struct GroupsDelete {
    #[command(flatten)]
    pub target: GroupsFile,
    /// The number of the group, from 0
    #[arg(value_name = "INDEX")]
    pub words: Vec<String>,
}
