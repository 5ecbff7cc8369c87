//! Private folders that vanish when the program ends, and with the next run if it was killed.

use super::folder::{private_folder, runtime_folder};
use super::wipe::wipe;
use crate::host::{Environment, SystemRandom};
use crate::seal::Random as _;
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The file in the folder that is locked while its owner lives.
const LOCK: &str = ".alive";

/// A private folder that vanishes with this value.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _alive: File,
    kept: bool,
}

impl Scratch {
    /// Makes a folder whose name begins with `prefix`, and removes those of the same prefix whose owners were killed.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(prefix: &str, environment: &Environment) -> io::Result<Self> {
        Self::within(&runtime_folder(environment), prefix)
    }

    /// The same in a folder of one's choice.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn within(parent: &Path, prefix: &str) -> io::Result<Self> {
        sweep(parent, prefix);
        let mut number = [0; 8];
        SystemRandom.fill(&mut number).map_err(io::Error::other)?;
        let name = format!("{prefix}{:016x}", u64::from_le_bytes(number));
        // Under its name only once it is locked: another run would take it for abandoned.
        let (new, path) = (parent.join(format!("new-{name}")), parent.join(name));
        private_folder(&new)?;
        let alive = File::create_new(new.join(LOCK))?;
        // Without locks on this file system nobody sweeps it, either.
        let _ = flock(&alive, FlockOperation::NonBlockingLockExclusive);
        fs::rename(&new, &path)?;
        Ok(Self {
            path,
            _alive: alive,
            kept: false,
        })
    }

    /// Leaves the folder to a guardian: neither this value nor a later run removes it.
    pub fn forget(&mut self) {
        // Without it a later run takes the folder for none of ours.
        let _ = fs::remove_file(self.path.join(LOCK));
        self.kept = true;
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.kept {
            // The next run sweeps what cannot be removed now.
            wipe(&self.path);
        }
    }
}

/// Removes folders of killed runs: this user's own, with a lock that nobody holds.
fn sweep(parent: &Path, prefix: &str) {
    let user = rustix::process::geteuid().as_raw();
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let named = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(prefix));
        let own = fs::symlink_metadata(&path).is_ok_and(|folder| folder.is_dir() && folder.uid() == user);
        if !named || !own {
            continue;
        }
        let abandoned = File::open(path.join(LOCK))
            .is_ok_and(|lock| flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok());
        if abandoned {
            // What cannot be removed stays for the next run.
            wipe(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LOCK, Scratch};
    use crate::host::Environment;
    use std::fs;

    #[test]
    fn a_folder_vanishes_and_those_of_killed_runs_are_swept() {
        let parent = tempfile::tempdir().unwrap();
        let environment = Environment::new([("TMPDIR", parent.path())], "/");
        let left = parent.path().join("lazysops-test-0");
        let foreign = parent.path().join("lazysops-test-notes");
        fs::create_dir(&left).unwrap();
        fs::create_dir(&foreign).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        let living = Scratch::create("lazysops-test-", &environment).unwrap();
        assert!(!left.exists());
        assert!(foreign.exists(), "a folder without our mark is not ours");
        let second = Scratch::create("lazysops-test-", &environment).unwrap();
        assert!(living.path().exists(), "a living run keeps its folder");
        let (first, second_path) = (living.path().to_owned(), second.path().to_owned());
        drop((living, second));
        assert!(!first.exists() && !second_path.exists());
    }
}
