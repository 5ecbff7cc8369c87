//! The person at the terminal of a command.
//!
//! Questions go to the terminal itself, not to the standard streams, which may be redirected. The editor asks in its own
//! screen instead.

use super::ask::{Ask, Question};
use super::plain::plain_line;
use crate::tree::Secret;
use rustix::process::{Signal, getpid, kill_process};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use zeroize::{Zeroize, Zeroizing};

/// Most bytes of an answer.
const LONGEST: usize = 4096;

/// Asks on the terminal of the process.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    /// Whether this is a drop-in command, which does what sops does.
    pub drop_in: bool,
    /// Whether what sops does in silence is refused.
    pub strict: bool,
}

impl Console {
    fn allows(self, request: &str) -> bool {
        if self.strict {
            return false;
        }
        if self.drop_in {
            self.show(&format!("warning: {request}"));
            return true;
        }
        self.choose(&format!("{request}: agree?"), "yes", Some("no")) == Some(true)
    }
}

impl Ask for Console {
    /// Once: sops gives no second try either.
    fn passphrase(&self, question: &Question) -> Option<Secret> {
        if question.attempt > 0 {
            return None;
        }
        Terminal::open()?.hidden(&format!("{}:", question.subject))
    }

    fn text(&self, description: &str) -> Option<String> {
        Terminal::open()?.line(description)
    }

    fn choose(&self, message: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        let mut terminal = Terminal::open()?;
        let Some(no) = no else {
            return terminal.line(&format!("{message} [Enter: {yes}]")).map(|_| true);
        };
        let answer = terminal.line(&format!("{message} [{yes}/{no}]"))?;
        Some(answer.trim().eq_ignore_ascii_case(yes))
    }

    fn show(&self, message: &str) {
        // Nobody can be told when standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{}", plain_line(message));
    }

    /// sops starts them without a word; so does the drop-in command.
    fn may_run(&self, program: &str) -> bool {
        match (self.strict, self.drop_in) {
            (true, _) => false,
            (false, true) => true,
            (false, false) => self.allows(&format!("a recipient wants to start {program}")),
        }
    }

    fn may_send(&self, credential: &str, server: &str) -> bool {
        self.allows(&format!("{credential} goes to {server}, which the file names"))
    }

    fn decides(&self) -> bool {
        !self.strict && !self.drop_in
    }

    fn present(&self) -> bool {
        Terminal::open().is_some()
    }
}

/// The controlling terminal.
struct Terminal(File);

impl Terminal {
    fn open() -> Option<Self> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/tty")
            .ok()
            .map(Self)
    }

    /// A line that is shown while it is typed; `None` at the end of input.
    fn line(&mut self, prompt: &str) -> Option<String> {
        self.write(&format!("{} ", plain_line(prompt)))?;
        let mut bytes = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => return String::from_utf8(bytes).ok(),
                byte if bytes.len() < LONGEST => bytes.push(byte),
                _ => {}
            }
        }
    }

    /// A line that is not shown. The terminal is as before afterwards, also when Ctrl-C ends the process: that key is
    /// read here and passed on then.
    fn hidden(&mut self, prompt: &str) -> Option<Secret> {
        let typed = {
            // Quiet before the question: what somebody types at once must not be shown either.
            let _quiet = Quiet::start(&self.0)?;
            self.write(&format!("{} ", plain_line(prompt)))?;
            self.typed()
        };
        self.write("\n");
        match typed {
            Typed::Line(bytes) => Some(Secret::from(bytes.as_slice())),
            Typed::Ended => None,
            Typed::Interrupted => {
                let _ = kill_process(getpid(), Signal::INT);
                None
            }
        }
    }

    fn typed(&mut self) -> Typed {
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST));
        loop {
            match self.byte() {
                None | Some(END) => return Typed::Ended,
                Some(INTERRUPT) => return Typed::Interrupted,
                Some(b'\n' | b'\r') => return Typed::Line(bytes),
                Some(BACKSPACE | DELETE) => erase(&mut bytes),
                Some(CLEAR) => bytes.zeroize(),
                Some(byte) if bytes.len() < LONGEST => bytes.push(byte),
                Some(_) => {}
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        (self.0.read(&mut byte).ok()? == 1)
            .then(|| byte.first().copied())
            .flatten()
    }

    fn write(&mut self, text: &str) -> Option<()> {
        self.0
            .write_all(text.as_bytes())
            .and_then(|()| self.0.flush())
            .ok()
    }
}

const INTERRUPT: u8 = 0x03;
const END: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const CLEAR: u8 = 0x15;
const DELETE: u8 = 0x7f;

/// What was typed.
enum Typed {
    /// A line.
    Line(Zeroizing<Vec<u8>>),
    /// The end of input.
    Ended,
    /// Ctrl-C.
    Interrupted,
}

/// Takes the last character away, all of its bytes.
fn erase(bytes: &mut Vec<u8>) {
    while let Some(byte) = bytes.pop() {
        if byte & 0b1100_0000 != 0b1000_0000 {
            return;
        }
    }
}

/// A terminal that neither shows what is typed nor acts on it; as before when dropped.
struct Quiet {
    terminal: File,
    before: Termios,
}

impl Quiet {
    fn start(terminal: &File) -> Option<Self> {
        let terminal = terminal.try_clone().ok()?;
        let before = tcgetattr(&terminal).ok()?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        tcsetattr(&terminal, OptionalActions::Flush, &quiet).ok()?;
        Some(Self { terminal, before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // There is nothing left to do for a terminal that is gone.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::erase;

    #[test]
    fn erasing_takes_a_whole_character() {
        let mut bytes = "aü€".as_bytes().to_vec();
        erase(&mut bytes);
        assert_eq!(bytes, "aü".as_bytes());
        erase(&mut bytes);
        assert_eq!(bytes, b"a");
        erase(&mut bytes);
        erase(&mut bytes);
        assert!(bytes.is_empty());
    }
}
