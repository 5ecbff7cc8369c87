//! A private file or pipe through which another program reads a text.

use super::Environment;
use super::file::Scratch;
use rustix::fs::{CWD, Mode, OFlags, open};
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use zeroize::Zeroizing;

/// What the folders are called, before a number.
const PREFIX: &str = "lazysops-exec-";
/// Memory that looks like a folder; what is written there never comes to a disk.
const MEMORY: &str = "/dev/shm";

/// A text that another program can read; it vanishes with this value.
#[derive(Debug)]
pub struct Handed {
    path: PathBuf,
    writer: Option<JoinHandle<()>>,
    _folder: Scratch,
}

impl Handed {
    /// A file of this name in a private folder, in memory where there is such a place.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn file(text: &[u8], name: &OsStr, environment: &Environment) -> io::Result<Self> {
        let folder = folder(environment)?;
        let path = folder.path().join(name);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(text)?;
        Ok(Self {
            path,
            writer: None,
            _folder: folder,
        })
    }

    /// A pipe of this name in a private folder: it can be read once, and nothing is ever stored.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn pipe(text: Zeroizing<Vec<u8>>, name: &OsStr, environment: &Environment) -> io::Result<Self> {
        let folder = folder(environment)?;
        let path = folder.path().join(name);
        rustix::fs::mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR)?;
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
            _folder: folder,
        })
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

/// A private folder, in memory where that can be had.
fn folder(environment: &Environment) -> io::Result<Scratch> {
    if environment.text("XDG_RUNTIME_DIR").is_none() {
        let memory = environment.clone().with("TMPDIR", MEMORY);
        if let Ok(folder) = Scratch::create(PREFIX, &memory) {
            return Ok(folder);
        }
    }
    Scratch::create(PREFIX, environment)
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
        for handed in [
            Handed::pipe(text(), name, &environment).unwrap(),
            Handed::file(&text(), name, &environment).unwrap(),
        ] {
            let path = handed.path().to_owned();
            assert_eq!(std::fs::read(&path).unwrap(), b"text");
            drop(handed);
            assert!(!path.exists() && !path.parent().unwrap().exists());
        }
        drop(Handed::pipe(text(), name, &environment).unwrap());
    }
}
