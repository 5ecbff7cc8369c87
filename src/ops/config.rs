//! Finding the `.sops.yaml` that is in force, and whether to trust it (spec §10.1, §10.2; security P8).

use super::caution::Caution;
use crate::failure::{Failure, Kind};
use crate::host::Environment;
use crate::host::file::{self, Ownership};
use crate::policy::{self, Config, CreationRule, PolicyError};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// How many folders upwards are searched.
const MOST_LEVELS: usize = 100;

/// Why rules that lie above the repository are not believed.
const OUTSIDE: &str = "it is outside of this repository";

/// A `.sops.yaml` and where it is.
#[derive(Clone, Debug)]
pub struct Located {
    /// The file.
    pub path: PathBuf,
    /// What it says.
    pub config: Config,
}

impl Located {
    /// The rule for a file that is given by its absolute path; `None` when there are no rules at all.
    ///
    /// # Errors
    /// When no rule matches, or the pattern of a rule that was reached does not compile.
    pub fn rule_for(&self, file: &Path) -> Result<Option<&CreationRule>, PolicyError> {
        self.config.rule_for(self.relative(file))
    }

    /// The path of a file as rules see it: from the folder of the `.sops.yaml`, or absolute outside of that.
    #[must_use]
    pub fn relative<'f>(&self, file: &'f Path) -> &'f [u8] {
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        file.strip_prefix(folder)
            .unwrap_or(file)
            .as_os_str()
            .as_encoded_bytes()
    }

    /// A failure that names the file.
    pub fn failure(&self, error: &PolicyError) -> Failure {
        Failure::new(
            Kind::Generic,
            format!("error loading config {}: {error}", self.path.display()),
        )
    }
}

/// Finds the `.sops.yaml`: the one named by `explicit` or `SOPS_CONFIG`, else the nearest from the working directory upwards.
/// `subject` is the file it is wanted for; its owner may have written the rules, too.
///
/// # Errors
/// When the named one cannot be read, or the one in force is broken.
pub fn find(
    explicit: Option<&Path>,
    subject: Option<&Path>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Option<Located>, Failure> {
    let named = explicit.or_else(|| environment.raw("SOPS_CONFIG").map(Path::new));
    if let Some(path) = named.filter(|path| !path.as_os_str().is_empty()) {
        let path = absolute(environment, path);
        return read(path, caution).map(Some);
    }
    let mut wrong_name = None;
    for folder in environment.directory().ancestors().take(MOST_LEVELS) {
        let path = folder.join(".sops.yaml");
        if file::exists(&path) {
            trust(&path, subject, environment, caution)?;
            return read(path, caution).map(Some);
        }
        let other = folder.join(".sops.yml");
        if wrong_name.is_none() && file::exists(&other) {
            wrong_name = Some(other);
        }
    }
    if let Some(path) = wrong_name {
        caution.warn(format!(
            "{} is ignored: the name must be .sops.yaml",
            path.display()
        ))?;
    }
    Ok(None)
}

/// As [`find`] for the rules of one file, without any that are not to be believed unless they were named: what the editor uses, which
/// nobody watches for warnings.
///
/// # Errors
/// When somebody else may have written the one in force, or it is broken or cannot be read.
pub fn find_believed(
    subject: &Path,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<Option<Located>, Failure> {
    let named = environment
        .raw("SOPS_CONFIG")
        .is_some_and(|path| !path.is_empty());
    let found = find(None, Some(subject), environment, caution)?;
    let doubt = found
        .as_ref()
        .filter(|_| !named)
        .and_then(|located| Some((located, distrust(&located.path, Some(subject), environment)?)));
    match doubt {
        Some((located, reason)) => Err(not_believed(&located.path, reason)),
        None => Ok(found),
    }
}

/// The failure of rules that somebody else may have written.
pub fn not_believed(path: &Path, reason: &str) -> Failure {
    Failure::new(Kind::Usage, format!("{} is not used: {reason}", path.display())).hint(
        "commands use it all the same with --trust-config, the editor with `lazysops open --config FILE`",
    )
}

fn read(path: PathBuf, caution: &mut Caution) -> Result<Located, Failure> {
    let (bytes, _) = file::read(&path).map_err(|error| {
        let text = format!("could not read config file {}: {error}", path.display());
        Failure::new(Kind::Generic, text)
    })?;
    let config = policy::parse(&bytes).map_err(|error| {
        let text = format!("error loading config {}: {error}", path.display());
        Failure::new(Kind::Generic, text)
    })?;
    for notice in &config.notices {
        caution.warn(format!(
            "{}, line {}: {}",
            path.display(),
            notice.line,
            notice.text
        ))?;
    }
    Ok(Located { path, config })
}

/// Whether rules are not believed because they are not of the repository that the file is in.
pub fn is_outside(failure: &Failure) -> bool {
    failure.message.ends_with(OUTSIDE)
}

/// Warns of a file that somebody else may have put there.
fn trust(
    path: &Path,
    subject: Option<&Path>,
    environment: &Environment,
    caution: &mut Caution,
) -> Result<(), Failure> {
    match distrust(path, subject, environment) {
        Some(reason) => caution.warn(format!("{} is used although {reason}", path.display())),
        None => Ok(()),
    }
}

/// Why somebody else may have written the rules for `subject` (security P8); `None` where they are to be believed.
#[must_use]
pub fn distrust(path: &Path, subject: Option<&Path>, environment: &Environment) -> Option<&'static str> {
    match file::ownership(path, subject).ok()? {
        Ownership::Anybody => Some("anybody can change it"),
        Ownership::Stranger => Some("it belongs to another user"),
        Ownership::Trusted => is_above_repository(path, environment.directory()).then_some(OUTSIDE),
    }
}

/// Whether the file lies above the innermost repository that the working directory is in.
fn is_above_repository(path: &Path, directory: &Path) -> bool {
    let repository = directory
        .ancestors()
        .find(|folder| file::exists(&folder.join(".git")));
    match (repository, path.parent()) {
        (Some(repository), Some(folder)) => folder != repository && repository.starts_with(folder),
        _ => false,
    }
}

/// The absolute path, with `.` and `..` taken out by their names alone; symbolic links stay.
#[must_use]
pub fn absolute(environment: &Environment, path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in environment.directory().join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

/// Reads a file that a command was given.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn read_input(path: &Path) -> Result<(Vec<u8>, file::Identity), Failure> {
    file::read_given(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::new(
            Kind::NoFile,
            format!("cannot operate on non-existent file {}", path.display()),
        ),
        _ => Failure::new(Kind::Read, format!("cannot read {}: {error}", path.display())),
    })
}
