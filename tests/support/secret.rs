//! A planted secret, and where it is looked for.

use std::path::Path;

/// The planted secret; short enough to be shown whole in a narrow column.
pub const CANARY: &str = "canary7f3a9c";

/// Every file below `root` that holds the secret.
pub fn files_with_the_secret(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if contains(&std::fs::read(&path).unwrap(), CANARY) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

/// Whether bytes hold a text.
pub fn contains(bytes: &[u8], wanted: &str) -> bool {
    bytes
        .windows(wanted.len())
        .any(|window| window == wanted.as_bytes())
}
