//! A private file or pipe through which another program reads a text.

use super::Environment;
use super::file::{Scratch, memory_folders};
use super::guardian::Guardian;
use super::user::User;
use rustix::fs::{CWD, Mode, OFlags, open};
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use zeroize::Zeroizing;

/// What the folders are called, before a number.
const PREFIX: &str = "lazysops-exec-";

/// A text that another program can read; it vanishes with this value.
#[derive(Debug)]
pub struct Handed {
    path: PathBuf,
    writer: Option<JoinHandle<()>>,
    // Dropped in this order.
    folder: Scratch,
    guardian: Option<Guardian>,
    is_safe: bool,
}

impl Handed {
    /// A file of this name in a private folder, in memory where there is such a place.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn file(
        text: &[u8],
        name: &OsStr,
        user: Option<User>,
        environment: &Environment,
    ) -> io::Result<Self> {
        let (folder, in_memory) = folder(user, environment)?;
        let guardian = Guardian::over(folder.path()).ok();
        let path = folder.path().join(name);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(text)?;
        give(user, folder.path(), &path)?;
        Ok(Self {
            path,
            writer: None,
            is_safe: in_memory && guardian.is_some(),
            folder,
            guardian,
        })
    }

    /// A pipe of this name in a private folder: it can be read once, and nothing is ever stored.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn pipe(
        text: Zeroizing<Vec<u8>>,
        name: &OsStr,
        user: Option<User>,
        environment: &Environment,
    ) -> io::Result<Self> {
        let (folder, _) = folder(user, environment)?;
        let path = folder.path().join(name);
        rustix::fs::mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR)?;
        give(user, folder.path(), &path)?;
        let target = path.clone();
        let writer = std::thread::spawn(move || {
            // A reader that has seen enough is no failure.
            if let Ok(mut pipe) = OpenOptions::new().write(true).open(&target) {
                let _ = pipe.write_all(&text);
            }
        });
        Ok(Self {
            path,
            writer: Some(writer),
            folder,
            guardian: None,
            is_safe: true,
        })
    }

    /// Whether the text is kept in memory, and removed whatever happens to this process.
    #[must_use]
    pub const fn is_safe(&self) -> bool {
        self.is_safe
    }

    /// Leaves the file to a program that lives on: it is removed when everything that this descriptor is handed to has ended.
    /// `None` when nobody watches over it; it is removed with this value then.
    pub fn leave(&mut self) -> Option<OwnedFd> {
        let pipe = self.guardian.take()?.hand_over()?;
        self.folder.forget();
        Some(pipe)
    }

    /// What the other program opens.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        let Some(writer) = self.writer.take() else {
            return;
        };
        // The writer waits for a reader; this one reads nothing and goes, so that a text nobody wanted is wiped.
        let reader = open(
            &self.path,
            OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
            Mode::empty(),
        );
        drop(reader);
        // The pipe may be of a reader that lives on; the process does not wait for it.
        if writer.is_finished() {
            let _ = writer.join();
        }
    }
}

/// A private folder, and whether it is in memory.
fn folder(user: Option<User>, environment: &Environment) -> io::Result<(Scratch, bool)> {
    let own;
    let environment = if user.is_some() {
        // Another user cannot enter what is ours alone.
        own = environment.clone().without("XDG_RUNTIME_DIR");
        &own
    } else {
        environment
    };
    for parent in memory_folders(environment) {
        if let Ok(folder) = Scratch::within(&parent, PREFIX) {
            return Ok((folder, true));
        }
    }
    Ok((Scratch::create(PREFIX, environment)?, false))
}

/// Gives folder and file to the user who is to read them.
fn give(user: Option<User>, folder: &Path, file: &Path) -> io::Result<()> {
    match user {
        Some(user) => user.give(file).and_then(|()| user.give(folder)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::Handed;
    use crate::host::Environment;
    use std::ffi::OsStr;
    use zeroize::Zeroizing;

    #[test]
    fn a_text_can_be_read_and_then_is_gone() {
        let parent = tempfile::tempdir().unwrap();
        let environment = Environment::new([("TMPDIR", parent.path())], "/");
        let name = OsStr::new("tmp-file");
        let text = || Zeroizing::new(b"text".to_vec());
        let handed = Handed::pipe(text(), name, None, &environment).unwrap();
        let path = handed.path().to_owned();
        assert_eq!(std::fs::read(&path).unwrap(), b"text");
        drop(handed);
        assert!(!path.exists() && !path.parent().unwrap().exists());
        drop(Handed::pipe(text(), name, None, &environment).unwrap());
    }
}
