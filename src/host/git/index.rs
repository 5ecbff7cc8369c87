//! What the next commit will have: reading and writing entries of the index.

use super::{GitError, Repository};

/// What stands at a path of the index, or of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// What kind of file it is, as git writes it: `100644`, `100755`.
    pub mode: String,
    /// The id of its content.
    pub object: String,
}

impl Entry {
    /// The mode of a file that may, or may not, be run.
    #[must_use]
    pub const fn mode_of(executable: bool) -> &'static str {
        if executable { "100755" } else { "100644" }
    }

    /// Whether it is a file, and no link and no other repository.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.mode.starts_with("100")
    }
}

impl Repository {
    /// What the index has at a path; `None` where there is nothing, or a conflict.
    ///
    /// # Errors
    /// When git cannot be run or fails.
    pub fn staged(&self, path: &str) -> Result<Option<Entry>, GitError> {
        let arguments = ["--literal-pathspecs", "ls-files", "-s", "-z", "--", path];
        let output = self.run(arguments, None)?;
        let text = String::from_utf8_lossy(&output);
        let mut entries = text.split('\0').filter_map(|line| {
            let (head, name) = line.split_once('\t')?;
            let mut words = head.split(' ');
            let (mode, object, stage) = (words.next()?, words.next()?, words.next()?);
            (name == path && stage == "0").then(|| Entry {
                mode: mode.to_owned(),
                object: object.to_owned(),
            })
        });
        Ok(entries.next_back())
    }

    /// Keeps a content in the repository and gives its id. With a path, it is kept as `git add` of this path would keep it: the
    /// line breaks and filters that `.gitattributes` sets are applied.
    ///
    /// # Errors
    /// When git cannot be run or fails.
    pub fn store(&self, content: &[u8], path: Option<&str>) -> Result<String, GitError> {
        let filter = path.map_or_else(|| "--no-filters".to_owned(), |path| format!("--path={path}"));
        let output = self.run(["hash-object", "-w", "--stdin", &filter], Some(content))?;
        Ok(String::from_utf8_lossy(&output).trim().to_owned())
    }

    /// Puts entries into the index, all or none; `None` takes the path out of it.
    ///
    /// # Errors
    /// When git cannot be run or fails, as when another git is writing.
    pub fn put_in_index(&self, entries: &[(&str, Option<&Entry>)]) -> Result<(), GitError> {
        let mut input = Vec::new();
        let nothing = if entries.iter().any(|(_, entry)| entry.is_none()) {
            "0".repeat(self.digits())
        } else {
            String::new()
        };
        for (path, entry) in entries {
            let line = match entry {
                Some(entry) => format!("{} {}\t{path}\0", entry.mode, entry.object),
                None => format!("0 {nothing}\t{path}\0"),
            };
            input.extend_from_slice(line.as_bytes());
        }
        self.run(["update-index", "-z", "--index-info"], Some(&input))?;
        Ok(())
    }

    /// How many digits the ids of this repository have.
    fn digits(&self) -> usize {
        // A git that does not know the question knows one length only.
        let format = self.run(["rev-parse", "--show-object-format"], None);
        if format.is_ok_and(|format| format.trim_ascii() == b"sha256") {
            64
        } else {
            40
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Entry;
    use crate::host::{Environment, GitError, Repository, git};
    use std::fs;

    #[test]
    fn an_entry_is_put_read_and_taken_out_and_a_lock_of_another_git_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let environment =
            Environment::new([("PATH", path.as_str()), ("HOME", "/nonexistent")], folder.path());
        let first = git::Past {
            branch: "main",
            after: None,
            author: "ops",
            when: 0,
            subject: "first",
            renamed: Vec::new(),
            files: vec![("a", b"one".to_vec())],
        };
        assert!(git::replay(folder.path(), &[first], &environment));
        let repository = Repository::at(folder.path(), &environment);
        let name = "grün [x]*.yaml";
        assert_eq!(repository.staged(name).unwrap(), None);
        let entry = Entry {
            mode: Entry::mode_of(true).to_owned(),
            object: repository.store(b"two\r\n", None).unwrap(),
        };
        repository
            .put_in_index(&[(name, Some(&entry)), ("a", None)])
            .unwrap();
        assert_eq!(repository.staged(name).unwrap(), Some(entry.clone()));
        assert_eq!(repository.staged("a").unwrap(), None);
        assert_eq!(repository.blob("", name).unwrap(), Some(b"two\r\n".to_vec()));
        fs::write(folder.path().join(".git/index.lock"), "").unwrap();
        let Err(GitError::Refused(reason)) = repository.put_in_index(&[(name, None)]) else {
            panic!("it wrote");
        };
        assert!(reason.contains("index.lock"), "{reason}");
        assert_eq!(repository.staged(name).unwrap(), Some(entry));
    }
}
