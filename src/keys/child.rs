//! Programs that key services start: with the variables they may have, a limit of time, and an end when cancelled.
//!
//! Never a shell. What a program prints to standard output may be a key, so it is wiped.

mod conversation;
mod pump;

pub use conversation::Conversation;

use super::access::Cancel;
use pump::{Pump, Stream};
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

/// How often a waiting thread looks whether it is cancelled.
const TICK: Duration = Duration::from_millis(40);

/// How long output is waited for after the program has ended: a daemon it left behind may hold the pipe.
const GRACE: Duration = Duration::from_millis(300);

/// Most that is read of standard output, in bytes: an identity file may have 16 MiB.
const MOST_OUTPUT: usize = 16 << 20;

/// Most that is kept of standard error, in bytes.
const MOST_ERRORS: usize = 64 << 10;

/// What to start.
#[derive(Clone, Debug)]
pub struct Program {
    /// A path, or a name that is looked up in `PATH` of `variables`.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// All of its variables.
    pub variables: Vec<(OsString, OsString)>,
    /// Where it runs.
    pub directory: PathBuf,
}

/// What it said.
pub struct Output {
    /// Whether it ended well.
    pub success: bool,
    /// Standard output.
    pub stdout: Zeroizing<Vec<u8>>,
    /// Standard error, as text; the beginning if it is long.
    pub stderr: String,
}

/// Why there is no output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChildError {
    /// There is no such program.
    #[error("is not installed")]
    Missing,
    /// It cannot be started.
    #[error("cannot be started ({0})")]
    NotStarted(ErrorKind),
    /// It took too long and was ended.
    #[error("did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The user stopped it.
    #[error("was cancelled")]
    Cancelled,
    /// It printed more than anything useful has.
    #[error("printed too much")]
    TooMuch,
    /// Its pipes broke.
    #[error("ended unexpectedly")]
    Broken,
}

impl Program {
    /// The program with its variables, streams not yet set.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        command
    }

    /// Runs it with `input` on standard input, at most `limit` long.
    ///
    /// # Errors
    /// When it cannot be started, takes too long, or is cancelled. A program that fails is no error here.
    pub fn run(&self, input: &[u8], limit: Duration, cancel: &Cancel) -> Result<Output, ChildError> {
        let deadline = Instant::now() + limit;
        let mut child = Ended(start(self.command().stderr(Stdio::piped()))?);
        feed(&mut child.0, input);
        let mut pump = Pump::default();
        pump.read(Stream::Output, child.0.stdout.take());
        pump.read(Stream::Errors, child.0.stderr.take());
        let (mut stdout, mut stderr) = (Zeroizing::new(Vec::with_capacity(4096)), Vec::new());
        let mut deadline_of_pipes = deadline;
        while pump.is_open() {
            let now = Instant::now();
            if cancel.is_cancelled() {
                return Err(ChildError::Cancelled);
            }
            if now >= deadline {
                return Err(ChildError::TimedOut(limit));
            }
            if now >= deadline_of_pipes {
                break;
            }
            match pump.receive(TICK.min(deadline_of_pipes.saturating_duration_since(now))) {
                Ok((Stream::Output, part)) => append(&mut stdout, &part)?,
                Ok((Stream::Errors, part)) => {
                    let room = MOST_ERRORS.saturating_sub(stderr.len());
                    stderr.extend(part.iter().take(room));
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    if deadline_of_pipes == deadline && matches!(child.0.try_wait(), Ok(Some(_))) {
                        deadline_of_pipes = deadline.min(Instant::now() + GRACE);
                    }
                }
            }
        }
        let status = child.wait(deadline, limit, cancel)?;
        Ok(Output {
            success: status.success(),
            stdout,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        })
    }
}

/// Starts it.
fn start(command: &mut Command) -> Result<Child, ChildError> {
    command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => ChildError::Missing,
        other => ChildError::NotStarted(other),
    })
}

/// Writes the input in a thread of its own: a program that prints before it reads must not stop both. One that does not
/// read at all is no error.
fn feed(child: &mut Child, input: &[u8]) {
    let Some(mut pipe) = child.stdin.take() else {
        return;
    };
    let input = Zeroizing::new(input.to_vec());
    std::thread::spawn(move || {
        let _ = pipe.write_all(&input);
    });
}

/// Appends without leaving copies behind where the buffer grows.
fn append(to: &mut Zeroizing<Vec<u8>>, part: &[u8]) -> Result<(), ChildError> {
    if to.len() + part.len() > MOST_OUTPUT {
        return Err(ChildError::TooMuch);
    }
    if to.len() + part.len() > to.capacity() {
        let mut bigger = Vec::with_capacity((to.len() + part.len()) * 2);
        bigger.extend_from_slice(to);
        to.zeroize();
        *to = Zeroizing::new(bigger);
    }
    to.extend_from_slice(part);
    Ok(())
}

/// A child that does not outlive its use.
struct Ended(Child);

impl Ended {
    /// Waits for its end. Its pipes are closed by now, so this is short.
    fn wait(
        &mut self,
        deadline: Instant,
        limit: Duration,
        cancel: &Cancel,
    ) -> Result<ExitStatus, ChildError> {
        let mut pause = Duration::from_micros(200);
        loop {
            match self.0.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if cancel.is_cancelled() => return Err(ChildError::Cancelled),
                Ok(None) if Instant::now() >= deadline => return Err(ChildError::TimedOut(limit)),
                Ok(None) => std::thread::sleep(pause),
                Err(_) => return Err(ChildError::Broken),
            }
            pause = TICK.min(pause * 2);
        }
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program {
            program: "sh".into(),
            arguments: vec!["-c".into(), script.into()],
            variables: vec![("PATH".into(), "/usr/bin:/bin".into())],
            directory: "/".into(),
        }
    }

    fn run(script: &str, input: &[u8], limit: Duration) -> Result<Output, ChildError> {
        shell(script).run(input, limit, &Cancel::default())
    }

    #[test]
    fn both_streams_and_the_status_come_back() {
        let output = run("cat; echo why >&2; exit 3", b"key", Duration::from_secs(20)).unwrap();
        assert_eq!(output.stdout.as_slice(), b"key");
        assert_eq!((output.success, output.stderr.as_str()), (false, "why\n"));
    }

    #[test]
    fn a_program_that_prints_before_it_reads_does_not_hang() {
        let script = "head -c 300000 /dev/zero; cat >/dev/null";
        let output = run(script, &[1; 300_000], Duration::from_secs(20)).unwrap();
        assert_eq!(output.stdout.len(), 300_000);
    }

    #[test]
    fn a_program_that_reads_nothing_is_no_error() {
        assert!(
            run("true", &[1; 300_000], Duration::from_secs(20))
                .unwrap()
                .success
        );
    }

    #[test]
    fn a_hanging_program_is_ended() {
        let limit = Duration::from_millis(50);
        assert_eq!(
            run("exec sleep 600", b"", limit).err(),
            Some(ChildError::TimedOut(limit))
        );
    }

    #[test]
    fn a_daemon_that_keeps_the_pipe_open_does_not_hold_us() {
        let output = run("sleep 600 & echo done", b"", Duration::from_secs(20)).unwrap();
        assert_eq!(output.stdout.as_slice(), b"done\n");
    }

    #[test]
    fn cancelling_ends_it() {
        let cancel = Cancel::default();
        cancel.cancel();
        let result = shell("exec sleep 600").run(b"", Duration::from_secs(600), &cancel);
        assert_eq!(result.err(), Some(ChildError::Cancelled));
    }

    #[test]
    fn a_missing_program_is_told_apart() {
        let mut program = shell("");
        program.program = "no-such-program-here".into();
        let result = program.run(b"", Duration::from_secs(1), &Cancel::default());
        assert_eq!(result.err(), Some(ChildError::Missing));
    }

    #[test]
    fn it_sees_the_given_variables_only() {
        let output = run("env | cut -d= -f1 | sort", b"", Duration::from_secs(20)).unwrap();
        let names = String::from_utf8(output.stdout.to_vec()).unwrap();
        assert!(!names.contains("HOME") && names.contains("PATH"), "{names}");
    }
}
