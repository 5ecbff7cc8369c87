//! What the editor is started with.

use crate::host::{Environment, file};
use std::path::{Component, Path, PathBuf};

/// What the command line asks the editor to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The file or folder to open; `None` for the working directory.
    pub path: Option<PathBuf>,
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// The `.sops.yaml` named on the command line.
    pub config: Option<PathBuf>,
    /// The addresses of key services named on the command line.
    pub keyservices: Vec<String>,
    /// Whether this process uses keys itself, as written on the command line.
    pub local_keyservice: Option<String>,
    /// Whether to make the throw-away demo repository and show that.
    pub demo: bool,
}

/// What is shown first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The files of a folder.
    Folder(PathBuf),
    /// A file, beside the files of a folder.
    File(PathBuf, PathBuf),
}

impl Start {
    /// What is shown first: a folder as it was named; a file with all of its repository, and outside of one with its folder.
    #[must_use]
    pub fn subject(&self, environment: &Environment) -> Subject {
        let here = environment.directory();
        let path = match &self.path {
            Some(path) => plain(&here.join(path)),
            None => here.to_owned(),
        };
        if file::is_folder(&path) {
            return Subject::Folder(path);
        }
        let folder = path.parent().unwrap_or(&path);
        let mut above = folder.ancestors();
        // Whoever keeps the whole home in git does not mean to list it for one file.
        let is_home = |root: &&Path| environment.home().is_some_and(|home| file::same(home, root));
        let root = above
            .find(|folder| file::exists(&folder.join(".git")))
            .filter(|root| *root == folder || !is_home(root));
        let listed = root.unwrap_or(folder).to_owned();
        Subject::File(path, listed)
    }
}

/// A path without `..`, so that what is found below its folders is recognised. The file itself may be a link.
fn plain(path: &Path) -> PathBuf {
    let winding = path.components().any(|part| part == Component::ParentDir);
    let (Some(folder), Some(name)) = (path.parent().filter(|_| winding), path.file_name()) else {
        return path.to_owned();
    };
    file::canonical(folder).map_or_else(|| path.to_owned(), |folder| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::{Start, Subject};
    use crate::host::Environment;
    use std::fs::{create_dir_all, write};

    #[test]
    fn a_file_is_shown_with_its_repository_and_a_folder_alone() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        for folder in ["repo/.git", "repo/sub/deep", "home/.git", "home/notes", "loose"] {
            create_dir_all(root.join(folder)).unwrap();
        }
        for file in [
            "repo/sub/deep/a.yaml",
            "repo/b.yaml",
            "home/notes/c.yaml",
            "home/d.yaml",
            "loose/e.yaml",
        ] {
            write(root.join(file), "").unwrap();
        }
        let environment = Environment::new([("HOME", root.join("home"))], root.join("repo/sub"));
        let subject = |path: &str| {
            let start = Start {
                path: Some(path.into()),
                ..Start::default()
            };
            start.subject(&environment)
        };
        let file = |path: &str, listed: &str| Subject::File(root.join(path), root.join(listed));
        assert_eq!(subject("deep/a.yaml"), file("repo/sub/deep/a.yaml", "repo"));
        assert_eq!(subject("../b.yaml"), file("repo/b.yaml", "repo"));
        assert_eq!(subject("deep/new.yaml"), file("repo/sub/deep/new.yaml", "repo"));
        assert_eq!(subject("../../loose/e.yaml"), file("loose/e.yaml", "loose"));
        assert_eq!(
            subject("../../home/notes/c.yaml"),
            file("home/notes/c.yaml", "home/notes")
        );
        assert_eq!(subject("../../home/d.yaml"), file("home/d.yaml", "home"));
        assert_eq!(subject("deep"), Subject::Folder(root.join("repo/sub/deep")));
        assert_eq!(
            Start::default().subject(&environment),
            Subject::Folder(root.join("repo/sub"))
        );
    }
}
