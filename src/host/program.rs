//! The program that runs.

use std::path::PathBuf;

/// Where its file is, if the system tells.
#[must_use]
pub fn this_program() -> Option<PathBuf> {
    std::env::current_exe().ok()
}
