//! The flags of the commands that start other programs.

use super::{Reading, Types};
use clap::Args;
use std::ffi::OsString;

/// How the command is run.
#[derive(Clone, Debug, Default, Args)]
pub struct Manner {
    /// Run the command as this user
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
    /// Do not wait for the command (deprecated in sops)
    #[arg(long)]
    pub background: bool,
}

/// `exec-env`
#[derive(Debug, Args)]
#[command(override_usage = "lazysops exec-env [OPTIONS] FILE COMMAND")]
pub struct ExecEnv {
    /// Pass the values of the file only, no other variable
    #[arg(long)]
    pub pristine: bool,
    /// Become the command instead of starting it
    #[arg(long)]
    pub same_process: bool,
    #[command(flatten)]
    pub manner: Manner,
    /// yaml, json, dotenv, ini or binary; otherwise the file name decides
    #[arg(long, value_name = "TYPE")]
    pub input_type: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
    /// The file, and what `/bin/sh` is to run
    #[arg(value_name = "FILE COMMAND")]
    pub arguments: Vec<OsString>,
}

/// `exec-file`
#[derive(Debug, Args)]
#[command(override_usage = "lazysops exec-file [OPTIONS] FILE COMMAND")]
pub struct ExecFile {
    /// Hand the content over in a file instead of a pipe that can be read once
    #[arg(long)]
    pub no_fifo: bool,
    /// What the handed file is called
    #[arg(long, value_name = "NAME")]
    pub filename: Option<OsString>,
    #[command(flatten)]
    pub manner: Manner,
    #[command(flatten)]
    pub types: Types,
    #[command(flatten)]
    pub reading: Reading,
    /// The file, and what `/bin/sh` is to run; `{}` becomes the path of the decrypted file
    #[arg(value_name = "FILE COMMAND")]
    pub arguments: Vec<OsString>,
}
