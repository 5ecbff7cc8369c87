//! The flags of `merge`.

use super::Common;
use clap::Args;
use std::path::PathBuf;

/// `merge`
#[derive(Debug, Args)]
pub struct Merge {
    /// The version both sides came from (%O); an empty file where both have added it
    #[arg(value_name = "BASE")]
    pub base: PathBuf,
    /// Our version (%A); the result is written here
    #[arg(value_name = "OURS")]
    pub ours: PathBuf,
    /// Their version (%B)
    #[arg(value_name = "THEIRS")]
    pub theirs: PathBuf,
    /// The path of the file in the repository (%P); it chooses the format
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Say what would come of it; write nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub common: Common,
}
