//! A child that outlives this process by a moment, to remove a folder with secrets in it: however the process ends, even by
//! a signal that cannot be caught.
//!
//! It is this program again, with a hidden argument. It holds the reading end of a pipe that nobody ever writes to; when the
//! process is gone the pipe ends, and the folder is wiped.

use super::file::{is_private, wipe};
use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The argument that makes the program a guardian.
const ARGUMENT: &str = "--internal-guardian";
/// What it says when it is ready.
const READY: u8 = b'!';
/// What the names of our private folders begin with; a guardian wipes no other.
const PREFIX: &str = "lazysops-";

/// A guardian on duty. When this is dropped, or the process ends in any way, it wipes the folder and ends.
#[derive(Debug)]
pub struct Guardian(Child);

impl Guardian {
    /// Sets a guardian on a folder; it is on duty when this returns.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn over(folder: &Path) -> io::Result<Self> {
        let mut child = Command::new(own_program()?)
            .arg(ARGUMENT)
            .arg(folder)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut said = [0];
        let is_ready = match child.stdout.take() {
            Some(mut stdout) => stdout.read_exact(&mut said).is_ok() && said == [READY],
            None => false,
        };
        let guardian = Self(child);
        if is_ready {
            Ok(guardian)
        } else {
            Err(io::Error::other("the guardian did not answer"))
        }
    }
}

impl Guardian {
    /// Leaves the guardian to others: it goes off duty when all to whom this descriptor is handed have ended. What is written to
    /// it goes nowhere.
    #[must_use]
    pub fn hand_over(mut self) -> Option<OwnedFd> {
        self.0.stdin.take().map(OwnedFd::from)
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        let Some(pipe) = self.0.stdin.take() else {
            return;
        };
        drop(pipe);
        // It ends at once; there is nothing to do where it cannot be waited for.
        let _ = self.0.wait();
    }
}

/// The program that runs now, even when its file was replaced meanwhile.
fn own_program() -> io::Result<OsString> {
    const RUNNING: &str = "/proc/self/exe";
    if Path::new(RUNNING).exists() {
        return Ok(RUNNING.into());
    }
    std::env::current_exe().map(Into::into)
}

/// Serves as a guardian if the arguments say so; then there is nothing else to do. Returns after the folder is gone.
#[must_use]
pub fn served(arguments: &[OsString]) -> bool {
    match arguments {
        [_, argument, folder] if argument == ARGUMENT => {
            serve(Path::new(folder));
            true
        }
        _ => false,
    }
}

fn serve(folder: &Path) {
    // In a session of its own, what ends the others at the terminal does not reach it.
    let _ = rustix::process::setsid();
    let is_ours = folder
        .file_name()
        .and_then(OsStr::to_str)
        .is_some_and(|name| name.starts_with(PREFIX));
    if !is_ours || !is_private(folder) {
        return;
    }
    let mut out = io::stdout();
    if out.write_all(&[READY]).and_then(|()| out.flush()).is_err() {
        return;
    }
    // Nobody writes; an error means as much as the end.
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
    wipe(folder);
}

#[cfg(test)]
mod tests {
    use super::serve;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_folder_that_is_not_ours_is_never_wiped() {
        let parent = tempfile::tempdir().unwrap();
        for (name, mode) in [("documents", 0o700), ("lazysops-open-to-all", 0o755)] {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
            serve(&folder);
            assert!(folder.exists(), "{name}");
        }
    }
}
