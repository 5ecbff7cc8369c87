//! Which files of a folder are SOPS files: by their content, not by their names.

use crate::format::Format;
use crate::host::{file, files_below};
use memchr::memmem;
use std::path::{Path, PathBuf};

/// How many files are looked at.
const MOST_FILES: usize = 20_000;
/// The largest file that is looked into, in bytes.
const LARGEST: u64 = 64 << 20;

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
            let bytes = file::read_start(&path, LARGEST).ok()??;
            let format = sealed_format(&bytes, Format::from_path(&path))?;
            Some(Found { path, format })
        })
        .collect();
    Scan { files, truncated }
}

/// The format of an encrypted file, judged by the marks of its `sops` block without reading all of it; `hint` decides between
/// formats that look the same.
#[must_use]
pub fn sealed_format(bytes: &[u8], hint: Format) -> Option<Format> {
    // Every version of sops writes an encrypted MAC.
    memmem::find(bytes, b"ENC[AES256_GCM,")?;
    if has_line(bytes, b"sops_mac=") {
        Some(Format::Dotenv)
    } else if has_line(bytes, b"[sops]") {
        Some(Format::Ini)
    } else if has_line(bytes, b"sops:") || has_line(bytes, b"\"sops\":") {
        Some(Format::Yaml)
    } else if memmem::find(bytes, b"\"sops\"").is_some() {
        Some(match hint {
            Format::Json | Format::Dotenv | Format::Ini => Format::Json,
            Format::Yaml => Format::Yaml,
            Format::Binary => binary_or_json(bytes),
        })
    } else {
        None
    }
}

/// A binary file has one value, and its name is `data`.
fn binary_or_json(bytes: &[u8]) -> Format {
    let start = bytes.iter().position(|byte| *byte == b'"').unwrap_or_default();
    let first = bytes.get(start..).unwrap_or_default();
    if first.starts_with(b"\"data\"") {
        Format::Binary
    } else {
        Format::Json
    }
}

/// Whether a line begins with this.
fn has_line(bytes: &[u8], start: &[u8]) -> bool {
    memmem::find_iter(bytes, start).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        before.is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
    })
}

#[cfg(test)]
mod tests {
    use super::{scan, sealed_format};
    use crate::format::Format;
    use std::fs;

    const MAC: &str = "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]";

    #[test]
    fn a_file_is_known_by_its_content() {
        for (text, hint, format) in [
            (
                format!("a: 1\nsops:\n    mac: {MAC}\n"),
                Format::Binary,
                Some(Format::Yaml),
            ),
            (
                format!("{{\"a\": 1, \"sops\": {{\"mac\": \"{MAC}\"}}}}"),
                Format::Json,
                Some(Format::Json),
            ),
            (
                format!("{{\n\t\"data\": \"{MAC}\",\n\t\"sops\": {{}}\n}}"),
                Format::Binary,
                Some(Format::Binary),
            ),
            (
                format!("A=1\nsops_mac={MAC}\n"),
                Format::Binary,
                Some(Format::Dotenv),
            ),
            (
                format!("[a]\nb = 1\n\n[sops]\nmac = {MAC}\n"),
                Format::Ini,
                Some(Format::Ini),
            ),
            ("sops: is a tool\n".to_owned(), Format::Yaml, None),
            (format!("text: {MAC} and \\nsops: no\n"), Format::Yaml, None),
        ] {
            assert_eq!(sealed_format(text.as_bytes(), hint), format, "{text}");
        }
    }

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
