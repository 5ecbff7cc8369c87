//! A planted secret, and where it is looked for.

use std::path::Path;

/// The planted secret; short enough to be shown whole in a narrow column.
pub const CANARY: &str = "canary7f3a9c";

/// Every file below `root` that holds the secret.
pub fn files_with_the_secret(root: &Path) -> Vec<String> {
    files_with(root, CANARY)
}

/// Every file below `root` that holds a text. Other programs may be at work there: what goes away meanwhile holds nothing.
pub fn files_with(root: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(metadata) = std::fs::symlink_metadata(&path) else {
                continue;
            };
            if metadata.is_dir() {
                folders.push(path);
            } else if metadata.is_file() && std::fs::read(&path).is_ok_and(|bytes| contains(&bytes, text)) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

/// Whether bytes hold a text.
pub fn contains(bytes: &[u8], wanted: &str) -> bool {
    memchr::memmem::find(bytes, wanted.as_bytes()).is_some()
}
