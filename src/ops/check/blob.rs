//! A file as it is checked: from the working tree, or from git.

use super::Finding;
use crate::format::{Format, Loaded, sealed_format};
use crate::host::file;
use crate::ops::survey::Skipped;
use crate::policy::lint::Severity;
use crate::tree::NodeId;
use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The largest plain file that is looked into, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// Where a file was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On disk.
    Worktree,
    /// Staged for the next commit.
    Index,
}

/// A file, not read yet where it is on disk.
#[derive(Debug)]
pub struct Blob {
    /// Where it is, or would be.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// Where it was found.
    pub place: Place,
    /// Its content, where git gave it.
    pub content: Option<Zeroizing<Vec<u8>>>,
    /// Whether it is an encrypted file in the last commit or, for the index, on disk.
    pub was_sealed: bool,
}

impl Blob {
    /// The content; `None` when it cannot be read.
    pub fn bytes(&self) -> Option<Cow<'_, Zeroizing<Vec<u8>>>> {
        self.read().ok()
    }

    /// The content.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self) -> std::io::Result<Cow<'_, Zeroizing<Vec<u8>>>> {
        match &self.content {
            Some(content) => Ok(Cow::Borrowed(content)),
            None => file::read(&self.path).map(|(bytes, _)| Cow::Owned(Zeroizing::new(bytes))),
        }
    }

    /// That it was not looked into, because of this; nothing where it went away meanwhile, or is no file at all.
    pub fn unread(&self, error: &std::io::Error) -> Option<Skipped> {
        let is_file = !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory);
        is_file.then(|| Skipped {
            name: self.name.clone(),
            reason: format!("cannot be read ({})", error.kind()),
            unread: true,
        })
    }

    /// The last part of the path.
    pub fn file_name(&self) -> Cow<'_, str> {
        self.path.file_name().unwrap_or_default().to_string_lossy()
    }

    /// A finding about it.
    pub fn finding(
        &self,
        line: Option<usize>,
        severity: Severity,
        code: &'static str,
        text: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        let text = text.into();
        Finding {
            path: self.path.clone(),
            name: self.name.clone(),
            line,
            severity,
            code,
            text: match self.place {
                Place::Worktree => text,
                Place::Index => format!("{text} (as staged)"),
            },
            advice: advice.into(),
        }
    }
}

/// Whether a text is a SOPS file.
pub fn is_sealed(bytes: &[u8], path: &Path) -> bool {
    sealed_format(bytes, Format::from_path(path)).is_some()
}

/// The 1-based line of a node, where known.
pub fn line_of(loaded: &Loaded, bytes: &[u8], id: NodeId) -> Option<usize> {
    let before = bytes.get(..loaded.layout.start_of(id)?)?;
    Some(memchr::memchr_iter(b'\n', before).count() + 1)
}
