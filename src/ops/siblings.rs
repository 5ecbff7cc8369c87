//! The keys that other SOPS files of a repository have at the same place: keys are readable, so this needs no key to open
//! them.

use super::sealed;
use crate::format::Format;
use crate::host::file;
use crate::tree::{Key, NodeId, Tree};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How many files are looked into.
const MOST_FILES: usize = 200;
/// The largest file that is looked into, in bytes.
const LARGEST: u64 = 1 << 20;
/// How many keys are worth proposing.
const MOST_KEYS: usize = 50;

/// The keys below `path` (keys from the root, items of lists add none) in these files: those of most files first.
#[must_use]
pub fn keys_at(files: &[PathBuf], path: &[Key]) -> Vec<String> {
    let mut counts = HashMap::<String, usize>::new();
    for file in files.iter().take(MOST_FILES) {
        let Ok(Some(bytes)) = file::read_marked(file, b"sops", LARGEST) else {
            continue;
        };
        if let Ok(sealed) = sealed::detect(&bytes, Format::from_path(file), true) {
            for key in below(&sealed.content, path) {
                *counts.entry(key).or_default() += 1;
            }
        }
    }
    let mut keys: Vec<(String, usize)> = counts.into_iter().collect();
    keys.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    keys.into_iter().map(|(key, _)| key).take(MOST_KEYS).collect()
}

/// Puts those first that lie nearest to a file: of many files, not all are looked into.
pub fn nearest_first(files: &mut [PathBuf], to: &Path) {
    let shared = |path: &PathBuf| {
        let parts = path.components().zip(to.components());
        parts.take_while(|(one, other)| one == other).count()
    };
    files.sort_by_cached_key(|path| Reverse(shared(path)));
}

/// The keys of one tree below a path, each once, in their order.
#[must_use]
pub fn below(tree: &Tree, path: &[Key]) -> Vec<String> {
    // Only what lies on the path is entered, so a wide file costs little.
    let mut open: Vec<(NodeId, &[Key])> = tree.documents().iter().map(|root| (*root, path)).collect();
    let mut keys = Vec::new();
    while let Some((id, rest)) = open.pop() {
        for child in tree.children(id) {
            let node = tree.node(*child);
            match (&node.key, rest.split_first()) {
                (None, _) if node.is_branch() => open.push((*child, rest)),
                (Some(key), Some((first, rest))) if key == first => open.push((*child, rest)),
                (Some(Key::Text(key)), None) => {
                    if let Ok(key) = std::str::from_utf8(key)
                        && !keys.iter().any(|known| known == key)
                    {
                        keys.push(key.to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::{below, keys_at, nearest_first};
    use crate::format::{Format, load};
    use crate::tree::Key;

    #[test]
    fn keys_of_the_same_place_are_found_in_lists_and_documents_too() {
        let text = "a:\n  - b: {x: 1, y: 2}\n  - b: {x: 1, z: 3}\nb: {no: 1}\n---\na:\n  b: {w: 1}\n";
        let tree = load(Format::Yaml, text.as_bytes()).unwrap().tree;
        let mut keys = below(&tree, &[Key::from("a"), Key::from("b")]);
        keys.sort();
        assert_eq!(keys, ["w", "x", "y", "z"]);
        assert_eq!(below(&tree, &[]), ["a", "b"]);
    }

    #[test]
    fn files_beside_the_open_one_are_looked_into_before_those_far_away() {
        let mut files = ["/r/a.yaml", "/r/x/a.yaml", "/r/x/y/a.yaml", "/r/x/z/a.yaml"].map(Into::into);
        nearest_first(&mut files, "/r/x/y/open.yaml".as_ref());
        let names = files.each_ref().map(|path| path.to_str().unwrap());
        assert_eq!(
            names,
            ["/r/x/y/a.yaml", "/r/x/a.yaml", "/r/x/z/a.yaml", "/r/a.yaml"]
        );
    }

    #[test]
    fn the_keys_of_most_files_come_first_and_plain_files_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let mac = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]";
        let sops = format!(
            "sops:\n    lastmodified: \"2026-01-01T00:00:00Z\"\n    mac: {mac}\n    version: 3.13.3\n    age:\n        - recipient: x\n          enc: x\n"
        );
        let files: Vec<_> = [
            ("1", "db: {a: 1, b: 1}\n"),
            ("2", "db: {b: 1}\n"),
            ("3", "db: {c: 1}\n"),
        ]
        .into_iter()
        .map(|(name, text)| {
            let path = folder.path().join(format!("{name}.yaml"));
            let sealed = if name == "3" { "" } else { sops.as_str() };
            std::fs::write(&path, format!("{text}{sealed}")).unwrap();
            path
        })
        .collect();
        assert_eq!(keys_at(&files, &[Key::from("db")]), ["b", "a"]);
    }
}
