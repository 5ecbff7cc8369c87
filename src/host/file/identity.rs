//! What a file was when it was read, so that a change by somebody else is noticed before it is overwritten.

use rustix::fs::{OFlags, fcntl_setfl};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::{Duration, Instant};

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

/// How long somebody may take to open the other end of a pipe that a command was given, and how often that is looked at.
const PATIENCE: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(10);

/// Reads a whole file, following symbolic links. Never waits for somebody: a pipe that lies in a folder is refused.
///
/// # Errors
/// When it cannot be read, is a folder or a pipe, or is a device that has too much to say.
pub fn read(path: &Path) -> io::Result<(Vec<u8>, Identity)> {
    let (file, metadata) = open(path)?;
    if is_named_pipe(&metadata, path) {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is a pipe"));
    }
    read_all(file, &metadata, Vec::new())
}

/// Reads a whole file that a user named, as [`read`] does. A pipe is read to its end, if somebody writes to it.
///
/// # Errors
/// As [`read`] does, and when nobody writes to a pipe.
pub fn read_given(path: &Path) -> io::Result<(Vec<u8>, Identity)> {
    let (mut file, metadata) = open(path)?;
    let begin = if is_named_pipe(&metadata, path) {
        first_of_pipe(&mut file, PATIENCE, || std::thread::sleep(TICK))?
    } else {
        Vec::new()
    };
    read_all(file, &metadata, begin)
}

/// Opens a file without waiting: opening a pipe that nobody writes to would last for ever.
fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    Ok((file, metadata))
}

/// Whether it is a pipe with a place in a folder. Those that a shell hands over (`<(…)`) have one below `/dev` or `/proc` only.
fn is_named_pipe(metadata: &Metadata, path: &Path) -> bool {
    metadata.file_type().is_fifo() && !path.starts_with("/dev") && !path.starts_with("/proc")
}

/// Waits for somebody to write to a pipe, with a pause before each look but the first; gives what was read by then.
fn first_of_pipe(pipe: &mut File, patience: Duration, mut pause: impl FnMut()) -> io::Result<Vec<u8>> {
    let begin = Instant::now();
    let mut first = [0; 1];
    loop {
        match pipe.read(&mut first) {
            Ok(0) if begin.elapsed() < patience => pause(),
            Ok(0) => {
                return Err(io::Error::new(
                    ErrorKind::TimedOut,
                    "it is a pipe that nobody writes to",
                ));
            }
            Ok(_) => return Ok(first.to_vec()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
    }
}

fn read_all(file: File, metadata: &Metadata, mut bytes: Vec<u8>) -> io::Result<(Vec<u8>, Identity)> {
    let most = if metadata.is_file() {
        u64::MAX
    } else {
        fcntl_setfl(&file, OFlags::empty())?;
        ENDLESS
    };
    bytes.reserve_exact(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(most).read_to_end(&mut bytes)?;
    if bytes.len() as u64 >= most {
        return Err(io::Error::new(ErrorKind::FileTooLarge, "it does not end"));
    }
    let identity = Identity::new(metadata, &bytes);
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
    use super::{first_of_pipe, open, read, read_given};
    use rustix::fs::{CWD, Mode, mkfifoat};
    use std::fs::{File, OpenOptions};
    use std::io::{Read as _, Write as _};
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::FileTypeExt as _;
    use std::path::Path;
    use std::time::Duration;

    #[test]
    fn a_device_that_never_ends_is_given_up() {
        let error = read(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(error.to_string(), "it does not end");
        assert!(read(Path::new("/dev/null")).unwrap().0.is_empty());
    }

    #[test]
    fn a_pipe_in_a_folder_does_not_hold_anybody_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
        assert_eq!(read(&path).unwrap_err().to_string(), "it is a pipe");
        let (mut pipe, _) = open(&path).unwrap();
        let error = first_of_pipe(&mut pipe, Duration::ZERO, || ()).unwrap_err();
        assert_eq!(error.to_string(), "it is a pipe that nobody writes to");
    }

    #[test]
    fn who_comes_late_to_a_pipe_is_waited_for() {
        const LONG: Duration = Duration::from_secs(600);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
        let (mut pipe, _) = open(&path).unwrap();
        let mut writer = None;
        let begin = first_of_pipe(&mut pipe, LONG, || {
            let mut end = OpenOptions::new().write(true).open(&path).unwrap();
            end.write_all(b"new").unwrap();
            writer = Some(end);
        });
        assert_eq!(begin.unwrap(), b"n");

        // Somebody is there, and has not said anything yet.
        let (mut pipe, metadata) = open(&path).unwrap();
        let mut rest = [0; 2];
        pipe.read_exact(&mut rest).unwrap();
        let begin = first_of_pipe(&mut pipe, LONG, || panic!("there is a writer")).unwrap();
        assert!(metadata.file_type().is_fifo() && begin.is_empty());

        let mut closed = File::from(OwnedFd::from(std::io::pipe().unwrap().1));
        assert!(first_of_pipe(&mut closed, LONG, || panic!("nothing can be read")).is_err());
    }

    #[test]
    fn what_is_written_to_a_pipe_that_was_named_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
        let text = vec![b'x'; 1 << 20];
        let writer = std::thread::spawn({
            let (path, text) = (path.clone(), text.clone());
            move || std::fs::write(path, text)
        });
        assert!(read_given(&path).unwrap().0 == text);
        writer.join().unwrap().unwrap();
    }
}
