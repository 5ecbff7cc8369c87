//! Folders: the lock that keeps saves of one folder apart, listings, and private folders for throw-away files.

use super::temporary::Temporary;
use crate::host::Environment;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long to wait for another save in the same folder. A save takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// A folder that is being saved to.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    handle: Option<File>,
    locked: bool,
}

impl Folder {
    /// Opens and locks the folder; other saves by this program wait. Where the folder cannot be read or the file system has no
    /// locks, there is none, and the check before the rename has to do.
    ///
    /// # Errors
    /// When another save holds the lock for too long.
    pub fn lock(path: &Path) -> io::Result<Self> {
        let handle = File::open(path).ok();
        let locked = handle
            .as_ref()
            .map_or(Ok(false), |handle| wait_for_lock(handle, PATIENCE))?;
        Ok(Self {
            path: path.to_owned(),
            handle,
            locked,
        })
    }

    /// Makes a temporary file in the folder, after removing what killed saves left.
    ///
    /// # Errors
    /// When the folder takes no new file.
    pub(super) fn temporary(&self, mode: u32) -> io::Result<Temporary> {
        if self.locked {
            super::temporary::sweep(&self.path);
        }
        Temporary::create(&self.path, mode)
    }

    /// Removes what killed saves left. Only under the lock, and before a save makes a file of its own.
    pub(super) fn sweep(&self) {
        if self.locked {
            super::temporary::sweep(&self.path);
        }
    }

    /// Makes one more temporary file in the folder, without a look at what killed saves left.
    ///
    /// # Errors
    /// When the folder takes no new file.
    pub(super) fn another_temporary(&self, mode: u32) -> io::Result<Temporary> {
        Temporary::create(&self.path, mode)
    }

    /// Makes sure that renames in the folder outlive a power cut.
    ///
    /// # Errors
    /// When the disk failed.
    pub fn sync(&self) -> io::Result<()> {
        let Some(handle) = &self.handle else {
            return Ok(());
        };
        match rustix::fs::fsync(handle) {
            // Some file systems cannot sync a folder.
            Ok(()) | Err(Errno::INVAL | Errno::NOTSUP | Errno::BADF) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }
}

fn wait_for_lock(folder: &File, patience: Duration) -> io::Result<bool> {
    let until = Instant::now() + patience;
    loop {
        match flock(folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(Errno::WOULDBLOCK) if Instant::now() < until => sleep(PAUSE),
            Err(Errno::WOULDBLOCK) => return Err(Errno::WOULDBLOCK.into()),
            Err(Errno::INTR) => {}
            Err(_) => return Ok(false),
        }
    }
}

/// The entries of a folder, sorted by name: path and whether it is a folder itself. What vanishes meanwhile is left out.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let mut entries: Vec<_> = fs::read_dir(folder)?
        .flatten()
        .filter_map(|entry| Some((entry.path(), entry.file_type().ok()?.is_dir())))
        .collect();
    entries.sort();
    Ok(entries)
}

/// Makes a folder that only this user can enter. It must not exist yet.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)
}

/// Makes sure that there is a file of this user alone (0600) in a folder of this user alone (0700); one that is there keeps
/// its content and loses the permissions of others.
///
/// # Errors
/// When one of them cannot be made.
pub fn private_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
    }
    let file = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

/// Makes a folder and those above it that are missing.
///
/// # Errors
/// When one cannot be made.
pub fn make_folders(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Whether a folder is this user's own, and nobody else can enter it.
#[must_use]
pub fn is_private(folder: &Path) -> bool {
    let user = rustix::process::geteuid().as_raw();
    fs::metadata(folder)
        .is_ok_and(|folder| folder.is_dir() && folder.uid() == user && folder.mode() & 0o077 == 0)
}

/// Where short-lived private files go: `$XDG_RUNTIME_DIR` if it is this user's own, else the temporary folder.
#[must_use]
pub fn runtime_folder(environment: &Environment) -> PathBuf {
    let runtime = environment.raw("XDG_RUNTIME_DIR").map(Path::new);
    let temporary = environment.raw("TMPDIR").filter(|path| !path.is_empty());
    runtime
        .filter(|folder| is_private(folder))
        .or(temporary.map(Path::new))
        .unwrap_or(Path::new("/tmp"))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::wait_for_lock;
    use std::fs::File;
    use std::io::ErrorKind;
    use std::time::Duration;

    #[test]
    fn a_lock_that_somebody_else_keeps_is_not_waited_for_forever() {
        let folder = tempfile::tempdir().unwrap();
        let [mine, other] = [(); 2].map(|()| File::open(folder.path()).unwrap());
        assert!(wait_for_lock(&other, Duration::ZERO).unwrap());
        let error = wait_for_lock(&mine, Duration::from_millis(20)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        drop(other);
        assert!(wait_for_lock(&mine, Duration::ZERO).unwrap());
    }
}
