//! Overwriting a file where it stands: for the places where it cannot be replaced. A kill in the middle leaves a torn file,
//! which is why this is the last resort.

use super::write::WriteError;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// Overwrites a regular file; `old` is put back when that fails on the way.
///
/// # Errors
/// When the file cannot be written.
pub fn overwrite(target: &Path, old: &[u8], new: &[u8]) -> Result<(), WriteError> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(target)
        .map_err(|error| WriteError::at("open the file for writing", error))?;
    reserve(&file, new.len()).map_err(|error| WriteError::at("find room for the new content", error))?;
    if let Err(error) = fill(&mut file, new) {
        // The first error is the one to tell; there is nothing better to try.
        let _ = fill(&mut file, old);
        return Err(WriteError::at("write the file", error));
    }
    Ok(())
}

/// Writes to what is no regular file: a device, a pipe, a descriptor of this process.
///
/// # Errors
/// When it cannot be written.
pub fn plain(target: &Path, new: &[u8]) -> Result<(), WriteError> {
    let open = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(target);
    open.and_then(|mut file| file.write_all(new))
        .map_err(|error| WriteError::at("write the output", error))
}

fn fill(file: &mut File, content: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(content)?;
    file.set_len(content.len() as u64)?;
    file.sync_all()
}

/// Has the file system set the room aside, so that a full disk is met before the first byte is touched.
#[cfg(target_os = "linux")]
fn reserve(file: &File, size: usize) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, size.max(1) as u64) {
        Err(errno @ (Errno::NOSPC | Errno::DQUOT)) => Err(errno.into()),
        // Not every file system can do it; the write finds out then.
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_file: &File, _size: usize) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::reserve;
    use std::io::ErrorKind;

    /// What `statfs` says of a file system in memory.
    const TMPFS: i64 = 0x0102_1994;

    #[test]
    fn a_disk_without_room_is_met_before_the_first_byte_is_touched() {
        let file = tempfile::tempfile().unwrap();
        reserve(&file, 0).unwrap();
        // More than a file system in memory can ever hold: it says no at once, and takes nothing.
        let Ok(small) = tempfile::tempfile_in("/dev/shm") else {
            eprintln!("skipped: a full disk: there is no /dev/shm");
            return;
        };
        let system = rustix::fs::fstatfs(&small).unwrap();
        if system.f_type != TMPFS || system.f_blocks == 0 {
            eprintln!("skipped: a full disk: /dev/shm has no limit");
            return;
        }
        let error = reserve(&small, 1 << 50).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }
}
