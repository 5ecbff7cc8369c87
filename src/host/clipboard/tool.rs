//! Helper programs for the clipboard. They get the text on standard input, never as an argument, and of the environment only
//! what leads them to the desktop.

use super::Provider;
use crate::host::Environment;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a program may take; a server that is gone keeps them waiting for ever.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest text that is read back, in bytes.
const LONGEST: u64 = 16 << 20;
/// What leads to the desktop.
const VARIABLES: &[&str] = &[
    "DISPLAY",
    "HOME",
    "LANG",
    "PATH",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
];

/// A program, and how it is called.
#[derive(Clone, Copy)]
pub struct Tool {
    name: &'static str,
    copy: &'static [&'static str],
    /// What asks histories to leave the text out; not every version knows it.
    secret: Option<&'static str>,
    paste: (&'static str, &'static [&'static str]),
    clear: &'static [&'static str],
    /// The folder in which it keeps the text as a file.
    keeps_in: Option<&'static str>,
}

/// wl-clipboard.
pub const WL_COPY: Tool = Tool {
    name: "wl-copy",
    copy: &[],
    secret: Some("--sensitive"),
    paste: ("wl-paste", &["--no-newline"]),
    clear: &["--clear"],
    keeps_in: Some("/tmp"),
};

/// xclip; it is cleared by an empty text.
pub const XCLIP: Tool = Tool {
    name: "xclip",
    copy: &["-selection", "clipboard", "-in"],
    secret: None,
    paste: ("xclip", &["-selection", "clipboard", "-out"]),
    clear: &["-selection", "clipboard", "-in"],
    keeps_in: None,
};

/// xsel.
pub const XSEL: Tool = Tool {
    name: "xsel",
    copy: &["--clipboard", "--input"],
    secret: None,
    paste: ("xsel", &["--clipboard", "--output"]),
    clear: &["--clipboard", "--clear"],
    keeps_in: None,
};

impl Tool {
    /// Copies; `None` when the program is missing or fails, or would keep a secret in a file on a disk.
    pub fn copy(&self, text: &str, secret: bool, environment: &Environment) -> Option<Provider> {
        if secret && self.keeps_in.is_some_and(|folder| !is_memory(Path::new(folder))) {
            return None;
        }
        let run = |arguments: &[&str]| feed(self.name, arguments, text.as_bytes(), environment);
        let done = match self.secret.filter(|_| secret) {
            Some(flag) => run(&[self.copy, &[flag]].concat()) || run(self.copy),
            None => run(self.copy),
        };
        done.then_some(Provider::Tool(self.name))
    }

    /// What the clipboard holds.
    pub fn paste(&self, environment: &Environment) -> Option<Zeroizing<Vec<u8>>> {
        let (program, arguments) = self.paste;
        output(program, arguments, environment)
    }

    /// Empties the clipboard; whether that worked.
    pub fn clear(&self, environment: &Environment) -> bool {
        feed(self.name, self.clear, b"", environment)
    }
}

/// Whether a folder is in memory and not on a disk.
fn is_memory(folder: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        /// The number of tmpfs in `statfs(2)`.
        const TMPFS: u64 = 0x0102_1994;
        rustix::fs::statfs(folder).is_ok_and(|it| u64::try_from(it.f_type).is_ok_and(|kind| kind == TMPFS))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        false
    }
}

fn command(program: &str, arguments: &[&str], environment: &Environment) -> Command {
    let mut command = Command::new(program);
    let variables = environment
        .variables()
        .filter(|(name, _)| VARIABLES.iter().any(|known| name == known));
    command
        .args(arguments)
        .env_clear()
        .envs(variables)
        .current_dir("/")
        .stderr(Stdio::null());
    command
}

/// Runs a program that reads a text; whether it ended well.
fn feed(program: &str, arguments: &[&str], text: &[u8], environment: &Environment) -> bool {
    let mut command = command(program, arguments, environment);
    let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn() else {
        return false;
    };
    let text = Zeroizing::new(text.to_vec());
    within(child.id(), move || {
        if let Some(mut input) = child.stdin.take() {
            input.write_all(&text).ok()?;
        }
        ended_well(child).then_some(())
    })
    .is_some()
}

/// Runs a program that prints a text; what it printed.
fn output(program: &str, arguments: &[&str], environment: &Environment) -> Option<Zeroizing<Vec<u8>>> {
    let mut command = command(program, arguments, environment);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().ok()?;
    within(child.id(), move || {
        let mut text = Zeroizing::new(Vec::new());
        child.stdout.take()?.take(LONGEST).read_to_end(&mut text).ok()?;
        ended_well(child).then_some(text)
    })
}

fn ended_well(mut child: Child) -> bool {
    child.wait().is_ok_and(|status| status.success())
}

/// Does something with a program on a thread; a program that takes too long is ended.
fn within<T: Send + 'static>(process: u32, work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    let (send, done) = channel();
    std::thread::spawn(move || {
        // Nobody waits any more when it took too long.
        let _ = send.send(work());
    });
    done.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let process = i32::try_from(process).ok().and_then(Pid::from_raw);
        // It may have ended just now.
        let _ = process.map(|process| kill_process(process, Signal::KILL));
        None
    })
}

#[cfg(test)]
mod tests {
    use super::{Tool, WL_COPY};
    use crate::host::Environment;
    use crate::host::script::executable;
    use std::fs;

    /// What a tool is called with, a line a call, where the script of the tool says so; it knows `--sensitive` or ends with an error.
    fn called(knows_flag: bool, secret: bool) -> String {
        let folder = tempfile::tempdir().unwrap();
        let refuses = if knows_flag {
            ""
        } else {
            "case $* in *--sensitive*) exit 1;; esac; "
        };
        let noted = folder.path().join("noted");
        let script = format!(
            "#!/bin/sh\n{refuses}printf '%s:' \"$*\" >> '{}'; cat >> '{0}'\n",
            noted.display()
        );
        executable(&folder.path().join("wl-copy"), &script);
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        let environment = Environment::new([("PATH", path.as_str())], folder.path());
        // Where the real one keeps its text is not what this is about.
        let tool = Tool {
            keeps_in: None,
            ..WL_COPY
        };
        assert!(tool.copy("text", secret, &environment).is_some());
        fs::read_to_string(noted).unwrap()
    }

    #[test]
    fn histories_are_asked_to_leave_a_secret_out_and_an_older_tool_still_copies_it() {
        assert_eq!(called(true, true), "--sensitive:text");
        assert_eq!(called(false, true), ":text");
        assert_eq!(called(true, false), ":text", "a path may be remembered");
    }
}
