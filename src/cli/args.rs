//! The flags of every command, as clap reads them. `tokens` puts a command line into the order clap expects first.

pub mod exec;
pub mod keyservice;
pub mod merge;
pub mod own;
pub mod recipients;

use clap::{Args, Parser, Subcommand};
use exec::{ExecEnv, ExecFile};
use keyservice::{KeyService, KeyServices};
use own::Own;
use recipients::{Groups, Rotate, UpdateKeys};
use std::ffi::OsString;
use std::path::PathBuf;

const LEGACY: &str = "\
The flags of sops without a command work too, word for word:
  -e, --encrypt FILE         as `encrypt`
  -d, --decrypt FILE         as `decrypt`
  -r, --rotate FILE          as `rotate`
  --set 'INDEX VALUE' FILE   as `set`

Files are YAML, JSON, dotenv, INI, or anything else as binary; the name decides, `--input-type` and `--output-type` overrule it.";

/// A terminal editor for SOPS files, and a drop-in `sops` command.
#[derive(Debug, Parser)]
#[command(name = "lazysops", disable_version_flag = true, args_override_self = true, after_help = LEGACY)]
#[command(override_usage = "lazysops [FILE|DIR]\n       lazysops <COMMAND> [OPTIONS] …")]
pub struct Root {
    /// Show the version
    #[arg(short, long)]
    pub version: bool,
    /// Open a throw-away repository with keys of its own: try everything at once
    #[arg(long)]
    pub demo: bool,
    /// Write the repository of --demo to a new folder and keep it
    #[arg(long, value_name = "DIR")]
    pub demo_dir: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
#[command(args_override_self = true)]
pub enum Command {
    /// Open the editor on a file or folder
    Open(Open),
    /// Print the settings of the editor: what is in force, and from where
    Config,
    /// Encrypt a file; the result goes to standard output
    #[command(args_override_self = true, mut_arg("mac_only_encrypted", |flag| flag.hide(false)))]
    Encrypt(Box<Encrypt>),
    /// Decrypt a file; the result goes to standard output
    #[command(args_override_self = true)]
    Decrypt(Decrypt),
    /// Edit a file in $SOPS_EDITOR, $EDITOR, or else vim, nano or vi; a file that does not exist yet is made
    #[command(args_override_self = true, mut_arg("mac_only_encrypted", |flag| flag.hide(false)))]
    Edit(Box<Edit>),
    /// Set one value of an encrypted file
    #[command(args_override_self = true, mut_arg("output_type", |flag| flag.hide(true)))]
    Set(Set),
    /// Remove one value from an encrypted file
    #[command(args_override_self = true, mut_arg("output_type", |flag| flag.hide(true)))]
    Unset(Unset),
    /// Encrypt a file with a new data key; the result goes to standard output
    #[command(args_override_self = true)]
    Rotate(Rotate),
    /// Bring the recipients of files to what the .sops.yaml says
    #[command(args_override_self = true, name = "updatekeys")]
    UpdateKeys(UpdateKeys),
    /// Add or remove key groups of a file
    Groups(Groups),
    /// Run a command with the values of a file as its variables
    #[command(args_override_self = true)]
    ExecEnv(ExecEnv),
    /// Run a command that reads a decrypted file
    #[command(args_override_self = true)]
    ExecFile(ExecFile),
    /// Take a file where its destination rule says: Amazon S3, Google Cloud Storage, or Vault
    #[command(args_override_self = true, mut_arg("verbose", |flag| flag.hide(true)))]
    Publish(Publish),
    /// Use the keys of this machine for other processes
    #[command(args_override_self = true, mut_arg("verbose", |flag| flag.hide(false).help("Tell of each request")))]
    #[command(mut_arg("indent", |flag| flag.hide(true)), mut_arg("config", |flag| flag.hide(true)))]
    #[command(mut_arg("keyservice", |flag| flag.hide(true)))]
    #[command(name = "keyservice")]
    KeyService(KeyService),
    /// Merge three versions of a file by their values: a merge driver for git
    #[command(args_override_self = true, mut_arg("indent", |flag| flag.hide(true)), mut_arg("config", |flag| flag.hide(true)))]
    Merge(merge::Merge),
    /// Say whether a file is encrypted
    #[command(args_override_self = true, mut_arg("indent", |flag| flag.hide(true)))]
    #[command(mut_arg("keyservice", |flag| flag.hide(true)))]
    Filestatus(FileStatus),
    /// Print a completion script for a shell
    #[command(args_override_self = true)]
    Completion(Completion),
    /// Write the man pages into a folder, or print the first
    #[command(args_override_self = true)]
    Man(Man),
    #[command(flatten)]
    Own(Own),
}

/// What every command takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Common {
    /// Use this .sops.yaml instead of the one found from the working directory upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Indent YAML and JSON by so many spaces
    #[arg(long, value_name = "SPACES", allow_negative_numbers = true)]
    pub indent: Option<i64>,
    /// Fail where otherwise a warning is printed
    #[arg(long)]
    pub strict: bool,
    /// Let the MAC cover encrypted values only
    #[arg(long, hide = true)]
    pub mac_only_encrypted: bool,
    #[command(flatten)]
    pub services: KeyServices,
    #[arg(long, hide = true)]
    pub verbose: bool,
    #[arg(long, hide = true)]
    pub disable_version_check: bool,
}

/// In which format things come and go.
#[derive(Clone, Debug, Default, Args)]
pub struct Types {
    /// yaml, json, dotenv, ini or binary; otherwise the file name decides
    #[arg(long, value_name = "TYPE")]
    pub input_type: Option<String>,
    /// yaml, json, dotenv, ini or binary; otherwise the file name decides
    #[arg(long, value_name = "TYPE")]
    pub output_type: Option<String>,
}

/// Where the result goes.
#[derive(Clone, Debug, Default, Args)]
pub struct Output {
    /// Write the result back to the file
    #[arg(short, long)]
    pub in_place: bool,
    /// Write the result to this file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Use this name instead of the file's for choosing rule and format
    #[arg(long, value_name = "NAME")]
    pub filename_override: Option<PathBuf>,
}

/// Whose keys encrypt a file.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Keys (lists separated by commas; they replace those of the .sops.yaml)")]
pub struct Keys {
    /// age and SSH public keys [env: SOPS_AGE_RECIPIENTS]
    #[arg(short, long, value_name = "RECIPIENTS")]
    pub age: Option<String>,
    /// OpenPGP fingerprints [env: SOPS_PGP_FP]
    #[arg(short, long, value_name = "FINGERPRINTS")]
    pub pgp: Option<String>,
    /// AWS KMS ARNs [env: SOPS_KMS_ARN]
    #[arg(short, long, value_name = "ARNS")]
    pub kms: Option<String>,
    /// The AWS profile to use for --kms
    #[arg(long, value_name = "PROFILE")]
    pub aws_profile: Option<String>,
    /// The AWS KMS encryption context, key:value pairs
    #[arg(long, value_name = "PAIRS")]
    pub encryption_context: Option<String>,
    /// GCP KMS resource ids [env: SOPS_GCP_KMS_IDS]
    #[arg(long, value_name = "IDS")]
    pub gcp_kms: Option<String>,
    /// HuaweiCloud KMS ids, region:uuid [env: SOPS_HUAWEICLOUD_KMS_IDS]
    #[arg(long, value_name = "IDS")]
    pub hckms: Option<String>,
    /// Azure Key Vault URLs [env: SOPS_AZURE_KEYVAULT_URLS]
    #[arg(long, value_name = "URLS")]
    pub azure_kv: Option<String>,
    /// Vault transit URIs [env: SOPS_VAULT_URIS]
    #[arg(long, value_name = "URIS")]
    pub hc_vault_transit: Option<String>,
    /// How many key groups are needed to decrypt
    #[arg(long, value_name = "GROUPS")]
    pub shamir_secret_sharing_threshold: Option<u32>,
}

/// Which values are encrypted.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What is encrypted (one of; otherwise the rule of the .sops.yaml)")]
pub struct Selections {
    /// Leave keys with this suffix in clear
    #[arg(long, value_name = "SUFFIX")]
    pub unencrypted_suffix: Option<String>,
    /// Encrypt keys with this suffix only
    #[arg(long, value_name = "SUFFIX")]
    pub encrypted_suffix: Option<String>,
    /// Leave keys that match in clear
    #[arg(long, value_name = "REGEX")]
    pub unencrypted_regex: Option<String>,
    /// Encrypt keys that match only
    #[arg(long, value_name = "REGEX")]
    pub encrypted_regex: Option<String>,
    /// Leave values below a comment that matches in clear
    #[arg(long, value_name = "REGEX")]
    pub unencrypted_comment_regex: Option<String>,
    /// Encrypt values below a comment that matches only
    #[arg(long, value_name = "REGEX")]
    pub encrypted_comment_regex: Option<String>,
}

/// `open`
#[derive(Debug, Args)]
pub struct Open {
    /// Change nothing
    #[arg(long)]
    pub read_only: bool,
    /// Use this .sops.yaml instead of the one found from the working directory upwards
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub services: KeyServices,
    /// The file or folder; otherwise the working directory
    #[arg(value_name = "FILE|DIR")]
    pub path: Option<PathBuf>,
}

/// `encrypt`
#[derive(Debug, Args)]
pub struct Encrypt {
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub types: Types,
    #[command(flatten)]
    pub common: Common,
    /// Keep the text as it is, but for what is encrypted; not sops's layout
    #[arg(long)]
    pub keep_layout: bool,
    /// Encrypt as a later state of OLD: its keys and rule, and unchanged values keep their ciphertext
    #[arg(long, value_name = "OLD")]
    pub like: Option<PathBuf>,
    /// The file; standard input without one, or with `-`
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub keys: Keys,
    #[command(flatten)]
    pub selections: Selections,
}

/// `decrypt`
#[derive(Debug, Args)]
pub struct Decrypt {
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub types: Types,
    /// Only the value at this path: '["key"]["list"][0]'
    #[arg(long, value_name = "PATH")]
    pub extract: Option<String>,
    /// Decrypt although the MAC does not fit
    #[arg(long)]
    pub ignore_mac: bool,
    #[command(flatten)]
    pub reading: Reading,
    /// The file; standard input without one, or with `-`
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// What the commands take that open an encrypted file.
#[derive(Clone, Debug, Default, Args)]
pub struct Reading {
    #[command(flatten)]
    pub unlock: Unlock,
    #[command(flatten)]
    pub common: Common,
}

/// `edit`
#[derive(Debug, Args)]
pub struct Edit {
    /// Show who can read the file in the text, too; changes to that are not taken over
    #[arg(short, long)]
    pub show_master_keys: bool,
    /// Edit although the MAC does not fit
    #[arg(long)]
    pub ignore_mac: bool,
    #[arg(short, long, hide = true)]
    pub in_place: bool,
    #[command(flatten)]
    pub types: Types,
    #[command(flatten)]
    pub reading: Reading,
    /// The file
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub keys: Keys,
    #[command(flatten)]
    pub selections: Selections,
}

/// How the data key is found.
#[derive(Clone, Debug, Default, Args)]
pub struct Unlock {
    /// Which kinds of keys to try first, separated by commas [env: SOPS_DECRYPTION_ORDER]
    #[arg(long, value_name = "KINDS")]
    pub decryption_order: Option<String>,
}

/// `set`
#[derive(Debug, Args)]
#[command(override_usage = "lazysops set [OPTIONS] FILE INDEX VALUE")]
pub struct Set {
    /// VALUE names a file that holds the JSON
    #[arg(long)]
    pub value_file: bool,
    /// The JSON comes from standard input; there is no VALUE
    #[arg(long)]
    pub value_stdin: bool,
    /// Write nothing when the value is there already
    #[arg(long)]
    pub idempotent: bool,
    /// Change the file although the MAC does not fit
    #[arg(long)]
    pub ignore_mac: bool,
    /// Taken as sops takes it: nothing comes of it here
    #[arg(long, hide = true, value_name = "NUMBER")]
    pub shamir_secret_sharing_threshold: Option<i64>,
    #[command(flatten)]
    pub types: Types,
    #[command(flatten)]
    pub reading: Reading,
    /// The file, where in it ('["key"]["list"][0]'), and the value as JSON
    #[arg(value_name = "FILE INDEX VALUE")]
    pub arguments: Vec<OsString>,
}

/// `unset`
#[derive(Debug, Args)]
#[command(override_usage = "lazysops unset [OPTIONS] FILE INDEX")]
pub struct Unset {
    /// It is no error when there is no such value
    #[arg(long)]
    pub idempotent: bool,
    /// Change the file although the MAC does not fit
    #[arg(long)]
    pub ignore_mac: bool,
    /// Taken as sops takes it: nothing comes of it here
    #[arg(long, hide = true, value_name = "NUMBER")]
    pub shamir_secret_sharing_threshold: Option<i64>,
    #[command(flatten)]
    pub types: Types,
    #[command(flatten)]
    pub reading: Reading,
    /// The file, and what to remove: '["key"]["list"][0]'
    #[arg(value_name = "FILE INDEX")]
    pub arguments: Vec<OsString>,
}

/// `publish`
#[derive(Debug, Args)]
pub struct Publish {
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Leave the ending of the name out at the destination
    #[arg(long)]
    pub omit_extensions: bool,
    /// Publish all files below a folder
    #[arg(long)]
    pub recursive: bool,
    #[command(flatten)]
    pub reading: Reading,
    /// The file, or with --recursive the folder
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `completion`
#[derive(Debug, Args)]
pub struct Completion {
    /// The shell
    #[arg(value_enum)]
    pub shell: Option<clap_complete::Shell>,
}

/// `man`
#[derive(Debug, Args)]
pub struct Man {
    /// Where the pages go; without it the page of the program is printed
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `filestatus`
#[derive(Debug, Args)]
pub struct FileStatus {
    /// yaml, json, dotenv, ini or binary; otherwise the file name decides
    #[arg(long, value_name = "TYPE")]
    pub input_type: Option<String>,
    #[command(flatten)]
    pub common: Common,
    /// The file
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}
