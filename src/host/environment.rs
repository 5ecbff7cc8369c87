//! What the process was started with, read once; nothing later reads the environment.

use super::ask::{Ask, Attendant, Cancel};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Variables and working directory of the process, or of a test; and who attends it, nobody at first.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    directory: PathBuf,
    attendant: Attendant,
}

impl Environment {
    /// An environment of its own, for tests.
    pub fn new<K: Into<OsString>, V: Into<OsString>>(
        variables: impl IntoIterator<Item = (K, V)>,
        directory: impl Into<PathBuf>,
    ) -> Self {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            variables,
            directory: directory.into(),
            attendant: Attendant::default(),
        }
    }

    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            directory: std::env::current_dir().unwrap_or_default(),
            attendant: Attendant::default(),
        }
    }

    /// The same environment with one variable set to another value.
    #[must_use]
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// The same environment without one variable.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(OsStr::new(name));
        self
    }

    /// The same environment with another working directory.
    #[must_use]
    pub fn within(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// The same environment with somebody who answers the questions of key services.
    #[must_use]
    pub fn asking(mut self, ask: Arc<dyn Ask>) -> Self {
        self.attendant.ask = ask;
        self
    }

    /// The same environment with somebody who hears how far what works in it got.
    #[must_use]
    pub fn heard_by(mut self, hear: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.attendant.hear = Arc::new(hear);
        self
    }

    /// The same environment with another way to stop what works in it.
    #[must_use]
    pub fn stopped_by(mut self, cancel: Cancel) -> Self {
        self.attendant.cancel = cancel;
        self
    }

    /// The same environment for a run over many files: a passphrase that one of them needs is asked for once. What it opened is
    /// dropped, and wiped, with the last clone of this environment.
    #[must_use]
    pub fn opening_once(mut self) -> Self {
        self.attendant.bunch.get_or_insert_default();
        self
    }

    /// What `open` gives for the key of this name; within a run over many files, what it gave first.
    pub fn once<T: Clone + Send + 'static>(&self, name: &str, open: impl FnOnce() -> T) -> T {
        match &self.attendant.bunch {
            Some(bunch) => bunch.once(name, open),
            None => open(),
        }
    }

    /// Who answers questions.
    #[must_use]
    pub fn ask(&self) -> &dyn Ask {
        &*self.attendant.ask
    }

    /// Who answers questions, for a thread that may outlive this environment.
    #[must_use]
    pub fn ask_shared(&self) -> Arc<dyn Ask> {
        Arc::clone(&self.attendant.ask)
    }

    /// Tells how far it is, e.g. "1 of 2 groups": what is safe to print, in a few words. An empty text takes back what was told.
    pub fn tell(&self, progress: &str) {
        (self.attendant.hear)(progress);
    }

    /// What stops it.
    #[must_use]
    pub const fn cancel(&self) -> &Cancel {
        &self.attendant.cancel
    }

    /// A variable that is set and not empty, as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name)?.to_str().filter(|text| !text.is_empty())
    }

    /// A variable as it is.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// All variables, for child processes.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The working directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The folder of the user's settings: `LAZYSOPS_CONFIG_DIR`, or `lazysops` where settings of programs are kept.
    #[must_use]
    pub fn config_folder(&self) -> Option<PathBuf> {
        if let Some(folder) = self.raw("LAZYSOPS_CONFIG_DIR").filter(|it| !it.is_empty()) {
            return Some(self.directory.join(folder));
        }
        let base = self.raw("XDG_CONFIG_HOME").map(PathBuf::from);
        // The XDG specification says that a relative path is to be ignored.
        let base = base.filter(|base| base.is_absolute());
        Some(
            base.or_else(|| Some(self.home()?.join(".config")))?
                .join("lazysops"),
        )
    }

    /// The folder of what the program remembers: `LAZYSOPS_CONFIG_DIR`, or `lazysops` where the state of programs is kept.
    #[must_use]
    pub fn state_folder(&self) -> Option<PathBuf> {
        if let Some(folder) = self.raw("LAZYSOPS_CONFIG_DIR").filter(|it| !it.is_empty()) {
            return Some(self.directory.join(folder));
        }
        let base = self.raw("XDG_STATE_HOME").map(PathBuf::from);
        // The XDG specification says that a relative path is to be ignored.
        let base = base.filter(|base| base.is_absolute());
        Some(
            base.or_else(|| Some(self.home()?.join(".local/state")))?
                .join("lazysops"),
        )
    }

    /// The home directory, if `HOME` is set.
    #[must_use]
    pub fn home(&self) -> Option<&Path> {
        self.raw("HOME").filter(|home| !home.is_empty()).map(Path::new)
    }
}
