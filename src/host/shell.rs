//! Commands that people give, run by the shell with the terminal of this process.

use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, ExitStatus};

/// What a shell calls the end of a command by signal 0.
const SIGNALLED: i32 = 128;

/// A command line for `/bin/sh`, and all of its variables.
#[derive(Clone, Debug)]
pub struct Shell<'s> {
    /// What the shell reads.
    pub line: OsString,
    /// Its variables; nothing else is passed on.
    pub variables: Vec<(OsString, OsString)>,
    /// Where it runs.
    pub directory: &'s Path,
}

impl Shell<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            .arg("-c")
            .arg(&self.line)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.directory);
        command
    }

    /// Runs it to its end and gives its exit status as a shell does. Signals that end programs are left to the command: this process
    /// stays until it has ended, so that what was made for it can be removed.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run(&self) -> io::Result<u8> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
        let handle = signals.handle();
        let mut child = self.command().spawn()?;
        let process = i32::try_from(child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        let forward = std::thread::spawn(move || {
            for signal in signals.forever() {
                // The terminal sends the others to the command itself.
                let signal = match signal {
                    SIGTERM => rustix::process::Signal::TERM,
                    SIGHUP => rustix::process::Signal::HUP,
                    _ => continue,
                };
                if let Some(process) = process {
                    // It may have ended just now.
                    let _ = rustix::process::kill_process(process, signal);
                }
            }
        });
        let status = child.wait();
        handle.close();
        // The thread does nothing that can fail.
        let _ = forward.join();
        status.map(code)
    }

    /// Becomes the command; returns only when that fails.
    #[must_use]
    pub fn become_it(&self) -> io::Error {
        self.command().exec()
    }
}

fn code(status: ExitStatus) -> u8 {
    let number = status
        .code()
        .or_else(|| status.signal().map(|signal| SIGNALLED + signal));
    number.and_then(|number| u8::try_from(number).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::Shell;
    use std::path::Path;

    #[test]
    fn the_status_is_that_of_the_command() {
        let run = |line: &str| {
            let shell = Shell {
                line: line.into(),
                variables: vec![("CODE".into(), "9".into())],
                directory: Path::new("/"),
            };
            shell.run().unwrap()
        };
        assert_eq!(run("exit $CODE"), 9);
        assert_eq!(run("kill -9 $$"), 137);
    }
}
