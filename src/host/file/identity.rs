//! What a file was when it was read, so that a change by somebody else is noticed before it is overwritten.

use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Which file it was and what was in it. A file that was only touched is still the same.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    content: [u8; 32],
}

impl Identity {
    fn new(metadata: &Metadata, content: &[u8]) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: content.len() as u64,
            content: Sha256::digest(content).into(),
        }
    }

    /// What an open file is that has this content.
    pub(super) fn of(file: &File, content: &[u8]) -> io::Result<Self> {
        Ok(Self::new(&file.metadata()?, content))
    }
}

/// Without the hash, which is one of content that may be secret.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({}:{}, {} bytes)", self.device, self.inode, self.size)
    }
}

/// The most that is read from a device or a pipe, in bytes: a link to `/dev/zero` must not take all memory, and a large file may come
/// through a pipe.
const ENDLESS: u64 = 64 << 20;

/// Reads a whole file, following symbolic links.
///
/// # Errors
/// When it cannot be read, is a folder, or is a device or a pipe that has too much to say.
pub fn read(path: &Path) -> io::Result<(Vec<u8>, Identity)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    let most = if metadata.is_file() { u64::MAX } else { ENDLESS };
    file.take(most).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == most {
        return Err(io::Error::new(ErrorKind::FileTooLarge, "it does not end"));
    }
    let identity = Identity::new(&metadata, &bytes);
    Ok((bytes, identity))
}

/// Whether a path leads to a folder.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_dir())
}

/// Whether there is something at a path; a symbolic link to nowhere is nothing.
#[must_use]
pub fn exists(path: &Path) -> bool {
    std::fs::metadata(path).is_ok()
}

/// Whether a regular file may be run; `None` for anything else, links included.
#[must_use]
pub fn executable(path: &Path) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::symlink_metadata(path).ok()?;
    metadata
        .is_file()
        .then(|| metadata.permissions().mode() & 0o100 != 0)
}

/// How large a regular file is, in bytes; `None` for anything else.
#[must_use]
pub fn size(path: &Path) -> Option<u64> {
    let metadata = std::fs::metadata(path).ok()?;
    metadata.is_file().then_some(metadata.len())
}

/// The path without symbolic links; `None` where there is nothing.
#[must_use]
pub fn canonical(path: &Path) -> Option<std::path::PathBuf> {
    std::fs::canonicalize(path).ok()
}

/// Whether two paths lead to the same file or folder.
#[must_use]
pub fn same(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    };
    id(one).is_some() && id(one) == id(other)
}

/// Who can change a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// This user, root, or the owner of the file it is used for.
    Trusted,
    /// Another user owns it.
    Stranger,
    /// Everybody may write to it.
    Anybody,
}

/// Who can change a file; the owner of `beside`, for which it is used, is no stranger.
///
/// # Errors
/// When it cannot be looked at.
pub fn ownership(path: &Path, beside: Option<&Path>) -> io::Result<Ownership> {
    let metadata = std::fs::metadata(path)?;
    let user = rustix::process::geteuid().as_raw();
    let owner = beside.and_then(|path| Some(std::fs::metadata(path).ok()?.uid()));
    // In a folder that everybody may write to, the file can be replaced; unless only its owner may, as in /tmp.
    let folder = path.parent().and_then(|folder| std::fs::metadata(folder).ok());
    let replaceable = folder.is_some_and(|folder| folder.mode() & 0o1002 == 0o002);
    Ok(if metadata.mode() & 0o002 != 0 || replaceable {
        Ownership::Anybody
    } else if [Some(user), Some(0), owner].contains(&Some(metadata.uid())) {
        Ownership::Trusted
    } else {
        Ownership::Stranger
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use std::path::Path;

    #[test]
    fn a_device_that_never_ends_is_given_up() {
        let error = read(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(error.to_string(), "it does not end");
        assert!(read(Path::new("/dev/null")).unwrap().0.is_empty());
    }
}
