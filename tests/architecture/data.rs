//! Test data that was copied from `../shared` is what it is there, where that folder is at hand.

use crate::support::{data, skipped};
use std::path::{Path, PathBuf};

/// (a copy under `tests/data/`, its original under `../shared/`)
fn copies() -> Vec<(PathBuf, PathBuf)> {
    let mut copies = vec![
        ("yaml/cases.jsonl.gz".into(), "vectors-yaml/cases.jsonl.gz".into()),
        ("keys/age1.txt".into(), "vectors/keys/age1.txt".into()),
        ("keys/age2.txt".into(), "vectors/keys/age2.txt".into()),
    ];
    for entry in std::fs::read_dir(data("differential/inputs")).unwrap() {
        let path = entry.unwrap().path();
        let case = Path::new("vectors").join(path.file_stem().unwrap());
        let original = case.join("input").with_extension(path.extension().unwrap());
        copies.push((
            Path::new("differential/inputs").join(path.file_name().unwrap()),
            original,
        ));
    }
    let cases = data("vectors");
    for folder in std::fs::read_dir(&cases).unwrap() {
        let folder = folder.unwrap().path();
        for file in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = file.unwrap().path();
            if path.is_file() {
                let below = path.strip_prefix(&cases).unwrap();
                copies.push((Path::new("vectors").join(below), Path::new("vectors").join(below)));
            }
        }
    }
    copies
}

#[test]
fn copies_are_as_their_originals() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !shared.exists() {
        skipped("copied test data against its originals", "there is no ../shared");
        return;
    }
    let stale: Vec<PathBuf> = copies()
        .into_iter()
        .filter(|(copy, original)| {
            std::fs::read(data("").join(copy)).unwrap()
                != std::fs::read(shared.join(original)).unwrap_or_default()
        })
        .map(|(copy, _)| copy)
        .collect();
    assert!(stale.is_empty(), "copy these again: {stale:?}");
}
