//! Test data that was copied from `../shared` is what it is there, where that folder is at hand.

use crate::support::{data, skipped};
use std::path::{Path, PathBuf};

/// (a copy under `tests/data/`, its original under `../shared/`); folders with all that is in them.
const COPIES: [(&str, &str); 4] = [
    ("yaml/cases.jsonl.gz", "vectors-yaml/cases.jsonl.gz"),
    ("keys/age1.txt", "vectors/keys/age1.txt"),
    ("vectors", "vectors"),
    ("spec", "spec/vectors"),
];

/// All files of a folder, or the file itself.
fn files(start: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = vec![start.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else {
            files.push(path);
        }
    }
    files
}

#[test]
fn copies_are_as_their_originals() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !shared.exists() {
        skipped("copied test data against its originals", "there is no ../shared");
        return;
    }
    let mut stale = Vec::new();
    for (copy, original) in COPIES {
        let start = data(copy);
        for file in files(&start) {
            let inside = file.strip_prefix(&start).unwrap();
            let original = shared
                .join(original)
                .components()
                .chain(inside.components())
                .collect::<PathBuf>();
            if std::fs::read(&file).unwrap() != std::fs::read(original).unwrap_or_default() {
                stale.push(file);
            }
        }
    }
    assert!(stale.is_empty(), "copy these again: {stale:?}");
}
