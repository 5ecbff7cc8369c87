//! Which files of a folder are SOPS files: by their content, not by their names.

use crate::format::{Format, sealed_format};
use crate::host::{file, files_below};
use std::path::{Path, PathBuf};

/// How many files are looked at.
const MOST_FILES: usize = 20_000;
/// The largest file that is looked into, in bytes.
const LARGEST: u64 = 256 << 20;

/// A SOPS file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is: the folder that was given, and the way down from there.
    pub path: PathBuf,
    /// The format of its text.
    pub format: Format,
}

/// The SOPS files of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// In the order of their paths.
    pub files: Vec<Found>,
    /// Whether there were too many files to look at all of them.
    pub truncated: bool,
}

/// Finds the SOPS files below a folder, without those that `.gitignore` leaves out. What cannot be read is left out too.
#[must_use]
pub fn scan(folder: &Path) -> Scan {
    let (paths, truncated) = files_below(folder, MOST_FILES);
    let files = paths
        .into_iter()
        .filter_map(|path| {
            let bytes = file::read_marked(&path, b"sops", LARGEST).ok()??;
            let format = sealed_format(&bytes, Format::from_path(&path))?;
            Some(Found { path, format })
        })
        .collect();
    Scan { files, truncated }
}

#[cfg(test)]
mod tests {
    use super::scan;
    use std::fs;

    const MAC: &str = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]";

    #[test]
    fn ignored_files_and_the_repository_itself_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = format!("a: 1\nsops:\n    mac: {MAC}\n");
        for name in [
            "b.yaml",
            ".hidden.yaml",
            "out/c.yaml",
            ".git/d.yaml",
            "sub/a.yaml",
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &sealed).unwrap();
        }
        fs::write(folder.path().join("plain.yaml"), "a: 1\n").unwrap();
        fs::write(folder.path().join(".gitignore"), "out/\n").unwrap();
        let found: Vec<_> = scan(folder.path())
            .files
            .into_iter()
            .map(|found| found.path.strip_prefix(folder.path()).unwrap().to_owned())
            .collect();
        assert_eq!(
            found,
            [".hidden.yaml", "b.yaml", "sub/a.yaml"].map(std::path::PathBuf::from)
        );
    }
}
