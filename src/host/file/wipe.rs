//! Removing what was secret.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// How often a folder is removed again into which a program still writes.
const TRIES: usize = 5;

/// Removes a folder with all that is in it; files are overwritten first, as far as the file system lets it mean something.
pub fn wipe(folder: &Path) {
    for _ in 0..TRIES {
        for file in files(folder) {
            // It is removed all the same.
            let _ = overwrite(&file);
        }
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            _ => return,
        }
    }
}

/// The regular files below a folder; links are not followed.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found
}

fn overwrite(path: &Path) -> io::Result<()> {
    const ZEROS: [u8; 8192] = [0; 8192];
    let flags = rustix::fs::OFlags::NOFOLLOW.bits() | rustix::fs::OFlags::NONBLOCK.bits();
    let mut file: File = OpenOptions::new()
        .write(true)
        .custom_flags(i32::try_from(flags).unwrap_or_default())
        .open(path)?;
    let mut left = file.metadata()?.len();
    while left > 0 {
        let step = usize::try_from(left).unwrap_or(ZEROS.len()).min(ZEROS.len());
        file.write_all(ZEROS.get(..step).unwrap_or(&ZEROS))?;
        left -= step as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::wipe;
    use std::fs;

    #[test]
    fn a_second_name_of_a_wiped_file_holds_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a");
        fs::create_dir_all(folder.join("b")).unwrap();
        fs::write(folder.join("b/secret"), "x".repeat(10_000)).unwrap();
        fs::hard_link(folder.join("b/secret"), parent.path().join("kept")).unwrap();
        std::os::unix::fs::symlink(parent.path(), folder.join("link")).unwrap();
        wipe(&folder);
        assert!(!folder.exists());
        let kept = fs::read(parent.path().join("kept")).unwrap();
        assert_eq!(kept, vec![0; 10_000]);
    }
}
