//! The drivers in git's configuration.

use super::{Deed, Scope, State, Step, no_git};
use crate::failure::{Failure, Kind};
use crate::host::Repository;

const NAME: &str = "SOPS files, by value";

/// Keys and values; a driver is of use only with all of them.
pub fn wanted(program: &str) -> [(&'static str, String); 3] {
    [
        ("diff.lazysops.textconv", format!("{program} textconv")),
        ("merge.lazysops.name", NAME.to_owned()),
        ("merge.lazysops.driver", format!("{program} merge %O %A %B %P")),
    ]
}

/// What one of them is to become.
pub fn plan(
    repository: &Repository,
    scope: Scope,
    key: &'static str,
    value: String,
) -> Result<Step, Failure> {
    let state = match read(repository, scope, key)? {
        None => State::ToDo,
        Some(found) if found == value || is_ours(&found, &value) => State::Done,
        Some(found) => State::Left(format!(
            "it is `{found}` already; `git config --unset {key}` makes room"
        )),
    };
    Ok(Step {
        about: key.to_owned(),
        what: format!("set it to `{value}`"),
        state,
        deed: Some(Deed::Set { key, value }),
    })
}

/// Whether it is to be taken away.
pub fn plan_undo(
    repository: &Repository,
    scope: Scope,
    key: &'static str,
    value: &str,
) -> Result<Step, Failure> {
    let state = match read(repository, scope, key)? {
        None => State::Done,
        Some(found) if found == value || is_ours(&found, value) => State::ToDo,
        Some(found) => State::Left(format!("it is `{found}`, which this command did not write")),
    };
    Ok(Step {
        about: key.to_owned(),
        what: "take it out".to_owned(),
        state,
        deed: Some(Deed::Unset { key }),
    })
}

/// Whether a value calls a lazysops, wherever it lies, with the words of `value`.
fn is_ours(found: &str, value: &str) -> bool {
    let Some((_, words)) = value.split_once("lazysops ") else {
        return false;
    };
    let program = found.strip_suffix(words).map(str::trim_end);
    program.is_some_and(|program| {
        let name = program.trim_matches('\'').rsplit('/').next();
        name == Some("lazysops")
    })
}

const fn flag(scope: Scope) -> &'static str {
    match scope {
        Scope::Local => "--local",
        Scope::Global => "--global",
    }
}

fn read(repository: &Repository, scope: Scope, key: &str) -> Result<Option<String>, Failure> {
    let words = ["config", flag(scope), "--get", key];
    let answer = repository.attempt(words, None).map_err(|error| no_git(&error))?;
    let text = String::from_utf8_lossy(&answer.output);
    Ok((answer.code == Some(0)).then(|| text.trim_end_matches('\n').to_owned()))
}

/// Sets a value.
pub fn set(repository: &Repository, scope: Scope, key: &str, value: &str) -> Result<(), Failure> {
    let words = ["config", flag(scope), key, value];
    repository
        .run(words, None)
        .map(|_| ())
        .map_err(|error| refused(key, &error))
}

/// Takes a value out, and its section with the last one.
pub fn unset(repository: &Repository, scope: Scope, key: &str) -> Result<(), Failure> {
    let section = key.rsplit_once('.').map_or(key, |(section, _)| section);
    let pattern = format!("^{}\\.", section.replace('.', "\\."));
    let words = ["config", flag(scope), "--name-only", "--get-regexp", &pattern];
    let answer = repository.attempt(words, None).map_err(|error| no_git(&error))?;
    let names = String::from_utf8_lossy(&answer.output);
    let alone = names.lines().eq([key]);
    let words = if alone {
        ["config", flag(scope), "--remove-section", section]
    } else {
        ["config", flag(scope), "--unset", key]
    };
    repository
        .run(words, None)
        .map(|_| ())
        .map_err(|error| refused(key, &error))
}

fn refused(key: &str, error: &crate::host::GitError) -> Failure {
    Failure::new(Kind::Write, format!("{key}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_driver_is_ours_wherever_the_program_lies() {
        let wanted = "lazysops merge %O %A %B %P";
        for (found, ours) in [
            ("lazysops merge %O %A %B %P", true),
            ("/usr/bin/lazysops merge %O %A %B %P", true),
            ("'/my bin/lazysops' merge %O %A %B %P", true),
            ("/usr/bin/other merge %O %A %B %P", false),
            ("lazysops merge %A", false),
        ] {
            assert_eq!(is_ours(found, wanted), ours, "{found}");
        }
    }
}
