//! What the editor is started with.

use std::path::PathBuf;

/// What the command line asks the editor to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The file or folder to open; `None` for the working directory.
    pub path: Option<PathBuf>,
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// The `.sops.yaml` named on the command line.
    pub config: Option<PathBuf>,
    /// The addresses of key services named on the command line.
    pub keyservices: Vec<String>,
    /// Whether this process uses keys itself, as written on the command line.
    pub local_keyservice: Option<String>,
    /// Whether to make the throw-away demo repository and show that.
    pub demo: bool,
}
