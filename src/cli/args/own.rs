//! The flags of the commands that sops does not have: rules, recipients and whole repositories.

use super::Unlock;
use super::keyservice::KeyServices;
use clap::{Args, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Commands about many files, and about rules.
#[derive(Debug, Subcommand)]
pub enum Own {
    /// Say which rule is for a file, what decides whether a value is encrypted, and what would change that
    #[command(args_override_self = true)]
    Why(Why),
    /// List files whose recipients or selection are not what their rule says; exit code 1 if there are any
    #[command(args_override_self = true)]
    Drift(Scope),
    /// Show what differs in SOPS files, value by value, masked; exit code 1 if something does
    #[command(args_override_self = true)]
    Diff(Diff),
    /// Put some changes of a SOPS file into the next commit: the index gets a whole file with these changes only
    #[command(args_override_self = true)]
    Stage(Stage),
    /// Take some staged changes of a SOPS file out of the next commit again
    #[command(args_override_self = true)]
    Unstage(Stage),
    /// Print a SOPS file for `git diff`: a line for each value, masked
    #[command(args_override_self = true)]
    Textconv(Textconv),
    /// Set git up for SOPS files: diffs and merges by value, a check before each commit; shows what it writes, and undoes it
    #[command(args_override_self = true)]
    GitSetup(GitSetup),
    /// List the commits in which a value changed, masked, with who could read it then
    #[command(args_override_self = true)]
    History(History),
    /// Show who can read which file, without a key
    #[command(args_override_self = true)]
    Access(Scope),
    /// Look for secrets that are readable, faulty rules and stale recipients, without a key; exit code 1 if there are any
    #[command(args_override_self = true)]
    Check(Check),
    /// Say why a file opens or does not: every key, what became of it, and what to do next; exit code 1 if it does not
    #[command(args_override_self = true)]
    Doctor(Doctor),
    /// Make the MAC of a file new that was changed by hand, after saying what was changed; or bring back the version whose MAC held
    #[command(args_override_self = true)]
    Repair(Repair),
    /// Decide the conflicts of a SOPS file that git could not merge, and tell git; without a choice they are listed, masked.
    /// Exit code 1 if some are left
    #[command(args_override_self = true)]
    Resolve(Resolve),
    /// Change who can read files, or give them new data keys: a plan first, then each file, all or nothing. Without --add,
    /// --remove and --rotate the files become what their rules say
    #[command(args_override_self = true)]
    Rekey(Rekey),
    /// Make an age key where sops looks for keys, and print the public half. An SSH key (ssh-ed25519, ssh-rsa) works as it is
    #[command(args_override_self = true)]
    Keygen(Keygen),
    /// Ask to be let in: write a request for others to approve
    #[command(args_override_self = true)]
    Join(Join),
    /// Let in who asked: the files and rules get a new recipient
    #[command(args_override_self = true)]
    Approve(Approve),
}

/// What these commands share.
#[derive(Clone, Debug, Default, Args)]
pub struct OwnCommon {
    /// Use this .sops.yaml instead of the one nearest to each file
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Use a .sops.yaml although it is outside of the repository, or somebody else can change it
    #[arg(long)]
    pub trust_config: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `why`
#[derive(Debug, Args)]
pub struct Why {
    #[command(flatten)]
    pub common: OwnCommon,
    /// The file, and perhaps the path of a value in it: '["key"][0]', or key.0
    #[arg(value_names = ["FILE", "PATH"], num_args = 0..)]
    pub arguments: Vec<PathBuf>,
}

/// `diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// Compare with what is staged instead of with the work tree
    #[arg(long, visible_alias = "cached")]
    pub staged: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// One or two revisions (also A..B and A...B), then files; without a revision the work tree with what is staged
    #[arg(value_name = "REV|PATH")]
    pub words: Vec<OsString>,
}

/// The one file that something is done to.
#[derive(Debug, Args)]
pub struct OneFile {
    /// Only say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `stage` and `unstage`
#[derive(Debug, Args)]
pub struct Stage {
    /// Who can read the file, the groups, the rule and the data key, too: they belong together
    #[arg(long)]
    pub settings: bool,
    /// Stage values that everybody can read then although they were encrypted
    #[arg(long)]
    pub allow_readable: bool,
    #[command(flatten)]
    pub of: OneFile,
    /// Paths of values as `lazysops diff` lists them, or of branches with all below them; without any, the whole file
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
}

/// `textconv`
#[derive(Debug, Args)]
pub struct Textconv {
    /// The file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `git-setup`
#[derive(Debug, Args)]
pub struct GitSetup {
    /// For this repository, with a hook; this is the default
    #[arg(long, conflicts_with = "global")]
    pub local: bool,
    /// For all repositories of this user, without a hook
    #[arg(long)]
    pub global: bool,
    /// Take back what was written before
    #[arg(long)]
    pub undo: bool,
    /// Show the plan and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `history`
#[derive(Debug, Args)]
pub struct History {
    #[command(flatten)]
    pub common: OwnCommon,
    /// Show the value of each commit in clear; on a terminal only
    #[arg(long)]
    pub reveal: bool,
    /// With --reveal, also where standard output is a pipe or a file
    #[arg(long, requires = "reveal")]
    pub always: bool,
    /// The file, and the path of a value in it, which may be gone: '["key"][0]', or key.0
    #[arg(value_names = ["FILE", "PATH"], num_args = 0..)]
    pub arguments: Vec<PathBuf>,
}

/// Files and folders to look at.
#[derive(Debug, Args)]
pub struct Scope {
    #[command(flatten)]
    pub common: OwnCommon,
    /// Files and folders; otherwise the working directory. What .gitignore leaves out is left out
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub common: OwnCommon,
    /// Check what is staged for the next commit, as it is staged
    #[arg(long)]
    pub staged: bool,
    /// Look at the values, too, as far as a key opens them: empty, default, weak, in several places, expired certificates
    #[arg(long)]
    pub health: bool,
    /// With --health: tell secrets that did not change for so many days, by the history of the file
    #[arg(long, value_name = "DAYS", requires = "health")]
    pub older_than: Option<u32>,
    /// How the findings are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
    /// Files and folders; otherwise the working directory. What .gitignore leaves out is left out, unless it is tracked
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Lines for people
    #[default]
    Text,
    /// JSON
    Json,
    /// SARIF 2.1.0, for code hosts
    Sarif,
}

/// `doctor`
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub unlock: Unlock,
    #[command(flatten)]
    pub services: KeyServices,
    /// Fail where otherwise a warning is printed
    #[arg(long)]
    pub strict: bool,
    /// The file
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `repair`
#[derive(Debug, Args)]
pub struct Repair {
    /// Bring back the last version in git whose MAC held, instead of accepting the file as it stands
    #[arg(long)]
    pub restore: bool,
    /// Say what is wrong and write nothing; exit code 1 if something is
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub unlock: Unlock,
    #[command(flatten)]
    pub services: KeyServices,
    /// The file
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `resolve`
#[derive(Debug, Args)]
pub struct Resolve {
    /// Take our side of the conflict at this path; may stand several times
    #[arg(long, value_name = "PATH", action = clap::ArgAction::Append)]
    pub ours: Vec<String>,
    /// Take their side of the conflict at this path; may stand several times
    #[arg(long, value_name = "PATH", action = clap::ArgAction::Append)]
    pub theirs: Vec<String>,
    /// Take both sides of the conflict at this path, ours first: items of lists, and keys renamed on both sides
    #[arg(long, value_name = "PATH", action = clap::ArgAction::Append)]
    pub both: Vec<String>,
    /// Take this side of all other conflicts; where one side deleted the file, the file as it is on this side
    #[arg(long, value_name = "SIDE", value_enum)]
    pub rest: Option<MergeSide>,
    /// Write the file and do not tell git
    #[arg(long)]
    pub no_add: bool,
    #[command(flatten)]
    pub of: OneFile,
}

/// A side of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MergeSide {
    /// The branch that is changed
    Ours,
    /// The branch or commit that is brought in
    Theirs,
}

/// `rekey`
#[derive(Debug, Args)]
pub struct Rekey {
    #[command(flatten)]
    pub common: OwnCommon,
    /// Let this public key read: of any kind sops knows; may stand several times
    #[arg(long, value_name = "KEY", action = clap::ArgAction::Append)]
    pub add: Vec<String>,
    /// Let this public key, or who has this name, not read any more; may stand several times
    #[arg(long, value_name = "KEY|NAME", action = clap::ArgAction::Append)]
    pub remove: Vec<String>,
    /// Give every file a new data key; without --add and --remove its recipients stay as they are
    #[arg(long, conflicts_with = "no_rotate")]
    pub rotate: bool,
    /// With --rotate, also files that have a new data key from a run that was stopped within the last day
    #[arg(long, requires = "rotate")]
    pub restart: bool,
    /// Keep the data key when somebody is removed: they can go on reading with the old one
    #[arg(long)]
    pub no_rotate: bool,
    /// Change the rules of the files in the same way
    #[arg(long)]
    pub rules: bool,
    /// Take files as they are although who can read them changed since you last wrote them
    #[arg(long)]
    pub accept_metadata: bool,
    /// Show the plan and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Files and folders; otherwise the working directory
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// `keygen`
#[derive(Debug, Args)]
pub struct Keygen {
    /// Make a post-quantum key (age1pq1…)
    #[arg(long)]
    pub pq: bool,
    /// Write it here instead of where sops looks for keys
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Say where it would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `join`
#[derive(Debug, Args)]
pub struct Join {
    /// The public key; otherwise the age key at hand
    #[arg(long, value_name = "PUBLIC")]
    pub key: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// What to be called: letters, digits, `-`, `_` and `.`
    #[arg(value_name = "NAME")]
    pub words: Vec<String>,
}

/// `approve`
#[derive(Debug, Args)]
pub struct Approve {
    #[command(flatten)]
    pub common: OwnCommon,
    /// Show the plan and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// The name of the request, and files and folders; otherwise all of the repository
    #[arg(value_names = ["NAME", "PATH"], num_args = 0..)]
    pub words: Vec<PathBuf>,
}
