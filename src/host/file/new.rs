//! Making a file where there was none.

use super::temporary::Temporary;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Whether a name is taken, be it by a symbolic link to nowhere.
#[must_use]
pub fn occupied(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Makes a file with this content, only if there is none of this name. What cannot be written whole is taken away again.
///
/// # Errors
/// When the name is taken, or the file cannot be written.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    if written.is_err() {
        // It is ours: the name was free.
        let _ = fs::remove_file(path);
    }
    written
}

/// As [`create`], for this user alone (0600), with the folders above it (0700) where they are missing.
///
/// # Errors
/// When the name is taken, or the file cannot be written.
pub fn create_private(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    if written.is_err() {
        // It is ours: the name was free.
        let _ = fs::remove_file(path);
    }
    written
}

/// As [`create`], for a program: whoever may read it may run it.
///
/// # Errors
/// When the name is taken, or the file cannot be written.
pub fn create_program(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o777)
        .open(path)?;
    file.write_all(content).and_then(|()| file.sync_all())
}

/// Puts down something that can be found out again: a reader finds the old or the new content, and a power cut may take it.
///
/// # Errors
/// When it cannot be written.
pub fn note(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
    let mut temporary = Temporary::create(folder, 0o600)?;
    temporary.file.write_all(content)?;
    temporary.rename(path)
}

/// Adds to what [`note`] put down. A stop in the middle leaves a part of it at the end.
///
/// # Errors
/// When it is not there, or cannot be written.
pub fn append(path: &Path, content: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(content)
}

/// Removes a file.
///
/// # Errors
/// When it cannot be removed.
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

/// Whether this user may change a file: it has no mode that says otherwise.
#[must_use]
pub fn writable(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // Root passes every check of the system, but a file that nobody may write to is meant to stay as it is.
    let anybody = fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o222 != 0);
    anybody && rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{create, occupied, writable};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_name_that_is_taken_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert!(!occupied(&path));
        create(&path, b"one").unwrap();
        assert!(create(&path, b"two").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert!(writable(&path));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(!writable(&path));
    }
}
