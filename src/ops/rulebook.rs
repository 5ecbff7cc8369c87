//! The rules of many files at once: for each the `.sops.yaml` nearest to it, read once. Own mode is strict about whom it
//! believes (security P8).

use super::caution::Caution;
use super::config::{self, Located};
use crate::failure::Failure;
use crate::host::Environment;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Whose rules are taken.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The `.sops.yaml` named by a flag.
    pub explicit: Option<PathBuf>,
    /// Whether rules are taken although somebody else may have written them.
    pub trust: bool,
}

/// What was found for a folder.
type Found = Result<Option<Arc<Located>>, Failure>;

/// Finds rules and remembers them.
#[derive(Debug)]
pub struct Rulebook<'e> {
    source: Source,
    environment: &'e Environment,
    folders: Mutex<HashMap<PathBuf, Found>>,
}

impl<'e> Rulebook<'e> {
    /// A rulebook that has not read anything yet.
    #[must_use]
    pub fn new(source: Source, environment: &'e Environment) -> Self {
        Self {
            source,
            environment,
            folders: Mutex::default(),
        }
    }

    /// The rules for a file, given by its absolute path: those named by the flag or `SOPS_CONFIG`, else those of the nearest
    /// `.sops.yaml` from the folder of the file upwards. `None` where there are none.
    ///
    /// # Errors
    /// When they cannot be read, or must not be believed.
    pub fn of(&self, file: &Path) -> Found {
        let folder = file.parent().unwrap_or(Path::new("/"));
        let known = |book: &Self| {
            let folders = book.folders.lock().unwrap_or_else(PoisonError::into_inner);
            folders.get(folder).cloned()
        };
        if let Some(found) = known(self) {
            return found;
        }
        let found = self.find(folder, file);
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.insert(folder.to_owned(), found.clone());
        found
    }

    /// All rules that were found so far, by path.
    #[must_use]
    pub fn read(&self) -> Vec<Arc<Located>> {
        let folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let found = folders.values().filter_map(|found| found.as_ref().ok()?.clone());
        let mut all: Vec<Arc<Located>> = found.collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        all.dedup_by(|a, b| a.path == b.path);
        all
    }

    fn find(&self, folder: &Path, file: &Path) -> Found {
        let explicit = self.source.explicit.as_deref();
        let named = explicit.map(Path::to_owned).or_else(|| {
            let variable = self.environment.raw("SOPS_CONFIG");
            variable.filter(|name| !name.is_empty()).map(PathBuf::from)
        });
        // What is named is named from where one stands.
        let named = named.map(|path| config::absolute(self.environment, &path));
        let within = self.environment.clone().within(folder);
        let mut caution = Caution::default();
        let Some(located) = config::find(named.as_deref(), Some(file), &within, &mut caution)? else {
            return Ok(None);
        };
        if named.is_none()
            && !self.source.trust
            && let Some(reason) = config::distrust(&located.path, Some(file), &within)
        {
            return Err(config::not_believed(&located.path, reason));
        }
        Ok(Some(Arc::new(located)))
    }
}
