//! Handing a secret text to the user's own editor (security P1; decisions: `$EDITOR`).
//!
//! The text lies under its real name in a private folder in memory, with a guardian that removes it however this process
//! ends. Which text, and what becomes of it, is the business of others.

mod command;
mod flags;
mod signals;

use super::Environment;
use super::file::{Scratch, memory_folders};
use super::guardian::Guardian;
use rustix::process::Pid;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signals::Watch;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use thiserror::Error;
use zeroize::Zeroizing;

/// What the names of the folders begin with.
const PREFIX: &str = "lazysops-edit-";

/// Where the text may be kept while it is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In memory, watched by a guardian, or not at all.
    Memory,
    /// As sops does where there is no such place: in the temporary folder.
    MemoryOrDisk,
}

/// Who takes in signals that come while no editor runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signals {
    /// Somebody else in this program.
    Theirs,
    /// Nobody: they end the program, after the text was removed.
    Deadly,
}

/// What the editor left.
#[derive(Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text as it was.
    Unchanged,
    /// Another one.
    Changed(Zeroizing<Vec<u8>>),
}

/// Why there is no edited text.
#[derive(Debug, Error)]
pub enum EditorError {
    /// There is no folder that is kept in memory.
    #[error(
        "there is no private folder in memory ($XDG_RUNTIME_DIR or /dev/shm on tmpfs) to keep the text in while it is edited"
    )]
    NoMemory,
    /// The folder or the file cannot be made.
    #[error("cannot make a private file for the editor: {0}")]
    Place(io::Error),
    /// The guardian cannot be started.
    #[error("the process that removes the text if this one is killed cannot be started: {0}")]
    Guardian(io::Error),
    /// There is no editor.
    #[error("no editor: neither SOPS_EDITOR nor EDITOR names one, and there is no vim, nano or vi")]
    None,
    /// A variable that names no program.
    #[error("{0} is no command line: a quote is not closed, or there is nothing in it")]
    Meaningless(&'static str),
    /// It cannot be started.
    #[error("the editor cannot be started: {0}")]
    NotStarted(io::Error),
    /// It said that it failed.
    #[error("the editor ended with exit status {0}")]
    Failed(i32),
    /// A signal ended it, or this program was to end.
    #[error("stopped by signal {0}")]
    Stopped(i32),
    /// It left no file.
    #[error("the edited file cannot be read: {0}")]
    Gone(io::Error),
}

/// Hands a text to the editor, once. `name` is what the file is called.
///
/// # Errors
/// When there is no place for it or no editor, or the editor failed.
pub fn edit(
    name: &OsStr,
    text: &[u8],
    storage: Storage,
    signals: Signals,
    environment: &Environment,
) -> Result<Edited, EditorError> {
    let mut desk = Desk::lay_out(name, text, storage, signals, environment)?;
    let after = desk.edit(environment)?;
    if after.as_slice() == text {
        return Ok(Edited::Unchanged);
    }
    Ok(Edited::Changed(after))
}

/// A text that can be edited as often as needed; it vanishes with this value.
#[derive(Debug)]
pub struct Desk {
    path: PathBuf,
    in_memory: bool,
    // Dropped in this order: signals are heard until the text is gone.
    folder: Scratch,
    guardian: Option<Guardian>,
    watch: Watch,
}

impl Desk {
    /// Lays a text out for an editor.
    ///
    /// # Errors
    /// When there is no place for it.
    pub fn lay_out(
        name: &OsStr,
        text: &[u8],
        storage: Storage,
        signals: Signals,
        environment: &Environment,
    ) -> Result<Self, EditorError> {
        let (folder, in_memory) = folder(storage, environment)?;
        let guardian = match (Guardian::over(folder.path()), storage) {
            (Ok(guardian), _) => Some(guardian),
            (Err(_), Storage::MemoryOrDisk) => None,
            (Err(error), Storage::Memory) => return Err(EditorError::Guardian(error)),
        };
        let watch =
            Watch::start(folder.path().to_owned(), signals == Signals::Deadly).map_err(EditorError::Place)?;
        let path = folder.path().join(name);
        let desk = Self {
            path,
            in_memory,
            folder,
            guardian,
            watch,
        };
        desk.write(text).map_err(EditorError::Place)?;
        Ok(desk)
    }

    fn write(&self, text: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.path)?;
        file.write_all(text)
    }

    /// Whether the text is kept in memory, and removed whatever happens to this process.
    #[must_use]
    pub const fn is_safe(&self) -> bool {
        self.in_memory && self.guardian.is_some()
    }

    /// Lets the user edit the text as it is now, with the terminal of this process; what it is then.
    ///
    /// # Errors
    /// When there is no editor, it failed, or it left no file.
    pub fn edit(&mut self, environment: &Environment) -> Result<Zeroizing<Vec<u8>>, EditorError> {
        let mut command = command::command(&self.path, self.folder.path(), environment)?;
        command
            .stdin(Stdio::inherit())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit());
        let terminal = Terminal::as_it_is();
        self.watch.begins();
        let status = command.spawn().and_then(|mut editor| {
            let process = i32::try_from(editor.id()).ok();
            self.watch.runs(process.and_then(Pid::from_raw));
            editor.wait()
        });
        let stopped_by = self.watch.ends();
        let status = status.map_err(EditorError::NotStarted)?;
        if let Some(signal) = stopped_by.or(status.signal()) {
            terminal.give_back();
            return Err(EditorError::Stopped(signal));
        }
        if !status.success() {
            return Err(EditorError::Failed(status.code().unwrap_or(1)));
        }
        fs::read(&self.path)
            .map(Zeroizing::new)
            .map_err(EditorError::Gone)
    }
}

/// A private folder, and whether it is in memory.
fn folder(storage: Storage, environment: &Environment) -> Result<(Scratch, bool), EditorError> {
    for parent in memory_folders(environment) {
        if let Ok(folder) = Scratch::within(&parent, PREFIX) {
            return Ok((folder, true));
        }
    }
    match storage {
        Storage::Memory => Err(EditorError::NoMemory),
        Storage::MemoryOrDisk => Scratch::create(PREFIX, environment)
            .map(|folder| (folder, false))
            .map_err(EditorError::Place),
    }
}

/// The settings of the terminal before an editor changed them.
struct Terminal(Option<Termios>);

impl Terminal {
    fn as_it_is() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }

    /// An editor that was killed has no time to do that.
    fn give_back(self) {
        if let Some(before) = self.0 {
            // A terminal that is gone needs nothing.
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
        }
    }
}
