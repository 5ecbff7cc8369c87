//! Folders that are kept in memory: what is written there comes to no disk but the swap.

use super::folder::is_private;
use crate::host::Environment;
use std::path::{Path, PathBuf};

/// Where every Linux system has one.
const SHARED: &str = "/dev/shm";

/// The folders in memory in which private folders can be made: `$XDG_RUNTIME_DIR` if it is this user's own, `/dev/shm`. The
/// type of the file system decides, not the name.
#[must_use]
pub fn memory_folders(environment: &Environment) -> Vec<PathBuf> {
    let runtime = environment.raw("XDG_RUNTIME_DIR").map(Path::new);
    runtime
        .filter(|folder| is_private(folder))
        .into_iter()
        .chain([Path::new(SHARED)])
        .filter(|folder| is_in_memory(folder))
        .map(Path::to_owned)
        .collect()
}

/// Whether a folder lies on a file system that is kept in memory.
#[cfg(target_os = "linux")]
#[must_use]
pub fn is_in_memory(folder: &Path) -> bool {
    /// `tmpfs` and `ramfs`, as the kernel numbers them.
    const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];
    // The number has another width and sign on every machine; its lower half tells them all apart.
    rustix::fs::statfs(folder)
        .is_ok_and(|system| IN_MEMORY.contains(&(system.f_type as u64 & u64::from(u32::MAX))))
}

/// No other system tells.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn is_in_memory(_: &Path) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::is_in_memory;
    use std::path::Path;

    #[test]
    fn the_file_system_decides_not_the_name() {
        assert!(!is_in_memory(Path::new("/proc")));
        assert!(!is_in_memory(Path::new("/no/such/folder")));
    }
}
