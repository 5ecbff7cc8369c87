//! The temporary file a save writes before it takes the place of the target, and what killed saves left behind.

use crate::host::SystemRandom;
use crate::seal::Random as _;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

const PREFIX: &str = ".lazysops-";
const SUFFIX: &str = ".tmp";
/// Hexadecimal digits between the two.
const DIGITS: usize = 16;

/// A file that vanishes unless it is moved to where it belongs.
#[derive(Debug)]
pub struct Temporary {
    /// Open for reading and writing.
    pub file: File,
    path: Option<PathBuf>,
}

impl Temporary {
    /// Makes a file that did not exist, with `mode` as far as the process's mask allows.
    ///
    /// # Errors
    /// When the folder takes no new file.
    pub fn create(folder: &Path, mode: u32) -> io::Result<Self> {
        let mut number = [0; 8];
        SystemRandom.fill(&mut number).map_err(io::Error::other)?;
        let number = u64::from_le_bytes(number);
        let path = folder.join(format!("{PREFIX}{number:0width$x}{SUFFIX}", width = DIGITS));
        let file = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)?;
        Ok(Self {
            file,
            path: Some(path),
        })
    }

    /// Moves it over `target`.
    ///
    /// # Errors
    /// When that cannot be done; the file vanishes then.
    pub fn rename(mut self, target: &Path) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        fs::rename(path, target)?;
        self.path = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            // The next save in this folder sweeps what cannot be removed now.
            let _ = fs::remove_file(path);
        }
    }
}

/// Removes what killed saves left in a folder. Only to be called under the folder's lock: then no living save owns one.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let left_behind = entry.file_name().to_str().is_some_and(is_temporary)
            && entry.file_type().is_ok_and(|kind| kind.is_file());
        if left_behind {
            // Somebody else's leftover stays; it holds ciphertext only.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a file has the name of a temporary file of a save.
pub fn is_temporary(name: &str) -> bool {
    name.strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX))
        .is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
