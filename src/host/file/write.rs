//! Replacing the content of a file, all or nothing.

use super::folder::Folder;
use super::identity::{Identity, read};
use super::temporary::Temporary;
use super::{attributes, in_place};
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// How the new content may take the place of the old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// By rename only; where that cannot work, [`WriteError::Obstacle`] says why.
    Replace,
    /// By rename, and where that cannot work by overwriting the file where it stands.
    ReplaceOrOverwrite,
    /// By overwriting the file where it stands, because the user said so.
    Overwrite,
}

/// How the new content was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// By rename: nobody can have seen a torn file.
    Replaced(Identity),
    /// Where it stands, because of this; or because the user asked for it.
    Overwritten(Option<Obstacle>),
    /// To a device or a pipe.
    Plainly,
}

/// Why a file cannot be replaced by a rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Obstacle {
    /// The folder takes no new files.
    #[error("its folder takes no new files")]
    Folder,
    /// The file is a mount of its own.
    #[error("it is a mount of its own")]
    Mount,
    /// The file belongs to somebody else, and would not any more.
    #[error("it belongs to another user or group")]
    Owner,
    /// The file has extended attributes that cannot be copied.
    #[error("it has attributes that cannot be kept")]
    Attributes,
    /// The file has other names, which would keep the old content.
    #[error("it has other names (hard links)")]
    HardLinks,
}

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The file is not what it was when it was read.
    #[error("it was changed by somebody else meanwhile")]
    Changed,
    /// It cannot be replaced, and was not to be overwritten.
    #[error("it cannot be replaced: {0}")]
    Obstacle(Obstacle),
    /// The system said no.
    #[error("cannot {step}: {source}")]
    System {
        /// What was being done, after "cannot".
        step: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl WriteError {
    pub(super) fn at(step: &'static str, source: io::Error) -> Self {
        Self::System { step, source }
    }
}

/// Writes `content` to `path`, following symbolic links; makes the file if there is none. With `expected`, only if the
/// file still is what it was then. After an error the file is as it was.
///
/// # Errors
/// See [`WriteError`].
pub fn write(
    path: &Path,
    content: &[u8],
    expected: Option<&Identity>,
    place: Place,
) -> Result<Written, WriteError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(WriteError::at("look at the file", error)),
    };
    if is_plain(path, metadata.as_ref()) {
        return in_place::plain(path, content).map(|()| Written::Plainly);
    }
    let target = resolve(path, metadata.is_some())?;
    let folder = Folder::lock(parent(&target)).map_err(|error| WriteError::at("lock the folder", error))?;
    if place == Place::Overwrite && metadata.is_some() {
        return overwrite(&target, content, expected).map(|()| Written::Overwritten(None));
    }
    match replace(&target, metadata.as_ref(), content, expected, &folder) {
        Ok(identity) => Ok(Written::Replaced(identity)),
        Err(WriteError::Obstacle(obstacle)) if place == Place::ReplaceOrOverwrite && metadata.is_some() => {
            overwrite(&target, content, expected).map(|()| Written::Overwritten(Some(obstacle)))
        }
        Err(error) => Err(error),
    }
}

/// Devices and pipes cannot be replaced; names below `/dev` and `/proc` are descriptors somebody holds, and a symbolic
/// link to nowhere is followed as the system would.
fn is_plain(path: &Path, metadata: Option<&Metadata>) -> bool {
    match metadata {
        Some(metadata) => !metadata.is_file() || path.starts_with("/dev") || path.starts_with("/proc"),
        None => fs::symlink_metadata(path).is_ok(),
    }
}

pub(super) fn resolve(path: &Path, exists: bool) -> Result<PathBuf, WriteError> {
    if exists {
        fs::canonicalize(path).map_err(|error| WriteError::at("follow the path", error))
    } else {
        Ok(path.to_owned())
    }
}

pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => Path::new("/"),
    }
}

fn overwrite(target: &Path, content: &[u8], expected: Option<&Identity>) -> Result<(), WriteError> {
    let (old, found) = read(target).map_err(|error| WriteError::at("read the file", error))?;
    if expected.is_some_and(|expected| *expected != found) {
        return Err(WriteError::Changed);
    }
    in_place::overwrite(target, &old, content)
}

fn replace(
    target: &Path,
    metadata: Option<&Metadata>,
    content: &[u8],
    expected: Option<&Identity>,
    folder: &Folder,
) -> Result<Identity, WriteError> {
    let mode = mode_before(metadata)?;
    let temporary = folder.temporary(mode).map_err(no_new_file)?;
    let (temporary, identity) = fill(temporary, target, metadata, content)?;
    check_unchanged(target, expected)?;
    put(temporary, target)?;
    folder
        .sync()
        .map_err(|error| WriteError::at("write the folder to the disk", error))?;
    Ok(identity)
}

/// The mode of the temporary file; a file with other names is not replaced.
pub(super) fn mode_before(metadata: Option<&Metadata>) -> Result<u32, WriteError> {
    if metadata.is_some_and(|metadata| metadata.nlink() > 1) {
        return Err(WriteError::Obstacle(Obstacle::HardLinks));
    }
    // Private until it has the owner and mode of the file; a new file gets what the process's mask allows.
    Ok(if metadata.is_some() { 0o600 } else { 0o666 })
}

/// Writes the new content to the disk, beside the old.
pub(super) fn fill(
    mut temporary: Temporary,
    target: &Path,
    metadata: Option<&Metadata>,
    content: &[u8],
) -> Result<(Temporary, Identity), WriteError> {
    temporary
        .file
        .write_all(content)
        .map_err(|error| WriteError::at("write the new content", error))?;
    if let Some(metadata) = metadata {
        let file = File::open(target).map_err(|error| WriteError::at("read the file", error))?;
        attributes::keep(&file, metadata, &temporary.file)?;
    }
    temporary
        .file
        .sync_all()
        .map_err(|error| WriteError::at("write the new content to the disk", error))?;
    verify(&mut temporary.file, content)?;
    let identity = Identity::of(&temporary.file, content)
        .map_err(|error| WriteError::at("look at the temporary file", error))?;
    Ok((temporary, identity))
}

/// Puts the new file in the place of the old one.
pub(super) fn put(temporary: Temporary, target: &Path) -> Result<(), WriteError> {
    temporary.rename(target).map_err(|error| match error.kind() {
        io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => WriteError::Obstacle(Obstacle::Mount),
        _ => WriteError::at("rename the new file over the old one", error),
    })
}

pub(super) fn no_new_file(error: io::Error) -> WriteError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            WriteError::Obstacle(Obstacle::Folder)
        }
        _ => WriteError::at("make a temporary file", error),
    }
}

/// Reads the temporary file back: what the disk took is what was meant.
fn verify(file: &mut File, content: &[u8]) -> Result<(), WriteError> {
    let mut written = Vec::with_capacity(content.len());
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.read_to_end(&mut written))
        .map_err(|error| WriteError::at("read the new content back", error))?;
    if written == content {
        Ok(())
    } else {
        let error = io::Error::other("the disk holds something else");
        Err(WriteError::at("read the new content back", error))
    }
}

/// The last look before the rename. What somebody writes in place after it is lost; the window is a few microseconds.
pub(super) fn check_unchanged(target: &Path, expected: Option<&Identity>) -> Result<(), WriteError> {
    let Some(expected) = expected else {
        return Ok(());
    };
    match read(target) {
        Ok((_, found)) if found == *expected => Ok(()),
        Ok(_) => Err(WriteError::Changed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(WriteError::Changed),
        Err(error) => Err(WriteError::at("read the file again", error)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::identity::read;
    use super::super::temporary::is_temporary;
    use super::{Obstacle, Place, WriteError, Written, verify, write};
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    fn only_entry(folder: &std::path::Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_replaced_file_keeps_its_mode_and_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let (_, identity) = read(&path).unwrap();
        let written = write(&path, b"new", Some(&identity), Place::Replace).unwrap();
        assert_eq!(written, Written::Replaced(read(&path).unwrap().1));
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o640);
        assert_eq!(only_entry(folder.path()), ["a.yaml"]);
    }

    #[test]
    fn a_file_changed_by_somebody_else_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "old").unwrap();
        let (_, identity) = read(&path).unwrap();
        fs::write(&path, "odd").unwrap();
        for place in [Place::Replace, Place::ReplaceOrOverwrite, Place::Overwrite] {
            let error = write(&path, b"new", Some(&identity), place).unwrap_err();
            assert!(matches!(error, WriteError::Changed), "{place:?}");
        }
        fs::remove_file(&path).unwrap();
        let error = write(&path, b"new", Some(&identity), Place::Replace).unwrap_err();
        assert!(matches!(error, WriteError::Changed));
        assert!(only_entry(folder.path()).is_empty());
    }

    #[test]
    fn a_symbolic_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.yaml");
        let link = folder.path().join("link.yaml");
        fs::write(&real, "old").unwrap();
        symlink("real.yaml", &link).unwrap();
        write(&link, b"new", None, Place::Replace).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[test]
    fn the_other_name_of_a_file_does_not_keep_the_old_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let other = folder.path().join("b");
        fs::write(&path, "old content").unwrap();
        fs::hard_link(&path, &other).unwrap();
        let error = write(&path, b"new", None, Place::Replace).unwrap_err();
        assert!(matches!(error, WriteError::Obstacle(Obstacle::HardLinks)));
        assert_eq!(fs::read(&path).unwrap(), b"old content");
        let written = write(&path, b"new", None, Place::ReplaceOrOverwrite).unwrap();
        assert_eq!(written, Written::Overwritten(Some(Obstacle::HardLinks)));
        assert_eq!(fs::read(&other).unwrap(), b"new");
    }

    #[test]
    fn what_killed_saves_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let left = ".lazysops-00112233aabbccdd.tmp";
        let mine = ".lazysops-notes.tmp";
        assert!(is_temporary(left) && !is_temporary(mine));
        fs::write(folder.path().join(left), "half").unwrap();
        fs::write(folder.path().join(mine), "notes").unwrap();
        write(&folder.path().join("a"), b"new", None, Place::Replace).unwrap();
        assert_eq!(only_entry(folder.path()), [mine, "a"]);
    }

    #[test]
    fn no_update_is_lost_when_many_save_at_once() {
        const WRITERS: usize = 4;
        const UPDATES: usize = 25;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counter");
        fs::write(&path, "0").unwrap();
        let count = || loop {
            let (bytes, identity) = read(&path).unwrap();
            let next = String::from_utf8(bytes).unwrap().parse::<usize>().unwrap() + 1;
            match write(
                &path,
                next.to_string().as_bytes(),
                Some(&identity),
                Place::Replace,
            ) {
                Ok(_) => break,
                Err(WriteError::Changed) => {}
                Err(error) => panic!("{error}"),
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| (0..UPDATES).for_each(|_| count()));
            }
        });
        assert_eq!(
            fs::read(&path).unwrap(),
            (WRITERS * UPDATES).to_string().as_bytes()
        );
    }

    #[test]
    fn a_disk_that_took_something_else_is_noticed() {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, b"new").unwrap();
        assert!(verify(&mut file, b"new").is_ok());
        assert!(verify(&mut file, b"old").is_err());
    }

    /// A terminal of its own: a fault here must not cost the machine its `/dev/null`.
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        let size = portable_pty::PtySize::default();
        let pair = portable_pty::native_pty_system().openpty(size).unwrap();
        let device = pair.master.tty_name().unwrap();
        let written = write(&device, b"new", None, Place::Replace).unwrap();
        assert_eq!(written, Written::Plainly);
        assert!(!fs::metadata(&device).unwrap().is_file());
        let mut read = [0; 3];
        let mut reader = pair.master.try_clone_reader().unwrap();
        std::io::Read::read_exact(&mut reader, &mut read).unwrap();
        assert_eq!(&read, b"new");
    }
}
