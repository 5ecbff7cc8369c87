//! What is typed while the last keys are wiped is neither lost nor changed.

use super::{AT_ONCE, BATCH, BUFFER, PASTE, Source, feed, read_batch, wash};
use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};
use rustix::fs::{OFlags, fcntl_setfl};
use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter, Read as _};
use std::time::Duration;

/// Reads a pipe as crossterm reads a terminal. `hasty` is one that has to wait for a processor, and so never looks when it is given
/// little time.
struct Pipe {
    held: VecDeque<Input>,
    bytes: String,
    reader: PipeReader,
    hasty: bool,
}

impl Pipe {
    /// With keys that it has read already.
    fn holding(text: &str) -> (Self, PipeWriter) {
        let (reader, writer) = io::pipe().unwrap();
        fcntl_setfl(&reader, OFlags::NONBLOCK).unwrap();
        let pipe = Self {
            held: text.chars().map(key).collect(),
            bytes: String::new(),
            reader,
            hasty: true,
        };
        (pipe, writer)
    }

    /// Reads once; whether there was anything.
    fn look(&mut self) -> bool {
        let mut chunk = [0; BUFFER];
        let Ok(length @ 1..) = self.reader.read(&mut chunk) else {
            return false;
        };
        self.bytes
            .push_str(std::str::from_utf8(&chunk[..length]).unwrap());
        self.take_apart();
        true
    }

    fn take_apart(&mut self) {
        while let Some(first) = self.bytes.chars().next() {
            if let Some(text) = self.bytes.strip_prefix(PASTE.0) {
                let Some((text, rest)) = text.split_once(PASTE.1) else {
                    return;
                };
                self.held.push_back(Input::Paste(text.to_owned()));
                self.bytes = rest.to_owned();
            } else if first == '\x1b' && PASTE.0.starts_with(&self.bytes) {
                return;
            } else if first == '\x1b' {
                // A key that there is not: crossterm drops what it has of it.
                self.bytes = self.bytes.chars().skip(3).collect();
            } else {
                self.held.push_back(key(first));
                self.bytes.remove(0);
            }
        }
    }
}

impl Source for Pipe {
    fn poll(&mut self, patience: Duration) -> io::Result<bool> {
        if patience <= AT_ONCE && self.hasty {
            // It looks the next time.
            self.hasty = false;
            return Ok(false);
        }
        self.hasty = true;
        while self.held.is_empty() && self.look() {}
        Ok(!self.held.is_empty())
    }

    fn read(&mut self) -> io::Result<Input> {
        Ok(self.held.pop_front().unwrap())
    }
}

fn key(character: char) -> Input {
    Input::Key(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE))
}

fn keys(text: &str) -> Vec<Input> {
    text.chars().map(key).collect()
}

fn washed(pipe: &mut Pipe, writer: &PipeWriter, longest: usize) -> Vec<Input> {
    let reader = pipe.reader.try_clone().unwrap();
    wash(pipe, &reader, writer, longest).unwrap()
}

#[test]
fn blanks_and_keys_that_were_typed_before_the_wash_come_back_in_their_order() {
    let (mut pipe, writer) = Pipe::holding("correct horse battery ");
    let batch = read_batch(&mut pipe).unwrap();
    assert!(batch.len() < BATCH, "a hasty look misses what is held");
    let others = washed(&mut pipe, &writer, 0);
    assert_eq!([batch, others].concat(), keys("correct horse battery "));
    assert!(
        !pipe.poll(Duration::from_secs(1)).unwrap(),
        "no blank is left over"
    );
}

#[test]
fn a_paste_that_was_read_before_the_wash_comes_back() {
    let (mut pipe, writer) = Pipe::holding("");
    pipe.held.push_back(Input::Paste("two words".to_owned()));
    let others = washed(&mut pipe, &writer, 100_000);
    assert_eq!(others, [Input::Paste("two words".to_owned())]);
    assert!(!pipe.poll(Duration::from_secs(1)).unwrap());
}

#[test]
fn a_paste_whose_second_half_comes_after_the_wash_is_whole() {
    for half in ["first ".to_owned(), "first ".repeat(20_000)] {
        let (mut pipe, writer) = Pipe::holding("");
        pipe.bytes = [PASTE.0, &half].concat();
        assert_eq!(washed(&mut pipe, &writer, 0), []);
        feed(&writer, &["second", PASTE.1, "x"].concat()).unwrap();
        assert!(pipe.poll(Duration::from_secs(1)).unwrap());
        assert_eq!(pipe.read().unwrap(), Input::Paste([&half, "second"].concat()));
        assert_eq!(pipe.read().unwrap(), key('x'));
    }
}

#[test]
fn keys_that_went_into_the_wash_do_not_become_others() {
    let (mut pipe, writer) = Pipe::holding("");
    pipe.bytes = "\x1b[".to_owned();
    assert_eq!(washed(&mut pipe, &writer, 0), []);
}
