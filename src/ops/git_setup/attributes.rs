//! Which files git gives to the drivers: lines of a file of attributes, between two marks.

use super::{Deed, State, Step};
use crate::failure::{Failure, Kind};
use crate::host::file;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The mark before our lines; what follows it says how the file was before.
const BEGIN: &str = "# lazysops git-setup: begin";
/// The mark behind them.
const END: &str = "# lazysops git-setup: end";
/// There was no file.
const NEW: &str = ", new file";
/// The line before had no end.
const JOINED: &str = ", line break added";
/// What a line says of a pattern.
const DRIVERS: &str = "diff=lazysops merge=lazysops";

/// Patterns for names that tell SOPS files.
pub fn general() -> Vec<String> {
    let names = [
        "*.sops.yaml",
        "*.sops.yml",
        "*.sops.json",
        "*.sops.env",
        "*.sops.ini",
    ];
    names.map(str::to_owned).to_vec()
}

/// Patterns for these files: by what their names have in common where that tells SOPS files, else each by its path. A file that
/// is none and matches all the same is shown and merged as ever.
pub fn patterns(root: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut patterns = BTreeSet::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let telling = [".sops.", ".enc.", ".sopssecret."].into_iter().find_map(|part| {
            let at = name.find(part)?;
            Some(format!("*{}", name.get(at..)?))
        });
        let path = file.strip_prefix(root).unwrap_or(file).display().to_string();
        patterns.insert(telling.unwrap_or_else(|| format!("/{path}")));
    }
    if patterns.is_empty() {
        return general();
    }
    patterns.into_iter().collect()
}

/// A pattern as it stands in a line: signs that mean something there are escaped.
fn written(pattern: &str) -> String {
    if pattern.contains([' ', '\t', '"']) {
        return format!("\"{}\"", pattern.replace('\\', "\\\\").replace('"', "\\\""));
    }
    pattern.to_owned()
}

/// What is to be added to a file.
pub fn plan(path: &Path, patterns: &[String], name: &str) -> Result<Step, Failure> {
    let found = read(path)?;
    let old = found.as_deref().unwrap_or_default();
    let (rest, _) = without_ours(old);
    let text = String::from_utf8_lossy(&rest);
    let mut foreign = Vec::new();
    let mut missing = Vec::new();
    for pattern in patterns {
        let pattern = written(pattern);
        let said = text
            .lines()
            .rev()
            .find_map(|line| line.trim().strip_prefix(pattern.as_str()));
        let said = said.filter(|rest| rest.starts_with([' ', '\t']));
        match said {
            Some(rest) if rest.contains("diff=lazysops") && rest.contains("merge=lazysops") => {}
            Some(rest) if ["diff", "merge", "binary"].iter().any(|word| rest.contains(word)) => {
                foreign.push(pattern);
            }
            _ => missing.push(pattern),
        }
    }
    let new = if missing.is_empty() {
        rest.clone()
    } else {
        with_ours(&rest, found.is_none() || was_new(old), &missing)
    };
    let about = name.to_owned();
    if !foreign.is_empty() {
        let why = format!(
            "it says something else of {}; give these `{DRIVERS}` yourself",
            foreign.join(", ")
        );
        return Ok(Step {
            about,
            what: "nothing".to_owned(),
            state: State::Left(why),
            deed: None,
        });
    }
    let lines: Vec<String> = missing
        .iter()
        .map(|pattern| format!("{pattern} {DRIVERS}"))
        .collect();
    Ok(Step {
        about,
        what: format!("add `{}`", lines.join("`, `")),
        state: if new == old { State::Done } else { State::ToDo },
        deed: Some(Deed::Write {
            path: path.to_owned(),
            content: new,
        }),
    })
}

/// What is to be taken out of it.
pub fn plan_undo(path: &Path, name: &str) -> Result<Step, Failure> {
    let old = read(path)?.unwrap_or_default();
    let (rest, found) = without_ours(&old);
    let remove = rest.is_empty() && was_new(&old);
    let path = path.to_owned();
    Ok(Step {
        about: name.to_owned(),
        what: if remove { "remove it" } else { "take our lines out" }.to_owned(),
        state: if found { State::ToDo } else { State::Done },
        deed: Some(if remove {
            Deed::Remove { path }
        } else {
            Deed::Write { path, content: rest }
        }),
    })
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match file::read(path) {
        Ok((bytes, _)) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(
            Kind::Read,
            format!("{}: cannot be read: {error}", path.display()),
        )),
    }
}

fn with_ours(rest: &[u8], new: bool, patterns: &[String]) -> Vec<u8> {
    let joined = rest.last().is_some_and(|byte| *byte != b'\n');
    let mut text = rest.to_vec();
    if joined {
        text.push(b'\n');
    }
    let how = match (new, joined) {
        (true, _) => NEW,
        (false, true) => JOINED,
        (false, false) => "",
    };
    text.extend_from_slice(format!("{BEGIN}{how}\n").as_bytes());
    for pattern in patterns {
        text.extend_from_slice(format!("{pattern} {DRIVERS}\n").as_bytes());
    }
    text.extend_from_slice(format!("{END}\n").as_bytes());
    text
}

fn was_new(text: &[u8]) -> bool {
    memchr::memmem::find(text, format!("{BEGIN}{NEW}\n").as_bytes()).is_some()
}

/// The text without our lines and marks, as it was before them; and whether there were any.
fn without_ours(text: &[u8]) -> (Vec<u8>, bool) {
    let marks = memchr::memmem::find(text, BEGIN.as_bytes()).and_then(|begin| {
        let end = format!("{END}\n");
        let rest = text.get(begin..)?;
        let length = memchr::memmem::find(rest, end.as_bytes())? + end.len();
        Some((begin, begin + length))
    });
    let Some((begin, end)) = marks.filter(|(begin, _)| {
        let before = begin.checked_sub(1).and_then(|at| text.get(at));
        before.is_none_or(|byte| *byte == b'\n')
    }) else {
        return (text.to_vec(), false);
    };
    let mut before = text.get(..begin).unwrap_or_default().to_vec();
    let ours = text.get(begin..end).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    if after.is_empty() && ours.starts_with(format!("{BEGIN}{JOINED}\n").as_bytes()) {
        before.pop();
    }
    before.extend_from_slice(after);
    (before, true)
}

#[cfg(test)]
mod tests {
    use super::{patterns, with_ours, without_ours};
    use std::path::{Path, PathBuf};

    #[test]
    fn what_was_added_is_taken_out_to_the_byte() {
        for text in ["", "*.png binary\n", "*.png binary", "\n\n"] {
            let ours = with_ours(text.as_bytes(), false, &["*.sops.yaml".to_owned()]);
            assert!(ours.ends_with(b"end\n"));
            assert_eq!(without_ours(&ours), (text.as_bytes().to_vec(), true), "{text:?}");
            assert_eq!(without_ours(text.as_bytes()), (text.as_bytes().to_vec(), false));
            // Lines that came behind stay.
            let more = [ours.as_slice(), b"*.jpg binary\n"].concat();
            let (rest, _) = without_ours(&more);
            assert!(
                rest.ends_with(b"\n*.jpg binary\n") || rest == b"*.jpg binary\n",
                "{text:?}"
            );
        }
    }

    #[test]
    fn names_that_tell_become_patterns_and_others_stay_paths() {
        let files = [
            "/r/a/x.sops.yaml",
            "/r/y.sops.yaml",
            "/r/k/db.enc.env",
            "/r/secret.yaml",
        ];
        let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        assert_eq!(
            patterns(Path::new("/r"), &files),
            ["*.enc.env", "*.sops.yaml", "/secret.yaml"]
        );
        assert_eq!(patterns(Path::new("/r"), &[])[0], "*.sops.yaml");
    }
}
