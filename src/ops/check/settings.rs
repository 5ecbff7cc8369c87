//! `[check]` of a `.lazysops.toml`: `ignore`, patterns as in a `.gitignore`.

use crate::host::{Environment, file};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::Path;

/// What is not checked.
pub struct Settings {
    ignored: Gitignore,
}

impl Settings {
    /// Reads them from the root of the repository, or the working directory outside of one.
    pub fn read(root: Option<&Path>, environment: &Environment) -> Self {
        let root = root.unwrap_or(environment.directory());
        let mut builder = GitignoreBuilder::new(root);
        for pattern in patterns(&root.join(".lazysops.toml")).unwrap_or_default() {
            // A pattern that has no meaning ignores nothing.
            let _ = builder.add_line(None, &pattern);
        }
        Self {
            ignored: builder.build().unwrap_or_else(|_| Gitignore::empty()),
        }
    }

    /// Whether a file is left out.
    pub fn ignores(&self, path: &Path) -> bool {
        path.starts_with(self.ignored.path())
            && self.ignored.matched_path_or_any_parents(path, false).is_ignore()
    }
}

fn patterns(path: &Path) -> Option<Vec<String>> {
    let (bytes, _) = file::read(path).ok()?;
    let table: toml::Table = std::str::from_utf8(&bytes).ok()?.parse().ok()?;
    let list = table.get("check")?.get("ignore")?.as_array()?;
    Some(
        list.iter()
            .filter_map(|pattern| Some(pattern.as_str()?.to_owned()))
            .collect(),
    )
}
