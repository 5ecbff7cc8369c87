//! A terminal of our own with a program in it. Tests and benches wait for what stands on its screen; nothing sleeps.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::ffi::OsStr;
use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long a program may take for what is waited for; far more than it needs, so that a busy machine fails nothing.
const PATIENCE: Duration = Duration::from_secs(120);

/// Lines that are kept when they scroll off the top.
const SCROLLBACK: usize = 1_000;

/// Columns and rows.
#[derive(Clone, Copy)]
pub struct Size(pub u16, pub u16);

impl From<Size> for PtySize {
    fn from(Size(cols, rows): Size) -> Self {
        Self {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        }
    }
}

/// A program in a terminal.
pub struct Terminal {
    screen: vt100::Parser,
    output: Vec<u8>,
    chunks: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    ended: bool,
    master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Starts `program` in `folder`, seeing only `environment` and the name of this terminal.
    pub fn start<A: AsRef<OsStr>>(
        program: &Path,
        arguments: impl IntoIterator<Item = A>,
        environment: impl IntoIterator<Item = (String, String)>,
        folder: &Path,
        size: Size,
    ) -> Self {
        let pair = native_pty_system()
            .openpty(size.into())
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(folder);
        let child = pair.slave.spawn_command(command).expect("the program starts");
        // The slave is the child's alone: when it ends, reading from the master ends too.
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (sender, chunks) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            screen: vt100::Parser::new(size.1, size.0, SCROLLBACK),
            output: Vec::new(),
            chunks,
            keys: pair.master.take_writer().expect("a writer"),
            child,
            ended: false,
            master: pair.master,
        }
    }

    /// Types; control characters are keys (`\r` is Enter, `\x13` is ctrl-s, `\x1b` is Esc).
    pub fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the program reads");
        self.keys.flush().expect("the program reads");
    }

    /// Makes the window another size.
    pub fn resize(&mut self, size: Size) {
        self.master.resize(size.into()).expect("the size changes");
        self.screen.screen_mut().set_size(size.1, size.0);
    }

    /// What stands on the screen, one line a row.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Everything that scrolling back would show, and the screen.
    pub fn history(&mut self) -> String {
        let screen = self.screen.screen_mut();
        let mut lines = Vec::new();
        screen.set_scrollback(usize::MAX);
        for above in (0..=screen.scrollback()).rev() {
            screen.set_scrollback(above);
            lines.push(screen.contents());
        }
        lines.join("\n")
    }

    /// The screen, with styles and cursor.
    pub fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// All bytes the program ever wrote.
    pub fn output(&self) -> &[u8] {
        &self.output
    }

    /// Waits until `text` stands on the screen.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |terminal| terminal.text().contains(text));
    }

    /// Waits until `text` no longer stands on the screen.
    pub fn wait_without(&mut self, text: &str) {
        self.wait_until(&format!("no {text}"), |terminal| !terminal.text().contains(text));
    }

    /// Waits until `holds`; `what` says what for when it never does.
    pub fn wait_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.chunks.recv_timeout(left) {
                Ok(chunk) => self.take(&chunk),
                Err(reason) => panic!("waited for: {what}\n{reason}\nthe screen:\n{}", self.text()),
            }
        }
    }

    /// Whether `holds` comes true while the program runs, within this time.
    pub fn watch(&mut self, patience: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let deadline = Instant::now() + patience;
        while !holds(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(chunk) = self.chunks.recv_timeout(left) else {
                return false;
            };
            self.take(&chunk);
        }
        true
    }

    /// The number of the process.
    pub fn process(&self) -> i32 {
        i32::try_from(self.child.process_id().expect("a process")).expect("a number")
    }

    /// Waits for the end of the program: its exit code.
    pub fn wait_for_exit(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.chunks.recv_timeout(left) {
                Ok(chunk) => self.take(&chunk),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end; the screen:\n{}", self.text()),
            }
        }
        self.ended = true;
        self.child.wait().expect("a status").exit_code()
    }

    fn take(&mut self, chunk: &[u8]) {
        self.screen.process(chunk);
        self.output.extend_from_slice(chunk);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The number of one that was waited for may be another's by now.
        if !self.ended {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
