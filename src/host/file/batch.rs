//! Replacing many files with the same promises as one: each is old or new, whatever happens, and on the disk when it is
//! reported. What is saved by doing it together is waiting: files of a folder are synced at the same time, and their folder once.

use super::folder::Folder;
use super::identity::Identity;
use super::temporary::Temporary;
use super::write::{WriteError, check_unchanged, fill, mode_before, no_new_file, parent, put, resolve};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// How many files of a folder are written at the same time: a disk takes many syncs at once, and file systems with a journal
/// answer all that wait with one commit.
const AT_ONCE: usize = 128;

/// How many folders are written to at the same time.
const FOLDERS: usize = 32;

/// A file to be replaced.
#[derive(Clone, Copy, Debug)]
pub struct Batched<'b> {
    /// Where it is.
    pub path: &'b Path,
    /// Its new content.
    pub content: &'b [u8],
    /// What it was when it was read.
    pub expected: &'b Identity,
}

/// A file whose new content is on the disk, beside the old.
struct Ready {
    number: usize,
    target: PathBuf,
    temporary: Temporary,
}

/// A file by its number, where it really is, and what it is now.
type Entry = (usize, PathBuf, Metadata);

/// What came of each file, by its number.
type Results = Mutex<Vec<(usize, Result<(), WriteError>)>>;

/// Replaces existing files by rename; what came of each, in order.
#[must_use]
pub fn replace_all(files: &[Batched<'_>]) -> Vec<Result<(), WriteError>> {
    let results: Results = Mutex::default();
    let mut folders: Vec<(PathBuf, Vec<Entry>)> = Vec::new();
    for (number, file) in files.iter().enumerate() {
        match look(file) {
            Ok((target, metadata)) => {
                let folder = parent(&target).to_owned();
                let entry = (number, target, metadata);
                match folders.iter_mut().find(|(known, _)| *known == folder) {
                    Some((_, entries)) => entries.push(entry),
                    None => folders.push((folder, vec![entry])),
                }
            }
            Err(error) => note(&results, number, Err(error)),
        }
    }
    let count = folders.len();
    let waiting = Mutex::new(folders.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..count.min(FOLDERS) {
            scope.spawn(|| {
                while let Some((folder, entries)) = waiting.lock().ok().and_then(|mut folders| folders.next())
                {
                    in_folder(&folder, entries, files, &results);
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

fn note(results: &Results, number: usize, result: Result<(), WriteError>) {
    if let Ok(mut results) = results.lock() {
        results.push((number, result));
    }
}

fn look(file: &Batched<'_>) -> Result<(PathBuf, Metadata), WriteError> {
    let metadata = fs::metadata(file.path).map_err(|error| WriteError::at("look at the file", error))?;
    if !metadata.is_file() {
        let error = std::io::Error::other("it is no regular file");
        return Err(WriteError::at("replace it", error));
    }
    Ok((resolve(file.path, true)?, metadata))
}

fn in_folder(path: &Path, entries: Vec<Entry>, files: &[Batched<'_>], results: &Results) {
    let folder = match Folder::lock(path) {
        Ok(folder) => folder,
        Err(error) => {
            let kind = error.kind();
            for (number, ..) in entries {
                note(
                    results,
                    number,
                    Err(WriteError::at("lock the folder", kind.into())),
                );
            }
            return;
        }
    };
    folder.sweep();
    let ready: Mutex<Vec<Ready>> = Mutex::default();
    let count = entries.len();
    let waiting = Mutex::new(entries.into_iter());
    let prepare = || {
        while let Some((number, target, metadata)) =
            waiting.lock().ok().and_then(|mut entries| entries.next())
        {
            let Some(file) = files.get(number) else { continue };
            let filled = mode_before(Some(&metadata))
                .and_then(|mode| folder.another_temporary(mode).map_err(no_new_file))
                .and_then(|temporary| fill(temporary, &target, Some(&metadata), file.content));
            match (filled, ready.lock()) {
                (Ok((temporary, _)), Ok(mut ready)) => ready.push(Ready {
                    number,
                    target,
                    temporary,
                }),
                (Err(error), _) => note(results, number, Err(error)),
                (Ok(_), Err(_)) => {}
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..count.min(AT_ONCE) {
            scope.spawn(prepare);
        }
    });
    let mut renamed = Vec::new();
    for file in ready.into_inner().unwrap_or_default() {
        let expected = files.get(file.number).map(|file| file.expected);
        match check_unchanged(&file.target, expected).and_then(|()| put(file.temporary, &file.target)) {
            Ok(()) => renamed.push(file.number),
            Err(error) => note(results, file.number, Err(error)),
        }
    }
    let synced = folder.sync().map_err(|error| error.kind());
    for number in renamed {
        let result = synced.map_err(|kind| WriteError::at("write the folder to the disk", kind.into()));
        note(results, number, result);
    }
}

#[cfg(test)]
mod tests {
    use super::{Batched, replace_all};
    use crate::host::file::{WriteError, read};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn files_of_several_folders_are_replaced_but_for_one_that_changed() {
        let root = tempfile::tempdir().unwrap();
        let paths: Vec<_> = (0..40)
            .map(|number| {
                let folder = root.path().join(format!("f{}", number % 3));
                std::fs::create_dir_all(&folder).unwrap();
                let path = folder.join(format!("{number}.yaml"));
                std::fs::write(&path, "old").unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
                path
            })
            .collect();
        let identities: Vec<_> = paths.iter().map(|path| read(path).unwrap().1).collect();
        std::fs::write(&paths[7], "other").unwrap();
        std::fs::hard_link(&paths[9], root.path().join("link")).unwrap();
        let files: Vec<Batched<'_>> = paths
            .iter()
            .zip(&identities)
            .map(|(path, expected)| Batched {
                path,
                content: b"new",
                expected,
            })
            .collect();
        let results = replace_all(&files);
        assert_eq!(results.len(), 40);
        for (number, (path, result)) in paths.iter().zip(&results).enumerate() {
            let content = std::fs::read(path).unwrap();
            match number {
                7 => assert!(matches!(result, Err(WriteError::Changed)) && content == b"other"),
                9 => assert!(matches!(result, Err(WriteError::Obstacle(_))) && content == b"old"),
                _ => assert!(result.is_ok() && content == b"new", "{number}"),
            }
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o640);
        }
        for folder in ["f0", "f1", "f2"] {
            let names = std::fs::read_dir(root.path().join(folder)).unwrap();
            assert!(
                names
                    .flatten()
                    .all(|entry| entry.path().extension().is_some_and(|it| it == "yaml")),
                "nothing is left behind"
            );
        }
    }
}
