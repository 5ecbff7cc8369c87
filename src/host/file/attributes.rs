//! What of a file outlives its replacement: owner, extended attributes (access control lists among them), mode.

use super::write::{Obstacle, WriteError};
use rustix::fs::{Gid, Mode, Uid, XattrFlags};
use rustix::io::Errno;
use std::ffi::CStr;
use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt as _;

/// Gives `to` the owner, extended attributes and mode of `from`. The mode comes last: until then nobody else can read it, and
/// a change of owner clears bits of the mode.
///
/// # Errors
/// When the owner or an attribute a user could miss cannot be kept.
pub fn keep(from: &File, was: &Metadata, to: &File) -> Result<(), WriteError> {
    keep_owner(was, to)?;
    keep_extended(from, to)?;
    let mode = Mode::from_raw_mode(was.mode() & 0o7777);
    rustix::fs::fchmod(to, mode).map_err(|errno| WriteError::at("set the mode", errno.into()))
}

fn keep_owner(was: &Metadata, to: &File) -> Result<(), WriteError> {
    let is = to
        .metadata()
        .map_err(|error| WriteError::at("look at the temporary file", error))?;
    if (is.uid(), is.gid()) == (was.uid(), was.gid()) {
        return Ok(());
    }
    let owner = Some(Uid::from_raw(was.uid()));
    let group = Some(Gid::from_raw(was.gid()));
    rustix::fs::fchown(to, owner, group).map_err(not_given_away)
}

/// Why a file did not get its owner: this user may not give it away, or the file system knows no such user.
fn not_given_away(errno: Errno) -> WriteError {
    match errno {
        Errno::PERM | Errno::INVAL => WriteError::Obstacle(Obstacle::Owner),
        _ => WriteError::at("set the owner", errno.into()),
    }
}

fn keep_extended(from: &File, to: &File) -> Result<(), WriteError> {
    let Some(names) = names(from) else {
        return Ok(());
    };
    for name in names.split_inclusive(|byte| *byte == 0) {
        let Ok(name) = CStr::from_bytes_with_nul(name) else {
            continue;
        };
        let Some(value) = value(from, name) else {
            continue;
        };
        // The system sets its own labels on new files, and only root may copy them.
        let systems_own = [&b"security."[..], b"trusted."]
            .iter()
            .any(|prefix| name.to_bytes().starts_with(prefix));
        if rustix::fs::fsetxattr(to, name, &value, XattrFlags::empty()).is_err() && !systems_own {
            return Err(WriteError::Obstacle(Obstacle::Attributes));
        }
    }
    Ok(())
}

/// The names, each ended by a zero byte; `None` where the file system has none.
fn names(file: &File) -> Option<Vec<u8>> {
    let size = rustix::fs::flistxattr_query(file).ok()?;
    let mut names = vec![0; size];
    let read = rustix::fs::flistxattr(file, &mut names[..]).ok()?;
    names.truncate(read);
    Some(names)
}

fn value(file: &File, name: &CStr) -> Option<Vec<u8>> {
    let size = rustix::fs::fgetxattr_query(file, name).ok()?;
    let mut value = vec![0; size];
    let read = rustix::fs::fgetxattr(file, name, &mut value[..]).ok()?;
    value.truncate(read);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::{keep_extended, not_given_away};
    use crate::host::file::{Obstacle, WriteError};
    use rustix::fs::{XattrFlags, fsetxattr};
    use rustix::io::Errno;
    use std::fs::File;
    use std::os::fd::OwnedFd;

    #[test]
    fn a_file_that_cannot_be_given_away_is_told_from_a_disk_that_failed() {
        for errno in [Errno::PERM, Errno::INVAL] {
            let error = not_given_away(errno);
            assert!(matches!(error, WriteError::Obstacle(Obstacle::Owner)));
        }
        let error = not_given_away(Errno::IO).to_string();
        assert!(error.starts_with("cannot set the owner: "), "{error}");
    }

    #[test]
    fn attributes_that_a_user_could_miss_are_not_lost_in_silence_and_labels_of_the_system_are_its_own() {
        let file = tempfile::tempfile().unwrap();
        // A pipe takes no attribute at all.
        let pipe = File::from(OwnedFd::from(std::io::pipe().unwrap().1));
        for name in [c"security.lazysops", c"trusted.lazysops"] {
            if fsetxattr(&file, name, b"x", XattrFlags::empty()).is_err() {
                eprintln!("skipped: {name:?}: only root may set it, and not on every file system");
            }
        }
        assert!(keep_extended(&file, &pipe).is_ok());
        if fsetxattr(&file, c"user.lazysops", b"x", XattrFlags::empty()).is_err() {
            eprintln!("skipped: extended attributes: the file system has none");
            return;
        }
        let error = keep_extended(&file, &pipe).unwrap_err();
        assert!(matches!(error, WriteError::Obstacle(Obstacle::Attributes)));
    }
}
