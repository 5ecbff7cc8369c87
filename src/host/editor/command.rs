//! Which editor, with which words: the rules of sops (spec §12.3).

use super::flags::flags;
use super::{EditorError, Environment};
use crate::host::words;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is tried when no variable names an editor.
const USUAL: [&str; 3] = ["vim", "nano", "vi"];

/// Variables that hold keys; an editor has no use for them (security P16).
const SECRET: [&str; 2] = ["SOPS_AGE_KEY", "AGE_PASSPHRASE"];

/// The editor on a file: `SOPS_EDITOR`, else `EDITOR`, split like a shell line without a shell; else what is usual.
pub fn command(file: &Path, folder: &Path, environment: &Environment) -> Result<Command, EditorError> {
    let mut words = words_of(environment)?.into_iter();
    let program = words.next().ok_or(EditorError::None)?;
    let found = found(OsStr::new(&program), environment);
    let real = found.as_ref().and_then(|path| path.canonicalize().ok());
    let mut command = Command::new(found.as_deref().unwrap_or(Path::new(&program)));
    if let Some(real) = real {
        command.args(flags(OsStr::new(&program), &real, folder));
    }
    command
        .args(words)
        .arg(file)
        .env_clear()
        .envs(environment.variables().filter(|(name, _)| !is_secret(name)))
        .current_dir(environment.directory());
    Ok(command)
}

fn is_secret(name: &OsStr) -> bool {
    SECRET.iter().any(|secret| name == *secret)
}

fn words_of(environment: &Environment) -> Result<Vec<String>, EditorError> {
    for variable in ["SOPS_EDITOR", "EDITOR"] {
        let Some(line) = environment.raw(variable).filter(|line| !line.is_empty()) else {
            continue;
        };
        let words = line.to_str().and_then(words::split).unwrap_or_default();
        if words.is_empty() {
            return Err(EditorError::Meaningless(variable));
        }
        return Ok(words);
    }
    USUAL
        .into_iter()
        .find(|name| found(OsStr::new(name), environment).is_some())
        .map(|name| vec![name.to_owned()])
        .ok_or(EditorError::None)
}

/// Where a program is: a path as it is, a name on the `PATH`.
fn found(program: &OsStr, environment: &Environment) -> Option<PathBuf> {
    if program.as_encoded_bytes().contains(&b'/') {
        return Some(environment.directory().join(program));
    }
    let path: OsString = environment.raw("PATH")?.to_owned();
    std::env::split_paths(&path)
        .map(|folder| environment.directory().join(folder).join(program))
        .find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::{EditorError, command};
    use crate::host::Environment;
    use std::path::Path;

    fn said(variables: &[(&str, &str)]) -> Result<String, EditorError> {
        let environment = Environment::new(variables.iter().copied(), "/");
        let command = command(Path::new("/run/x/a.yaml"), Path::new("/run/x"), &environment)?;
        Ok(format!("{command:?}"))
    }

    #[test]
    fn the_variable_of_sops_goes_before_that_of_everybody() {
        let both = said(&[("EDITOR", "no"), ("SOPS_EDITOR", "/bin/ed 'a b' --x")]).unwrap();
        assert!(
            both.contains(r#""/bin/ed" "a b" "--x" "/run/x/a.yaml""#),
            "{both}"
        );
        let empty = said(&[("EDITOR", "/bin/ed"), ("SOPS_EDITOR", "")]).unwrap();
        assert!(empty.contains(r#""/bin/ed" "/run/x/a.yaml""#), "{empty}");
    }

    #[test]
    fn a_line_without_a_meaning_or_nothing_at_all_is_said() {
        assert!(matches!(
            said(&[("EDITOR", "'x")]),
            Err(EditorError::Meaningless("EDITOR"))
        ));
        assert!(matches!(
            said(&[("EDITOR", " ")]),
            Err(EditorError::Meaningless(_))
        ));
        assert!(matches!(said(&[("PATH", "/no/such")]), Err(EditorError::None)));
    }

    #[test]
    fn the_editor_does_not_get_the_key() {
        let shown = said(&[("EDITOR", "/bin/ed"), ("SOPS_AGE_KEY", "AGE-SECRET-KEY-1")]).unwrap();
        assert!(!shown.contains("AGE-SECRET"));
    }
}
