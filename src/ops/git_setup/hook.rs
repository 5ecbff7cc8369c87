//! The check before each commit. A hook of somebody else is never touched: the line to add to it is told.

use super::{Deed, State, Step, name, no_git};
use crate::failure::Failure;
use crate::host::{Repository, file};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// The second line of our hook.
const MARK: &str = "# lazysops git-setup: no readable secrets in a commit";

fn content(program: &str) -> String {
    format!("#!/bin/sh\n{MARK}\nexec {program} check --staged\n")
}

fn is_ours(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().collect();
    matches!(lines.as_slice(), ["#!/bin/sh", MARK, last] if last.ends_with("check --staged"))
}

/// Where git looks for it.
fn place(repository: &Repository) -> Result<PathBuf, Failure> {
    let answer = repository
        .run(["rev-parse", "--git-path", "hooks/pre-commit"], None)
        .map_err(|error| no_git(&error))?;
    Ok(repository.root().join(OsStr::from_bytes(answer.trim_ascii_end())))
}

/// Who else looks after the hooks of the repository.
fn keeper(repository: &Repository) -> Result<Option<String>, Failure> {
    let answer = repository
        .attempt(["config", "--get", "core.hooksPath"], None)
        .map_err(|error| no_git(&error))?;
    if answer.code == Some(0) {
        let folder = String::from_utf8_lossy(&answer.output);
        return Ok(Some(format!("core.hooksPath is {}", folder.trim_end())));
    }
    let framework = repository.root().join(".pre-commit-config.yaml");
    Ok(file::exists(&framework).then(|| "there is a .pre-commit-config.yaml".to_owned()))
}

/// The hook that is to be made.
pub fn plan(repository: &Repository, program: &str) -> Result<Step, Failure> {
    let path = place(repository)?;
    let command = format!("{program} check --staged");
    let found = file::read(&path).ok().map(|(bytes, _)| bytes);
    let state = match (found, keeper(repository)?) {
        (Some(text), _) if is_ours(&text) => State::Done,
        (_, Some(keeper)) => State::Left(format!(
            "{keeper}: add `{command}` to the checks before a commit there"
        )),
        (Some(_), None) => State::Left(format!(
            "there is a hook already: add the line `{command} || exit 1` to it"
        )),
        (None, None) if file::occupied(&path) => State::Left("it is a link that leads nowhere".to_owned()),
        (None, None) => State::ToDo,
    };
    Ok(Step {
        about: shown(&path, repository),
        what: format!("run `{command}` before each commit"),
        state,
        deed: Some(Deed::Hook {
            path,
            content: content(program).into_bytes(),
        }),
    })
}

/// Whether it is to be removed.
pub fn plan_undo(repository: &Repository) -> Result<Step, Failure> {
    let path = place(repository)?;
    let state = match file::read(&path) {
        Ok((text, _)) if is_ours(&text) => State::ToDo,
        Ok(_) => State::Left("it is not the one this command wrote".to_owned()),
        Err(_) => State::Done,
    };
    Ok(Step {
        about: shown(&path, repository),
        what: "remove it".to_owned(),
        state,
        deed: Some(Deed::Remove { path }),
    })
}

fn shown(path: &Path, repository: &Repository) -> String {
    name(path, repository)
}
