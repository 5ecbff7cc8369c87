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
    rustix::fs::fchown(to, owner, group).map_err(|errno| match errno {
        Errno::PERM | Errno::INVAL => WriteError::Obstacle(Obstacle::Owner),
        _ => WriteError::at("set the owner", errno.into()),
    })
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
    let size = rustix::fs::flistxattr(file, &mut [0_u8; 0]).ok()?;
    let mut names = vec![0; size];
    let read = rustix::fs::flistxattr(file, &mut names[..]).ok()?;
    names.truncate(read);
    Some(names)
}

fn value(file: &File, name: &CStr) -> Option<Vec<u8>> {
    let size = rustix::fs::fgetxattr(file, name, &mut [0_u8; 0]).ok()?;
    let mut value = vec![0; size];
    let read = rustix::fs::fgetxattr(file, name, &mut value[..]).ok()?;
    value.truncate(read);
    Some(value)
}
