//! Setting git up for SOPS files: a diff by value, a merge by value, and a check before each commit. Everything is planned first;
//! what somebody else set stays as it is and is told.
//!
//! What was written can be taken back to the byte: lines of ours stand between marks, and a value is removed only while it is ours.

mod attributes;
mod config;
mod hook;

use super::survey::survey;
use crate::failure::{Failure, Kind};
use crate::host::{Environment, GitError, Repository, file};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// For which repositories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The one around the working directory.
    Local,
    /// All of this user; without the check before a commit, which git has per repository.
    Global,
}

/// How one step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be done.
    ToDo,
    /// There is nothing to do.
    Done,
    /// It is left to the user, and what to do about it.
    Left(String),
}

/// What a step does.
#[derive(Clone, Debug)]
enum Deed {
    /// Sets a value of git's configuration.
    Set { key: &'static str, value: String },
    /// Takes it away again.
    Unset { key: &'static str },
    /// Gives a file this content.
    Write { path: PathBuf, content: Vec<u8> },
    /// Makes a program.
    Hook { path: PathBuf, content: Vec<u8> },
    /// Removes a file.
    Remove { path: PathBuf },
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is about: a key of the configuration, or a file.
    pub about: String,
    /// What it does, for people.
    pub what: String,
    /// How it stands.
    pub state: State,
    deed: Option<Deed>,
}

/// All steps.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In the order in which they are done.
    pub steps: Vec<Step>,
    scope: Scope,
    repository: Repository,
}

impl Plan {
    /// Whether anything is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.state != State::ToDo)
    }

    /// Whether something is left to the user.
    #[must_use]
    pub fn leaves(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.state, State::Left(_)))
    }

    /// Does what is to be done.
    ///
    /// # Errors
    /// When git refuses or a file cannot be written; what was done before stays done.
    pub fn apply(&self) -> Result<(), Failure> {
        for step in self.steps.iter().filter(|step| step.state == State::ToDo) {
            let Some(deed) = &step.deed else { continue };
            let cannot = |error: String| Failure::new(Kind::Write, format!("{}: {error}", step.about));
            match deed {
                Deed::Set { key, value } => config::set(&self.repository, self.scope, key, value)?,
                Deed::Unset { key } => config::unset(&self.repository, self.scope, key)?,
                Deed::Write { path, content } => {
                    folder_of(path)?;
                    file::write(path, content, None, file::Place::ReplaceOrOverwrite)
                        .map_err(|error| cannot(error.to_string()))?;
                }
                Deed::Hook { path, content } => {
                    folder_of(path)?;
                    file::create_program(path, content).map_err(|error| cannot(error.to_string()))?;
                }
                Deed::Remove { path } => file::remove(path).map_err(|error| cannot(error.to_string()))?,
            }
        }
        Ok(())
    }
}

fn folder_of(path: &Path) -> Result<(), Failure> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    file::make_folders(folder)
        .map_err(|error| Failure::new(Kind::Write, format!("{}: {error}", folder.display())))
}

/// Plans to set git up. `program` is how git is to call this program.
///
/// # Errors
/// When there is no repository to set up, or git cannot be asked.
pub fn plan(scope: Scope, program: &str, environment: &Environment) -> Result<Plan, Failure> {
    let repository = repository(scope, environment)?;
    let mut steps = Vec::new();
    for (key, value) in config::wanted(program) {
        steps.push(config::plan(&repository, scope, key, value)?);
    }
    let file = attributes_file(&repository, scope, environment)?;
    let patterns = match scope {
        Scope::Global => attributes::general(),
        Scope::Local => {
            let root = [repository.root().to_owned()];
            let found = survey(&root, environment, |file| file.path)?;
            attributes::patterns(repository.root(), &found.files)
        }
    };
    steps.push(attributes::plan(&file, &patterns, &name(&file, &repository))?);
    if scope == Scope::Local {
        steps.push(hook::plan(&repository, program)?);
    }
    Ok(Plan {
        steps,
        scope,
        repository,
    })
}

/// Plans to take back what [`plan`] wrote.
///
/// # Errors
/// When there is no repository, or git cannot be asked.
pub fn plan_undo(scope: Scope, environment: &Environment) -> Result<Plan, Failure> {
    let repository = repository(scope, environment)?;
    let mut steps = Vec::new();
    for (key, value) in config::wanted("lazysops") {
        steps.push(config::plan_undo(&repository, scope, key, &value)?);
    }
    let file = attributes_file(&repository, scope, environment)?;
    steps.push(attributes::plan_undo(&file, &name(&file, &repository))?);
    if scope == Scope::Local {
        steps.push(hook::plan_undo(&repository)?);
    }
    Ok(Plan {
        steps,
        scope,
        repository,
    })
}

fn repository(scope: Scope, environment: &Environment) -> Result<Repository, Failure> {
    match scope {
        Scope::Local => Repository::around(environment.directory(), environment)
            .map_err(|error| no_git(&error).hint("--global sets git up for all repositories of this user")),
        Scope::Global => Ok(Repository::at(environment.directory(), environment)),
    }
}

fn no_git(error: &GitError) -> Failure {
    Failure::new(Kind::Usage, error.to_string())
}

/// The file of attributes: that of the repository, which is committed, or that of the user.
fn attributes_file(
    repository: &Repository,
    scope: Scope,
    environment: &Environment,
) -> Result<PathBuf, Failure> {
    if scope == Scope::Local {
        return Ok(repository.root().join(".gitattributes"));
    }
    let words = [
        "config",
        "--global",
        "--type=path",
        "--get",
        "core.attributesFile",
    ];
    let answer = repository.attempt(words, None).map_err(|error| no_git(&error))?;
    if answer.code == Some(0) {
        return Ok(PathBuf::from(OsStr::from_bytes(answer.output.trim_ascii_end())));
    }
    let settings = environment
        .raw("XDG_CONFIG_HOME")
        .filter(|folder| !folder.is_empty());
    let settings = settings.map(PathBuf::from);
    let home = || environment.home().map(|home| home.join(".config"));
    let folder = settings.or_else(home).ok_or_else(|| {
        let text = "there is no home folder, so there are no settings of this user";
        Failure::new(Kind::Usage, text)
    })?;
    Ok(folder.join("git/attributes"))
}

/// What a file is called: from the root of the repository where it lies below.
fn name(path: &Path, repository: &Repository) -> String {
    path.strip_prefix(repository.root())
        .unwrap_or(path)
        .display()
        .to_string()
}

/// How git is to call this program: by its name where the search path has it, else by its path.
#[must_use]
pub fn program(environment: &Environment, this: &Path) -> String {
    let search = environment.text("PATH").unwrap_or_default();
    let mut folders = search.split(':').filter(|folder| !folder.is_empty());
    if folders.any(|folder| file::exists(&Path::new(folder).join("lazysops"))) {
        return "lazysops".to_owned();
    }
    let path = this.display().to_string();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte);
    if path.bytes().all(plain) {
        return path;
    }
    format!("'{}'", path.replace('\'', "'\\''"))
}
