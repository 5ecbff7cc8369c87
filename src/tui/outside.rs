//! A text that is handed to the user's own editor.

use crate::format::Format;
use crate::host::Environment;
use crate::host::editor::{self, Edited, EditorError, Signals, Storage};
use crate::tree::{NodeId, Secret};
use std::ffi::OsStr;

/// What the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// One value; whether a line break was put at its end, which editors want there.
    Value(NodeId, bool),
    /// The whole file.
    File(Format),
    /// The `.sops.yaml` that is shown.
    Rules,
}

/// The text, and what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Outside {
    /// What it is.
    pub what: What,
    /// What the file in the private folder is called.
    pub name: String,
    /// The text that was made of the tree.
    pub shown: Secret,
    /// The text to be edited: the same, or what could not be taken the last time.
    pub text: Secret,
    /// The revision of the open file that it was made of.
    pub revision: u64,
}

impl Outside {
    /// Runs the editor on the terminal of this process; the text that it left.
    ///
    /// # Errors
    /// When there is no place for it or no editor, or the editor failed.
    pub fn edit(&self, environment: &Environment) -> Result<Secret, EditorError> {
        let name = OsStr::new(&self.name);
        let edited = editor::edit(
            name,
            self.text.expose(),
            Storage::Memory,
            Signals::Theirs,
            environment,
        )?;
        Ok(match edited {
            Edited::Unchanged => self.text.clone(),
            Edited::Changed(text) => Secret::from(text.as_slice()),
        })
    }
}
