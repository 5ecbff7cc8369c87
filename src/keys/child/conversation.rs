//! A program that is talked with in lines: it asks, we answer.

use super::pump::{Pump, Stream};
use super::{ChildError, Ended, Program, TICK, start};
use crate::keys::access::Cancel;
use std::io::Write;
use std::process::Stdio;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use zeroize::{Zeroize, Zeroizing};

/// Most that may be waiting unread, in bytes; the longest line of age's plugin protocol has 1,500.
const MOST_WAITING: usize = 1 << 20;

/// How long a program may take to end after its last word; one that holds a hardware key has to let go of it.
const LAST_WORD: Duration = Duration::from_secs(2);

/// A running program. It is ended when this is dropped.
pub struct Conversation {
    to_child: Sender<Zeroizing<Vec<u8>>>,
    pump: Pump,
    waiting: Zeroizing<Vec<u8>>,
    child: Ended,
}

impl Conversation {
    /// Starts the program; what it prints to standard error is dropped.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(program: &Program) -> Result<Self, ChildError> {
        let mut child = Ended(start(program.command().stderr(Stdio::null()))?);
        let (to_child, texts) = channel::<Zeroizing<Vec<u8>>>();
        let mut pipe = child.0.stdin.take().ok_or(ChildError::Broken)?;
        std::thread::spawn(move || {
            for text in texts {
                if pipe.write_all(&text).and_then(|()| pipe.flush()).is_err() {
                    return;
                }
            }
        });
        let mut pump = Pump::default();
        pump.read(Stream::Output, child.0.stdout.take());
        Ok(Self {
            to_child,
            pump,
            waiting: Zeroizing::new(Vec::with_capacity(MOST_WAITING / 64)),
            child,
        })
    }

    /// Says something. Does not wait until it is read; a program that has ended is noticed by [`Self::line`].
    pub fn say(&self, text: Vec<u8>) {
        let _ = self.to_child.send(Zeroizing::new(text));
    }

    /// The next line, without its end. `tick` is called while there is none, with the time that has passed.
    ///
    /// # Errors
    /// When the program ends, is silent for `limit`, or it is cancelled.
    pub fn line(
        &mut self,
        limit: Duration,
        cancel: &Cancel,
        mut tick: impl FnMut(Duration),
    ) -> Result<Zeroizing<String>, ChildError> {
        let begin = Instant::now();
        loop {
            if let Some(end) = self.waiting.iter().position(|byte| *byte == b'\n') {
                return self.take(end);
            }
            if cancel.is_cancelled() {
                return Err(ChildError::Cancelled);
            }
            if begin.elapsed() >= limit {
                return Err(ChildError::TimedOut(limit));
            }
            match self.pump.receive(TICK) {
                Ok((_, part)) => super::append(&mut self.waiting, &part)?,
                Err(RecvTimeoutError::Timeout) => tick(begin.elapsed()),
                Err(RecvTimeoutError::Disconnected) => return Err(ChildError::Broken),
            }
            if self.waiting.len() > MOST_WAITING {
                return Err(ChildError::TooMuch);
            }
        }
    }

    /// Lets the program end by itself, because it has nothing more to say.
    pub fn finish(self) {
        let Self {
            to_child, mut child, ..
        } = self;
        drop(to_child);
        let _ = child.wait(Instant::now() + LAST_WORD, LAST_WORD, &Cancel::default());
    }

    /// Takes the first `end` bytes and the line feed after them out of what is waiting.
    fn take(&mut self, end: usize) -> Result<Zeroizing<String>, ChildError> {
        let rest = Zeroizing::new(self.waiting.get(end + 1..).unwrap_or_default().to_vec());
        let line = self.waiting.get(..end).unwrap_or_default().to_vec();
        self.waiting.zeroize();
        super::append(&mut self.waiting, &rest)?;
        String::from_utf8(line).map(Zeroizing::new).map_err(|error| {
            error.into_bytes().zeroize();
            ChildError::Broken
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(script: &str) -> Conversation {
        Conversation::start(&Program {
            program: "sh".into(),
            arguments: vec!["-c".into(), script.into()],
            variables: vec![("PATH".into(), "/usr/bin:/bin".into())],
            directory: "/".into(),
        })
        .unwrap()
    }

    #[test]
    fn lines_go_both_ways() {
        let mut program = talk("read a; echo \"got $a\"; read b; echo \"and $b\"");
        let limit = Duration::from_secs(20);
        program.say(b"one\n".to_vec());
        assert_eq!(
            program.line(limit, &Cancel::default(), |_| ()).unwrap().as_str(),
            "got one"
        );
        program.say(b"two\n".to_vec());
        assert_eq!(
            program.line(limit, &Cancel::default(), |_| ()).unwrap().as_str(),
            "and two"
        );
        assert_eq!(
            program.line(limit, &Cancel::default(), |_| ()).err(),
            Some(ChildError::Broken)
        );
    }

    #[test]
    fn a_silent_program_is_given_up() {
        let limit = Duration::from_millis(60);
        let result = talk("exec sleep 600").line(limit, &Cancel::default(), |_| ());
        assert_eq!(result.err(), Some(ChildError::TimedOut(limit)));
    }

    #[test]
    fn an_endless_line_does_not_fill_the_memory() {
        let result = talk("exec cat /dev/zero").line(Duration::from_secs(20), &Cancel::default(), |_| ());
        assert_eq!(result.err(), Some(ChildError::TooMuch));
    }
}
