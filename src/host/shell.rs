//! Commands that people give, run by the shell with the terminal of this process.

use super::foreground::keys_send_signals;
use super::user::User;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// What sops says of a command that a signal ended.
const SIGNALLED: u8 = 255;

/// A command line for `/bin/sh`, and all of its variables.
#[derive(Clone, Debug)]
pub struct Shell<'s> {
    /// What the shell reads.
    pub line: OsString,
    /// Its variables; nothing else is passed on.
    pub variables: Vec<(OsString, OsString)>,
    /// Where it runs.
    pub directory: &'s Path,
    /// Whom it runs as, if not as whoever runs this.
    pub user: Option<User>,
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
        if let Some(user) = self.user {
            // The order of the calls is that of the standard library: groups, group, user.
            command.gid(user.group).uid(user.id);
        }
        command
    }

    /// Runs it to its end and gives its exit status as sops does. Signals are passed on to the command: this process stays until
    /// it has ended, so that what was made for it can be removed.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn run(&self) -> io::Result<u8> {
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2])?;
        let handle = signals.handle();
        let mut child = self.command().spawn()?;
        let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let forward = std::thread::spawn(move || {
            for signal in signals.forever() {
                // What somebody types goes to the command by itself.
                let typed = matches!(signal, SIGINT | SIGQUIT) && keys_send_signals();
                if let (Some(process), Some(signal), false) = (process, passed_on(signal), typed) {
                    // It may have ended just now.
                    let _ = kill_process(process, signal);
                }
            }
        });
        let status = child.wait();
        handle.close();
        // The thread does nothing that can fail.
        let _ = forward.join();
        status.map(code)
    }

    /// Starts it and leaves it alone, with nothing to read; what it prints goes to `output`, or nowhere.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, output: Option<OwnedFd>) -> io::Result<()> {
        let (out, err) = match output {
            Some(pipe) => (Stdio::from(pipe.try_clone()?), Stdio::from(pipe)),
            None => (Stdio::null(), Stdio::null()),
        };
        self.command()
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .map(drop)
    }

    /// Becomes the command; returns only when that fails.
    #[must_use]
    pub fn become_it(&self) -> io::Error {
        self.command().exec()
    }
}

fn passed_on(signal: i32) -> Option<Signal> {
    Some(match signal {
        SIGHUP => Signal::HUP,
        SIGINT => Signal::INT,
        SIGQUIT => Signal::QUIT,
        SIGTERM => Signal::TERM,
        SIGUSR1 => Signal::USR1,
        SIGUSR2 => Signal::USR2,
        _ => return None,
    })
}

fn code(status: ExitStatus) -> u8 {
    match status.code() {
        Some(code) => u8::try_from(code).unwrap_or(1),
        None => SIGNALLED,
    }
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
                user: None,
            };
            shell.run().unwrap()
        };
        assert_eq!(run("exit $CODE"), 9);
        assert_eq!(run("kill -9 $$"), 255);
    }
}
